//! The next move of a run: a pure function of the plan, what was done, and what was seen.

use crate::failure::{Failure, LimitName, TaskFailure};
use crate::plan::PlanStep;
use crate::step::StepDecision;
use crate::task::Limits;
use std::time::Duration;

/// Where a run stands in its plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Which step of the plan.
    pub step: usize,
    /// Which way of doing it: `None` the step itself, else the index of a fallback.
    pub fallback: Option<usize>,
}

/// What the last step showed.
#[derive(Debug, Clone, PartialEq)]
pub enum Last {
    /// There was none: the run begins.
    Nothing,
    /// The start page is open.
    Started,
    /// The step at this position did what it should.
    Worked(Position),
    /// The step at this position did not.
    Failed {
        /// Its position; `None` for the start page.
        at: Option<Position>,
        /// Its number in the trace.
        seq: u32,
        /// What went wrong.
        failure: Failure,
    },
}

/// What was used up, and what the outside wants.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress {
    /// Steps recorded in this run.
    pub steps: u32,
    /// Time since the run began.
    pub elapsed: Duration,
    /// The client wants the task cancelled.
    pub cancelled: bool,
    /// The worker is stopping.
    pub stopping: bool,
}

/// The next move.
#[derive(Debug, Clone, PartialEq)]
pub enum Move {
    /// Open the start page.
    Start,
    /// Take this step of the plan.
    Act {
        /// Which.
        at: Position,
        /// Why.
        decision: StepDecision,
    },
    /// Everything was done.
    Succeed,
    /// It cannot be done.
    Fail(TaskFailure),
    /// The client does not want it any more.
    Cancel,
    /// Give the attempt back.
    Release,
}

/// Decides the next move. Cancelling goes before everything, then the end of the plan: a run that
/// has done everything has succeeded, whatever its limits say.
#[must_use]
pub fn decide(plan: &[PlanStep], last: &Last, progress: Progress, limits: &Limits) -> Move {
    if progress.cancelled {
        return Move::Cancel;
    }
    let next = match last {
        Last::Nothing => Move::Start,
        Last::Started => plan_step(plan, 0),
        Last::Worked(at) => plan_step(plan, at.step + 1),
        Last::Failed { at, seq, failure } => after_failure(plan, *at, *seq, failure),
    };
    match next {
        Move::Start | Move::Act { .. } if progress.stopping => Move::Release,
        Move::Start | Move::Act { .. } => match used_up(progress, limits) {
            Some(failure) => Move::Fail(failure),
            None => next,
        },
        end => end,
    }
}

fn plan_step(plan: &[PlanStep], step: usize) -> Move {
    if step >= plan.len() {
        return Move::Succeed;
    }
    Move::Act {
        at: Position { step, fallback: None },
        decision: StepDecision::Plan { step: number(step) },
    }
}

fn after_failure(plan: &[PlanStep], at: Option<Position>, seq: u32, failure: &Failure) -> Move {
    let next = at.map(|at| (at.step, at.fallback.map_or(0, |index| index + 1)));
    match next {
        Some((step, fallback))
            if !failure.ends_session() && fallback < plan[step].fallbacks.len() =>
        {
            Move::Act {
                at: Position { step, fallback: Some(fallback) },
                decision: StepDecision::Fallback {
                    step: number(step),
                    fallback: number(fallback),
                    after: seq,
                },
            }
        }
        _ => Move::Fail(TaskFailure::of_step(seq, failure)),
    }
}

fn used_up(progress: Progress, limits: &Limits) -> Option<TaskFailure> {
    if progress.steps >= limits.steps {
        let message = format!("used up its {} steps before the plan was done", limits.steps);
        return Some(TaskFailure::over_limit(LimitName::Steps, message));
    }
    if progress.elapsed >= Duration::from_secs(limits.seconds.into()) {
        let message = format!("used up its {} seconds before the plan was done", limits.seconds);
        return Some(TaskFailure::over_limit(LimitName::Seconds, message));
    }
    None
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::{ErrorClass, FailureKind};
    use crate::plan::{PlanForm, Values, plan_steps};

    fn plan() -> Vec<PlanStep> {
        let form: PlanForm = serde_json::from_str(
            r##"{"steps": [
                {"intent": "open", "action": "click", "target": {"css": "#open"},
                 "fallbacks": [{"action": "press", "key": "Enter"}, {"action": "reload"}]},
                {"intent": "look", "action": "screenshot"}
            ]}"##,
        )
        .unwrap();
        plan_steps(&form, &Values::default()).unwrap()
    }

    fn at(step: usize, fallback: Option<usize>) -> Position {
        Position { step, fallback }
    }

    fn failed(position: Position, class: ErrorClass) -> Last {
        Last::Failed { at: Some(position), seq: 7, failure: Failure::new(class, "no") }
    }

    fn next(last: &Last) -> Move {
        decide(&plan(), last, Progress::default(), &Limits::default())
    }

    #[test]
    fn a_run_that_meets_no_trouble_goes_through_its_plan() {
        assert_eq!(next(&Last::Nothing), Move::Start);
        let act = |step| Move::Act {
            at: at(step, None),
            decision: StepDecision::Plan { step: u32::try_from(step).unwrap() },
        };
        assert_eq!(next(&Last::Started), act(0));
        assert_eq!(next(&Last::Worked(at(0, None))), act(1));
        assert_eq!(next(&Last::Worked(at(0, Some(1)))), act(1));
        assert_eq!(next(&Last::Worked(at(1, None))), Move::Succeed);
    }

    #[test]
    fn fallbacks_are_tried_in_order_and_then_the_run_fails() {
        for (before, fallback) in [(None, 0), (Some(0), 1)] {
            let last = failed(at(0, before), ErrorClass::ElementNotFound);
            let decision = StepDecision::Fallback { step: 0, fallback: number(fallback), after: 7 };
            assert_eq!(next(&last), Move::Act { at: at(0, Some(fallback)), decision });
        }
        let Move::Fail(end) = next(&failed(at(0, Some(1)), ErrorClass::ElementNotFound)) else {
            panic!("should fail")
        };
        assert_eq!((end.kind, end.step), (FailureKind::Blocked, Some(7)));
    }

    #[test]
    fn a_dead_browser_is_not_answered_with_a_fallback() {
        let Move::Fail(end) = next(&failed(at(0, None), ErrorClass::BrowserCrashed)) else {
            panic!("should fail")
        };
        assert_eq!(end.kind, FailureKind::Infrastructure);
    }

    #[test]
    fn a_start_page_that_fails_ends_the_run() {
        let failure = Failure::new(ErrorClass::NavigationFailed, "refused");
        let last = Last::Failed { at: None, seq: 0, failure };
        assert!(matches!(next(&last), Move::Fail(end) if end.step == Some(0)));
    }

    #[test]
    fn limits_end_a_run_with_their_own_reason_unless_it_is_done() {
        let limits = Limits { steps: 3, seconds: 60, ..Limits::default() };
        let steps = Progress { steps: 3, ..Progress::default() };
        let time = Progress { elapsed: Duration::from_mins(1), ..Progress::default() };
        for (progress, limit) in [(steps, LimitName::Steps), (time, LimitName::Seconds)] {
            let Move::Fail(end) = decide(&plan(), &Last::Started, progress, &limits) else {
                panic!("should fail")
            };
            assert_eq!((end.kind, end.limit), (FailureKind::Budget, Some(limit)));
            let done = Last::Worked(at(1, None));
            assert_eq!(decide(&plan(), &done, progress, &limits), Move::Succeed);
        }
    }

    #[test]
    fn cancelling_goes_before_everything_and_stopping_only_before_acting() {
        let cancelled = Progress { cancelled: true, ..Progress::default() };
        let stopping = Progress { stopping: true, ..Progress::default() };
        let limits = Limits::default();
        let done = Last::Worked(at(1, None));
        assert_eq!(decide(&plan(), &done, cancelled, &limits), Move::Cancel);
        assert_eq!(decide(&plan(), &done, stopping, &limits), Move::Succeed);
        assert_eq!(decide(&plan(), &Last::Started, stopping, &limits), Move::Release);
    }
}
