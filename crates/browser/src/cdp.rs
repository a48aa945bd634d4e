//! The DevTools protocol over one websocket: calls with a deadline, events by session.
//!
//! The crate that launches Chrome has a transport of its own, which costs about 104 ms a call and
//! knows no deadline; so only its generated types are used here.

mod call;
mod connection;
mod dial;
mod heard;

pub(crate) use call::{CallError, Reply};
pub(crate) use connection::Connection;
pub(crate) use dial::Endpoint;
pub(crate) use heard::{Event, Heard};
