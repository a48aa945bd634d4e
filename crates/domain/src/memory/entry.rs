//! One memory as people see it: what failed, what was done about it, and what that is worth.

use crate::id::{RemedyId, SituationId};
use crate::memory::remedy::deed_of;
use crate::memory::{Approach, KnownRemedy, Proof, Situation, Standing, Trust};
use crate::one_line::one_line;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a memory stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemoryState {
    /// It has proved itself over several runs: surfaced without being asked for.
    Pattern,
    /// It worked, and nothing speaks against it.
    Proven,
    /// It was used, and nobody can tell.
    Unproven,
    /// It fails more than it works, or its last uses failed: kept, not offered.
    Retired,
    /// It was tried and never worked: not to be tried again.
    DeadEnd,
    /// Somebody marked it as wrong: never served.
    Flagged,
}

/// That somebody marked a memory as wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Flag {
    /// Why.
    pub reason: String,
    /// Who: the name of the key.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// One memory: a situation, what was done about it, and what became of that.
#[derive(Debug, Clone, PartialEq)]
pub struct MemoryEntry {
    /// The situation it is about.
    pub situation_id: SituationId,
    /// What happened.
    pub situation: Situation,
    /// What was done, with its proof and where it comes from.
    pub known: KnownRemedy,
    /// When it first worked, or was first tried.
    pub since: DateTime<Utc>,
    /// When it was last used, flagged or unflagged.
    pub changed_at: DateTime<Utc>,
    /// How often the situation was met.
    pub seen: u32,
    /// When it was last met.
    pub last_seen_at: DateTime<Utc>,
    /// That it was marked as wrong.
    pub flag: Option<Flag>,
    /// What has taken its place.
    pub superseded_by: Option<RemedyId>,
}

impl MemoryState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Pattern, Self::Proven, Self::Unproven, Self::Retired, Self::DeadEnd, Self::Flagged];

    /// Where a remedy stands.
    #[must_use]
    pub fn of(trust: Trust, proof: &Proof) -> Self {
        if trust == Trust::Flagged {
            return Self::Flagged;
        }
        match proof.standing() {
            Standing::Pattern => Self::Pattern,
            Standing::Proven => Self::Proven,
            Standing::Unproven => Self::Unproven,
            Standing::Retired => Self::Retired,
            Standing::DeadEnd => Self::DeadEnd,
        }
    }

    /// The name as it stands in JSON and SQL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pattern => "pattern",
            Self::Proven => "proven",
            Self::Unproven => "unproven",
            Self::Retired => "retired",
            Self::DeadEnd => "dead_end",
            Self::Flagged => "flagged",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

impl Situation {
    /// What fails, in words.
    #[must_use]
    pub fn describe(&self) -> String {
        let deed = deed_of(self.action, self.target.as_ref());
        let class = self.class.as_str();
        if self.intent.is_empty() {
            format!("{deed} ({class})")
        } else {
            format!("{}: {deed} ({class})", one_line(&self.intent))
        }
    }
}

impl MemoryEntry {
    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> MemoryState {
        MemoryState::of(self.known.trust, &self.known.proof)
    }

    /// What was done about it, in words.
    #[must_use]
    pub fn describe_remedy(&self) -> String {
        match self.known.remedy.approach {
            Approach::GiveUp => "nothing: a human said that it cannot be done".into(),
            _ => self.known.remedy.describe_whole(),
        }
    }

    /// What is not worth trying again, in words. That a human gave a step up is no advice to do so
    /// without trying: what is said then is what failed.
    #[must_use]
    pub fn describe_failure(&self) -> String {
        let fails = self.situation.describe();
        let date = |at: Option<DateTime<Utc>>| at.map(|at| at.format("%F").to_string());
        let last = date(self.known.proof.last_failed_at);
        let last = last.map(|last| format!(", last on {last}")).unwrap_or_default();
        match self.known.remedy.approach {
            Approach::GiveUp => format!("{fails} fails{last}; a human found no way past it"),
            Approach::LeaveOut => {
                format!("{fails} fails, and runs that left the step out failed for it{last}")
            }
            _ => {
                let tried = self.known.remedy.describe();
                let worked = self.known.proof.worked > 0;
                let verdict = if worked { "does not help any more" } else { "never helped" };
                format!("{fails} fails, and to {tried} {verdict}{last}")
            }
        }
    }
}

/// Which of the other remedies of a situation has taken the place of one: the one that worked last.
#[must_use]
pub fn superseded_by<'a>(
    remedy: RemedyId,
    proof: &Proof,
    others: impl Iterator<Item = (RemedyId, Trust, &'a Proof)>,
) -> Option<RemedyId> {
    others
        .filter(|(id, trust, other)| {
            *id != remedy && *trust != Trust::Flagged && proof.gives_way_to(other)
        })
        .max_by_key(|(id, _, other)| (other.last_worked_at, *id))
        .map(|(id, ..)| id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::ErrorClass;
    use crate::id::RunId;
    use crate::memory::{Origin, Remedy, RemedyStep};
    use crate::plan::{ActionName, StepForm, TargetForm};
    use chrono::TimeDelta;
    use uuid::Uuid;

    fn day(number: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(number)
    }

    fn id(number: u128) -> RemedyId {
        RemedyId::from_uuid(Uuid::from_u128(number))
    }

    fn entry(approach: Approach, trust: Trust, proof: Proof) -> MemoryEntry {
        let css = |css: &str| Some(TargetForm { css: Some(css.into()), ..TargetForm::default() });
        let form = StepForm { target: css(".save"), ..StepForm::of(ActionName::Click) };
        let step = RemedyStep { form, fingerprint: None, own: true, renamed: None };
        let steps = if approach.settles() { vec![] } else { vec![step] };
        MemoryEntry {
            situation_id: SituationId::from_uuid(Uuid::from_u128(9)),
            situation: Situation {
                site: "shop".into(),
                page: "/".into(),
                class: ErrorClass::ElementNotFound,
                action: ActionName::Click,
                target: css("#save"),
                intent: "save the user".into(),
                message: String::new(),
            },
            known: KnownRemedy {
                id: id(1),
                remedy: Remedy { approach, steps },
                trust,
                proof,
                origin: Origin::Run { run_id: RunId::from_uuid(Uuid::from_u128(2)), step: 3 },
            },
            since: day(0),
            changed_at: day(0),
            seen: 1,
            last_seen_at: day(0),
            flag: None,
            superseded_by: None,
        }
    }

    fn worked(day_number: i64) -> Proof {
        let last_worked_at = Some(day(day_number));
        Proof { worked: 3, runs: 3, agents: 2, last_worked_at, ..Proof::default() }
    }

    fn failed(proof: Proof, day_number: i64) -> Proof {
        Proof { failed: proof.failed + 3, last_failed_at: Some(day(day_number)), ..proof }
    }

    #[test]
    fn a_flag_outweighs_any_proof() {
        for (trust, proof, expected) in [
            (Trust::Verified, worked(1), MemoryState::Pattern),
            (Trust::Flagged, worked(1), MemoryState::Flagged),
            (Trust::Human, failed(Proof::default(), 1), MemoryState::DeadEnd),
            (Trust::Verified, failed(worked(1), 2), MemoryState::Retired),
        ] {
            let entry = entry(Approach::OtherLocator, trust, proof);
            assert_eq!(entry.state(), expected, "{entry:?}");
        }
    }

    #[test]
    fn a_memory_says_what_fails_and_what_was_done() {
        let it = entry(Approach::OtherLocator, Trust::Verified, worked(1));
        let fails = "save the user: click the element with the selector \"#save\" \
                     (element_not_found)";
        assert_eq!(it.situation.describe(), fails);
        let does = "click the element with the selector \".save\" instead";
        assert_eq!(it.describe_remedy(), does);
        let mut first = it;
        first.known.remedy.steps[0].own = false;
        let does = "click the element with the selector \".save\", then do the step itself";
        assert_eq!(first.describe_remedy(), does);
    }

    #[test]
    fn what_is_to_be_avoided_is_what_failed_and_never_to_give_up() {
        let gone = failed(Proof::default(), 1);
        let gave_up = entry(Approach::GiveUp, Trust::Human, gone.clone());
        let said = gave_up.describe_failure();
        assert!(said.starts_with("save the user: click the element"), "{said}");
        assert!(said.contains("fails, last on 1970-01-02; a human found no way past it"), "{said}");
        assert!(!said.contains("give the step up") && !said.contains("give up"), "{said}");
        assert!(!gave_up.describe_remedy().contains("give the step up"));

        let dead = entry(Approach::OtherLocator, Trust::Verified, gone.clone());
        assert!(dead.describe_failure().contains("never helped, last on 1970-01-02"));
        let retired = entry(Approach::OtherLocator, Trust::Verified, failed(worked(1), 2));
        assert!(retired.describe_failure().contains("does not help any more"));
        let left_out = entry(Approach::LeaveOut, Trust::Human, failed(worked(1), 2));
        assert!(left_out.describe_failure().contains("runs that left the step out failed"));
    }

    #[test]
    fn what_worked_after_the_last_failure_takes_the_place() {
        let broken = failed(worked(1), 5);
        let others = [
            (id(1), Trust::Verified, worked(9)),
            (id(2), Trust::Verified, worked(4)),
            (id(3), Trust::Verified, worked(6)),
            (id(4), Trust::Verified, worked(7)),
            (id(5), Trust::Flagged, worked(8)),
        ];
        let others = || others.iter().map(|(id, trust, proof)| (*id, *trust, proof));
        assert_eq!(superseded_by(id(1), &broken, others()), Some(id(4)));
        assert_eq!(superseded_by(id(1), &worked(1), others()), None, "it did not fail");
        assert_eq!(superseded_by(id(1), &failed(worked(1), 7), others()), None);
    }

    #[test]
    fn the_names_of_states_are_read_back() {
        for state in MemoryState::ALL {
            assert_eq!(MemoryState::from_name(state.as_str()), Some(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }
}
