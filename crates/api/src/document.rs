//! The OpenAPI document, apart from what stands with each operation; and where it is served.

use crate::problem::{problem_schema, shared_responses};
use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use std::sync::Arc;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi, ToSchema as _};
use utoipa_swagger_ui::{Config, SwaggerUi};

/// The document without its operations.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Waymark",
        version = "1",
        description = "Runs browser tasks and remembers how they went. Submit a task, follow it, \
                       read its trace. Every refusal is a problem (RFC 9457) with a stable `code` \
                       and a `trace_id`; unknown fields and unknown query keys are refused; lists \
                       are pages with an opaque `next`; times are RFC 3339, UTC."
    ),
    tags(
        (name = "tasks", description = "What is to be done, and how far it is"),
        (name = "runs", description = "How it went: attempts, their steps, screenshots and snapshots"),
        (name = "escalations", description = "What agents ask humans, and the answers"),
        (name = "memory", description = "What was learnt from traces, what works where, and whether the fleet gets better; advice for any agent in trouble, and what became of it"),
        (name = "keys", description = "Who may do what"),
        (name = "retention", description = "How long things are kept, and what was removed"),
        (name = "health", description = "Whether the service can work")
    ),
    components(schemas(wire::TaskEvent, wire::Task, wire::Run, wire::Step, wire::Artifact, wire::ApiKey, wire::Escalation, wire::Memory, wire::Pattern, wire::Site)),
    modifiers(&Shared)
)]
pub(crate) struct Document;

/// What all operations share.
struct Shared;

impl Modify for Shared {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        document.info.license = None; // the derive would name an empty one
        let mut bearer = Http::new(HttpAuthScheme::Bearer);
        bearer.bearer_format = Some("wm_…".into());
        bearer.description =
            Some("An API key. Each operation names the scope that it needs.".into());
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("api_key", SecurityScheme::Http(bearer));
        let (name, schema) = problem_schema();
        components.schemas.insert(name, schema);
        let mut nested = Vec::new();
        wire::Problem::schemas(&mut nested);
        components.schemas.extend(nested);
        for (name, response) in shared_responses() {
            components.responses.insert(name.into(), response.into());
        }
    }
}

/// `/openapi.json` and, for reading and trying it without a network, `/docs`.
pub(crate) fn routes(document: &utoipa::openapi::OpenApi) -> Result<Router, serde_json::Error> {
    const JSON: HeaderValue = HeaderValue::from_static("application/json");
    let text: Arc<str> = document.to_pretty_json()?.into();
    let serve = get(move || async move { ([(CONTENT_TYPE, JSON)], text.to_string()) });
    let pages: Router = SwaggerUi::new("/docs").config(Config::from("/openapi.json")).into();
    Ok(pages.layer(from_fn(page_policy)).route("/openapi.json", serve))
}

/// The pages need their own scripts and styles, and nothing from elsewhere.
async fn page_policy(request: axum::extract::Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
             frame-ancestors 'none'",
        ),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    response
}
