//! Which approach some actions show. Of what an agent outside did it is known what that was, and not
//! what it was for: where the actions do not say so by themselves, nothing is claimed.

use crate::heal::{is_called_closing, is_called_opening};
use crate::memory::{Approach, Remedy, Situation};
use crate::plan::{ActionName, StepForm, TargetForm};

/// Another way to the same end: what is said of actions that show no more than that. It is of no use to
/// other sites, and is not served there.
const SOME_WAY: Approach = Approach::PlanFallback;

/// The approach that some actions amount to, seen from the step that had failed.
#[must_use]
pub fn approach_of<'a>(
    situation: &Situation,
    first: impl IntoIterator<Item = &'a StepForm>,
    action: Option<&StepForm>,
) -> Approach {
    let first: Vec<&StepForm> = first.into_iter().collect();
    let shown = if first.is_empty() {
        action.and_then(|form| instead(situation, form))
    } else {
        before(&first)
    };
    shown.unwrap_or(SOME_WAY)
}

impl Remedy {
    /// Whether what it does shows by itself that this is its approach.
    #[must_use]
    pub fn shows_its_approach(&self, situation: &Situation) -> bool {
        let first = self.steps.iter().filter(|step| !step.own).map(|step| &step.form);
        let action = self.steps.iter().find(|step| step.own).map(|step| &step.form);
        approach_of(situation, first, action) == self.approach
    }
}

/// What all of these do that go before a step; what waits among them may wait for that.
fn before(forms: &[&StepForm]) -> Option<Approach> {
    let acting = forms.iter().filter(|form| form.action != ActionName::WaitFor);
    let mut shown = acting.map(|form| prepares_by(form));
    match shown.next() {
        None => Some(Approach::WaitForIdle),
        Some(one) => one.filter(|_| shown.all(|other| other == one)),
    }
}

fn prepares_by(form: &StepForm) -> Option<Approach> {
    match form.action {
        ActionName::Scroll => Some(Approach::Scroll),
        ActionName::Hover => Some(Approach::OpenMenu),
        ActionName::HandleDialog if form.accept == Some(true) => Some(Approach::AcceptDialog),
        ActionName::Press if form.key.as_deref() == Some("Escape") => {
            Some(Approach::DismissOverlay)
        }
        ActionName::Click => form.target.as_ref().and_then(clicked),
        _ => None,
    }
}

/// What a click is for on an element that is called so.
fn clicked(target: &TargetForm) -> Option<Approach> {
    let called = [&target.name, &target.text, &target.label, &target.test_id];
    let called: Vec<&str> = called.into_iter().flatten().map(String::as_str).collect();
    let is_a = |role: &str| target.role.as_deref() == Some(role);
    if called.iter().any(|name| is_called_closing(name)) {
        Some(Approach::DismissOverlay)
    } else if is_a("tab") || called.iter().any(|name| is_called_opening(name)) {
        Some(Approach::OpenMenu)
    } else {
        None
    }
}

/// What is done in place of the step.
fn instead(situation: &Situation, form: &StepForm) -> Option<Approach> {
    use ActionName::{Check, Click, DoubleClick, Drag, Hover, Navigate, Press, Select, Uncheck};
    let pointed =
        matches!(situation.action, Click | DoubleClick | Check | Uncheck | Select | Hover | Drag);
    let clicks = matches!(situation.action, Click | DoubleClick);
    let elsewhere = form.target.is_some() && form.target != situation.target;
    match form.action {
        _ if form.format.is_some() => Some(Approach::OtherFormat),
        same if same == situation.action => elsewhere.then_some(Approach::OtherLocator),
        Press if pointed => Some(Approach::Keyboard),
        Navigate if clicks => Some(Approach::FollowLink),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::ErrorClass;

    fn on(target: TargetForm) -> StepForm {
        StepForm { target: Some(target), ..StepForm::of(ActionName::Click) }
    }

    fn named(name: &str) -> StepForm {
        on(TargetForm { name: Some(name.into()), ..TargetForm::default() })
    }

    fn css(selector: &str) -> TargetForm {
        TargetForm { css: Some(selector.into()), ..TargetForm::default() }
    }

    fn failed(class: ErrorClass) -> Situation {
        Situation {
            site: "shop.example".into(),
            page: "/".into(),
            class,
            action: ActionName::Click,
            target: Some(css("#order")),
            intent: "order".into(),
            message: String::new(),
        }
    }

    #[test]
    fn what_goes_before_shows_its_approach_or_none() {
        let of = ActionName::WaitFor;
        let fill = StepForm::of(ActionName::Fill);
        let dialog =
            |accept| StepForm { accept: Some(accept), ..StepForm::of(ActionName::HandleDialog) };
        let tab = on(TargetForm { role: Some("tab".into()), ..TargetForm::default() });
        for (first, expected) in [
            (vec![named("Accept all cookies")], Approach::DismissOverlay),
            (vec![named("Close"), StepForm::of(of)], Approach::DismissOverlay),
            (vec![named("Menu")], Approach::OpenMenu),
            (vec![tab], Approach::OpenMenu),
            (vec![StepForm::of(of)], Approach::WaitForIdle),
            (vec![StepForm::of(ActionName::Scroll)], Approach::Scroll),
            (vec![dialog(true)], Approach::AcceptDialog),
            (vec![dialog(false)], SOME_WAY),
            (vec![fill.clone()], SOME_WAY),
            (vec![named("Close"), fill], SOME_WAY),
            (vec![named("Close"), named("Menu")], SOME_WAY),
            (vec![named("Red"), StepForm::of(of)], SOME_WAY),
            (vec![named("Delete")], SOME_WAY),
            (vec![on(css("#x"))], SOME_WAY),
        ] {
            // The class of the trouble says nothing of what was done about it.
            for class in [ErrorClass::NotInteractable, ErrorClass::ElementNotFound] {
                assert_eq!(approach_of(&failed(class), &first, None), expected, "{first:?}");
            }
        }
    }

    #[test]
    fn what_is_done_instead_shows_its_approach_or_none() {
        let failed = failed(ErrorClass::ElementNotFound);
        let shown = |form: StepForm| approach_of(&failed, [], Some(&form));
        assert_eq!(shown(on(css("#buy"))), Approach::OtherLocator);
        assert_eq!(shown(on(css("#order"))), SOME_WAY, "the same again");
        assert_eq!(shown(StepForm::of(ActionName::Press)), Approach::Keyboard);
        assert_eq!(shown(StepForm::of(ActionName::Navigate)), Approach::FollowLink);
        assert_eq!(shown(StepForm::of(ActionName::DoubleClick)), SOME_WAY);
        assert_eq!(approach_of(&failed, [], None), SOME_WAY);
    }
}
