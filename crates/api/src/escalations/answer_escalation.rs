//! `POST /v1/escalations/{id}/answer`: the answer is checked against the question, and the task goes on.

use crate::AppState;
use crate::extract::{Body, Caller, EscalationsAnswer, Id};
use crate::problem::{ApiError, BodyById, Thing};
use axum::Json;
use axum::extract::State;
use domain::escalation::{Escalation, EscalationState};
use domain::id::EscalationId;
use store::Answered;

/// Answer an escalation
///
/// The task goes on with the answer: in the session it asked from while that lives, else in a
/// restored one. The answer is remembered, and the next agent in this situation does not ask.
///
/// `answers` of the escalation says which kinds fit. What an `action` leaves out (its `value`, `as`
/// and so on) is that of the step it stands for; what has to be done before it, or before a
/// `candidate`, is given in `first`, in order; a URL stays on the site of the task, and of secrets
/// only the placeholders of the task can be used. The value of an `input` is used once: it is
/// kept, encrypted, no longer than the run, and never in a trace, a log or an answer.
///
/// One answer counts. A question that has one, or whose time is over, or whose task was cancelled,
/// takes no other (409, with the code `already_answered`, `expired` or `cancelled`).
#[utoipa::path(post, path = "/v1/escalations/{id}/answer", tag = "escalations",
    security(("api_key" = ["escalations:answer"])),
    params(("id" = EscalationId, Path, description = "The escalation")),
    request_body(content = wire::Answer, examples(
        ("candidate" = (summary = "It is this one", value = json!({"kind": "candidate", "index": 0}))),
        ("action" = (summary = "Do this instead", value = json!({"kind": "action",
            "action": {"action": "click", "target": {"role": "button", "name": "Save"}}}))),
        ("first" = (summary = "Open the menu, then it is this one", value = json!({"kind": "candidate", "index": 0,
            "first": [{"action": "click", "target": {"role": "button", "name": "More"}}]}))),
        ("input" = (summary = "The one-time code", value = json!({"kind": "input", "value": "123456"}))),
        ("give_up" = (summary = "It cannot be done", value = json!({"kind": "give_up", "reason": "the feature is gone"}))))),
    responses(BodyById,
        (status = 200, description = "The answered escalation", body = wire::Escalation),
        (status = 409, description = "It takes no answer any more", body = wire::Problem,
            content_type = "application/problem+json")))]
pub(crate) async fn answer_escalation(
    State(app): State<AppState>,
    caller: Caller<EscalationsAnswer>,
    Id(id): Id<EscalationId>,
    Body(form): Body<wire::AnswerForm>,
) -> Result<Json<wire::Escalation>, ApiError> {
    let found = app.store.escalations().find(caller.project, id).await?;
    let escalation = found.ok_or(ApiError::Missing(Thing::Escalation))?;
    if escalation.state != EscalationState::Open || escalation.deadline <= app.clock.now() {
        return Err(closed(&escalation));
    }
    let task = app.store.tasks().find(caller.project, escalation.task_id).await?;
    let task = task.ok_or(ApiError::Missing(Thing::Escalation))?; // deleted in between
    let answer = form.check(&escalation.ask, &task).map_err(ApiError::InvalidBody)?;
    let by = &caller.key.name;
    match app.store.escalations().answer(caller.project, id, &answer, by).await? {
        Answered::Done(escalation) => Ok(Json(wire::Escalation::whole(escalation))),
        Answered::NotFound => Err(ApiError::Missing(Thing::Escalation)),
        Answered::Closed(escalation) => Err(closed(&escalation)),
    }
}

fn closed(escalation: &Escalation) -> ApiError {
    ApiError::EscalationClosed { escalation: escalation.id, state: escalation.state }
}
