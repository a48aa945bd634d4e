//! The agent: makes attempts at tasks, over the ports it is given.

use crate::address::Private;
use crate::ask::ask_for_a_plan;
use crate::attempt::Attempt;
use crate::parking::{Kept, Parking};
use crate::recaller::Recaller;
use crate::recorder::Recorder;
use crate::resume::answer_name;
use crate::run::{Ended, Run, Trouble};
use domain::clock::Clock;
use domain::decide::Last;
use domain::escalation::{Answer, Resumed};
use domain::failure::{ErrorClass, Failure, TaskFailure};
use domain::id::RunId;
use domain::memory::{Lifter, replay_plan};
use domain::plan::{PlanForm, PlanStep, Values, plan_steps};
use domain::ports::{
    Browsers, Embedder, Lease, LeaseError, Memory, Session, SessionOptions, Trace,
};
use domain::run::RunEnd;
use std::sync::Arc;
use telemetry::spans;
use tokio::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

/// What an agent works with.
#[derive(Clone)]
pub struct Parts {
    /// Where sessions come from.
    pub browsers: Arc<dyn Browsers>,
    /// Where traces go.
    pub trace: Arc<dyn Trace>,
    /// What is remembered.
    pub memory: Arc<dyn Memory>,
    /// Texts to vectors.
    pub embedder: Arc<dyn Embedder>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How many sessions are kept open for runs that wait for a human.
    pub parking_places: usize,
}

/// Runs tasks.
#[derive(Clone)]
pub struct Agent {
    browsers: Arc<dyn Browsers>,
    trace: Arc<dyn Trace>,
    clock: Arc<dyn Clock>,
    recaller: Recaller,
    parking: Arc<Parking>,
}

/// What the outside tells a run while it is under way.
#[derive(Debug, Clone, Default)]
pub struct Signals {
    /// The client wants the task cancelled: stop after the step.
    pub cancelled: CancellationToken,
    /// The worker is stopping: give the attempt back after the step.
    pub stopping: CancellationToken,
    /// The lease is lost: stop at once, write nothing.
    pub lost: CancellationToken,
}

/// Why nothing more may be written about a run.
#[derive(Debug, thiserror::Error)]
pub enum Aborted {
    /// Somebody else holds the task now.
    #[error("the lease was lost")]
    LeaseLost,
    /// The store refuses the trace.
    #[error("the trace cannot be written")]
    Trace(#[source] LeaseError),
}

/// A plan to go by, and where it comes from.
struct Plan {
    steps: Vec<PlanStep>,
    /// What its placeholders stand for.
    values: Values,
    /// Its form, when it is not the task's own.
    borrowed: Option<PlanForm>,
}

impl Agent {
    /// An agent over these adapters.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let Parts { browsers, trace, memory, embedder, clock, parking_places } = parts;
        let recaller = Recaller::new(memory, embedder, clock.clone());
        let parking = Arc::new(Parking::new(parking_places));
        Self { browsers, trace, clock, recaller, parking }
    }

    /// Makes one attempt at a task, or goes on with one that had asked.
    ///
    /// # Errors
    /// The lease was lost or the trace cannot be written.
    pub async fn run(&self, lease: &Lease, signals: &Signals) -> Result<RunEnd, Aborted> {
        let span = spans::invoke_agent(&lease.run_id);
        let run = async {
            tokio::select! {
                biased;
                () = signals.lost.cancelled() => Err(Aborted::LeaseLost),
                end = self.attempt(lease, signals) => end,
            }
        };
        let ended = Box::pin(run.instrument(span.clone())).await;
        let (outcome, error) = told(&ended);
        spans::run_ended(&span, outcome, error);
        ended
    }

    /// Closes the sessions that waited too long; their runs go on by restoring them.
    pub async fn close_overdue(&self) {
        for session in self.parking.overdue(self.clock.now()) {
            session.close().await;
        }
    }

    /// The runs whose sessions are kept while they wait for an answer.
    #[must_use]
    pub fn parked(&self) -> Vec<RunId> {
        self.parking.runs()
    }

    /// Closes the sessions of runs that nobody will go on with.
    pub async fn close_parked(&self, ended: &[RunId]) {
        for session in self.parking.leave(ended) {
            session.close().await;
        }
    }

    async fn attempt(&self, lease: &Lease, signals: &Signals) -> Result<RunEnd, Aborted> {
        let plan = match self.plan(lease, values(lease)).await {
            Ok(plan) => plan,
            Err(end) => return Ok(*end),
        };
        let resumed = lease.resumed.as_deref().filter(|it| it.escalation.ask.after.is_some());
        let parked =
            resumed.and_then(|it| self.parking.take(lease.run_id, it.escalation.ask.resume.steps));
        let restoring = parked.is_none();
        let session = match parked {
            Some(session) => session,
            None => match self.open(&plan.values, resumed).await {
                Ok(session) => session,
                // The answer is kept for whoever has a browser.
                Err(_) if resumed.is_some() => return Ok(RunEnd::Released),
                Err(failure) => return Ok(RunEnd::Failed(no_browser(&failure), empty())),
            },
        };
        let mut run = self.begin(lease, signals, &plan, session).await;
        let ended = match resumed {
            Some(resumed) => Box::pin(go_on(&mut run, resumed, restoring)).await,
            None => Box::pin(run.finish(Last::Nothing)).await,
        };
        let steps = run.attempt.steps();
        let session = run.attempt.into_session();
        let unparked = match ended {
            Ok(Ended::Asks(end)) => {
                let kept = Kept::of(&end, self.clock.now());
                if let Some(session) = self.parking.park((lease.run_id, steps), session, kept) {
                    session.close().await;
                }
                return Ok(end);
            }
            Ok(Ended::Over(end)) => Ok(end),
            Err(aborted) => Err(aborted),
        };
        session.close().await;
        unparked
    }

    async fn open(
        &self,
        values: &Values,
        resumed: Option<&Resumed>,
    ) -> Result<Box<dyn Session>, Failure> {
        let secrets = values.secrets.values().cloned().collect();
        let restore = resumed.and_then(|it| it.session.clone());
        self.browsers.open(SessionOptions { secrets, restore }).await
    }

    async fn begin<'a>(
        &'a self,
        lease: &'a Lease,
        signals: &'a Signals,
        plan: &'a Plan,
        session: Box<dyn Session>,
    ) -> Run<'a> {
        let begun = Instant::now();
        let deadline = begun + Duration::from_secs(lease.spec.limits.seconds.into());
        let clock = self.clock.as_ref();
        let recorder = Recorder::new(self.trace.as_ref(), clock, lease, &plan.values.secrets);
        let from = lease.resumed.as_deref().map(|it| &it.escalation.ask.resume);
        let site = if lease.spec.limits.heals > 0 {
            self.recaller.site(lease, &plan.steps).await
        } else {
            domain::memory::SiteMemory::default()
        };
        Run {
            lease,
            signals,
            clock,
            recaller: &self.recaller,
            attempt: Attempt::new(session, clock, recorder, deadline, from)
                .keeping(Private::of(&plan.values, &plan.steps)),
            plan: &plan.steps,
            goal: plan
                .values
                .fill_open(&lease.spec.goal)
                .unwrap_or_else(|_| lease.spec.goal.clone()),
            borrowed: plan.borrowed.clone(),
            lifter: Lifter::of_plan(&plan.values.inputs, plan.steps.iter().map(|step| &step.form)),
            values: plan.values.clone(),
            site,
            begun,
            heals: from.map_or(0, |from| from.heals),
            asked: from.map_or(0, |from| from.asked),
            trouble: Trouble::default(),
            frame: None,
            outside: from.is_none(),
        }
    }

    /// The plan to go by: the client's, a human's, or what worked for this goal before.
    async fn plan(&self, lease: &Lease, values: Values) -> Result<Plan, Box<RunEnd>> {
        if let Some(own) = &lease.spec.plan {
            let steps = read_plan(own, &values)?;
            return Ok(Plan { steps, values, borrowed: None });
        }
        let borrowed = match lease.resumed.as_deref().map(|it| &it.escalation) {
            Some(from) => match (&from.answer, &from.ask.resume.plan) {
                (Some(Answer::Plan { plan }), _) | (_, Some(plan)) => Some(plan.clone()),
                _ => None,
            },
            None => match &lease.told {
                Some(told) => Some(told.clone()),
                None => self.remembered_plan(lease, &values).await?,
            },
        };
        let Some(borrowed) = borrowed else {
            let (spec, limits) = (&lease.spec, &lease.spec.limits);
            let end = if limits.answer_seconds > 0 {
                ask_for_a_plan(&spec.goal, limits.answer_seconds)
            } else {
                let message =
                    "no plan was given, and none is remembered for this goal on this site";
                RunEnd::Failed(TaskFailure::invalid(message), empty())
            };
            return Err(Box::new(end));
        };
        let steps = read_plan(&borrowed, &values)?;
        Ok(Plan { steps, values, borrowed: Some(borrowed) })
    }

    async fn remembered_plan(
        &self,
        lease: &Lease,
        values: &Values,
    ) -> Result<Option<PlanForm>, Box<RunEnd>> {
        let Some(plans) = self.recaller.plans(lease).instrument(spans::plan()).await else {
            let message = "memory does not say whether this goal was reached before";
            let failure = TaskFailure::infrastructure(message);
            return Err(Box::new(RunEnd::Failed(failure, empty())));
        };
        match replay_plan(&lease.spec.goal, plans, values) {
            Ok(None) => Ok(None),
            Ok(Some(found)) => {
                tracing::info!(from = %found.run_id, "replaying run {}", found.run_id);
                self.recaller.replays(lease, found.run_id).await;
                Ok(Some(found.plan))
            }
            Err(missing) => {
                let message = format!(
                    "the plan remembered for this goal needs {}: add what is missing to the task",
                    missing.join(", ")
                );
                Err(Box::new(RunEnd::Failed(TaskFailure::invalid(message), empty())))
            }
        }
    }
}

/// Goes on with a run that had asked.
async fn go_on(run: &mut Run<'_>, resumed: &Resumed, restoring: bool) -> Result<Ended, Aborted> {
    if restoring {
        if let Some(failed) = run.restore(resumed).await? {
            return Box::pin(run.finish(failed)).await;
        }
    } else {
        run.attempt.look_again().await;
    }
    let last = run.answered(resumed).await?;
    run.keep_up(&last);
    Box::pin(run.finish(last)).await
}

/// The values of a task; what humans typed in this run joins its secrets.
fn values(lease: &Lease) -> Values {
    let mut values = lease.values();
    let inputs = lease.resumed.iter().flat_map(|resumed| &resumed.inputs);
    values.secrets.extend(inputs.map(|(asked, input)| (answer_name(*asked), input.clone())));
    values
}

fn read_plan(form: &PlanForm, values: &Values) -> Result<Vec<PlanStep>, Box<RunEnd>> {
    plan_steps(form, values)
        .map_err(|faults| Box::new(RunEnd::Failed(unreadable(&faults), empty())))
}

/// What became of a run, and the code of what went wrong.
fn told(ended: &Result<RunEnd, Aborted>) -> (&'static str, Option<&'static str>) {
    match ended {
        Ok(end @ RunEnd::Failed(failure, _)) => {
            let class = failure.class.map(ErrorClass::as_str);
            (end.as_str(), Some(class.unwrap_or(failure.kind.as_str())))
        }
        Ok(end) => (end.as_str(), None),
        Err(Aborted::LeaseLost) => ("lost", Some("lease_lost")),
        Err(Aborted::Trace(_)) => ("failed", Some("trace_refused")),
    }
}

fn empty() -> serde_json::Value {
    serde_json::Value::Object(serde_json::Map::new())
}

/// The plan was checked when the task was submitted, so this is a plan of another version of us.
fn unreadable(faults: &[domain::invalid::Invalid]) -> TaskFailure {
    let list: Vec<String> =
        faults.iter().map(|fault| format!("{} {}", fault.field, fault.message)).collect();
    TaskFailure::invalid(format!("the plan cannot be read: {}", list.join("; ")))
}

fn no_browser(failure: &Failure) -> TaskFailure {
    TaskFailure {
        class: Some(failure.class),
        ..TaskFailure::infrastructure(failure.message.clone())
    }
}
