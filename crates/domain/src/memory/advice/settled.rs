//! What humans settled: that a step can be left out, or that it cannot be done. It holds for the very
//! situation it was said in, and for no other.

use super::{Advice, Question, Remembered};
use crate::memory::{Approach, Judged, KnownRemedy, Origin, Standing, Trust};
use chrono::{DateTime, TimeDelta, Utc};

/// How long nobody is asked again about what a human gave up. Sites are released every few weeks,
/// and one question in that time is no burden; one for every task is.
pub const GIVEN_UP_DAYS: i64 = 14;

/// Why something that a human settled does not hold for a question; `None` when it does.
pub(super) fn why_unsettled(
    question: &Question,
    known: &Remembered,
    remedy: &KnownRemedy,
    now: DateTime<Utc>,
) -> Option<String> {
    if question.situation.key_text() != known.situation.key_text() {
        return Some("a human settled this about another situation".into());
    }
    if remedy.trust == Trust::Flagged {
        return Some("it was flagged as wrong".into());
    }
    if remedy.trust != Trust::Human {
        return Some("no human said so".into());
    }
    let at = said_at(remedy);
    let gave_up = remedy.remedy.approach == Approach::GiveUp;
    if gave_up && at.is_none_or(|at| at + TimeDelta::days(GIVEN_UP_DAYS) <= now) {
        return Some(format!("a human gave this up more than {GIVEN_UP_DAYS} days ago"));
    }
    if !gave_up && matches!(remedy.proof.standing(), Standing::Retired | Standing::DeadEnd) {
        return Some("runs that left the step out failed for it".into());
    }
    let others = known.remedies.iter().filter(|other| !other.remedy.approach.settles());
    let mut worked = others.filter(|it| it.trust != Trust::Flagged && it.proof.last_worked_at > at);
    worked.next().map(|_| "something worked here after a human had said so".into())
}

/// What was said last.
pub(super) fn latest(settled: Vec<Advice>) -> Option<Advice> {
    settled.into_iter().max_by_key(|advice| (said_at(&advice.remedy), advice.remedy.id))
}

/// When the step failed about which it was said last; of what was said in a run that nobody saw
/// the end of, there is no telling.
fn said_at(remedy: &KnownRemedy) -> Option<DateTime<Utc>> {
    remedy.proof.last_worked_at.max(remedy.proof.last_failed_at)
}

impl Judged {
    /// Forgets what was settled when the plan's own way has worked there since.
    #[must_use]
    pub fn unless_worked(mut self, own_way_worked_at: Option<DateTime<Utc>>) -> Self {
        let since = |advice: &Advice| own_way_worked_at > said_at(&advice.remedy);
        self.settled = self.settled.filter(|advice| own_way_worked_at.is_none() || !since(advice));
        self
    }

    /// Whether the step can be left out.
    #[must_use]
    pub fn leaves_out(&self) -> bool {
        self.settled_as(Approach::LeaveOut).is_some()
    }

    /// When a human gave the step up: who it was, since when, until when, and how to be asked again.
    #[must_use]
    pub fn given_up(&self) -> Option<String> {
        let known = &self.settled_as(Approach::GiveUp)?.remedy;
        let at = said_at(known)?;
        let until = at + TimeDelta::days(GIVEN_UP_DAYS);
        let (at, until) = (at.format("%Y-%m-%d %H:%M UTC"), until.format("%Y-%m-%d"));
        let first = if known.proof.failed > 1 { ", the first time" } else { "" };
        let id = known.id;
        let place = match known.origin {
            Origin::Run { run_id, .. } => format!("in run {run_id}{first}"),
            Origin::Report { recall_id } => format!("after recall {recall_id}{first}"),
        };
        Some(format!(
            "a human gave this up on {at} ({place}), and nobody is asked again until \
             {until}; each run still tries the step first, and flagging the memory {id} as wrong \
             has the next one ask"
        ))
    }

    fn settled_as(&self, approach: Approach) -> Option<&Advice> {
        self.settled.as_deref().filter(|advice| advice.remedy.remedy.approach == approach)
    }
}
