//! Indexes that are taken away while much is loaded, and made again as they were.

use anyhow::{Context as _, Result};
use sqlx::{AssertSqlSafe, PgConnection};
use tokio::time::Instant;

/// The tables that situations and the words of their runs are loaded into.
const TABLES: &str = "'situation', 'situation_vector', 'remedy', 'search_text', 'search_vector'";

/// What they were.
pub(in crate::bench) struct Indexes(Vec<(String, String)>);

impl Indexes {
    /// Drops every index that no constraint stands on.
    pub(in crate::bench) async fn drop_all(connection: &mut PgConnection) -> Result<Self> {
        let found: Vec<(String, String)> = sqlx::query_as(AssertSqlSafe(format!(
            "select indexname, indexdef
            from pg_indexes
            where schemaname = 'public' and tablename in ({TABLES})
                and not exists (select from pg_constraint where conname = indexname)
            order by indexname"
        )))
        .fetch_all(&mut *connection)
        .await?;
        for (name, _) in &found {
            run(connection, &format!("drop index {name}")).await?;
        }
        Ok(Self(found))
    }

    /// Makes them again, with the memory and the help that graphs of a million take; how many seconds
    /// the graphs of vectors took.
    pub(in crate::bench) async fn restore(self, connection: &mut PgConnection) -> Result<f64> {
        run(connection, "set maintenance_work_mem = '2GB'").await?;
        run(connection, "set max_parallel_maintenance_workers = 2").await?;
        let mut graphs = 0.0;
        for (name, definition) in &self.0 {
            let begun = Instant::now();
            run(connection, definition).await.with_context(|| format!("index {name}"))?;
            if definition.contains(" hnsw ") {
                graphs += begun.elapsed().as_secs_f64();
            }
        }
        run(connection, "reset maintenance_work_mem").await?;
        run(connection, "reset max_parallel_maintenance_workers").await?;
        Ok(graphs)
    }
}

async fn run(connection: &mut PgConnection, statement: &str) -> Result<()> {
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(connection).await?;
    Ok(())
}
