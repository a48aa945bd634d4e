//! Asking a human: the question, what may be meant, what was tried, and where to go on.

use crate::heal::called;
use crate::run::Run;
use crate::ways;
use domain::decide::Position;
use domain::escalation::{Ask, EscalationKind, Pick, ResumePoint};
use domain::failure::{ErrorClass, Failure};
use domain::heal::worth_asking;
use domain::plan::PlanStep;
use domain::run::{RunEnd, Waiting};

impl Run<'_> {
    /// The question about a step that nothing got past.
    pub(crate) async fn ask(&mut self, at: Position, after: u32, failure: Failure) -> RunEnd {
        let plan = self.plan;
        let step = &plan[at.step];
        self.asked += 1;
        let situation = self.trouble.situation.take();
        let situation = situation.unwrap_or_else(|| self.situation(step, &failure));
        let offer = self.offer(step).await;
        let kind = match failure.class {
            ErrorClass::Challenge => EscalationKind::Challenge,
            _ => EscalationKind::Step,
        };
        let ask = Ask {
            kind,
            question: question(kind, step, &failure, &offer),
            after: Some(after),
            plan_step: Some(at.step_number()),
            wanted: Some(ways::alone(step)),
            situation: Some(situation),
            candidates: offer.picks,
            tried: std::mem::take(&mut self.trouble.tried),
            resume: self.resume_point(),
        };
        let session = self.attempt.save().await;
        let seconds = self.lease.spec.limits.answer_seconds;
        RunEnd::Waiting(Box::new(Waiting { ask, session, seconds }))
    }

    fn resume_point(&mut self) -> ResumePoint {
        ResumePoint {
            steps: self.attempt.steps(),
            url: self.attempt.seen().observation.url.clone(),
            result: self.attempt.result().clone(),
            heals: self.heals,
            plan: self.borrowed.clone(),
            asked: self.asked,
            redo: self.attempt.done().kept().to_vec(),
        }
    }

    /// What may be meant of what was considered, as far as it can be located alone.
    async fn offer(&mut self, step: &PlanStep) -> Offer {
        let considered = self.trouble.considered.take().map(worth_asking);
        let nothing_near = considered.as_ref().is_some_and(Vec::is_empty);
        let form = ways::alone(step);
        let mut picks = Vec::new();
        for candidate in considered.unwrap_or_default() {
            let located = self.locate(&form, &candidate.fingerprint).await;
            if let Some(target) = located.and_then(|step| step.form.target) {
                picks.push(Pick { candidate, target });
            }
        }
        Offer { picks, nothing_near }
    }
}

/// What a human can pick from.
struct Offer {
    picks: Vec<Pick>,
    /// Whether the page was searched, and nothing on it comes near.
    nothing_near: bool,
}

fn question(kind: EscalationKind, step: &PlanStep, failure: &Failure, offer: &Offer) -> String {
    let wanted = format!("The step \"{}\" cannot be done: {}.", step.intent, failure.message);
    let ask = match kind {
        EscalationKind::Challenge => "What has to be typed, or how does it go on?".to_owned(),
        EscalationKind::Step | EscalationKind::Plan if offer.nothing_near => {
            "Nothing on the page is similar to what it means. What should be done instead?"
                .to_owned()
        }
        EscalationKind::Step | EscalationKind::Plan if offer.picks.is_empty() => {
            "What should be done instead?".to_owned()
        }
        EscalationKind::Step | EscalationKind::Plan => {
            let names: Vec<String> =
                offer.picks.iter().map(|pick| called(&pick.candidate)).collect();
            format!("Is it one of these: {}? Or what should be done instead?", names.join(", "))
        }
    };
    format!("{wanted} {ask}")
}

/// The question for a plan.
pub(crate) fn ask_for_a_plan(goal: &str, seconds: u32) -> RunEnd {
    let question = format!(
        "No plan was given for \"{goal}\", and nobody has reached this goal on this site before. \
         Which steps lead to it?"
    );
    let ask = Ask {
        kind: EscalationKind::Plan,
        question,
        after: None,
        plan_step: None,
        wanted: None,
        situation: None,
        candidates: Vec::new(),
        tried: Vec::new(),
        resume: ResumePoint { asked: 1, ..ResumePoint::default() },
    };
    RunEnd::Waiting(Box::new(Waiting { ask, session: None, seconds }))
}
