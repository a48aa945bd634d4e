#![doc = include_str!("../README.md")]

pub mod spans;

mod context;
mod lines;
mod logs;
mod metrics;
mod providers;
mod queries;
mod seldom;
mod start;
mod variables;

pub use context::{sent_trace, traceparent, tracestate};
pub use logs::{FilterError, LogFormat, LogOptions};
pub use metrics::{Asker, Condition, Metrics, Sample, Words, metrics, prometheus};
pub use start::{StartError, Telemetry};
pub use variables::{Export, Protocol, Target, VariableError};
