//! What makes a task valid. Every fault is collected, so that a client mends them in one go.

use super::{CreateTask, TaskLimits};
use crate::texts::{LABEL_CHARS, each_text, is_label_key, is_word};
use domain::egress::check_url;
use domain::invalid::{Faults, Invalid};
use domain::plan::{Values, is_name, plan_steps};
use domain::redact::MIN_SECRET_CHARS;
use domain::site::site_of;
use domain::task::{Limits, TaskSpec};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

const GOAL_CHARS: RangeInclusive<usize> = 1..=2000;
const URL_CHARS: usize = 8000;
const SITE_CHARS: usize = 253;
const AGENT_CHARS: usize = 100;
const VALUES: usize = 64;
const INPUT_CHARS: usize = 10_000;
const SECRET_CHARS: RangeInclusive<usize> = MIN_SECRET_CHARS..=4096;
const LABELS: usize = 16;
const MOST_ANSWER_SECONDS: u32 = 30 * 24 * 3600;
const PRIORITY: RangeInclusive<i32> = -100..=100;

impl TaskLimits {
    fn check(self, faults: &mut Faults) -> Limits {
        let mut limit = |name: &str, given: Option<i64>, range: RangeInclusive<u32>, default| {
            let Some(given) = given else { return default };
            match u32::try_from(given) {
                Ok(value) if range.contains(&value) => value,
                _ => {
                    let (low, high) = (range.start(), range.end());
                    faults.add(
                        format!("limits.{name}"),
                        format!("is {given}; must be between {low} and {high}"),
                    );
                    default
                }
            }
        };
        let default = Limits::default();
        Limits {
            seconds: limit("seconds", self.seconds, 1..=3600, default.seconds),
            steps: limit("steps", self.steps, 1..=1000, default.steps),
            heals: limit("heals", self.heals, 0..=100, default.heals),
            attempts: limit("attempts", self.attempts, 1..=10, default.attempts),
            answer_seconds: limit(
                "answer_seconds",
                self.answer_seconds,
                0..=MOST_ANSWER_SECONDS,
                default.answer_seconds,
            ),
        }
    }
}

impl CreateTask {
    /// What was asked, checked, and beside it the values of its secrets.
    ///
    /// # Errors
    /// Every fault, each with the path of its field.
    pub fn check(self) -> Result<(TaskSpec, BTreeMap<String, String>), Vec<Invalid>> {
        let mut faults = Faults::default();
        self.check_words(&mut faults);
        self.check_values(&mut faults);
        self.check_labels(&mut faults);
        self.check_texts(&mut faults);
        let limits = self.limits.check(&mut faults);
        let priority = self.checked_priority(&mut faults);
        let values = Values { inputs: self.inputs, secrets: self.secrets.0 };
        let start = checked_start(&self.start_url, &values, &mut faults);
        let (start_url, site) = start.unwrap_or_default();
        let read = self.plan.as_ref().map(|plan| plan_steps(plan, &values));
        if let Some(Err(found)) = read {
            for fault in found {
                faults.add(fault.field, fault.message);
            }
        }
        let spec = TaskSpec {
            goal: self.goal,
            start_url,
            site: self.site.unwrap_or(site),
            agent: self.agent,
            plan: self.plan,
            inputs: values.inputs,
            limits,
            labels: self.labels,
            priority,
            run_after: self.run_after,
        };
        faults.finish(Some((spec, values.secrets)))
    }

    fn check_words(&self, faults: &mut Faults) {
        if !GOAL_CHARS.contains(&self.goal.chars().count()) || self.goal.trim().is_empty() {
            faults.add("goal", "must say in 1 to 2000 characters what is to be achieved");
        }
        if !is_word(&self.agent, AGENT_CHARS) {
            faults.add("agent", "must be 1 to 100 visible ASCII characters without spaces");
        }
        if self.site.as_deref().is_some_and(|site| !is_word(site, SITE_CHARS)) {
            faults.add("site", "must be 1 to 253 visible ASCII characters without spaces");
        }
    }

    fn check_values(&self, faults: &mut Faults) {
        for (field, map) in [("inputs", &self.inputs), ("secrets", &self.secrets.0)] {
            if map.len() > VALUES {
                faults
                    .add(field, format!("has {} values; at most {VALUES} are allowed", map.len()));
            }
            for name in map.keys().filter(|name| !is_name(name)) {
                faults.add(
                    format!("{field}.{}", shortened(name)),
                    "is not a name: begin with a letter or `_`, go on with letters, digits, `_` \
                     and `-`, at most 64 in all",
                );
            }
        }
        for (name, value) in &self.inputs {
            if value.chars().count() > INPUT_CHARS {
                faults.add(
                    format!("inputs.{name}"),
                    format!("must be at most {INPUT_CHARS} characters"),
                );
            }
        }
        for (name, value) in &self.secrets.0 {
            if !SECRET_CHARS.contains(&value.chars().count()) {
                faults.add(
                    format!("secrets.{name}"),
                    format!(
                        "must have between {} and {} characters: shorter ones cannot be kept out of a trace",
                        SECRET_CHARS.start(),
                        SECRET_CHARS.end()
                    ),
                );
            }
        }
    }

    fn check_labels(&self, faults: &mut Faults) {
        if self.labels.len() > LABELS {
            faults.add(
                "labels",
                format!("has {} labels; at most {LABELS} are allowed", self.labels.len()),
            );
        }
        for (key, value) in &self.labels {
            let field = format!("labels.{}", shortened(key));
            if !is_label_key(key) {
                faults.add(
                    &field,
                    "is not a key: begin with a letter or digit, go on with letters, digits, `_`, \
                     `.`, `/` and `-`, at most 100 in all",
                );
            }
            if value.chars().count() > LABEL_CHARS {
                faults.add(field, format!("must be at most {LABEL_CHARS} characters"));
            }
        }
    }

    fn checked_priority(&self, faults: &mut Faults) -> i32 {
        match i32::try_from(self.priority) {
            Ok(priority) if PRIORITY.contains(&priority) => priority,
            _ => {
                faults
                    .add("priority", format!("is {}; must be between -100 and 100", self.priority));
                0
            }
        }
    }

    /// What holds for every text that is kept in clear: Postgres has no NUL, and no secret may
    /// stand in it.
    fn check_texts(&self, faults: &mut Faults) {
        let secrets: Vec<(&String, &String)> = self
            .secrets
            .0
            .iter()
            .filter(|(_, value)| SECRET_CHARS.contains(&value.chars().count()))
            .collect();
        let mut check = |field: &str, text: &str| {
            if text.contains('\0') {
                faults.add(field, "must not contain the character NUL");
            }
            for (name, _) in secrets.iter().filter(|(_, value)| text.contains(value.as_str())) {
                faults.add(
                    field,
                    format!(
                        "holds the value of the secret `{name}` in clear, and would be kept in the \
                         trace: write `{{{{secrets.{name}}}}}` where a step types it, and choose \
                         another secret if it occurs here by chance"
                    ),
                );
            }
        };
        check("goal", &self.goal);
        check("start_url", &self.start_url);
        check("agent", &self.agent);
        check("site", self.site.as_deref().unwrap_or_default());
        for (field, map) in [("inputs", &self.inputs), ("labels", &self.labels)] {
            for (key, value) in map {
                let field = format!("{field}.{}", shortened(key));
                check(&field, value);
                check(&field, key);
            }
        }
        match serde_json::to_value(&self.plan) {
            Ok(plan) => each_text(&plan, "plan", &mut check),
            Err(error) => faults.add("plan", error.to_string()),
        }
    }
}

/// The start URL with its placeholders filled in, and its site.
fn checked_start(url: &str, values: &Values, faults: &mut Faults) -> Option<(String, String)> {
    let length = url.chars().count();
    if length > URL_CHARS {
        faults
            .add("start_url", format!("has {length} characters; at most {URL_CHARS} are allowed"));
        return None;
    }
    let filled = faults.keep("start_url", values.fill_open(url))?;
    let parsed = faults.keep("start_url", check_url(&filled))?;
    Some((filled, site_of(&parsed)))
}

/// A name as it may stand in the path of a field.
fn shortened(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(64).collect()
}

#[cfg(test)]
mod tests;
