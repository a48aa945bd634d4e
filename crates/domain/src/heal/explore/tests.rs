//! Pages before and after a change, and what is made of them.

mod absent;
mod drift;
mod general;
mod hinted;
mod placed;
mod purpose;
mod rows;

use super::{Candidate, Explored, Stage, Wanted, explore};
use crate::snapshot::Snapshot;

#[track_caller]
fn finds(wanted: &Wanted<'_>, now: &Snapshot, at: usize, stage: Stage) -> Candidate {
    match explore(wanted, now) {
        Explored::One(found) => {
            let place =
                now.elements.iter().position(|element| element.fingerprint == found.fingerprint);
            assert_eq!(
                (place, found.stage),
                (Some(at), stage),
                "{why}",
                why = shown(std::slice::from_ref(&found))
            );
            found
        }
        Explored::None { why, considered, .. } => panic!("{why}: {}", shown(&considered)),
    }
}

#[track_caller]
fn abstains(wanted: &Wanted<'_>, now: &Snapshot) -> String {
    match explore(wanted, now) {
        Explored::One(found) => panic!("{:?} found {}", wanted.intent, shown(&[found])),
        Explored::None { why, considered, .. } => {
            assert!(considered.len() <= 5);
            why
        }
    }
}

fn shown(candidates: &[Candidate]) -> String {
    let line = |found: &Candidate| {
        let name = super::name_of(&found.fingerprint);
        format!("{name:?} {:?} {:.2} {:.2}", found.stage, found.score, found.margin)
    };
    candidates.iter().map(line).collect::<Vec<_>>().join(", ")
}
