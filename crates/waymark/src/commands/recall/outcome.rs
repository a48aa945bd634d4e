//! `waymark recall outcome`: report what became of advice.

use crate::cli::{Became, OutcomeArgs};
use crate::client::Client;
use crate::commands::answer::document;
use crate::output;
use crate::settings::DataArgs;
use anyhow::Result;
use domain::recall::AdviceOutcome;
use reqwest::Method;
use serde_json::{Value, json};
use std::process::ExitCode;

pub(super) async fn outcome(data: &DataArgs, args: OutcomeArgs, json: bool) -> Result<ExitCode> {
    let client = Client::new(&args.client, data)?;
    let path = format!("/v1/recalls/{}/outcome", args.id);
    let request = client.request(Method::POST, &path)?.json(&body(&args)?);
    let report: wire::OutcomeReport = client.send(request).await?.json().await?;
    if json {
        output::json(&report)?;
        return Ok(ExitCode::SUCCESS);
    }
    for kept in report.outcomes.iter().chain(&report.remedy) {
        output::line(told(kept))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A report as a person reads it.
fn told(kept: &wire::KeptReport) -> String {
    let what = match kept.rank {
        Some(rank) => format!("advice {rank}: {}", output::name(&kept.outcome)),
        None => format!("a hint to others now: remedy {}", kept.remedy_id),
    };
    if !kept.counts {
        return format!("Kept. {what}; that says nothing of the remedy, and is not counted.");
    }
    let Some(proof) = &kept.proof else { return format!("Kept. {what}.") };
    let reported = &proof.reported;
    format!(
        "Kept. {what}. Its proof: worked {}, failed {}; agents outside: worked {}, failed {}.",
        proof.worked, proof.failed, reported.worked, reported.failed
    )
}

/// The report as the API takes it.
pub(super) fn body(args: &OutcomeArgs) -> Result<Value> {
    let mut report = json!({});
    if let Some(rank) = args.advice {
        let mut outcome = json!({ "rank": rank, "outcome": became(args.became) });
        if let Some(note) = &args.note {
            outcome["note"] = json!(note);
        }
        report["outcomes"] = json!([outcome]);
    }
    if let Some(remedy) = &args.remedy {
        let mut remedy = Value::Object(document(remedy, "--remedy")?);
        if let (Some(note), None) = (&args.note, args.advice) {
            remedy["note"] = json!(note);
        }
        report["remedy"] = remedy;
    }
    Ok(report)
}

const fn became(flags: Became) -> AdviceOutcome {
    match flags {
        Became { worked: true, .. } => AdviceOutcome::Worked,
        Became { failed: true, .. } => AdviceOutcome::Failed,
        Became { not_tried: true, .. } => AdviceOutcome::NotTried,
        Became { .. } => AdviceOutcome::Unverified,
    }
}
