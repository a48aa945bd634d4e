//! Pages by hand: a frame, what goes into it, and escaping.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};

/// The look of a site: the frame around every page of it.
#[derive(Clone, Copy)]
pub(super) struct Look(pub(super) &'static str);

impl Look {
    /// A whole page.
    pub(super) fn page(self, title: &str, body: &str) -> Html<String> {
        Html(self.0.replace("{{title}}", &escape(title)).replace("{{body}}", body))
    }

    /// A page that says one thing.
    pub(super) fn notice(self, text: &str) -> Html<String> {
        self.page(text, &format!("<h1>{text}</h1><p><a href=\"/\">Back</a></p>"))
    }

    /// A page that says what is missing.
    pub(super) fn refusal(self, text: &str) -> Response {
        let body = format!("<p role=\"alert\">{text}</p><p><a href=\"/\">Back</a></p>");
        (StatusCode::UNPROCESSABLE_ENTITY, self.page("Not yet", &body)).into_response()
    }

    /// No such page.
    pub(super) fn not_found(self) -> Response {
        (StatusCode::NOT_FOUND, self.notice("There is no such page")).into_response()
    }
}

/// Text as it may stand in a page.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
