//! The rows that lists of memories are filtered and ordered by, one beside each remedy. Where a
//! remedy stands is what `domain` makes of its counts, here as everywhere.

use crate::error::{Corrupt, StoreError};
use chrono::{DateTime, Utc};
use domain::memory::{MemoryState, Proof, Trust, Voucher};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

struct StandRow {
    id: Uuid,
    project_id: Uuid,
    site: String,
    page: String,
    error_class: String,
    approach: String,
    trust: String,
    /// The row of `known_remedy`, which has the counts among others.
    proof: Value,
    changed_at: DateTime<Utc>,
}

/// The rows column by column.
#[derive(Default)]
struct Columns {
    id: Vec<Uuid>,
    project: Vec<Uuid>,
    site: Vec<String>,
    page: Vec<String>,
    class: Vec<String>,
    approach: Vec<String>,
    trust: Vec<&'static str>,
    state: Vec<&'static str>,
    changed_at: Vec<DateTime<Utc>>,
}

/// Brings the rows of these remedies up to date, within the turn of their site. Where there is no such
/// remedy yet, there is no row either.
pub(super) async fn relist(
    connection: &mut PgConnection,
    remedies: &[Uuid],
) -> Result<(), StoreError> {
    let rows = sqlx::query_file_as!(StandRow, "queries/memory_stand.sql", remedies)
        .fetch_all(&mut *connection)
        .await?;
    let rows = Columns::of(rows)?;
    sqlx::query!(
        "-- memory.relist
        insert into memory_list (
            remedy_id, project_id, site, page, error_class, approach, trust, state, changed_at
        )
        select *
        from unnest(
            $1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
            $8::text[], $9::timestamptz[]
        )
        on conflict on constraint memory_list_pkey do update
        set trust = excluded.trust, state = excluded.state, changed_at = excluded.changed_at",
        &rows.id,
        &rows.project,
        &rows.site,
        &rows.page,
        &rows.class,
        &rows.approach,
        &rows.trust as &[&str],
        &rows.state as &[&str],
        &rows.changed_at,
    )
    .execute(connection)
    .await?;
    Ok(())
}

impl Columns {
    fn of(rows: Vec<StandRow>) -> Result<Self, StoreError> {
        let mut columns = Self::default();
        for row in rows {
            let (trust, proof) = row.worth()?;
            columns.trust.push(Voucher::of(trust, &proof).as_str());
            columns.state.push(MemoryState::of(trust, &proof).as_str());
            columns.id.push(row.id);
            columns.project.push(row.project_id);
            columns.site.push(row.site);
            columns.page.push(row.page);
            columns.class.push(row.error_class);
            columns.approach.push(row.approach);
            columns.changed_at.push(row.changed_at);
        }
        Ok(columns)
    }
}

impl StandRow {
    fn worth(&self) -> Result<(Trust, Proof), Corrupt> {
        let name = Corrupt::row("remedy", self.id);
        let trust = name.name("trust", &self.trust, Trust::from_name)?;
        Ok((trust, name.json("proof", self.proof.clone())?))
    }
}
