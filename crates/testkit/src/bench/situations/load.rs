//! Situations into the tables that the store's migrations made, by `COPY`.

use super::Known;
use crate::bench::rows::Rows;
use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, Utc};
use domain::id::ProjectId;
use domain::memory::Trust;
use embed::Local;
use sqlx::PgConnection;
use uuid::Uuid;

const SITUATION: &str = "copy situation (id, project_id, site, page, error_class, action, target, \
    target_key, intent, message, text, first_run_id, first_step, embedded) \
    from stdin (format binary)";
const STAT: &str =
    "copy situation_stat (situation_id, seen, last_seen_at) from stdin (format binary)";
const VECTOR: &str = "copy situation_vector (situation_id, project_id, site, error_class, model, \
    embedding) from stdin (format binary)";
const REMEDY: &str = "copy remedy (id, situation_id, project_id, content, content_worked, \
    content_run_id, content_step, origin_worked, origin_run_id, origin_step, created_at) \
    from stdin (format binary)";
const REMEDY_STAT: &str = "copy remedy_stat (remedy_id, vouched, tried, worked, failed, \
    unverified, runs, agents, last_worked_at, last_failed_at) from stdin (format binary)";

/// What is loaded: a situation, its vector, and the run that met it.
pub(in crate::bench) struct Row<'a> {
    pub(in crate::bench) known: &'a Known,
    pub(in crate::bench) vector: &'a [f32],
    pub(in crate::bench) run: Uuid,
}

#[derive(Default)]
struct Tables {
    situations: Rows,
    stats: Rows,
    vectors: Rows,
    remedies: Rows,
    remedy_stats: Rows,
}

/// Loads situations that are not there yet.
pub(in crate::bench) async fn load(
    connection: &mut PgConnection,
    project: ProjectId,
    rows: &[Row<'_>],
    now: DateTime<Utc>,
) -> Result<()> {
    let mut tables = Tables::default();
    for row in rows {
        tables.add(project, row, now)?;
    }
    let count = u64::try_from(rows.len())?;
    let Tables { situations, stats, vectors, remedies, remedy_stats } = tables;
    for (statement, rows) in [
        (SITUATION, situations),
        (STAT, stats),
        (VECTOR, vectors),
        (REMEDY, remedies),
        (REMEDY_STAT, remedy_stats),
    ] {
        let mut copy = connection.copy_in_raw(statement).await?;
        copy.send(rows.finish()).await?;
        let copied = copy.finish().await.context(statement)?;
        ensure!(copied == count, "{copied} rows of {count} were copied: {statement}");
    }
    Ok(())
}

impl Tables {
    fn add(&mut self, project: ProjectId, row: &Row<'_>, now: DateTime<Utc>) -> Result<()> {
        let Row { known, vector, run } = row;
        let (id, owner) = (known.id(project).as_uuid(), project.as_uuid());
        let situation = &known.situation;
        let target = situation.target.as_ref().map(serde_json::to_string).transpose()?;
        let row = self.situations.row(14).uuid(id).uuid(owner);
        row.text(&situation.site).text(&situation.page);
        row.text(situation.class.as_str()).text(situation.action.as_str());
        match target {
            Some(target) => row.jsonb(&target),
            None => row.null(),
        };
        // Nothing here asks for a target by its hash; one as random as any keeps its index as large.
        row.uuid(id).text(&situation.intent).text(&situation.message).text(&situation.text());
        row.uuid(*run).integer(0).boolean(true);

        let proof = known.proof(now);
        let seen = i32::try_from(known.worked + known.failed)?;
        self.stats.row(3).uuid(id).integer(seen).time(now - known.ago);

        let model = Local::description().name;
        let row = self.vectors.row(6).uuid(id).uuid(owner).text(&situation.site);
        row.text(situation.class.as_str()).text(&model).halfvec(vector);

        let remedy = known.remedy_id(project).as_uuid();
        let content = serde_json::to_string(&known.remedy)?;
        let row = self.remedies.row(11).uuid(remedy).uuid(id).uuid(owner).jsonb(&content);
        row.boolean(true).uuid(*run).integer(1).boolean(true).uuid(*run).integer(1);
        row.time(now - known.ago);

        let trust = if known.trust == Trust::Human { 3 } else { 2 };
        let row = self.remedy_stats.row(10).uuid(remedy).smallint(trust).smallint(trust);
        row.integer(i32::try_from(proof.worked)?).integer(i32::try_from(proof.failed)?);
        row.integer(0).integer(i32::try_from(proof.runs)?).integer(i32::try_from(proof.agents)?);
        for at in [proof.last_worked_at, proof.last_failed_at] {
            match at {
                Some(at) => row.time(at),
                None => row.null(),
            };
        }
        Ok(())
    }
}
