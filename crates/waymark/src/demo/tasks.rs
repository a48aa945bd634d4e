//! The tasks of the demo, as a client would write them.

use super::{FAILS, SUCCEEDS};
use anyhow::{Context as _, Result};
use domain::task::TaskState;
use serde_json::Value;

/// A task and how it is meant to end.
pub(super) struct DemoTask {
    pub(super) body: Value,
    pub(super) meant: TaskState,
}

/// The tasks, against the demo site at `site`.
pub(super) fn all(site: &str) -> Result<Vec<DemoTask>> {
    [
        (include_str!("tasks/search.json"), SUCCEEDS),
        (include_str!("tasks/book.json"), SUCCEEDS),
        (include_str!("tasks/bookings.json"), SUCCEEDS),
        (include_str!("tasks/newsletter.json"), SUCCEEDS),
        (include_str!("tasks/spa.json"), FAILS),
    ]
    .into_iter()
    .map(|(text, meant)| {
        let body = serde_json::from_str(&text.replace("http://demo-site", site))
            .context("a task of the demo does not parse")?;
        Ok(DemoTask { body, meant })
    })
    .collect()
}
