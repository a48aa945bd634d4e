//! Healing: finding again what a step means after the page changed, and the ways of getting past a
//! failure. Pure: from a failure, a snapshot and advice to an ordered list of tries.
//!
//! Wrong is worse than failed. Every stage answers with one element or with none; two that fit are
//! none.

mod approaches;
mod cells;
mod clues;
mod explore;
mod formats;
mod kind;
mod meaning;
mod offer;
mod place;
mod purpose;
mod similarity;
mod suggest;
mod suspect;
mod text;
mod words;

#[cfg(test)]
mod testing;

pub use approaches::{dismissals, is_called_closing, is_called_opening, openers};
pub use cells::{cell, row_of_cells};
pub use clues::{Brittle, brittleness, clues};
pub use explore::{Candidate, Explored, Stage, Wanted, explore, hinted};
pub use formats::formats;
pub use kind::eligible;
pub use meaning::{by_meaning, spoken_names};
pub use offer::worth_asking;
pub use place::Place;
pub use purpose::{rules_out, same_purpose, speaks_of};
pub use similarity::similarity;
pub use suggest::locators;
pub use suspect::suspect;
