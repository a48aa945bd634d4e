//! The four modes, and what a task came to in one of them.

use super::carried::{Asking, Carried, Job, Plan};
use super::client::{Client, Recall, Step};
use super::labels::{Label, Labels, plan_step, trouble};
use super::same::{Seen, same, same_form};
use super::tasks::{Group, Trial};
use super::work::Crew;
use anyhow::{Result, bail};
use domain::plan::ActionName;
use serde::Serialize;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What an agent has to go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mode {
    /// The recorded plan alone.
    Replay,
    /// Healing, in a project that knows nothing.
    Empty,
    /// Its own runs on the old release.
    Own,
    /// What another agent met, healed, or was told on the new release.
    Fleet,
}

impl Mode {
    pub(super) const ALL: [Self; 4] = [Self::Replay, Self::Empty, Self::Own, Self::Fleet];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Replay => "replay",
            Self::Empty => "empty",
            Self::Own => "own",
            Self::Fleet => "fleet",
        }
    }

    pub(super) fn from_name(name: &str) -> Result<Self> {
        match Self::ALL.into_iter().find(|mode| mode.name() == name) {
            Some(mode) => Ok(mode),
            None => bail!("`{name}` is no mode: replay, empty, own, fleet"),
        }
    }
}

/// What a task came to.
#[derive(Debug, Default, Serialize)]
pub(super) struct Outcome {
    pub(super) task: String,
    pub(super) succeeded: bool,
    /// Steps that failed as planned, or would have, and were done in another way.
    pub(super) healed: usize,
    /// Of these, done in another way from the start.
    pub(super) foreseen: usize,
    /// Whether it stopped at a step without having acted on anything in its place.
    pub(super) abstained: bool,
    pub(super) escalated: usize,
    /// What was acted on and is not what was meant.
    pub(super) wrong: Vec<String>,
    pub(super) extra_steps: usize,
    pub(super) seconds: f64,
    pub(super) clean_seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) why: Option<String>,
    /// Questions that somebody answered to the agent before.
    pub(super) told: usize,
}

/// What the tasks of a group came to, and what went wrong before they were measured.
pub(super) struct Measured {
    pub(super) outcomes: Vec<Outcome>,
    pub(super) complaints: Vec<String>,
}

/// Measures the tasks of a group in one mode.
pub(super) async fn measure(
    crew: &Crew,
    group: &Group,
    labels: &Labels,
    mode: Mode,
) -> Result<Measured> {
    let mut clients = Vec::new();
    let mut complaints = Vec::new();
    let mut told = vec![0; group.trials.len()];
    match mode {
        Mode::Replay | Mode::Empty => {
            for _ in &group.trials {
                clients.push(crew.service.project().await?);
            }
        }
        Mode::Own => {
            let client = crew.service.project().await?;
            let before = crew.all(on_the_old(group, &client)).await?;
            complaints = recorded_badly(group, &before);
            client.learnt().await?;
            clients = vec![client; group.trials.len()];
        }
        Mode::Fleet => {
            let client = crew.service.project().await?;
            let before = crew.all(by_another(group, labels, &client)).await?;
            told = before.iter().map(|carried| carried.asked).collect();
            client.learnt().await?;
            clients = vec![client; group.trials.len()];
        }
    }
    let jobs =
        group.trials.iter().zip(clients).map(|(trial, client)| measured(trial, client, mode));
    let carried = crew.all(jobs.collect()).await?;
    let all = group.trials.iter().zip(&labels.new).zip(carried).zip(told);
    let outcomes = all.map(|(((trial, label), carried), told)| Outcome {
        told,
        ..judge(trial, label, &carried, mode)
    });
    Ok(Measured { outcomes: outcomes.collect(), complaints })
}

fn on_the_old(group: &Group, client: &Client) -> Vec<Job> {
    let job = |trial: &Trial| Job {
        trial: Arc::new(trial.clone()),
        release: trial.from.clone(),
        plan: Plan::Recorded,
        client: client.clone(),
        agent: "same",
        heals: false,
        asking: Asking::Never,
    };
    group.trials.iter().map(job).collect()
}

/// What was recorded must work where it was recorded.
fn recorded_badly(group: &Group, before: &[Carried]) -> Vec<String> {
    let all = group.trials.iter().zip(before);
    let complaint = |(trial, carried): (&Trial, &Carried)| {
        // A task whose end is gone comes to that end on the old release: its check is of the new one.
        let gone = trial.task.steps.iter().any(|step| step.gone);
        let trouble = trouble(carried).filter(|_| !gone || carried.failure.is_some())?;
        Some(format!("{} on {}: {trouble}", trial.name, trial.from))
    };
    all.filter_map(complaint).collect()
}

fn by_another(group: &Group, labels: &Labels, client: &Client) -> Vec<Job> {
    let all = group.trials.iter().zip(&labels.new).zip(&labels.first);
    let job = |((trial, new), first): ((&Trial, &Arc<Label>), &Option<Arc<Label>>)| {
        let met = trial.first.as_deref().unwrap_or(trial);
        Job {
            trial: Arc::new(met.clone()),
            release: met.to.clone(),
            plan: Plan::Recorded,
            client: client.clone(),
            agent: "another",
            heals: true,
            asking: Asking::Human(Arc::clone(first.as_ref().unwrap_or(new))),
        }
    };
    all.map(job).collect()
}

fn measured(trial: &Trial, client: Client, mode: Mode) -> Job {
    let heals = mode != Mode::Replay;
    Job {
        trial: Arc::new(trial.clone()),
        release: trial.to.clone(),
        plan: Plan::Recorded,
        client,
        agent: "same",
        heals,
        asking: if heals { Asking::InVain } else { Asking::Never },
    }
}

/// What a task came to, beside the truth.
fn judge(trial: &Trial, label: &Label, carried: &Carried, mode: Mode) -> Outcome {
    let wrong = wrong_actions(trial, label, carried);
    let gone = trial.task.steps.iter().any(|step| step.gone);
    let right = carried.broken.is_empty();
    // Where nothing is left to act on, or only what was meant on another site, the right end is not to
    // act; whether somebody was asked or not.
    let stopped = right && wrong.is_empty() && !carried.ended_well();
    let succeeded = match (gone, &trial.first) {
        (true, _) => stopped,
        (false, Some(_)) => {
            stopped_short(carried) && wrong.is_empty() || right && carried.ended_well()
        }
        (false, None) => right && carried.ended_well(),
    };
    let (healed, foreseen) = healed(carried);
    Outcome {
        task: trial.name.clone(),
        succeeded,
        healed,
        foreseen,
        abstained: mode != Mode::Replay && !carried.ended_well() && stopped_short(carried),
        escalated: carried.asked,
        wrong,
        extra_steps: carried.steps.len().saturating_sub(label.steps),
        seconds: carried.seconds,
        clean_seconds: label.seconds,
        why: (!succeeded).then(|| match trouble(carried) {
            Some(trouble) => format!("{}; {trouble}", last_failure(carried)),
            None => last_failure(carried),
        }),
        told: 0,
    }
}

/// A step that did what a step of the plan is for, not one that prepared it: the plan's own way,
/// a fallback, or another way of the agent's.
fn is_own(step: &Step) -> bool {
    match step.decision["source"].as_str() {
        Some("plan" | "fallback") => true,
        Some("foreseen" | "heal") => step.decision["own"].as_bool() == Some(true),
        _ => false,
    }
}

fn is_other_way(step: &Step) -> bool {
    is_own(step) && matches!(step.decision["source"].as_str(), Some("foreseen" | "heal"))
}

/// Whether it did something to its element, well or not.
fn acted(step: &Step) -> bool {
    let class = step.failure.as_ref().map(|failure| failure.class.as_str());
    let untouched = ["element_not_found", "ambiguous_match", "not_interactable", "detached"];
    step.fingerprint.is_some() && class.is_none_or(|class| !untouched.contains(&class))
}

fn wrong_actions(trial: &Trial, label: &Label, carried: &Carried) -> Vec<String> {
    let about = |step: &&Step| is_own(step) && acted(step) && !is_right(trial, label, step);
    carried.steps.iter().filter(about).map(shown).collect()
}

fn is_right(trial: &Trial, label: &Label, step: &Step) -> bool {
    let (Some(fingerprint), Some(at)) = (&step.fingerprint, plan_step(step)) else { return true };
    let Some(meant) = trial.task.steps.get(at) else { return true };
    if meant.truth.is_none() && !meant.gone {
        return true;
    }
    let acted = Seen { fingerprint: fingerprint.clone(), page: step.page.clone() };
    label.elements.get(at).is_some_and(|truths| {
        truths.iter().any(|truth| {
            let (acted_text, text) = (&fingerprint.text, &truth.fingerprint.text);
            same(&acted, truth)
                || step.action.action == ActionName::Press
                    && same_form(fingerprint, &truth.fingerprint)
                || step.action.action == ActionName::Extract
                    && !text.is_empty()
                    && acted_text == text
        })
    })
}

/// How many steps of the plan were done in another way, and how many of these from the start.
fn healed(carried: &Carried) -> (usize, usize) {
    let well = || carried.steps.iter().filter(|step| step.failure.is_none() && is_other_way(step));
    let healed: BTreeSet<_> = well().filter_map(plan_step).collect();
    let foreseen = well().filter(|step| step.decision["source"] == "foreseen");
    let foreseen: BTreeSet<_> = foreseen.filter_map(plan_step).collect();
    (healed.len(), foreseen.len())
}

/// Whether nothing was acted on in the place of the step at which it ended.
fn stopped_short(carried: &Carried) -> bool {
    let Some(at) = carried.steps.iter().filter_map(plan_step).max() else { return false };
    let tried = |step: &&Step| plan_step(step) == Some(at) && is_other_way(step) && acted(step);
    !carried.steps.iter().any(|step| tried(&step))
}

fn last_failure(carried: &Carried) -> String {
    let failed = carried.steps.iter().rev().find(|step| step.failure.is_some());
    let why = failed.and_then(|step| Some((step, step.failure.as_ref()?)));
    why.map_or_else(
        || format!("it ended as {}", carried.state),
        |(step, failure)| {
            let message: String = failure.message.chars().take(200).collect();
            let recalls: Vec<String> = step.recalls.iter().map(told).collect();
            let recalls = recalls.join("; ");
            let (state, intent, class) = (&carried.state, &step.intent, &failure.class);
            format!("{state} ({intent}: {class} {message}) {recalls}")
        },
    )
}

/// Why a recall led to nothing, and what was considered.
fn told(recall: &Recall) -> String {
    let considered = recall.considered.iter().map(|it| {
        let print = &it.fingerprint;
        let name = if print.name.is_empty() { &print.text } else { &print.name };
        format!("{} {name:?} {} {:.2}/{:.2}", print.tag, it.stage, it.score, it.margin)
    });
    let considered: Vec<String> = considered.collect();
    let why = recall.abstained.as_deref().unwrap_or_default();
    format!("[{why} | {}]", considered.join(", "))
}

fn shown(step: &Step) -> String {
    let empty = domain::snapshot::Fingerprint::default();
    let element = step.fingerprint.as_ref().unwrap_or(&empty);
    let source = step.decision["source"].as_str().unwrap_or_default();
    let by = step.decision["stage"].as_str().or(step.decision["by"].as_str()).unwrap_or_default();
    format!(
        "{} ({source} {by}): {} on <{}> {:?} at {}",
        step.intent,
        step.action.action.as_str(),
        element.tag,
        if element.name.is_empty() { &element.text } else { &element.name },
        element.xpath
    )
}
