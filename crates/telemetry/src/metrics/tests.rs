//! What Prometheus reads.

use super::names::metric;
use super::*;

/// The names as Prometheus has them: underscores, and the unit behind.
fn is_exported(text: &str, name: &str) -> bool {
    let name = name.replace('.', "_");
    let begins = |line: &str| {
        line.strip_prefix(&name).is_some_and(|rest| {
            let rest = rest.trim_start_matches("_seconds").trim_start_matches("_bytes");
            let rest = rest.trim_start_matches("_total").trim_start_matches("_bucket");
            rest.starts_with(['{', ' '])
        })
    };
    text.lines().any(begins)
}

/// Something of everything.
fn everything_happens() {
    let (metrics, second) = (metrics(), Duration::from_secs(1));
    metrics.request_began("GET");
    metrics.request_ended("GET", "/v1/tasks", 503, Some(second));
    metrics.task_sent();
    metrics.task_claimed(Some(second));
    metrics.run_ended("failed", Some("blocked"), second);
    metrics.task_retried("infrastructure");
    metrics.task_finished("failed");
    metrics.lease_expired();
    metrics.worker(1, 4);
    metrics.step_taken("click", Some("timeout"), second);
    metrics.healed("high", "retry_with_variation", true);
    metrics.foreseen(true);
    metrics.recalled(Asker::Api, ["high", "low"], second);
    metrics.advice_ended(Asker::Agent, "worked");
    metrics.remembered(1, true);
    metrics.searched("hybrid", None, second);
    metrics.embedded(None, second);
    metrics.escalated("step");
    metrics.session_opened(None, second);
    metrics.browsers(1, 1, 1);
    metrics.removed("tasks", 3);
    metrics.queried("tasks.claim", 0.1);
    metrics.waited_for_connection(0.1);
    metrics.sampled(&Sample { queued: 7, ..Sample::default() });
    metrics.is_in(&Condition { database_up: true, ..Condition::default() });
}

#[test]
fn every_metric_is_there_under_its_name() {
    everything_happens();
    let text = prometheus();
    for (name, _) in metric::ALL {
        assert!(is_exported(&text, name), "{name} is missing in\n{text}");
    }
    for line in [
        "waymark_queue_depth{waymark_queue_state=\"queued\"} 7",
        "waymark_database_up 1",
        "error_type=\"503\"",
        "http_route=\"/v1/tasks\"",
        "waymark_heal_tactic=\"retry_with_variation\"",
    ] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
}

#[test]
fn what_has_not_happened_is_there_at_zero_under_every_word() {
    metrics().begin(&Words {
        heal_tiers: &["explored", "routine"],
        tactics: &["fallback_path", "alternative_tool"],
        advice_tiers: &["medium"],
        outcomes: &[(Asker::Api, "not_tried")],
        escalations: &["challenge"],
        retries: &["never"],
    });
    let text = prometheus();
    let is_zero = |line: &str| {
        line.strip_suffix(" 0").is_some_and(|series| series.contains("waymark_heals_total{"))
    };
    assert!(text.lines().filter(|line| is_zero(line)).count() >= 8, "{text}");
    for line in [
        "waymark_task_retried_total{error_type=\"never\"} 0",
        "waymark_escalation_opened_total{waymark_escalation_kind=\"challenge\"} 0",
        "waymark_recall_advice_total{waymark_heal_tier=\"medium\"} 0",
        "waymark_foreseen_total{waymark_heal_result=\"failed\"} 0",
        "waymark_recall_outcomes_total{waymark_recall_asker=\"api\",\
            waymark_recall_outcome=\"not_tried\"} 0",
    ] {
        assert!(text.lines().any(|it| it == line), "{line} is missing in\n{text}");
    }
    let wordless = ["waymark_heals_total ", "waymark_foreseen_total "];
    assert!(!text.lines().any(|line| wordless.iter().any(|it| line.starts_with(it))), "{text}");
}

#[test]
fn a_word_that_is_no_method_makes_no_series_of_its_own() {
    metrics().request_began("BREW");
    metrics().request_ended("BREW", "unmatched", 405, Some(Duration::ZERO));
    let text = prometheus();
    assert!(text.contains("_OTHER") && !text.contains("BREW"), "{text}");
}

#[test]
fn the_readme_lists_every_metric() {
    let readme = include_str!("../../README.md");
    for (name, meaning) in metric::ALL {
        let row = readme.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
        let row = row.unwrap_or_else(|| panic!("{name} is not in the README"));
        assert!(row.contains(meaning.trim_end_matches('.')), "{row}: {meaning}");
    }
}
