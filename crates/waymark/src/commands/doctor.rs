//! `waymark doctor`: what is missing and how to get it.

use crate::app;
use crate::cli::DoctorArgs;
use crate::exit::UNAVAILABLE;
use crate::output;
use crate::settings::{DataArgs, DatabaseArgs};
use anyhow::Result;
use browser::{BrowserOptions, BrowserPool, BrowserSource};
use serde::Serialize;
use std::process::ExitCode;

/// One thing looked at.
#[derive(Debug, Serialize)]
struct Check {
    what: &'static str,
    ok: bool,
    detail: String,
}

pub(crate) async fn doctor(data: &DataArgs, args: &DoctorArgs, json: bool) -> Result<ExitCode> {
    let checks =
        vec![data_dir(data), database(data, &args.database).await, browser(data, args).await];
    let ok = checks.iter().all(|check| check.ok);
    if json {
        output::json(&serde_json::json!({ "ok": ok, "checks": checks }))?;
    } else {
        for check in &checks {
            let mark = if check.ok { "✓" } else { "✗" };
            output::line(format!("{mark} {:<15} {}", check.what, check.detail))?;
        }
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::from(UNAVAILABLE) })
}

fn check(what: &'static str, found: Result<String>) -> Check {
    match found {
        Ok(detail) => Check { what, ok: true, detail },
        Err(error) => {
            let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
            Check { what, ok: false, detail: causes.join(": ") }
        }
    }
}

fn data_dir(data: &DataArgs) -> Check {
    let found = data.dir().and_then(|dir| {
        std::fs::create_dir_all(&dir)?;
        tempfile::tempfile_in(&dir)?;
        Ok(format!("{} can be written", dir.display()))
    });
    check("data directory", found)
}

async fn database(data: &DataArgs, args: &DatabaseArgs) -> Check {
    let found = async {
        let database = app::Database::open(data, args).await?;
        let ready = database.store.ready().await;
        database.close().await;
        let ready = ready?;
        let whose = if args.database_url.is_some() { "external" } else { "embedded" };
        Ok(format!("{whose} Postgres {}, pgvector {}", ready.postgres, ready.pgvector))
    };
    check("database", found.await)
}

async fn browser(data: &DataArgs, args: &DoctorArgs) -> Check {
    let found = async {
        let source = app::browser_source(data, &args.browser)?;
        let name = match &source {
            BrowserSource::Local { executable, .. } => executable.display().to_string(),
            BrowserSource::Remote { .. } => "the remote endpoint".into(),
        };
        let pool = BrowserPool::start(BrowserOptions::new(source)).await?;
        let health = pool.health().await;
        pool.stop().await;
        health.map_err(|failure| anyhow::anyhow!("{failure}"))?;
        Ok(format!("{name} starts and answers"))
    };
    check("browser", found.await)
}
