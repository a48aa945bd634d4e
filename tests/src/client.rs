//! A client of the public API, as a test needs it.

use reqwest::{Method, RequestBuilder};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::{Duration, Instant};
use wire::TaskState;
use wire::{RunId, TaskId};

/// A client of the public API.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    key: String,
}

impl Client {
    /// A client for this server with this key.
    ///
    /// # Panics
    /// The HTTP client cannot be made.
    #[must_use]
    pub fn new(base: &str, key: &str) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder().build().unwrap();
        Self { http, base: base.to_owned(), key: key.to_owned() }
    }

    /// The server's URL.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// A request with the key.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.key)
    }

    /// Gets a document.
    ///
    /// # Panics
    /// The server refuses; its answer is shown.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> T {
        let response = self.request(Method::GET, path).send().await.unwrap();
        let (status, text) = (response.status(), response.text().await.unwrap());
        assert!(status.is_success(), "GET {path}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Submits a task.
    ///
    /// # Panics
    /// The server refuses; its answer is shown.
    pub async fn submit(&self, body: &Value) -> wire::Task {
        let response = self.request(Method::POST, "/v1/tasks").json(body).send().await.unwrap();
        let (status, text) = (response.status(), response.text().await.unwrap());
        assert_eq!(status, 202, "{text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Asks to cancel a task.
    ///
    /// # Panics
    /// The server cannot be reached.
    pub async fn cancel(&self, task: TaskId) {
        let path = format!("/v1/tasks/{task}/cancel");
        let response = self.request(Method::POST, &path).send().await.unwrap();
        assert_eq!(response.status(), 202, "{}", response.text().await.unwrap());
    }

    /// A task as it stands.
    pub async fn task(&self, task: TaskId) -> wire::Task {
        self.get(&format!("/v1/tasks/{task}")).await
    }

    /// A task at its end.
    ///
    /// # Panics
    /// It does not end within two minutes.
    pub async fn ended(&self, task: TaskId) -> wire::Task {
        let patience = Instant::now() + Duration::from_mins(2);
        while Instant::now() < patience {
            let task: wire::Task = self.get(&format!("/v1/tasks/{task}?wait=20")).await;
            match task.state {
                state if state.is_terminal() => return task,
                // A question ends the wait as well.
                TaskState::Waiting => tokio::time::sleep(Duration::from_millis(100)).await,
                _ => {}
            }
        }
        panic!("the task does not end: {:?}", self.task(task).await);
    }

    /// A task at its end, which must be this.
    ///
    /// # Panics
    /// It ends otherwise.
    pub async fn ended_as(&self, task: TaskId, state: TaskState) -> wire::Task {
        let task = self.ended(task).await;
        assert_eq!(task.state, state, "{:?}", task.failure);
        task
    }

    /// The runs of a task, oldest first.
    pub async fn runs(&self, task: TaskId) -> Vec<wire::Run> {
        let page: wire::Page<wire::Run> = self.get(&format!("/v1/runs?task_id={task}")).await;
        page.items.into_iter().rev().collect()
    }

    /// The steps of a run.
    pub async fn steps(&self, run: RunId) -> Vec<wire::Step> {
        let page: wire::Page<wire::Step> =
            self.get(&format!("/v1/runs/{run}/steps?limit=200")).await;
        page.items
    }
}
