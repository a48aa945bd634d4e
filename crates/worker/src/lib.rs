#![doc = include_str!("../README.md")]

mod heartbeat;
mod reaper;
mod supervise;
mod worker;

pub use worker::{Stop, Worker, WorkerOptions};
