//! Rules: promtool accepts them, each alert has a test and a runbook, and each runbook an alert.

use super::tools::Tools;
use crate::cli::Context;
use anyhow::Result;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What a runbook says, in this order.
const PARTS: [&str; 4] = ["## What it means", "## Who feels it", "## How to look", "## What to do"];

/// What is wrong with them.
pub(super) fn faults(context: &Context, tools: &Tools) -> Result<Vec<String>> {
    let root = context.workspace.root();
    let folder = root.join("deploy/prometheus");
    let asked: [&[&str]; 3] = [
        &["check", "rules", "--lint=all", "--lint-fatal", "recording.yml", "alerts.yml"],
        &["check", "config", "prometheus.yml"],
        &["test", "rules", "alerts_test.yml"],
    ];
    let mut faults = Vec::new();
    for args in asked {
        let output = tools.prometheus("promtool").args(args).current_dir(&folder).output()?;
        if !output.status.success() {
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8_lossy(&said).trim().to_owned();
            faults.push(format!("promtool {}: {said}", args.join(" ")));
        }
    }
    faults.extend(alone(root)?);
    Ok(faults)
}

/// What is wrong with alerts that have no test or no runbook, and with runbooks.
pub(super) fn alone(root: &Path) -> Result<Vec<String>> {
    let folder = root.join("deploy/prometheus");
    let alerts = alerts(&fs::read_to_string(folder.join("alerts.yml"))?);
    let tests = fs::read_to_string(folder.join("alerts_test.yml"))?;
    let mut faults = untested(&alerts, &tests);
    faults.extend(runbooks(root, &alerts)?);
    Ok(faults)
}

/// An alert and the file that says what to do.
#[derive(Debug, Default, PartialEq, Eq)]
struct Alert {
    name: String,
    runbook: String,
}

/// The alerts of a file of rules: as much of YAML as our own file uses.
fn alerts(rules: &str) -> Vec<Alert> {
    let mut found: Vec<Alert> = Vec::new();
    for line in rules.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("- alert: ") {
            found.push(Alert { name: name.to_owned(), ..Alert::default() });
        } else if let (Some(url), Some(alert)) =
            (line.strip_prefix("runbook_url: "), found.last_mut())
        {
            url.clone_into(&mut alert.runbook);
        }
    }
    found
}

fn untested(alerts: &[Alert], tests: &str) -> Vec<String> {
    let tested = |alert: &&Alert| !tests.contains(&format!("alertname=\"{}\"", alert.name));
    let untested = alerts.iter().filter(tested);
    untested.map(|alert| format!("{} fires in no test", alert.name)).collect()
}

fn runbooks(root: &Path, alerts: &[Alert]) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    let mut unused = BTreeSet::new();
    for entry in fs::read_dir(root.join("deploy/runbooks"))? {
        unused.insert(format!("deploy/runbooks/{}", entry?.file_name().to_string_lossy()));
    }
    for Alert { name, runbook } in alerts {
        if !unused.remove(runbook) {
            faults.push(format!("{name} has no runbook of its own: {runbook:?}"));
            continue;
        }
        let text = fs::read_to_string(root.join(runbook))?;
        faults.extend(unlike_a_runbook(name, &text).map(|what| format!("{runbook} {what}")));
    }
    faults.extend(unused.into_iter().map(|file| format!("{file} is of no alert")));
    Ok(faults)
}

fn unlike_a_runbook(alert: &str, text: &str) -> Option<String> {
    if text.lines().next() != Some(&format!("# {alert}")) {
        return Some(format!("does not begin with `# {alert}`"));
    }
    let parts: Vec<_> = text.lines().filter(|line| line.starts_with("## ")).collect();
    (parts != PARTS).then(|| format!("should have the parts {PARTS:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = "  - alert: Down\n    expr: up == 0\n    annotations:\n      \
                         runbook_url: a.md\n  - alert: Slow\n    expr: x > 1\n";

    #[test]
    fn alerts_are_read_with_their_runbooks() {
        let found = alerts(RULES);
        let names: Vec<_> = found.iter().map(|alert| (&*alert.name, &*alert.runbook)).collect();
        assert_eq!(names, [("Down", "a.md"), ("Slow", "")]);
    }

    #[test]
    fn an_alert_that_no_test_sees_fire_is_named() {
        let tests = "labels: '{alertname=\"Down\"}'";
        assert_eq!(untested(&alerts(RULES), tests), ["Slow fires in no test"]);
    }

    #[test]
    fn a_runbook_has_its_parts_in_order() {
        let whole = format!("# Down\n\n{}\n", PARTS.join("\n\nwords\n\n"));
        assert_eq!(unlike_a_runbook("Down", &whole), None);
        assert!(unlike_a_runbook("Slow", &whole).is_some());
        assert!(unlike_a_runbook("Down", &whole.replace("Who feels", "Who")).is_some());
    }
}
