//! What a run of the demo is meant to show, and what is said when it does not.

use super::account::End;
use domain::memory::Tier;
use domain::task::TaskState;

/// What a run is meant to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meant {
    /// The plan fits the site.
    Works,
    /// It does not, and the agent gets past that: alone where it can, with a human where it cannot
    /// tell.
    HealsAndAsks,
    /// Others have been here: nobody is asked again.
    AsksNobody,
    /// What is known to fail is avoided.
    MeetsNoFailure,
    /// Nobody was here, but elsewhere in the same kind of trouble.
    TakesTheApproach,
    /// Without memory it fails, and fails again.
    Repeats,
}

impl Meant {
    /// What did not happen as meant.
    pub(super) fn missed_by(self, end: &End) -> Vec<String> {
        let counts = end.counts();
        let mut missed = Vec::new();
        let mut expect = |holds: bool, what: String| {
            if !holds {
                missed.push(what);
            }
        };
        let wanted = if self == Self::Repeats { TaskState::Failed } else { TaskState::Succeeded };
        let ended = end.task.state;
        expect(ended == wanted, format!("it {ended:?}").to_lowercase());
        match self {
            Self::Works => expect(counts.failed == 0, format!("{} steps failed", counts.failed)),
            Self::HealsAndAsks => {
                expect(counts.heals >= 3, format!("only {} steps were healed", counts.heals));
                expect(counts.asked == 1, format!("it asked {} times", counts.asked));
            }
            Self::AsksNobody => expect(counts.asked == 0, "it asked a human again".into()),
            Self::MeetsNoFailure => {
                expect(counts.failed == 0, format!("{} steps failed again", counts.failed));
                expect(counts.foreseen > 0, "nothing was foreseen".into());
                expect(counts.asked == 0, "it asked a human again".into());
            }
            Self::TakesTheApproach => {
                expect(end.advised(Tier::Low), "memory offered no approach of another site".into());
                expect(counts.heals > 0, "nothing was healed".into());
            }
            Self::Repeats => expect(counts.heals == 0, "something was healed".into()),
        }
        missed
    }
}
