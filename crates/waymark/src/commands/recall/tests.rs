//! Flags, and the requests they become.

use super::*;
use crate::cli::{Cli, Command};
use clap::Parser as _;

const ID: &str = "0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f";

fn read_args(args: &[&str]) -> Option<Value> {
    let cli = Cli::try_parse_from([&["waymark", "recall"], args].concat()).ok()?;
    let Command::Recall(args) = cli.command else { return None };
    Some(match args.then {
        Some(RecallThen::Outcome(args)) => outcome::body(&args).unwrap(),
        None => body(args).unwrap(),
    })
}

#[test]
fn flags_become_the_question_they_stand_for() {
    let basic = ["--url", "https://x.example/", "--intent", "save"];
    let with = |more: &[&'static str]| read_args(&[&basic[..], more].concat());
    assert_eq!(
        with(&["--message", "boom"]),
        Some(json!({"url": "https://x.example/", "intent": "save", "message": "boom"}))
    );
    assert_eq!(
        with(&[
            "--error-class",
            "timeout",
            "--tried",
            ID,
            "--tried",
            "keyboard",
            "--tried",
            r#"{"action": "reload"}"#,
            "--limit",
            "1",
            "--token-budget",
            "200"
        ]),
        Some(json!({"url": "https://x.example/", "intent": "save", "error_class": "timeout",
            "tried": [{"remedy_id": ID}, {"approach": "keyboard"}, {"action": {"action": "reload"}}],
            "limit": 1, "token_budget": 200}))
    );
    for lacking in
        [&["--message", "x", "--limit", "4"][..], &[], &["--message", "x", "--page", "/"]]
    {
        assert_eq!(with(lacking), None, "{lacking:?}");
    }
    assert_eq!(read_args(&["--intent", "save", "--message", "x"]), None, "where?");
    assert_eq!(read_args(&["--site", "x", "--message", "x"]), None, "what for?");
}

#[test]
fn flags_become_the_report_they_stand_for() {
    let with = |more: &[&'static str]| read_args(&[&["outcome", ID], more].concat());
    for (args, report) in [
        (
            vec!["--advice", "1", "--worked"],
            json!({"outcomes": [{"rank": 1, "outcome": "worked"}]}),
        ),
        (
            vec!["--advice", "2", "--not-tried", "--note", "n"],
            json!({"outcomes": [{"rank": 2, "outcome": "not_tried", "note": "n"}]}),
        ),
        (
            vec!["--remedy", r#"{"action": {"action": "reload"}}"#, "--note", "n"],
            json!({"remedy": {"action": {"action": "reload"}, "note": "n"}}),
        ),
        (
            vec!["--advice", "1", "--failed", "--remedy", "{}"],
            json!({"outcomes": [{"rank": 1, "outcome": "failed"}], "remedy": {}}),
        ),
    ] {
        assert_eq!(with(&args), Some(report), "{args:?}");
    }
    for wrong in [
        &[][..],
        &["--advice", "1"],
        &["--worked"],
        &["--advice", "1", "--worked", "--failed"],
        &["--remedy", "{}", "--worked"],
    ] {
        assert_eq!(with(wrong), None, "{wrong:?}");
    }
    let nothing = Cli::try_parse_from(["waymark", "recall", "outcome", ID]).unwrap_err();
    for flag in ["--advice", "--remedy"] {
        assert!(nothing.to_string().contains(flag), "{nothing}");
    }
}
