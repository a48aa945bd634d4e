//! Resolving, judging, connecting.

use super::log::Trouble;
use super::rules::{Rules, Verdict};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::net::TcpStream;

const CONNECT_WITHIN: Duration = Duration::from_secs(15);

/// Why there is no connection.
pub(crate) type Refused = Trouble;

/// Resolves a host and returns the addresses that may be connected to.
pub(crate) async fn resolve(
    rules: &Rules,
    host: &str,
    port: u16,
) -> Result<Vec<SocketAddr>, Refused> {
    let host = host.trim_matches(['[', ']']).to_lowercase();
    let trouble = |refused, message| Trouble { host: host.clone(), port, refused, message };
    let looked_up =
        tokio::time::timeout(CONNECT_WITHIN, tokio::net::lookup_host((host.as_str(), port))).await;
    let addresses: Vec<SocketAddr> = match looked_up {
        Ok(Ok(addresses)) => addresses.collect(),
        Ok(Err(_)) => {
            return Err(trouble(false, format!("the host name {host} does not resolve")));
        }
        Err(_) => {
            return Err(trouble(false, format!("the host name {host} did not resolve in time")));
        }
    };
    let allowed: Vec<SocketAddr> = addresses
        .iter()
        .copied()
        .filter(|address| rules.judge(&host, *address) == Verdict::Allowed)
        .collect();
    match (allowed.is_empty(), addresses.first()) {
        (false, _) => Ok(allowed),
        (true, None) => Err(trouble(false, format!("the host name {host} has no address"))),
        (true, Some(address)) if rules.judge(&host, *address) == Verdict::Own => {
            Err(trouble(true, own(&host, *address)))
        }
        (true, Some(address)) => Err(trouble(true, refusal(&host, *address))),
    }
}

/// Connects to the first address that answers.
pub(super) async fn connect(rules: &Rules, host: &str, port: u16) -> Result<TcpStream, Refused> {
    let addresses = resolve(rules, host, port).await?;
    let connecting = TcpStream::connect(addresses.as_slice());
    let why = match tokio::time::timeout(CONNECT_WITHIN, connecting).await {
        Ok(Ok(stream)) => {
            // Latency matters more than the number of packets.
            stream.set_nodelay(true).ok();
            return Ok(stream);
        }
        Ok(Err(error)) => error.to_string(),
        Err(_) => "it did not answer in time".into(),
    };
    let host = host.trim_matches(['[', ']']).to_lowercase();
    let message = format!("cannot connect to {host}:{port}: {why}");
    Err(Trouble { host, port, refused: false, message })
}

fn own(host: &str, address: SocketAddr) -> String {
    format!(
        "refused by the egress rules: {host}:{port} is one of Waymark's own sockets, which nothing \
         opens to pages",
        port = address.port()
    )
}

fn refusal(host: &str, address: SocketAddr) -> String {
    let ip = address.ip();
    let named = match host.parse::<IpAddr>() {
        Ok(_) => format!("{ip} is {}", kind(ip)),
        Err(_) => format!("{host} is {ip}, {}", kind(ip)),
    };
    format!("refused by the egress rules: {named}; allow it with --allow-egress {address}")
}

/// What makes an address private, for people.
fn kind(ip: IpAddr) -> &'static str {
    match ip {
        _ if ip.is_loopback() => "a loopback address",
        _ if ip.is_unspecified() => "an unspecified address",
        _ if ip.is_multicast() => "a multicast address",
        IpAddr::V4(v4) if v4.is_private() => "a private address",
        IpAddr::V4(v4) if v4.is_link_local() => "a link-local address, as metadata services have",
        IpAddr::V6(v6) if v6.is_unique_local() => "a private address",
        IpAddr::V6(v6) if v6.is_unicast_link_local() => "a link-local address",
        IpAddr::V4(_) | IpAddr::V6(_) => "not a public address",
    }
}
