//! A human who knows what is right, and answers an agent's questions.

use super::carried::Job;
use super::client::Escalation;
use super::labels::Label;
use super::same::{Seen, same};
use super::tasks::{Way, target};
use serde_json::{Map, Value, json};

/// One of the candidates if one of them is right, else the right action.
pub(super) fn answer(job: &Job, label: &Label, question: &Escalation) -> Value {
    let task = &job.trial.task;
    let Some((at, step)) = question.plan_step.and_then(|at| Some((at, task.steps.get(at)?))) else {
        return give_up("nothing is known about that");
    };
    if step.gone {
        return give_up("this cannot be done any more");
    }
    if step.is_left_out(&job.release) {
        return json!({ "kind": "skip" });
    }
    let truth = label.elements.get(at).map_or(&[][..], Vec::as_slice);
    let is_right = |fingerprint| {
        // A candidate is on the page of the truth, or the truth is nowhere.
        let on = |truth: &Seen| Seen {
            fingerprint: Clone::clone(fingerprint),
            page: truth.page.clone(),
        };
        truth.iter().any(|truth| same(&on(truth), truth))
    };
    let way = step.way(&job.release);
    // A candidate is taken with the step's own words.
    let other_words = matches!(&way, Some(Way::Full { with, .. }) if !with.is_empty());
    let mut candidates = question.candidates.iter().filter(|_| !other_words);
    if let Some(pick) = candidates.find(|each| is_right(&each.fingerprint)) {
        return json!({ "kind": "candidate", "index": pick.index });
    }
    // What is left out is that of the step.
    let mut action = Map::new();
    action.insert("action".into(), step.form.get("action").cloned().unwrap_or_default());
    match way {
        Some(Way::At(at)) => drop(action.insert("target".into(), target(&at))),
        Some(Way::Full { at, with, .. }) => {
            action.insert("target".into(), target(&at));
            action.extend(with);
        }
        None => return json!({ "kind": "skip" }),
    }
    json!({ "kind": "action", "action": action })
}

fn give_up(reason: &str) -> Value {
    json!({ "kind": "give_up", "reason": reason })
}
