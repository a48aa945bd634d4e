//! A server that speaks the protocol, with real vectors, in one of several moods.

use crate::model;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use domain::ports::Embedder as _;
use embed::{Endpoint, EndpointOptions, Local};
use serde::Deserialize;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub(crate) const KEY: &str = "sk-very-secret-0123456789";

/// How the server behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Good,
    /// Vectors come last text first, and not of length one.
    OutOfOrder,
    /// The first request is refused with 429 and `Retry-After: 0`, the next is not.
    BusyOnce,
    /// Every request is refused with 429 and this `Retry-After`.
    Busy(&'static str),
    /// The first request ends in 500.
    BrokenOnce,
    /// Every request ends so, with the key in the body.
    Refuses(u16),
    /// Twice as many numbers, unless asked for fewer.
    Long,
    /// Fewer numbers than wanted.
    Short,
    /// One vector too few.
    OneMissing,
    /// A vector of zeros.
    Zeros,
    /// No JSON.
    Garbage,
    /// No answer.
    Silent,
    /// Somewhere else.
    Redirects,
}

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) body: Value,
    pub(crate) authorization: String,
    pub(crate) uri: String,
}

#[derive(Clone)]
struct App {
    mood: Mood,
    model: Arc<Local>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// The server; it ends when dropped.
pub(crate) struct StandIn {
    address: SocketAddr,
    app: App,
    _server: JoinSet<()>,
}

#[derive(Deserialize)]
struct Question {
    model: String,
    input: Vec<String>,
    dimensions: Option<usize>,
}

impl StandIn {
    pub(crate) async fn start(mood: Mood) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let app = App { mood, model: model().await, asked: Arc::default() };
        let router = Router::new()
            .route("/v1/embeddings", post(answer))
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(app.clone());
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(socket, router).await.unwrap() });
        Self { address, app, _server: server }
    }

    pub(crate) fn options(&self) -> EndpointOptions {
        EndpointOptions {
            url: format!("http://{}/v1", self.address),
            model: "minilm".to_owned(),
            dimensions: 384,
            key: Some(KEY.into()),
            timeout: Duration::from_mins(1),
        }
    }

    pub(crate) fn endpoint(&self) -> Endpoint {
        Endpoint::new(self.options()).unwrap()
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.app.asked.lock().unwrap().clone()
    }
}

async fn answer(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    body: Json<Value>,
) -> Response {
    let authorization = headers.get(header::AUTHORIZATION).map(|key| key.to_str().unwrap());
    let asked = Asked {
        body: body.0.clone(),
        authorization: authorization.unwrap_or_default().to_owned(),
        uri: uri.to_string(),
    };
    let before = {
        let mut all = app.asked.lock().unwrap();
        all.push(asked);
        all.len() - 1
    };
    match app.mood {
        Mood::BusyOnce if before == 0 => busy("0"),
        Mood::Busy(after) => busy(after),
        Mood::BrokenOnce if before == 0 => {
            (StatusCode::INTERNAL_SERVER_ERROR, "oh no").into_response()
        }
        Mood::Refuses(status) => {
            let message =
                format!("Incorrect API key provided: {KEY}; bad input: {}", body.0["input"]);
            let error = json!({"error": {"message": message, "type": "invalid_request_error"}});
            (StatusCode::from_u16(status).unwrap(), Json(error)).into_response()
        }
        Mood::Garbage => "<html>welcome to the login page</html>".into_response(),
        Mood::Silent => std::future::pending().await,
        Mood::Redirects => {
            let there = format!("http://{}/elsewhere", headers[header::HOST].to_str().unwrap());
            (StatusCode::FOUND, [(header::LOCATION, there)]).into_response()
        }
        mood => Json(vectors(&app.model, mood, body.0).await).into_response(),
    }
}

fn busy(after: &'static str) -> Response {
    let body = Json(json!({"error": {"message": "Rate limit reached", "type": "requests"}}));
    (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, after)], body).into_response()
}

async fn vectors(model: &Local, mood: Mood, body: Value) -> Value {
    let question: Question = serde_json::from_value(body).unwrap();
    let mut vectors = model.embed(&question.input).await.unwrap();
    let length = match mood {
        Mood::Long => question.dimensions.unwrap_or(768),
        Mood::Short => 100,
        _ => 384,
    };
    for vector in &mut vectors {
        vector.resize(length, 0.5);
        match mood {
            Mood::Zeros => vector.fill(0.0),
            Mood::OutOfOrder => vector.iter_mut().for_each(|x| *x *= 17.0),
            _ => {}
        }
    }
    let items = vectors.iter().enumerate();
    let mut data: Vec<Value> = items
        .map(|(index, vector)| json!({"object": "embedding", "index": index, "embedding": vector}))
        .collect();
    match mood {
        Mood::OutOfOrder => data.reverse(),
        Mood::OneMissing => drop(data.pop()),
        _ => {}
    }
    json!({"object": "list", "model": question.model, "data": data,
           "usage": {"prompt_tokens": 1, "total_tokens": 1}})
}
