//! What is remembered of steps that a human had us leave out or give up.

use super::{Distilled, Facts, Settled};
use crate::failure::ErrorClass;
use crate::memory::{Approach, Mark, Remedy, Trust, Verdict, verdict};

/// Adds what one of them teaches. That a step was given up is a dead end, trusted as a human is;
/// copying it proves nothing. Leaving one out works or fails like any other way, and a copy of it
/// that made a run fail counts against it.
pub(super) fn learn(facts: &Facts<'_>, settled: Settled, distilled: &mut Distilled) {
    let Settled { after, approach, copied } = settled;
    match (approach, copied) {
        (Approach::GiveUp, None) => {
            let mark = Mark { seq: after, verdict: Verdict::Failed, trust: Trust::Human };
            remember(facts, approach, mark, distilled);
        }
        (Approach::LeaveOut, None) => {
            let verdict = match left_out(facts, after) {
                // Somebody who saw the page said so: what came later is no proof against it.
                Verdict::Failed => Verdict::Unverified,
                verdict => verdict,
            };
            remember(facts, approach, Mark { seq: after, verdict, trust: Trust::Human }, distilled);
        }
        (Approach::LeaveOut, Some((situation_id, remedy_id))) => {
            let verdict = left_out(facts, after);
            let mark = Mark { seq: after, verdict, trust: Trust::Verified };
            distilled.marks.push((situation_id, remedy_id, mark));
        }
        _ => {}
    }
}

fn remember(facts: &Facts<'_>, approach: Approach, mark: Mark, distilled: &mut Distilled) {
    let Some(situation) = facts.situation_at(mark.seq) else { return };
    // Codes and passwords are for whoever asks next: another one may have them.
    if matches!(situation.class, ErrorClass::Challenge | ErrorClass::LoginRequired) {
        return;
    }
    distilled.uses.push((situation, Remedy { approach, steps: Vec::new() }, mark));
}

/// What became of a run that left a step out. Where the plan went on nothing speaks against it.
fn left_out(facts: &Facts<'_>, after: u32) -> Verdict {
    let went_on = facts.number(after).is_some_and(|step| facts.went_on(step, after));
    verdict(went_on.then_some(true), false, facts.run.outcome, facts.run.failure)
}
