//! Memory: what is distilled from traces, and how it is judged.
//!
//! ```text
//! trace ──distil──▶ situations, remedies, working locators, runs ──judge──▶ advice
//! ```
//!
//! Everything here is a pure function of facts. What is stored is counted, never scored: tier,
//! confidence, proof and whether a remedy has retired are worked out when they are asked for, so a
//! memory that was rebuilt from the traces answers like the one before.

mod advice;
pub(crate) mod content_id;
mod credit;
mod distil;
mod entry;
mod foresee;
mod goal;
mod lift;
mod placeholders;
mod remedy;
mod situation;
pub(crate) mod words;
mod working;

pub use advice::{
    Advice, GIVEN_UP_DAYS, Judged, Question, Rejected, Remembered, Tier, UNREADABLE, judge,
    judge_for_outside, tier,
};
pub use credit::{Mark, Proof, Reports, Standing, Trust, Verdict, Voucher, recency, verdict};
pub use distil::{Distilled, HealedBy, RunFacts, Settled, Tally, Worked, distil};
pub use entry::{Flag, MemoryEntry, MemoryState, superseded_by};
pub use foresee::foreseen;
pub use goal::{RememberedPlan, effective_plan, goal_key, replay_plan};
pub use lift::Lifter;
pub use remedy::{
    Approach, KnownRemedy, Origin, Remedy, RemedyStep, Tactic, Taken, approach_of, is_an_input,
    never_remembered,
};
pub use situation::Situation;
pub(crate) use situation::normalised;
pub use working::{Effect, SiteMemory, WorkingLocator};
