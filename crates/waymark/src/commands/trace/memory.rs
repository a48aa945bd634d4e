//! What memory had to do with a step, as lines for people.

use crate::commands::escalations::element;
use crate::output::name;
use domain::memory::{Advice, KnownRemedy, Rejected};
use domain::recall::{Choice, Chosen, Weighed};
use domain::step::{HealSource, StepDecision};

/// Why a step was taken, where the plan is not the whole answer.
pub(super) fn why(decision: &StepDecision) -> String {
    match decision {
        StepDecision::Start | StepDecision::Plan { .. } => String::new(),
        StepDecision::Fallback { after, .. } => format!(" (fallback after step {after})"),
        StepDecision::Foreseen { own, confidence, .. } => {
            let what = if *own { "known to work here" } else { "prepares for what works here" };
            format!(" (foreseen, {confidence:.2}: {what})")
        }
        StepDecision::Heal { after, attempt, approach, by, own, .. } => {
            let what = if *own { "" } else { ", prepares" };
            let (try_number, approach) = (attempt + 1, name(approach));
            format!(" (heals step {after}, try {try_number}: {approach}, {}{what})", source(by))
        }
        StepDecision::Restore { .. } => " (again in the restored session)".to_owned(),
    }
}

fn source(by: &HealSource) -> String {
    match by {
        HealSource::Advice { tier, confidence, .. } => {
            format!("advised, {} {confidence:.2}", name(tier))
        }
        HealSource::Explored { stage, score, margin } => {
            format!("found by {} {score:.2}, ahead by {margin:.2}", name(stage))
        }
        HealSource::Routine => "routine".to_owned(),
        HealSource::Human { .. } => "a human said so".to_owned(),
    }
}

/// What memory was asked after a step failed, and what was made of the answer.
pub(super) fn recall(recall: &wire::Recall) -> Vec<String> {
    let count = recall.offered.len();
    let colon = if count == 0 { "" } else { ":" };
    let mut lines = vec![format!("memory offered {count}{colon}  ({} ms)", recall.took_ms)];
    for advice in &recall.offered {
        lines.push(offered(advice));
        let of = |it: &&Weighed| it.remedy_id == advice.remedy.id;
        lines.extend(recall.weighed.iter().find(of).and_then(weighed));
    }
    lines.extend(recall.settled.iter().map(settled));
    lines.extend(recall.rejected.iter().map(rejected));
    lines.extend(recall.dead_ends.iter().map(dead_end));
    lines.extend(recall.considered.iter().map(|it| {
        let (stage, element) = (name(&it.stage), element(&it.fingerprint));
        let (score, margin) = (it.score, it.margin);
        format!("  on the page: {element} by {stage} {score:.2}, ahead by {margin:.2}")
    }));
    lines.extend(recall.chosen.iter().map(chosen));
    lines.extend(recall.abstained.iter().map(|why| format!("  abstained: {why}")));
    lines.extend(recall.trouble.iter().map(|what| format!("  trouble: {what}")));
    lines
}

fn offered(advice: &Advice) -> String {
    let KnownRemedy { remedy, trust, proof, .. } = &advice.remedy;
    format!(
        "  {} {:.2} {}  ({}; worked {}, failed {})",
        name(&advice.tier),
        advice.confidence,
        name(&remedy.approach),
        name(trust),
        proof.worked,
        proof.failed,
    )
}

/// Why advice was not followed, or not to its end.
fn weighed(weighed: &Weighed) -> Option<String> {
    let why = weighed.why.as_ref()?;
    Some(match weighed.choice {
        Choice::Chosen => format!("    broken off: {why}"),
        Choice::Rejected => format!("    not followed: {why}"),
    })
}

fn settled(advice: &Advice) -> String {
    format!("  settled: {}", advice.remedy.remedy.describe())
}

fn rejected(rejected: &Rejected) -> String {
    let Rejected { tier, confidence, why, .. } = rejected;
    format!("  rejected {} {confidence:.2}: {why}", name(tier))
}

fn dead_end(remedy: &KnownRemedy) -> String {
    format!("  dead end: {}, failed {}", name(&remedy.remedy.approach), remedy.proof.failed)
}

fn chosen(chosen: &Chosen) -> String {
    format!("  to try: {}, {}: {}", name(&chosen.approach), source(&chosen.by), chosen.what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(decision: serde_json::Value, says: &str) {
        assert_eq!(why(&serde_json::from_value(decision).unwrap()), says);
    }

    #[test]
    fn a_step_says_why_it_was_taken() {
        let id = "0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f";
        check(json!({"source": "plan", "step": 1}), "");
        check(
            json!({"source": "foreseen", "step": 1, "situation_id": id, "remedy_id": id,
                "own": true, "confidence": 0.9}),
            " (foreseen, 0.90: known to work here)",
        );
        check(
            json!({"source": "heal", "step": 1, "after": 4, "attempt": 0, "own": true,
                "approach": "other_locator", "by": "advice", "situation_id": id,
                "remedy_id": id, "tier": "high", "confidence": 0.82}),
            " (heals step 4, try 1: other_locator, advised, high 0.82)",
        );
        check(
            json!({"source": "heal", "step": 1, "after": 4, "attempt": 1, "own": false,
                "approach": "dismiss_overlay", "by": "routine"}),
            " (heals step 4, try 2: dismiss_overlay, routine, prepares)",
        );
        check(json!({"source": "restore", "step": 1}), " (again in the restored session)");
    }

    #[test]
    fn a_recall_says_what_memory_made_of_it() {
        let id = "0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f";
        let asked = json!({"site": "shop", "page": "/", "class": "element_not_found",
            "action": "click", "intent": "save", "message": "nothing matches"});
        let remedy = json!({"id": id, "trust": "verified", "proof": {"worked": 3},
            "remedy": {"approach": "other_locator", "steps": []},
            "origin": {"run_id": id, "step": 2}});
        let told: wire::Recall = serde_json::from_value(json!({
            "id": id, "asked": asked, "dead_ends": [], "considered": [], "took_ms": 12,
            "asked_at": "2026-01-01T00:00:00Z", "abstained": null, "trouble": "no embedding",
            "offered": [{"tier": "high", "confidence": 0.82, "situation_id": id,
                "situation": asked, "remedy": remedy}],
            "rejected": [{"remedy_id": id, "situation_id": id, "tier": "low",
                "confidence": 0.1, "why": "below the floor"}],
            "chosen": [{"approach": "other_locator", "what": "click `#save`", "by": "advice",
                "situation_id": id, "remedy_id": id, "tier": "high", "confidence": 0.82}],
            "weighed": [{"situation_id": id, "remedy_id": id, "choice": "rejected",
                "why": "the element is not here"}],
        }))
        .unwrap();
        assert_eq!(
            recall(&told),
            [
                "memory offered 1:  (12 ms)",
                "  high 0.82 other_locator  (verified; worked 3, failed 0)",
                "    not followed: the element is not here",
                "  rejected low 0.10: below the floor",
                "  to try: other_locator, advised, high 0.82: click `#save`",
                "  trouble: no embedding",
            ]
        );
    }
}
