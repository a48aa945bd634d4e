//! `GET /v1/sites/{site}`: what works and what fails there, and how it has been lately.

use super::shown;
use crate::AppState;
use crate::extract::{Caller, SiteName, TracesRead};
use crate::problem::{ApiError, ById, Thing};
use axum::Json;
use axum::extract::State;
use chrono::{Days, NaiveDate};
use domain::fleet::Span;
use domain::id::ProjectId;
use domain::memory::{MemoryEntry, MemoryState};
use store::{MemoryFilter, MemoryRequest, SiteDay, StoreError, Unsolved};

/// How many memories are shown, of what works and of what does not.
const SHOWN: u32 = 20;

/// How many failures are that nothing gets past.
const UNSOLVED: u32 = 10;

/// How many days are shown.
const DAYS: u64 = 30;

/// Show a site
///
/// How it is and why, what gets past its failures, which of them nothing gets past, what is not worth
/// trying, and its days.
#[utoipa::path(get, path = "/v1/sites/{site}", tag = "memory", security(("api_key" = ["traces:read"])),
    params(("site" = String, Path, description = "Its name, percent-encoded where it has to be",
        min_length = 1, pattern = "^[!-~]+$")),
    responses(ById, (status = 200, description = "The site", body = wire::SiteReport)))]
pub(crate) async fn get_site(
    State(app): State<AppState>,
    caller: Caller<TracesRead>,
    SiteName(site): SiteName,
) -> Result<Json<wire::SiteReport>, ApiError> {
    let overview = app.store.sites().find(caller.project, &site).await?;
    let overview = overview.ok_or(ApiError::Missing(Thing::Site))?;
    let until = app.clock.now().date_naive();
    let since = until.checked_sub_days(Days::new(DAYS - 1)).unwrap_or(NaiveDate::MIN);
    let days = app.store.sites().days(caller.project, &site, Span { since, until }).await?;
    let unsolved = app.store.sites().unsolved(caller.project, &site, UNSOLVED).await?;
    let known = |states| known(&app, caller.project, &site, states);
    let works = known(vec![MemoryState::Pattern, MemoryState::Proven]).await?;
    let avoid = known(vec![MemoryState::Retired, MemoryState::DeadEnd]).await?;
    Ok(Json(wire::SiteReport {
        site: shown(overview),
        works: works.into_iter().map(Into::into).collect(),
        unsolved: unsolved.into_iter().map(failing).collect(),
        avoid: avoid.into_iter().map(Into::into).collect(),
        days: days.into_iter().map(day).collect(),
    }))
}

/// What memory holds about the site in these states.
async fn known(
    app: &AppState,
    project: ProjectId,
    site: &str,
    states: Vec<MemoryState>,
) -> Result<Vec<MemoryEntry>, StoreError> {
    let filter = MemoryFilter { site: Some(site.to_owned()), states, ..MemoryFilter::default() };
    let request = MemoryRequest { limit: SHOWN, after: None };
    Ok(app.store.memories().list(project, &filter, &request).await?.items)
}

fn failing(unsolved: Unsolved) -> wire::Unsolved {
    let Unsolved { situation, seen, last_seen_at, runs, last_run_id } = unsolved;
    wire::Unsolved {
        fails: situation.describe(),
        page: situation.page,
        intent: situation.intent,
        error_class: situation.class,
        seen,
        last_seen_at,
        runs,
        last_run_id,
    }
}

fn day(day: SiteDay) -> wire::SiteDay {
    let SiteDay { day, runs, period, foreseen } = day;
    wire::SiteDay { day, runs, period: period.into(), foreseen }
}
