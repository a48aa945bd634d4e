#![doc = include_str!("../README.md")]

mod heartbeat;
mod indexer;
mod reaper;
mod supervise;
mod sweeper;
mod worker;

pub use worker::{Parts, Stop, Worker, WorkerOptions};
