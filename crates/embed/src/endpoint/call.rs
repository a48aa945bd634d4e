//! One request, tried twice where that may help. The key is in a header and nowhere else.

use super::{EndpointError, protocol};
use domain::ports::EmbedError;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, redirect};
use rustls::crypto::{CryptoProvider, ring};
use secrecy::{ExposeSecret as _, SecretString};
use std::time::Duration;
use url::Url;

/// How long to wait before the second try, unless told.
const PAUSE: Duration = Duration::from_millis(250);

/// An endpoint that wants a longer pause gets no second try: memory is not worth a longer wait.
const LONGEST_PAUSE: Duration = Duration::from_secs(3);

/// No answer is larger.
const LARGEST: usize = 32 * 1024 * 1024;

pub(super) struct Call {
    client: Client,
    url: Url,
}

/// Why a try failed, and what may help.
struct Trouble {
    error: EmbedError,
    again: Option<Duration>,
}

impl Call {
    pub(super) fn new(
        url: Url,
        key: Option<&SecretString>,
        timeout: Duration,
    ) -> Result<Self, EndpointError> {
        if CryptoProvider::get_default().is_none() {
            // Whoever was quicker has installed one, and it will do.
            drop(ring::default_provider().install_default());
        }
        let mut headers = HeaderMap::new();
        if let Some(key) = key {
            let bearer = format!("Bearer {}", key.expose_secret());
            let mut bearer = HeaderValue::try_from(bearer).map_err(|_| EndpointError::BadKey)?;
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer);
        }
        let client = Client::builder()
            .default_headers(headers)
            .timeout(timeout)
            // The key goes to the host that was named, and a redirect makes a POST a GET.
            .redirect(redirect::Policy::none())
            .build()
            .map_err(EndpointError::NoClient)?;
        Ok(Self { client, url })
    }

    /// Where it goes, for people.
    pub(super) fn host(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// Posts a body; returns the body of the answer.
    pub(super) async fn post(&self, body: &serde_json::Value) -> Result<Vec<u8>, EmbedError> {
        let trouble = match self.try_once(body).await {
            Ok(answer) => return Ok(answer),
            Err(trouble) => trouble,
        };
        let Some(pause) = trouble.again else {
            return Err(trouble.error);
        };
        tracing::debug!("{}; trying once more", trouble.error);
        tokio::time::sleep(pause).await;
        self.try_once(body).await.map_err(|trouble| trouble.error)
    }

    async fn try_once(&self, body: &serde_json::Value) -> Result<Vec<u8>, Trouble> {
        let sent = self.client.post(self.url.clone()).json(body).send().await;
        let response = sent.map_err(|cause| self.unreachable(cause))?;
        let status = response.status();
        let pause = pause_after(&response);
        let body = self.read(response).await?;
        if status.is_success() {
            return Ok(body);
        }
        Err(self.refused(status, pause, &body))
    }

    async fn read(&self, mut response: Response) -> Result<Vec<u8>, Trouble> {
        let mut body = Vec::new();
        loop {
            let chunk = response.chunk().await.map_err(|cause| self.unreachable(cause))?;
            let Some(chunk) = chunk else {
                return Ok(body);
            };
            if body.len() + chunk.len() > LARGEST {
                let error = self.error("sends more than any answer has", None);
                return Err(Trouble { error, again: None });
            }
            body.extend_from_slice(&chunk);
        }
    }

    fn unreachable(&self, cause: reqwest::Error) -> Trouble {
        let what = if cause.is_timeout() {
            "did not answer in time: is it overloaded, or still loading its model?"
        } else {
            "cannot be reached: is it running, and is --embeddings-url right?"
        };
        // A timeout has cost enough.
        let again = (!cause.is_timeout()).then_some(PAUSE);
        Trouble { error: self.error(what, Some(cause.without_url())), again }
    }

    fn refused(&self, status: StatusCode, pause: Option<Duration>, body: &[u8]) -> Trouble {
        let about_key = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
        let busy = status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error();
        let what = if about_key {
            format!("refuses the key ({status}): check WAYMARK_EMBEDDINGS_KEY")
        } else {
            // Its sentence may quote what was sent: goals, intents, texts of pages, the key. This goes
            // to the log.
            let code = protocol::error_code(body);
            let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
            let advice = match status {
                StatusCode::NOT_FOUND => "; check --embeddings-url and --embeddings-model",
                StatusCode::TOO_MANY_REQUESTS => "; its limits are too low for this, or spent",
                _ => "; its own log says why",
            };
            format!("answers {status}{code}{advice}")
        };
        let again = pause.unwrap_or(PAUSE);
        Trouble {
            error: self.error(&what, None),
            again: (busy && again <= LONGEST_PAUSE).then_some(again),
        }
    }

    fn error(&self, what: &str, cause: Option<reqwest::Error>) -> EmbedError {
        let message = format!("the embeddings endpoint {} {what}", self.host());
        EmbedError { message, cause: cause.map(Into::into) }
    }
}

/// How long the endpoint asks to wait; a date is no number of seconds, and not waited for.
fn pause_after(response: &Response) -> Option<Duration> {
    let header = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    Some(header.trim().parse().map_or(Duration::MAX, Duration::from_secs))
}
