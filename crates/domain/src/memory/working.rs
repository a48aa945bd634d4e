//! What works on a site: the elements that steps acted upon, and what came of it.

use crate::memory::Remembered;
use crate::plan::{ActionName, TargetForm};
use crate::snapshot::Fingerprint;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What a step did to the page, coarsely: the check of a step that has none of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts; no two exclude each other")]
pub struct Effect {
    /// The page it led to, if a document was loaded or the URL changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// Whether elements appeared or disappeared.
    pub elements: bool,
    /// Whether a dialog opened.
    pub dialog: bool,
    /// Whether a file was downloaded.
    pub download: bool,
    /// Whether a tab opened.
    pub tab: bool,
}

/// A target that worked, and the element it meant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkingLocator {
    /// On which page.
    pub page: String,
    /// What was done.
    pub action: ActionName,
    /// The target as the plan wrote it.
    pub target: TargetForm,
    /// What the step was for.
    pub intent: String,
    /// The element, as it was last acted upon; texts of inputs lifted to placeholders.
    pub fingerprint: Fingerprint,
    /// What came of it, when it has been the same each time.
    pub effect: Option<Effect>,
    /// In how many successful runs.
    pub worked: u32,
    /// When last.
    pub last_worked_at: DateTime<Utc>,
}

/// What is known of a site when a run begins there.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SiteMemory {
    /// The targets of the plan that worked before.
    pub working: Vec<WorkingLocator>,
    /// The situations the plan's targets are known to fail in, with their remedies.
    pub situations: Vec<Remembered>,
    /// Heals on this site since the day began.
    pub heals_today: u32,
}

impl SiteMemory {
    /// When this was last done to this on a page by the plan's own way, and worked.
    #[must_use]
    pub fn own_worked_at(
        &self,
        page: &str,
        action: ActionName,
        target: &TargetForm,
    ) -> Option<DateTime<Utc>> {
        let own =
            |it: &&WorkingLocator| it.page == page && it.action == action && it.target == *target;
        self.working.iter().find(own).map(|it| it.last_worked_at)
    }
}
