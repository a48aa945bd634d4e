#![doc = include_str!("../README.md")]

mod logs;
mod metrics;
pub mod names;

pub use logs::{LogError, LogFormat, LogOptions, init};
pub use metrics::{Asker, Metrics, Sample, attach, metrics, prometheus};
