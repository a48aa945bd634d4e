//! What is done about a failure in general: make way, then the step; or the step by another tool.

use crate::agent::Aborted;
use crate::heal::{Healing, Outcome, Way};
use crate::run::Run;
use crate::ways;
use domain::heal::{Candidate, dismissals, openers};
use domain::memory::Approach;
use domain::plan::{ActionName, PlanStep, ScrollBy, StepForm};
use domain::snapshot::{Element, Fingerprint, Snapshot};
use domain::step::HealSource;

/// How many things are opened in search of one.
const OPENINGS: usize = 3;

/// How long it may take to close what was opened: it may cover what opened it.
const CLOSES_WITHIN_MS: u32 = 1000;

impl Run<'_> {
    /// What is done about such a failure in general.
    pub(crate) async fn routine(
        &mut self,
        healing: &Healing<'_>,
        approach: Approach,
        by: HealSource,
    ) -> Result<Outcome, Aborted> {
        let way = Way { approach, by, what: approach.in_words().into() };
        match approach {
            Approach::WaitForIdle => self.own(healing, &way).await,
            Approach::DismissOverlay => {
                let now = &self.attempt.seen().now;
                let mut closers = dismissals(healing.failure, now);
                closers.retain(|it| only_closes(&it.fingerprint, now));
                self.click_first(healing, &way, closers).await
            }
            Approach::OpenMenu => self.open_menus(healing, &way).await,
            Approach::Scroll => {
                let by = Some(ScrollBy { x: 0, y: 2000 });
                self.prepared(healing, &way, StepForm { by, ..StepForm::of(ActionName::Scroll) })
                    .await
            }
            Approach::AcceptDialog => {
                let accept = Some(true);
                let form = StepForm { accept, ..StepForm::of(ActionName::HandleDialog) };
                self.prepared(healing, &way, form).await
            }
            Approach::Keyboard => {
                let press = StepForm {
                    target: healing.step.form.target.clone(),
                    key: Some("Enter".into()),
                    ..StepForm::of(ActionName::Press)
                };
                self.instead(healing, &way, press).await
            }
            Approach::FollowLink => match self.address_of(healing.step).await {
                Some(url) => {
                    let url = Some(url);
                    let form = StepForm { url, ..StepForm::of(ActionName::Navigate) };
                    self.instead(healing, &way, form).await
                }
                None => Ok(Outcome::NotTried("it is no link of this site".into())),
            },
            Approach::OtherFormat => self.other_format(healing, &way).await,
            Approach::PlanFallback
            | Approach::OtherLocator
            | Approach::HumanAnswer
            | Approach::LeaveOut
            | Approach::GiveUp => Ok(Outcome::NotTried("there is nothing general about it".into())),
        }
    }

    /// Does one thing first, then the step.
    async fn prepared(
        &mut self,
        healing: &Healing<'_>,
        way: &Way,
        form: StepForm,
    ) -> Result<Outcome, Aborted> {
        let form = StepForm { intent: Some(ways::preparing(healing.step)), ..form };
        let Some(step) = ways::read(form, &self.values) else {
            return Ok(Outcome::NotTried("it cannot be done".into()));
        };
        match self.take_way(healing, way, &step, false).await? {
            Outcome::Worked(_) => Box::pin(self.own(healing, way)).await,
            other => Ok(other),
        }
    }

    /// Does something else instead of the step.
    async fn instead(
        &mut self,
        healing: &Healing<'_>,
        way: &Way,
        form: StepForm,
    ) -> Result<Outcome, Aborted> {
        match ways::read(ways::instead(healing.step, form), &self.values) {
            Some(step) => self.take_way(healing, way, &step, true).await,
            None => Ok(Outcome::NotTried("it cannot be done".into())),
        }
    }

    async fn click_first(
        &mut self,
        healing: &Healing<'_>,
        way: &Way,
        candidates: Vec<Candidate>,
    ) -> Result<Outcome, Aborted> {
        let Some(first) = candidates.first() else {
            return Ok(Outcome::NotTried("nothing here closes what is in the way".into()));
        };
        match self.click_preparing(healing, way, first).await? {
            Outcome::Worked(_) => Box::pin(self.own(healing, way)).await,
            other => Ok(other),
        }
    }

    /// Opens what may hold the element, one after the other, until it is there.
    async fn open_menus(&mut self, healing: &Healing<'_>, way: &Way) -> Result<Outcome, Aborted> {
        let intent = self.spoken_intent(healing.step);
        let candidates = openers(&self.wanted(healing.step, &intent), &self.attempt.seen().now);
        let mut outcome = Outcome::NotTried("nothing here can be opened".into());
        for candidate in candidates.iter().take(OPENINGS) {
            if self.is_over() {
                break;
            }
            let closer = closer(candidate, &self.attempt.seen().now);
            outcome = match self.click_preparing(healing, way, candidate).await? {
                Outcome::Worked(_) => self.own(healing, way).await?,
                other => other,
            };
            if !matches!(outcome, Outcome::NotTried(_)) {
                break;
            }
            self.close_again(healing, way, &closer).await?;
        }
        Ok(outcome)
    }

    /// Puts back what was opened in vain: who looks at the page next, a human above all, would
    /// close it with the click that is meant to open it.
    async fn close_again(
        &mut self,
        healing: &Healing<'_>,
        way: &Way,
        closer: &Candidate,
    ) -> Result<(), Aborted> {
        let same = |it: &&Element| {
            let (it, closer) = (&it.fingerprint, &closer.fingerprint);
            it.xpath == closer.xpath && it.frame == closer.frame && it.name == closer.name
        };
        let mut now = self.attempt.seen().now.elements.iter();
        let Some(still) = now.find(same).filter(|it| closes(it)) else { return Ok(()) };
        let still = Candidate { fingerprint: still.fingerprint.clone(), ..closer.clone() };
        let click = ways::preparing_click(healing.step);
        let click = StepForm { timeout_ms: Some(CLOSES_WITHIN_MS), ..click };
        if let Ok(step) = self.located(&click, &still).await {
            self.take_way(healing, way, &step, false).await?;
        }
        Ok(())
    }

    async fn click_preparing(
        &mut self,
        healing: &Healing<'_>,
        way: &Way,
        candidate: &Candidate,
    ) -> Result<Outcome, Aborted> {
        match self.located(&ways::preparing_click(healing.step), candidate).await {
            Ok(step) => self.take_way(healing, way, &step, false).await,
            Err(why) => Ok(Outcome::NotTried(why)),
        }
    }

    /// The address of the link a step clicks, when it stays on the page's own origin.
    async fn address_of(&mut self, step: &PlanStep) -> Option<String> {
        let found = self.attempt.find(step.action.target()?).await;
        let [link] = &found[..] else { return None };
        let href = link.href.as_deref()?;
        let is_path = href.starts_with('/') && !href.starts_with("//");
        is_path.then(|| href.to_owned())
    }
}

/// What puts back what this opens: for a tab the one beside it that is chosen now, else itself.
fn closer(opener: &Candidate, now: &Snapshot) -> Candidate {
    let list = |print: &Fingerprint| {
        let tab = print.role.as_deref() == Some("tab");
        // Each tab may have an item of a list around it.
        let list = print.xpath.rsplitn(3, '/').last().map(str::to_owned);
        list.filter(|_| tab).map(|list| (list, print.frame.clone()))
    };
    let of = list(&opener.fingerprint);
    let beside = |it: &&Element| it.checked == Some(true) && list(&it.fingerprint) == of;
    let chosen = now.elements.iter().filter(|_| of.is_some()).find(beside);
    let fingerprint = chosen.map_or(&opener.fingerprint, |it| &it.fingerprint).clone();
    Candidate { fingerprint, ..opener.clone() }
}

/// Whether a click on it closes something: not where it says that it is closed, or chosen already.
fn closes(it: &Element) -> bool {
    let says = it.fingerprint.attributes.get("aria-expanded").map(String::as_str);
    let is_tab = it.fingerprint.role.as_deref() == Some("tab");
    says != Some("false") && !(is_tab && it.checked == Some(true))
}

/// What agrees, if there is anything to agree to.
const AGREEING: [&str; 2] = ["ok", "okay"];

/// Whether a press closes something and does nothing else. A lone cross on the page itself may take
/// away what was entered; and "ok" in a dialog that can also be left otherwise is an answer.
fn only_closes(closer: &Fingerprint, now: &Snapshot) -> bool {
    let Some(dialog) = closer.attributes.get("in-dialog") else { return false };
    let called = closer.name.trim().trim_end_matches(['!', '.']).to_lowercase();
    let other = |it: &Element| {
        let print = &it.fingerprint;
        let pressed = print.role.as_deref() == Some("button");
        pressed
            && print.attributes.get("in-dialog") == Some(dialog)
            && print.frame == closer.frame
            && print.xpath != closer.xpath
    };
    !AGREEING.contains(&called.as_str()) || !now.elements.iter().any(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::heal::Stage;

    fn button(name: &str, dialog: Option<&str>) -> Element {
        let attributes = dialog.map(|dialog| ("in-dialog".to_owned(), dialog.to_owned()));
        let fingerprint = Fingerprint {
            role: Some("button".into()),
            name: name.into(),
            xpath: format!("//button[.='{name}']"),
            attributes: attributes.into_iter().collect(),
            ..Fingerprint::default()
        };
        Element { fingerprint, interactive: true, enabled: true, checked: None, value: None }
    }

    #[test]
    fn ok_closes_a_notice_and_answers_a_question() {
        let page = |elements: Vec<Element>| Snapshot { elements, ..Snapshot::default() };
        let ok = button("OK", Some("Notice"));
        let (cancel, elsewhere) =
            (button("Cancel", Some("Notice")), button("Cancel", Some("Other")));
        let close = button("Close", Some("Notice"));
        let notice = page(vec![ok.clone(), elsewhere, button("Save", None)]);
        assert!(only_closes(&ok.fingerprint, &notice));
        let question = page(vec![ok.clone(), cancel, close.clone()]);
        assert!(!only_closes(&ok.fingerprint, &question));
        assert!(only_closes(&close.fingerprint, &question));
        assert!(!only_closes(&button("×", None).fingerprint, &question));
    }

    fn tab(xpath: &str, chosen: bool) -> Element {
        let role = Some("tab".to_owned());
        let fingerprint = Fingerprint { xpath: xpath.into(), role, ..Fingerprint::default() };
        Element { fingerprint, checked: Some(chosen), ..Element::default() }
    }

    #[test]
    fn a_tab_is_put_back_by_the_one_that_was_chosen_in_its_list() {
        let elements = vec![
            tab("/main/ul[1]/li[1]/button", true),
            tab("/main/ul[2]/li[1]/button", true),
            tab("/main/ul[2]/li[2]/button", false),
        ];
        let fingerprint = elements[2].fingerprint.clone();
        let opener = Candidate { fingerprint, stage: Stage::Words, score: 1.0, margin: 1.0 };
        let now = Snapshot { elements, ..Snapshot::default() };
        assert_eq!(closer(&opener, &now).fingerprint.xpath, "/main/ul[2]/li[1]/button");
        assert!(closes(&now.elements[2]) && !closes(&now.elements[1]));
    }
}
