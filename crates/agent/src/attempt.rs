//! One step carried out: act, check, look, record.

use crate::address::Private;
use crate::agent::Aborted;
use crate::effect;
use crate::recorder::{Evidence, Recorded, Recorder};
use crate::redo::Done;
use chrono::{DateTime, Utc};
use domain::clock::Clock;
use domain::decide::{Last, Position, Seen};
use domain::escalation::{ResumePoint, SavedSession};
use domain::failure::{ErrorClass, Failure};
use domain::memory::Effect;
use domain::plan::{Action, Conditions, ElementState, PlanStep, Target};
use domain::ports::{self, Acted, Session};
use domain::site::{led_off, page_of_text};
use domain::snapshot::Fingerprint;
use domain::step::{HealSource, Step, StepDecision};
use serde_json::{Map, Value};
use std::fmt::Display;
use telemetry::spans;
use tokio::time::{Duration, Instant};
use tracing::Instrument as _;

/// The session of a run, how far it came, and what it read.
pub(crate) struct Attempt<'a> {
    session: Box<dyn Session>,
    clock: &'a dyn Clock,
    recorder: Recorder<'a>,
    deadline: Instant,
    seq: u32,
    seen: Seen,
    /// The page on which the last step began.
    began_on: String,
    /// When the step under way began, where looking at its target came before taking it.
    begun: Option<(Instant, DateTime<Utc>)>,
    result: Map<String, Value>,
    done: Done,
    private: Private,
}

/// A step about to be taken.
pub(crate) struct Taking<'a> {
    pub(crate) step: &'a PlanStep,
    pub(crate) at: Option<Position>,
    pub(crate) decision: StepDecision,
    /// What is checked when the step has no conditions of its own.
    pub(crate) effect: Option<&'a Effect>,
    /// Why it is not even begun.
    pub(crate) refused: Option<Failure>,
}

impl<'a> Attempt<'a> {
    pub(crate) fn new(
        session: Box<dyn Session>,
        clock: &'a dyn Clock,
        recorder: Recorder<'a>,
        deadline: Instant,
        from: Option<&ResumePoint>,
    ) -> Self {
        let from = from.cloned().unwrap_or_default();
        Self {
            session,
            clock,
            recorder,
            deadline,
            seq: from.steps,
            seen: Seen::default(),
            began_on: String::new(),
            begun: None,
            result: from.result,
            done: Done::from(from.redo),
            private: Private::default(),
        }
    }

    /// What is told of the run holds none of this, nor of what it types later.
    pub(crate) fn keeping(mut self, private: Private) -> Self {
        self.private = private;
        self
    }

    /// How many steps were recorded.
    pub(crate) const fn steps(&self) -> u32 {
        self.seq
    }

    /// What is known before the next move.
    pub(crate) const fn seen(&self) -> &Seen {
        &self.seen
    }

    /// The normalised page on which the last step began.
    pub(crate) fn began_on(&self) -> &str {
        &self.began_on
    }

    /// The normalised page that is open now.
    pub(crate) fn page(&self) -> String {
        page_of_text(&self.seen.observation.url)
    }

    /// What was extracted.
    pub(crate) const fn result(&self) -> &Map<String, Value> {
        &self.result
    }

    /// What was done in the page that is open.
    pub(crate) const fn done(&mut self) -> &mut Done {
        &mut self.done
    }

    /// A step begins, if none is under way: its time counts from here.
    pub(crate) fn begin(&mut self) {
        self.begun.get_or_insert_with(|| (Instant::now(), self.clock.now()));
    }

    /// Takes one step, whatever it is for.
    pub(crate) async fn take(&mut self, taking: Taking<'_>) -> Result<Last, Aborted> {
        let (seq, at) = (self.seq, taking.at);
        let span = spans::execute_tool(&spans::Step {
            run: self.recorder.run(),
            index: seq,
            action: taking.step.form.action.as_str(),
            decision: why(&taking.decision),
        });
        self.private.note(&taking.step.action);
        if let StepDecision::Heal { approach, by, recall_id, .. } = &taking.decision {
            let recall = recall_id.as_ref().map(|id| id as &dyn Display);
            spans::heals(&span, by.tier(), approach.tactic().as_str(), recall);
        }
        let taken = async {
            let (step, evidence) = self.carry_out(taking).await;
            self.recorder.record(step, evidence).await
        };
        let Recorded { step, snapshot } = taken.instrument(span.clone()).await?;
        let page = self.private.address(&step.observation.url);
        let page = page.as_ref().map(|(address, host)| (&**address, &**host));
        let error = step.failure.as_ref().map(|failure| failure.class.as_str());
        spans::step_ended(&span, page, error);
        drop(span);
        self.seq += 1;
        self.done.note(&step);
        // What follows is decided on what was recorded, so nothing that was scrubbed can come back
        // through a decision.
        let before = std::mem::take(&mut self.seen.now);
        let (observation, fingerprint) = (step.observation, step.fingerprint);
        self.seen = Seen { observation, before, now: snapshot, fingerprint };
        self.began_on = step.page;
        if let Some(failure) = step.failure {
            return Ok(Last::Failed { at, seq, failure });
        }
        self.result.extend(step.action.save_as.zip(step.extracted));
        Ok(Last::Worked { at, seq })
    }

    async fn carry_out(&mut self, taking: Taking<'_>) -> (Step, Evidence) {
        let Taking { step, decision, effect, refused, .. } = taking;
        let begun = self.begun.take();
        let (begun, started_at) = begun.unwrap_or_else(|| (Instant::now(), self.clock.now()));
        let until = (begun + step.timeout).min(self.deadline);
        let page = page_of_text(&self.seen.observation.url);
        let guessed = is_ours(&decision) && step.expect.is_empty();
        let acted = match refused {
            Some(failure) => Err((Acted::default(), failure)),
            None => self.act_and_check(&step.action, &step.expect, until).await,
        };
        let (mut seen, mut failure, acted) = self.look(acted).await;
        if failure.is_none()
            && step.expect.is_empty()
            && let Some(effect) = effect
        {
            failure = self.check_effect(effect, &page, &mut seen).await;
        }
        if failure.is_none() && guessed {
            failure = led_astray(&self.seen.observation.url, &seen.observation.url);
        }
        let screenshot = self.picture(step, failure.as_ref()).await;
        let step = Step {
            seq: self.seq,
            intent: step.intent.clone(),
            decision,
            action: step.form.clone(),
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

    /// A step without conditions is held to what it did each time before. Only where nothing at
    /// all came of it: what it led to may have another address by now.
    async fn check_effect(
        &mut self,
        effect: &Effect,
        page: &str,
        seen: &mut ports::Seen,
    ) -> Option<Failure> {
        let expected = effect.page.as_deref().filter(|expected| *expected != page)?;
        if !effect::is_nothing(&seen.observation) {
            return None;
        }
        let arrived = self.session.check(&effect::arrival(expected), effect::PATIENCE).await;
        let later = self.session.observe().await.ok()?;
        effect::add(seen, later);
        let nothing = arrived.is_err() && effect::is_nothing(&seen.observation);
        nothing.then(|| {
            let message = format!("nothing happened; in earlier runs this step led to {expected}");
            Failure::new(ErrorClass::ExpectationFailed, message)
        })
    }

    fn unseen(&self) -> ports::Seen {
        let mut seen = ports::Seen::default();
        seen.observation.url.clone_from(&self.seen.observation.url);
        seen
    }

    /// A picture on failure and on request; that none can be had is no reason to fail.
    async fn picture(&mut self, step: &PlanStep, failure: Option<&Failure>) -> Option<Vec<u8>> {
        let wanted = step.screenshot
            || matches!(step.action, Action::Screenshot { .. })
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

    /// What a target matches now. A page that cannot be asked has no matches.
    pub(crate) async fn find(&mut self, target: &Target) -> Vec<Fingerprint> {
        let mut found = self.session.find(target).await.unwrap_or_default();
        for fingerprint in &mut found {
            self.recorder.scrub(fingerprint);
        }
        found
    }

    /// Waits until a target is the only match and can be seen.
    pub(crate) async fn appears(
        &mut self,
        target: &Target,
        within: Duration,
    ) -> Result<(), Failure> {
        let until = (Instant::now() + within).min(self.deadline);
        let action = Action::WaitFor { target: Some((target.clone(), ElementState::Visible)) };
        self.session.act(&action, left(until)).await.map(|_| ())
    }

    /// Looks at the page again, without a step: what happened since is part of the next one's
    /// trace only as far as it can still be seen.
    pub(crate) async fn look_again(&mut self) {
        if let Ok(mut seen) = self.session.observe().await {
            self.recorder.scrub_seen(&mut seen);
            self.seen.now = seen.snapshot;
            self.seen.observation.url = seen.observation.url;
            self.seen.observation.title = seen.observation.title;
        }
    }

    /// What it takes to go on in another session.
    pub(crate) async fn save(&mut self) -> Option<SavedSession> {
        match self.session.save().await {
            Ok(saved) => Some(saved),
            Err(failure) => {
                tracing::warn!(class = %failure.class, "the session cannot be saved");
                None
            }
        }
    }

    pub(crate) fn into_session(self) -> Box<dyn Session> {
        self.session
    }
}

/// What is left of a time limit, at least a moment: the page may be ready already.
fn left(until: Instant) -> Duration {
    until.saturating_duration_since(Instant::now()).max(Duration::from_millis(50))
}

/// Whether a step is what we made of a failure, and nobody's plan or answer.
const fn is_ours(decision: &StepDecision) -> bool {
    match decision {
        StepDecision::Heal { by, .. } => !matches!(by, HealSource::Human { .. }),
        StepDecision::Foreseen { .. } => true,
        _ => false,
    }
}

/// Why a step is taken, in a word.
const fn why(decision: &StepDecision) -> &'static str {
    match decision {
        StepDecision::Start => "start",
        StepDecision::Plan { .. } => "plan",
        StepDecision::Fallback { .. } => "fallback",
        StepDecision::Foreseen { .. } => "foreseen",
        StepDecision::Heal { .. } => "heal",
        StepDecision::Restore { .. } => "restore",
    }
}

/// What is wrong with having come to another site where nobody said that this is the way: whatever
/// is typed next would be typed there.
fn led_astray(from: &str, to: &str) -> Option<Failure> {
    let site = led_off(from, to)?;
    let message = format!("it led to another site, {site}, and no `expect` says that it should");
    Some(Failure::new(ErrorClass::ExpectationFailed, message))
}

#[cfg(test)]
mod tests {
    use super::led_astray;

    #[test]
    fn another_site_is_no_place_to_be_led_to() {
        let here = "https://shop.example/login";
        assert!(led_astray(here, "https://www.shop.example/home").is_none());
        assert!(led_astray(here, "about:blank").is_none());
        assert!(led_astray("about:blank", here).is_none());
        let failure = led_astray(here, "https://evil.example/login").unwrap();
        assert!(failure.message.contains("evil.example"), "{}", failure.message);
    }
}
