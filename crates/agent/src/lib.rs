#![doc = include_str!("../README.md")]

mod attempt;
mod recorder;
mod run;

pub use run::{Aborted, Agent, Signals};
