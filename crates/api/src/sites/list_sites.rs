//! `GET /v1/sites`: how each site is, those first that need somebody.

use super::shown;
use crate::AppState;
use crate::cursor::{GivenCursor, after_site};
use crate::extract::{Caller, Limit, Listing, Query, TracesRead};
use crate::problem::{ApiError, Lists};
use axum::Json;
use axum::extract::State;
use domain::fleet::SiteState;
use serde::Deserialize;
use std::cmp::Reverse;
use store::SiteOverview;
use utoipa::IntoParams;

/// Which sites.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// Only those that are so.
    state: Option<SiteState>,
    /// At most how many.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    limit: Limit,
    /// `next` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<GivenCursor>,
}

/// List sites
///
/// How each is and why, those first that need somebody, then by name. The last 7 days are judged, beside
/// the 28 days before.
#[utoipa::path(get, path = "/v1/sites", tag = "memory", security(("api_key" = ["traces:read"])),
    params(Asked), responses(Lists, (status = 200, description = "One page", body = wire::Page<wire::Site>)))]
pub(crate) async fn list_sites(
    State(app): State<AppState>,
    caller: Caller<TracesRead>,
    listing: Listing,
    Query(asked): Query<Asked>,
) -> Result<Json<wire::Page<wire::Site>>, ApiError> {
    let after = asked.cursor.as_ref().map(|cursor| cursor.site(listing)).transpose()?;
    let after = after.map(|(state, site)| (Reverse(state), site));
    // How a site is, is worked out from all that is known of it, so all of them are; they are few.
    let mut sites = app.store.sites().list(caller.project).await?;
    sites.retain(|site| asked.state.is_none_or(|state| site.health.state == state));
    sites.retain(|site| after.as_ref().is_none_or(|after| place(site) > *after));
    sites.sort_by_cached_key(place);
    Ok(Json(page(listing, sites, asked.limit)))
}

fn place(site: &SiteOverview) -> (Reverse<SiteState>, String) {
    (Reverse(site.health.state), site.site.clone())
}

fn page(listing: Listing, mut sites: Vec<SiteOverview>, limit: Limit) -> wire::Page<wire::Site> {
    let limit = usize::try_from(limit.0).unwrap_or(usize::MAX);
    let more = sites.len() > limit;
    sites.truncate(limit);
    let last = sites.last().filter(|_| more);
    let next = last.map(|last| after_site(listing, last.health.state, &last.site));
    wire::Page { items: sites.into_iter().map(shown).collect(), next }
}
