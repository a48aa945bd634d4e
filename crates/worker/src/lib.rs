#![doc = include_str!("../README.md")]

mod heartbeat;
mod indexer;
mod reaper;
mod supervise;
mod worker;

pub use worker::{Stop, Worker, WorkerOptions};
