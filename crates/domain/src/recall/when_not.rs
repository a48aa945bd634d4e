//! When a piece of advice is not to be used.

use super::answering::{Bearing, bearing};
use crate::failure::ErrorClass;
use crate::memory::{Advice, Approach, Situation, Standing, Tier, Trust};
use crate::one_line::one_line;
use crate::plan::ActionName;
use chrono::{DateTime, TimeDelta, Utc};

/// After how long without a success a remedy is called old.
const OLD: TimeDelta = TimeDelta::days(90);

const HINT: &str = "you cannot check what comes of it: it is a hint, not to be copied blindly";

/// When not to use advice that is given in a situation, what weighs most first.
#[must_use]
pub fn when_not(advice: &Advice, asked: &Situation, now: DateTime<Utc>) -> Vec<String> {
    let mut not = Vec::new();
    not.extend(by_other_class(advice, asked));
    not.extend(by_tier(advice, asked));
    not.extend(by_trust(advice));
    if !advice.remedy.remedy.approach.settles() {
        not.extend(by_proof(advice, now));
    }
    not.extend(by_class(asked.class));
    not.extend(by_deed(advice, asked));
    not
}

fn by_other_class(advice: &Advice, asked: &Situation) -> Option<String> {
    let (then, now) = (advice.situation.class, asked.class);
    (then != now).then(|| {
        format!(
            "{now} itself is what has to be got past: it got past {then}, which is another trouble"
        )
    })
}

fn by_tier(advice: &Advice, asked: &Situation) -> Vec<String> {
    let known = &advice.situation;
    match advice.tier {
        Tier::High => {
            let page = if known.page.is_empty() { "the page" } else { known.page.as_str() };
            vec![format!("the error is another one than {}, or the page is not {page}", known.class)]
        }
        Tier::Medium => match bearing(known, asked) {
            Bearing::Same => vec![HINT.to_owned()],
            Bearing::Perhaps => vec![
                format!(
                    "your step is not for this: it was to “{}”, and whether yours is that in other \
                     words you can tell better",
                    one_line(&known.intent)
                ),
                HINT.to_owned(),
            ],
            Bearing::Other => vec![format!(
                "it does not fit your page: it got past {} on {} of this site, so take over what it \
                 says about the site (what to open, close or wait for first), not the step itself",
                known.class,
                if known.page.is_empty() { "another page" } else { known.page.as_str() },
            )],
        },
        Tier::Low | Tier::Skip => vec![
            "you look for a locator, an address or a value: it comes from another site, and only the \
             approach carries over"
                .into(),
        ],
    }
}

fn by_trust(advice: &Advice) -> Option<String> {
    let untold = advice.remedy.trust == Trust::Reported;
    untold.then(|| {
        "you cannot undo it: only an agent outside says that it works, and none of our own runs has \
         seen it"
            .to_owned()
    })
}

fn by_proof(advice: &Advice, now: DateTime<Utc>) -> Vec<String> {
    let proof = &advice.remedy.proof;
    let mut not = Vec::new();
    let on = |at: Option<DateTime<Utc>>| {
        at.map_or_else(String::new, |at| format!(", last on {}", at.format("%Y-%m-%d")))
    };
    if proof.standing() == Standing::Unproven && advice.remedy.trust != Trust::Reported {
        not.push("you need it proven: no run could tell yet whether it worked".to_owned());
    }
    if proof.failed > 0 {
        let (times, on) = (times(proof.failed), on(proof.last_failed_at));
        let place = if advice.tier >= Tier::Medium { "here" } else { "there" };
        not.push(format!("it shows no effect at once: it has failed {times} {place}{on}"));
    }
    if proof.reported.failed > 0 {
        let (times, on) = (times(proof.reported.failed), on(proof.reported.last_failed_at));
        not.push(format!("it shows no effect at once: agents outside say it failed {times}{on}"));
    }
    if proof.last_worked_anywhere().is_some_and(|at| at + OLD < now) {
        let on = on(proof.last_worked_anywhere());
        not.push(format!("the site has changed since: it has not worked for long{on}"));
    }
    not
}

fn times(count: u32) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

fn by_class(class: ErrorClass) -> Option<String> {
    let why = match class {
        ErrorClass::LoginRequired => {
            "you are not logged in: log in first, and see whether it persists"
        }
        ErrorClass::Challenge => "the page still wants proof of a human: no remedy gets past that",
        ErrorClass::RateLimited => "you have not waited: the site wants fewer requests",
        ErrorClass::BrowserCrashed => "the browser is not running again",
        _ => return None,
    };
    Some(why.to_owned())
}

fn by_deed(advice: &Advice, asked: &Situation) -> Vec<String> {
    let remedy = &advice.remedy.remedy;
    let mut not = Vec::new();
    if remedy.steps.iter().any(|step| step.form.target.is_some()) {
        not.push(
            "a locator of it matches nothing on your page, or more than one element".to_owned(),
        );
    }
    let own = remedy.steps.iter().any(|step| step.own);
    if own && sends(asked.action) {
        not.push(
            "the failed step took effect all the same (sent a form, say): it would be done twice"
                .to_owned(),
        );
    }
    let inputs = remedy.inputs();
    if !inputs.is_empty() {
        not.push(format!("you have no value of your own for {}", inputs.join(", ")));
    }
    if remedy.approach == Approach::GiveUp {
        not.push("something has changed since a human gave it up".to_owned());
    }
    not
}

/// Whether doing it twice may do harm.
const fn sends(action: ActionName) -> bool {
    matches!(
        action,
        ActionName::Click
            | ActionName::DoubleClick
            | ActionName::Press
            | ActionName::Drag
            | ActionName::HandleDialog
            | ActionName::Navigate
    )
}
