//! One run under way: the loop, and what it knows.

use crate::agent::{Aborted, Signals};
use crate::attempt::{Attempt, Taking};
use crate::recaller::Recaller;
use domain::clock::Clock;
use domain::decide::{Last, Move, Position, Progress, decide, is_over};
use domain::escalation::Tried;
use domain::heal::Candidate;
use domain::memory::{Effect, Lifter, SiteMemory, Situation, WorkingLocator};
use domain::plan::{Action, ActionName, Conditions, PlanForm, PlanStep, StepForm, Values};
use domain::ports::Lease;
use domain::run::RunEnd;
use domain::step::StepDecision;
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;
use tracing::info;

/// A run under way.
pub(crate) struct Run<'a> {
    pub(crate) lease: &'a Lease,
    pub(crate) signals: &'a Signals,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) recaller: &'a Recaller,
    pub(crate) attempt: Attempt<'a>,
    pub(crate) plan: &'a [PlanStep],
    /// What the task is for, its placeholders filled in.
    pub(crate) goal: String,
    /// The plan's form, when it is a remembered one and not the task's own.
    pub(crate) borrowed: Option<PlanForm>,
    pub(crate) values: Values,
    pub(crate) site: SiteMemory,
    pub(crate) lifter: Lifter,
    pub(crate) begun: Instant,
    pub(crate) heals: u32,
    pub(crate) asked: u32,
    /// What became of the step that is in trouble.
    pub(crate) trouble: Trouble,
    /// The URL of the frame that is acted in, where it can be told.
    pub(crate) frame: Option<String>,
    /// Whether no step of the plan has worked on another page than the one that is open.
    pub(crate) outside: bool,
}

/// A step in trouble: what was tried and what was considered.
#[derive(Default)]
pub(crate) struct Trouble {
    pub(crate) situation: Option<Situation>,
    pub(crate) tried: Vec<Tried>,
    /// What was considered on the page, once it was searched.
    pub(crate) considered: Option<Vec<Candidate>>,
    /// The elements that were acted upon in vain, by their paths.
    pub(crate) failed: Vec<String>,
}

/// What a run came to, before its session is closed or parked.
pub(crate) enum Ended {
    /// The run is over.
    Over(RunEnd),
    /// It asks: the session is kept.
    Asks(RunEnd),
}

impl Run<'_> {
    /// Goes on from the last step to the end.
    pub(crate) async fn finish(&mut self, mut last: Last) -> Result<Ended, Aborted> {
        loop {
            let limits = &self.lease.spec.limits;
            let seen = self.attempt.seen();
            last = match decide(self.plan, &last, seen, self.progress(), limits) {
                Move::Start => self.start().await?,
                Move::Act { at, decision } => self.act(at, decision).await?,
                Move::Heal { at, seq, failure } => {
                    self.note_trouble(at, seq, &failure);
                    self.heal(at, seq, failure).await?
                }
                Move::Ask { at, seq, failure } => {
                    self.note_trouble(at, seq, &failure);
                    return Ok(Ended::Asks(self.ask(at, seq, failure).await));
                }
                Move::Succeed => return Ok(Ended::Over(RunEnd::Succeeded(self.result()))),
                Move::Fail(failure) => {
                    info!(kind = ?failure.kind, class = ?failure.class, "run failed");
                    return Ok(Ended::Over(RunEnd::Failed(failure, self.result())));
                }
                Move::Cancel => return Ok(Ended::Over(RunEnd::Cancelled)),
                Move::Release => return Ok(Ended::Over(RunEnd::Released)),
            };
            self.keep_up(&last);
        }
    }

    pub(crate) fn progress(&self) -> Progress {
        Progress {
            steps: self.attempt.steps(),
            elapsed: self.begun.elapsed(),
            heals: self.heals,
            asked: self.asked,
            cancelled: self.signals.cancelled.is_cancelled(),
            stopping: self.signals.stopping.is_cancelled(),
        }
    }

    /// Whether the run has to come to its end before anything else is tried.
    pub(crate) fn is_over(&self) -> bool {
        is_over(self.progress(), &self.lease.spec.limits)
    }

    /// Whether memory and healing are wanted at all.
    pub(crate) const fn heals_at_all(&self) -> bool {
        self.lease.spec.limits.heals > 0
    }

    fn result(&self) -> Value {
        Value::Object(self.attempt.result().clone())
    }

    async fn start(&mut self) -> Result<Last, Aborted> {
        let url = &self.lease.spec.start_url;
        self.open(url, url, StepDecision::Start).await
    }

    /// Opens a page that no step of the plan asked for; `shown` is its address as the trace may have
    /// it.
    pub(crate) async fn open(
        &mut self,
        url: &str,
        shown: &str,
        decision: StepDecision,
    ) -> Result<Last, Aborted> {
        let step = PlanStep {
            intent: "open the start page".into(),
            action: Action::Navigate { url: url.to_owned() },
            expect: Conditions::default(),
            fallbacks: Vec::new(),
            timeout: START_TIMEOUT,
            screenshot: false,
            form: StepForm { url: Some(shown.to_owned()), ..StepForm::of(ActionName::Navigate) },
        };
        let taking = Taking { step: &step, at: None, decision, effect: None, refused: None };
        self.attempt.take(taking).await
    }

    /// Takes one step of the plan, or one of its fallbacks; first looks whether memory knows better.
    async fn act(&mut self, at: Position, decision: StepDecision) -> Result<Last, Aborted> {
        let step = &self.plan[at.step];
        let Some(index) = at.fallback else {
            if let Some(worked) = self.foresee(at).await? {
                return Ok(worked);
            }
            return self.take_guarded(step, at, decision).await;
        };
        let step = &step.fallbacks[index];
        let taking = Taking { step, at: Some(at), decision, effect: None, refused: None };
        self.attempt.take(taking).await
    }

    /// Takes the plan's own step, held to what memory knows of it.
    pub(crate) async fn take_guarded(
        &mut self,
        step: &PlanStep,
        at: Position,
        decision: StepDecision,
    ) -> Result<Last, Aborted> {
        let refused = self.guard(step).await;
        let effect = self.effect_of(step);
        let taking = Taking { step, at: Some(at), decision, effect: effect.as_ref(), refused };
        self.attempt.take(taking).await
    }

    /// What a step did each time before.
    pub(crate) fn effect_of(&self, step: &PlanStep) -> Option<Effect> {
        self.working(step)?.effect.clone()
    }

    /// What worked for this very target: on this page, else wherever it was met.
    pub(crate) fn working(&self, step: &PlanStep) -> Option<&WorkingLocator> {
        let page = self.attempt.page();
        let target = step.form.target.as_ref()?;
        let same = |it: &&WorkingLocator| it.action == step.form.action && it.target == *target;
        let mut known = self.site.working.iter().filter(same);
        let here = self.site.working.iter().filter(same).find(|it| it.page == page);
        here.or_else(|| known.next().filter(|_| known.next().is_none()))
    }

    /// Takes note of a step of the plan that is done, and keeps what a later restoration needs.
    pub(crate) fn keep_up(&mut self, last: &Last) {
        let plan = self.plan;
        self.attempt.done().keep(last, |step| plan[step].form.action);
        if matches!(last, Last::LeftOut { .. }) {
            self.trouble = Trouble::default();
        }
        let Last::Worked { at: Some(at), .. } = last else { return };
        self.outside &= self.attempt.began_on() == self.attempt.page();
        if self.plan[at.step].form.action == ActionName::SwitchFrame {
            self.frame = self.the_only_frame(self.plan[at.step].form.target.is_some());
        }
        self.trouble = Trouble::default();
    }

    /// The frame that was switched to: known where the page has one only.
    fn the_only_frame(&self, switched_in: bool) -> Option<String> {
        let elements = &self.attempt.seen().now.elements;
        let mut frames = elements.iter().filter_map(|it| it.fingerprint.frame.as_ref());
        let first = frames.next().filter(|_| switched_in)?;
        frames.all(|other| other == first).then(|| first.clone())
    }

    fn note_trouble(&mut self, at: Position, seq: u32, failure: &domain::failure::Failure) {
        let step = &self.plan[at.step];
        if self.trouble.tried.iter().any(|tried| tried.step == seq) {
            return;
        }
        let what = match &step.action.target() {
            Some(target) => format!("{} {target}", step.form.action.as_str()),
            None => step.form.action.as_str().to_owned(),
        };
        self.trouble.tried.push(Tried {
            step: seq,
            approach: None,
            what,
            failure: failure.clone(),
        });
    }
}

/// Opening a page may take longer than acting on one.
const START_TIMEOUT: Duration = Duration::from_secs(30);
