//! Getting past a failure: ask memory, decide what to try, try it, and say so in the trace.

use crate::agent::Aborted;
use crate::attempt::Taking;
use crate::recaller::Answered;
use crate::run::Run;
use domain::decide::{Last, Position};
use domain::escalation::Tried;
use domain::failure::Failure;
use domain::heal::{Candidate, Explored, Stage};
use domain::id::RecallId;
use domain::memory::{Advice, Approach, Judged, Situation};
use domain::plan::{ActionName, PlanStep};
use domain::recall::{Chosen, Recall, RecallAnswer};
use domain::step::{HealSource, StepDecision};
use domain::tactics::{Circumstances, Doing, Login, Proposal, prepares, proposals};
use tokio::time::Instant;
use tracing::info;

/// A site on which everything has to be healed has changed for good: that is for people to look at.
const HEALS_PER_SITE_AND_DAY: u32 = 2000;

/// One failure being answered.
pub(crate) struct Healing<'a> {
    pub(crate) step: &'a PlanStep,
    pub(crate) at: Position,
    /// The number of the failed step.
    pub(crate) after: u32,
    pub(crate) failure: &'a Failure,
    /// The question to memory that went before.
    pub(crate) recall: Option<RecallId>,
    /// Which try this is, from 0.
    pub(crate) attempt: u32,
}

/// What became of one try.
pub(crate) enum Outcome {
    /// The step is done.
    Worked(Last),
    /// It was tried, and failed.
    Failed(u32, Failure),
    /// It was not even tried.
    NotTried(String),
}

/// One way as it is about to be tried.
pub(crate) struct Way {
    pub(crate) approach: Approach,
    pub(crate) by: HealSource,
    pub(crate) what: String,
}

/// What is made of a failure, of what memory says and of the page.
struct Considered {
    /// What will be tried.
    ways: Vec<Proposal>,
    /// Why that is less than could be.
    why: Option<String>,
    /// Whether a human said that the step can be left out.
    left_out: bool,
    /// Who gave the step up, and when.
    given_up: Option<String>,
}

impl Run<'_> {
    /// Answers a failure of a plan's step with the ways there are.
    pub(crate) async fn heal(
        &mut self,
        at: Position,
        after: u32,
        failure: Failure,
    ) -> Result<Last, Aborted> {
        let plan = self.plan;
        let step = &plan[at.step];
        if self.site.heals_today.saturating_add(self.heals) >= HEALS_PER_SITE_AND_DAY {
            let why = format!("this site used up its {HEALS_PER_SITE_AND_DAY} heals for today");
            return Ok(Last::Spent { at, seq: after, failure, why });
        }
        self.heals += 1;
        let situation = self.situation(step, &failure);
        let recall = RecallId::new(self.clock);
        let mut healing =
            Healing { step, at, after, failure: &failure, recall: Some(recall), attempt: 0 };
        let considered = self.consider(&healing, &situation, recall).await;
        if considered.left_out {
            return Ok(Last::LeftOut { at, seq: after });
        }
        self.trouble.situation = Some(situation);
        let mut reasons: Vec<String> = considered.why.into_iter().collect();
        for proposal in considered.ways {
            if self.is_over() {
                return Ok(Last::Failed { at: Some(at), seq: after, failure });
            }
            match Box::pin(self.try_way(&healing, proposal)).await? {
                Outcome::Worked(last) => {
                    info!(step = at.step, tries = healing.attempt + 1, "healed");
                    return Ok(last);
                }
                Outcome::Failed(seq, failure) if failure.ends_session() => {
                    return Ok(Last::Failed { at: Some(at), seq, failure });
                }
                // It was carried out, and the page answered: to do it once more would do it twice.
                Outcome::Failed(_, failure) if self.did_something(&failure) => {
                    reasons.insert(0, "what was tried changed the page".into());
                    break;
                }
                Outcome::Failed(..) => {}
                Outcome::NotTried(why) => reasons.push(why),
            }
            healing.attempt += 1;
        }
        if let Some(why) = considered.given_up {
            return Ok(Last::GivenUp { seq: after, failure, why });
        }
        let why = self.why_spent(&reasons);
        Ok(Last::Spent { at, seq: after, failure, why })
    }

    /// What a failed step amounts to, as it will be remembered after the run.
    pub(crate) fn situation(&self, step: &PlanStep, failure: &Failure) -> Situation {
        let (site, page) = (&self.lease.spec.site, self.attempt.began_on());
        let intent = self.lifter.lift_text(&step.intent);
        Situation::of(site, page, &step.form, &intent, failure)
    }

    /// Whether the last step did something to the page before it failed.
    fn did_something(&self, failure: &Failure) -> bool {
        !failure.class.touched_nothing() && !self.attempt.seen().observation.changes.is_empty()
    }

    fn why_spent(&self, reasons: &[String]) -> String {
        let tried = self.trouble.tried.iter().filter(|tried| tried.approach.is_some()).count();
        let tried = match tried {
            0 => "nothing could be tried".to_owned(),
            1 => "one way was tried and failed".to_owned(),
            more => format!("{more} ways were tried and failed"),
        };
        match reasons.first() {
            Some(reason) => format!("{tried}; {reason}"),
            None => tried,
        }
    }

    /// Asks memory and looks at the page; decides what to try, and records why.
    async fn consider(
        &mut self,
        healing: &Healing<'_>,
        situation: &Situation,
        id: RecallId,
    ) -> Considered {
        let Healing { step, failure, after, .. } = *healing;
        let asked_at = self.clock.now();
        let begun = Instant::now();
        let Answered { judged, trouble } = self.recaller.ask(self.lease, situation).await;
        let judged = judged.unless_worked(self.own_worked_at(self.attempt.began_on(), step));
        let ways = proposals(failure, &judged, self.circumstances(step));
        self.trouble.failed.extend(dead_elements(&judged));
        let (found, why) = if ways.contains(&Proposal::Find) {
            told(self.explore(step).await)
        } else {
            (Vec::new(), None)
        };
        self.trouble.considered.clone_from(&found);
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
                judged: judged.clone(),
                considered: found,
                chosen,
                abstained: abstained.clone(),
                trouble,
            },
            asked_at,
            took_ms: u32::try_from(begun.elapsed().as_millis()).unwrap_or(u32::MAX),
        };
        self.recaller.record(&recall).await;
        Considered {
            ways: without_dead_ends(ways, &judged),
            why: abstained,
            left_out: judged.leaves_out(),
            given_up: judged.given_up(),
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

    /// Takes one step of a way: the one that does what the plan's step was for, or one that
    /// prepares it.
    pub(crate) async fn take_way(
        &mut self,
        healing: &Healing<'_>,
        way: &Way,
        step: &PlanStep,
        own: bool,
    ) -> Result<Outcome, Aborted> {
        let decision = StepDecision::Heal {
            step: healing.at.step_number(),
            after: healing.after,
            attempt: healing.attempt,
            approach: way.approach,
            by: way.by.clone(),
            own,
            recall_id: healing.recall,
        };
        let effect = self.effect_of(healing.step).filter(|_| own);
        let at = Position { step: healing.at.step, fallback: None };
        let taking =
            Taking { step, at: Some(at), decision, effect: effect.as_ref(), refused: None };
        match self.attempt.take(taking).await? {
            Last::Failed { seq, failure, .. } => {
                let what = way.what.clone();
                let approach = Some(way.approach);
                self.trouble.tried.push(Tried {
                    step: seq,
                    approach,
                    what,
                    failure: failure.clone(),
                });
                Ok(Outcome::Failed(seq, failure))
            }
            last => Ok(Outcome::Worked(last)),
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

/// The elements that were acted upon in vain in this very situation, by their paths.
fn dead_elements(judged: &Judged) -> impl Iterator<Item = String> {
    let steps = judged.dead_ends.iter().flat_map(|known| &known.remedy.steps);
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

pub(crate) fn advised(advice: &Advice) -> HealSource {
    HealSource::Advice {
        situation_id: advice.situation_id,
        remedy_id: advice.remedy.id,
        tier: advice.tier,
        confidence: advice.confidence,
    }
}

pub(crate) fn explored(candidate: &Candidate) -> HealSource {
    HealSource::Explored {
        stage: candidate.stage,
        score: candidate.score,
        margin: candidate.margin,
    }
}

/// What an element is called, for people.
pub(crate) fn called(candidate: &Candidate) -> String {
    let print = &candidate.fingerprint;
    let kind = print.role.as_deref().unwrap_or(&print.tag);
    let names = [&print.name, &print.text, &print.css_path];
    match names.into_iter().find(|name| !name.is_empty()) {
        Some(name) => format!("{kind} \"{name}\""),
        None => kind.to_owned(),
    }
}
