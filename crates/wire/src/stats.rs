//! Whether the fleet learns: figures by day, all of them, and the earlier beside the later half.

use chrono::NaiveDate;
use domain::fleet::{Day, Halves};
use domain::memory::{HealedBy, Tactic};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Figures of a span of days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Stats {
    /// The first day (UTC).
    pub since: NaiveDate,
    /// The last one.
    pub until: NaiveDate,
    /// All days together.
    pub total: Figures,
    /// The earlier half beside the later one; `null` when all tasks ended on one day.
    pub comparison: Option<Comparison>,
    /// Each day, those without tasks included.
    pub days: Vec<StatDay>,
}

/// The figures of one day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StatDay {
    /// Which day (UTC).
    pub day: NaiveDate,
    /// Its figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// The earlier half of the tasks beside the later one, parted between two days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Comparison {
    /// The first day of the later half.
    pub split: NaiveDate,
    /// The days before it.
    pub first: Figures,
    /// That day and those after it.
    pub second: Figures,
}

/// What happened in a time. Tasks count on the day they ended, runs and their heals too, questions on
/// the day they were asked. A share or a time is `null` where there is nothing to make it of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Figures {
    /// Tasks that succeeded or failed.
    pub tasks: u64,
    /// Those that succeeded.
    pub succeeded: u64,
    /// Those that failed.
    pub failed: u64,
    /// Tasks that were cancelled; they are no others of these tasks, but what failed in them and what they
    /// asked counts.
    pub cancelled: u64,
    /// The share of tasks that succeeded.
    pub success: Option<f64>,
    /// How many attempts a task took.
    pub attempts_per_task: Option<f64>,
    /// Runs whose traces were removed since (`PUT /v1/retention`). What they taught is still in
    /// `failures`, `overcome`, `heals`, `foreseen` and `reuse`; their tasks, questions and times are gone,
    /// and in no figure.
    pub runs_removed: u64,
    /// Steps of plans that failed.
    pub failures: u64,
    /// How many of those a task met that is counted here: it falls when the fleet learns.
    pub failures_per_task: Option<f64>,
    /// Those that were overcome inside their run.
    pub overcome: u64,
    /// The share of failures that were overcome.
    pub heal_rate: Option<f64>,
    /// The ways past them that worked.
    pub heals: Heals,
    /// Steps that began with what memory knows to work, and did what they should.
    pub foreseen: u64,
    /// What became of what memory offered and foresaw.
    pub reuse: Reuse,
    /// Questions to humans.
    pub escalations: u64,
    /// How many of those a task asked.
    pub escalations_per_task: Option<f64>,
    /// Half of the tasks took no longer, from their first start to their end, in seconds.
    pub median_seconds: Option<f64>,
    /// Nineteen of twenty took no longer.
    pub p95_seconds: Option<f64>,
}

/// The ways past failures that worked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Heals {
    /// All of them.
    pub total: u64,
    /// By where they came from: a tier of memory's advice (`high`, `medium`, `low`), the `plan`, the
    /// page (`explored`), a `routine`, a `human`.
    #[schema(value_type = BTreeMap<String, u64>, example = json!({"high": 12, "explored": 3}))]
    pub by_source: BTreeMap<HealedBy, u64>,
    /// By tactic.
    #[schema(value_type = BTreeMap<String, u64>, example = json!({"retry_with_variation": 15}))]
    pub by_tactic: BTreeMap<Tactic, u64>,
}

/// What became of what memory offered and foresaw.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reuse {
    /// Uses of which something is known.
    pub uses: u64,
    /// Those that did not do what they should, which was noticed at once.
    pub failed: u64,
    /// Those that seemed to work, and made the run fail later: these matter more.
    pub wrong: u64,
}

impl From<domain::fleet::Stats> for Stats {
    fn from(stats: domain::fleet::Stats) -> Self {
        let domain::fleet::Stats { span, days, total, halves } = stats;
        let day = |Day { day, figures }| StatDay { day, figures: figures.into() };
        let comparison = halves.map(|Halves { split, first, second }| Comparison {
            split,
            first: first.into(),
            second: second.into(),
        });
        Self {
            since: span.since,
            until: span.until,
            total: total.into(),
            comparison,
            days: days.into_iter().map(day).collect(),
        }
    }
}

impl From<domain::fleet::Figures> for Figures {
    fn from(figures: domain::fleet::Figures) -> Self {
        let tally = &figures.tally;
        let mut heals = Heals { total: tally.healed(), ..Heals::default() };
        for ((by, tactic), count) in &tally.heals {
            *heals.by_source.entry(*by).or_default() += count;
            *heals.by_tactic.entry(*tactic).or_default() += count;
        }
        Self {
            tasks: figures.told(),
            succeeded: figures.succeeded,
            failed: figures.failed,
            cancelled: figures.cancelled,
            success: figures.success(),
            attempts_per_task: figures.attempts_per_task(),
            runs_removed: figures.removed.runs,
            failures: tally.failures,
            failures_per_task: figures.failures_per_task(),
            overcome: tally.overcome,
            heal_rate: figures.heal_rate(),
            heals,
            foreseen: tally.foreseen,
            reuse: Reuse {
                uses: tally.reused,
                failed: tally.reuse_failed,
                wrong: tally.reuse_wrong,
            },
            escalations: figures.escalations,
            escalations_per_task: figures.escalations_per_task(),
            median_seconds: figures.median_seconds,
            p95_seconds: figures.p95_seconds,
        }
    }
}
