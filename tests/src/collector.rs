//! A collector: takes spans, measurements and log records over OTLP, by HTTP and by gRPC, and keeps
//! them as they came.

use crate::site::Site;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use axum::routing::post;
use http_body_util::BodyExt as _;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use std::sync::{Arc, Mutex};

/// A running collector; it ends when dropped.
pub struct Collector {
    site: Site,
    received: Received,
}

/// What came: the signal, and the protobuf of the request.
type Received = Arc<Mutex<Vec<(String, Bytes)>>>;

impl Collector {
    /// Starts it.
    ///
    /// # Panics
    /// No port can be had.
    pub async fn start() -> Self {
        let received = Received::default();
        let router = Router::new()
            .route("/v1/{signal}", post(by_http))
            .route("/{service}/Export", post(by_grpc))
            .with_state(received.clone());
        Self { site: Site::serve(router).await, received }
    }

    /// Its URL, for either protocol.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.site.url
    }

    /// The spans that came.
    ///
    /// # Panics
    /// A request is no protobuf of spans.
    #[must_use]
    pub fn spans(&self) -> Vec<Span> {
        let received = self.received.lock().unwrap();
        let requests = received.iter().filter(|(signal, _)| signal == "traces");
        let requests =
            requests.map(|(_, body)| ExportTraceServiceRequest::decode(body.clone()).unwrap());
        let resources = requests.flat_map(|request| request.resource_spans);
        resources.flat_map(|it| it.scope_spans).flat_map(|it| it.spans).collect()
    }

    /// All bytes that came for a signal, or for all of them with an empty name.
    ///
    /// # Panics
    /// A handler panicked before.
    #[must_use]
    pub fn text(&self, signal: &str) -> String {
        let received = self.received.lock().unwrap();
        let of = received.iter().filter(|(to, _)| signal.is_empty() || to == signal);
        of.map(|(_, body)| String::from_utf8_lossy(body).into_owned()).collect()
    }
}

async fn by_http(
    State(received): State<Received>,
    Path(signal): Path<String>,
    body: Bytes,
) -> Response {
    received.lock().unwrap().push((signal, body));
    let mut response = Response::new(Body::empty());
    let protobuf = HeaderValue::from_static("application/x-protobuf");
    response.headers_mut().insert("content-type", protobuf);
    response
}

/// One message behind its five bytes of flag and length; the answer is an empty one.
async fn by_grpc(
    State(received): State<Received>,
    Path(service): Path<String>,
    body: Bytes,
) -> Response {
    let signal = match &*service {
        "opentelemetry.proto.collector.trace.v1.TraceService" => "traces",
        "opentelemetry.proto.collector.metrics.v1.MetricsService" => "metrics",
        _ => "logs",
    };
    assert_eq!(body.first(), Some(&0), "it is not compressed");
    received.lock().unwrap().push((signal.to_owned(), body.slice(5..)));
    let trailers =
        HeaderMap::from_iter([("grpc-status".parse().unwrap(), HeaderValue::from_static("0"))]);
    let empty = http_body_util::Full::new(Bytes::from_static(&[0; 5]));
    let answer = empty.with_trailers(std::future::ready(Some(Ok(trailers))));
    let mut response = Response::new(Body::new(answer));
    let grpc = HeaderValue::from_static("application/grpc");
    response.headers_mut().insert("content-type", grpc);
    response
}
