//! What is remembered, and what people mark as wrong.

use chrono::{DateTime, Utc};
use domain::id::{RemedyId, SituationId};
use domain::invalid::{Faults, Invalid};
use domain::memory::{
    Approach, Flag, KnownRemedy, MemoryEntry, MemoryState, Origin, Proof, Remedy, Situation,
    Tactic, Voucher,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const REASON_CHARS: usize = 1000;

/// One memory: a failing situation, what was done about it, and what that is worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Memory {
    /// Its id. Made of its content: a memory that is rebuilt keeps it.
    pub id: RemedyId,
    /// Where it stands: whether it is offered to agents, and why not.
    pub state: MemoryState,
    /// Who vouches for it.
    pub trust: Voucher,
    /// What fails, in words.
    #[schema(
        example = "save the user: click the element with the selector \"#save\" (element_not_found)"
    )]
    pub fails: String,
    /// What was done about it, in words.
    #[schema(example = "click the button named \"Save\" instead")]
    pub does: String,
    /// The kind of answer.
    pub tactic: Tactic,
    /// What it does, without saying where.
    pub approach: Approach,
    /// What fails.
    pub situation: Situation,
    /// The id of that; other memories about the same have the same.
    pub situation_id: SituationId,
    /// What was done about it: typed actions without values. The elements that they acted upon are
    /// there when a single memory is asked for.
    pub remedy: Remedy,
    /// How its uses went.
    pub proof: Proof,
    /// How surely it works, from 0 to 1: the lower bound of the share of uses that worked.
    #[schema(minimum = 0, maximum = 1)]
    pub confidence: f64,
    /// Where it was first seen: the run and the number of its step.
    pub origin: Origin,
    /// The memory that has taken its place: its own last use failed, and that one worked since.
    pub superseded_by: Option<RemedyId>,
    /// Who marked it as wrong, and why.
    pub flag: Option<Flag>,
    /// When it first worked, or was first tried.
    pub since: DateTime<Utc>,
    /// When it was last used, flagged or unflagged.
    pub changed_at: DateTime<Utc>,
    /// How often runs of ours have met the situation; 0 when only an agent outside told of it.
    pub seen: u32,
    /// When they last did, if ever.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// The agents for which it worked, at most 100; only when a single memory is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agents: Option<Vec<String>>,
}

impl Memory {
    /// With the elements that it acted upon, and the agents that it helped.
    #[must_use]
    pub fn whole(entry: MemoryEntry, agents: Vec<String>) -> Self {
        let (state, fails) = (entry.state(), entry.situation.describe());
        let does = entry.describe_remedy();
        let MemoryEntry {
            situation_id,
            situation,
            known: KnownRemedy { id, remedy, trust, proof, origin },
            since,
            changed_at,
            seen,
            last_seen_at,
            flag,
            superseded_by,
        } = entry;
        Self {
            id,
            state,
            trust: Voucher::of(trust, &proof),
            fails,
            does,
            tactic: remedy.approach.tactic(),
            approach: remedy.approach,
            situation,
            situation_id,
            remedy,
            confidence: proof.lower_bound(),
            proof,
            origin,
            superseded_by,
            flag,
            since,
            changed_at,
            seen,
            last_seen_at: (seen > 0).then_some(last_seen_at),
            agents: Some(agents),
        }
    }

    /// As it stands in a list.
    #[must_use]
    pub fn listed(mut entry: MemoryEntry) -> Self {
        for step in &mut entry.known.remedy.steps {
            step.fingerprint = None;
        }
        Self { agents: None, ..Self::whole(entry, Vec::new()) }
    }
}

/// What has proved itself over several runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Pattern {
    /// The memory it is, for `GET /v1/memories/{id}`.
    pub id: RemedyId,
    /// On which site.
    pub site: String,
    /// On which page.
    pub page: String,
    /// What fails there, in words.
    pub fails: String,
    /// What works instead, in words.
    pub works: String,
    /// How it fails.
    pub error_class: domain::failure::ErrorClass,
    /// The kind of answer.
    pub tactic: Tactic,
    /// What works instead: typed actions without values.
    pub remedy: Remedy,
    /// Who vouches for it.
    pub trust: Voucher,
    /// How its uses went.
    pub proof: Proof,
    /// How surely it works, from 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    pub confidence: f64,
    /// When it first worked.
    pub since: DateTime<Utc>,
    /// When it was last used.
    pub changed_at: DateTime<Utc>,
}

impl From<MemoryEntry> for Pattern {
    fn from(entry: MemoryEntry) -> Self {
        let memory = Memory::listed(entry);
        Self {
            id: memory.id,
            fails: memory.fails,
            works: memory.does,
            error_class: memory.situation.class,
            site: memory.situation.site,
            page: memory.situation.page,
            tactic: memory.tactic,
            remedy: memory.remedy,
            trust: memory.trust,
            proof: memory.proof,
            confidence: memory.confidence,
            since: memory.since,
            changed_at: memory.changed_at,
        }
    }
}

/// Why a memory is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "it clicks the button beside the one that is meant" }))]
pub struct FlagMemory {
    /// Why.
    #[schema(min_length = 1, max_length = 1000, pattern = r"\S")]
    pub reason: String,
}

impl FlagMemory {
    /// The reason, if it says something.
    ///
    /// # Errors
    /// The fault, with the path of its field.
    pub fn check(self) -> Result<String, Vec<Invalid>> {
        let mut faults = Faults::default();
        let length = self.reason.chars().count();
        if self.reason.trim().is_empty() || length > REASON_CHARS || self.reason.contains('\0') {
            faults.add("reason", "must have between 1 and 1000 characters");
        }
        faults.finish(Some(self.reason))
    }
}
