//! A client of the public API.

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, Utc};
use domain::plan::StepForm;
use domain::snapshot::Fingerprint;
use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::time::Duration;

/// How long memory may take to learn from what has ended.
const LEARNS_WITHIN: Duration = Duration::from_mins(2);

/// A client in one project.
#[derive(Clone)]
pub(super) struct Client {
    http: reqwest::Client,
    base: String,
    key: String,
}

/// A task, as far as it matters here.
#[derive(Debug, Deserialize)]
pub(super) struct Task {
    pub(super) id: String,
    pub(super) state: String,
    pub(super) run_id: Option<String>,
    /// The question it waits with.
    pub(super) escalation_id: Option<String>,
    pub(super) result: Option<Value>,
    pub(super) failure: Option<Value>,
}

/// A run, as far as it matters here.
#[derive(Debug, Deserialize)]
pub(super) struct Run {
    pub(super) started_at: DateTime<Utc>,
}

/// A step, as far as it matters here.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Step {
    pub(super) intent: String,
    pub(super) decision: Value,
    pub(super) action: StepForm,
    pub(super) failure: Option<Failure>,
    pub(super) fingerprint: Option<Fingerprint>,
    pub(super) page: String,
    #[serde(default)]
    pub(super) recalls: Vec<Recall>,
    pub(super) started_at: DateTime<Utc>,
    pub(super) duration_ms: u32,
}

/// A question to memory, as far as it matters here.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Recall {
    pub(super) considered: Vec<Considered>,
    pub(super) abstained: Option<String>,
}

/// An element that was considered.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Considered {
    pub(super) fingerprint: Fingerprint,
    pub(super) stage: String,
    pub(super) score: f64,
    pub(super) margin: f64,
}

/// Why a step failed.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Failure {
    pub(super) class: String,
    pub(super) message: String,
}

/// A question, as far as it matters here.
#[derive(Debug, Deserialize)]
pub(super) struct Escalation {
    pub(super) id: String,
    pub(super) plan_step: Option<usize>,
    #[serde(default)]
    pub(super) candidates: Vec<Candidate>,
}

/// An element a human can pick.
#[derive(Debug, Deserialize)]
pub(super) struct Candidate {
    pub(super) index: u32,
    pub(super) fingerprint: Fingerprint,
}

#[derive(Deserialize)]
struct Page<T> {
    items: Vec<T>,
}

impl Client {
    pub(super) fn new(base: &str, key: &str) -> Result<Self> {
        let http = reqwest::Client::builder().build()?;
        Ok(Self { http, base: base.to_owned(), key: key.to_owned() })
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<T> {
        let url = format!("{}{path}", self.base);
        let mut request = self.http.request(method, url).bearer_auth(&self.key);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await?;
        let (status, text) = (response.status(), response.text().await?);
        ensure!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).with_context(|| format!("{path}: {text}"))
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        self.call(Method::GET, path, None).await
    }

    pub(super) async fn submit(&self, task: &Value) -> Result<Task> {
        self.call(Method::POST, "/v1/tasks", Some(task)).await
    }

    /// The task, at its end or after a second.
    pub(super) async fn follow(&self, task: &str) -> Result<Task> {
        self.get(&format!("/v1/tasks/{task}?wait=1")).await
    }

    pub(super) async fn cancel(&self, task: &str) -> Result<()> {
        let path = format!("/v1/tasks/{task}/cancel");
        self.call::<Value>(Method::POST, &path, None).await.map(drop)
    }

    pub(super) async fn run(&self, run: &str) -> Result<Run> {
        self.get(&format!("/v1/runs/{run}")).await
    }

    pub(super) async fn steps(&self, run: &str) -> Result<Vec<Step>> {
        let page: Page<Step> = self.get(&format!("/v1/runs/{run}/steps?limit=200")).await?;
        Ok(page.items)
    }

    /// A question with everything that it takes to answer.
    pub(super) async fn question(&self, escalation: &str) -> Result<Escalation> {
        self.get(&format!("/v1/escalations/{escalation}")).await
    }

    pub(super) async fn answer(&self, escalation: &str, answer: &Value) -> Result<()> {
        let path = format!("/v1/escalations/{escalation}/answer");
        self.call::<Value>(Method::POST, &path, Some(answer)).await.map(drop)
    }

    /// Waits until memory has learnt from everything that has ended.
    pub(super) async fn learnt(&self) -> Result<()> {
        let patience = tokio::time::Instant::now() + LEARNS_WITHIN;
        loop {
            let ready: Value = self.get("/readyz").await?;
            let behind = ready.pointer("/memory/behind").unwrap_or(&json!(0)).clone();
            if behind == json!(0) {
                return Ok(());
            }
            ensure!(tokio::time::Instant::now() < patience, "memory does not catch up: {behind}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
