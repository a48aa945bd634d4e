#![doc = include_str!("../README.md")]

mod address;
mod agent;
mod ask;
mod attempt;
mod consider;
mod copy;
mod effect;
mod explore;
mod foresee;
mod format;
mod guard;
mod heal;
mod hint;
mod parking;
mod recaller;
mod recorder;
mod redo;
mod resume;
mod routine;
mod run;
mod tries;
mod ways;

pub use agent::{Aborted, Agent, Parts, Signals};
