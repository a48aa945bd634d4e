//! The API over HTTP, with a real Postgres behind it.
//!
//! Every test has threads to spare: dropping a test's database waits for its connections to end,
//! and a connection that is being opened on the thread that waits would never get to.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests may fail as tests may"
)]

mod harness;

mod document;
mod escalations;
mod events;
mod http;
mod idempotency;
mod keys;
mod learning;
mod memories;
mod metrics;
mod outages;
mod pages;
mod recalls;
mod refusals;
mod replay;
mod retention;
mod search;
mod sites;
mod stats;
mod tasks;
mod traces;
