//! The store against a real Postgres.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where it is surprised")]

mod support;

mod embedded;
mod escalations;
mod keys;
mod learning;
mod leases;
mod listen;
mod lists;
mod memories;
mod migrations;
mod outside;
mod races;
mod recall;
mod retention;
mod search;
mod secrets;
mod sites;
mod stats;
mod tasks;
mod trace;
