//! Search: the words in which runs are found, what is looked for, and how well the two fit.
//!
//! ```text
//! failing step, run's goal and end ──▶ Passage ◀──fit──▶ Sought ◀── "failed to find a booking button"
//! ```
//!
//! The score of a passage depends on the passage and the question alone, never on what else was
//! found. So pages go on where they ended, whatever is recorded meanwhile.

mod fit;
mod passage;
mod snippet;
mod sought;

pub use fit::{Fit, Score, SearchMode, words_needed};
pub use passage::{Passage, PassageKind, PassageSource};
pub use snippet::snippet;
pub use sought::Sought;
