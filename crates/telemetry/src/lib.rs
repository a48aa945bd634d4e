#![doc = include_str!("../README.md")]

mod logs;

pub use logs::{LogError, LogFormat, LogOptions, init};
