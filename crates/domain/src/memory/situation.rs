//! A failing situation: what is asked about, what is embedded, what is kept once.

mod message;

pub(crate) use message::normalised;

use crate::failure::{ErrorClass, Failure};
use crate::heal::same_purpose;
use crate::id::{ProjectId, SituationId};
use crate::memory::content_id::{canonical, content_id};
use crate::memory::words;
use crate::plan::{ActionName, StepForm, TargetForm};
use crate::site::path_of;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A step that failed, without anything that differs from run to run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Situation {
    /// The site.
    pub site: String,
    /// The page on which the step began.
    pub page: String,
    /// What kind of trouble.
    pub class: ErrorClass,
    /// What was to be done.
    pub action: ActionName,
    /// The target as the plan writes it, placeholders and all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub target: Option<TargetForm>,
    /// What the step was for, in words.
    pub intent: String,
    /// What happened, without what differs from run to run.
    pub message: String,
}

/// How many words of an intent, and of a target, are embedded: the model likes short texts, and the longer
/// one is, the less each of its words counts.
const WORDS: usize = 20;

impl Situation {
    /// What a failed step amounts to. `form` is the plan's own form of the step, whichever way of
    /// doing it failed last: so every run of this plan asks about the same thing.
    #[must_use]
    pub fn of(site: &str, page: &str, form: &StepForm, intent: &str, failure: &Failure) -> Self {
        Self {
            site: site.to_owned(),
            page: page.to_owned(),
            class: failure.class,
            action: form.action,
            target: form.target.clone(),
            intent: intent.to_owned(),
            message: message::normalised(&failure.message),
        }
    }

    /// What makes it this situation and no other: site, page, class, action, target and intent. A
    /// locator that counts rows serves many purposes, and what was done for one of them is no
    /// answer for another. Two with the same key are one, whatever their messages say.
    #[must_use]
    pub fn key_text(&self) -> String {
        let intent = words::folded(&self.intent);
        canonical(&(&self.site, &self.page, self.class, self.action, &self.target, intent))
    }

    /// Whether it is the same trouble as another, if perhaps in other words: the same thing failed
    /// at the same place in the same way, and for the same purpose.
    #[must_use]
    pub fn is_same_trouble(&self, other: &Self) -> bool {
        self.is_of_the_same_target(other) && same_purpose(&self.intent, &other.intent)
    }

    /// Whether the same locator failed another in the same way on the same page, whatever it was
    /// for: it may have been the same trouble in other words, and it may not.
    #[must_use]
    pub fn differs_in_words_only(&self, other: &Self) -> bool {
        self.target.is_some() && self.is_of_the_same_target(other)
    }

    /// Whether both happened on one page, whatever its address said behind the path.
    #[must_use]
    pub fn is_on_the_page_of(&self, other: &Self) -> bool {
        self.site == other.site && path_of(&self.page) == path_of(&other.page)
    }

    /// Whether what was to be done is healed alike.
    #[must_use]
    pub fn is_an_action_like(&self, other: &Self) -> bool {
        kind(self.action) == kind(other.action)
    }

    fn is_of_the_same_target(&self, other: &Self) -> bool {
        (&self.site, &self.page, self.class, self.action, &self.target)
            == (&other.site, &other.page, other.class, other.action, &other.target)
    }

    /// Its id in a project.
    #[must_use]
    pub fn id(&self, project: ProjectId) -> SituationId {
        SituationId::from_uuid(content_id(project, &["situation", &self.key_text()]))
    }

    /// What is embedded and searched: the intent first, then what was done to what, and where. A second
    /// line says the same without the words of the locator, so that those count half: they may be the
    /// name of the button, and they may be three tags.
    ///
    /// How it failed is not in it: half of all steps fail in the same words, which make any two of them
    /// alike and drown what each was for; the class of error is compared by itself. The site is not in
    /// it either: situations of other sites are to be comparable.
    #[must_use]
    pub fn text(&self) -> String {
        let intent = words::first_words(&words::spoken(&self.intent), WORDS);
        let target = self.target.as_ref().map(words::target).unwrap_or_default();
        let target = words::first_words(&target, WORDS);
        let page = words::page(&self.page);
        let page = if page.is_empty() { page } else { format!("page {page}") };
        let action = words::action(self.action);
        let says = |deed: &str| {
            let parts = [intent.as_str(), deed, page.as_str()];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(". ")
        };
        if target.is_empty() {
            return says(&action);
        }
        format!("{}\n{}", says(&format!("{action} {target}")), says(&action))
    }
}

/// Actions of one kind are healed alike.
const fn kind(action: ActionName) -> ActionName {
    match action {
        ActionName::DoubleClick => ActionName::Click,
        ActionName::Clear => ActionName::Fill,
        ActionName::Uncheck => ActionName::Check,
        ActionName::Assert => ActionName::WaitFor,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn situation() -> Situation {
        let form = StepForm {
            target: Some(TargetForm { css: Some("#id_username".into()), ..TargetForm::default() }),
            ..StepForm::of(ActionName::Fill)
        };
        let failure = Failure::new(
            ErrorClass::ElementNotFound,
            "nothing on the page matches css `#id_username`, and nothing appeared within 10 s",
        );
        let intent = "type the name of {{inputs.user}}";
        Situation::of("shop-admin", "/admin/login/", &form, intent, &failure)
    }

    fn project(number: u128) -> ProjectId {
        ProjectId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn the_text_begins_with_the_intent_and_never_names_the_site() {
        assert_eq!(
            situation().text(),
            "type the name of user. fill username. page admin login\n\
             type the name of user. fill. page admin login"
        );
        assert!(!situation().text().contains("shop"));
        let untold = Situation { target: None, ..situation() };
        assert_eq!(untold.text(), "type the name of user. fill. page admin login");
    }

    #[test]
    fn the_id_is_of_the_key_alone() {
        let one = situation();
        let same = Situation {
            intent: format!(" {}", one.intent.to_uppercase()),
            message: "other message".into(),
            ..one.clone()
        };
        assert_eq!(one.id(project(1)), same.id(project(1)));
        assert_ne!(one.id(project(1)), one.id(project(2)), "nothing crosses a project");
        let others = [
            Situation { site: "other".into(), ..one.clone() },
            Situation { page: "/".into(), ..one.clone() },
            Situation { class: ErrorClass::Timeout, ..one.clone() },
            Situation { action: ActionName::Click, ..one.clone() },
            Situation { target: None, ..one.clone() },
            Situation { intent: "type the name of the host".into(), ..one.clone() },
        ];
        for other in others {
            assert_ne!(one.id(project(1)), other.id(project(1)), "{}", other.key_text());
        }
    }

    #[test]
    fn the_key_is_written_in_one_way() {
        assert_eq!(
            situation().key_text(),
            r##"["shop-admin","/admin/login/","element_not_found","fill",{"css":"#id_username"},"type the name of {{inputs.user}}"]"##
        );
    }

    #[test]
    fn other_words_for_the_same_purpose_are_the_same_trouble() {
        let at = |intent: &str| Situation { intent: intent.into(), ..situation() };
        assert!(at("log in").is_same_trouble(&at("sign in")));
        assert!(!at("delete the post").is_same_trouble(&at("publish the post")));
        let elsewhere = Situation { page: "/".into(), ..at("log in") };
        assert!(!at("log in").is_same_trouble(&elsewhere));
        assert!(at("delete the post").differs_in_words_only(&at("publish the post")));
        assert!(!at("log in").differs_in_words_only(&elsewhere));
        let without = |intent: &str| Situation { target: None, ..at(intent) };
        assert!(!without("log in").differs_in_words_only(&without("go in")));
    }
}
