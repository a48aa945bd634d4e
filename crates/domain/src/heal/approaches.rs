//! Ways past a failure that need no memory: what closes an overlay, what opens a menu.
//!
//! Nothing that may destroy, send or pay is ever among them, whatever it promises to close.

mod blocker;
mod dismissals;
mod openers;

use crate::heal::explore::is_address;
use crate::heal::words::{Word, has, words};
use crate::heal::{Candidate, Stage};
use crate::snapshot::Fingerprint;

pub use dismissals::{dismissals, is_called_closing};
pub use openers::{is_called_opening, openers};

/// How many ways of one sort are worth trying.
const MOST: usize = 3;

/// Whether pressing it leaves the page where it is.
fn stays_here(element: &Fingerprint) -> bool {
    !is_address(element)
}

/// What may destroy, send, pay or let in.
fn is_dangerous(called: &[Word]) -> bool {
    let danger = words(
        "delete remove erase destroy trash pay buy purchase checkout order confirm submit save send \
         publish archive discard logout signup subscribe unsubscribe install upload approve reset \
         clear block leave join yes",
    );
    called.iter().any(|word| has(&danger, word))
}

fn candidates(ranked: Vec<(f64, &Fingerprint)>, stage: Stage) -> Vec<Candidate> {
    let scores: Vec<f64> = ranked.iter().map(|(score, _)| *score).collect();
    let each = ranked.into_iter().take(MOST).enumerate();
    each.map(|(at, (score, fingerprint))| {
        let next = scores.get(at + 1).copied().unwrap_or(0.0);
        Candidate {
            fingerprint: fingerprint.clone(),
            stage,
            score: score.min(1.0),
            margin: (score - next).max(0.0),
        }
    })
    .collect()
}

#[cfg(test)]
mod tests;
