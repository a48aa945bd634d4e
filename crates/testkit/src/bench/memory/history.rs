//! Whether a million steps of history behind memory change what an answer takes: the same situations
//! in two databases, one of which has that history.

use super::asked::Asked;
use super::floor::Floor;
use super::kept::{Kept, drop_database};
use super::options::Options;
use super::server::Server;
use crate::bench::database::Database;
use crate::bench::figures::median;
use crate::bench::progress;
use crate::bench::situations::Vectors;
use anyhow::Result;
use serde::Serialize;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

const STEPS: u64 = 1_000_000;

/// What the history costs.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct History {
    situations: u64,
    steps: u64,
    without_p50_ms: f64,
    with_p50_ms: f64,
    with_over_without: f64,
}

pub(super) async fn measure(
    options: &Options,
    server: &Server,
    vectors: &mut Vectors,
    situations: u64,
) -> Result<History> {
    let steps = if options.quick { STEPS / 100 } else { STEPS };
    progress(&format!("{situations} situations beside {steps} more steps"));
    let kept = Kept::provide(server, vectors, situations).await?;
    let questions = Asked::some(&kept, vectors, options.questions).await?;
    let name = format!("memory_{situations}_history");
    kept.database.stop().await?;
    drop_database(server, &name).await?;
    copy(server, &format!("memory_{situations}"), &name).await?;
    let mut old = Database::within(server.postgres(), &name).await?;
    add(&mut old, steps).await?;
    let young = Database::within(server.postgres(), &format!("memory_{situations}")).await?;
    let without = Floor::connect(&young, vectors).await?;
    let with = Floor::connect(&old, vectors).await?;
    let (mut young_ms, mut old_ms, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for asked in &questions {
        let one = without.recall(asked).await?.sql;
        let other = with.recall(asked).await?.sql;
        ratios.push(other / one);
        young_ms.push(one);
        old_ms.push(other);
    }
    without.close().await;
    with.close().await;
    young.stop().await?;
    old.stop().await?;
    drop_database(server, &name).await?;
    Ok(History {
        situations,
        steps,
        without_p50_ms: median(young_ms),
        with_p50_ms: median(old_ms),
        with_over_without: median(ratios),
    })
}

async fn copy(server: &Server, from: &str, to: &str) -> Result<()> {
    let mut admin = PgConnection::connect(server.postgres().url()).await?;
    let statement = format!("create database {to} template {from}");
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut admin).await?;
    Ok(admin.close().await?)
}

/// Adds steps that went well to the runs that are there, a hundred to each at most.
async fn add(database: &mut Database, steps: u64) -> Result<()> {
    let statement = format!(
        "insert into step (
            run_id, seq, intent, page, decision, action, observation, started_at, duration_ms
        )
        select run_id, number, intent, page, decision, action, observation, started_at, 40
        from generate_series(1, 100) as number
        cross join (select * from step where seq = 0) as first
        limit {steps}"
    );
    database.run(statement).await?;
    database.run("vacuum analyze step").await
}
