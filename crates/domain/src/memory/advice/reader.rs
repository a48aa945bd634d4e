//! Who is advised, and what advice is worth to them.

use super::Tier;
use super::judging::CONFIDENCE_FLOOR;
use crate::memory::{KnownRemedy, Trust};

/// What is left, of what confidence has above its floor, in a remedy that has never worked.
const UNPROVEN: f64 = 0.4;

/// What is left of it in what got past another class of error, or helped on another site.
const OTHER_TROUBLE: f64 = 0.5;

/// What doubt takes of it at most, when nothing but reports of failure is known.
const DOUBTED: f64 = 0.8;

/// Who is advised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// An agent of ours: whatever it does is checked on the page, and counts.
    Ours,
    /// Somebody else's program: it takes a tier and a number at their word, and nothing checks it.
    Outside,
}

impl Reader {
    /// The tier: to others, what has never worked, or has failed as often, is no more than a hint,
    /// whoever did it.
    pub(super) fn tier(self, remedy: &KnownRemedy, tier: Tier) -> Tier {
        let unsure = remedy.proof.failed >= remedy.proof.worked;
        match self {
            Self::Outside if unsure => tier.min(Tier::Medium),
            Self::Ours | Self::Outside => tier,
        }
    }

    /// The confidence: to others, it falls towards the floor, and not below. `here` is whether the
    /// trouble is of this site and this class of error.
    pub(super) fn confidence(self, confidence: f64, remedy: &KnownRemedy, here: bool) -> f64 {
        if self == Self::Ours {
            return confidence;
        }
        // What is only reported has paid for that already.
        let unproven = remedy.proof.worked == 0 && remedy.trust != Trust::Reported;
        let kept = if unproven { UNPROVEN } else { 1.0 };
        let kept = kept * if here { 1.0 } else { OTHER_TROUBLE };
        let kept = kept * (1.0 - DOUBTED * remedy.proof.doubt());
        let above = (confidence - CONFIDENCE_FLOOR).max(0.0);
        confidence - above * (1.0 - kept)
    }
}
