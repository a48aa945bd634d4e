//! What the runs of a day add up to, on each site and for each agent.

use crate::error::StoreError;
use crate::memory::facts::EndedRun;
use crate::text::clean;
use domain::memory::Tally;
use domain::run::Outcome;
use sqlx::PgConnection;

/// Adds a run to its day. Learning takes turns within a site, so nobody else writes these rows.
pub(super) async fn write(
    connection: &mut PgConnection,
    run: &EndedRun,
    tally: &Tally,
) -> Result<(), StoreError> {
    let ended = |outcome| i32::from(run.facts.outcome == outcome);
    sqlx::query_file!(
        "queries/site_day_add.sql",
        run.project.as_uuid(),
        run.ended_at.date_naive(),
        &*clean(&run.facts.site),
        &*clean(&run.agent),
        ended(Outcome::Succeeded),
        ended(Outcome::Failed),
        number(tally.failures),
        number(tally.overcome),
        number(tally.foreseen),
        number(tally.reused),
        number(tally.reuse_failed),
        number(tally.reuse_wrong),
    )
    .execute(&mut *connection)
    .await?;
    if tally.heals.is_empty() {
        return Ok(());
    }
    add_heals(connection, run, tally).await
}

async fn add_heals(
    connection: &mut PgConnection,
    run: &EndedRun,
    tally: &Tally,
) -> Result<(), StoreError> {
    let (mut by, mut tactics, mut counts) = (Vec::new(), Vec::new(), Vec::new());
    for ((healed_by, tactic), count) in &tally.heals {
        by.push(healed_by.as_str());
        tactics.push(tactic.as_str());
        counts.push(number(*count));
    }
    sqlx::query!(
        "-- memory.add_heals
        insert into site_day_heal (project_id, day, site, agent, healed_by, tactic, heals)
        select $1, $2, $3, $4, it.healed_by, it.tactic, it.heals
        from unnest($5::text[], $6::text[], $7::integer[]) as it (healed_by, tactic, heals)
        on conflict on constraint site_day_heal_pkey do update
        set heals = site_day_heal.heals + excluded.heals",
        run.project.as_uuid(),
        run.ended_at.date_naive(),
        &*clean(&run.facts.site),
        &*clean(&run.agent),
        &by as &[&str],
        &tactics as &[&str],
        &counts,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What one run adds: never more than it has steps.
fn number(count: u64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
