//! The address of a browser that somebody else runs.

use crate::cdp::Endpoint;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;
use std::time::Duration;
use url::Url;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    web_socket_debugger_url: String,
}

/// A `ws://` address stays as it is; at an `http://` one the browser is asked for it.
pub(crate) async fn resolve(endpoint: &Endpoint, within: Duration) -> Result<Endpoint, String> {
    let url = Url::parse(&endpoint.url)
        .map_err(|error| format!("the browser's address is not a URL: {error}"))?;
    match url.scheme() {
        "ws" => Ok(endpoint.clone()),
        "http" => {
            let asking = ask(&url, endpoint);
            let found = tokio::time::timeout(within, asking).await.map_err(|_| {
                format!("{} did not answer in time", url.origin().ascii_serialization())
            })??;
            Ok(Endpoint { url: found, headers: endpoint.headers.clone() })
        }
        other => Err(format!(
            "a browser is reached at ws:// or http://, not at {other}://; put a proxy that ends TLS in front of it"
        )),
    }
}

async fn ask(url: &Url, endpoint: &Endpoint) -> Result<String, String> {
    let at = url.join("/json/version").map_err(|error| error.to_string())?;
    let mut request = hyper::Request::get(at.as_str());
    for (name, value) in &endpoint.headers {
        request = request.header(name, value);
    }
    let request = request.body(Empty::<Bytes>::new()).map_err(|error| error.to_string())?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let failed = |error: &dyn std::fmt::Display| format!("{at} gives no browser: {error}");
    let response = client.request(request).await.map_err(|error| failed(&error))?;
    let body = response.into_body().collect().await.map_err(|error| failed(&error))?;
    let version: Version =
        serde_json::from_slice(&body.to_bytes()).map_err(|error| failed(&error))?;
    // What a browser behind a proxy says of itself is not where it can be reached.
    let mut found = Url::parse(&version.web_socket_debugger_url).map_err(|error| failed(&error))?;
    found.set_host(url.host_str()).map_err(|error| failed(&error))?;
    found.set_port(url.port()).map_err(|()| failed(&"it has no port"))?;
    Ok(found.to_string())
}
