//! Going on with a human's answer: on the session that waited, or on a new one put where it stood.

use crate::agent::Aborted;
use crate::attempt::Taking;
use crate::heal::{Healing, Outcome, Way};
use crate::run::Run;
use crate::ways;
use domain::decide::{Last, Position};
use domain::escalation::{Answer, Ask, Escalation, EscalationKind, Redo, Resumed};
use domain::failure::{ErrorClass, Failure};
use domain::memory::Approach;
use domain::plan::{ActionName, PlanStep, StepForm, TargetForm};
use domain::snapshot::Fingerprint;
use domain::step::{HealSource, StepDecision};
use std::slice;

/// The name under which an input travels to the page: as a secret, so that it is shown nowhere. Each
/// question of a run has its own, so that a later answer does not take the place of an earlier one.
pub(crate) fn answer_name(asked: u32) -> String {
    match asked {
        0 | 1 => "waymark_answer".to_owned(),
        asked => format!("waymark_answer_{asked}"),
    }
}

/// How long what only prepares a step is waited for when it is done again.
const PREPARED_WITHIN_MS: u32 = 1500;

impl Run<'_> {
    /// Puts a new session where the old one stood: its page, and what had been filled in since
    /// that page was loaded.
    pub(crate) async fn restore(&mut self, resumed: &Resumed) -> Result<Option<Last>, Aborted> {
        let from = &resumed.escalation;
        let resume = &from.ask.resume;
        // The address in the question was scrubbed; the saved one is whole.
        let url = resumed.session.as_ref().map_or(&resume.url, |session| &session.url);
        let step = from.ask.plan_step.unwrap_or_default();
        let opened = self.open(url, &resume.url, StepDecision::Restore { step }).await?;
        if matches!(opened, Last::Failed { .. }) {
            return Ok(Some(opened));
        }
        for redo in &resume.redo {
            let Some(step) = self.again(redo) else { continue };
            let taking = Taking {
                step: &step,
                at: None,
                decision: StepDecision::Restore { step: redo.step },
                effect: None,
                refused: None,
            };
            let redone = self.attempt.take(taking).await?;
            // What had to be prepared once may not have to be again.
            if redo.own && matches!(redone, Last::Failed { .. }) {
                return Ok(Some(redone));
            }
        }
        Ok(None)
    }

    /// An action as it was taken before. Files are the plan's: a trace has their names only.
    fn again(&self, redo: &Redo) -> Option<PlanStep> {
        let planned = self.plan.get(redo.step as usize)?;
        let mut form = redo.form.clone();
        if form.files.is_some() {
            form.files.clone_from(&planned.form.files);
        }
        if !redo.own {
            form.timeout_ms = Some(PREPARED_WITHIN_MS);
        }
        ways::read(form, &self.values)
    }

    /// Carries out the answer.
    pub(crate) async fn answered(&mut self, resumed: &Resumed) -> Result<Last, Aborted> {
        let escalation = &resumed.escalation;
        let ask = &escalation.ask;
        let (Some(after), Some(index), Some(answer)) =
            (ask.after, ask.plan_step, &escalation.answer)
        else {
            return Ok(Last::Nothing);
        };
        let at = Position { step: index as usize, fallback: None };
        let plan = self.plan;
        let Some(step) = plan.get(at.step) else { return Ok(Last::Nothing) };
        let forms = match forms(step, escalation, answer) {
            Ok(Forms::Skip) => return Ok(Last::LeftOut { at, seq: after }),
            Ok(Forms::Take(forms)) => forms,
            Err(why) => return Ok(spent(at, after, &why)),
        };
        let failure = last_failure(escalation);
        let Some(situation) = ask.situation.clone() else { return Ok(Last::Nothing) };
        let healing = Healing {
            step,
            at,
            after,
            failure: &failure,
            recall: None,
            attempt: u32::try_from(ask.tried.len()).unwrap_or(u32::MAX),
        };
        let way = Way {
            approach: Approach::HumanAnswer,
            by: HealSource::Human { escalation_id: escalation.id },
            what: "what a human said".into(),
        };
        self.trouble.situation = Some(situation);
        let mut last = Last::Worked { at: Some(at), seq: after };
        for Told { form, own, picked } in forms {
            let read = match picked {
                // What was picked may have moved since the question was asked.
                Some(picked) => self.recognise(form, Some(&picked)).await,
                None => ways::read(form, &self.values)
                    .ok_or_else(|| "the answer cannot be carried out as it is written".into()),
            };
            let read = match read {
                Ok(read) => read,
                Err(why) => return Ok(spent(at, after, &why)),
            };
            last = match self.take_way(&healing, &way, &read, own).await? {
                Outcome::Worked(last) => last,
                // What the page shows now may lead on, or to a better question.
                Outcome::Failed(seq, failure) => {
                    return Ok(Last::Failed { at: Some(at), seq, failure });
                }
                Outcome::NotTried(why) => return Ok(spent(at, after, &why)),
            };
        }
        Ok(last)
    }
}

enum Forms {
    /// The step is left out.
    Skip,
    /// These are taken.
    Take(Vec<Told>),
}

/// One action that a human told us to take.
struct Told {
    form: StepForm,
    /// Whether it does what the step was for.
    own: bool,
    /// The element that was picked, as it was when the question was asked.
    picked: Option<Fingerprint>,
}

impl Told {
    const fn own(form: StepForm) -> Self {
        Self { form, own: true, picked: None }
    }

    const fn first(form: StepForm) -> Self {
        Self { form, own: false, picked: None }
    }
}

fn forms(step: &PlanStep, from: &Escalation, answer: &Answer) -> Result<Forms, String> {
    let steps = match answer {
        Answer::Skip => return Ok(Forms::Skip),
        Answer::Candidate { index, first } => {
            let pick = from.ask.candidates.get(*index as usize);
            let pick = pick.ok_or_else(|| format!("there is no candidate {index}"))?;
            let picked = Some(pick.candidate.fingerprint.clone());
            let form = ways::with_target(step, pick.target.clone());
            prepared(step, first, Told { form, own: true, picked })
        }
        // What leads on to what the step looks at; the step is still to be done.
        Answer::Action { action, first } if !action.action.stands_in_for(step.form.action) => {
            let first = [&first[..], slice::from_ref(action)].concat();
            prepared(step, &first, Told::own(ways::alone(step)))
        }
        Answer::Action { action, first } => prepared(step, first, Told::own(acted(step, action))),
        Answer::Input { target, .. } => {
            let target = target.clone().unwrap_or_else(|| from.ask.input_target());
            typed(step, &from.ask, target)
        }
        Answer::Plan { .. } | Answer::GiveUp { .. } => {
            return Err("this answer does not say what to do about the step".into());
        }
    };
    Ok(Forms::Take(steps))
}

/// An action after what has to be done first.
fn prepared(step: &PlanStep, first: &[StepForm], own: Told) -> Vec<Told> {
    let first = first
        .iter()
        .map(|form| Told::first(StepForm { intent: Some(ways::preparing(step)), ..form.clone() }));
    first.chain([own]).collect()
}

/// What a human typed, where it belongs. A code is sent, and the step follows on the page behind it;
/// anything else is only filled in: Enter might send a form that is half done.
fn typed(step: &PlanStep, ask: &Ask, target: TargetForm) -> Vec<Told> {
    let kind = ask.kind;
    let value = Some(format!("{{{{secrets.{}}}}}", answer_name(ask.resume.asked)));
    if step.form.action == ActionName::Fill && kind != EscalationKind::Challenge {
        let fill = StepForm { value, format: None, ..ways::with_target(step, target) };
        return vec![Told::own(fill)];
    }
    let intent = Some(ways::preparing(step));
    let fill = StepForm {
        intent: intent.clone(),
        target: Some(target.clone()),
        value,
        ..StepForm::of(ActionName::Fill)
    };
    let send = StepForm {
        intent,
        target: Some(target),
        key: Some("Enter".into()),
        ..StepForm::of(ActionName::Press)
    };
    let mut told = vec![Told::first(fill)];
    if kind == EscalationKind::Challenge {
        told.push(Told::first(send));
    }
    told.push(Told::own(ways::alone(step)));
    told
}

/// An action of a human: with the step's own value where it leaves that out, and held to the
/// step's end.
fn acted(step: &PlanStep, action: &StepForm) -> StepForm {
    let action = ways::instead(step, action.clone());
    if action.action != step.form.action {
        return action;
    }
    let (plan, mut form) = (&step.form, action);
    if form.value.is_none() {
        form.value.clone_from(&plan.value);
        form.format = form.format.or(plan.format);
    }
    form.values = form.values.or_else(|| plan.values.clone());
    form.files = form.files.or_else(|| plan.files.clone());
    form.save_as = form.save_as.or_else(|| plan.save_as.clone());
    form.shape = form.shape.or(plan.shape);
    form.attribute = form.attribute.or_else(|| plan.attribute.clone());
    form
}

fn last_failure(from: &Escalation) -> Failure {
    from.ask.tried.last().map_or_else(
        || Failure::new(ErrorClass::Unclassified, "the step failed"),
        |tried| tried.failure.clone(),
    )
}

fn spent(at: Position, seq: u32, why: &str) -> Last {
    let message = format!("the answer did not help: {why}");
    let failure = Failure::new(ErrorClass::Unclassified, message);
    Last::Spent { at, seq, failure, why: why.to_owned() }
}
