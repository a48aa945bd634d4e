//! The embedder of the settings. Without one, everything works but search by meaning.

use crate::exit::{Failed, USAGE};
use crate::metered::MeteredEmbedder;
use crate::settings::{DataArgs, EmbeddingArgs, EmbeddingSource};
use anyhow::Result;
use domain::ports::Embedder;
use embed::{Absent, Cached, Endpoint, EndpointOptions, Lines, Local, ModelError};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

/// How many texts a process remembers the vectors of; some 20 MB at most.
const CACHED_TEXTS: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();

/// Makes the embedder. A setting that cannot be meant is an error; a model that is not there is
/// said once, and done without.
pub(crate) async fn embedder(data: &DataArgs, args: &EmbeddingArgs) -> Result<Arc<dyn Embedder>> {
    let embedder: Arc<dyn Embedder> = match args.source() {
        EmbeddingSource::Off => return Ok(Arc::new(Absent::new("embeddings are turned off"))),
        EmbeddingSource::Endpoint => Arc::new(endpoint(args)?),
        EmbeddingSource::Local => match local(&args.model_dir(data)?).await {
            Ok(model) => Arc::new(model),
            Err(error) => {
                let why = format!("{:#}", anyhow::Error::new(error));
                tracing::warn!("memory is searched by words only: {why}");
                return Ok(Arc::new(Absent::new(why)));
            }
        },
    };
    // Timed below the cache: what is remembered takes no time.
    let timed: Arc<dyn Embedder> = Arc::new(MeteredEmbedder(embedder));
    Ok(Arc::new(Lines::new(Arc::new(Cached::new(timed, CACHED_TEXTS)))))
}

async fn local(dir: &Path) -> Result<Local, ModelError> {
    let since = std::time::Instant::now();
    let model = Local::load(dir).await?;
    let took_ms = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::debug!(took_ms, "the sentence transformer is loaded");
    Ok(model)
}

/// The client of the endpoint of the settings.
pub(crate) fn endpoint(args: &EmbeddingArgs) -> Result<Endpoint> {
    let missing = |flag: &str| Failed::new(USAGE, format!("an embeddings endpoint needs {flag}"));
    let url = args.embeddings_url.clone().ok_or_else(|| missing("--embeddings-url"))?;
    let model = args.embeddings_model.clone().ok_or_else(|| missing("--embeddings-model"))?;
    let options = EndpointOptions {
        url,
        model,
        dimensions: args.dimensions(),
        key: args.embeddings_key.clone(),
        timeout: args.timeout(),
    };
    Endpoint::new(options)
        .map_err(|error| Failed::new(USAGE, format!("--embeddings-url: {error}")).into())
}
