//! Any service that speaks OpenAI's `POST {base}/embeddings`: OpenAI, Ollama, vLLM, a gateway.

mod call;
mod protocol;

use crate::unit::unit;
use async_trait::async_trait;
use call::Call;
use domain::ports::{EmbedError, Embedder, EmbeddingModel};
use protocol::Answer;
use secrecy::SecretString;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use url::Url;

/// Texts in one request. Some servers refuse more.
const BATCH: usize = 32;

/// Where vectors are had from.
#[derive(Debug, Clone)]
pub struct EndpointOptions {
    /// The base, as `https://api.openai.com/v1`; `/embeddings` is added to its path.
    pub url: String,
    /// The model's name there.
    pub model: String,
    /// How long its vectors shall be.
    pub dimensions: usize,
    /// What is sent as `Authorization: Bearer`.
    pub key: Option<SecretString>,
    /// How long one request may take.
    pub timeout: Duration,
}

/// What is wrong with the options.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// The base is no URL for this.
    #[error("the base of an embeddings endpoint is an http or https URL, as https://host/v1")]
    NotAUrl,
    /// The URL holds a key, and URLs are shown.
    #[error("an embeddings URL has no user and password in it: give the key by its own setting")]
    KeyInUrl,
    /// The key is not one.
    #[error("the embeddings key has characters that no key has")]
    BadKey,
    /// Vectors have at least one number.
    #[error("the vectors of an embeddings endpoint have at least one dimension")]
    NoDimensions,
    /// The client cannot be made.
    #[error("no HTTPS client can be made")]
    NoClient(#[source] reqwest::Error),
}

/// A client of an endpoint.
pub struct Endpoint {
    model: EmbeddingModel,
    call: Call,
    /// Set when the endpoint gave longer vectors than wanted: from then on it is asked for ours.
    asks_for_dimensions: AtomicBool,
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Endpoint")
            .field("model", &self.model)
            .field("host", &self.call.host())
            .finish_non_exhaustive()
    }
}

impl Endpoint {
    /// Makes the client; nothing is asked yet.
    ///
    /// # Errors
    /// The options cannot be used.
    pub fn new(options: EndpointOptions) -> Result<Self, EndpointError> {
        let url = embeddings_url(&options.url)?;
        if options.dimensions == 0 {
            return Err(EndpointError::NoDimensions);
        }
        Ok(Self {
            call: Call::new(url, options.key.as_ref(), options.timeout)?,
            model: EmbeddingModel { name: options.model, dimensions: options.dimensions },
            asks_for_dimensions: AtomicBool::new(false),
        })
    }

    /// One request's worth of vectors, asked for a second time if they had another length.
    async fn vectors(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let wanted = self.model.dimensions;
        let asked = self.asks_for_dimensions.load(Ordering::Relaxed);
        let mut vectors = self.ask(texts, asked).await?;
        let is_longer = vectors.iter().any(|vector| vector.len() > wanted);
        if !asked && is_longer {
            vectors = self.ask(texts, true).await?;
            self.asks_for_dimensions.store(true, Ordering::Relaxed);
        }
        if let Some(other) = vectors.iter().find(|vector| vector.len() != wanted) {
            return Err(self.error(&format!(
                "gives vectors of {} numbers, not {wanted}: set --embeddings-dimensions to that, or \
                 name another model",
                other.len()
            )));
        }
        let vectors: Option<Vec<_>> = vectors.into_iter().map(unit).collect();
        vectors.ok_or_else(|| self.error("gives vectors without a direction"))
    }

    async fn ask(&self, texts: &[String], sized: bool) -> Result<Vec<Vec<f32>>, EmbedError> {
        let dimensions = sized.then_some(self.model.dimensions);
        let body = protocol::question(&self.model.name, texts, dimensions);
        let answer = self.call.post(&body).await?;
        Answer::read(&answer)
            .and_then(|answer| answer.in_order(texts.len()))
            .map_err(|what| self.error(&format!("does not speak the protocol: {what}")))
    }

    fn error(&self, what: &str) -> EmbedError {
        let message =
            format!("the embeddings endpoint {} ({}) {what}", self.call.host(), self.model.name);
        EmbedError { message, cause: None }
    }
}

#[async_trait]
impl Embedder for Endpoint {
    fn model(&self) -> &EmbeddingModel {
        &self.model
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let mut vectors = Vec::with_capacity(texts.len());
        for batch in texts.chunks(BATCH) {
            vectors.extend(self.vectors(batch).await?);
        }
        Ok(vectors)
    }
}

/// The base with `/embeddings`, its query kept: some gateways want a version there.
fn embeddings_url(base: &str) -> Result<Url, EndpointError> {
    let mut url = Url::parse(base).map_err(|_| EndpointError::NotAUrl)?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(EndpointError::NotAUrl);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(EndpointError::KeyInUrl);
    }
    url.path_segments_mut().map_err(|()| EndpointError::NotAUrl)?.pop_if_empty().push("embeddings");
    url.set_fragment(None);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(base: &str, expected: Result<&str, &str>) {
        let url = embeddings_url(base).map(String::from).map_err(|error| error.to_string());
        assert_eq!(url.as_deref().map_err(|error| &error[..25]), expected, "{base}");
    }

    #[test]
    fn the_path_is_added_to_the_base() {
        check("https://api.example/v1", Ok("https://api.example/v1/embeddings"));
        check("http://127.0.0.1:11434/v1/", Ok("http://127.0.0.1:11434/v1/embeddings"));
        check("https://x/a?version=3#b", Ok("https://x/a/embeddings?version=3"));
    }

    #[test]
    fn a_base_that_is_no_place_for_it_is_refused() {
        check("api.example/v1", Err("the base of an embeddings"));
        check("file:///v1", Err("the base of an embeddings"));
        check("https://me:secret@x/v1", Err("an embeddings URL has no "));
    }
}
