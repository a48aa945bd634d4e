//! Reading from the page, and waiting for states of elements.

use super::BrowserSession;
use super::act::Touched;
use super::budget::Budget;
use super::trouble::Answer;
use domain::failure::Failure;
use domain::plan::{ElementState, Extract, Target};
use domain::ports::Acted;
use domain::snapshot::Fingerprint;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Read {
    value: Value,
    fingerprint: Option<Fingerprint>,
}

impl BrowserSession {
    pub(super) async fn extract(
        &mut self,
        extract: &Extract,
        budget: &Budget,
    ) -> Result<Acted, Failure> {
        let answer: Answer<Read> = self
            .ask("read", budget, |ms| {
                json!({
                    "target": extract.target,
                    "ms": ms,
                    "shape": extract.shape,
                    "attribute": extract.attribute,
                })
            })
            .await?;
        let read = answer.or_failure(&extract.target, budget)?;
        Ok(Acted { fingerprint: read.fingerprint, extracted: Some(read.value) })
    }

    pub(super) async fn wait_for(
        &mut self,
        target: &Target,
        state: ElementState,
        budget: &Budget,
    ) -> Result<Acted, Failure> {
        let answer: Answer<Touched> = self
            .ask("waitFor", budget, |ms| json!({ "target": target, "state": state, "ms": ms }))
            .await?;
        Ok(answer.or_failure(target, budget)?.into())
    }
}
