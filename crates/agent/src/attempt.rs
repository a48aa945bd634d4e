//! One step carried out: act, check, look, record.

use crate::recorder::{Evidence, Recorded, Recorder};
use crate::run::Aborted;
use domain::clock::Clock;
use domain::decide::{Last, Position, Seen};
use domain::failure::{ErrorClass, Failure};
use domain::plan::{Action, ActionName, Conditions, PlanStep, StepForm};
use domain::ports::{self, Acted, Session};
use domain::site::page_of_text;
use domain::step::{Step, StepDecision};
use serde_json::{Map, Value};
use tokio::time::{Duration, Instant};
use tracing::{Instrument as _, info_span};

/// Opening a page may take longer than acting on one.
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// The session of a run, how far it came, and what it read.
pub(crate) struct Attempt<'a> {
    session: &'a mut dyn Session,
    clock: &'a dyn Clock,
    recorder: Recorder<'a>,
    deadline: Instant,
    seq: u32,
    seen: Seen,
    result: Map<String, Value>,
}

/// A step about to be taken.
struct Taking<'a> {
    intent: &'a str,
    decision: StepDecision,
    form: StepForm,
    action: &'a Action,
    expect: &'a Conditions,
    timeout: Duration,
    screenshot: bool,
}

impl<'a> Attempt<'a> {
    pub(crate) fn new(
        session: &'a mut dyn Session,
        clock: &'a dyn Clock,
        recorder: Recorder<'a>,
        deadline: Instant,
    ) -> Self {
        Self {
            session,
            clock,
            recorder,
            deadline,
            seq: 0,
            seen: Seen::default(),
            result: Map::new(),
        }
    }

    /// How many steps were recorded.
    pub(crate) const fn steps(&self) -> u32 {
        self.seq
    }

    /// What is known before the next move.
    pub(crate) const fn seen(&self) -> &Seen {
        &self.seen
    }

    /// What was extracted.
    pub(crate) fn into_result(self) -> Value {
        Value::Object(self.result)
    }

    /// Opens the start page.
    pub(crate) async fn start(&mut self, url: &str) -> Result<Last, Aborted> {
        let action = Action::Navigate { url: url.to_owned() };
        let taking = Taking {
            intent: "open the start page",
            decision: StepDecision::Start,
            form: navigation_form(url),
            action: &action,
            expect: &Conditions::default(),
            timeout: START_TIMEOUT,
            screenshot: false,
        };
        self.take(taking, None).await
    }

    /// Takes one step of the plan, or one of its fallbacks.
    pub(crate) async fn step(
        &mut self,
        plan: &[PlanStep],
        at: Position,
        decision: StepDecision,
    ) -> Result<Last, Aborted> {
        let step = &plan[at.step];
        let way = at.fallback.map_or(step, |index| &step.fallbacks[index]);
        let taking = Taking {
            intent: &way.intent,
            decision,
            form: way.form.clone(),
            action: &way.action,
            expect: &way.expect,
            timeout: way.timeout,
            screenshot: way.screenshot,
        };
        self.take(taking, Some(at)).await
    }

    /// Acts, checks, looks and records. What follows is decided on what was recorded, so nothing
    /// that was scrubbed can come back through a decision.
    async fn take(&mut self, taking: Taking<'_>, at: Option<Position>) -> Result<Last, Aborted> {
        let seq = self.seq;
        let span = info_span!("step", step.seq = seq, action = taking.form.action.as_str());
        let (step, evidence) = self.carry_out(taking).instrument(span).await;
        let Recorded { step, snapshot } = self.recorder.record(step, evidence).await?;
        self.seq += 1;
        let before = std::mem::take(&mut self.seen.now);
        let (observation, fingerprint) = (step.observation, step.fingerprint);
        self.seen = Seen { observation, before, now: snapshot, fingerprint };
        if let Some(failure) = step.failure {
            return Ok(Last::Failed { at, seq, failure });
        }
        self.result.extend(step.action.save_as.zip(step.extracted));
        Ok(Last::Worked { at, seq })
    }

    async fn carry_out(&mut self, taking: Taking<'_>) -> (Step, Evidence) {
        let started_at = self.clock.now();
        let begun = Instant::now();
        let until = (begun + taking.timeout).min(self.deadline);
        let page = page_of_text(&self.seen.observation.url);
        let acted = self.act_and_check(taking.action, taking.expect, until).await;
        let (seen, failure, acted) = self.look(acted).await;
        let screenshot = self.picture(&taking, failure.as_ref()).await;
        let step = Step {
            seq: self.seq,
            intent: taking.intent.to_owned(),
            decision: taking.decision,
            action: taking.form,
            failure,
            observation: seen.observation,
            fingerprint: acted.fingerprint,
            extracted: acted.extracted,
            page,
            started_at,
            duration_ms: u32::try_from(begun.elapsed().as_millis()).unwrap_or(u32::MAX),
        };
        (step, Evidence { snapshot: seen.snapshot, screenshot, downloads: seen.downloads })
    }

    async fn act_and_check(
        &mut self,
        action: &Action,
        expect: &Conditions,
        until: Instant,
    ) -> Result<Acted, (Acted, Failure)> {
        let acted = match self.session.act(action, left(until)).await {
            Ok(acted) => acted,
            Err(failure) => return Err((Acted::default(), failure)),
        };
        if expect.is_empty() {
            return Ok(acted);
        }
        match self.session.check(expect, left(until)).await {
            Ok(()) => Ok(acted),
            Err(failure) => Err((acted, failure)),
        }
    }

    /// Looks at the page. A page that cannot be looked at has failed the step, whatever else held:
    /// nobody knows what it shows.
    async fn look(
        &mut self,
        acted: Result<Acted, (Acted, Failure)>,
    ) -> (ports::Seen, Option<Failure>, Acted) {
        let (acted, failure) = match acted {
            Ok(acted) => (acted, None),
            Err((acted, failure)) => (acted, Some(failure)),
        };
        if failure.as_ref().is_some_and(Failure::ends_session) {
            return (self.unseen(), failure, acted);
        }
        match self.session.observe().await {
            Ok(seen) => (seen, failure, acted),
            Err(trouble) => (self.unseen(), Some(failure.unwrap_or(trouble)), acted),
        }
    }

    fn unseen(&self) -> ports::Seen {
        let mut seen = ports::Seen::default();
        seen.observation.url.clone_from(&self.seen.observation.url);
        seen
    }

    /// A picture on failure and on request; that none can be had is no reason to fail.
    async fn picture(&mut self, taking: &Taking<'_>, failure: Option<&Failure>) -> Option<Vec<u8>> {
        let wanted = taking.screenshot
            || matches!(taking.action, Action::Screenshot { .. })
            || failure.is_some_and(|failure| {
                !failure.ends_session() && failure.class != ErrorClass::DialogBlocked
            });
        if !wanted {
            return None;
        }
        match self.session.screenshot().await {
            Ok(picture) => Some(picture),
            Err(failure) => {
                tracing::warn!(class = %failure.class, "no screenshot could be taken");
                None
            }
        }
    }
}

/// What is left of a time limit, at least a moment: the page may be ready already.
fn left(until: Instant) -> Duration {
    until.saturating_duration_since(Instant::now()).max(Duration::from_millis(50))
}

fn navigation_form(url: &str) -> StepForm {
    StepForm { url: Some(url.to_owned()), ..StepForm::of(ActionName::Navigate) }
}
