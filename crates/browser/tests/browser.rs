//! The browser crate against a real Chromium and a site of difficulties.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on ends")]

#[path = "browser"]
mod suite {
    mod acting;
    mod conditions;
    mod egress;
    mod fields;
    mod files;
    mod finding;
    mod harness;
    mod keeping;
    mod lifecycle;
    mod navigating;
    mod pages;
    mod places;
    mod png;
    mod proc;
    mod reading;
    mod remote;
    mod secrets;
    mod starting;
    mod waiting;
}
