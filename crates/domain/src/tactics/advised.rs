//! What is made of one piece of advice: a way to try, or the reason why it is none.

use super::{Circumstances, Proposal, Step, prepares};
use crate::memory::{Advice, Approach, KnownRemedy, RemedyStep, Situation, Standing, Tier, Trust};

/// The way that follows advice; `page` is what would be done without any.
///
/// # Errors
/// Why it is not followed.
pub(super) fn from_advice(
    advice: &Advice,
    asked: &Situation,
    page: &[Step],
    here: Circumstances,
) -> Result<Proposal, String> {
    let approach = advice.remedy.remedy.approach;
    let boxed = || Box::new(advice.clone());
    match advice.tier {
        // What was carried out is not done again, unless a human said so.
        Tier::High if here.changed && advice.remedy.trust != Trust::Human => {
            Err("the page had answered the step, and only a human's word does it again".into())
        }
        Tier::High => Ok(Proposal::Copy(boxed())),
        Tier::Medium if here.changed => {
            Err("the page had answered the step, and a hint does not do it again".into())
        }
        Tier::Medium if prepares(approach) => Ok(Proposal::Prepare(boxed())),
        Tier::Medium if page.contains(&Step::Find) => match why_no_hint(advice, asked) {
            None => Ok(Proposal::Hint(boxed())),
            Some(why) => Err(why),
        },
        Tier::Medium => Err(of_another_trouble(approach)),
        // Of another site only the approach counts, and only where it fits this failure.
        Tier::Low if page.contains(&Step::Routine(approach)) => {
            Ok(Proposal::Routine(approach, Some(boxed())))
        }
        Tier::Low if approach == Approach::OtherLocator && page.contains(&Step::Find) => {
            Err("what helped elsewhere is done here anyway: the element is looked for".into())
        }
        Tier::Low => Err(format!(
            "it helped elsewhere to {}, and that does not fit this failure",
            approach.in_words()
        )),
        Tier::Skip => Err("it is of another site and of another error".into()),
    }
}

/// Why the element that another piece of advice names says nothing about the one that is looked for.
fn why_no_hint(advice: &Advice, asked: &Situation) -> Option<String> {
    let KnownRemedy { remedy, trust, proof, .. } = &advice.remedy;
    let names_one = matches!(remedy.approach, Approach::OtherLocator | Approach::HumanAnswer);
    if !names_one || !asked.differs_in_words_only(&advice.situation) {
        return Some(of_another_trouble(remedy.approach));
    }
    let worked = matches!(proof.standing(), Standing::Pattern | Standing::Proven);
    if !worked && *trust != Trust::Human {
        return Some("nothing showed that its element was the right one".into());
    }
    let on_an_element = |step: &&RemedyStep| {
        let seen = step.fingerprint.is_some() && step.form.target.is_some();
        step.own && step.form.action == asked.action && step.renamed.is_none() && seen
    };
    let own = remedy.steps.last().filter(on_an_element);
    own.is_none()
        .then(|| "it says what else was done, and not on which element the step is done".into())
}

/// Why what got past another trouble of a site is no advice.
pub(crate) fn of_another_trouble(approach: Approach) -> String {
    format!(
        "it got past another trouble of this site, where it was to {}: only what prepares a step \
         carries over from there",
        approach.in_words()
    )
}

#[cfg(test)]
mod tests;
