//! Which ways past a failure are tried, and in which order: a pure function of the failure and of
//! what memory advises. Proven ways first, then the page itself, then what is done about such a
//! failure in general.

mod advised;

use crate::failure::{ErrorClass, Failure};
use crate::memory::{Advice, Approach, Judged, Situation};
use advised::from_advice;
pub(crate) use advised::of_another_trouble;

/// A way past a failure, before it is made concrete on the page.
#[derive(Debug, Clone, PartialEq)]
pub enum Proposal {
    /// Do what got past this very failure before.
    Copy(Box<Advice>),
    /// Do the step on the element that got past it where it was said in other words, if these
    /// words fit it.
    Hint(Box<Advice>),
    /// Prepare as memory advises, then do the step.
    Prepare(Box<Advice>),
    /// Find the element again on the page.
    Find,
    /// What is done about such a failure in general; with the advice that put it first.
    Routine(Approach, Option<Box<Advice>>),
}

/// How many ways one failure is answered with.
pub const WAYS: usize = 6;

/// What the failed step left behind: everything that speaks for or against doing it again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// Whether the page changed in answer to the failed step: it was carried out, and doing it
    /// again would do it twice.
    pub changed: bool,
    /// What kind of thing the step does.
    pub doing: Doing,
    /// Whether a page that asks for a login comes as a surprise.
    pub login: Login,
    /// Whether the only dialog in the way says something and asks nothing.
    pub alert: bool,
}

/// What kind of thing a step does to the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Doing {
    /// It looks, ticks or chooses: to do it again does no harm.
    #[default]
    Harmless,
    /// It leaves a text in a field, which can be put in the place of another.
    Fills,
    /// It clicks, which the keyboard can do as well; the click may send something.
    Clicks,
    /// It may send something in another way.
    Sends,
}

/// What a page that asks for a login means to a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Login {
    /// The plan was past it, and was thrown out.
    #[default]
    Unexpected,
    /// The plan has not been past it: logging in is what it is doing.
    Expected,
}

/// The ways to try, and why the rest of the advice is not among them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Proposed {
    /// The ways, in order.
    pub ways: Vec<Proposal>,
    /// The advice that none of them follows, each with the reason.
    pub unused: Vec<(Advice, String)>,
}

impl Proposal {
    /// The advice that it follows.
    #[must_use]
    pub fn advice(&self) -> Option<&Advice> {
        match self {
            Self::Copy(advice)
            | Self::Hint(advice)
            | Self::Prepare(advice)
            | Self::Routine(_, Some(advice)) => Some(advice),
            Self::Find | Self::Routine(_, None) => None,
        }
    }
}

/// The ways to try, in order; `asked` is what the failure amounts to.
#[must_use]
pub fn proposals(
    failure: &Failure,
    asked: &Situation,
    judged: &Judged,
    here: Circumstances,
) -> Proposed {
    let page = on_the_page(failure, here);
    let mut proposed = Proposed::default();
    for advice in &judged.offered {
        match from_advice(advice, asked, &page, here) {
            Ok(way) => proposed.ways.push(way),
            Err(why) => proposed.unused.push((advice.clone(), why)),
        }
    }
    for step in page {
        match step {
            Step::Find => proposed.ways.push(Proposal::Find),
            Step::Routine(approach) if !has_routine(&proposed.ways, approach) => {
                proposed.ways.push(Proposal::Routine(approach, None));
            }
            Step::Routine(_) => {}
        }
    }
    for beyond in proposed.ways.drain(proposed.ways.len().min(WAYS)..) {
        let advice = beyond.advice().cloned();
        proposed.unused.extend(advice.map(|advice| (advice, format!("{WAYS} ways go before it"))));
    }
    proposed
}

fn has_routine(ways: &[Proposal], approach: Approach) -> bool {
    ways.iter().any(|way| matches!(way, Proposal::Routine(other, _) if *other == approach))
}

/// Whether an approach does something first and then the step itself.
#[must_use]
pub const fn prepares(approach: Approach) -> bool {
    match approach {
        Approach::DismissOverlay
        | Approach::OpenMenu
        | Approach::WaitForIdle
        | Approach::Scroll
        | Approach::AcceptDialog => true,
        Approach::PlanFallback
        | Approach::OtherLocator
        | Approach::OtherFormat
        | Approach::Keyboard
        | Approach::FollowLink
        | Approach::HumanAnswer
        | Approach::LeaveOut
        | Approach::GiveUp => false,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Find,
    Routine(Approach),
}

/// What is done about such a failure on this page, without any advice.
fn on_the_page(failure: &Failure, here: Circumstances) -> Vec<Step> {
    use Approach::{
        AcceptDialog, DismissOverlay, FollowLink, Keyboard, OpenMenu, OtherFormat, Scroll,
        WaitForIdle,
    };
    let routines: &[Step] = match failure.class {
        ErrorClass::ElementNotFound => {
            &[Step::Find, Step::Routine(OpenMenu), Step::Routine(Scroll)]
        }
        ErrorClass::LoginRequired if here.login == Login::Expected => &[Step::Find],
        ErrorClass::AmbiguousMatch => &[Step::Find],
        ErrorClass::NotInteractable if failure.blocked_by.is_some() => &[
            Step::Routine(DismissOverlay),
            Step::Routine(WaitForIdle),
            Step::Routine(Scroll),
            Step::Routine(Keyboard),
            Step::Routine(FollowLink),
        ],
        // What the field does not take it may take in its own format.
        ErrorClass::NotInteractable if here.doing == Doing::Fills => &[
            Step::Routine(OtherFormat),
            Step::Find,
            Step::Routine(WaitForIdle),
            Step::Routine(OpenMenu),
        ],
        ErrorClass::NotInteractable => {
            &[Step::Find, Step::Routine(WaitForIdle), Step::Routine(OpenMenu)]
        }
        ErrorClass::Detached => &[Step::Routine(WaitForIdle), Step::Find],
        ErrorClass::DialogBlocked if here.alert => &[Step::Routine(AcceptDialog)],
        // The page says that it took nothing: what was entered, or what was sent of it.
        ErrorClass::ValidationRejected if here.doing != Doing::Harmless => {
            &[Step::Routine(OtherFormat)]
        }
        ErrorClass::ExpectationFailed if here.doing == Doing::Fills && !here.changed => {
            &[Step::Routine(OtherFormat), Step::Routine(WaitForIdle)]
        }
        ErrorClass::ExpectationFailed if here.doing == Doing::Fills => {
            &[Step::Routine(OtherFormat)]
        }
        // Something that may have been sent is not sent twice: a slow answer looks like none.
        ErrorClass::Timeout | ErrorClass::ExpectationFailed
            if !here.changed && matches!(here.doing, Doing::Harmless | Doing::Fills) =>
        {
            &[Step::Routine(WaitForIdle)]
        }
        // The rest a human, another attempt, or nobody can help.
        ErrorClass::ExpectationFailed
        | ErrorClass::Timeout
        | ErrorClass::NavigationFailed
        | ErrorClass::HttpError
        | ErrorClass::ValidationRejected
        | ErrorClass::DialogBlocked
        | ErrorClass::LoginRequired
        | ErrorClass::Challenge
        | ErrorClass::RateLimited
        | ErrorClass::DownloadFailed
        | ErrorClass::ScriptError
        | ErrorClass::BrowserCrashed
        | ErrorClass::Unclassified => &[],
    };
    let fits = |step: &Step| {
        here.doing == Doing::Clicks || !matches!(step, Step::Routine(Keyboard | FollowLink))
    };
    routines.iter().copied().filter(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{ActionName, StepForm};

    const CLICK: Circumstances = Circumstances {
        changed: false,
        doing: Doing::Clicks,
        login: Login::Unexpected,
        alert: false,
    };

    fn without_advice(class: ErrorClass, here: Circumstances) -> Vec<Proposal> {
        unadvised(&Failure::new(class, "no"), here)
    }

    fn unadvised(failure: &Failure, here: Circumstances) -> Vec<Proposal> {
        let form = StepForm::of(ActionName::Click);
        let asked = Situation::of("shop", "/", &form, "search", failure);
        proposals(failure, &asked, &Judged::default(), here).ways
    }

    #[test]
    fn an_element_that_is_not_there_is_looked_for_before_anything_is_touched() {
        let ways = without_advice(ErrorClass::ElementNotFound, CLICK);
        assert_eq!(ways.first(), Some(&Proposal::Find));
        assert!(ways.contains(&Proposal::Routine(Approach::OpenMenu, None)));
    }

    #[test]
    fn two_that_fit_are_only_looked_at_again() {
        assert_eq!(without_advice(ErrorClass::AmbiguousMatch, CLICK), [Proposal::Find]);
    }

    #[test]
    fn a_step_that_changed_the_page_is_never_made_twice_without_proof() {
        let look = Circumstances { doing: Doing::Harmless, ..CLICK };
        let changed = Circumstances { changed: true, ..look };
        for class in [ErrorClass::ExpectationFailed, ErrorClass::Timeout] {
            assert_eq!(without_advice(class, changed), [], "{class}");
            assert_eq!(without_advice(class, CLICK), [], "a click may have sent something");
            assert!(!without_advice(class, look).is_empty(), "{class}");
        }
    }

    #[test]
    fn what_was_refused_is_written_otherwise_wherever_something_is_typed_or_sent() {
        let format = [Proposal::Routine(Approach::OtherFormat, None)];
        let fill = Circumstances { doing: Doing::Fills, changed: true, ..CLICK };
        let choose = Circumstances { doing: Doing::Harmless, ..CLICK };
        let refused = ErrorClass::ValidationRejected;
        assert_eq!(without_advice(refused, fill), format);
        assert_eq!(without_advice(refused, CLICK), format);
        assert_eq!(without_advice(refused, choose), []);
        assert_eq!(without_advice(ErrorClass::ExpectationFailed, fill), format);
        assert!(without_advice(ErrorClass::NotInteractable, fill).contains(&format[0]));
        assert!(!without_advice(ErrorClass::NotInteractable, CLICK).contains(&format[0]));
    }

    #[test]
    fn the_keyboard_stands_in_for_the_pointer_only() {
        let fill = Circumstances { doing: Doing::Harmless, ..CLICK };
        let covered = Failure {
            blocked_by: Some("a banner".into()),
            ..Failure::new(ErrorClass::NotInteractable, "covered")
        };
        let keyboard = Proposal::Routine(Approach::Keyboard, None);
        assert!(unadvised(&covered, CLICK).contains(&keyboard));
        assert!(!unadvised(&covered, fill).contains(&keyboard));
    }

    #[test]
    fn what_only_a_human_or_time_can_mend_is_not_tried() {
        for class in [ErrorClass::Challenge, ErrorClass::LoginRequired, ErrorClass::RateLimited] {
            assert_eq!(without_advice(class, CLICK), [], "{class}");
        }
    }

    #[test]
    fn a_plan_that_logs_in_is_helped_and_one_that_was_thrown_out_is_not() {
        let outside = Circumstances { login: Login::Expected, ..CLICK };
        assert_eq!(without_advice(ErrorClass::LoginRequired, outside), [Proposal::Find]);
        assert_eq!(without_advice(ErrorClass::LoginRequired, CLICK), []);
    }

    #[test]
    fn a_question_of_the_page_is_not_answered_by_us_but_a_notice_is() {
        let alert = Circumstances { alert: true, ..CLICK };
        let accept = Proposal::Routine(Approach::AcceptDialog, None);
        assert_eq!(without_advice(ErrorClass::DialogBlocked, alert), [accept]);
        assert_eq!(without_advice(ErrorClass::DialogBlocked, CLICK), []);
    }
}
