//! Where the vectors come from that memory is searched by.

use super::DataArgs;
use anyhow::Result;
use secrecy::SecretString;
use std::path::PathBuf;
use std::time::Duration;

/// The embedder.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct EmbeddingArgs {
    /// What makes the vectors that memory is searched by: the model in this process, the endpoint
    /// of --embeddings-url, or nothing, so that memory is searched by words only. Default: endpoint
    /// if a URL is given, else local. After a change run `waymark reindex`.
    #[arg(long, env = "WAYMARK_EMBEDDINGS", value_name = "SOURCE")]
    embeddings: Option<EmbeddingSource>,

    /// Where set-up put the local model. Default: model in the data directory.
    #[arg(long, env = "WAYMARK_MODEL_DIR", value_name = "DIR")]
    pub(crate) model_dir: Option<PathBuf>,

    /// Base of an OpenAI-compatible API, as `https://api.openai.com/v1` or `http://127.0.0.1:11434/v1`.
    #[arg(long, env = "WAYMARK_EMBEDDINGS_URL", value_name = "URL")]
    pub(crate) embeddings_url: Option<String>,

    /// The model to ask the endpoint for, as text-embedding-3-small.
    #[arg(long, env = "WAYMARK_EMBEDDINGS_MODEL", value_name = "NAME")]
    pub(crate) embeddings_model: Option<String>,

    /// How long that model's vectors are.
    #[arg(long, env = "WAYMARK_EMBEDDINGS_DIMENSIONS", value_name = "N", default_value_t = 1536,
          value_parser = clap::value_parser!(u16).range(1..=4000))]
    embeddings_dimensions: u16,

    /// The endpoint's API key.
    #[arg(long, env = "WAYMARK_EMBEDDINGS_KEY", value_name = "KEY", hide_env_values = true)]
    pub(crate) embeddings_key: Option<SecretString>,

    /// How long the endpoint may take over one request.
    #[arg(long, env = "WAYMARK_EMBEDDINGS_SECONDS", value_name = "SECONDS", default_value_t = 10,
          value_parser = clap::value_parser!(u32).range(1..=300))]
    embeddings_seconds: u32,
}

/// Who makes the vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum EmbeddingSource {
    Local,
    Endpoint,
    Off,
}

impl EmbeddingArgs {
    pub(crate) fn source(&self) -> EmbeddingSource {
        let by_url = match self.embeddings_url {
            Some(_) => EmbeddingSource::Endpoint,
            None => EmbeddingSource::Local,
        };
        self.embeddings.unwrap_or(by_url)
    }

    /// Where the local model is.
    pub(crate) fn model_dir(&self, data: &DataArgs) -> Result<PathBuf> {
        match &self.model_dir {
            Some(dir) => Ok(std::path::absolute(dir)?),
            None => Ok(data.dir()?.join("model")),
        }
    }

    pub(crate) fn dimensions(&self) -> usize {
        self.embeddings_dimensions.into()
    }

    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_secs(self.embeddings_seconds.into())
    }
}
