//! Which addresses a browser may talk to.
//!
//! A task may name any URL and a page may lead anywhere, so a browser inside our network must not
//! reach what only we can reach: loopback, private networks, link-local addresses and with them the
//! metadata services of clouds. The decision is made on the address a name resolved to, after it
//! was resolved, so a name that points inside does not help.

use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use url::Url;

/// What may be reached besides the public internet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EgressPolicy {
    allowed: Vec<Allowed>,
}

/// One exception: a network, or a host by name, each perhaps with a port.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Allowed {
    place: Place,
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Network(IpNet),
    Host(String),
}

impl EgressPolicy {
    /// Reads exceptions such as `127.0.0.1:8000`, `10.1.0.0/16`, `[::1]:80` or `intranet.example`.
    ///
    /// # Errors
    /// An entry that is none of these.
    pub fn parse<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let allowed = entries.into_iter().map(parse_entry).collect::<Result<_, _>>()?;
        Ok(Self { allowed })
    }

    /// The same policy with one more exception.
    ///
    /// # Errors
    /// As [`EgressPolicy::parse`].
    pub fn and(mut self, entry: &str) -> Result<Self, String> {
        self.allowed.push(parse_entry(entry)?);
        Ok(self)
    }

    /// Whether a connection to this address may be made, for a request that named `host`.
    #[must_use]
    pub fn allows(&self, host: &str, address: IpAddr, port: u16) -> bool {
        let address = unmapped(address);
        is_public(address)
            || self.allowed.iter().any(|entry| {
                entry.port.is_none_or(|allowed| allowed == port)
                    && match &entry.place {
                        Place::Network(network) => network.contains(&address),
                        Place::Host(name) => name.eq_ignore_ascii_case(host),
                    }
            })
    }
}

fn parse_entry(entry: &str) -> Result<Allowed, String> {
    let entry = entry.trim();
    let wrong =
        || format!("`{entry}` is not an address, a network or a host, each optionally with a port");
    if let Ok(network) = entry.parse::<IpNet>() {
        return Ok(Allowed { place: Place::Network(network), port: None });
    }
    if let Ok(address) = entry.trim_matches(['[', ']']).parse::<IpAddr>() {
        return Ok(Allowed { place: Place::Network(address.into()), port: None });
    }
    let (host, port) = match entry.rsplit_once(':') {
        Some((host, port)) => (host, Some(port.parse().map_err(|_| wrong())?)),
        None => (entry, None),
    };
    if let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
        return Ok(Allowed { place: Place::Network(address.into()), port });
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if host.is_empty() || !host.chars().all(plain) {
        return Err(wrong());
    }
    Ok(Allowed { place: Place::Host(host.to_owned()), port })
}

/// An IPv4 address hidden in an IPv6 one is judged as what it is.
fn unmapped(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => {
            let segments = v6.segments();
            let embedded = |at: usize| {
                let (high, low) = (u32::from(segments[at]), u32::from(segments[at + 1]));
                IpAddr::V4(Ipv4Addr::from((high << 16) | low))
            };
            match segments[..6] {
                [0, 0, 0, 0, 0, 0xffff] | [0x64, 0xff9b, 0, 0, 0, 0] => embedded(6), // mapped, NAT64
                [0x2002, ..] => embedded(1),                                         // 6to4
                _ => address,
            }
        }
        IpAddr::V4(_) => address,
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local() // 169.254.169.254, the metadata service, among them
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b)) // carrier-grade NAT
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b)))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    // Only 2000::/3 is global unicast; of that, documentation and Teredo are not.
    let [a, b, ..] = address.segments();
    (a & 0xe000) == 0x2000 && !(a == 0x2001 && (b == 0xdb8 || b == 0))
}

/// Checks a URL to start from.
///
/// # Errors
/// What is wrong with it.
pub fn check_url(url: &str) -> Result<Url, String> {
    let parsed = Url::parse(url).map_err(|error| {
        format!("is not an absolute URL ({error}), as in https://shop.example/")
    })?;
    match parsed.scheme() {
        "http" | "https" if !parsed.username().is_empty() || parsed.password().is_some() => {
            Err("must not carry a user name or password: use `secrets`".into())
        }
        "http" | "https" => Ok(parsed),
        other => Err(format!("has the scheme `{other}`; only http and https may be opened")),
    }
}

/// Checks a URL to navigate to: absolute, or relative to the page.
///
/// # Errors
/// What is wrong with it.
pub fn check_reference(url: &str) -> Result<(), String> {
    match Url::parse(url) {
        Ok(_) => check_url(url).map(|_| ()),
        Err(url::ParseError::RelativeUrlWithoutBase) if !url.trim().is_empty() => Ok(()),
        Err(error) => Err(format!("is not a URL: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(policy: &EgressPolicy, host: &str, address: &str, port: u16, allowed: bool) {
        let address = address.parse().unwrap();
        assert_eq!(policy.allows(host, address, port), allowed, "{host} {address}:{port}");
    }

    #[test]
    fn what_only_we_can_reach_is_refused() {
        let policy = EgressPolicy::default();
        for inside in [
            "127.0.0.1",
            "127.8.8.8",
            "10.0.0.1",
            "172.16.5.4",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "fd00:ec2::254",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "::127.0.0.1",
            "ff02::1",
            "2001:db8::1",
        ] {
            check(&policy, "evil.example", inside, 80, false);
        }
        for outside in ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1"] {
            check(&policy, "shop.example", outside, 443, true);
        }
    }

    #[test]
    fn exceptions_hold_for_their_place_and_port_only() {
        let policy =
            EgressPolicy::parse(["127.0.0.1:8000", "10.1.0.0/16", "intranet.example", "[::1]:90"])
                .unwrap();
        check(&policy, "localhost", "127.0.0.1", 8000, true);
        check(&policy, "localhost", "127.0.0.1", 8001, false);
        check(&policy, "x", "10.1.2.3", 1, true);
        check(&policy, "x", "10.2.2.3", 1, false);
        check(&policy, "Intranet.example", "192.168.0.9", 443, true);
        check(&policy, "other.example", "192.168.0.9", 443, false);
        check(&policy, "localhost", "::1", 90, true);
        assert!(EgressPolicy::parse(["http://x/"]).is_err());
        assert!(EgressPolicy::parse(["host:port"]).is_err());
    }

    #[test]
    fn only_http_may_be_opened() {
        for bad in ["file:///etc/passwd", "chrome://settings", "javascript:alert(1)", "data:,x"] {
            assert!(check_reference(bad).is_err(), "{bad}");
        }
        for good in ["https://a.example/x", "/admin/", "../edit?x=1", "?page=2"] {
            assert_eq!(check_reference(good), Ok(()), "{good}");
        }
        assert!(check_url("/admin/").is_err());
        assert!(check_url("https://root:pw@a.example/").unwrap_err().contains("secrets"));
    }
}
