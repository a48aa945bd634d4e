//! `POST /v1/recalls/{id}/outcome`: what became of advice is a fact, and counts.

use crate::AppState;
use crate::extract::{Body, Caller, Id, MemoryAsk};
use crate::problem::{ApiError, BodyById, Thing};
use axum::Json;
use axum::extract::State;
use domain::id::RecallId;
use store::Reported;
use telemetry::{Asker, metrics, spans};
use tracing::Instrument as _;

/// Report what became of advice
///
/// Piece by piece: `worked`, `failed`, `unverified` (done, and nobody can tell) or `not_tried`. A piece
/// is named by its `rank` or its `remedy_id`. The same report again is answered alike (200); another
/// one about the same piece is refused (409, `outcome_conflict`), and nothing of it is kept.
///
/// Reports are counted apart from what our own workers saw (`proof.reported`). They rank, and several
/// failures cast doubt on a remedy until it has worked here again, or half as many say that it works.
/// They never make a remedy proven, a pattern, or advice of the tier `high`; what runs of ours made one
/// is one again when the doubt is over.
///
/// An agent that found its own way may tell it in `remedy`: typed actions on the site that was asked
/// about, without values. It is kept with the trust `reported` and served as a hint until it has
/// worked in a run of ours.
#[utoipa::path(post, path = "/v1/recalls/{id}/outcome", tag = "memory",
    security(("api_key" = ["memory:ask"])),
    params(("id" = RecallId, Path, description = "The recall, as `/v1/recall` answered it")),
    request_body(content = wire::ReportOutcome, examples(
        ("worked" = (summary = "The first piece worked", value = json!({
            "outcomes": [{"rank": 1, "outcome": "worked"}]}))),
        ("several" = (summary = "The first failed, the second was not needed", value = json!({
            "outcomes": [{"rank": 1, "outcome": "failed", "note": "the button was disabled"},
                         {"rank": 2, "outcome": "not_tried"}]}))),
        ("own" = (summary = "Something else worked", value = json!({
            "remedy": {"first": [{"action": "click", "target": {"role": "button", "name": "Accept"}}],
                       "action": {"action": "click", "target": {"role": "button", "name": "Order now"}}}}))))),
    responses(BodyById,
        (status = 200, description = "What is kept, and what memory makes of it", body = wire::OutcomeReport),
        (status = 409, description = "Something else was reported before", body = wire::Problem,
            content_type = "application/problem+json")))]
pub(crate) async fn report_outcome(
    State(app): State<AppState>,
    caller: Caller<MemoryAsk>,
    Id(id): Id<RecallId>,
    Body(form): Body<wire::ReportOutcome>,
) -> Result<Json<wire::OutcomeReport>, ApiError> {
    let recall = app.store.recalls().find_outside(caller.project, id).await?;
    let recall = recall.ok_or(ApiError::Missing(Thing::Recall))?;
    let told = form.check(&recall).map_err(ApiError::InvalidBody)?;
    let span = spans::update_memory(&id);
    let recalls = app.store.recalls();
    let reported = recalls.report(&recall, &told).instrument(span.clone()).await;
    match reported.inspect_err(|_| spans::fails(&span, "memory_unavailable"))? {
        Reported::Conflict { rank, known } => Err(ApiError::OutcomeConflict { rank, known }),
        Reported::Missing => Err(ApiError::Missing(Thing::Recall)),
        Reported::Done(kept) => {
            for told in kept.iter().filter(|told| told.is_new) {
                metrics().advice_ended(Asker::Api, told.kept.outcome.as_str());
            }
            let kept = kept.into_iter().map(|it| (it.kept, it.counts, it.known));
            Ok(Json(wire::OutcomeReport::new(id, kept)))
        }
    }
}
