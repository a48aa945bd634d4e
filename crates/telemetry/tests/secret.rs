//! What goes to an `https` endpoint is sent over TLS, to whom the system trusts.

#![expect(clippy::unwrap_used, reason = "what is not so here fails the test")]
#![expect(
    clippy::disallowed_methods,
    reason = "the process that a test starts is told by its environment what to do"
)]

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::env;
use std::io::Read as _;
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;
use telemetry::{Export, LogFormat, LogOptions, Telemetry, spans};

/// Says which protocol the process that the test started speaks, and where it finds its collector.
const TO: &str = "WAYMARK_TEST_COLLECTOR";

/// A key and the certificate of `localhost`, signed by itself: nobody trusts it but these tests.
const LOCALHOST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/localhost.pem");

/// A process that has one span to tell. Whom a process trusts is said by its environment, so it takes
/// a process of its own.
fn send_a_span(protocol: &str, endpoint: &str) {
    drop(rustls::crypto::ring::default_provider().install_default());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let _inside = runtime.enter();
    let variables = [
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", endpoint),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "2000"),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let export = Export::read(variables).unwrap();
    let log = LogOptions { format: LogFormat::Json, filter: "info".to_owned() };
    let telemetry = Telemetry::start(&log, &export).unwrap();
    drop(spans::search_memory("site"));
    telemetry.shutdown();
}

/// Listens, and hands over what every connection says first once it is secret.
fn collector() -> (u16, mpsc::Receiver<std::io::Result<Vec<u8>>>) {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let certificate = CertificateDer::from_pem_file(LOCALHOST).unwrap();
    let key = PrivateKeyDer::from_pem_file(LOCALHOST).unwrap();
    let anybody = versions.unwrap().with_no_client_auth();
    let mut config = anybody.with_single_cert(vec![certificate], key).unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (heard, said) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = ServerConnection::new(config.clone()).unwrap();
            drop(heard.send(hear(StreamOwned::new(connection, stream))));
        }
    });
    (port, said)
}

fn hear(mut stream: StreamOwned<ServerConnection, TcpStream>) -> std::io::Result<Vec<u8>> {
    let mut first = vec![0; 14];
    stream.read_exact(&mut first)?;
    Ok(first)
}

/// What a collector hears of a process that trusts these.
fn told(protocol: &str, trusted: &str) -> std::io::Result<Vec<u8>> {
    let (port, said) = collector();
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "a_collector_is_told_in_secret", "--nocapture"])
        .env(TO, format!("{protocol} https://localhost:{port}/"))
        .env("SSL_CERT_FILE", trusted)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = said.recv_timeout(Duration::from_secs(1));
    said.unwrap_or_else(|_| panic!("nobody came: {}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn a_collector_is_told_in_secret() {
    if let Ok(to) = env::var(TO) {
        let (protocol, endpoint) = to.split_once(' ').unwrap();
        send_a_span(protocol, endpoint);
        return;
    }
    assert_eq!(told("grpc", LOCALHOST).unwrap(), b"PRI * HTTP/2.0");
    let over_http = told("http/protobuf", LOCALHOST).unwrap();
    assert!(over_http == b"PRI * HTTP/2.0" || over_http == b"POST / HTTP/1.", "{over_http:?}");
    let nobody = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    assert!(told("grpc", nobody).is_err(), "whoever answers is not trusted");
}
