//! The browser crate against a real Chromium and a site of difficulties.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends")]

#[path = "../../testkit/src/site.rs"]
mod site;

#[path = "browser/harness.rs"]
mod harness;

#[path = "browser/smoke.rs"]
mod smoke;
