//! A client of the two operations that are measured.

use anyhow::{Context as _, Result, ensure};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;
use std::collections::HashSet;

/// A client in one project.
pub(super) struct Client {
    http: reqwest::Client,
    base: String,
    key: String,
}

impl Client {
    pub(super) fn new(base: &str, key: &str) -> Result<Self> {
        let http = reqwest::Client::builder().build()?;
        Ok(Self { http, base: base.to_owned(), key: key.to_owned() })
    }

    /// `POST /v1/recall`.
    pub(super) async fn recall(&self, question: &Value) -> Result<Value> {
        self.answer(self.request(Method::POST, "/v1/recall").json(question)).await
    }

    /// `GET /v1/runs/search`.
    pub(super) async fn search(&self, query: &[(&str, &str)]) -> Result<Value> {
        self.answer(self.request(Method::GET, "/v1/runs/search").query(query)).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.key)
    }

    async fn answer(&self, request: RequestBuilder) -> Result<Value> {
        let response = request.send().await?;
        let (status, path) = (response.status(), response.url().path().to_owned());
        let text = response.text().await?;
        let served = [StatusCode::OK, StatusCode::CREATED].contains(&status);
        ensure!(served, "{path}: {status} {text}");
        serde_json::from_str(&text).with_context(|| format!("{path}: {text}"))
    }
}

/// The ids of things, at this place in each; no two may be the same.
pub(super) fn distinct(items: &Value, place: &str) -> Result<usize> {
    let items = items.as_array().context("the answer is no list")?;
    let ids: HashSet<&str> =
        items.iter().filter_map(|item| item.pointer(place)?.as_str()).collect();
    ensure!(ids.len() == items.len(), "of {} answers only {} differ", items.len(), ids.len());
    Ok(ids.len())
}

#[cfg(test)]
mod tests {
    use super::distinct;
    use serde_json::json;

    #[test]
    fn what_stands_there_twice_is_refused() {
        assert_eq!(
            distinct(&json!([{ "a": { "id": "1" } }, { "a": { "id": "2" } }]), "/a/id").unwrap(),
            2
        );
        assert!(distinct(&json!([{ "id": "1" }, { "id": "1" }]), "/id").is_err());
        assert!(distinct(&json!([{}]), "/id").is_err());
    }
}
