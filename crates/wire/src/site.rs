//! How a site is: what works there, what to avoid, whether it is getting worse.

use chrono::{DateTime, NaiveDate, Utc};
use domain::failure::ErrorClass;
use domain::fleet::{Period, Reason, SiteState};
use domain::id::{RemedyId, RunId};
use domain::memory::{MemoryEntry, MemoryState, Proof};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A site, and how it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Site {
    /// Its name.
    #[schema(example = "shop-admin")]
    pub site: String,
    /// Whether somebody has to look after it.
    pub state: SiteState,
    /// Why, in words: the gravest of `reasons`.
    #[schema(example = "2 questions wait for a human, the first for 3 hours")]
    pub reason: String,
    /// Everything that speaks for or against it, the gravest first.
    pub reasons: Vec<Reason>,
    /// Runs that ended there, in all.
    pub runs: u64,
    /// Those that reached their goal.
    pub succeeded: u64,
    /// Those that did not. The rest was cancelled, given back or lost.
    pub failed: u64,
    /// The last 7 days.
    pub recent: SitePeriod,
    /// The 28 days before, to compare with.
    pub before: SitePeriod,
    /// Questions that wait for a human.
    pub open_escalations: u64,
    /// Since when the first of them waits.
    pub oldest_escalation_at: Option<DateTime<Utc>>,
    /// Remedies that have proved themselves there; `GET /v1/patterns?site=` lists them.
    pub patterns: u64,
    /// The first day on which a run ended there.
    pub first_day: Option<NaiveDate>,
    /// The last one.
    pub last_day: Option<NaiveDate>,
}

/// What happened on a site in some days.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SitePeriod {
    /// Runs that reached their goal.
    pub succeeded: u64,
    /// Runs that did not.
    pub failed: u64,
    /// The share of them that did; `null` when there was none.
    pub success: Option<f64>,
    /// Steps of plans that failed.
    pub failures: u64,
    /// Those that were overcome inside their run.
    pub overcome: u64,
    /// The share of failures that were overcome; `null` when there was none.
    pub heal_rate: Option<f64>,
}

impl From<Period> for SitePeriod {
    fn from(period: Period) -> Self {
        let Period { succeeded, failed, failures, overcome } = period;
        let (success, heal_rate) = (period.success(), period.heal_rate());
        Self { succeeded, failed, success, failures, overcome, heal_rate }
    }
}

/// A site with what is known of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SiteReport {
    /// How it is.
    #[serde(flatten)]
    pub site: Site,
    /// What gets past failures there, last used first: at most 20, patterns and what is proven.
    pub works: Vec<Works>,
    /// What fails there and nothing is known to get past, the most frequent of the last 7 days first:
    /// at most 10.
    pub unsolved: Vec<Unsolved>,
    /// What is not worth trying there, last met first: at most 20.
    pub avoid: Vec<Avoid>,
    /// The days of the last 30 on which a run ended, first day first.
    pub days: Vec<SiteDay>,
}

/// A failure that nothing is known to get past.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Unsolved {
    /// On which page.
    pub page: String,
    /// What the step was for; empty where nobody said.
    pub intent: String,
    /// What fails there, in words.
    pub fails: String,
    /// How it fails.
    pub error_class: ErrorClass,
    /// How often it was met, traces that were removed included.
    pub seen: u64,
    /// When it was met last.
    pub last_seen_at: DateTime<Utc>,
    /// In how many of the runs whose traces are kept a step for this failed so on the page. Of more
    /// than 1,000 such steps only so many are looked at: then it is at least in this many.
    pub runs: u64,
    /// The last of those, for `GET /v1/runs/{id}`; `null` when no trace of it is kept.
    pub last_run_id: Option<RunId>,
}

/// Something that works on a site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Works {
    /// The memory it is, for `GET /v1/memories/{id}`.
    pub memory_id: RemedyId,
    /// Whether it has proved itself over several runs.
    pub state: MemoryState,
    /// On which page.
    pub page: String,
    /// What fails there, in words.
    pub fails: String,
    /// What works instead, in words.
    pub works: String,
    /// How it fails.
    pub error_class: ErrorClass,
    /// How its uses went.
    pub proof: Proof,
}

/// Something that does not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Avoid {
    /// The memory it is, for `GET /v1/memories/{id}`.
    pub memory_id: RemedyId,
    /// Whether it never worked, or does not any more.
    pub state: MemoryState,
    /// On which page.
    pub page: String,
    /// What fails there and what did not help, in words.
    pub what: String,
    /// How it fails.
    pub error_class: ErrorClass,
    /// The memory that has taken its place.
    pub superseded_by: Option<RemedyId>,
    /// How its uses went.
    pub proof: Proof,
}

/// What the runs of one day on a site add up to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SiteDay {
    /// Which day (UTC).
    pub day: NaiveDate,
    /// Runs that ended.
    pub runs: u64,
    /// What became of them, and of their failures.
    #[serde(flatten)]
    pub period: SitePeriod,
    /// Steps that began with what memory knows to work.
    pub foreseen: u64,
}

impl From<MemoryEntry> for Works {
    fn from(entry: MemoryEntry) -> Self {
        Self {
            memory_id: entry.known.id,
            state: entry.state(),
            fails: entry.situation.describe(),
            works: entry.describe_remedy(),
            page: entry.situation.page,
            error_class: entry.situation.class,
            proof: entry.known.proof,
        }
    }
}

impl From<MemoryEntry> for Avoid {
    fn from(entry: MemoryEntry) -> Self {
        Self {
            memory_id: entry.known.id,
            state: entry.state(),
            what: entry.describe_failure(),
            page: entry.situation.page,
            error_class: entry.situation.class,
            superseded_by: entry.superseded_by,
            proof: entry.known.proof,
        }
    }
}
