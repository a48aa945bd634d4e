//! The demo's human: answers what an agent asks, over the API like any other.

use super::site::FLEXIBLE;
use crate::client::Client;
use anyhow::Result;
use domain::escalation::AnswerKind;
use domain::plan::{ActionName, StepForm, TargetForm};
use reqwest::Method;
use wire::{AnswerForm, Escalation, EscalationCandidate};

/// Reads a question, answers it, and says what was answered.
pub(super) async fn answer(client: &Client, id: &str) -> Result<String> {
    let question: Escalation = client.get(&format!("/v1/escalations/{id}"), &[]).await?;
    let (answer, said) = considered(&question);
    let path = format!("/v1/escalations/{id}/answer");
    client.send(client.request(Method::POST, &path)?.json(&answer)).await?;
    Ok(said)
}

/// This human wants a stay that can be cancelled, and knows what the link to it looks like. Of
/// anything else this human knows nothing: the agents were meant to get past that alone.
fn considered(question: &Escalation) -> (AnswerForm, String) {
    let wanted = question.wanted.as_ref().and_then(|wanted| wanted.target.as_ref());
    if wanted.and_then(|target| target.css.as_deref()) != Some(ASKED_ABOUT) {
        let reason = "nobody was meant to be asked about this".to_owned();
        let answer =
            AnswerForm { reason: Some(reason.clone()), ..AnswerForm::of(AnswerKind::GiveUp) };
        return (answer, format!("give up, {reason}"));
    }
    let mut candidates = question.candidates.iter().flatten();
    if let Some(candidate) = candidates.find(|it| is_meant(it)) {
        let index = Some(candidate.index.into());
        let answer = AnswerForm { index, ..AnswerForm::of(AnswerKind::Candidate) };
        return (answer, format!("number {}, the one that can be cancelled", candidate.index));
    }
    let css = format!("a[href='{HARBOUR}?rate={FLEXIBLE}']");
    let click = StepForm {
        target: Some(TargetForm { css: Some(css.clone()), ..TargetForm::default() }),
        ..StepForm::of(ActionName::Click)
    };
    let answer = AnswerForm { action: Some(Box::new(click)), ..AnswerForm::of(AnswerKind::Action) };
    (answer, format!("none of these: click {css}"))
}

/// What the old plan holds on to where the redesign offers two.
const ASKED_ABOUT: &str = "#book-harbour";
const HARBOUR: &str = "/book/harbour";

fn is_meant(candidate: &EscalationCandidate) -> bool {
    let href = candidate.fingerprint.href.as_deref().unwrap_or_default();
    href.contains(HARBOUR) && href.contains(FLEXIBLE)
}
