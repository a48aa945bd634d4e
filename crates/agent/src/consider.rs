//! What to try about a failure: asked of memory and of the page, decided, and recorded with the
//! reasons.

use crate::heal::{Healing, advised, called, explored};
use crate::recaller::Answered;
use crate::run::Run;
use domain::heal::{Candidate, Explored, Stage};
use domain::id::RecallId;
use domain::memory::{Advice, Approach, Judged, Situation};
use domain::plan::{ActionName, PlanStep};
use domain::recall::{Choice, Chosen, Recall, RecallAnswer, Weighed};
use domain::step::HealSource;
use domain::tactics::{Circumstances, Doing, Login, Proposal, Proposed, prepares, proposals};
use std::collections::VecDeque;
use std::mem;

/// What is made of a failure, of what memory says and of the page.
pub(crate) struct Considered {
    /// What will be tried.
    ways: VecDeque<Proposal>,
    /// Why that is less than could be, and then why what was chosen was not tried.
    pub(crate) reasons: Vec<String>,
    /// Whether a human said that the step can be left out.
    pub(crate) left_out: bool,
    /// Who gave the step up, and when.
    pub(crate) given_up: Option<String>,
    /// How many ways were begun and came to nothing without a step of theirs that failed.
    pub(crate) begun: usize,
    recall: Recall,
    /// Whether the recall says more by now than was recorded.
    says_more: bool,
}

impl Considered {
    /// The next way to try.
    pub(crate) fn next(&mut self) -> Option<Proposal> {
        self.ways.pop_front()
    }

    /// Takes note that a way came to nothing before it did what the step is for; `begun` says
    /// whether anything had been done in its name.
    pub(crate) fn came_to_nothing(&mut self, way: &Proposal, begun: bool, why: String) {
        let choice = if begun { Choice::Chosen } else { Choice::Rejected };
        self.weigh(way, choice, &why);
        self.reasons.push(why);
    }

    /// Takes note that this way and those after it do not get their turn.
    pub(crate) fn pass_over(&mut self, way: Option<Proposal>, why: &str) {
        let rest: Vec<Proposal> = way.into_iter().chain(mem::take(&mut self.ways)).collect();
        for way in rest {
            self.weigh(&way, Choice::Rejected, why);
        }
    }

    fn weigh(&mut self, way: &Proposal, choice: Choice, why: &str) {
        if let Some(advice) = way.advice() {
            self.recall.answer.weigh(advice, choice, why);
            self.says_more = true;
        }
    }
}

impl Run<'_> {
    /// Asks memory and looks at the page; decides what to try, and records why.
    pub(crate) async fn consider(
        &mut self,
        healing: &Healing<'_>,
        situation: &Situation,
        id: RecallId,
    ) -> Considered {
        let Healing { step, failure, after, .. } = *healing;
        let asked_at = self.clock.now();
        let Answered { judged, trouble, took } = self.recaller.ask(self.lease, situation).await;
        let judged = judged.unless_worked(self.own_worked_at(self.attempt.began_on(), step));
        let Proposed { ways, unused } =
            proposals(failure, situation, &judged, self.circumstances(step));
        self.trouble.failed.extend(dead_elements(&judged));
        let (found, why) = if ways.contains(&Proposal::Find) {
            let (found, why) = told(self.explore(step).await);
            self.trouble.considered = Some(found.clone());
            (found, why)
        } else {
            self.trouble.considered = None;
            (Vec::new(), None)
        };
        let ways = unless_settled(ways, &judged, &found);
        let settled = judged.settled.iter().map(|advice| settled(advice));
        let chosen: Vec<Chosen> = ways
            .iter()
            .filter_map(|way| choose(way, &found, why.is_some()))
            .chain(settled)
            .collect();
        let abstained = match (&why, chosen.is_empty()) {
            (Some(why), _) => Some(why.clone()),
            (None, true) => Some("nothing is known that could help here".to_owned()),
            (None, false) => None,
        };
        let recall = Recall {
            id,
            project_id: self.lease.project_id,
            run_id: self.lease.run_id,
            after,
            situation: situation.clone(),
            answer: RecallAnswer {
                weighed: weighed(&judged, &ways, &unused),
                judged: judged.clone(),
                considered: found,
                chosen,
                abstained: abstained.clone(),
                trouble,
            },
            asked_at,
            took_ms: u32::try_from(took.as_millis()).unwrap_or(u32::MAX),
        };
        self.recaller.record(&recall).await;
        Considered {
            ways: without_dead_ends(ways, &judged).into(),
            reasons: abstained.into_iter().collect(),
            left_out: judged.leaves_out(),
            given_up: judged.given_up(),
            begun: 0,
            recall,
            says_more: false,
        }
    }

    /// Records what became of the advice, where that is not what was decided at first.
    pub(crate) async fn tell_more(&mut self, considered: &Considered) {
        if considered.says_more {
            self.recaller.record(&considered.recall).await;
        }
    }

    fn circumstances(&self, step: &PlanStep) -> Circumstances {
        let seen = &self.attempt.seen().observation;
        let open = seen.dialogs.iter().filter(|dialog| dialog.accepted.is_none());
        let kinds: Vec<&str> = open.map(|dialog| dialog.kind.as_str()).collect();
        Circumstances {
            changed: !seen.changes.is_empty(),
            doing: doing(step.form.action),
            login: if self.outside { Login::Expected } else { Login::Unexpected },
            alert: kinds == ["alert"],
        }
    }
}

/// What is known to fail here is tried last: of what only prepares, and so is the same each time.
fn without_dead_ends(ways: Vec<Proposal>, judged: &Judged) -> Vec<Proposal> {
    let dead = |way: &Proposal| match way {
        Proposal::Routine(approach, _) if prepares(*approach) => {
            judged.dead_ends.iter().any(|known| known.remedy.approach == *approach)
        }
        _ => false,
    };
    let (last, mut first): (Vec<_>, Vec<_>) = ways.into_iter().partition(dead);
    first.extend(last);
    first
}

/// What is still tried after a human settled it: nothing where the step is left out; where it was
/// given up the element itself, should the site have it again, and nothing that only resembles it.
fn unless_settled(ways: Vec<Proposal>, judged: &Judged, found: &[Candidate]) -> Vec<Proposal> {
    if judged.settled.is_none() {
        return ways;
    }
    let exact =
        |it: &Candidate| matches!(it.stage, Stage::Id | Stage::TestId | Stage::Name | Stage::Text);
    let is_back = !judged.leaves_out() && found.first().is_some_and(exact);
    ways.into_iter().filter(|way| is_back && *way == Proposal::Find).collect()
}

/// What is made of each piece of advice.
fn weighed(judged: &Judged, ways: &[Proposal], unused: &[(Advice, String)]) -> Vec<Weighed> {
    let weigh = |advice: &Advice| {
        let same = |it: &Advice| it.remedy.id == advice.remedy.id;
        let followed = ways.iter().filter_map(Proposal::advice).any(same);
        let why = unused.iter().find(|(it, _)| same(it)).map(|(_, why)| why.clone());
        let why = why.unwrap_or_else(|| "a human settled what becomes of this step".to_owned());
        Weighed::new(advice, (!followed).then_some(why))
    };
    judged.offered.iter().map(weigh).collect()
}

/// How what a human settled is told in the recall.
fn settled(advice: &Advice) -> Chosen {
    Chosen {
        approach: advice.remedy.remedy.approach,
        by: advised(advice),
        what: advice.remedy.remedy.describe(),
    }
}

/// What was considered on the page, and why none of it was taken.
fn told(explored: Explored) -> (Vec<Candidate>, Option<String>) {
    match explored {
        Explored::One(candidate) => (vec![candidate], None),
        Explored::None { why, considered, .. } => (considered, Some(why)),
    }
}

/// The elements that were acted upon in vain in this very situation, or wrongly, by their paths.
fn dead_elements(judged: &Judged) -> impl Iterator<Item = String> {
    let wrong = judged.dead_ends.iter().chain(&judged.flagged);
    let steps = wrong.flat_map(|known| &known.remedy.steps);
    steps.filter(|step| step.own).filter_map(|step| Some(step.fingerprint.as_ref()?.xpath.clone()))
}

const fn doing(action: ActionName) -> Doing {
    match action {
        ActionName::Click => Doing::Clicks,
        ActionName::DoubleClick
        | ActionName::Press
        | ActionName::Drag
        | ActionName::HandleDialog
        | ActionName::Navigate
        | ActionName::Back
        | ActionName::Reload => Doing::Sends,
        ActionName::Fill => Doing::Fills,
        ActionName::Clear
        | ActionName::Select
        | ActionName::Check
        | ActionName::Uncheck
        | ActionName::Hover
        | ActionName::Scroll
        | ActionName::Upload
        | ActionName::WaitFor
        | ActionName::Extract
        | ActionName::Screenshot
        | ActionName::SwitchFrame
        | ActionName::SwitchTab
        | ActionName::Assert => Doing::Harmless,
    }
}

/// How a way is told in the recall.
fn choose(way: &Proposal, found: &[Candidate], abstained: bool) -> Option<Chosen> {
    Some(match way {
        Proposal::Copy(advice) | Proposal::Prepare(advice) => Chosen {
            approach: advice.remedy.remedy.approach,
            by: advised(advice),
            what: advice.remedy.remedy.describe(),
        },
        Proposal::Hint(advice) => Chosen {
            approach: Approach::OtherLocator,
            by: advised(advice),
            what: format!("{}, if this step's words fit it", advice.remedy.remedy.describe()),
        },
        Proposal::Find => {
            let candidate = found.first().filter(|_| !abstained)?;
            Chosen {
                approach: Approach::OtherLocator,
                by: explored(candidate),
                what: format!("the step on {}", called(candidate)),
            }
        }
        Proposal::Routine(approach, advice) => Chosen {
            approach: *approach,
            by: advice.as_deref().map_or(HealSource::Routine, advised),
            what: "what is done about such a failure in general".into(),
        },
    })
}
