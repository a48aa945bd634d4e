//! Whatever the collector does, the work goes on and the process ends.

#![expect(clippy::unwrap_used, reason = "what is not so here fails the test")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use telemetry::{Export, LogFormat, LogOptions, Telemetry, spans};

const FULL: usize = 10_000;

/// Does work of so many spans with signals going to this address; how long it took, and the ending.
fn work(endpoint: &str, protocol: &str, spans: usize) -> (Duration, Duration) {
    drop(rustls::crypto::ring::default_provider().install_default());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let _inside = runtime.enter();
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "2000"),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let export = Export::read(variables).unwrap();
    let log = LogOptions { format: LogFormat::Json, filter: "off,collector=info".to_owned() };
    let (telemetry, subscriber) = Telemetry::prepare(&log, &export).unwrap();
    let begun = Instant::now();
    tracing::subscriber::with_default(subscriber, || {
        for number in 0..spans {
            spans::search_memory("site").in_scope(|| {
                if number % 1000 == 0 {
                    tracing::info!("asked");
                }
            });
        }
    });
    let worked = begun.elapsed();
    let ending = Instant::now();
    telemetry.shutdown();
    (worked, ending.elapsed())
}

fn check(endpoint: &str) {
    for protocol in ["http/protobuf", "grpc"] {
        let (worked, ended) = work(endpoint, protocol, FULL);
        assert!(worked < Duration::from_secs(4), "{protocol}: {FULL} spans took {worked:?}");
        assert!(ended < Duration::from_secs(6), "{protocol}: the ending took {ended:?}");
    }
}

/// Listens, and does this with every connection.
fn serve(with: impl Fn(TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let with = Arc::new(with);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let with = with.clone();
            thread::spawn(move || with(stream));
        }
    });
    address
}

#[test]
fn a_collector_that_is_not_there_keeps_nobody() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    check(&format!("http://{address}"));
}

#[test]
fn a_collector_that_never_answers_keeps_nobody() {
    check(&serve(|mut stream| {
        let mut sink = [0; 4096];
        while stream.read(&mut sink).is_ok_and(|read| read > 0) {}
    }));
}

#[test]
fn a_collector_that_refuses_keeps_nobody() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let address = serve(move |mut stream| {
        let mut sink = vec![0; 65_536];
        while stream.read(&mut sink).is_ok_and(|read| read > 0) {
            counted.fetch_add(1, Ordering::Relaxed);
            let refusal = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n";
            if stream.write_all(refusal).is_err() {
                return;
            }
        }
    });
    check(&address);
    assert!(asked.load(Ordering::Relaxed) > 0, "it was never asked");
}

/// What was received: paths, and bodies as they came.
type Received = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// Takes one request of HTTP/1.1 and answers it well; `None` when the connection is over.
fn take(stream: &mut BufReader<TcpStream>) -> Option<(String, Vec<u8>)> {
    let mut first = String::new();
    stream.read_line(&mut first).ok().filter(|read| *read > 0)?;
    let mut length = 0;
    loop {
        let mut header = String::new();
        stream.read_line(&mut header).ok()?;
        if header.trim().is_empty() {
            break;
        }
        if let Some(value) = header.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok()?;
    Some((first.split(' ').nth(1)?.to_owned(), body))
}

#[test]
fn what_is_left_is_sent_before_the_process_ends() {
    let received = Received::default();
    let kept = received.clone();
    let address = serve(move |stream| {
        let mut stream = BufReader::new(stream);
        while let Some(request) = take(&mut stream) {
            kept.lock().unwrap().push(request);
        }
    });
    let (_, ended) = work(&address, "http/protobuf", 100);
    assert!(ended < Duration::from_secs(5), "the ending took {ended:?}");
    let received = received.lock().unwrap();
    let of = |path: &str| {
        let bodies = received.iter().filter(|(to, _)| to == path).map(|(_, body)| body.clone());
        String::from_utf8_lossy(&bodies.collect::<Vec<_>>().concat()).into_owned()
    };
    let (spans, logs) = (of("/v1/traces"), of("/v1/logs"));
    for said in ["search_memory", "gen_ai.operation.name", "service.instance.id", "waymark"] {
        assert!(spans.contains(said), "no {said} among the spans");
    }
    assert!(logs.contains("asked") && logs.contains("service.name"), "the log was not sent");
}
