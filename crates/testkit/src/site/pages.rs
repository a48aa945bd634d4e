//! The static pages.

use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};

macro_rules! pages {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!($name, ".html")))),*]
    };
}

/// Every page with its name, which is its path.
const PAGES: &[(&str, &str)] = pages![
    "actions",
    "aria",
    "challenge",
    "console",
    "controlled",
    "dialogs",
    "downloads",
    "drag",
    "editable",
    "egress",
    "fields",
    "form",
    "framed",
    "frames",
    "hard",
    "huge",
    "index",
    "inner",
    "late",
    "links",
    "lists",
    "many",
    "mask",
    "moving",
    "pickers",
    "popup",
    "schemes",
    "secret",
    "select",
    "shadow",
    "strict",
    "ticks",
    "tricky",
    "upload",
    "validation",
];

/// Serves a page by its path.
pub(super) async fn page(uri: Uri) -> Response {
    let name = uri.path().trim_matches('/');
    let name = if name.is_empty() { "index" } else { name };
    let html = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    match PAGES.iter().find(|(known, _)| *known == name) {
        Some((_, text)) => (html, *text).into_response(),
        None => (StatusCode::NOT_FOUND, html, "<h1>No such page</h1>").into_response(),
    }
}
