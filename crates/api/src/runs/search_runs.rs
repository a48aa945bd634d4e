//! `GET /v1/runs/search`: runs by what went wrong in them and what they were after, in any words.

mod asked;

use crate::AppState;
use crate::cursor::after_score;
use crate::extract::{Caller, Listing, Query, TracesRead};
use crate::problem::{ApiError, Lists};
use asked::{Asked, Fields};
use axum::Json;
use axum::extract::State;
use domain::id::ProjectId;
use domain::search::{Sought, snippet};
use std::time::Instant;
use store::{FoundRun, Matched, SearchError};
use telemetry::metrics;

/// Search runs
///
/// Finds runs by their failed steps (what a step was for, what went wrong, with which element, where)
/// and by their goals and ends, best first, each run once. Failed steps are found by their words as
/// soon as they are recorded, and by meaning a moment later; goals when the run has ended. What does
/// not fit well enough is not shown at all, so a question about something else finds nothing.
///
/// A question finds at most the 100 nearest texts by meaning and 100 by words, and every run that has
/// one of them; where there may be more, narrow it with a filter. Texts are without what differs from
/// run to run: in messages, numbers, ids and whatever is quoted (values and locators as a tool writes
/// them) are masked, so a question in double quotes does not find those.
#[utoipa::path(get, path = "/v1/runs/search", tag = "runs", security(("api_key" = ["traces:read"])),
    params(Asked), responses(Lists, (status = 200, description = "One page", body = wire::SearchPage)))]
pub(crate) async fn search_runs(
    State(app): State<AppState>,
    caller: Caller<TracesRead>,
    listing: Listing,
    Query(asked): Query<Asked>,
) -> Result<Json<wire::SearchPage>, ApiError> {
    let fields = asked.fields();
    let request = asked.request(listing)?;
    let begun = Instant::now();
    let searched = app.search.search(caller.project, &request).await;
    let error = searched.as_ref().err().map(|_| "search_failed");
    metrics().searched(request.mode.as_str(), error, begun.elapsed());
    let page = searched?;
    let next = page.next.map(|cursor| after_score(listing, cursor));
    let mut items = Vec::with_capacity(page.items.len());
    for found in page.items {
        items.push(shown(&app, caller.project, found, (&request.sought, fields)).await?);
    }
    Ok(Json(wire::SearchPage { items, next, mode: page.mode }))
}

async fn shown(
    app: &AppState,
    project: ProjectId,
    found: FoundRun,
    (sought, fields): (&Sought, Fields),
) -> Result<wire::FoundRun, ApiError> {
    let FoundRun { run, score, matched } = found;
    let step = match matched.seq.filter(|_| fields.step) {
        Some(seq) => app.store.steps().list(project, run.id, seq.checked_sub(1), 1).await?.pop(),
        None => None,
    };
    Ok(wire::FoundRun {
        id: run.id,
        score: score.value(),
        matched: fields.matched.then(|| part(matched, sought)),
        step: step.map(|step| wire::Step::new(step.step, step.artifacts, step.recalls)),
        run: fields.run.then(|| wire::Run::listed(run)),
    })
}

fn part(matched: Matched, sought: &Sought) -> wire::Match {
    let Matched { seq, passage, healed } = matched;
    let snippet = snippet(&passage, sought);
    wire::Match {
        kind: passage.kind,
        seq,
        element: passage.element().map(str::to_owned),
        intent: passage.title,
        page: seq.map(|_| passage.page),
        error_class: passage.class,
        snippet,
        healed,
    }
}

impl From<SearchError> for ApiError {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::NoMeaning => Self::NoMeaning,
            SearchError::Store(error) => error.into(),
        }
    }
}
