//! What is made of advice, and the reason that is given where nothing is.

use crate::failure::{ErrorClass, Failure};
use crate::id::{RemedyId, RunId, SituationId};
use crate::memory::{
    Advice, Approach, Judged, KnownRemedy, Origin, Proof, Remedy, RemedyStep, Situation, Tier,
    Trust,
};
use crate::plan::{ActionName, StepForm, TargetForm};
use crate::snapshot::Fingerprint;
use crate::tactics::{Circumstances, Doing, Proposal, Proposed, WAYS, proposals};
use uuid::Uuid;

const CLICK: Circumstances = Circumstances {
    changed: false,
    doing: Doing::Clicks,
    login: crate::tactics::Login::Unexpected,
    alert: false,
};

fn asked() -> Situation {
    Situation {
        site: "shop.example".into(),
        page: "/".into(),
        class: ErrorClass::ElementNotFound,
        action: ActionName::Click,
        target: Some(css(".go")),
        intent: "search".into(),
        message: String::new(),
    }
}

fn css(selector: &str) -> TargetForm {
    TargetForm { css: Some(selector.into()), ..TargetForm::default() }
}

fn advice(number: u128, tier: Tier, approach: Approach) -> Advice {
    let remedy = KnownRemedy {
        id: RemedyId::from_uuid(Uuid::from_u128(number)),
        remedy: Remedy { approach, steps: Vec::new() },
        trust: Trust::Verified,
        proof: Proof { worked: 1, ..Proof::default() },
        origin: Origin::Run { run_id: RunId::from_uuid(Uuid::from_u128(9)), step: 3 },
    };
    let situation_id = SituationId::from_uuid(Uuid::from_u128(number));
    Advice { tier, confidence: 0.5, situation_id, situation: asked(), remedy }
}

fn proposed(offered: Vec<Advice>, here: Circumstances) -> Proposed {
    let judged = Judged { offered, ..Judged::default() };
    proposals(&Failure::new(ErrorClass::ElementNotFound, "no"), &asked(), &judged, here)
}

/// Why one piece of advice is not followed; nothing where it is.
fn why_not(advice: &Advice, here: Circumstances) -> Option<String> {
    let mut proposed = proposed(vec![advice.clone()], here);
    let followed = proposed.ways.iter().any(|way| way.advice() == Some(advice));
    assert_ne!(followed, proposed.unused.iter().any(|(it, _)| it == advice));
    proposed.unused.pop().map(|(_, why)| why)
}

#[test]
fn all_advice_is_followed_or_says_why_it_is_not() {
    for tier in Tier::ALL {
        for approach in Approach::ALL {
            for changed in [false, true] {
                let here = Circumstances { changed, ..CLICK };
                let why = why_not(&advice(1, tier, approach), here);
                assert_ne!(why.as_deref(), Some(""), "{tier:?} {approach:?}");
            }
        }
    }
}

#[test]
fn what_is_not_followed_says_what_speaks_against_it() {
    let changed = Circumstances { changed: true, ..CLICK };
    for (tier, approach, here, says) in [
        (Tier::High, Approach::OtherLocator, CLICK, ""),
        (Tier::High, Approach::OtherLocator, changed, "only a human's word does it again"),
        (Tier::Medium, Approach::DismissOverlay, CLICK, ""),
        (Tier::Medium, Approach::DismissOverlay, changed, "a hint does not do it again"),
        (Tier::Medium, Approach::Keyboard, CLICK, "only what prepares a step carries over"),
        (Tier::Low, Approach::OpenMenu, CLICK, ""),
        (Tier::Low, Approach::OtherLocator, CLICK, "the element is looked for"),
        (Tier::Low, Approach::AcceptDialog, CLICK, "does not fit this failure"),
        (Tier::Skip, Approach::OpenMenu, CLICK, "another site and of another error"),
    ] {
        let why = why_not(&advice(1, tier, approach), here).unwrap_or_default();
        assert!(why.contains(says), "{tier:?} {approach:?}: {why}");
        assert_eq!(why.is_empty(), says.is_empty(), "{tier:?} {approach:?}: {why}");
    }
}

#[test]
fn what_a_human_said_is_done_again_though_the_page_had_answered() {
    let mut told = advice(1, Tier::High, Approach::HumanAnswer);
    told.remedy.trust = Trust::Human;
    assert_eq!(why_not(&told, Circumstances { changed: true, ..CLICK }), None);
}

#[test]
fn what_does_not_get_its_turn_says_how_many_go_before_it() {
    let many = (1..=8).map(|number| advice(number, Tier::High, Approach::OtherLocator)).collect();
    let Proposed { ways, unused } = proposed(many, CLICK);
    assert_eq!((ways.len(), unused.len()), (WAYS, 8 - WAYS));
    assert!(unused.iter().all(|(_, why)| why == "6 ways go before it"), "{unused:?}");
}

#[test]
fn an_approach_of_another_site_goes_before_what_is_done_in_general() {
    let Proposed { ways, unused } = proposed(vec![advice(1, Tier::Low, Approach::OpenMenu)], CLICK);
    assert!(matches!(ways[0], Proposal::Routine(Approach::OpenMenu, Some(_))), "{ways:?}");
    let menus = ways.iter().filter(|it| matches!(it, Proposal::Routine(Approach::OpenMenu, _)));
    assert_eq!((menus.count(), unused.len()), (1, 0));
}

/// What got past the same locator where the step was said in other words.
fn of_other_words(approach: Approach) -> Advice {
    let mut told = advice(1, Tier::Medium, approach);
    told.situation.intent = "press the search button".into();
    let form = StepForm { target: Some(css("#search")), ..StepForm::of(ActionName::Click) };
    let fingerprint = Some(Fingerprint::default());
    told.remedy.remedy.steps = vec![RemedyStep { form, fingerprint, own: true, renamed: None }];
    told
}

#[test]
fn the_element_that_other_words_found_is_a_hint_and_no_copy() {
    for approach in [Approach::OtherLocator, Approach::HumanAnswer] {
        let told = of_other_words(approach);
        let Proposed { ways, .. } = proposed(vec![told.clone()], CLICK);
        assert_eq!(ways[..2], [Proposal::Hint(Box::new(told)), Proposal::Find]);
    }
}

/// What is made different about advice.
type Change<'a> = &'a dyn Fn(&mut Advice);

#[test]
fn a_hint_is_of_this_very_locator_and_has_shown_itself() {
    let told = || of_other_words(Approach::OtherLocator);
    let here = |change: &dyn Fn(&mut Advice)| {
        let mut told = told();
        change(&mut told);
        why_not(&told, CLICK)
    };
    let another = "got past another trouble";
    let unproven = "nothing showed";
    let elsewhere = "not on which element";
    let cases: [(Change<'_>, &str); 8] = [
        (&|it| it.situation.page = "/other".into(), another),
        (&|it| it.situation.target = Some(css(".stop")), another),
        (&|it| it.situation.class = ErrorClass::AmbiguousMatch, another),
        (&|it| it.remedy.remedy.approach = Approach::FollowLink, another),
        (&|it| it.remedy.proof = Proof { unverified: 1, ..Proof::default() }, unproven),
        (&|it| it.remedy.remedy.steps[0].fingerprint = None, elsewhere),
        (&|it| it.remedy.remedy.steps[0].form.action = ActionName::Press, elsewhere),
        (&|it| it.remedy.remedy.steps[0].own = false, elsewhere),
    ];
    for (change, says) in cases {
        let why = here(change).unwrap();
        assert!(why.contains(says), "{why}");
    }
    let a_human_said = here(&|it| {
        it.remedy.proof = Proof { unverified: 1, ..Proof::default() };
        it.remedy.trust = Trust::Human;
    });
    assert_eq!(a_human_said, None);
    let changed = Circumstances { changed: true, ..CLICK };
    assert!(why_not(&told(), changed).is_some(), "what was done is not done again on a hint");
}
