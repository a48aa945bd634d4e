//! The way out: every request of a session goes through a proxy in our process, which resolves
//! the host once, asks the policy about the address, and connects to that very address.
//!
//! So redirects, frames, workers and WebSockets are covered without knowing of them, and a name
//! that resolves differently the second time gains nothing.

mod connect;
mod log;
mod proxy;
mod rules;

pub(crate) use connect::resolve;
pub(crate) use log::{EgressLog, Trouble};
pub(crate) use proxy::{MARK, Proxy};
pub(crate) use rules::{Guarded, Rules};
