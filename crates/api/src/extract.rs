//! What handlers take from a request. Each refusal is a problem; the framework's own extractors
//! would answer in plain text.

mod body;
mod caller;
mod headers;
mod idempotency;
mod listing;
mod path;
mod query;
mod shape;
mod words;

pub(crate) use body::Body;
pub(crate) use caller::{
    AnyKey, Caller, EscalationsAnswer, KeysAdmin, MemoryAsk, TasksRead, TasksWrite, TracesRead,
};
pub(crate) use headers::{ConditionalHeader, IdempotencyHeader, ResumeHeader};
pub(crate) use idempotency::IdempotencyKey;
pub(crate) use listing::Listing;
pub(crate) use path::{Id, SiteName};
pub(crate) use query::Query;
pub(crate) use words::{Date, Label, Limit, OnPage, Seconds, Timestamp, Word};
