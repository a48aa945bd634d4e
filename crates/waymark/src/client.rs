//! Speaking to a server over its public API.

mod stream;

use crate::exit::{DATA, FORBIDDEN, Failed, UNAVAILABLE, USAGE};
use crate::settings::{ClientArgs, DataArgs};
use anyhow::{Context as _, Result};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use serde::de::DeserializeOwned;
use wire::RunId;

/// A server and the key for it.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: Url,
    bearer: String,
}

impl Client {
    /// A client by the settings.
    pub(crate) fn new(args: &ClientArgs, data: &DataArgs) -> Result<Self> {
        Self::to(&args.server, args.bearer(data)?)
    }

    /// A client for this server with this authorization.
    pub(crate) fn to(server: &str, bearer: String) -> Result<Self> {
        let wrong = |error: url::ParseError| {
            Failed::new(USAGE, format!("--server: `{server}` is not a URL: {error}"))
        };
        let base = Url::parse(server).map_err(wrong)?;
        let http = reqwest::Client::builder().build().context("the HTTP client")?;
        Ok(Self { http, base, bearer })
    }

    /// The path of the thing with this name, whatever its name is made of.
    pub(crate) fn path(&self, list: &str, name: &str) -> Result<String> {
        let mut url = self.base.join(list)?;
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.push(name);
        }
        Ok(url.path().to_owned())
    }

    /// A request to a path of the API.
    pub(crate) fn request(&self, method: Method, path: &str) -> Result<RequestBuilder> {
        let url = self.base.join(path)?;
        Ok(self.http.request(method, url).header("authorization", &self.bearer))
    }

    /// Gets a JSON document.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<T> {
        let response = self.send(self.request(Method::GET, path)?.query(query)).await?;
        response.json().await.context("the server's answer cannot be read")
    }

    /// Every step of a run.
    pub(crate) async fn steps(&self, run: RunId) -> Result<Vec<wire::Step>> {
        let mut steps = Vec::new();
        let mut cursor = None;
        loop {
            let mut query = vec![("limit", "200".to_owned())];
            query.extend(cursor.map(|cursor| ("cursor", cursor)));
            let path = format!("/v1/runs/{run}/steps");
            let page: wire::Page<wire::Step> = self.get(&path, &query).await?;
            steps.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                return Ok(steps);
            }
        }
    }

    /// Whether there is certainly no such thing; where this key may not look, there may be.
    pub(crate) async fn lacks(&self, path: &str) -> bool {
        let Ok(request) = self.request(Method::HEAD, path) else { return false };
        let answer = request.send().await;
        answer.is_ok_and(|response| response.status() == StatusCode::NOT_FOUND)
    }

    /// Gets the bytes of an artifact.
    pub(crate) async fn bytes(&self, path: &str) -> Result<Vec<u8>> {
        let response = self.send(self.request(Method::GET, path)?).await?;
        Ok(response.bytes().await?.into())
    }

    /// Sends a request; a problem becomes an error that says what to do.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<Response> {
        let response = request.send().await.map_err(|error| self.unreachable(&error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status();
        let problem = response.json::<wire::Problem>().await.ok();
        Err(refused(status, problem.as_ref()).into())
    }

    fn unreachable(&self, error: &reqwest::Error) -> Failed {
        let why = if error.is_connect() { "nothing listens there" } else { "it does not answer" };
        let base = &self.base;
        Failed::new(
            UNAVAILABLE,
            format!(
                "no server at {base}: {why}. Start one with `waymark serve`, or name one with --server"
            ),
        )
    }
}

fn refused(status: StatusCode, problem: Option<&wire::Problem>) -> Failed {
    let code = match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => FORBIDDEN,
        status if status.is_client_error() => DATA,
        _ => UNAVAILABLE,
    };
    let Some(problem) = problem else {
        return Failed::new(code, format!("the server answered {status}"));
    };
    // Where fields are to blame, the detail only names the first of them.
    let faults = problem.errors.iter().map(|fault| format!("{}: {}", fault.field, fault.message));
    let text = match problem.errors.len() {
        0 => problem.detail.clone(),
        1 => faults.collect(),
        count => format!("{count} faults\n  {}", faults.collect::<Vec<_>>().join("\n  ")),
    };
    Failed::new(code, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn a_fault_is_told_once() {
        let told = |detail: &str, errors: Value| {
            let problem: wire::Problem = serde_json::from_value(json!({"type": "t", "title": "t",
                "status": 422, "detail": detail, "code": "c", "trace_id": "", "errors": errors}))
            .unwrap();
            refused(StatusCode::UNPROCESSABLE_ENTITY, Some(&problem)).to_string()
        };
        let (site, goal) = (
            json!({"field": "site", "message": "must not be empty"}),
            json!({"field": "goal", "message": "is missing"}),
        );
        assert_eq!(told("there is no such task", json!([])), "there is no such task");
        let one = told("1 fault: site must not be empty", json!([site]));
        assert_eq!(one, "site: must not be empty");
        let two = told("2 faults: site must not be empty; goal is missing", json!([site, goal]));
        assert_eq!(two, "2 faults\n  site: must not be empty\n  goal: is missing");
        assert_eq!(
            refused(StatusCode::BAD_GATEWAY, None).to_string(),
            "the server answered 502 Bad Gateway"
        );
    }
}
