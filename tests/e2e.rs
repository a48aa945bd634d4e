//! End-to-end tests: the real binary, real Chromium, real Postgres.

#![expect(clippy::unwrap_used, reason = "everything here is a test")]

#[path = "e2e/applications.rs"]
mod applications;
#[path = "e2e/asking.rs"]
mod asking;
#[path = "e2e/command_line.rs"]
mod command_line;
#[path = "e2e/demo.rs"]
mod demo;
#[path = "e2e/doctor.rs"]
mod doctor;
#[path = "e2e/first_key.rs"]
mod first_key;
#[path = "e2e/first_task.rs"]
mod first_task;
#[path = "e2e/formats.rs"]
mod formats;
#[path = "e2e/harm.rs"]
mod harm;
#[path = "e2e/healing.rs"]
mod healing;
#[path = "e2e/looking.rs"]
mod looking;
#[path = "e2e/outside.rs"]
mod outside;
#[path = "e2e/readme.rs"]
mod readme;
#[path = "e2e/reindex.rs"]
mod reindex;
#[path = "e2e/searching.rs"]
mod searching;
#[path = "e2e/secrets.rs"]
mod secrets;
#[path = "e2e/stopping.rs"]
mod stopping;
#[path = "e2e/telling.rs"]
mod telling;
#[path = "e2e/wording.rs"]
mod wording;
