//! What an agent outside reports: what became of advice, and what worked instead.

use crate::id::RemedyId;
use crate::memory::{Lifter, Remedy, Situation, Taken, Verdict, approach_of};
use crate::plan::StepForm;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use url::Url;
use utoipa::ToSchema;

/// What became of one piece of advice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AdviceOutcome {
    /// It was done, and the step did what it should afterwards.
    Worked,
    /// It was done, and did not help.
    Failed,
    /// It was done, and nobody can tell.
    Unverified,
    /// It was not done.
    NotTried,
}

impl AdviceOutcome {
    /// Every outcome.
    pub const ALL: [Self; 4] = [Self::Worked, Self::Failed, Self::Unverified, Self::NotTried];

    /// The name as it stands in JSON and SQL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Worked => "worked",
            Self::Failed => "failed",
            Self::Unverified => "unverified",
            Self::NotTried => "not_tried",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == name)
    }

    /// What it says about a remedy; nothing where it was not done.
    #[must_use]
    pub const fn verdict(self) -> Option<Verdict> {
        match self {
            Self::Worked => Some(Verdict::Worked),
            Self::Failed => Some(Verdict::Failed),
            Self::Unverified => Some(Verdict::Unverified),
            Self::NotTried => None,
        }
    }
}

/// A report about one recall.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// What became of its advice, by rank, from 1.
    pub outcomes: Vec<Outcome>,
    /// What worked instead.
    pub remedy: Option<ToldRemedy>,
}

/// What became of the advice of a rank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The rank, from 1.
    pub rank: u32,
    /// What became of it.
    pub outcome: AdviceOutcome,
    /// What the agent adds.
    pub note: Option<String>,
}

/// A remedy that an agent outside found by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct ToldRemedy {
    /// What it does.
    pub remedy: Remedy,
    /// What the agent adds.
    pub note: Option<String>,
}

impl ToldRemedy {
    /// The remedy that these actions amount to: cleaned like those of our own runs. `None` when they
    /// cannot be remembered.
    #[must_use]
    pub fn of(
        situation: &Situation,
        first: &[StepForm],
        action: Option<&StepForm>,
        page: Option<&Url>,
        note: Option<String>,
    ) -> Option<Self> {
        let forms = first.iter().map(|form| (form, false)).chain(action.map(|form| (form, true)));
        let taken =
            forms.map(|(form, own)| Taken { form, fingerprint: None, own, page, instead_of: None });
        let lifter = Lifter::new(&BTreeMap::new());
        let approach = approach_of(situation, first, action);
        let remedy = Remedy::of_steps(approach, taken, &lifter)?;
        Some(Self { remedy, note })
    }
}

/// A report as it is kept: what became of one piece of advice, and whether it counts.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptOutcome {
    /// The rank; 0 for the agent's own remedy.
    pub rank: u32,
    /// The remedy.
    pub remedy_id: RemedyId,
    /// What became of it.
    pub outcome: AdviceOutcome,
    /// What the agent added.
    pub note: Option<String>,
    /// When it was first reported.
    pub reported_at: DateTime<Utc>,
}
