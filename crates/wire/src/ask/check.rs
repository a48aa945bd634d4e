//! What makes a question valid, and what it amounts to. Every fault is collected.

use super::{AskMemory, TriedForm};
use crate::texts::{is_word, refuse_nul};
use domain::egress::check_url;
use domain::failure::{ErrorClass, Failure};
use domain::foreign::{self, Reading};
use domain::invalid::{Faults, Invalid};
use domain::memory::{Lifter, RemedyStep, Situation};
use domain::plan::{ActionName, StepForm, TargetForm};
use domain::recall::{Asked, LEAST_BUDGET, TriedWay, is_one_thing};
use domain::site::{page_of, page_of_path, site_of};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

const URL_CHARS: usize = 8000;
const SITE_CHARS: usize = 253;
const PAGE_CHARS: usize = 2000;
const AGENT_CHARS: usize = 100;
const MESSAGE_CHARS: usize = 20_000;
const INTENT_CHARS: usize = 500;
const GOAL_CHARS: usize = 2000;
const TRIED: usize = 50;
const LIMIT: RangeInclusive<usize> = 1..=3;
const BUDGET: RangeInclusive<usize> = LEAST_BUDGET..=100_000;

/// A question that can be asked.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedAsk {
    /// What is asked about.
    pub situation: Situation,
    /// Who asks, and for what.
    pub asked: Asked,
    /// How many tokens the text may take.
    pub token_budget: Option<usize>,
    /// What had to be assumed, and what would have made the question better.
    pub notes: Vec<String>,
}

/// Where the step failed.
struct Place {
    site: String,
    page: String,
    origin: Option<String>,
}

impl AskMemory {
    /// The question that was asked, in our words.
    ///
    /// # Errors
    /// Every fault, each with the path of its field.
    pub fn check(self) -> Result<CheckedAsk, Vec<Invalid>> {
        let mut faults = Faults::default();
        self.check_texts(&mut faults);
        let place = self.place(&mut faults);
        if let Some(target) = &self.target {
            check_target(target, "target", &mut faults);
        }
        let tried = tried(&self.tried, &mut faults);
        let limit = number("limit", self.limit, LIMIT, &mut faults);
        let token_budget = number("token_budget", self.token_budget, BUDGET, &mut faults);
        let checked = place.map(|place| {
            let mut notes = Vec::new();
            let lifter = self.lifter();
            let intent = lifter.lift_text(self.intent.trim());
            let mut situation = self.situation(&place, &intent, &mut notes);
            if situation.target.as_mut().is_some_and(|target| lifter.lift_target(target)) {
                situation.target = None;
                notes.push(
                    "the locator says what was typed, and is not kept: nothing can be copied"
                        .to_owned(),
                );
            }
            notes.extend(tried.iter().filter_map(tried_too_broadly));
            let asked = Asked {
                agent: self.agent,
                goal: self.goal.map(|goal| lifter.lift_text(&goal)),
                origin: place.origin,
                tried,
                limit: limit.unwrap_or(*LIMIT.end()),
            };
            CheckedAsk { situation, asked, token_budget, notes }
        });
        faults.finish(checked)
    }

    fn check_texts(&self, faults: &mut Faults) {
        refuse_nul(self, faults);
        if self.intent.trim().is_empty() || self.intent.chars().count() > INTENT_CHARS {
            faults.add("intent", "must say in 1 to 500 characters what the step was for");
        }
        if !is_word(&self.agent, AGENT_CHARS) {
            faults.add("agent", "must be 1 to 100 visible ASCII characters without spaces");
        }
        let long = |text: &Option<String>, most| {
            text.as_ref().is_some_and(|text| text.chars().count() > most)
        };
        if long(&self.goal, GOAL_CHARS) {
            faults.add("goal", format!("must be at most {GOAL_CHARS} characters"));
        }
        match &self.message {
            None if self.error_class.is_none() => {
                let message = "is required, or `error_class`: what the tool said when it failed";
                faults.add("message", message);
            }
            Some(text) if text.trim().is_empty() || long(&self.message, MESSAGE_CHARS) => {
                faults.add("message", format!("must be 1 to {MESSAGE_CHARS} characters"));
            }
            Some(_) | None => {}
        }
    }

    fn place(&self, faults: &mut Faults) -> Option<Place> {
        if self.site.as_deref().is_some_and(|site| !is_word(site, SITE_CHARS)) {
            faults.add("site", "must be 1 to 253 visible ASCII characters without spaces");
        }
        if self.page.as_ref().is_some_and(|page| !(1..=PAGE_CHARS).contains(&page.chars().count()))
        {
            faults.add("page", format!("must be 1 to {PAGE_CHARS} characters"));
        }
        if self.page.as_ref().is_some_and(|page| page.contains("://")) {
            faults.add("page", "is a whole URL: give it as `url`");
        }
        let Some(url) = &self.url else {
            if self.site.is_none() {
                faults.add("url", "is required, or `site`: where the step failed");
            }
            return Some(Place {
                site: self.site.clone()?,
                page: self.page.as_deref().map(page_of_path).unwrap_or_default(),
                origin: None,
            });
        };
        if self.page.is_some() {
            faults.add("page", "goes with `site`: `url` says already which page it is");
        }
        if url.chars().count() > URL_CHARS {
            faults.add("url", format!("must be at most {URL_CHARS} characters"));
            return None;
        }
        let url = faults.keep("url", check_url(url))?;
        Some(Place {
            site: self.site.clone().unwrap_or_else(|| site_of(&url)),
            page: page_of(&url),
            origin: Some(url.origin().ascii_serialization()),
        })
    }

    /// Takes out of texts what the message says was typed.
    fn lifter(&self) -> Lifter {
        let typed = self.message.as_deref().map(foreign::typed).unwrap_or_default();
        let fills = typed
            .into_iter()
            .map(|value| StepForm { value: Some(value), ..StepForm::of(ActionName::Fill) });
        Lifter::of_plan(&BTreeMap::new(), &fills.collect::<Vec<_>>())
    }

    /// What is asked about; and what had to be assumed.
    fn situation(&self, place: &Place, intent: &str, notes: &mut Vec<String>) -> Situation {
        let read = self.message.as_deref().map(foreign::read);
        let said = read.as_ref().map(|read| read.class);
        let class = self.error_class.or(said).unwrap_or(ErrorClass::Unclassified);
        if self.error_class.is_none() && class == ErrorClass::Unclassified {
            notes.push("the message is of no kind we know: name its `error_class`".to_owned());
        }
        let told = read.as_ref().and_then(|Reading { action, .. }| *action);
        let action = self.action.or(told).unwrap_or_else(|| foreign::usual_action(class));
        if self.action.is_none() && told.is_none() {
            let name = action.as_str();
            notes.push(format!(
                "nobody says what was being done; `{name}` is assumed: give `action`"
            ));
        }
        if place.page.is_empty() {
            notes.push("without the page nothing can be copied: give `url` or `page`".to_owned());
        }
        let target = self.target.clone().or_else(|| read.and_then(|read| read.target));
        let form = StepForm { target, ..StepForm::of(action) };
        // What the tool said is not kept: nobody can tell what it quotes.
        let message = foreign::in_our_words(class).unwrap_or_default();
        Situation::of(&place.site, &place.page, &form, intent, &Failure::new(class, message))
    }
}

/// A locator is read as plans read theirs, whatever values its placeholders have.
fn check_target(target: &TargetForm, field: &str, faults: &mut Faults) {
    let form = StepForm { target: Some(target.clone()), ..StepForm::of(ActionName::Click) };
    let step = RemedyStep { form, fingerprint: None, own: true, renamed: None };
    for fault in step.check().err().unwrap_or_default() {
        let path = fault.field.strip_prefix("target").unwrap_or(&fault.field);
        faults.add(format!("{field}{path}"), fault.message);
    }
}

fn tried(forms: &[TriedForm], faults: &mut Faults) -> Vec<TriedWay> {
    if forms.len() > TRIED {
        faults.add("tried", format!("must be at most {TRIED}"));
    }
    let mut tried = Vec::with_capacity(forms.len());
    for (index, form) in forms.iter().enumerate() {
        let field = format!("tried[{index}]");
        match (&form.remedy_id, &form.approach, &form.action) {
            (Some(id), None, None) => tried.push(TriedWay::Remedy(*id)),
            (None, Some(approach), None) => tried.push(TriedWay::Approach(*approach)),
            (None, None, Some(action)) => {
                for (name, target) in [("target", &action.target), ("to", &action.to)] {
                    if let Some(target) = target {
                        check_target(target, &format!("{field}.action.{name}"), faults);
                    }
                }
                tried.push(TriedWay::Action(Box::new(deed(action))));
            }
            _ => faults.add(field, "must be exactly one of `remedy_id`, `approach` and `action`"),
        }
    }
    tried
}

/// What is said of an approach that rules out too much to be obeyed.
fn tried_too_broadly(tried: &TriedWay) -> Option<String> {
    let TriedWay::Approach(approach) = tried else { return None };
    (!is_one_thing(*approach)).then(|| {
        format!(
            "`{}` can be done in more than one way, and another one may still be advised: name in \
             `tried` the `remedy_id` or the `action` that was tried",
            approach.as_str()
        )
    })
}

/// What an action does and to what, without what it enters.
fn deed(form: &StepForm) -> StepForm {
    let StepForm { action, target, key, url, to, .. } = form.clone();
    // One character is text that is typed key by key.
    let key = key.filter(|key| key.chars().count() > 1);
    let url = url.map(|url| path_of(&url).to_owned());
    StepForm { target, key, url, to, ..StepForm::of(action) }
}

/// A URL without its origin and its query, whose values may be anybody's.
fn path_of(url: &str) -> &str {
    let rest = url
        .split_once("://")
        .map_or(url, |(_, rest)| rest.find('/').map_or("/", |start| &rest[start..]));
    rest.split(['?', '#']).next().unwrap_or_default()
}

fn number(
    field: &str,
    given: Option<i64>,
    range: RangeInclusive<usize>,
    faults: &mut Faults,
) -> Option<usize> {
    let given = given?;
    let fits = usize::try_from(given).ok().filter(|number| range.contains(number));
    if fits.is_none() {
        let (low, high) = (range.start(), range.end());
        faults.add(field, format!("is {given}; must be between {low} and {high}"));
    }
    fits
}

#[cfg(test)]
mod tests;
