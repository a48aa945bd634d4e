//! `waymark migrate`: bring the database up to date.

use crate::app::Database;
use crate::output;
use crate::settings::{DataArgs, DatabaseArgs};
use anyhow::Result;
use std::process::ExitCode;

pub(crate) async fn migrate(data: &DataArgs, args: &DatabaseArgs, json: bool) -> Result<ExitCode> {
    // Opening brings it up to date.
    let database = Database::open(data, args).await?;
    let ready = database.store.ready().await;
    database.close().await;
    let ready = ready?;
    let (postgres, pgvector) = (ready.postgres, ready.pgvector);
    if json {
        output::json(&serde_json::json!({ "postgres": postgres, "pgvector": pgvector }))?;
    } else {
        output::line(format!(
            "The database is up to date (Postgres {postgres}, pgvector {pgvector})."
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}
