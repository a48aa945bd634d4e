//! The store against a real Postgres.

mod support;

mod embedded;
mod keys;
mod leases;
mod lists;
mod listen;
mod migrations;
mod races;
mod secrets;
mod tasks;
mod trace;

#[path = "../../../testkit/src/clock.rs"]
mod clock;
#[path = "../../../testkit/src/database.rs"]
mod database;
