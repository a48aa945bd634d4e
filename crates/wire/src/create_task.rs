//! What a client posts to have a task run.

mod check;

use crate::secrets::Secrets;
use crate::{maps, time};
use chrono::{DateTime, Utc};
use domain::plan::PlanForm;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A task to run in a browser.
///
/// The steps of `plan` and `start_url` may hold placeholders: `{{inputs.NAME}}` anywhere,
/// `{{secrets.NAME}}` only in the `value` of a step and in the text of files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "goal": "add the user ada and find her in the list",
    "start_url": "https://shop.example/admin/",
    "site": "shop-admin",
    "agent": "nightly-admin",
    "inputs": { "admin": "root", "user": "ada" },
    "secrets": { "password": "correct-horse-battery" },
    "plan": { "steps": [
        { "intent": "type the administrator's name", "action": "fill",
          "target": { "css": "#id_username" }, "value": "{{inputs.admin}}" },
        { "intent": "type the password", "action": "fill",
          "target": { "label": "Password" }, "value": "{{secrets.password}}" },
        { "intent": "submit the login form", "action": "click",
          "target": { "role": "button", "name": "Log in" },
          "expect": { "url": "**/admin/" },
          "fallbacks": [ { "action": "press", "key": "Enter" } ] },
        { "intent": "read the first row", "action": "extract", "as": "row",
          "target": { "css": "#result_list tbody tr" }, "shape": "list" } ] },
    "limits": { "seconds": 120, "steps": 50, "heals": 10, "attempts": 3, "answer_seconds": 3600 },
    "labels": { "team": "checkout" }
}))]
pub struct CreateTask {
    /// What is to be achieved, in words.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub goal: String,
    /// Where the run begins: an absolute http or https URL.
    #[schema(
        min_length = 1,
        max_length = 8000,
        pattern = r"^([Hh][Tt][Tt][Pp][Ss]?://|\{\{)",
        example = "https://shop.example/admin/"
    )]
    pub start_url: String,
    /// The site whose memory the task shares, so that staging, production or two releases of one
    /// application count as one. The registrable domain of `start_url` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 253, pattern = "^[!-~]+$")]
    pub site: Option<String>,
    /// Under which agent's name the task runs.
    #[serde(default = "default_agent")]
    #[schema(min_length = 1, max_length = 100, pattern = "^[!-~]+$", default = "waymark")]
    pub agent: String,
    /// The steps to try. Left out, the task does what worked for this goal on this site before; where
    /// nothing has, a human is asked for a plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanForm>,
    /// Open values for placeholders: they may be seen in traces.
    #[serde(default)]
    #[schema(schema_with = maps::inputs)]
    pub inputs: BTreeMap<String, String>,
    /// Secret values for placeholders: encrypted at rest, never in a trace, a log or an answer.
    #[serde(default)]
    #[schema(schema_with = maps::secrets, write_only)]
    pub secrets: Secrets,
    /// What the task may use up.
    #[serde(default)]
    pub limits: TaskLimits,
    /// Free pairs to find the task and its runs by.
    #[serde(default)]
    #[schema(schema_with = maps::labels)]
    pub labels: BTreeMap<String, String>,
    /// Higher runs first.
    #[serde(default)]
    #[schema(minimum = -100, maximum = 100, default = 0)]
    pub priority: i64,
    /// Do not start before this time.
    #[serde(default, deserialize_with = "time::optional", skip_serializing_if = "Option::is_none")]
    pub run_after: Option<DateTime<Utc>>,
}

fn default_agent() -> String {
    "waymark".to_owned()
}

/// Limits of a task; what is left out has its default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskLimits {
    /// Seconds per attempt; 300 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 3600)]
    pub seconds: Option<i64>,
    /// Steps per attempt, fallbacks included; 200 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1000)]
    pub steps: Option<i64>,
    /// Heals per attempt; 10 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100)]
    pub heals: Option<i64>,
    /// Attempts; 3 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 10)]
    pub attempts: Option<i64>,
    /// Seconds a human has to answer a question of the run, an hour when left out. With 0 nobody is
    /// asked: what cannot be overcome fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 2_592_000)]
    pub answer_seconds: Option<i64>,
}
