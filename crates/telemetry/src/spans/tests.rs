//! What the spans of one task look like to a collector.

use super::names::{attribute, span as name};
use super::*;
use crate::context::{sent_trace, traceparent};
use crate::providers::tracer;
use crate::start::{sending, spans_by};
use opentelemetry::trace::{SpanId, SpanKind};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt as _;

const CALLER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const TOOK: Duration = Duration::from_millis(7);
const STATE: &str = "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7";

/// The spans that this makes.
fn told(work: impl FnOnce()) -> Vec<SpanData> {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    let tracer = tracer(&provider);
    let subscriber = Registry::default().with(spans_by(tracer.clone())).with(sending(Some(tracer)));
    tracing::subscriber::with_default(subscriber, work);
    exporter.get_finished_spans().unwrap()
}

fn find<'a>(spans: &'a [SpanData], name: &str) -> &'a SpanData {
    let found: Vec<_> = spans.iter().filter(|span| span.name == name).collect();
    assert_eq!(found.len(), 1, "{name} among {:?}", names(spans));
    found[0]
}

fn names(spans: &[SpanData]) -> Vec<&str> {
    spans.iter().map(|span| &*span.name).collect()
}

fn attribute(span: &SpanData, key: &str) -> Option<String> {
    let found = span.attributes.iter().find(|it| it.key.as_str() == key);
    found.map(|it| it.value.to_string())
}

fn links(span: &SpanData) -> Vec<SpanId> {
    span.links.links.iter().map(|it| it.span_context.span_id()).collect()
}

fn came_by(traceparent: &str) -> Incoming<'_> {
    Incoming { traceparent: Some(traceparent), tracestate: Some(STATE) }
}

fn incoming() -> Incoming<'static> {
    came_by(CALLER)
}

fn attempt(number: u32, traceparent: &str) -> Attempt<'_> {
    let follows = number == 1;
    Attempt { task: &"task-1", run: &"run-1", number, follows, creation: came_by(traceparent) }
}

/// A request that queues a task, and the first attempt at it, in another process for all it knows.
fn one_task() -> Vec<SpanData> {
    told(|| {
        let request = http("POST", "/v1/tasks", incoming());
        let stored = request.in_scope(|| {
            let send = send(&"task-1");
            send.in_scope(|| traceparent(&send).unwrap())
        });
        answered(&request, 202);
        drop(request);
        received(TOOK, [came_by(&stored)]);
        process(&attempt(1, &stored)).in_scope(|| {
            let run = invoke_agent(&"run-1");
            run.in_scope(|| {
                plan().in_scope(|| embeddings("mini", 384).in_scope(|| ()));
                let taken = Step { run: &"run-1", index: 0, action: "click", decision: "heal" };
                let step = execute_tool(&taken);
                heals(&step, "high", "alternative_tool", Some(&"recall-1"));
                step.in_scope(|| ());
                step_ended(
                    &step,
                    Some(("https://shop.example/a", "shop.example")),
                    Some("not_found"),
                );
                let search = search_memory("situations");
                search.in_scope(|| ());
                searched(&search, Some(3));
                update_memory(&"recall-1").in_scope(|| ());
            });
            run_ended(&run, "succeeded", None);
            drop(run);
            create_memory(&"run-1").in_scope(|| ());
        });
    })
}

#[test]
fn one_trace_leads_from_the_caller_to_the_last_memory() {
    let spans = one_task();
    for span in spans.iter().filter(|span| span.name != name::RECEIVE) {
        let trace = span.span_context.trace_id().to_string();
        assert_eq!(trace, "4bf92f3577b34da6a3ce929d0e0e4736", "{}", span.name);
        assert_eq!(span.span_context.trace_state().header(), STATE, "{}", span.name);
    }
    let parent = |child: &str, parent: &str| {
        let id = find(&spans, parent).span_context.span_id();
        assert_eq!(find(&spans, child).parent_span_id, id, "{child} in {parent}");
    };
    let request = find(&spans, "POST /v1/tasks");
    assert_eq!(request.parent_span_id, SpanId::from_hex("00f067aa0ba902b7").unwrap());
    parent("send browser_tasks", "POST /v1/tasks");
    parent("process browser_tasks", "send browser_tasks");
    parent("invoke_agent browser", "process browser_tasks");
    parent("create_memory", "process browser_tasks");
    for child in ["plan browser", "execute_tool click", "search_memory", "update_memory"] {
        parent(child, "invoke_agent browser");
    }
    parent("embeddings mini", "plan browser");
}

#[test]
fn kinds_and_links_are_those_of_the_conventions() {
    let spans = one_task();
    let kind = |name| find(&spans, name).span_kind.clone();
    assert_eq!(kind("POST /v1/tasks"), SpanKind::Server);
    assert_eq!(kind("send browser_tasks"), SpanKind::Producer);
    assert_eq!(kind("process browser_tasks"), SpanKind::Consumer);
    assert_eq!(kind("invoke_agent browser"), SpanKind::Internal);
    assert_eq!(kind("execute_tool click"), SpanKind::Internal);
    assert_eq!(kind("search_memory"), SpanKind::Client);
    assert_eq!(kind("receive browser_tasks"), SpanKind::Client);
    let send = find(&spans, "send browser_tasks").span_context.span_id();
    for span in ["receive browser_tasks", "process browser_tasks"] {
        assert_eq!(links(find(&spans, span)), [send], "{span}");
    }
}

#[test]
fn what_was_taken_together_is_one_span_that_links_to_each() {
    let spans = told(|| {
        received(TOOK, []);
        let other = CALLER.replace("00f067aa0ba902b7", "b7ad6b7169203331");
        let unknown = Incoming::default();
        process(&attempt(1, CALLER)).in_scope(|| {
            received(TOOK, [came_by(CALLER), unknown, came_by(&other)]);
        });
    });
    assert_eq!(names(&spans), [name::RECEIVE, name::PROCESS], "nothing found is not worth a span");
    let receive = &spans[0];
    assert_eq!(receive.parent_span_id, SpanId::INVALID);
    assert_eq!(receive.end_time.duration_since(receive.start_time).unwrap(), TOOK);
    assert_eq!(attribute(receive, attribute::MESSAGING_BATCH_COUNT).as_deref(), Some("3"));
    assert_eq!(attribute(receive, attribute::MESSAGING_OPERATION_TYPE).as_deref(), Some("receive"));
    let from = ["00f067aa0ba902b7", "b7ad6b7169203331"].map(|id| SpanId::from_hex(id).unwrap());
    assert_eq!(links(receive), from);
    assert_eq!(receive.links.links[0].span_context.trace_state().header(), STATE);
}

#[test]
fn later_attempts_have_traces_of_their_own_that_link_to_the_task() {
    let spans = told(|| {
        // Whatever is under way in the worker has nothing to do with it.
        search_memory("site").in_scope(|| process(&attempt(2, CALLER)).in_scope(|| ()));
    });
    let process = find(&spans, name::PROCESS);
    assert_eq!(process.parent_span_id, SpanId::INVALID);
    assert_ne!(process.span_context.trace_id().to_string(), CALLER[3..35]);
    let link = &process.links.links[0].span_context;
    assert_eq!(link.trace_id().to_string(), CALLER[3..35]);
    assert_eq!(link.trace_state().header(), STATE);
    assert_eq!(process.span_context.trace_state().header(), "", "it is of another trace");
    assert_eq!(attribute(process, attribute::TASK_ATTEMPT).as_deref(), Some("2"));
}

#[test]
fn a_span_knows_its_trace_where_it_is_sent_and_only_there() {
    let mut known = None;
    let spans = told(|| known = sent_trace(&process(&attempt(2, CALLER))));
    assert_eq!(known, Some(spans[0].span_context.trace_id().to_string()));
    let not_sampled = CALLER.replace("-01", "-00");
    let spans = told(|| known = sent_trace(&process(&attempt(1, &not_sampled))));
    assert!(spans.is_empty());
    assert_eq!(known, None, "the caller wants no trace");

    let quiet = SdkTracerProvider::builder().build();
    let subscriber = Registry::default().with(spans_by(tracer(&quiet))).with(sending(None));
    tracing::subscriber::with_default(subscriber, || {
        let process = process(&attempt(2, CALLER));
        assert!(traceparent(&process).is_some());
        assert_eq!(sent_trace(&process), None);
    });
    assert_eq!(sent_trace(&process(&attempt(2, CALLER))), None);
}

#[test]
fn what_went_wrong_is_a_code_and_absent_when_nothing_did() {
    let spans = one_task();
    let step = find(&spans, "execute_tool click");
    assert_eq!(attribute(step, attribute::ERROR_TYPE).as_deref(), Some("not_found"));
    assert_eq!(step.status, Status::error(""));
    assert_eq!(attribute(step, attribute::HEAL_TIER).as_deref(), Some("high"));
    assert_eq!(attribute(step, attribute::RECALL_ID).as_deref(), Some("recall-1"));
    for well in ["POST /v1/tasks", "invoke_agent browser", "search_memory"] {
        assert_eq!(attribute(find(&spans, well), attribute::ERROR_TYPE), None, "{well}");
        assert_eq!(find(&spans, well).status, Status::Unset, "{well}");
    }
    let refused = told(|| answered(&http("GET", "/v1/tasks", Incoming::default()), 404));
    assert_eq!(attribute(&refused[0], attribute::ERROR_TYPE), None);
    let broken = told(|| answered(&http("GET", "/v1/tasks", Incoming::default()), 503));
    assert_eq!(attribute(&broken[0], attribute::ERROR_TYPE).as_deref(), Some("503"));
}

#[test]
fn spans_and_attributes_are_among_the_names() {
    for span in one_task() {
        let known = |known: &&str| span.name.starts_with(*known) || span.name.contains(" /v1/");
        assert!(name::ALL.iter().any(known), "{}", span.name);
        for it in &span.attributes {
            let key = it.key.as_str();
            assert!(attribute::ALL.contains(&key), "{key} of {}", span.name);
        }
        assert!(span.events.events.is_empty());
    }
}

#[test]
fn spans_and_events_of_others_are_not_told() {
    let spans = told(|| {
        let outer = tracing::info_span!(target: "sqlx", "query", text = "secret");
        outer.in_scope(|| {
            search_memory("site").in_scope(|| tracing::info!(text = "secret", "said"));
        });
    });
    assert_eq!(names(&spans), ["search_memory"]);
    assert!(!format!("{spans:?}").contains("secret"));
}
