//! What agents outside report, as it counts in memory. A report leaves a mark of the trust `reported`,
//! and is counted apart from what our own workers saw; one that tells of a remedy of its own brings
//! the situation and the remedy with it. Applying a report again changes nothing, and whether it comes
//! before or after the runs that it is about makes no difference.

use super::list::relist;
use super::rows::{action_name, target_key};
use crate::error::{Corrupt, StoreError};
use crate::text::{clean, json};
use chrono::{DateTime, Utc};
use domain::id::{ProjectId, RecallId, RemedyId, SituationId};
use domain::memory::{Proof, Remedy, Situation, Tier, Trust, Verdict};
use domain::recall::AdviceOutcome;
use serde_json::Value;
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;

/// One report, as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    pub(crate) recall: RecallId,
    pub(crate) rank: u32,
    pub(crate) agent: String,
    /// What was asked about.
    pub(crate) asked: Situation,
    /// The situation that the remedy is of.
    pub(crate) situation: SituationId,
    pub(crate) remedy: RemedyId,
    /// The tier in which it was offered; `None` for the agent's own.
    pub(crate) tier: Option<Tier>,
    pub(crate) outcome: AdviceOutcome,
    /// The agent's own remedy.
    pub(crate) told: Option<Remedy>,
    pub(crate) at: DateTime<Utc>,
}

impl Report {
    /// What it says about the remedy, where it counts: a hint that was followed in the very situation
    /// it is of counts whatever its tier.
    pub(crate) fn verdict(&self, project: ProjectId) -> Option<Verdict> {
        let verdict = self.outcome.verdict()?;
        let here = self.asked.id(project) == self.situation && self.tier != Some(Tier::Low);
        (here || self.tier.is_none_or(|tier| tier.counts(verdict))).then_some(verdict)
    }
}

/// Writes what reports come to.
pub(crate) async fn apply(
    connection: &mut PgConnection,
    project: ProjectId,
    reports: &[Report],
) -> Result<(), StoreError> {
    for report in reports {
        if let Some(remedy) = &report.told {
            tell(connection, project, report, remedy).await?;
        }
    }
    let marked = mark(connection, project, reports).await?;
    if marked.is_empty() {
        return Ok(());
    }
    sqlx::query_file!("queries/remedy_count_new.sql", &marked).execute(&mut *connection).await?;
    sqlx::query_file!("queries/remedy_count_reported.sql", &marked)
        .execute(&mut *connection)
        .await?;
    relist(connection, &marked).await
}

/// The situation and the remedy that a report brings with it. Nobody of ours has met it: it is seen no
/// more often than before, and never was the last to be.
async fn tell(
    connection: &mut PgConnection,
    project: ProjectId,
    report: &Report,
    remedy: &Remedy,
) -> Result<(), StoreError> {
    let (id, recall) = (report.situation.as_uuid(), report.recall.as_uuid());
    let asked = &report.asked;
    let target = asked.target.as_ref().map(json).transpose()?;
    sqlx::query_file!(
        "queries/situation_upsert.sql",
        project.as_uuid(),
        &*clean(&asked.site),
        recall,
        &[id][..],
        &[clean(&asked.page).into_owned()][..],
        &[asked.class.as_str()] as &[&str],
        &[action_name(asked.action)] as &[&str],
        &[target] as &[Option<String>],
        &[target_key(asked.target.as_ref())][..],
        &[clean(&asked.intent).into_owned()][..],
        &[clean(&asked.message).into_owned()][..],
        &[clean(&asked.text()).into_owned()][..],
        &[0][..],
        true,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "-- memory.tell_situation
        insert into situation_stat (situation_id, seen, last_seen_at)
        values ($1, 0, to_timestamp(0))
        on conflict on constraint situation_stat_pkey do nothing",
        id,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query_file!(
        "queries/remedy_upsert.sql",
        project.as_uuid(),
        recall,
        &[report.remedy.as_uuid()][..],
        &[id][..],
        &[json(remedy)?][..],
        &[false][..],
        &[0][..],
        &[false][..],
        &[0][..],
        &[report.at][..],
        true,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Leaves the marks of those that count; of which remedies.
async fn mark(
    connection: &mut PgConnection,
    project: ProjectId,
    reports: &[Report],
) -> Result<Vec<Uuid>, StoreError> {
    let (mut remedies, mut recalls, mut ranks) = (Vec::new(), Vec::new(), Vec::new());
    let (mut agents, mut verdicts, mut times) = (Vec::new(), Vec::new(), Vec::new());
    for report in reports {
        let Some(verdict) = report.verdict(project) else { continue };
        remedies.push(report.remedy.as_uuid());
        recalls.push(report.recall.as_uuid());
        ranks.push(i32::try_from(report.rank).unwrap_or(i32::MAX));
        agents.push(clean(&report.agent).into_owned());
        verdicts.push(verdict.as_str());
        times.push(report.at);
    }
    if remedies.is_empty() {
        return Ok(remedies);
    }
    sqlx::query!(
        "-- memory.mark_reported
        insert into remedy_mark (remedy_id, run_id, seq, project_id, agent, verdict, trust, at)
        select remedy_id, recall_id, rank, $1, agent, verdict, 'reported', at
        from unnest(
            $2::uuid[], $3::uuid[], $4::integer[], $5::text[], $6::text[], $7::timestamptz[]
        ) as it (remedy_id, recall_id, rank, agent, verdict, at)
        on conflict on constraint remedy_mark_pkey do nothing",
        project.as_uuid(),
        &remedies,
        &recalls,
        &ranks,
        &agents,
        &verdicts as &[&str],
        &times,
    )
    .execute(connection)
    .await?;
    Ok(remedies)
}

struct ReportRow {
    recall_id: Uuid,
    rank: i32,
    agent: String,
    situation: Value,
    situation_id: Uuid,
    remedy_id: Uuid,
    tier: Option<String>,
    outcome: String,
    remedy: Option<Value>,
    reported_at: DateTime<Utc>,
}

/// Applies everything that was reported in a project. What an older version kept and cannot be read
/// any more is left out: the rest counts.
pub(super) async fn replay(
    connection: &mut PgConnection,
    project: ProjectId,
) -> Result<(), StoreError> {
    let rows = sqlx::query_as!(
        ReportRow,
        "-- memory.reports
        select recall_id, rank, agent, recall.situation, situation_id, remedy_id, tier, outcome,
            remedy, reported_at
        from recall_outcome
        join recall on recall.id = recall_id
        where recall_outcome.project_id = $1
            and not exists (
                select
                from memory_forgotten
                where project_id = $1 and key = situation_id and reported_at < until
            )
        order by recall_id, rank",
        project.as_uuid(),
    )
    .fetch_all(&mut *connection)
    .await?;
    let read = rows.into_iter().filter_map(|row| {
        let report = Report::try_from(row);
        report.inspect_err(|problem| tracing::warn!("a report is skipped: {problem}")).ok()
    });
    let reports: Vec<Report> = read.collect();
    apply(connection, project, &reports).await
}

impl TryFrom<ReportRow> for Report {
    type Error = Corrupt;

    fn try_from(row: ReportRow) -> Result<Self, Corrupt> {
        let name = Corrupt::row("recall_outcome", row.recall_id);
        let tier = |text: &str| Tier::ALL.into_iter().find(|tier| tier.as_str() == text);
        let tier = row.tier.map(|text| name.name("tier", &text, tier)).transpose()?;
        Ok(Self {
            recall: RecallId::from_uuid(row.recall_id),
            rank: name.number("rank", row.rank)?,
            agent: row.agent,
            asked: name.json("situation", row.situation)?,
            situation: SituationId::from_uuid(row.situation_id),
            remedy: RemedyId::from_uuid(row.remedy_id),
            tier,
            outcome: name.name("outcome", &row.outcome, AdviceOutcome::from_name)?,
            told: name.optional_json("remedy", row.remedy)?,
            at: row.reported_at,
        })
    }
}

/// What is proven of some remedies, and who says so; nothing of those that memory does not hold.
pub(crate) async fn proofs(
    connection: &mut PgConnection,
    project: ProjectId,
    remedies: &[RemedyId],
) -> Result<HashMap<RemedyId, (Trust, Proof)>, StoreError> {
    let ids: Vec<Uuid> = remedies.iter().map(|id| id.as_uuid()).collect();
    let rows = sqlx::query!(
        r#"-- memory.proofs
        select id as "id!", trust as "trust!", worked as "worked!", failed as "failed!",
            unverified as "unverified!", runs as "runs!", agents as "agents!", last_worked_at,
            last_failed_at, reported as "reported!"
        from known_remedy
        where id = any ($2) and project_id = $1"#,
        project.as_uuid(),
        &ids,
    )
    .fetch_all(connection)
    .await?;
    let read = rows.into_iter().map(|row| {
        let name = Corrupt::row("remedy", row.id);
        let proof = Proof {
            worked: name.number("worked", row.worked)?,
            failed: name.number("failed", row.failed)?,
            unverified: name.number("unverified", row.unverified)?,
            runs: name.number("runs", row.runs)?,
            agents: name.number("agents", row.agents)?,
            last_worked_at: row.last_worked_at,
            last_failed_at: row.last_failed_at,
            reported: name.json("reported", row.reported)?,
        };
        let trust = name.name("trust", &row.trust, Trust::from_name)?;
        Ok((RemedyId::from_uuid(row.id), (trust, proof)))
    });
    Ok(read.collect::<Result<_, Corrupt>>()?)
}
