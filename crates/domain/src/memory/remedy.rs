//! A remedy: what got past a failure, as typed actions without values.

mod approach;
mod clean;
mod describe;
mod shown;

pub use approach::{Approach, Tactic};
pub(super) use clean::on_site;
pub use clean::{Taken, is_an_input, never_remembered};
pub(super) use describe::deed_of;
pub use shown::approach_of;

use crate::id::{ProjectId, RecallId, RemedyId, RunId, SituationId};
use crate::invalid::Invalid;
use crate::memory::content_id::{canonical, content_id};
use crate::memory::placeholders::placeholders;
use crate::memory::{Lifter, Proof, Trust};
use crate::plan::{
    ActionName, FileForm, PlanForm, StepForm, TargetForm, ValueFormat, Values, plan_steps,
};
use crate::site::{led_off, site_of};
use crate::snapshot::Fingerprint;
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;

/// One remembered action. It has no value: what is typed comes from the step it heals, or, where it
/// prepares that, from an input by its placeholder. The options of a `select` alone are the page's
/// words, not somebody's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RemedyStep {
    /// What to do, with placeholders; never a value, a file or a condition.
    #[schema(value_type = Object)]
    pub form: StepForm,
    /// The element it acted upon when it worked, texts of inputs lifted to placeholders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Fingerprint>,
    /// Whether it does what the failing step was for: then value, files, `as`, shape and `expect`
    /// are those of that step. At most one is, and it is the last.
    pub own: bool,
    /// Of a `select` that chooses what is called otherwise by now: what the plan chose. The new
    /// name is the value of the form, and holds for that choice only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed: Option<String>,
}

/// What got past a failure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Remedy {
    /// What it does.
    pub approach: Approach,
    /// The actions, in order.
    pub steps: Vec<RemedyStep>,
}

impl Remedy {
    /// The remedy that some actions amount to: cleaned, and with the texts of inputs lifted.
    /// `None` when they cannot be remembered: they leave the site, they type, or they say
    /// something that was typed literally.
    #[must_use]
    pub fn of_steps<'a>(
        approach: Approach,
        taken: impl IntoIterator<Item = Taken<'a>>,
        lifter: &Lifter,
    ) -> Option<Self> {
        let steps = taken.into_iter().map(|taken| taken.remembered(lifter));
        let remedy = Self { approach, steps: steps.collect::<Option<_>>()? };
        (!remedy.steps.is_empty() && remedy.parses()).then_some(remedy)
    }

    /// Its id for a situation: made of what it does, not of what its elements looked like.
    #[must_use]
    pub fn id(&self, project: ProjectId, situation: SituationId) -> RemedyId {
        let situation = situation.to_string();
        RemedyId::from_uuid(content_id(project, &["remedy", &situation, &self.content()]))
    }

    /// What it does, canonically.
    pub(super) fn content(&self) -> String {
        let steps: Vec<_> = self.steps.iter().map(|step| (&step.form, step.own)).collect();
        let renamed: Vec<_> = self.steps.iter().filter_map(|it| it.renamed.as_ref()).collect();
        if renamed.is_empty() {
            return canonical(&(self.approach, steps));
        }
        canonical(&(self.approach, steps, renamed))
    }

    /// Whether its actions can still be read. One that an older version remembered may not.
    #[must_use]
    pub fn parses(&self) -> bool {
        let own = self.steps.iter().filter(|step| step.own).count();
        let in_order = own == 0 || (own == 1 && self.steps.last().is_some_and(|step| step.own));
        in_order && self.steps.iter().all(|step| step.check().is_ok())
    }

    /// Whether what it comes to is this action, on this element: that of the failed step where the
    /// remedy names none.
    #[must_use]
    pub fn comes_to(&self, action: &StepForm, failed: Option<&TargetForm>) -> bool {
        let Some(RemedyStep { form, .. }) = self.steps.last() else { return false };
        let target = form.target.as_ref().or(failed).map(TargetForm::spelled_out);
        form.action == action.action
            && target == action.target.as_ref().or(failed).map(TargetForm::spelled_out)
            && (&form.to, &form.key, &form.url) == (&action.to, &action.key, &action.url)
    }

    /// The inputs that it takes by their placeholders, as in `inputs.user`.
    #[must_use]
    pub fn inputs(&self) -> Vec<String> {
        placeholders(&self.steps).into_iter().collect()
    }

    /// Whether none of its navigations and links leads off the site of this page, with these values.
    #[must_use]
    pub fn stays_on(&self, page: &Url, values: &Values) -> bool {
        let acting = self.steps.iter().filter(|step| !step.form.action.only_looks());
        let mut links = acting.filter_map(|step| step.fingerprint.as_ref()?.href.as_deref());
        let links_stay = links.all(|href| led_off(page.as_str(), href).is_none());
        links_stay
            && self.steps.iter().filter_map(|step| step.form.url.as_deref()).all(|url| {
                let there = values.fill_open(url).ok().and_then(|url| page.join(&url).ok());
                there.is_some_and(|there| {
                    matches!(there.scheme(), "http" | "https") && site_of(&there) == site_of(page)
                })
            })
    }
}

impl RemedyStep {
    /// Whether its action can be read once its placeholders have values; what it has from the step it
    /// heals is lent to it.
    ///
    /// # Errors
    /// Every fault, each with the path of its field, as in `target.css`.
    pub fn check(&self) -> Result<(), Vec<Invalid>> {
        let mut form = StepForm { intent: Some("remembered".into()), ..self.form.clone() };
        let dummy = form.format.map_or("x", ValueFormat::example);
        if self.own {
            lend(&mut form, dummy);
        }
        let inputs = placeholders(&form);
        let inputs = inputs.iter().filter_map(|name| name.strip_prefix("inputs."));
        let values = Values {
            inputs: inputs.map(|name| (name.to_owned(), dummy.to_owned())).collect(),
            ..Values::default()
        };
        let read = plan_steps(&PlanForm { steps: vec![form] }, &values);
        let named = |fault: Invalid| {
            let field = fault.field.strip_prefix("plan.steps[0]").unwrap_or(&fault.field);
            Invalid { field: field.trim_start_matches('.').to_owned(), ..fault }
        };
        read.map(drop).map_err(|faults| faults.into_iter().map(named).collect())
    }
}

/// What an action needs and has from the step it heals.
fn lend(form: &mut StepForm, dummy: &str) {
    let text = || Some(dummy.to_owned());
    match form.action {
        ActionName::Fill => form.value = text(),
        ActionName::Select => form.value = form.value.take().or_else(text),
        ActionName::Extract => form.save_as = text(),
        ActionName::Upload => {
            form.files = Some(vec![FileForm { name: "x".into(), text: text(), base64: None }]);
        }
        ActionName::Assert | ActionName::WaitFor => {
            form.expect = Some(crate::plan::ConditionForm { text: text(), ..Default::default() });
        }
        _ => {}
    }
}

/// Where a remedy was first seen to work, or who told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Origin {
    /// A run of ours.
    Run {
        /// The run.
        run_id: RunId,
        /// The number of its step.
        step: u32,
    },
    /// An agent outside, about something it had asked memory.
    Report {
        /// What it had asked.
        recall_id: RecallId,
    },
}

/// A remedy with what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KnownRemedy {
    /// Its id.
    pub id: RemedyId,
    /// What to do.
    pub remedy: Remedy,
    /// Who says so.
    pub trust: Trust,
    /// How its uses went.
    pub proof: Proof,
    /// Where it was first seen.
    pub origin: Origin,
}

#[cfg(test)]
mod tests;
