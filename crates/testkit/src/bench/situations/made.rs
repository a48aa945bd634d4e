//! One situation for every number.

use super::Known;
use super::dice::Dice;
use super::sites::Sites;
use super::vocabulary::{DEEDS, Deed, FAILURES, KINDS, THINGS};
use chrono::TimeDelta;
use domain::failure::Failure;
use domain::memory::{Approach, Remedy, RemedyStep, Situation, Trust};
use domain::plan::{ActionName, StepForm, TargetForm};
use std::collections::HashMap;

/// Makes situations.
#[derive(Debug)]
pub(in crate::bench) struct Maker {
    /// How many different texts there are. The same trouble befalls many sites, and embedding is
    /// what takes time.
    pub(in crate::bench) texts: u64,
    pub(in crate::bench) sites: Sites,
    /// On some sites half of everything happens on pages that are there already.
    pub(in crate::bench) pages: HashMap<String, Vec<String>>,
}

/// What a situation is about.
struct Subject {
    kind: &'static str,
    thing: &'static str,
    deed: &'static Deed,
}

/// What gets past a failure, and how often that is it among a hundred.
const APPROACHES: [(Approach, usize); 8] = [
    (Approach::OtherLocator, 55),
    (Approach::OpenMenu, 13),
    (Approach::DismissOverlay, 8),
    (Approach::WaitForIdle, 8),
    (Approach::Scroll, 4),
    (Approach::Keyboard, 4),
    (Approach::AcceptDialog, 4),
    (Approach::HumanAnswer, 4),
];

impl Maker {
    /// The situation of a number, which has it in its target and so is no other.
    pub(in crate::bench) fn make(&self, number: u64) -> Known {
        // What is said depends on the text's number alone, where it happened on the situation's.
        let mut said = Dice::new(number % self.texts);
        let mut own = Dice::new(number.wrapping_add(1 << 40));
        let subject = Subject {
            kind: said.pick::<&str>(&KINDS),
            thing: said.pick::<&str>(&THINGS),
            deed: said.pick(&DEEDS),
        };
        let (class, _, message) = weighted(&mut said, &FAILURES, |failure| failure.1);
        let form = StepForm {
            target: Some(target(&mut said, &subject, number)),
            ..StepForm::of(subject.deed.action)
        };
        let page = page(&mut said, &subject);
        let site = self.sites.pick(&mut own);
        let page = match self.pages.get(site) {
            Some(pages) if own.below(2) == 0 => own.pick(pages).clone(),
            _ => page,
        };
        let intent = subject.deed.intent.replace("{}", &subject.words());
        let failure = Failure::new(*class, *message);
        let (approach, _) = *weighted(&mut own, &APPROACHES, |approach| approach.1);
        let failed = if own.below(5) == 0 { own.below(3) } else { 0 };
        Known {
            situation: Situation::of(site, &page, &form, &intent, &failure),
            remedy: remedy(approach, &subject, number),
            trust: if approach == Approach::HumanAnswer { Trust::Human } else { Trust::Verified },
            worked: small(own.below(8) + 1),
            failed: small(failed),
            ago: TimeDelta::minutes(i64::from(small(own.below(60 * 24 * 60)))),
        }
    }
}

impl Subject {
    fn words(&self) -> String {
        format!("{} {}", self.kind, self.thing)
    }
}

/// One of several things, by how often each comes among a hundred.
fn weighted<'a, T>(dice: &mut Dice, things: &'a [T], often: impl Fn(&T) -> usize) -> &'a T {
    let mut left = dice.below(100);
    for thing in things {
        match left.checked_sub(often(thing)) {
            Some(rest) => left = rest,
            None => return thing,
        }
    }
    &things[0]
}

/// A locator as recorders write it. Its number is no word of the text.
fn target(said: &mut Dice, subject: &Subject, number: u64) -> TargetForm {
    let Subject { thing, deed, .. } = subject;
    let none = TargetForm::default();
    match said.below(5) {
        0 => TargetForm { css: Some(format!("#{thing}-{number} .{}", deed.name)), ..none },
        1 => {
            let path = format!("/html/body/div[2]/main/table/tbody/tr[{number}]/td[3]/a");
            TargetForm { xpath: Some(path), ..none }
        }
        2 => {
            let path = format!("main > section:nth-child(3) > ul > li:nth-child({number}) > a");
            TargetForm { css: Some(path), ..none }
        }
        3 => {
            let row = TargetForm { css: Some(format!("#row-{number}")), ..TargetForm::default() };
            let name = format!("{} {thing}", deed.name);
            let role = Some("button".to_owned());
            TargetForm { role, name: Some(name), within: Some(Box::new(row)), ..none }
        }
        _ => TargetForm { test_id: Some(format!("{thing}-{}-{number}", deed.name)), ..none },
    }
}

fn page(said: &mut Dice, subject: &Subject) -> String {
    let Subject { kind, thing, deed } = subject;
    match said.below(4) {
        0 => format!("/{thing}s/"),
        1 => format!("/{thing}s/{{id}}/{}", deed.name),
        2 => format!("/desk/{kind}/{thing}s"),
        _ => format!("/desk/{thing}s/{{id}}?tab"),
    }
}

fn remedy(approach: Approach, subject: &Subject, number: u64) -> Remedy {
    let test_id = Some(format!("{}-{}-{number}", subject.deed.name, subject.thing));
    let target = Some(TargetForm { test_id, ..TargetForm::default() });
    let form = StepForm { target: target.clone(), ..StepForm::of(subject.deed.action) };
    let step = |form, own| RemedyStep { form, fingerprint: None, own, renamed: None };
    let first = |name: &str| {
        let role = Some("button".to_owned());
        let target = TargetForm { role, name: Some(name.to_owned()), ..TargetForm::default() };
        step(StepForm { target: Some(target), ..StepForm::of(ActionName::Click) }, false)
    };
    let steps = match approach {
        Approach::OpenMenu => vec![first("More"), step(form, true)],
        Approach::DismissOverlay => vec![first("Close"), step(form, true)],
        Approach::AcceptDialog => {
            let accept = StepForm::of(ActionName::HandleDialog);
            vec![step(StepForm { accept: Some(true), ..accept }, false), step(form, true)]
        }
        Approach::Keyboard => {
            let press = StepForm { target, ..StepForm::of(ActionName::Press) };
            vec![step(StepForm { key: Some("Enter".to_owned()), ..press }, true)]
        }
        _ => vec![step(form, true)],
    };
    Remedy { approach, steps }
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn maker(texts: u64) -> Maker {
        Maker { texts, sites: Sites::ranked(40), pages: HashMap::new() }
    }

    #[test]
    fn every_number_is_another_situation_and_always_the_same() {
        let maker = maker(50);
        let keys: BTreeSet<_> =
            (0..2000).map(|number| maker.make(number).situation.key_text()).collect();
        assert_eq!(keys.len(), 2000);
        assert_eq!(maker.make(1234), maker.make(1234));
    }

    #[test]
    fn there_are_no_more_texts_than_wanted() {
        let maker = maker(50);
        let texts: BTreeSet<_> =
            (0..2000).map(|number| maker.make(number).situation.text()).collect();
        assert!((45..=50).contains(&texts.len()), "{}", texts.len());
    }

    #[test]
    fn every_remedy_can_be_read() {
        let maker = maker(5000);
        for number in 0..5000 {
            let known = maker.make(number);
            assert!(known.remedy.parses(), "{known:?}");
        }
    }

    #[test]
    fn some_pages_are_of_the_site() {
        let sites = Sites::with(&["here".to_owned()], 0.5, 5);
        let pages = HashMap::from([("here".to_owned(), vec!["/it".to_owned()])]);
        let maker = Maker { texts: 500, sites, pages };
        let here = (0..1000).map(|number| maker.make(number).situation);
        let here: Vec<_> = here.filter(|situation| situation.site == "here").collect();
        let there = here.iter().filter(|situation| situation.page == "/it").count();
        assert!((here.len() / 3..here.len() * 2 / 3).contains(&there), "{there}");
    }
}
