//! What became of the ways past a failure.

use super::groups::Reason;
use super::{Distilled, Facts, Group};
use crate::failure::{ErrorClass, Failure};
use crate::memory::{Mark, Remedy, Taken, Tier, Trust, Verdict, verdict};
use crate::plan::{ActionName, FileForm, StepForm};
use crate::step::{HealSource, Step};
use url::Url;

/// Adds what one try teaches.
pub(super) fn learn(facts: &Facts<'_>, group: &Group<'_>, distilled: &mut Distilled) {
    let Some(mark) = mark(facts, group) else { return };
    match &group.reason {
        Reason::Foreseen { situation_id, remedy_id } => {
            distilled.marks.push((*situation_id, *remedy_id, mark));
        }
        Reason::Failed { after, approach, by, .. } => {
            let Some(situation) = facts.situation_at(*after) else { return };
            let advised = by.and_then(advised);
            // What memory advised and what ended before its own action is not all of a remedy.
            let whole = group.own().is_some() || advised.is_none();
            let remedy = whole.then(|| remedy(facts, group, *approach)).flatten();
            let project = facts.run.project;
            let here = situation.id(project);
            let used = remedy.as_ref().map(|remedy| (here, remedy.id(project, here)));
            if let Some((situation_id, remedy_id, tier)) = advised
                && used != Some((situation_id, remedy_id))
                && tier.counts(mark.verdict)
            {
                distilled.marks.push((situation_id, remedy_id, mark));
            }
            distilled.uses.extend(remedy.map(|remedy| (situation, remedy, mark)));
        }
    }
}

/// What memory advised, and how relevant it was.
const fn advised(by: &HealSource) -> Option<(crate::id::SituationId, crate::id::RemedyId, Tier)> {
    match by {
        HealSource::Advice { situation_id, remedy_id, tier, .. } => {
            Some((*situation_id, *remedy_id, *tier))
        }
        HealSource::Explored { .. } | HealSource::Routine | HealSource::Human { .. } => None,
    }
}

/// What became of a try; `None` when it was broken off before it did what the step is for.
pub(super) fn mark(facts: &Facts<'_>, group: &Group<'_>) -> Option<Mark> {
    let last = group.last()?;
    let trust = match &group.reason {
        Reason::Failed { by: Some(HealSource::Human { .. }), .. } => Trust::Human,
        Reason::Failed { .. } | Reason::Foreseen { .. } => Trust::Verified,
    };
    let verdict = match &last.failure {
        Some(failure) if says_nothing(failure) => Verdict::Unverified,
        Some(_) => verdict(None, true, facts.run.outcome, facts.run.failure),
        None => {
            let own = group.own()?;
            let held = held(facts, group.step, own);
            match verdict(held, false, facts.run.outcome, facts.run.failure) {
                // Somebody who saw the page said so: what came later is no proof against it.
                Verdict::Failed if trust == Trust::Human => Verdict::Unverified,
                // Reading changes nothing that could make what comes later fail.
                Verdict::Failed if own.action.action.only_looks() => Verdict::Unverified,
                verdict => verdict,
            }
        }
    };
    Some(Mark { seq: last.seq, verdict, trust })
}

/// Whether a failure is the network's or the browser's: it says nothing about what was tried. That
/// nothing came within the time does.
fn says_nothing(failure: &Failure) -> bool {
    failure.class.is_transient() && !failure.lasting && failure.class != ErrorClass::Timeout
}

/// Whether something showed that the step did what it is for: its own conditions, the browser
/// (what was typed or ticked stayed so), or the plan, which found its next element afterwards.
fn held(facts: &Facts<'_>, step: u32, own: &Step) -> Option<bool> {
    let planned = facts.planned(step).is_some_and(|form| form.expect.is_some());
    let conditions = planned || own.action.expect.is_some();
    let proves_itself = matches!(
        own.action.action,
        ActionName::Fill
            | ActionName::Select
            | ActionName::Check
            | ActionName::Uncheck
            | ActionName::WaitFor
            | ActionName::Assert
    );
    (conditions || proves_itself || facts.went_on(step, own.seq)).then_some(true)
}

/// What a try did, as a remedy; `None` when it cannot be remembered.
fn remedy(
    facts: &Facts<'_>,
    group: &Group<'_>,
    approach: crate::memory::Approach,
) -> Option<Remedy> {
    let own = group.own();
    let planned = facts.planned(group.step);
    let stands_in =
        |own: &Step| planned.is_none_or(|planned| own.action.action.stands_in_for(planned.action));
    if own.is_some_and(|own| !stands_in(own)) {
        return None;
    }
    let renamed = own.and_then(|own| renamed(&own.action, planned));
    if renamed.is_none() && own.is_some_and(|own| !borrows(&own.action, planned)) {
        return None;
    }
    let pages: Vec<Option<Url>> = group.steps.iter().map(|step| facts.page(step.seq)).collect();
    let taken = group.steps.iter().zip(&pages).map(|(step, page)| Taken {
        form: &step.action,
        fingerprint: step.fingerprint.as_ref(),
        own: own.is_some_and(|own| own.seq == step.seq),
        page: page.as_ref(),
        instead_of: renamed.filter(|_| own.is_some_and(|own| own.seq == step.seq)),
    });
    Remedy::of_steps(approach, taken, &facts.lifter)
}

/// What the plan chooses in a list, where an action chose something else there: an option that is
/// called otherwise by now.
fn renamed<'a>(action: &StepForm, planned: Option<&'a StepForm>) -> Option<&'a str> {
    let planned = planned.filter(|planned| planned.action == ActionName::Select)?;
    let differs = action.action == ActionName::Select && action.value != planned.value;
    let one = planned.values.is_none() && action.values.is_none() && action.value.is_some();
    planned.value.as_deref().filter(|_| differs && one)
}

/// Whether everything an action enters is what the plan's step enters: only then can a remedy,
/// which has no values, say what was done. Files go by their names: a trace has no contents.
fn borrows(action: &StepForm, planned: Option<&StepForm>) -> bool {
    let enters = |form: &StepForm| {
        let names = |files: &Vec<FileForm>| files.iter().map(|file| file.name.clone()).collect();
        let files: Option<Vec<String>> = form.files.as_ref().map(names);
        (form.value.clone(), form.values.clone(), files)
    };
    match planned {
        Some(planned) if planned.action == action.action => enters(planned) == enters(action),
        Some(_) | None => enters(action) == (None, None, None),
    }
}
