//! What agents outside ask about and what memory holds, for tests.

use super::{Asked, TriedWay};
use crate::failure::ErrorClass;
use crate::id::{RemedyId, RunId, SituationId};
use crate::memory::{
    Approach, KnownRemedy, Origin, Proof, Question, Remedy, RemedyStep, Remembered, Situation,
    Trust,
};
use crate::plan::{ActionName, StepForm, TargetForm};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

pub(super) fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
}

pub(super) fn css(selector: &str) -> TargetForm {
    TargetForm { css: Some(selector.into()), ..TargetForm::default() }
}

pub(super) fn click(selector: &str) -> StepForm {
    StepForm { target: Some(css(selector)), ..StepForm::of(ActionName::Click) }
}

pub(super) fn situation(site: &str) -> Situation {
    Situation {
        site: site.into(),
        page: "/basket".into(),
        class: ErrorClass::ElementNotFound,
        action: ActionName::Click,
        target: Some(css("#order")),
        intent: "order what is in the basket".into(),
        message: String::new(),
    }
}

pub(super) fn question() -> Question {
    Question { situation: situation("shop.example"), embedding: None }
}

pub(super) fn asked(tried: Vec<TriedWay>) -> Asked {
    Asked { agent: "outside".into(), goal: None, origin: None, tried, limit: 3 }
}

pub(super) fn worked() -> Proof {
    Proof { worked: 3, runs: 3, agents: 2, last_worked_at: Some(now()), ..Proof::default() }
}

pub(super) fn known(number: u128, approach: Approach, selector: &str, proof: Proof) -> KnownRemedy {
    let form = click(selector);
    KnownRemedy {
        id: RemedyId::from_uuid(Uuid::from_u128(number)),
        remedy: Remedy {
            approach,
            steps: vec![RemedyStep { form, fingerprint: None, own: true, renamed: None }],
        },
        trust: Trust::Verified,
        proof,
        origin: Origin::Run { run_id: RunId::from_uuid(Uuid::from_u128(7)), step: 3 },
    }
}

pub(super) fn met(situation: Situation, remedies: Vec<KnownRemedy>) -> Remembered {
    Remembered {
        id: SituationId::from_uuid(Uuid::from_u128(99)),
        exact: situation.site == "shop.example",
        situation,
        similarity: Some(0.9),
        fused: 0.1,
        seen: 1,
        last_seen_at: now(),
        remedies,
    }
}

pub(super) fn two_ways() -> Vec<Remembered> {
    vec![met(
        situation("shop.example"),
        vec![
            known(1, Approach::OtherLocator, "#buy", worked()),
            known(2, Approach::OtherLocator, "#pay", Proof { worked: 1, runs: 1, ..worked() }),
        ],
    )]
}
