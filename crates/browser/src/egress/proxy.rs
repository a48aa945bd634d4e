//! The proxy of one session: `CONNECT` for https and WebSockets, whole requests for http.

use super::connect::connect;
use super::log::{EgressLog, Trouble};
use super::rules::{Guarded, Rules};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

/// Marks an answer as ours.
pub(crate) const MARK: HeaderName = HeaderName::from_static("x-waymark-egress");

/// Headers that are about one connection and not about the message.
const HOP_BY_HOP: [HeaderName; 8] = [
    header::CONNECTION,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// A listening proxy; dropping it closes it and every connection through it, and so does the end
/// of the pool.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    pub(crate) log: Arc<EgressLog>,
    _guarded: Guarded,
    _shut: DropGuard,
}

type Body = BoxBody<Bytes, hyper::Error>;

#[derive(Clone)]
struct Shared {
    rules: Arc<Rules>,
    log: Arc<EgressLog>,
    client: Client<Connector, Incoming>,
    tracker: TaskTracker,
    shut: CancellationToken,
}

impl Proxy {
    pub(crate) async fn start(
        rules: Arc<Rules>,
        tracker: &TaskTracker,
        stopping: &CancellationToken,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        // The way out of one session is none for another.
        let guarded = rules.guard(vec![address]);
        let log = Arc::new(EgressLog::default());
        let shut = stopping.child_token();
        let connector = Connector { rules: Arc::clone(&rules) };
        let shared = Shared {
            rules: Arc::clone(&rules),
            log: Arc::clone(&log),
            client: Client::builder(TokioExecutor::new())
                .http1_preserve_header_case(true)
                .http1_title_case_headers(true)
                .set_host(false)
                .build(connector),
            tracker: tracker.clone(),
            shut: shut.clone(),
        };
        tracker.spawn(shut.clone().run_until_cancelled_owned(accept(listener, shared)));
        Ok(Self { port: address.port(), log, _guarded: guarded, _shut: shut.drop_guard() })
    }
}

async fn accept(listener: TcpListener, shared: Shared) {
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of descriptors, most likely; others may give some back.
                tracing::warn!(%error, "the egress proxy cannot accept a connection");
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                continue;
            }
        };
        stream.set_nodelay(true).ok();
        let shut = shared.shut.clone();
        shared.tracker.spawn(shut.run_until_cancelled_owned(serve(stream, shared.clone())));
    }
}

async fn serve(stream: TcpStream, shared: Shared) {
    let service = service_fn(move |request| {
        let shared = shared.clone();
        async move { Ok::<_, hyper::Error>(answer(request, shared).await) }
    });
    let serving = hyper::server::conn::http1::Builder::new()
        .preserve_header_case(true)
        .title_case_headers(true)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    if let Err(error) = serving.await {
        tracing::debug!(%error, "a connection of the egress proxy ended");
    }
}

async fn answer(request: Request<Incoming>, shared: Shared) -> Response<Body> {
    if request.method() == Method::CONNECT {
        tunnel(request, shared).await
    } else {
        forward(request, &shared).await
    }
}

async fn tunnel(request: Request<Incoming>, shared: Shared) -> Response<Body> {
    let Some((host, port)) = request
        .uri()
        .authority()
        .and_then(|authority| Some((authority.host().to_owned(), authority.port_u16()?)))
    else {
        return plain(StatusCode::BAD_REQUEST, "CONNECT needs host:port");
    };
    let mut upstream = match connect(&shared.rules, &host, port).await {
        Ok(upstream) => upstream,
        Err(trouble) => return troubled(&shared.log, trouble),
    };
    let tunnelling = async move {
        if let Ok(upgraded) = hyper::upgrade::on(request).await {
            // Either side may close at any time; that is how tunnels end.
            tokio::io::copy_bidirectional(&mut TokioIo::new(upgraded), &mut upstream).await.ok();
        }
    };
    shared.tracker.spawn(shared.shut.clone().run_until_cancelled_owned(tunnelling));
    plain(StatusCode::OK, "")
}

async fn forward(mut request: Request<Incoming>, shared: &Shared) -> Response<Body> {
    if request.uri().scheme_str() != Some("http") || request.uri().authority().is_none() {
        return plain(StatusCode::BAD_REQUEST, "this is a proxy: the whole URL is needed");
    }
    let host = request.uri().host().unwrap_or_default().trim_matches(['[', ']']).to_lowercase();
    let port = request.uri().port_u16().unwrap_or(80);
    strip(request.headers_mut());
    match shared.client.request(request).await {
        Ok(mut response) => {
            strip(response.headers_mut());
            response.headers_mut().remove(MARK);
            response.map(BodyExt::boxed)
        }
        Err(error) => {
            let trouble = trouble_in(&error).unwrap_or_else(|| Trouble {
                host,
                port,
                refused: false,
                message: "the server closed the connection".into(),
            });
            troubled(&shared.log, trouble)
        }
    }
}

fn strip(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in HOP_BY_HOP.into_iter().chain(named) {
        headers.remove(name);
    }
}

fn troubled(log: &EgressLog, trouble: Trouble) -> Response<Body> {
    let (status, mark) = if trouble.refused {
        (StatusCode::FORBIDDEN, "refused")
    } else {
        (StatusCode::BAD_GATEWAY, "failed")
    };
    tracing::debug!("{}", trouble.message);
    let mut response = plain(status, &trouble.message);
    response.headers_mut().insert(MARK, HeaderValue::from_static(mark));
    log.add(trouble);
    response
}

fn plain(status: StatusCode, text: &str) -> Response<Body> {
    let body = Full::new(Bytes::from(text.to_owned())).map_err(|never| match never {}).boxed();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

/// Connects http requests, after asking the rules.
#[derive(Clone)]
struct Connector {
    rules: Arc<Rules>,
}

/// A trouble on its way through the client's errors.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.message)]
struct Stopped(Trouble);

fn trouble_in(error: &(dyn std::error::Error + 'static)) -> Option<Trouble> {
    let mut error = Some(error);
    while let Some(inner) = error {
        if let Some(Stopped(trouble)) = inner.downcast_ref() {
            return Some(trouble.clone());
        }
        error = inner.source();
    }
    None
}

impl tower_service::Service<Uri> for Connector {
    type Response = TokioIo<TcpStream>;
    type Error = Stopped;
    type Future = Pin<Box<dyn Future<Output = Result<TokioIo<TcpStream>, Stopped>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Stopped>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let rules = Arc::clone(&self.rules);
        Box::pin(async move {
            let host = uri.host().unwrap_or_default();
            let port = uri.port_u16().unwrap_or(80);
            connect(&rules, host, port).await.map(TokioIo::new).map_err(Stopped)
        })
    }
}
