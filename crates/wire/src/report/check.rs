//! What makes a report valid: it is about advice that was served, and a remedy in it is one that can
//! be remembered.

use super::{AdviceReport, RemedyForm, ReportOutcome};
use crate::texts::each_text;
use domain::egress::check_url;
use domain::invalid::{Faults, Invalid};
use domain::memory::{RemedyStep, is_an_input, never_remembered};
use domain::plan::{ActionName, StepForm};
use domain::recall::{Outcome, OutsideRecall, Told, ToldRemedy};
use domain::step::HealSource;

const NOTE_CHARS: usize = 1000;
const FIRST_ACTIONS: usize = 10;

impl ReportOutcome {
    /// What was told about a recall.
    ///
    /// # Errors
    /// Every fault, each with the path of its field.
    pub fn check(self, recall: &OutsideRecall) -> Result<Told, Vec<Invalid>> {
        let mut faults = Faults::default();
        if self.outcomes.is_empty() && self.remedy.is_none() {
            faults.add("outcomes", "is required, or `remedy`: what there is to report");
        }
        self.check_texts(&mut faults);
        let mut outcomes: Vec<Outcome> = Vec::new();
        for (index, report) in self.outcomes.into_iter().enumerate() {
            let field = format!("outcomes[{index}]");
            let Some(rank) = rank(&report, recall, &field, &mut faults) else { continue };
            if outcomes.iter().any(|other| other.rank == rank) {
                faults.add(&field, format!("reports on rank {rank} a second time"));
            }
            outcomes.push(Outcome { rank, outcome: report.outcome, note: report.note });
        }
        let remedy = self.remedy.map(|form| form.check(recall, &mut faults));
        let told = match remedy {
            None => Some(Told { outcomes, remedy: None }),
            Some(remedy) => remedy.map(|remedy| Told { outcomes, remedy: Some(remedy) }),
        };
        faults.finish(told)
    }

    fn check_texts(&self, faults: &mut Faults) {
        match serde_json::to_value(self) {
            Ok(texts) => each_text(&texts, "", &mut |field, text| {
                let field = field.trim_start_matches('.');
                if text.contains('\0') {
                    faults.add(field, "must not contain the character NUL");
                }
                if field.rsplit('.').next() == Some("note") && text.chars().count() > NOTE_CHARS {
                    faults.add(field, format!("must be at most {NOTE_CHARS} characters"));
                }
            }),
            Err(error) => faults.add("body", error.to_string()),
        }
    }
}

/// The rank of the advice that a report is about.
fn rank(
    report: &AdviceReport,
    recall: &OutsideRecall,
    field: &str,
    faults: &mut Faults,
) -> Option<u32> {
    let served = &recall.answer.chosen;
    let last = u32::try_from(served.len()).unwrap_or(u32::MAX);
    let ranks = || match last {
        0 => "no advice was given".to_owned(),
        1 => "the advice that was given has rank 1".to_owned(),
        last => format!("the advice that was given has the ranks 1 to {last}"),
    };
    match (report.rank, report.remedy_id) {
        (Some(rank), None) => {
            let fits = u32::try_from(rank).ok().filter(|rank| (1..=last).contains(rank));
            if fits.is_none() {
                faults.add(format!("{field}.rank"), format!("is {rank}; {}", ranks()));
            }
            fits
        }
        (None, Some(id)) => {
            let is_it = |by: &HealSource| matches!(by, HealSource::Advice { remedy_id, .. } if *remedy_id == id);
            let found = (1..).zip(served).find(|(_, chosen)| is_it(&chosen.by));
            if found.is_none() {
                faults.add(format!("{field}.remedy_id"), "was not advised in this recall");
            }
            found.map(|(rank, _)| rank)
        }
        _ => {
            faults.add(field, "must name the advice by exactly one of `rank` and `remedy_id`");
            None
        }
    }
}

impl RemedyForm {
    fn check(self, recall: &OutsideRecall, faults: &mut Faults) -> Option<ToldRemedy> {
        let before = faults.count();
        if self.first.is_empty() && self.action.is_none() {
            faults
                .add("remedy", "is empty: say in `action` what was done, or in `first` before it");
        }
        if self.first.len() > FIRST_ACTIONS {
            faults.add("remedy.first", format!("must be at most {FIRST_ACTIONS} actions"));
        }
        let page = recall.asked.origin.as_deref().and_then(|origin| check_url(origin).ok());
        for (index, form) in self.first.iter().enumerate() {
            let field = format!("remedy.first[{index}]");
            if !prepares(form.action) {
                let message = "reads, checks or gives files, and so prepares nothing";
                faults.add(format!("{field}.action"), message);
            }
            check_action(form, false, &field, faults);
        }
        if let Some(form) = &self.action {
            check_own(form, recall.situation.action, faults);
            check_action(form, true, "remedy.action", faults);
        }
        let first = self.first.iter().enumerate();
        let forms = first.map(|(index, form)| (format!("remedy.first[{index}]"), form));
        let own = self.action.iter().map(|form| ("remedy.action".to_owned(), form));
        for (field, form) in forms.chain(own) {
            if let Some((name, why)) = never_remembered(form, page.as_ref()) {
                faults.add(format!("{field}.{name}"), why);
            }
        }
        let action = self.action.as_ref();
        let told = ToldRemedy::of(&recall.situation, &self.first, action, page.as_ref(), self.note);
        if told.is_none() && faults.count() == before {
            faults.add("remedy", "cannot be remembered: it leaves the site, or types something");
        }
        told
    }
}

/// What stands for the failed step has to do what that was for.
fn check_own(form: &StepForm, failed: ActionName, faults: &mut Faults) {
    let idle = form.action.only_looks() && !failed.only_looks();
    if idle || !form.action.stands_in_for(failed) {
        let (given, failed) = (form.action.as_str(), failed.as_str());
        let message = format!("`{given}` does not do what a `{failed}` is for");
        faults.add("remedy.action.action", message);
    }
}

/// A remedy has actions and where they are done, and nothing that belongs to one run.
fn check_action(form: &StepForm, own: bool, field: &str, faults: &mut Faults) {
    let foreign = [
        ("intent", form.intent.is_some()),
        ("values", form.values.is_some()),
        ("files", form.files.is_some()),
        ("as", form.save_as.is_some()),
        ("shape", form.shape.is_some()),
        ("attribute", form.attribute.is_some()),
        ("expect", form.expect.is_some()),
        ("fallbacks", !form.fallbacks.is_empty()),
        ("timeout_ms", form.timeout_ms.is_some()),
        ("screenshot", form.screenshot),
    ];
    for (name, _) in foreign.into_iter().filter(|(_, given)| *given) {
        faults.add(format!("{field}.{name}"), "is not part of a remedy: leave it out");
    }
    match &form.value {
        Some(value) if !is_an_input(value) => faults.add(
            format!("{field}.value"),
            "is a value, and no value is remembered: write `{{inputs.NAME}}` for what an agent has \
             of its own",
        ),
        None if !own && form.action == ActionName::Fill => {
            faults.add(format!("{field}.value"), "is required, as in `{{inputs.NAME}}`");
        }
        Some(_) | None => {}
    }
    if form.url.as_deref().is_some_and(|url| !has_values_of_inputs_only(url)) {
        faults.add(
            format!("{field}.url"),
            "has a value behind `?` or `#`, and no value is remembered: leave it out, or write \
             `{{inputs.NAME}}` for what an agent has of its own",
        );
    }
    if serde_json::to_string(form).is_ok_and(|text| text.contains("{{secrets.")) {
        faults.add(field, "must not name a secret: a remedy knows none");
    }
    let form = StepForm { value: form.value.clone().filter(|_| !own), ..bare(form) };
    let step = RemedyStep { form, fingerprint: None, own, renamed: None };
    for fault in step.check().err().unwrap_or_default() {
        // What is wrong with a value was said above, in other words.
        if fault.field != "value" {
            faults.add(format!("{field}.{}", fault.field), fault.message);
        }
    }
}

/// Whether what an address says behind its path are keys, and placeholders of inputs.
fn has_values_of_inputs_only(url: &str) -> bool {
    let behind = url.find(['?', '#']).map_or("", |at| &url[at + 1..]);
    let mut values = behind.split(['&', '#']).filter_map(|pair| pair.split_once('='));
    values.all(|(_, value)| value.is_empty() || is_an_input(value))
}

/// The action without what was refused already.
fn bare(form: &StepForm) -> StepForm {
    let StepForm { action, target, format, key, url, to, by, state, tab, accept, .. } =
        form.clone();
    StepForm { target, format, key, url, to, by, state, tab, accept, ..StepForm::of(action) }
}

/// Whether an action can make way for another one.
const fn prepares(action: ActionName) -> bool {
    !matches!(
        action,
        ActionName::Upload | ActionName::Extract | ActionName::Screenshot | ActionName::Assert
    )
}

#[cfg(test)]
mod tests;
