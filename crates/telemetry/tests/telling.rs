//! A collector that does not take what it is sent is told of in the log.

#![expect(clippy::unwrap_used, reason = "what is not so here fails the test")]
#![expect(
    clippy::disallowed_methods,
    reason = "the process that a test starts is told by its environment what to do"
)]

use std::env;
use std::net::TcpListener;
use std::process::Command;
use std::time::Duration;
use telemetry::{Export, LogFormat, LogOptions, Telemetry, spans};

/// Says to which protocol the process is that the test started.
const PROTOCOL: &str = "WAYMARK_TEST_PROTOCOL";

/// A process whose collector is not there, and which has more to say than fits. The exporters log on
/// threads of their own, so it takes a process of its own to see it.
fn lose_everything(protocol: String) {
    drop(rustls::crypto::ring::default_provider().install_default());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let _inside = runtime.enter();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "500".to_owned()),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value));
    let export = Export::read(variables).unwrap();
    let log = LogOptions { format: LogFormat::Json, filter: "info".to_owned() };
    let telemetry = Telemetry::start(&log, &export).unwrap();
    for batch in 0..5 {
        for number in 0..4000 {
            spans::search_memory("site").in_scope(|| tracing::info!(batch, number, "asked"));
        }
        std::thread::sleep(Duration::from_millis(300));
    }
    telemetry.shutdown();
}

#[test]
fn a_collector_that_is_not_there_is_told_of_and_not_for_ever() {
    if let Ok(protocol) = env::var(PROTOCOL) {
        lose_everything(protocol);
        return;
    }
    for protocol in ["http/protobuf", "grpc"] {
        let output = Command::new(env::current_exe().unwrap())
            .args(["--exact", "a_collector_that_is_not_there_is_told_of_and_not_for_ever"])
            .arg("--nocapture")
            .env(PROTOCOL, protocol)
            .output()
            .unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{protocol}: {log}");
        let asked = log.lines().filter(|line| line.contains("asked")).count();
        assert_eq!(asked, 20_000, "{protocol}: what else is logged is not held back");
        let told: Vec<_> =
            log.lines().filter(|line| line.contains("\"target\":\"opentelemetry")).collect();
        let of = |what: &str| told.iter().filter(|line| line.contains(what)).count();
        for said in ["BatchSpanProcessor.ExportError", "BatchLogProcessor.ExportError"] {
            assert_eq!(of(said), 1, "{protocol}: {told:#?}");
        }
        assert_eq!(of("dropped_span_count"), 1, "{protocol}: {told:#?}");
        assert!(told.len() < 12, "{protocol}: {told:#?}");
    }
}
