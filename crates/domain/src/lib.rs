#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

pub mod clock;
pub mod id;
pub mod invalid;
pub mod one_line;

pub mod egress;
pub mod failure;
pub mod foreign;
pub mod plan;
pub mod redact;
pub mod site;
pub mod task;

pub mod artifact;
pub mod event;
pub mod key;
pub mod observation;
pub mod run;
pub mod snapshot;
pub mod step;

pub mod backoff;
pub mod decide;

pub mod escalation;
pub mod fleet;
pub mod heal;
pub mod memory;
pub mod recall;
pub mod retention;
pub mod search;
pub mod tactics;

pub mod ports;
