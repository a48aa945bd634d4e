//! The next move of a run: a pure function of the plan, what was done, and what was seen.

use crate::failure::{ErrorClass, Failure, FailureKind, LimitName, TaskFailure};
use crate::observation::Observation;
use crate::plan::PlanStep;
use crate::snapshot::{Fingerprint, Snapshot};
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

impl Position {
    /// The step as a trace counts it.
    #[must_use]
    pub fn step_number(self) -> u32 {
        number(self.step)
    }
}

/// What is known when a run stands before its next move: everything a decision may be made of.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seen {
    /// The page after the last step, and what happened during it.
    pub observation: Observation,
    /// Its interactive elements before the last step.
    pub before: Snapshot,
    /// Its interactive elements now.
    pub now: Snapshot,
    /// The element the last step acted upon.
    pub fingerprint: Option<Fingerprint>,
}

/// How the last step ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Last {
    /// There was none: the run begins.
    Nothing,
    /// A step did what it should.
    Worked {
        /// Its position; `None` for the start page.
        at: Option<Position>,
        /// Its number in the trace.
        seq: u32,
    },
    /// A step did not.
    Failed {
        /// Its position; `None` for the start page.
        at: Option<Position>,
        /// Its number in the trace.
        seq: u32,
        /// What went wrong.
        failure: Failure,
    },
    /// A step did not, and neither did anything that healing tried.
    Spent {
        /// Its position.
        at: Position,
        /// Its number in the trace.
        seq: u32,
        /// What went wrong first.
        failure: Failure,
        /// Why nothing more is tried.
        why: String,
    },
    /// A step did not, and is left out: a human said so.
    LeftOut {
        /// Its position.
        at: Position,
        /// Its number in the trace.
        seq: u32,
    },
    /// A step did not, and a human has given it up: nobody is asked again.
    GivenUp {
        /// Its number in the trace.
        seq: u32,
        /// What went wrong.
        failure: Failure,
        /// Who gave it up, and when.
        why: String,
    },
}

/// What was used up, and what the outside wants.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress {
    /// Steps recorded in this run.
    pub steps: u32,
    /// Time since the run began.
    pub elapsed: Duration,
    /// Failures that were answered with healing in this run.
    pub heals: u32,
    /// Questions that were asked in this run.
    pub asked: u32,
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
    /// Look for another way past a failed step.
    Heal {
        /// Which.
        at: Position,
        /// Its number in the trace.
        seq: u32,
        /// What went wrong.
        failure: Failure,
    },
    /// Ask a human.
    Ask {
        /// About which step of the plan.
        at: Position,
        /// The number of the failed step.
        seq: u32,
        /// What went wrong.
        failure: Failure,
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
pub fn decide(
    plan: &[PlanStep],
    last: &Last,
    seen: &Seen,
    progress: Progress,
    limits: &Limits,
) -> Move {
    if progress.cancelled {
        return Move::Cancel;
    }
    let means = Means { progress, limits };
    let next = match last {
        Last::Nothing => Move::Start,
        Last::Worked { at, seq } => after_success(plan, *at, *seq, seen),
        Last::Failed { at, seq, failure } => after_failure(plan, *at, *seq, failure, means),
        Last::Spent { at, seq, failure, why } => after_healing(*at, *seq, failure, why, means),
        Last::LeftOut { at, seq } => after_success(plan, Some(*at), *seq, seen),
        Last::GivenUp { seq, failure, why } => Move::Fail(TaskFailure {
            kind: FailureKind::Blocked,
            message: format!("{}; {why}", failure.message),
            ..TaskFailure::of_step(*seq, failure)
        }),
    };
    match next {
        Move::Start | Move::Act { .. } | Move::Heal { .. } if progress.stopping => Move::Release,
        Move::Start | Move::Act { .. } | Move::Heal { .. } => match used_up(progress, limits) {
            Some(end) => Move::Fail(blame(end, last)),
            None => next,
        },
        // A step cut short by the end of the run's time is not to blame for its end.
        Move::Fail(failure) if !ends_session(last) => match out_of_time(progress, limits) {
            Some(end) => Move::Fail(blame(end, last)),
            None => Move::Fail(failure),
        },
        end => end,
    }
}

/// What was used up and what may be.
#[derive(Clone, Copy)]
struct Means<'a> {
    progress: Progress,
    limits: &'a Limits,
}

/// Nothing is done while a question of the page stands unanswered.
fn after_success(plan: &[PlanStep], at: Option<Position>, seq: u32, seen: &Seen) -> Move {
    let next = plan_step(plan, at.map_or(0, |at| at.step + 1));
    let open = seen.observation.dialogs.iter().find(|dialog| dialog.accepted.is_none());
    match (next, open) {
        (Move::Succeed, Some(dialog)) => {
            let message = format!(
                "the plan is done, but a {} is still open: \"{}\"; answer it with a last step \
                 `handle_dialog`",
                dialog.kind, dialog.message
            );
            let failure = Failure::new(ErrorClass::DialogBlocked, message);
            Move::Fail(TaskFailure::of_step(seq, &failure))
        }
        (next, _) => next,
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

fn after_failure(
    plan: &[PlanStep],
    at: Option<Position>,
    seq: u32,
    failure: &Failure,
    means: Means<'_>,
) -> Move {
    let Means { progress, limits } = means;
    let Some(at) = at.filter(|_| !failure.ends_session()) else {
        return Move::Fail(TaskFailure::of_step(seq, failure));
    };
    let step = at.step;
    let fallback = at.fallback.map_or(0, |index| index + 1);
    if fallback < plan[step].fallbacks.len() {
        return Move::Act {
            at: Position { step, fallback: Some(fallback) },
            decision: StepDecision::Fallback {
                step: number(step),
                fallback: number(fallback),
                after: seq,
            },
        };
    }
    if progress.heals < limits.heals {
        return Move::Heal { at, seq, failure: failure.clone() };
    }
    if limits.heals == 0 {
        return ask_or_fail(at, seq, failure, TaskFailure::of_step(seq, failure), means);
    }
    let message = format!("used up its {} heals; the last step: {}", limits.heals, failure.message);
    let end = TaskFailure {
        class: Some(failure.class),
        step: Some(seq),
        ..TaskFailure::over_limit(LimitName::Heals, message)
    };
    ask_or_fail(at, seq, failure, end, means)
}

fn after_healing(at: Position, seq: u32, failure: &Failure, why: &str, means: Means<'_>) -> Move {
    let mut end = TaskFailure::of_step(seq, failure);
    end.message = format!("{}; not healed: {why}", end.message);
    ask_or_fail(at, seq, failure, end, means)
}

/// How often one run asks.
const QUESTIONS: u32 = 5;

/// A human is asked when there is time for an answer, and when an answer can help: not when the
/// network, the server or the browser is to blame, where another attempt is the better answer.
fn ask_or_fail(
    at: Position,
    seq: u32,
    failure: &Failure,
    end: TaskFailure,
    Means { progress, limits }: Means<'_>,
) -> Move {
    let helps = !end.is_retryable() && !failure.ends_session();
    if limits.answer_seconds > 0 && helps && progress.asked < QUESTIONS {
        return Move::Ask { at, seq, failure: failure.clone() };
    }
    Move::Fail(end)
}

/// Whether a run has to come to its end before anything else is tried.
#[must_use]
pub fn is_over(progress: Progress, limits: &Limits) -> bool {
    progress.cancelled || progress.stopping || used_up(progress, limits).is_some()
}

fn used_up(progress: Progress, limits: &Limits) -> Option<TaskFailure> {
    if progress.steps >= limits.steps {
        let message = format!("used up its {} steps before the plan was done", limits.steps);
        return Some(TaskFailure::over_limit(LimitName::Steps, message));
    }
    out_of_time(progress, limits)
}

fn out_of_time(progress: Progress, limits: &Limits) -> Option<TaskFailure> {
    let out = progress.elapsed >= Duration::from_secs(limits.seconds.into());
    out.then(|| {
        let message = format!("used up its {} seconds before the plan was done", limits.seconds);
        TaskFailure::over_limit(LimitName::Seconds, message)
    })
}

/// The end of a limit, with the step it caught.
fn blame(end: TaskFailure, last: &Last) -> TaskFailure {
    match last {
        Last::Failed { seq, failure, .. }
        | Last::Spent { seq, failure, .. }
        | Last::GivenUp { seq, failure, .. } => TaskFailure {
            class: Some(failure.class),
            step: Some(*seq),
            message: format!("{}; the last step: {}", end.message, failure.message),
            ..end
        },
        Last::Nothing | Last::Worked { .. } | Last::LeftOut { .. } => end,
    }
}

fn ends_session(last: &Last) -> bool {
    matches!(last, Last::Failed { failure, .. } if failure.ends_session())
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::Dialog;
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

    fn started() -> Last {
        Last::Worked { at: None, seq: 0 }
    }

    fn worked(position: Position) -> Last {
        Last::Worked { at: Some(position), seq: 7 }
    }

    fn decide_on(last: &Last, progress: Progress, limits: &Limits) -> Move {
        decide(&plan(), last, &Seen::default(), progress, limits)
    }

    /// The next move of a run that neither heals nor asks.
    fn next(last: &Last) -> Move {
        let limits = Limits { heals: 0, answer_seconds: 0, ..Limits::default() };
        decide_on(last, Progress::default(), &limits)
    }

    fn spent() -> Last {
        let failure = Failure::new(ErrorClass::ElementNotFound, "no");
        Last::Spent { at: at(1, None), seq: 7, failure, why: "nothing fits".into() }
    }

    #[test]
    fn what_a_human_gave_up_fails_as_blocked_and_nobody_is_asked() {
        let failure = Failure::new(ErrorClass::Timeout, "nothing came");
        let last = Last::GivenUp { seq: 7, failure, why: "a human gave this up".into() };
        let limits = Limits { answer_seconds: 600, ..Limits::default() };
        let end = decide(&plan(), &last, &Seen::default(), Progress::default(), &limits);
        let Move::Fail(end) = end else { panic!("{end:?}") };
        assert_eq!((end.kind, end.step), (FailureKind::Blocked, Some(7)));
        assert_eq!(end.message, "nothing came; a human gave this up");
    }

    #[test]
    fn the_plan_goes_on_after_a_step_that_is_left_out() {
        let last = Last::LeftOut { at: at(0, None), seq: 7 };
        let limits = Limits::default();
        let next = decide(&plan(), &last, &Seen::default(), Progress::default(), &limits);
        let decision = StepDecision::Plan { step: 1 };
        assert_eq!(next, Move::Act { at: at(1, None), decision });
    }

    #[test]
    fn a_failure_without_fallbacks_left_is_healed_then_asked_about_then_final() {
        let last = failed(at(1, None), ErrorClass::ElementNotFound);
        let limits = Limits::default();
        let healing = decide_on(&last, Progress::default(), &limits);
        assert!(matches!(healing, Move::Heal { seq: 7, .. }), "{healing:?}");
        let asking = decide_on(&spent(), Progress::default(), &limits);
        assert!(matches!(asking, Move::Ask { seq: 7, .. }), "{asking:?}");
        let silent = Limits { answer_seconds: 0, ..limits };
        let Move::Fail(end) = decide_on(&spent(), Progress::default(), &silent) else {
            panic!("should fail")
        };
        assert_eq!(end.kind, FailureKind::Blocked);
        assert!(end.message.ends_with("not healed: nothing fits"), "{}", end.message);
    }

    #[test]
    fn heals_are_limited_and_their_end_is_named() {
        let last = failed(at(1, None), ErrorClass::ElementNotFound);
        let progress = Progress { heals: 10, ..Progress::default() };
        let limits = Limits { answer_seconds: 0, ..Limits::default() };
        let Move::Fail(end) = decide_on(&last, progress, &limits) else { panic!("should fail") };
        assert_eq!((end.kind, end.limit), (FailureKind::Budget, Some(LimitName::Heals)));
        assert_eq!(end.class, Some(ErrorClass::ElementNotFound));
    }

    #[test]
    fn nobody_is_asked_about_trouble_of_the_network_or_too_often() {
        let failure = Failure::new(ErrorClass::Timeout, "slow");
        let last = Last::Spent { at: at(1, None), seq: 7, failure, why: "no way".into() };
        let limits = Limits::default();
        assert!(matches!(decide_on(&last, Progress::default(), &limits), Move::Fail(_)));
        let often = Progress { asked: QUESTIONS, ..Progress::default() };
        assert!(matches!(decide_on(&spent(), often, &limits), Move::Fail(_)));
    }

    #[test]
    fn a_run_that_meets_no_trouble_goes_through_its_plan() {
        assert_eq!(next(&Last::Nothing), Move::Start);
        let act = |step| Move::Act {
            at: at(step, None),
            decision: StepDecision::Plan { step: u32::try_from(step).unwrap() },
        };
        assert_eq!(next(&started()), act(0));
        assert_eq!(next(&worked(at(0, None))), act(1));
        assert_eq!(next(&worked(at(0, Some(1)))), act(1));
        assert_eq!(next(&worked(at(1, None))), Move::Succeed);
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
            let Move::Fail(end) = decide_on(&started(), progress, &limits) else {
                panic!("should fail")
            };
            assert_eq!((end.kind, end.limit), (FailureKind::Budget, Some(limit)));
            let done = worked(at(1, None));
            assert_eq!(decide_on(&done, progress, &limits), Move::Succeed);
        }
    }

    #[test]
    fn cancelling_goes_before_everything_and_stopping_only_before_acting() {
        let cancelled = Progress { cancelled: true, ..Progress::default() };
        let stopping = Progress { stopping: true, ..Progress::default() };
        let limits = Limits::default();
        let done = worked(at(1, None));
        assert_eq!(decide_on(&done, cancelled, &limits), Move::Cancel);
        assert_eq!(decide_on(&done, stopping, &limits), Move::Succeed);
        assert_eq!(decide_on(&started(), stopping, &limits), Move::Release);
    }

    #[test]
    fn a_step_cut_short_by_the_clock_is_not_to_blame_but_is_named() {
        let limits = Limits { seconds: 60, heals: 0, answer_seconds: 0, ..Limits::default() };
        let late = Progress { elapsed: Duration::from_mins(1), ..Progress::default() };
        let end = |class| match decide_on(&failed(at(1, None), class), late, &limits) {
            Move::Fail(end) => end,
            other => panic!("{other:?}"),
        };
        let cut = end(ErrorClass::ElementNotFound);
        assert_eq!((cut.kind, cut.limit), (FailureKind::Budget, Some(LimitName::Seconds)));
        assert_eq!((cut.class, cut.step), (Some(ErrorClass::ElementNotFound), Some(7)));
        assert_eq!(end(ErrorClass::BrowserCrashed).kind, FailureKind::Infrastructure);
    }

    #[test]
    fn a_run_does_not_succeed_over_an_open_dialog() {
        let mut seen = Seen::default();
        let dialog =
            |accepted| Dialog { kind: "confirm".into(), message: "Delete all?".into(), accepted };
        let end = |seen: &Seen| {
            let last = worked(at(1, None));
            decide(&plan(), &last, seen, Progress::default(), &Limits::default())
        };
        seen.observation.dialogs = vec![dialog(Some(true))];
        assert_eq!(end(&seen), Move::Succeed);
        seen.observation.dialogs.push(dialog(None));
        let Move::Fail(failure) = end(&seen) else { panic!("should fail") };
        assert_eq!(failure.class, Some(ErrorClass::DialogBlocked));
        assert!(failure.message.contains("Delete all?"), "{}", failure.message);
    }

    #[test]
    fn what_no_retry_mends_is_blocked_whatever_its_class() {
        let failure = Failure::new(ErrorClass::HttpError, "404").lasting();
        let last = Last::Failed { at: None, seq: 0, failure };
        assert!(matches!(next(&last), Move::Fail(end) if end.kind == FailureKind::Blocked));
    }
}
