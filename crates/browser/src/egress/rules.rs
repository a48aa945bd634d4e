//! What may be reached: what the policy allows, and never our own sockets.

use domain::egress::EgressPolicy;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The rules of a pool, for all its sessions. Whoever allows a whole machine means the sites on it,
/// and neither our database nor the DevTools of our browsers.
#[derive(Debug)]
pub(crate) struct Rules {
    policy: EgressPolicy,
    own: Mutex<Vec<SocketAddr>>,
}

/// What the rules say about an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Allowed,
    /// Not public, and not allowed.
    Inside,
    /// One of our own sockets.
    Own,
}

/// A socket of ours that pages are kept away from as long as this lives.
#[derive(Debug)]
pub(crate) struct Guarded {
    rules: Arc<Rules>,
    addresses: Vec<SocketAddr>,
}

impl Rules {
    pub(crate) fn new(policy: EgressPolicy, own: &[SocketAddr]) -> Arc<Self> {
        Arc::new(Self { policy, own: Mutex::new(own.to_vec()) })
    }

    /// Keeps pages away from sockets that were opened just now.
    pub(crate) fn guard(self: &Arc<Self>, addresses: Vec<SocketAddr>) -> Guarded {
        self.own().extend(addresses.iter().copied());
        Guarded { rules: Arc::clone(self), addresses }
    }

    /// Judges an address that a host resolved to.
    pub(crate) fn judge(&self, host: &str, address: SocketAddr) -> Verdict {
        if self.is_own(address) {
            Verdict::Own
        } else if self.policy.allows(host, address.ip(), address.port()) {
            Verdict::Allowed
        } else {
            Verdict::Inside
        }
    }

    fn is_own(&self, address: SocketAddr) -> bool {
        let (ip, port) = (address.ip().to_canonical(), address.port());
        let same_port: Vec<IpAddr> = {
            let own = self.own();
            own.iter().filter(|own| own.port() == port).map(|own| own.ip().to_canonical()).collect()
        };
        // A socket of this machine can usually be reached by several of its addresses, and we
        // cannot tell by which: it may be bound to all of them, or stand behind a redirection.
        same_port.contains(&ip)
            || (!same_port.is_empty()
                && is_of_this_machine(ip)
                && same_port.into_iter().any(is_of_this_machine))
    }

    fn own(&self) -> MutexGuard<'_, Vec<SocketAddr>> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        let mut own = self.rules.own();
        for address in &self.addresses {
            // Once: the same may be guarded for somebody else as well.
            if let Some(at) = own.iter().position(|known| known == address) {
                own.swap_remove(at);
            }
        }
    }
}

/// Whether an address is one of this machine's. Of the ways to find out, this one asks the kernel
/// itself: it lets nobody bind to an address of another machine.
fn is_of_this_machine(ip: IpAddr) -> bool {
    ip.is_loopback() || ip.is_unspecified() || UdpSocket::bind((ip, 0)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(own: &[&str]) -> Arc<Rules> {
        let everything = ["0.0.0.0/0", "::/0"];
        let own: Vec<SocketAddr> = own.iter().map(|own| own.parse().unwrap()).collect();
        Rules::new(EgressPolicy::parse(everything).unwrap(), &own)
    }

    #[track_caller]
    fn check(rules: &Rules, address: &str, verdict: Verdict) {
        assert_eq!(rules.judge("site.example", address.parse().unwrap()), verdict, "{address}");
    }

    #[test]
    fn what_is_ours_is_refused_by_every_address_of_this_machine() {
        for own in ["127.0.0.1:5432", "0.0.0.0:5432", "[::]:5432", "[::1]:5432"] {
            let rules = rules(&[own]);
            for address in [
                "127.0.0.1:5432",
                "127.8.8.8:5432",
                "0.0.0.0:5432",
                "[::1]:5432",
                "[::]:5432",
                "[::ffff:127.0.0.1]:5432",
            ] {
                check(&rules, address, Verdict::Own);
            }
            check(&rules, "127.0.0.1:5433", Verdict::Allowed);
            check(&rules, "192.0.2.7:5432", Verdict::Allowed);
        }
    }

    #[test]
    fn what_is_ours_on_another_machine_is_refused_there_only() {
        let rules = rules(&["192.0.2.7:5432"]);
        check(&rules, "192.0.2.7:5432", Verdict::Own);
        check(&rules, "[::ffff:192.0.2.7]:5432", Verdict::Own);
        check(&rules, "192.0.2.8:5432", Verdict::Allowed);
        check(&rules, "127.0.0.1:5432", Verdict::Allowed);
    }

    #[test]
    fn a_socket_that_is_closed_is_free_again() {
        let rules = rules(&[]);
        let address = "127.0.0.1:9222".parse().unwrap();
        let (first, second) = (rules.guard(vec![address]), rules.guard(vec![address]));
        check(&rules, "127.0.0.1:9222", Verdict::Own);
        drop(first);
        check(&rules, "127.0.0.1:9222", Verdict::Own);
        drop(second);
        check(&rules, "127.0.0.1:9222", Verdict::Allowed);
    }

    #[test]
    fn what_is_inside_stays_refused() {
        let rules = Rules::new(EgressPolicy::default(), &[]);
        check(&rules, "10.0.0.1:80", Verdict::Inside);
        check(&rules, "1.1.1.1:80", Verdict::Allowed);
    }
}
