#![doc = include_str!("../README.md")]

mod server;
pub use server::{serve, serve_metrics};
mod router;
pub use router::{openapi, router};
mod state;
pub use state::{ApiLimits, AppState};

mod document;
mod layers;

mod artifacts;
mod escalations;
mod health;
mod keys;
mod memories;
mod patterns;
mod queryless;
mod recalls;
mod retention;
mod runs;
mod sites;
mod stats;
mod tasks;

mod extract;
mod problem;

mod conditional;
mod cursor;
mod known_keys;
mod trace_context;
mod watch;
