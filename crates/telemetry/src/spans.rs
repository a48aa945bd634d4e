//! The spans: each is opened by a function here, so that what a span may say is said in one place.
//! Goals, page text, typed values and queries are never among it.

pub mod names;

#[cfg(test)]
mod tests;

use self::names::{QUEUE, QUEUE_SYSTEM, attribute, span as name};
use crate::context::{Sending, remote};
use opentelemetry::trace::{
    Link, Span as _, SpanBuilder, SpanContext, SpanKind, Status, TraceContextExt as _, Tracer as _,
};
use opentelemetry::{Context, KeyValue, Value};
use std::fmt::Display;
use std::time::Duration;
use tracing::dispatcher::get_default;
use tracing::{Span, field, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// The only agent there is.
const AGENT: &str = "browser";

/// The trace context that came with something: with a request, or stored with a task.
#[derive(Debug, Clone, Copy, Default)]
pub struct Incoming<'a> {
    /// The header of this name.
    pub traceparent: Option<&'a str>,
    /// The header of this name.
    pub tracestate: Option<&'a str>,
}

impl Incoming<'_> {
    fn context(self) -> Option<SpanContext> {
        remote(self.traceparent?, self.tracestate)
    }
}

/// A request under way: `{method} {route}`. It continues the caller's trace.
#[must_use]
pub fn http(method: &str, route: &str, incoming: Incoming<'_>) -> Span {
    let span = info_span!(
        "http.request",
        otel.kind = "server",
        otel.name = format!("{method} {route}"),
        http.request.method = method,
        http.route = route,
        http.response.status_code = field::Empty,
    );
    set(&span, attribute::URL_SCHEME, "http");
    if let Some(caller) = incoming.context() {
        follow(&span, Context::new().with_remote_span_context(caller));
    }
    span
}

/// What was answered. A request that we could not serve is an error; one that was refused is not.
pub fn answered(span: &Span, status: u16) {
    span.record("http.response.status_code", status);
    if status >= 500 {
        fails(span, status.to_string());
    }
}

/// A task put into the queue: `send browser_tasks`.
#[must_use]
pub fn send(task: &dyn Display) -> Span {
    let span = info_span!(
        "task.send",
        otel.kind = "producer",
        otel.name = name::SEND,
        waymark.task.id = %task,
    );
    queue(&span, "send", task);
    span
}

/// Tasks were taken from the queue, which took this long: `receive browser_tasks`, with a link to
/// where each comes from. It is told when it is over, since one that found nothing is not worth a
/// trace; so it is made only where it is sent.
pub fn received<'a>(took: Duration, tasks: impl IntoIterator<Item = Incoming<'a>>) {
    let (mut count, mut links) = (0, Vec::new());
    for creation in tasks {
        count += 1;
        links.extend(creation.context().map(Link::with_context));
    }
    if count == 0 {
        return;
    }
    let ended = opentelemetry::time::now();
    let attributes = messaging("receive").into_iter().map(|(key, value)| KeyValue::new(key, value));
    let batch = KeyValue::new(attribute::MESSAGING_BATCH_COUNT, count);
    let begun = SpanBuilder::from_name(name::RECEIVE)
        .with_kind(SpanKind::Client)
        .with_start_time(ended.checked_sub(took).unwrap_or(ended))
        .with_attributes(attributes.chain([batch]))
        .with_links(links);
    get_default(|subscriber| {
        if let Some(Sending(tracer)) = subscriber.downcast_ref() {
            // Whatever is under way in the worker has nothing to do with it.
            let mut span = tracer.build_with_context(begun.clone(), &Context::new());
            span.end_with_timestamp(ended);
        }
    });
}

/// The attempt a worker makes.
pub struct Attempt<'a> {
    /// The task.
    pub task: &'a dyn Display,
    /// The run.
    pub run: &'a dyn Display,
    /// Which attempt, from 1.
    pub number: u32,
    /// Whether it goes on in the trace of the request; otherwise it has a trace of its own.
    pub follows: bool,
    /// The trace context stored with the task.
    pub creation: Incoming<'a>,
}

/// An attempt at a task: `process browser_tasks`. The first goes on in the trace of the request
/// that submitted the task; later ones have traces of their own, which link to it.
#[must_use]
pub fn process(attempt: &Attempt<'_>) -> Span {
    let Attempt { task, run, number, follows, creation } = *attempt;
    let span = info_span!(
        parent: None,
        "task",
        otel.kind = "consumer",
        otel.name = name::PROCESS,
        waymark.task.id = %task,
        waymark.run.id = %run,
        waymark.task.attempt = number,
    );
    queue(&span, "process", task);
    if let Some(creation) = creation.context() {
        if follows {
            follow(&span, Context::new().with_remote_span_context(creation.clone()));
        }
        span.add_link(creation);
    }
    span
}

fn queue(span: &Span, operation: &'static str, task: &dyn Display) {
    for (key, value) in messaging(operation) {
        set(span, key, value);
    }
    set(span, attribute::MESSAGING_MESSAGE_ID, task.to_string());
}

/// What every span about the queue says.
const fn messaging(operation: &'static str) -> [(&'static str, &'static str); 4] {
    [
        (attribute::MESSAGING_SYSTEM, QUEUE_SYSTEM),
        (attribute::MESSAGING_OPERATION_NAME, operation),
        (attribute::MESSAGING_OPERATION_TYPE, operation),
        (attribute::MESSAGING_DESTINATION, QUEUE),
    ]
}

/// A run of the agent: `invoke_agent browser`.
#[must_use]
pub fn invoke_agent(run: &dyn Display) -> Span {
    let span = info_span!(
        "run",
        otel.name = format!("{} {AGENT}", name::INVOKE_AGENT),
        waymark.run.id = %run,
    );
    set(&span, attribute::GEN_AI_OPERATION, name::INVOKE_AGENT);
    set(&span, attribute::GEN_AI_AGENT, AGENT);
    span
}

/// What became of a run.
pub fn run_ended(span: &Span, outcome: &'static str, error: Option<&'static str>) {
    set(span, attribute::RUN_OUTCOME, outcome);
    if let Some(error) = error {
        fails(span, error);
    }
}

/// Finding the plan to go by: `plan browser`.
#[must_use]
pub fn plan() -> Span {
    let span = info_span!("plan", otel.name = format!("{} {AGENT}", name::PLAN));
    set(&span, attribute::GEN_AI_OPERATION, name::PLAN);
    set(&span, attribute::GEN_AI_AGENT, AGENT);
    span
}

/// A step about to be taken.
pub struct Step<'a> {
    /// Its run.
    pub run: &'a dyn Display,
    /// Its number in the run, from 0.
    pub index: u32,
    /// What it does, as in `click`.
    pub action: &'static str,
    /// Why it is taken, as in `heal`.
    pub decision: &'static str,
}

/// A step: `execute_tool click`.
#[must_use]
pub fn execute_tool(step: &Step<'_>) -> Span {
    let Step { run, index, action, decision } = *step;
    let span = info_span!(
        "step",
        otel.name = format!("{} {action}", name::EXECUTE_TOOL),
        waymark.step.index = index,
        gen_ai.tool.name = action,
    );
    set(&span, attribute::GEN_AI_OPERATION, name::EXECUTE_TOOL);
    set(&span, attribute::GEN_AI_TOOL_TYPE, "function");
    set(&span, attribute::GEN_AI_TOOL_CALL_ID, format!("{run}/{index}"));
    set(&span, attribute::STEP_DECISION, decision);
    span
}

/// What a step past a failure follows, and the question to memory that went before, if one did.
pub fn heals(span: &Span, tier: &'static str, tactic: &'static str, recall: Option<&dyn Display>) {
    set(span, attribute::HEAL_TIER, tier);
    set(span, attribute::HEAL_TACTIC, tactic);
    if let Some(recall) = recall {
        set(span, attribute::RECALL_ID, recall.to_string());
    }
}

/// What became of a step: the page it led to, by scheme, host and path, and what went wrong.
pub fn step_ended(span: &Span, page: Option<(&str, &str)>, error: Option<&'static str>) {
    if let Some((address, host)) = page {
        set(span, attribute::URL_FULL, address.to_owned());
        set(span, attribute::URL_DOMAIN, host.to_owned());
    }
    set(span, attribute::STEP_OUTCOME, if error.is_none() { "worked" } else { "failed" });
    if let Some(error) = error {
        fails(span, error);
    }
}

/// A question to memory about `what`: `search_memory`.
#[must_use]
pub fn search_memory(what: &'static str) -> Span {
    let span = info_span!("memory.search", otel.kind = "client", otel.name = name::SEARCH_MEMORY);
    set(&span, attribute::GEN_AI_OPERATION, name::SEARCH_MEMORY);
    set(&span, attribute::GEN_AI_MEMORY_STORE, what);
    span
}

/// How many memories came back; none when memory did not answer.
pub fn searched(span: &Span, found: Option<usize>) {
    match found {
        Some(found) => {
            let found = i64::try_from(found).unwrap_or(i64::MAX);
            set(span, attribute::GEN_AI_MEMORY_RECORDS, found);
        }
        None => fails(span, "memory_unavailable"),
    }
}

/// A run becomes memory: `create_memory`.
#[must_use]
pub fn create_memory(run: &dyn Display) -> Span {
    let span = info_span!("memory.create", otel.kind = "client", otel.name = name::CREATE_MEMORY);
    set(&span, attribute::GEN_AI_OPERATION, name::CREATE_MEMORY);
    set(&span, attribute::GEN_AI_MEMORY_RECORD, run.to_string());
    span
}

/// What became of advice is kept with the recall: `update_memory`.
#[must_use]
pub fn update_memory(recall: &dyn Display) -> Span {
    let span = info_span!("memory.update", otel.kind = "client", otel.name = name::UPDATE_MEMORY);
    set(&span, attribute::GEN_AI_OPERATION, name::UPDATE_MEMORY);
    set(&span, attribute::GEN_AI_MEMORY_RECORD, recall.to_string());
    span
}

/// Texts to vectors: `embeddings {model}`.
#[must_use]
pub fn embeddings(model: &str, dimensions: usize) -> Span {
    let span = info_span!(
        "embed",
        otel.kind = "client",
        otel.name = format!("{} {model}", name::EMBEDDINGS),
    );
    set(&span, attribute::GEN_AI_OPERATION, name::EMBEDDINGS);
    set(&span, attribute::GEN_AI_MODEL, model.to_owned());
    let dimensions = i64::try_from(dimensions).unwrap_or(i64::MAX);
    set(&span, attribute::GEN_AI_DIMENSIONS, dimensions);
    span
}

/// Says that what a span is about did not work, by a code and never by a message.
pub fn fails(span: &Span, code: impl Into<Value>) {
    set(span, attribute::ERROR_TYPE, code);
    span.set_status(Status::error(""));
}

fn set(span: &Span, key: &'static str, value: impl Into<Value>) {
    span.set_attribute(key, value);
}

fn follow(span: &Span, parent: Context) {
    // Where no spans are made, nothing can follow; a span just made has not begun.
    drop(span.set_parent(parent));
}
