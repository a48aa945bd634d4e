//! Another site, of another business: a museum's shop. It shares nothing with the house by the
//! water but a kind of trouble: a question about privacy that lies over its button.

use super::html::Look;
use axum::Router;
use axum::extract::{Form, Path};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use serde::Deserialize;

const LOOK: Look = Look(include_str!("museum/frame.html"));
const PRINTS: [(&str, &str); 2] =
    [("heron", "Grey heron, woodcut"), ("tern", "Arctic tern, etching")];

/// Its pages.
pub(super) fn pages() -> Router {
    Router::new()
        .route("/", get(async || LOOK.page("Prints", include_str!("museum/home.html"))))
        .route("/prints/{id}", get(print))
        .route("/orders", post(order))
        .route("/privacy", get(async || LOOK.notice("We keep nothing")))
}

fn find(id: &str) -> Option<&'static (&'static str, &'static str)> {
    PRINTS.iter().find(|(known, _)| *known == id)
}

async fn print(Path(id): Path<String>) -> Response {
    let Some((id, name)) = find(&id) else { return LOOK.not_found() };
    let body = include_str!("museum/print.html").replace("{{name}}", name).replace("{{id}}", id);
    LOOK.page(name, &body).into_response()
}

#[derive(Deserialize)]
struct Ordered {
    print: String,
}

async fn order(Form(ordered): Form<Ordered>) -> Response {
    let Some((_, name)) = find(&ordered.print) else { return LOOK.not_found() };
    let body = format!(
        "<h1>Ordered</h1><p>Thank you. It will be in the post tomorrow.</p>\
         <p data-testid=\"ordered\">{name}</p>"
    );
    LOOK.page("Ordered", &body).into_response()
}
