//! How a site is, and why: a pure function of what was counted there.

use crate::memory::Proof;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How many days count as lately: a week evens out what differs between its days.
pub const RECENT_DAYS: u32 = 7;

/// How many days before those they are compared with.
pub const BEFORE_DAYS: u32 = 28;

/// From how many runs on a share of them says that most fail.
const FEW_RUNS: u64 = 3;

/// From how many on, on both sides, two shares are compared.
const ENOUGH: u64 = 5;

/// Whether somebody has to look after a site.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum SiteState {
    /// Nothing speaks against it.
    Ok,
    /// It is getting worse, or some of what was known does not hold any more.
    Watch,
    /// Without somebody, tasks fail or wait there.
    ActionNeeded,
}

/// Why a site is as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// Questions wait for a human.
    QuestionsWait,
    /// Most runs failed lately.
    MostFail,
    /// The one or two runs that ended lately failed: too few to say more.
    NoneSucceeded,
    /// Fewer runs succeed than in the weeks before, and not by chance.
    SuccessFell,
    /// Fewer failures are overcome than in the weeks before, and not by chance.
    HealsFell,
    /// What used to get past failures does not any more, and nothing took its place.
    RemediesLapsed,
    /// Steps that a human found no way past, so that nobody is asked again for some days.
    GivenUp,
    /// Nothing speaks against it.
    Healthy,
    /// No run succeeded or failed lately: there is nothing to judge by.
    Quiet,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reason {
    /// What kind.
    pub code: ReasonCode,
    /// What it alone would make of the site.
    pub state: SiteState,
    /// In words, with the figures.
    pub text: String,
}

/// How a site is, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteHealth {
    /// The gravest of what the reasons say.
    pub state: SiteState,
    /// Why, the gravest first; never empty.
    pub reasons: Vec<Reason>,
}

/// What happened on a site in some days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Period {
    /// Runs that reached their goal.
    pub succeeded: u64,
    /// Runs that did not.
    pub failed: u64,
    /// Steps of plans that failed.
    pub failures: u64,
    /// Those of them that were overcome.
    pub overcome: u64,
}

/// Questions that wait.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Questions {
    /// How many.
    pub open: u64,
    /// When the first of them was asked.
    pub oldest: Option<DateTime<Utc>>,
}

/// What a site is judged by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SiteFacts {
    /// What waits for a human there.
    pub questions: Questions,
    /// The last [`RECENT_DAYS`].
    pub recent: Period,
    /// The [`BEFORE_DAYS`] before.
    pub before: Period,
    /// Remedies that used to work, failed lately, and have no successor.
    pub lapsed: u64,
    /// Steps that a human gave up, and that nothing got past since.
    pub given_up: u64,
}

impl SiteState {
    /// Every state, the gravest last.
    pub const ALL: [Self; 3] = [Self::Ok, Self::Watch, Self::ActionNeeded];

    /// The name as it stands in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Watch => "watch",
            Self::ActionNeeded => "action_needed",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

impl Period {
    /// How many runs say something about the site.
    #[must_use]
    pub const fn told(&self) -> u64 {
        self.succeeded + self.failed
    }

    fn in_words(&self) -> String {
        let told = self.told();
        let runs = if told == 1 { "run" } else { "runs" };
        format!("{} of {told} {runs} succeeded in {RECENT_DAYS} days", self.succeeded)
    }

    /// The share of runs that succeeded.
    #[must_use]
    pub fn success(&self) -> Option<f64> {
        share(self.succeeded, self.told())
    }

    /// The share of failures that were overcome.
    #[must_use]
    pub fn heal_rate(&self) -> Option<f64> {
        share(self.overcome, self.failures)
    }
}

/// How a site is.
#[must_use]
pub fn site_health(facts: &SiteFacts, now: DateTime<Utc>) -> SiteHealth {
    let found =
        [questions(facts, now), success(facts), heals(facts), lapsed(facts), given_up(facts)];
    let mut reasons: Vec<Reason> = found.into_iter().flatten().collect();
    if reasons.is_empty() {
        reasons.push(fine(&facts.recent));
    }
    // In the order of the rules where two are as grave.
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.state));
    let state = reasons.first().map_or(SiteState::Ok, |reason| reason.state);
    SiteHealth { state, reasons }
}

fn questions(facts: &SiteFacts, now: DateTime<Utc>) -> Option<Reason> {
    let Questions { open, oldest } = facts.questions;
    let since = oldest.map(|oldest| format!(", the first for {}", age(now - oldest)));
    let wait = if open == 1 { "question waits" } else { "questions wait" };
    (open > 0).then(|| Reason {
        code: ReasonCode::QuestionsWait,
        state: SiteState::ActionNeeded,
        text: format!("{open} {wait} for a human{}", since.unwrap_or_default()),
    })
}

fn success(facts: &SiteFacts) -> Option<Reason> {
    let SiteFacts { recent, before, .. } = facts;
    let told = recent.told();
    let of = recent.in_words();
    if told >= FEW_RUNS && recent.failed > recent.succeeded {
        let (code, state) = (ReasonCode::MostFail, SiteState::ActionNeeded);
        return Some(Reason { code, state, text: format!("most runs fail: {of}") });
    }
    if recent.succeeded == 0 && told > 0 {
        let (code, state) = (ReasonCode::NoneSucceeded, SiteState::Watch);
        return Some(Reason { code, state, text: format!("nothing has worked lately: {of}") });
    }
    let fell = fell((recent.succeeded, told), (before.succeeded, before.told()))?;
    let text = format!("fewer runs succeed than before: {of}, {fell} in the weeks before");
    Some(Reason { code: ReasonCode::SuccessFell, state: SiteState::Watch, text })
}

fn heals(facts: &SiteFacts) -> Option<Reason> {
    let SiteFacts { recent, before, .. } = facts;
    let fell = fell((recent.overcome, recent.failures), (before.overcome, before.failures))?;
    let text = format!(
        "fewer failures are overcome than before: {} of {} in {RECENT_DAYS} days, {fell} in the \
         weeks before",
        recent.overcome, recent.failures
    );
    Some(Reason { code: ReasonCode::HealsFell, state: SiteState::Watch, text })
}

fn lapsed(facts: &SiteFacts) -> Option<Reason> {
    let text = match facts.lapsed {
        0 => return None,
        1 => "a remedy that used to work failed lately, and nothing has taken its place".into(),
        count => format!(
            "{count} remedies that used to work failed lately, and nothing has taken their place"
        ),
    };
    Some(Reason { code: ReasonCode::RemediesLapsed, state: SiteState::Watch, text })
}

fn given_up(facts: &SiteFacts) -> Option<Reason> {
    let steps = match facts.given_up {
        0 => return None,
        1 => "a step that a human found no way past fails".to_owned(),
        count => format!("{count} steps that a human found no way past fail"),
    };
    let text = format!("{steps}, and nobody is asked again yet");
    Some(Reason { code: ReasonCode::GivenUp, state: SiteState::Watch, text })
}

fn fine(recent: &Period) -> Reason {
    let (code, text) = if recent.told() == 0 {
        (ReasonCode::Quiet, format!("no run has succeeded or failed in {RECENT_DAYS} days"))
    } else {
        (ReasonCode::Healthy, recent.in_words())
    };
    Reason { code, state: SiteState::Ok, text }
}

/// Whether a share is below an earlier one and not by chance: even the most that the later counts may
/// stand for (the upper end of their confidence interval) is less. Then the earlier share, in words.
fn fell((now, of): (u64, u64), (before, of_before): (u64, u64)) -> Option<String> {
    if of < ENOUGH || of_before < ENOUGH {
        return None;
    }
    let earlier = share(before, of_before)?;
    (upper_bound(now, of) < earlier).then(|| format!("{:.0} %", earlier * 100.0))
}

/// The most a share may be, seen from the other side: what is left of the least that its contrary is.
fn upper_bound(part: u64, of: u64) -> f64 {
    let count = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    let contrary = Proof { worked: count(of - part), failed: count(part), ..Proof::default() };
    1.0 - contrary.lower_bound()
}

fn share(part: u64, of: u64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "nobody counts to 2^52")]
    let share = |part: u64, of: u64| part as f64 / of as f64;
    (of > 0).then(|| share(part, of))
}

/// An age in its largest unit.
fn age(age: TimeDelta) -> String {
    let (number, unit) = match age {
        age if age.num_days() > 0 => (age.num_days(), "day"),
        age if age.num_hours() > 0 => (age.num_hours(), "hour"),
        age => (age.num_minutes().max(0), "minute"),
    };
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural}")
}

#[cfg(test)]
mod tests;
