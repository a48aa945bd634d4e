//! What a collector is told of one task: one trace from the request to the last memory, and nothing
//! that anybody typed or any page said.

use crate::healing::{answered, asked};
use nix::sys::signal::Signal;
use opentelemetry_proto::tonic::trace::v1::Span;
use serde_json::json;
use tests::{Collector, Fleet, GateSite, Process};
use wire::TaskState;

const CALLER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const STATE: &str = "congo=t61rcWkgMzE";
const SECRET: &str = "xyzzy-plugh";
const TYPED: &str = "frobnicated";
const MAIL: &str = "jane.canary@example.org";

fn exporting(command: &mut tokio::process::Command, collector: &Collector, protocol: &str) {
    command
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url())
        .env("OTEL_EXPORTER_OTLP_PROTOCOL", protocol);
}

async fn check(protocol: &str) {
    let (fleet, site) = (Fleet::new().await, GateSite::start().await);
    let collector = Collector::start().await;
    let mut api = fleet.command("serve");
    exporting(api.args(["--no-workers"]), &collector, protocol);
    let (mut api, client) = fleet.serve_with(api).await;
    let mut worker = fleet.command("work");
    let metrics = free_address();
    worker.args(["--poll-ms", "200", "--metrics-listen", &metrics]);
    exporting(&mut worker, &collector, protocol);
    let mut worker = Process::spawn(&mut worker, &fleet.dir().join("worker.log"));
    let task = json!({
        "goal": format!("say {TYPED}"),
        "start_url": format!("{}/echo?said={TYPED}", site.url()),
        "inputs": {"mail": MAIL},
        "secrets": {"word": SECRET},
        "plan": {"steps": [
            {"intent": "say it", "action": "fill", "target": {"label": "Say"},
             "value": format!("{TYPED} {{{{secrets.word}}}}")},
            {"intent": "send it", "action": "press", "key": "Enter", "expect": {"url": "**/echo?*"}},
            {"intent": "read it back", "action": "extract", "as": "word", "target": {"css": "#echo"}},
            {"intent": "be greeted", "action": "click", "target": {"role": "button", "name": "Greet"},
             "expect": {"url": "**/hello/*"}},
            {"intent": "call her", "action": "navigate", "url": "/hello/{{inputs.mail}}"}
        ]},
        "limits": {"answer_seconds": 0}
    });
    let request = client.request(reqwest::Method::POST, "/v1/tasks");
    let request = request.header("traceparent", CALLER).header("tracestate", STATE);
    let response = request.json(&task).send().await.unwrap();
    let told = response.headers()["traceresponse"].to_str().unwrap().to_owned();
    assert_eq!(told[3..35], CALLER[3..35]);
    let task: wire::Task = response.json().await.unwrap();
    assert_eq!(task.trace_id.as_deref(), Some(&CALLER[3..35]));
    client.ended_as(task.id, TaskState::Succeeded).await;
    let run = client.runs(task.id).await.remove(0);
    says_how_it_is(&metrics).await;
    for process in [&mut worker, &mut api] {
        process.signal(Signal::SIGTERM);
        assert!(process.wait().await.success());
    }
    is_one_tree(&collector.spans(), &run);
    let logs = collector.text("logs");
    assert!(logs.contains("worker is ready"), "the log came");
    let all = collector.text("").to_lowercase();
    assert!(all.contains("/hello/{value}"), "{protocol}: the pages came");
    for private in [SECRET, TYPED, MAIL, "canary"] {
        assert!(!all.contains(private), "{protocol}: {private} was told");
    }
}

fn free_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

/// A process that has no API has its own connections and troubles too.
async fn says_how_it_is(address: &str) {
    let metrics = reqwest::get(format!("http://{address}/metrics")).await.unwrap();
    let metrics = metrics.text().await.unwrap();
    for said in [
        "waymark_database_up 1",
        "db_client_connection_max{",
        "db_client_connection_count{",
        "waymark_embed_failed 0",
        "waymark_memory_unreadable 0",
    ] {
        assert!(metrics.contains(&format!("\n{said}")), "no {said} in\n{metrics}");
    }
}

fn hex(id: &[u8]) -> String {
    id.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

/// The spans of the trace that the run says it is in.
fn of_run<'a>(spans: &'a [Span], run: &wire::Run) -> Vec<&'a Span> {
    let trace = run.trace_id.as_deref().unwrap();
    spans.iter().filter(|span| hex(&span.trace_id) == trace).collect()
}

fn is_one_tree(spans: &[Span], run: &wire::Run) {
    let ours = of_run(spans, run);
    assert!(ours.iter().all(|span| span.trace_state == STATE));
    let find = |name: &str| {
        let found = ours.iter().find(|span| span.name == name);
        *found.unwrap_or_else(|| panic!("no {name}: {:?}", ours.iter().map(|it| &it.name)))
    };
    let within = |child: &str, parent: &str| {
        assert_eq!(find(child).parent_span_id, find(parent).span_id, "{child} in {parent}");
    };
    assert_eq!(hex(&find("POST /v1/tasks").parent_span_id), CALLER[36..52]);
    within("send browser_tasks", "POST /v1/tasks");
    within("process browser_tasks", "send browser_tasks");
    within("invoke_agent browser", "process browser_tasks");
    for step in ["execute_tool navigate", "execute_tool fill", "execute_tool extract"] {
        within(step, "invoke_agent browser");
    }
    within("search_memory", "invoke_agent browser");
    within("create_memory", "process browser_tasks");
    let receive = spans.iter().find(|span| span.name == "receive browser_tasks").unwrap();
    for span in [find("process browser_tasks"), receive] {
        assert_eq!(span.links[0].span_id, find("send browser_tasks").span_id, "{}", span.name);
    }
}

#[tokio::test]
async fn a_collector_is_told_one_tree_by_http_and_nothing_private() {
    check("http/protobuf").await;
}

#[tokio::test]
async fn a_collector_is_told_one_tree_by_grpc_and_nothing_private() {
    check("grpc").await;
}

#[tokio::test]
async fn a_later_attempt_is_found_by_the_trace_of_its_own() {
    let (fleet, site) = (Fleet::new().await, GateSite::start().await);
    let collector = Collector::start().await;
    let (_api, client) = fleet.api().await;
    let mut first = fleet.work("first", &["--lease-seconds", "2"]);
    let task = client.submit(&site.task("traced")).await;
    site.reached(&client, &task, 1).await;
    first.signal(Signal::SIGKILL);
    first.wait().await;

    let mut second = fleet.command("work");
    exporting(second.args(["--poll-ms", "200"]), &collector, "http/protobuf");
    let mut second = Process::spawn(&mut second, &fleet.dir().join("second.log"));
    site.reached(&client, &task, 2).await;
    let [lost, run]: [wire::Run; 2] = client.runs(task.id).await.try_into().unwrap();
    assert_eq!(lost.trace_id, task.trace_id);
    assert_ne!(run.trace_id, task.trace_id);
    site.open("traced");
    client.ended_as(task.id, TaskState::Succeeded).await;
    second.signal(Signal::SIGTERM);
    assert!(second.wait().await.success());

    let spans = collector.spans();
    let own = of_run(&spans, &run);
    let process = own.iter().find(|span| span.name == "process browser_tasks").unwrap();
    assert_eq!(Some(hex(&process.links[0].trace_id)), task.trace_id);
    assert!(own.iter().any(|span| span.name == "invoke_agent browser"));
}

#[tokio::test]
async fn a_run_that_a_human_answered_is_whole_in_the_trace_of_its_task() {
    let (fleet, site) = (Fleet::new().await, GateSite::start().await);
    let collector = Collector::start().await;
    let (_api, client) = fleet.api().await;
    let mut worker = fleet.command("work");
    exporting(worker.args(["--poll-ms", "200"]), &collector, "http/protobuf");
    let mut worker = Process::spawn(&mut worker, &fleet.dir().join("worker.log"));
    let mut body = site.task("answered");
    let plan = body.as_object_mut().unwrap().remove("plan").unwrap();
    body["limits"]["answer_seconds"] = json!(600);
    site.open("answered");
    let task = client.submit(&body).await;
    let escalation = asked(&client, &task).await;
    answered(&client, &escalation, &json!({"kind": "plan", "plan": plan})).await;
    client.ended_as(task.id, TaskState::Succeeded).await;
    let [run]: [wire::Run; 1] = client.runs(task.id).await.try_into().unwrap();
    assert_eq!(run.trace_id, task.trace_id);
    worker.signal(Signal::SIGTERM);
    assert!(worker.wait().await.success());

    let spans = collector.spans();
    for part in ["process browser_tasks", "invoke_agent browser"] {
        let parts = |spans: &[&Span]| spans.iter().filter(|span| span.name == part).count();
        assert_eq!(parts(&of_run(&spans, &run)), 2, "{part}: before the answer, and after it");
        assert_eq!(parts(&spans.iter().collect::<Vec<_>>()), 2, "{part}");
    }
}
