//! What a search is asked by its query.

use crate::cursor::GivenCursor;
use crate::extract::{Label, Limit, Listing, OnPage, Timestamp, Word};
use crate::problem::ApiError;
use domain::failure::ErrorClass;
use domain::run::Outcome;
use domain::search::{SearchMode, Sought};
use serde::Deserialize;
use store::{SearchFilter, SearchRequest};
use utoipa::IntoParams;

/// What to search for, and among which runs.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// What to look for, in your words. What stands in double quotes must occur as it is, in any case
    /// of its letters; in messages, numbers, ids and locators are masked and do not occur.
    #[param(value_type = String, min_length = 1, max_length = 1000, example = "failed to find a booking button")]
    q: Question,
    /// By meaning, by words, or by both.
    #[serde(default)]
    #[param(value_type = Option<SearchMode>, default = "hybrid")]
    mode: SearchMode,
    /// Only runs on this site.
    #[param(value_type = Option<String>, min_length = 1, pattern = "^[!-~]+$")]
    site: Option<Word>,
    /// Only failed steps on this page, given as traces have it (`/orders/{id}/edit`), as a path, or as
    /// a URL, whose site then counts unless `site` names another. Without keys of a query, whichever
    /// they are.
    #[param(value_type = Option<String>, pattern = "^(/|https?://)", example = "/orders/{id}/edit")]
    page: Option<OnPage>,
    /// Only failed steps of this class, and runs that failed with it.
    error_class: Option<ErrorClass>,
    /// Only runs of this agent.
    #[param(value_type = Option<String>, min_length = 1, pattern = "^[!-~]+$")]
    agent: Option<Word>,
    /// Only runs that ended so.
    outcome: Option<Outcome>,
    /// Only runs with this label, as `key:value`.
    #[param(value_type = Option<String>, pattern = "^[A-Za-z0-9][A-Za-z0-9_./-]{0,99}:[^\\u0000]*$", example = "team:checkout")]
    label: Option<Label>,
    /// Only runs begun at this time or later.
    #[param(value_type = Option<String>, format = DateTime)]
    started_after: Option<Timestamp>,
    /// Only runs begun before this time, which is later than `started_after`.
    #[param(value_type = Option<String>, format = DateTime)]
    started_before: Option<Timestamp>,
    /// Only failed steps that their run got past, or only those that it did not; of goals, only those
    /// of runs that got past a failure, or of runs that did not.
    healed: Option<bool>,
    /// Which groups of fields to show, divided by commas: `run` as lists have it, `match` for the part
    /// that fits, `step` for the whole step that fits.
    #[serde(default)]
    #[param(value_type = Option<String>, pattern = "^(run|match|step)(,(run|match|step))*$", default = "run,match")]
    fields: Fields,
    /// At most how many.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    limit: Limit,
    /// `next` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<GivenCursor>,
}

impl Asked {
    pub(super) const fn fields(&self) -> Fields {
        self.fields
    }

    pub(super) fn request(self, listing: Listing) -> Result<SearchRequest, ApiError> {
        let (site, page) = OnPage::filter(self.site, self.page);
        let after = self.cursor.as_ref().map(|cursor| cursor.scored(listing)).transpose()?;
        let (started_after, started_before) =
            Timestamp::span(self.started_after, self.started_before)?;
        Ok(SearchRequest {
            sought: self.q.0,
            mode: self.mode,
            filter: SearchFilter {
                site,
                page,
                error_class: self.error_class,
                agent: self.agent.map(|agent| agent.0),
                outcome: self.outcome,
                label: self.label.map(|Label(key, value)| (key, value)),
                started_after,
                started_before,
                healed: self.healed,
            },
            limit: self.limit.0,
            after,
        })
    }
}

/// What is looked for.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Question(Sought);

impl TryFrom<String> for Question {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Sought::read(&text).map(Self)
    }
}

/// Which groups of fields are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Fields {
    pub(super) run: bool,
    pub(super) matched: bool,
    pub(super) step: bool,
}

impl Default for Fields {
    fn default() -> Self {
        Self { run: true, matched: true, step: false }
    }
}

impl TryFrom<String> for Fields {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let mut fields = Self { run: false, matched: false, step: false };
        for name in text.split(',') {
            match name.trim() {
                "run" => fields.run = true,
                "match" => fields.matched = true,
                "step" => fields.step = true,
                _ => return Err("must be some of `run`, `match`, `step`, divided by commas"),
            }
        }
        Ok(fields)
    }
}
