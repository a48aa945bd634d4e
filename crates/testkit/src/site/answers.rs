//! The answers that are made when asked.

use super::{Received, Record};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use std::sync::PoisonError;
use std::time::Duration;

const BODY_LIMIT: usize = 64 << 20;

/// Notes every request before it is answered.
pub(super) async fn record(State(record): State<Record>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, BODY_LIMIT).await.unwrap_or_default();
    let received = Received {
        method: parts.method.to_string(),
        path: parts.uri.to_string(),
        body: String::from_utf8_lossy(&body).into_owned(),
        cookies: cookies(&parts.headers),
    };
    record.lock().unwrap_or_else(PoisonError::into_inner).push(received);
    next.run(Request::from_parts(parts, Body::from(body))).await
}

fn cookies(headers: &HeaderMap) -> String {
    let value = headers.get(header::COOKIE).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_owned()
}

/// A page with a status.
pub(super) async fn status(Path(status): Path<u16>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::IM_A_TEAPOT);
    (status, Html(format!("<title>{status}</title><h1>{status}</h1>"))).into_response()
}

/// A status without a page.
pub(super) async fn empty_status(Path(status): Path<u16>) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::IM_A_TEAPOT)
}

#[derive(Deserialize)]
pub(super) struct Slow {
    ms: u64,
}

/// A page that takes its time.
pub(super) async fn slow(Query(Slow { ms }): Query<Slow>) -> Html<&'static str> {
    tokio::time::sleep(Duration::from_millis(ms)).await;
    Html("<title>Slow</title><h1>Slow, but here</h1>")
}

/// A page that never comes.
pub(super) async fn hang() -> Html<&'static str> {
    std::future::pending().await
}

#[derive(Deserialize)]
pub(super) struct To {
    to: String,
}

/// Sends elsewhere.
pub(super) async fn redirect(Query(To { to }): Query<To>) -> Redirect {
    Redirect::to(&to)
}

#[derive(Deserialize)]
pub(super) struct Size {
    #[serde(default)]
    bytes: usize,
}

/// A file.
pub(super) async fn download(
    Path(name): Path<String>,
    Query(Size { bytes }): Query<Size>,
) -> Response {
    let content =
        if bytes > 0 { vec![b'x'; bytes] } else { format!("this is {name}").into_bytes() };
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_DISPOSITION, disposition)], content).into_response()
}

/// A page that shows what was sent.
pub(super) async fn echo(body: Bytes) -> Html<String> {
    let text = String::from_utf8_lossy(&body).replace('&', "&amp;").replace('<', "&lt;");
    Html(format!("<title>Echo</title><h1>Received</h1><pre id=body>{text}</pre>"))
}

#[derive(Deserialize)]
pub(super) struct Answer {
    #[serde(default)]
    status: Option<u16>,
    #[serde(default)]
    ms: u64,
}

/// An answer to a script.
pub(super) async fn answer(Query(Answer { status, ms }): Query<Answer>) -> Response {
    tokio::time::sleep(Duration::from_millis(ms)).await;
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    (status.unwrap_or(StatusCode::OK), "{}").into_response()
}

fn login_form(complaint: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><title>Log in</title><h1>Log in</h1>{complaint}\
         <form method=post action=/login>\
         <label for=user>Username:</label> <input id=user name=user>\
         <label for=pass>Password:</label> <input id=pass name=pass type=password>\
         <button>Log in</button></form>"
    ))
}

/// The login page.
pub(super) async fn login_page() -> Html<String> {
    login_form("")
}

/// Logs `ada` with the password `correct horse` in.
pub(super) async fn log_in(body: Bytes) -> Response {
    if body.as_ref() == b"user=ada&pass=correct+horse" {
        return ([(header::SET_COOKIE, "session=ada; Path=/")], Redirect::to("/private"))
            .into_response();
    }
    login_form("<p class=errornote>Please enter the correct username and password.</p>")
        .into_response()
}

/// A page for those who are logged in; others are sent to the login.
pub(super) async fn private(headers: HeaderMap) -> Response {
    if cookies(&headers).contains("session=ada") {
        Html("<title>Private</title><h1>Hello, ada</h1><button>Delete</button>").into_response()
    } else {
        Redirect::to("/login?next=/private").into_response()
    }
}

/// Shows the cookie it sets, and what came.
pub(super) async fn cookie(headers: HeaderMap) -> Response {
    let came = cookies(&headers);
    let page = Html(format!("<title>Cookie</title><p id=cookie>[{came}]</p>"));
    ([(header::SET_COOKIE, "visited=yes; Path=/")], page).into_response()
}
