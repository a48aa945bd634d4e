//! `GET /v1/patterns`: what has proved itself, surfaced without being asked for.

use crate::AppState;
use crate::cursor::{GivenCursor, memories};
use crate::extract::{Caller, Limit, Listing, OnPage, Query, TracesRead, Word};
use crate::problem::{ApiError, Lists};
use axum::Json;
use axum::extract::State;
use domain::failure::ErrorClass;
use domain::memory::{MemoryState, Tactic, Voucher};
use serde::Deserialize;
use store::{MemoryFilter, MemoryRequest};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The operation with its path.
pub(crate) fn operations() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_patterns))
}

/// Which patterns.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// Only those of this site.
    #[param(value_type = Option<String>, min_length = 1, pattern = "^[!-~]+$")]
    site: Option<Word>,
    /// Only those of this page, given as in `/orders/{id}/edit`, as a path, or as a URL, whose site then
    /// counts unless `site` names another. Without keys of a query, whichever they are.
    #[param(value_type = Option<String>, pattern = "^(/|https?://)", example = "/orders/{id}/edit")]
    page: Option<OnPage>,
    /// Only those about failures of this class.
    error_class: Option<ErrorClass>,
    /// Only those with this tactic.
    tactic: Option<Tactic>,
    /// Only those that this one vouches for.
    trust: Option<Voucher>,
    /// At most how many.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    limit: Limit,
    /// `next` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<GivenCursor>,
}

/// List patterns
///
/// What fails where, and what has proved to work instead in at least three runs, as surely as the
/// counts allow; last used first. Programs need not run into these failures: a plan that is written
/// with them in mind meets none of them.
#[utoipa::path(get, path = "/v1/patterns", tag = "memory", security(("api_key" = ["traces:read"])),
    params(Asked), responses(Lists, (status = 200, description = "One page", body = wire::Page<wire::Pattern>)))]
pub(crate) async fn list_patterns(
    State(app): State<AppState>,
    caller: Caller<TracesRead>,
    listing: Listing,
    Query(asked): Query<Asked>,
) -> Result<Json<wire::Page<wire::Pattern>>, ApiError> {
    let after = asked.cursor.as_ref().map(|cursor| cursor.change(listing)).transpose()?;
    let request = MemoryRequest { limit: asked.limit.0, after };
    let (site, page) = OnPage::filter(asked.site, asked.page);
    let filter = MemoryFilter {
        site,
        page,
        error_class: asked.error_class,
        tactic: asked.tactic,
        trust: asked.trust,
        states: vec![MemoryState::Pattern],
    };
    let found = app.store.memories().list(caller.project, &filter, &request).await?;
    Ok(Json(memories(listing, found, wire::Pattern::from)))
}
