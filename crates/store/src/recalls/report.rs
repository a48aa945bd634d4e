//! What agents outside report of the advice they were given: a fact, written once, and counted in the
//! same transaction.

use super::Recalls;
use crate::error::{Corrupt, StoreError};
use crate::memory::{Report, apply, proofs, take_turns};
use crate::text::{clean, clean_option, json};
use chrono::{DateTime, Utc};
use domain::id::{ProjectId, RecallId, RemedyId};
use domain::memory::{Proof, Trust};
use domain::recall::{AdviceOutcome, KeptOutcome, OutsideRecall, Told};
use domain::step::HealSource;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};

/// What came of a report.
#[derive(Debug, Clone, PartialEq)]
pub enum Reported {
    /// It is kept, all of it; perhaps it was before.
    Done(Vec<ReportedOutcome>),
    /// Something else was reported before of this rank (0: the agent's own remedy). Nothing is kept.
    Conflict {
        /// The rank.
        rank: u32,
        /// What was reported before.
        known: AdviceOutcome,
    },
    /// The recall has been removed meanwhile. Nothing is kept.
    Missing,
}

/// A report as it is kept, and what memory makes of its remedy now.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportedOutcome {
    /// The report.
    pub kept: KeptOutcome,
    /// Who vouches for the remedy, and what is proven of it; `None` if memory does not hold it.
    pub known: Option<(Trust, Proof)>,
    /// Whether it says anything about that remedy.
    pub counts: bool,
    /// Whether it was reported just now, for the first time.
    pub is_new: bool,
}

impl Recalls<'_> {
    /// Keeps what was reported about a recall, and counts it. The same report again changes nothing.
    ///
    /// # Errors
    /// The database cannot be reached, or a row is corrupt.
    pub async fn report(self, recall: &OutsideRecall, told: &Told) -> Result<Reported, StoreError> {
        let (project, now) = (recall.project_id, self.0.clock().now());
        let reports = reports(recall, told, now);
        let notes = notes(told);
        let counting: BTreeSet<u32> = reports
            .iter()
            .filter(|report| report.verdict(project).is_some())
            .map(|report| report.rank)
            .collect();
        let mut transaction = self.0.pool().begin().await?;
        // Before the turn: whoever removes recalls has them locked when it takes turns.
        if !hold(&mut transaction, recall.id).await? {
            return Ok(Reported::Missing);
        }
        take_turns(&mut transaction, project, &recall.situation.site).await?;
        let mut kept = kept(&mut transaction, recall.id).await?;
        let mut fresh = Vec::new();
        for report in reports {
            match kept.get(&report.rank) {
                None => fresh.push(report),
                Some(known) if agrees(known, &report) => {}
                Some(known) => {
                    return Ok(Reported::Conflict { rank: report.rank, known: known.outcome });
                }
            }
        }
        for report in &fresh {
            let note = notes.get(&report.rank).cloned().flatten();
            insert(&mut transaction, project, report, note.as_ref()).await?;
            kept.insert(report.rank, as_kept(report, note));
        }
        apply(&mut transaction, project, &fresh).await?;
        let new: BTreeSet<u32> = fresh.iter().map(|report| report.rank).collect();
        let ids: Vec<RemedyId> = kept.values().map(|it| it.remedy_id).collect();
        let known = proofs(&mut transaction, project, &ids).await?;
        transaction.commit().await?;
        let outcomes = kept.into_values().filter(|it| notes.contains_key(&it.rank));
        let outcomes = outcomes.map(|kept| {
            let known = known.get(&kept.remedy_id).cloned();
            let counts = counting.contains(&kept.rank);
            let is_new = new.contains(&kept.rank);
            ReportedOutcome { kept, known, counts, is_new }
        });
        Ok(Reported::Done(outcomes.collect()))
    }
}

/// Keeps a recall from being removed; false if it was.
async fn hold(connection: &mut PgConnection, recall: RecallId) -> Result<bool, StoreError> {
    let held = sqlx::query_scalar!(
        "-- recalls.hold
        select id from recall where id = $1 for key share",
        recall.as_uuid(),
    )
    .fetch_optional(connection)
    .await?;
    Ok(held.is_some())
}

/// The reports in what was told; of ranks that were served only.
fn reports(recall: &OutsideRecall, told: &Told, at: DateTime<Utc>) -> Vec<Report> {
    let report = |rank, outcome| Report {
        recall: recall.id,
        rank,
        agent: recall.asked.agent.clone(),
        asked: recall.situation.clone(),
        situation: recall.situation.id(recall.project_id),
        remedy: RemedyId::from_uuid(uuid::Uuid::nil()),
        tier: None,
        outcome,
        told: None,
        at,
    };
    let advised = told.outcomes.iter().filter_map(|outcome| {
        let index = usize::try_from(outcome.rank.checked_sub(1)?).ok()?;
        let HealSource::Advice { situation_id, remedy_id, tier, .. } =
            recall.answer.chosen.get(index)?.by
        else {
            return None;
        };
        Some(Report {
            situation: situation_id,
            remedy: remedy_id,
            tier: Some(tier),
            ..report(outcome.rank, outcome.outcome)
        })
    });
    let own = told.remedy.as_ref().map(|own| {
        let it = report(0, AdviceOutcome::Worked);
        let remedy = own.remedy.id(recall.project_id, it.situation);
        Report { remedy, told: Some(own.remedy.clone()), ..it }
    });
    advised.chain(own).collect()
}

/// What the agent added, by rank.
fn notes(told: &Told) -> BTreeMap<u32, Option<String>> {
    let advised = told.outcomes.iter().map(|outcome| (outcome.rank, outcome.note.clone()));
    let own = told.remedy.as_ref().map(|own| (0, own.note.clone()));
    advised.chain(own).collect()
}

fn agrees(known: &KeptOutcome, report: &Report) -> bool {
    (known.outcome, known.remedy_id) == (report.outcome, report.remedy)
}

fn as_kept(report: &Report, note: Option<String>) -> KeptOutcome {
    KeptOutcome {
        rank: report.rank,
        remedy_id: report.remedy,
        outcome: report.outcome,
        note,
        reported_at: report.at,
    }
}

async fn kept(
    connection: &mut PgConnection,
    recall: RecallId,
) -> Result<BTreeMap<u32, KeptOutcome>, StoreError> {
    let rows = sqlx::query!(
        "-- recalls.outcomes
        select rank, remedy_id, outcome, note, reported_at
        from recall_outcome
        where recall_id = $1",
        recall.as_uuid(),
    )
    .fetch_all(connection)
    .await?;
    let read = rows.into_iter().map(|row| {
        let name = Corrupt::row("recall_outcome", recall);
        let rank = name.number("rank", row.rank)?;
        let kept = KeptOutcome {
            rank,
            remedy_id: RemedyId::from_uuid(row.remedy_id),
            outcome: name.name("outcome", &row.outcome, AdviceOutcome::from_name)?,
            note: row.note,
            reported_at: row.reported_at,
        };
        Ok((rank, kept))
    });
    Ok(read.collect::<Result<_, Corrupt>>()?)
}

async fn insert(
    connection: &mut PgConnection,
    project: ProjectId,
    report: &Report,
    note: Option<&String>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "-- recalls.insert_outcome
        insert into recall_outcome (
            recall_id, rank, project_id, agent, situation_id, remedy_id, tier, outcome, remedy,
            note, reported_at
        )
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::jsonb, $10, $11)",
        report.recall.as_uuid(),
        i32::try_from(report.rank).unwrap_or(i32::MAX),
        project.as_uuid(),
        &*clean(&report.agent),
        report.situation.as_uuid(),
        report.remedy.as_uuid(),
        report.tier.map(domain::memory::Tier::as_str),
        report.outcome.as_str(),
        report.told.as_ref().map(json).transpose()?,
        clean_option(note),
        report.at,
    )
    .execute(connection)
    .await?;
    Ok(())
}
