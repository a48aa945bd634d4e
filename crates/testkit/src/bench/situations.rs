//! Situations in numbers: what the benchmarks of memory are carried out among.
//!
//! They are made from their numbers alone, so that the same ones can be made again, and loaded by
//! `COPY` into the schema that the store's migrations made: what is measured is a database that the
//! product could have filled itself, if it had had a year.

mod dice;
mod indexes;
mod load;
mod made;
mod meaning;
mod sites;
mod vectors;
mod vocabulary;

pub(super) use indexes::Indexes;
pub(super) use load::{Row, load};
pub(super) use made::Maker;
pub(super) use meaning::Meaning;
pub(super) use sites::Sites;
pub(super) use vectors::{Vectors, near};
#[cfg(test)]
pub(super) use vocabulary::told_apart;

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::{ProjectId, RemedyId, RunId, SituationId};
use domain::memory::{KnownRemedy, Origin, Proof, Remedy, Remembered, Situation, Trust};
use uuid::Uuid;

/// A situation, what got past it, and how that went.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Known {
    pub(super) situation: Situation,
    pub(super) remedy: Remedy,
    pub(super) trust: Trust,
    pub(super) worked: u32,
    pub(super) failed: u32,
    /// How long ago it last happened.
    pub(super) ago: TimeDelta,
}

impl Known {
    /// Its id in a project.
    pub(super) fn id(&self, project: ProjectId) -> SituationId {
        self.situation.id(project)
    }

    fn remedy_id(&self, project: ProjectId) -> RemedyId {
        self.remedy.id(project, self.id(project))
    }

    /// How its uses went: each in a run and by an agent of its own, failures first.
    fn proof(&self, now: DateTime<Utc>) -> Proof {
        let last = now - self.ago;
        Proof {
            worked: self.worked,
            failed: self.failed,
            runs: self.worked,
            agents: self.worked.min(3),
            last_worked_at: (self.worked > 0).then_some(last),
            last_failed_at: (self.failed > 0).then_some(last - TimeDelta::days(1)),
            ..Proof::default()
        }
    }

    /// As the store would remember it.
    pub(super) fn remembered(
        &self,
        project: ProjectId,
        similarity: Option<f64>,
        now: DateTime<Utc>,
    ) -> Remembered {
        Remembered {
            id: self.id(project),
            situation: self.situation.clone(),
            exact: false,
            similarity,
            fused: 0.0,
            seen: self.worked + self.failed,
            last_seen_at: now - self.ago,
            remedies: vec![KnownRemedy {
                id: self.remedy_id(project),
                remedy: self.remedy.clone(),
                trust: self.trust,
                proof: self.proof(now),
                origin: Origin::Run { run_id: RunId::from_uuid(Uuid::nil()), step: 0 },
            }],
        }
    }
}
