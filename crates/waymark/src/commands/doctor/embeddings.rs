//! Whether memory can be searched by meaning.

use super::check::Check;
use crate::app;
use crate::settings::{DataArgs, EmbeddingArgs, EmbeddingSource};
use anyhow::Result;
use domain::ports::Embedder as _;
use embed::{Local, ModelError};

const WHAT: &str = "embeddings";

/// The model's files and their digests, or an answer of the endpoint.
pub(super) async fn embedder(data: &DataArgs, args: &EmbeddingArgs) -> Check {
    let check = match args.source() {
        EmbeddingSource::Off => Check::ok(WHAT, "turned off: memory is searched by words only"),
        EmbeddingSource::Local => local(data, args).await,
        // Wrong settings end `serve`; an endpoint that does not answer does not.
        EmbeddingSource::Endpoint => match app::endpoint(args) {
            Ok(_) => endpoint(args).await.unwrap_or_else(|error| Check::failed(WHAT, &error)),
            Err(error) => return Check::failed(WHAT, &error),
        },
    };
    check.optional()
}

async fn local(data: &DataArgs, args: &EmbeddingArgs) -> Check {
    let dir = match args.model_dir(data) {
        Ok(dir) => dir,
        Err(error) => return Check::failed(WHAT, &error),
    };
    let how = "until then memory is searched by words only";
    match Local::load(&dir).await {
        Ok(model) => Check::ok(WHAT, format!("{} in {}", model.model().name, dir.display())),
        Err(error @ ModelError::Missing { .. }) => Check::missing(WHAT, error.to_string(), how),
        Err(error) => Check::broken(WHAT, format!("{:#}", anyhow::Error::new(error)), how),
    }
}

async fn endpoint(args: &EmbeddingArgs) -> Result<Check> {
    let endpoint = app::endpoint(args)?;
    let model = endpoint.model().clone();
    endpoint.embed(&["Is anybody there?".to_owned()]).await?;
    let detail = format!("{} gives vectors of {} numbers", model.name, model.dimensions);
    Ok(Check::ok(WHAT, detail))
}
