//! Among which runs is searched.

use crate::error::StoreError;
use crate::minted::first_run_since;
use crate::text::{clean_option, label_filter};
use chrono::{DateTime, Utc};
use domain::failure::ErrorClass;
use domain::id::ProjectId;
use domain::run::Outcome;
use uuid::Uuid;

/// Among which runs. Everything given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchFilter {
    /// On this site.
    pub site: Option<String>,
    /// What fits stands on this page, with whatever query unless one is given.
    pub page: Option<String>,
    /// What fits failed with this class.
    pub error_class: Option<ErrorClass>,
    /// Under this agent's name.
    pub agent: Option<String>,
    /// Ended like this.
    pub outcome: Option<Outcome>,
    /// With this label.
    pub label: Option<(String, String)>,
    /// Begun at this time or later.
    pub started_after: Option<DateTime<Utc>>,
    /// Begun before this time.
    pub started_before: Option<DateTime<Utc>>,
    /// Whether the run got past the failure that fits; of a run's goal, past any failure.
    pub healed: Option<bool>,
}

/// The same as statements take it.
pub(super) struct Bound {
    pub(super) project: Uuid,
    pub(super) site: Option<String>,
    pub(super) page: Option<String>,
    pub(super) class: Option<&'static str>,
    pub(super) agent: Option<String>,
    pub(super) outcome: Option<&'static str>,
    pub(super) label: Option<String>,
    pub(super) after: Option<DateTime<Utc>>,
    pub(super) before: Option<DateTime<Utc>>,
    pub(super) healed: Option<bool>,
    /// No run that began at `after` or later has a lesser id.
    pub(super) since: Uuid,
}

impl Bound {
    /// Whether it does not matter which runs passages stand in.
    pub(super) const fn any_run(&self) -> bool {
        self.agent.is_none()
            && self.outcome.is_none()
            && self.label.is_none()
            && self.after.is_none()
            && self.before.is_none()
            && self.healed.is_none()
    }

    pub(super) fn of(project: ProjectId, filter: &SearchFilter) -> Result<Self, StoreError> {
        Ok(Self {
            project: project.as_uuid(),
            site: clean_option(filter.site.as_ref()),
            page: clean_option(filter.page.as_ref()),
            class: filter.error_class.map(ErrorClass::as_str),
            agent: clean_option(filter.agent.as_ref()),
            outcome: filter.outcome.map(Outcome::as_str),
            label: label_filter(filter.label.as_ref())?,
            after: filter.started_after,
            before: filter.started_before,
            healed: filter.healed,
            since: first_run_since(filter.started_after),
        })
    }
}
