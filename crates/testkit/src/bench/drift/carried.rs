//! One task carried out once, through the public API, on an application that was put back before.

use super::apps::Running;
use super::client::{Client, Step, Task};
use super::human;
use super::labels::Label;
use super::tasks::{Check, Trial, Way, target};
use anyhow::{Context as _, Result, bail};
use chrono::TimeDelta;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use tokio::time::{Duration, Instant};
use url::Url;

/// No task takes longer, however it goes.
const ENDS_WITHIN: Duration = Duration::from_mins(4);

/// Which plan is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plan {
    /// What was recorded on the old release.
    Recorded,
    /// What is right on the release.
    Right,
}

/// What becomes of a question.
#[derive(Debug, Clone)]
pub(super) enum Asking {
    /// It is not put: the run fails instead.
    Never,
    /// Nobody answers: the task is cancelled.
    InVain,
    /// Somebody answers who knows what is right.
    Human(Arc<Label>),
}

/// What to carry out.
#[derive(Clone)]
pub(super) struct Job {
    pub(super) trial: Arc<Trial>,
    /// On which release, and whether that is the new one.
    pub(super) release: String,
    pub(super) plan: Plan,
    pub(super) client: Client,
    pub(super) agent: &'static str,
    pub(super) heals: bool,
    pub(super) asking: Asking,
}

/// How it went.
#[derive(Debug)]
pub(super) struct Carried {
    pub(super) state: String,
    pub(super) failure: Option<String>,
    pub(super) steps: Vec<Step>,
    /// From its beginning to the end of its last step.
    pub(super) seconds: f64,
    /// How many questions were put.
    pub(super) asked: usize,
    /// What should hold afterwards and does not.
    pub(super) broken: Vec<String>,
    /// What each step of the plan was for.
    pub(super) parts: Vec<Part>,
}

impl Carried {
    pub(super) fn ended_well(&self) -> bool {
        self.state == "succeeded"
    }
}

/// What a step of a carried out plan has to do with the task's steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// It is this one.
    Step(usize),
    /// It prepares one.
    Before,
    /// It looks at another element that does the same as this step's.
    Also(usize),
}

/// Carries it out.
pub(super) async fn carry_out(job: &Job, app: &Running) -> Result<Carried> {
    app.reset()?;
    let (steps, parts) = match job.plan {
        Plan::Recorded => recorded(&job.trial),
        Plan::Right => right(&job.trial, &job.release),
    };
    let body = body(job, app, &steps)?;
    let task = job.client.submit(&body).await?;
    let (task, asked) = follow(job, &task.id).await?;
    let run = task.run_id.as_deref().context("it has been begun")?;
    let began = job.client.run(run).await?.started_at;
    let steps = job.client.steps(run).await?;
    let end = |step: &Step| step.started_at + TimeDelta::milliseconds(step.duration_ms.into());
    let took = steps.last().map_or_else(TimeDelta::zero, |last| end(last) - began);
    let broken = broken(&job.trial.task.check, app, task.result.as_ref()).await?;
    Ok(Carried {
        state: task.state,
        failure: task.failure.as_ref().map(shortly),
        steps,
        seconds: took.as_seconds_f64(),
        asked,
        broken,
        parts,
    })
}

/// Waits for the end, and answers on the way.
async fn follow(job: &Job, id: &str) -> Result<(Task, usize)> {
    let patience = Instant::now() + ENDS_WITHIN;
    let mut asked = 0;
    loop {
        let task = job.client.follow(id).await?;
        match task.state.as_str() {
            "succeeded" | "failed" | "cancelled" => return Ok((task, asked)),
            "waiting" => {
                let question = task.escalation_id.as_deref().context("it waits with a question")?;
                asked += 1;
                match &job.asking {
                    Asking::Human(label) if asked <= job.trial.task.steps.len() * 2 => {
                        let question = job.client.question(question).await?;
                        let answer = human::answer(job, label, &question);
                        job.client.answer(&question.id, &answer).await?;
                    }
                    _ => {
                        job.client.cancel(id).await?;
                        return Ok((task, asked));
                    }
                }
            }
            _ if Instant::now() > patience => bail!("{}: {task:?} does not end", job.trial.name),
            _ => {}
        }
    }
}

fn body(job: &Job, app: &Running, steps: &[Value]) -> Result<Value> {
    let task = &job.trial.task;
    let mut inputs = task.inputs.clone();
    inputs.insert("admin".into(), app.said.user.clone());
    let mut secrets = task.secrets.clone();
    secrets.insert("password".into(), app.said.password.clone());
    let start = Url::parse(&app.said.url)?.join(task.start.as_deref().unwrap_or_default())?;
    let answer_seconds = if matches!(job.asking, Asking::Never) { 0 } else { 300 };
    Ok(json!({
        "goal": task.goal,
        "start_url": start,
        "site": job.trial.site,
        "agent": job.agent,
        "inputs": inputs,
        "secrets": secrets,
        "plan": { "steps": steps },
        "limits": {
            "seconds": 180,
            "steps": 150,
            "heals": if job.heals { 20 } else { 0 },
            "attempts": 1,
            "answer_seconds": answer_seconds,
        },
        "labels": { "task": job.trial.name, "release": job.release },
    }))
}

fn recorded(trial: &Trial) -> (Vec<Value>, Vec<Part>) {
    let steps = trial.task.steps.iter().enumerate();
    steps.map(|(at, step)| (step.recorded(), Part::Step(at))).unzip()
}

/// What is right on a release, up to the first step that cannot be done any more.
fn right(trial: &Trial, release: &str) -> (Vec<Value>, Vec<Part>) {
    let mut plan = Vec::new();
    for (at, step) in trial.task.steps.iter().enumerate() {
        if step.gone && release == trial.to {
            break;
        }
        if step.is_left_out(release) {
            continue;
        }
        if let Some(Way::Full { before, also, .. }) = step.way(release) {
            plan.extend(before.into_iter().map(|form| (form, Part::Before)));
            plan.extend(also.iter().map(|selector| (look_at(selector), Part::Also(at))));
        }
        plan.push((step.rightly(release), Part::Step(at)));
    }
    plan.into_iter().unzip()
}

/// A step that does nothing but leave the element's fingerprint in the trace.
fn look_at(selector: &str) -> Value {
    let mut form = Map::new();
    form.insert("intent".into(), "look at what does the same".into());
    form.insert("action".into(), "extract".into());
    form.insert("as".into(), "also".into());
    form.insert("target".into(), target(selector));
    Value::Object(form)
}

/// What should hold and does not.
async fn broken(checks: &[Check], app: &Running, result: Option<&Value>) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for check in checks {
        let found = app.ask(&check.sql).await?;
        if let Some(rows) = check.rows.as_ref().filter(|rows| **rows != found) {
            broken.push(format!("{}: {} instead of {}", check.sql, json!(found), json!(rows)));
        }
        if let Some(name) = &check.result {
            let truth = found.first().and_then(|row| row["v"].as_str()).context("a row with v")?;
            let read = result.and_then(|result| result[name].as_str()).map(str::trim);
            let same = |read: &str| read == truth || check.contains && read.contains(truth);
            if !read.is_some_and(same) {
                broken.push(format!("read {read:?} as {name} instead of {truth:?}"));
            }
        }
    }
    Ok(broken)
}

fn shortly(failure: &Value) -> String {
    let text = |name: &str| failure[name].as_str().unwrap_or_default().to_owned();
    let message: String = text("message").chars().take(300).collect();
    format!("{}: {message}", text("kind"))
}
