//! Credit: what a use of a remedy counts for, and what the counts say.

mod voucher;

pub use voucher::Voucher;

use crate::failure::FailureKind;
use crate::run::Outcome;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What became of one use of a remedy.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The step's check held, and the run succeeded.
    Worked,
    /// It did not do what the step was for, or made the run fail later.
    Failed,
    /// Nobody can tell: there was no check, or the run did not come to its end.
    Unverified,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 3] = [Self::Worked, Self::Failed, Self::Unverified];

    /// The name as it stands in JSON and SQL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Worked => "worked",
            Self::Failed => "failed",
            Self::Unverified => "unverified",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == name)
    }
}

/// Who says that a remedy works. Ordered: a later one outweighs those before it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// Somebody marked it as wrong: it is never served.
    Flagged,
    /// An external agent; a hint until it has worked here.
    Reported,
    /// Our own worker saw the check hold.
    Verified,
    /// A human.
    Human,
}

impl Trust {
    /// Every trust, least first.
    pub const ALL: [Self; 4] = [Self::Flagged, Self::Reported, Self::Verified, Self::Human];

    /// The name as it stands in JSON and SQL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Flagged => "flagged",
            Self::Reported => "reported",
            Self::Verified => "verified",
            Self::Human => "human",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|trust| trust.as_str() == name)
    }

    /// How much it counts in ranking, from 0 to 1.
    pub(super) const fn signal(self) -> f64 {
        match self {
            Self::Flagged => 0.0,
            Self::Reported => 0.25,
            Self::Verified => 0.75,
            Self::Human => 1.0,
        }
    }
}

/// How the uses of a remedy went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Proof {
    /// Uses that worked.
    pub worked: u32,
    /// Uses that failed.
    pub failed: u32,
    /// Uses of which nobody can tell.
    pub unverified: u32,
    /// Runs in which it worked.
    pub runs: u32,
    /// Agents for which it worked.
    pub agents: u32,
    /// When it last worked.
    pub last_worked_at: Option<DateTime<Utc>>,
    /// When it last failed.
    pub last_failed_at: Option<DateTime<Utc>>,
    /// What agents outside say of it who were given it as advice. Counted apart: it never makes of a
    /// remedy what our own workers have not seen it do.
    #[serde(skip_serializing_if = "Reports::is_empty")]
    pub reported: Reports,
}

/// What agents outside say that became of a remedy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Reports {
    /// Uses that worked, as they say.
    pub worked: u32,
    /// Uses that failed.
    pub failed: u32,
    /// Uses of which they could not tell.
    pub unverified: u32,
    /// Agents for which it worked.
    pub agents: u32,
    /// When it last worked for one of them.
    pub last_worked_at: Option<DateTime<Utc>>,
    /// When it last failed for one of them.
    pub last_failed_at: Option<DateTime<Utc>>,
}

impl Reports {
    /// Whether nobody has said anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// How many more say that it works than that it does not, and the other way round: one of the two
    /// is 0. Whatever both sides say cancels out, so that no failure ever speaks for a remedy.
    #[must_use]
    pub const fn balance(&self) -> (u32, u32) {
        (self.worked.saturating_sub(self.failed), self.failed.saturating_sub(self.worked))
    }
}

/// What the counts make of a remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It has proved itself over several runs: surfaced without being asked for.
    Pattern,
    /// It worked, and nothing speaks against it.
    Proven,
    /// It was used, and nobody can tell.
    Unproven,
    /// It fails more than it works, or its last uses failed: kept, not offered.
    Retired,
    /// It was tried and never worked: not to be tried again.
    DeadEnd,
}

/// In how many runs a remedy has to have worked before it counts as a pattern.
const PATTERN_RUNS: u32 = 3;

/// How sure its proof has to be: three out of three reach it (0.44), two out of two do not (0.34).
const PATTERN_PROOF: f64 = 0.4;

/// How many uses it takes to say that a remedy fails more than it works.
const RETIRING_USES: u32 = 3;

/// How much a use counts that is only reported, beside one that was seen here.
const REPORTED_WEIGHT: f64 = 0.5;

/// The standard score of a two-sided confidence of 95 %.
const Z: f64 = 1.96;

impl Proof {
    /// How surely it works: the lower bound of the Wilson score interval of worked among worked
    /// and failed (E. B. Wilson, "Probable inference, the law of succession, and statistical
    /// inference", 1927). Few uses prove little: 1 of 1 is 0.21, 10 of 10 is 0.72.
    #[must_use]
    pub fn lower_bound(&self) -> f64 {
        wilson(self.worked.into(), self.failed.into())
    }

    /// The same with what reports come to, at half the weight: this ranks, and decides nothing else.
    #[must_use]
    pub fn credence(&self) -> f64 {
        let (speaks_for, speaks_against) = self.reported.balance();
        let reported = |count: u32| REPORTED_WEIGHT * f64::from(count);
        wilson(
            f64::from(self.worked) + reported(speaks_for),
            f64::from(self.failed) + reported(speaks_against),
        )
    }

    /// How much reports speak against it, from 0 to 1, beside what was seen here: each of them half as
    /// much as a use that worked.
    #[must_use]
    pub fn doubt(&self) -> f64 {
        let (_, against) = self.reported.balance();
        let against = REPORTED_WEIGHT * f64::from(against);
        against / (against + f64::from(self.worked) + 1.0)
    }

    /// When it last worked, as far as that is believed: not for agents outside most of whom say that it
    /// fails.
    #[must_use]
    pub fn last_believed(&self) -> Option<DateTime<Utc>> {
        let reported = self.reported.last_worked_at.filter(|_| self.reported.balance().0 > 0);
        self.last_worked_at.max(reported)
    }

    /// Whether reports speak against it that came after it had last worked here: several, and more
    /// than twice as many as speak for it. They cast doubt until it has worked here again, and no more
    /// than that.
    #[must_use]
    pub fn is_doubted(&self) -> bool {
        let Reports { worked, failed, last_failed_at, .. } = self.reported;
        failed >= RETIRING_USES
            && u64::from(failed) > u64::from(worked) * 2
            && last_failed_at > self.last_worked_at
    }

    /// When it last worked, here or elsewhere.
    #[must_use]
    pub fn last_worked_anywhere(&self) -> Option<DateTime<Utc>> {
        self.last_worked_at.max(self.reported.last_worked_at)
    }

    /// What the counts make of the remedy.
    #[must_use]
    pub fn standing(&self) -> Standing {
        if self.worked == 0 && self.unverified == 0 && self.failed > 0 {
            return Standing::DeadEnd;
        }
        let mostly_fails = self.failed > self.worked && self.worked + self.failed >= RETIRING_USES;
        let turned = self.ended_in_failure() && u64::from(self.failed) * 2 >= self.worked.into();
        if mostly_fails || turned {
            return Standing::Retired;
        }
        if self.runs >= PATTERN_RUNS && self.lower_bound() >= PATTERN_PROOF {
            return Standing::Pattern;
        }
        if self.worked > 0 { Standing::Proven } else { Standing::Unproven }
    }

    /// Whether another remedy of the same situation has taken its place: its own last use failed, and
    /// the other one worked after that.
    #[must_use]
    pub fn gives_way_to(&self, other: &Self) -> bool {
        self.ended_in_failure() && other.last_worked_at > self.last_failed_at
    }

    /// Whether its last use of which something is known failed.
    #[must_use]
    pub fn ended_in_failure(&self) -> bool {
        self.last_failed_at > self.last_worked_at
    }
}

fn wilson(worked: f64, failed: f64) -> f64 {
    // Without a success it is nothing, which the formula reaches only nearly.
    if worked <= 0.0 {
        return 0.0;
    }
    let uses = worked + failed;
    let share = worked / uses;
    let square = Z * Z;
    let spread = (share * (1.0 - share) / uses + square / (4.0 * uses * uses)).sqrt();
    let bound = (share + square / (2.0 * uses) - Z * spread) / (1.0 + square / uses);
    bound.clamp(0.0, 1.0)
}

/// How fresh something is: 1 now, less each day of a year, and never below a tenth. Hindsight
/// ranks memories by the same line (arXiv 2512.12818).
#[must_use]
pub fn recency(last: DateTime<Utc>, now: DateTime<Utc>) -> f64 {
    const YEAR_SECONDS: f64 = 365.0 * 86_400.0;
    let age = now.signed_duration_since(last).max(TimeDelta::zero()).as_seconds_f64();
    (1.0 - age / YEAR_SECONDS).max(0.1)
}

/// What one use of a remedy counts for.
///
/// | the try | the step's check | the run | verdict |
/// | --- | --- | --- | --- |
/// | failed | any | any | failed |
/// | did not | did not hold | any | failed |
/// | did not | held | succeeded | worked |
/// | did not | there was none | succeeded | unverified |
/// | did not | held | failed: blocked | unverified |
/// | did not | there was none | failed: blocked | failed |
/// | did not | held, or there was none | failed otherwise, cancelled, released, lost | unverified |
///
/// A run that the site blocked later may have been led astray by the remedy; where a check held
/// nobody can tell, and where there was none the remedy is blamed. A run that ended for any other
/// reason says nothing.
#[must_use]
pub const fn verdict(
    check_held: Option<bool>,
    try_failed: bool,
    run: Outcome,
    failure: Option<FailureKind>,
) -> Verdict {
    match (try_failed, check_held) {
        (true, _) | (false, Some(false)) => return Verdict::Failed,
        (false, Some(true) | None) => {}
    }
    match (run, failure, check_held) {
        (Outcome::Succeeded, _, Some(_)) => Verdict::Worked,
        (Outcome::Failed, Some(FailureKind::Blocked), None) => Verdict::Failed,
        (
            Outcome::Succeeded
            | Outcome::Failed
            | Outcome::Cancelled
            | Outcome::Released
            | Outcome::Lost,
            _,
            Some(_) | None,
        ) => Verdict::Unverified,
    }
}

/// One use of a remedy, as distilled from a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The number of the last step of the use.
    pub seq: u32,
    /// What became of it.
    pub verdict: Verdict,
    /// Who says so.
    pub trust: Trust,
}

#[cfg(test)]
mod tests;
