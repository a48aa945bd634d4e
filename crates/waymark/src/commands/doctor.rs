//! `waymark doctor`: what is missing and how to get it. It looks, and makes and changes nothing.

mod browser;
mod check;
mod database;
mod embeddings;
mod machine;
mod port;

use crate::cli::DoctorArgs;
use crate::exit::UNAVAILABLE;
use crate::output;
use crate::settings::DataArgs;
use anyhow::Result;
use check::{Check, State};
use std::process::ExitCode;

pub(crate) async fn doctor(data: &DataArgs, args: &DoctorArgs, json: bool) -> Result<ExitCode> {
    let dir = data.dir()?;
    let mut checks = vec![machine::data_dir(&dir), machine::disk(&dir)];
    checks.extend(database::checks(data, &args.database).await);
    checks.push(browser::starts(data, &args.browser).await);
    if args.browser.browser.is_none() {
        checks.extend([machine::namespaces(), machine::shared_memory()]);
    }
    checks.push(embeddings::embedder(data, &args.embeddings).await);
    checks.push(port::free(args.server.listen).await);
    let ok = !checks.iter().any(Check::is_grave);
    if json {
        output::json(&serde_json::json!({ "ok": ok, "checks": checks }))?;
    } else {
        checks.iter().try_for_each(tell)?;
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::from(UNAVAILABLE) })
}

fn tell(check: &Check) -> Result<()> {
    let mark = match check.state {
        State::Ok => "✓",
        _ if check.needed => "✗",
        _ => "!",
    };
    let state = check.state.name();
    output::line(format!("{mark} {:<16} {state:<8} {}", check.what, check.detail))?;
    if let Some(how) = &check.how {
        output::line(format!("{:28}{how}", ""))?;
    }
    Ok(())
}
