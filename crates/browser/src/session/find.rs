//! Looking for elements as they are now, without waiting for them.

use super::BrowserSession;
use super::budget::Budget;
use domain::failure::Failure;
use domain::plan::Target;
use domain::snapshot::Fingerprint;
use serde_json::json;
use std::time::Duration;

/// How long a document that is on its way is waited for.
const WITHIN: Duration = Duration::from_secs(2);

impl BrowserSession {
    /// What matches a target and can be seen, in the frame that is acted in.
    pub(super) async fn matching(&mut self, target: &Target) -> Result<Vec<Fingerprint>, Failure> {
        let budget = Budget::new(WITHIN);
        self.no_dialog()?;
        self.document_there(&budget).await?;
        self.frame_there()?;
        self.ask("matching", &budget, |_| json!({ "target": target })).await
    }
}
