//! Getting past a failure: decide what to try, try it, and say so in the trace.

use crate::agent::Aborted;
use crate::attempt::Taking;
use crate::consider::Considered;
use crate::run::Run;
use domain::decide::{Last, Position};
use domain::escalation::Tried;
use domain::failure::Failure;
use domain::heal::Candidate;
use domain::id::RecallId;
use domain::memory::{Advice, Approach, Situation};
use domain::plan::PlanStep;
use domain::step::{HealSource, StepDecision};
use tracing::info;

/// A site on which everything has to be healed has changed for good: that is for people to look at.
const HEALS_PER_SITE_AND_DAY: u32 = 2000;

/// One failure being answered.
pub(crate) struct Healing<'a> {
    pub(crate) step: &'a PlanStep,
    pub(crate) at: Position,
    /// The number of the failed step.
    pub(crate) after: u32,
    pub(crate) failure: &'a Failure,
    /// The question to memory that went before.
    pub(crate) recall: Option<RecallId>,
    /// Which try this is, from 0.
    pub(crate) attempt: u32,
}

/// What became of one try.
pub(crate) enum Outcome {
    /// The step is done.
    Worked(Last),
    /// It was tried, and failed.
    Failed(u32, Failure),
    /// It was not even tried.
    NotTried(String),
}

/// One way as it is about to be tried.
pub(crate) struct Way {
    pub(crate) approach: Approach,
    pub(crate) by: HealSource,
    pub(crate) what: String,
}

impl Run<'_> {
    /// Answers a failure of a plan's step with the ways there are.
    pub(crate) async fn heal(
        &mut self,
        at: Position,
        after: u32,
        failure: Failure,
    ) -> Result<Last, Aborted> {
        let plan = self.plan;
        let step = &plan[at.step];
        if self.site.heals_today.saturating_add(self.heals) >= HEALS_PER_SITE_AND_DAY {
            let why = format!("this site used up its {HEALS_PER_SITE_AND_DAY} heals for today");
            return Ok(Last::Spent { at, seq: after, failure, why });
        }
        self.heals += 1;
        let situation = self.situation(step, &failure);
        let recall = RecallId::new(self.clock);
        let mut healing =
            Healing { step, at, after, failure: &failure, recall: Some(recall), attempt: 0 };
        let mut considered = self.consider(&healing, &situation, recall).await;
        if considered.left_out {
            return Ok(Last::LeftOut { at, seq: after });
        }
        self.trouble.situation = Some(situation);
        let end = self.try_ways(&mut healing, &mut considered).await?;
        self.tell_more(&considered).await;
        if let Some(last) = end {
            return Ok(last);
        }
        if let Some(why) = considered.given_up {
            return Ok(Last::GivenUp { seq: after, failure, why });
        }
        let why = self.why_spent(&considered);
        Ok(Last::Spent { at, seq: after, failure, why })
    }

    /// Tries one way after the other, until one works or none may be tried any more; `None` where
    /// nothing helped.
    async fn try_ways(
        &mut self,
        healing: &mut Healing<'_>,
        considered: &mut Considered,
    ) -> Result<Option<Last>, Aborted> {
        let at = Some(healing.at);
        while let Some(way) = considered.next() {
            if self.is_over() {
                considered.pass_over(Some(way), "the run was over before its turn");
                let failure = healing.failure.clone();
                return Ok(Some(Last::Failed { at, seq: healing.after, failure }));
            }
            let (before, failed) = (self.attempt.steps(), self.trouble.tried.len());
            match Box::pin(self.try_way(healing, way.clone())).await? {
                Outcome::Worked(last) => {
                    info!(step = healing.at.step, tries = healing.attempt + 1, "healed");
                    considered.pass_over(None, "another way got past the failure first");
                    return Ok(Some(last));
                }
                Outcome::Failed(seq, failure) if failure.ends_session() => {
                    considered.pass_over(None, "the session ended before its turn");
                    return Ok(Some(Last::Failed { at, seq, failure }));
                }
                // It was carried out, and the page answered: to do it once more would do it twice.
                Outcome::Failed(_, failure) if self.did_something(&failure) => {
                    let why = "what was tried changed the page";
                    considered.pass_over(None, why);
                    considered.reasons.insert(0, why.into());
                    break;
                }
                Outcome::Failed(..) => {}
                Outcome::NotTried(why) => {
                    let begun = self.attempt.steps() > before;
                    considered.begun += usize::from(begun && self.trouble.tried.len() == failed);
                    considered.came_to_nothing(&way, begun, why);
                }
            }
            healing.attempt += 1;
        }
        Ok(None)
    }

    /// What a failed step amounts to, as it will be remembered after the run.
    pub(crate) fn situation(&self, step: &PlanStep, failure: &Failure) -> Situation {
        let (site, page) = (&self.lease.spec.site, self.attempt.began_on());
        let intent = self.lifter.lift_text(&step.intent);
        Situation::of(site, page, &step.form, &intent, failure)
    }

    /// Whether the last step did something to the page before it failed.
    fn did_something(&self, failure: &Failure) -> bool {
        !failure.class.touched_nothing() && !self.attempt.seen().observation.changes.is_empty()
    }

    fn why_spent(&self, considered: &Considered) -> String {
        let tried = self.trouble.tried.iter().filter(|tried| tried.approach.is_some()).count();
        let tried = match (tried, considered.begun) {
            (0, 0) => "nothing could be tried".to_owned(),
            (0, 1) => "one way was begun and came to nothing".to_owned(),
            (0, more) => format!("{more} ways were begun and came to nothing"),
            (1, 0) => "one way was tried and failed".to_owned(),
            (failed, begun) => format!("{} ways were tried and failed", failed + begun),
        };
        match considered.reasons.first() {
            Some(reason) => format!("{tried}; {reason}"),
            None => tried,
        }
    }

    /// Takes one step of a way: the one that does what the plan's step was for, or one that
    /// prepares it.
    pub(crate) async fn take_way(
        &mut self,
        healing: &Healing<'_>,
        way: &Way,
        step: &PlanStep,
        own: bool,
    ) -> Result<Outcome, Aborted> {
        let decision = StepDecision::Heal {
            step: healing.at.step_number(),
            after: healing.after,
            attempt: healing.attempt,
            approach: way.approach,
            by: way.by.clone(),
            own,
            recall_id: healing.recall,
        };
        let effect = self.effect_of(healing.step).filter(|_| own);
        let at = Position { step: healing.at.step, fallback: None };
        let taking =
            Taking { step, at: Some(at), decision, effect: effect.as_ref(), refused: None };
        match self.attempt.take(taking).await? {
            Last::Failed { seq, failure, .. } => {
                let what = way.what.clone();
                let approach = Some(way.approach);
                self.trouble.tried.push(Tried {
                    step: seq,
                    approach,
                    what,
                    failure: failure.clone(),
                });
                Ok(Outcome::Failed(seq, failure))
            }
            last => Ok(Outcome::Worked(last)),
        }
    }
}

pub(crate) fn advised(advice: &Advice) -> HealSource {
    HealSource::Advice {
        situation_id: advice.situation_id,
        remedy_id: advice.remedy.id,
        tier: advice.tier,
        confidence: advice.confidence,
    }
}

pub(crate) fn explored(candidate: &Candidate) -> HealSource {
    HealSource::Explored {
        stage: candidate.stage,
        score: candidate.score,
        margin: candidate.margin,
    }
}

/// What an element is called, for people.
pub(crate) fn called(candidate: &Candidate) -> String {
    let print = &candidate.fingerprint;
    let kind = print.role.as_deref().unwrap_or(&print.tag);
    let names = [&print.name, &print.text, &print.css_path];
    match names.into_iter().find(|name| !name.is_empty()) {
        Some(name) => format!("{kind} \"{name}\""),
        None => kind.to_owned(),
    }
}
