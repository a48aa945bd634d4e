//! One step carried out: act, check, look, record.

use crate::recorder::{Evidence, Recorder};
use crate::run::Aborted;
use domain::clock::Clock;
use domain::decide::{Last, Position};
use domain::failure::{ErrorClass, Failure};
use domain::plan::{Action, ActionName, Conditions, PlanStep, StepForm};
use domain::ports::{Acted, Seen, Session};
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
    url: String,
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
        Self { session, clock, recorder, deadline, seq: 0, url: String::new(), result: Map::new() }
    }

    /// How many steps were recorded.
    pub(crate) const fn steps(&self) -> u32 {
        self.seq
    }

    /// What was extracted.
    pub(crate) fn into_result(self) -> Value {
        Value::Object(self.result)
    }

    /// Opens the start page.
    pub(crate) async fn start(&mut self, url: &str) -> Result<Last, Aborted> {
        let seq = self.seq;
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
        Ok(match self.take(taking).await? {
            None => Last::Started,
            Some(failure) => Last::Failed { at: None, seq, failure },
        })
    }

    /// Takes one step of the plan, or one of its fallbacks.
    pub(crate) async fn step(
        &mut self,
        plan: &[PlanStep],
        at: Position,
        decision: StepDecision,
    ) -> Result<Last, Aborted> {
        let seq = self.seq;
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
        Ok(match self.take(taking).await? {
            None => Last::Worked(at),
            Some(failure) => Last::Failed { at: Some(at), seq, failure },
        })
    }

    /// Acts, checks, looks and records; answers with what went wrong.
    async fn take(&mut self, taking: Taking<'_>) -> Result<Option<Failure>, Aborted> {
        let span = info_span!("step", step.seq = self.seq, action = taking.form.action.as_str());
        let (step, evidence) = self.carry_out(taking).instrument(span).await;
        let failure = step.failure.clone();
        let recorded = self.recorder.record(step, evidence).await?;
        if let (None, Some(extracted), Some(name)) =
            (&failure, recorded.extracted, recorded.action.save_as)
        {
            self.result.insert(name, extracted);
        }
        self.seq += 1;
        Ok(failure)
    }

    async fn carry_out(&mut self, taking: Taking<'_>) -> (Step, Evidence) {
        let started_at = self.clock.now();
        let begun = Instant::now();
        let until = (begun + taking.timeout).min(self.deadline);
        let page = page_of_text(&self.url);
        let acted = self.act_and_check(taking.action, taking.expect, until).await;
        let (seen, failure, acted) = self.look(acted).await;
        self.url.clone_from(&seen.observation.url);
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
    ) -> (Seen, Option<Failure>, Acted) {
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

    fn unseen(&self) -> Seen {
        let mut seen = Seen::default();
        seen.observation.url.clone_from(&self.url);
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
