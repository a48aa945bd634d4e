//! Whether the API can listen where it should.

use super::check::Check;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;

const WHAT: &str = "port";

/// Free, or ours already.
pub(super) async fn free(listen: SocketAddr) -> Check {
    let how = "end what listens there, or choose another address with --listen (WAYMARK_LISTEN)";
    match TcpListener::bind(listen).await {
        Ok(_) => Check::ok(WHAT, format!("{listen} is free")),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            if is_waymark(listen).await {
                return Check::ok(WHAT, format!("a Waymark serves at {listen} already"));
            }
            Check::broken(WHAT, format!("something else listens on {listen}"), how)
        }
        Err(error) => Check::broken(WHAT, format!("cannot listen on {listen}: {error}"), how),
    }
}

/// Whether the document of what listens there is Waymark's.
async fn is_waymark(mut at: SocketAddr) -> bool {
    if at.ip().is_unspecified() {
        at.set_ip(match at {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    let asked = async {
        let client =
            reqwest::Client::builder().timeout(Duration::from_secs(3)).no_proxy().build()?;
        let answer = client.get(format!("http://{at}/openapi.json")).send().await?;
        answer.json::<serde_json::Value>().await
    };
    let title =
        asked.await.ok().and_then(|document| Some(document["info"]["title"].as_str()?.to_owned()));
    title.is_some_and(|title| title.eq_ignore_ascii_case("waymark"))
}
