//! How long sessions take to open.

use async_trait::async_trait;
use domain::failure::Failure;
use domain::ports::{Browsers, Session, SessionOptions};
use std::sync::Arc;
use telemetry::metrics;
use tokio::time::Instant;

/// Browsers whose sessions are timed.
pub(crate) struct MeteredBrowsers<B>(pub(crate) Arc<B>);

#[async_trait]
impl<B: Browsers> Browsers for MeteredBrowsers<B> {
    async fn open(&self, options: SessionOptions) -> Result<Box<dyn Session>, Failure> {
        let begun = Instant::now();
        let opened = self.0.open(options).await;
        let error = opened.as_ref().err().map(|failure| failure.class.as_str());
        metrics().session_opened(error, begun.elapsed());
        opened
    }
}
