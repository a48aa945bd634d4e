//! The last stage: the meaning of the intent against the names on the page.

use crate::heal::explore::{Entry, Pool, Query, may_hold, name_of, shown};
use crate::heal::kind::Kind;
use crate::heal::{Candidate, Explored, Stage, Wanted};
use crate::snapshot::{Fingerprint, Snapshot};

/// What the best must reach, and how far it must be ahead of the next: cosines of `MiniLM` between an
/// intent and a name. Calibrated by `cargo xtask bench drift`.
const FLOOR: f64 = 0.55;
const MARGIN: f64 = 0.08;

/// What is where the element was is taken where nothing is nearer in meaning, and it is near at all;
/// nothing far from there is taken while something is there.
const IN_PLACE: f64 = 0.85;
const IN_PLACE_MARGIN: f64 = 0.1;
const HEARD: f64 = 0.3;
const ABOUT_AS_NEAR: f64 = 0.03;
const FAR: f64 = 0.04;

/// A name shorter than this says too little by itself.
const SHORT: usize = 3;
const LONGEST: usize = 120;
const CONSIDERED: usize = 5;

/// The names to embed: for each element that could be meant, its index and what it is called.
///
/// A model hears how much `export` and `import`, `add user` and `add group` have in common, and not
/// that one is not the other. So what says the opposite, does another thing or does it to something
/// else is not among them, and nothing is where a step only looks.
#[must_use]
pub fn spoken_names(wanted: &Wanted<'_>, now: &Snapshot) -> Vec<(usize, String)> {
    if wanted.action.only_looks() {
        return Vec::new();
    }
    let pool = Pool::of(wanted, now);
    let intent = Query::of_intent(&pool);
    let mut kept: Vec<&Entry<'_>> = Vec::new();
    for entry in &pool.entries {
        let may_be = pool.veto(entry).is_none()
            && may_hold(&intent, entry)
            && !pool.is_something_else(entry)
            && !pool.lacks_the_operation(entry)
            && !pool.only_searches(entry)
            && !pool.only_sorts(entry)
            && !pool.is_far_off(entry)
            && !pool.is_of_the_bar(entry)
            && !kept.iter().any(|other| entry.is_twin_of(other));
        if may_be {
            kept.push(entry);
        }
    }
    let spoken = kept.into_iter().map(|entry| (entry.index, spoken_name(entry.element)));
    spoken.filter(|(_, name)| !name.is_empty()).collect()
}

/// What an element is called: its own name, and what stands around it where that says little.
fn spoken_name(element: &Fingerprint) -> String {
    let name = name_of(element).trim();
    if name.chars().count() >= SHORT {
        return cut(name);
    }
    let spaced = |key: &Option<String>| {
        key.as_deref().unwrap_or_default().replace(['_', '-', '.', '[', ']'], " ")
    };
    // Beside a field stands its label; beside a button, whatever comes before it.
    let beside = match Kind::of(element) {
        Kind::Press | Kind::Other => "",
        _ => element.neighbour_text.as_str(),
    };
    let title = element.attributes.get("title").map_or("", String::as_str);
    let hint = element.placeholder.as_deref().unwrap_or_default();
    let parts = [
        name.to_owned(),
        title.to_owned(),
        hint.to_owned(),
        beside.to_owned(),
        spaced(&element.name_attribute),
        spaced(&element.id),
    ];
    let mut said: Vec<&str> = Vec::new();
    for part in parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()) {
        if !said.contains(&part) {
            said.push(part);
        }
    }
    cut(&said.join(" "))
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

/// Chooses by the similarities of the intent to the names, in the order of [`spoken_names`].
#[must_use]
pub fn by_meaning(
    wanted: &Wanted<'_>,
    now: &Snapshot,
    names: &[(usize, String)],
    similarity: &[f64],
) -> Explored {
    let pool = Pool::of(wanted, now);
    let there = pool.nearest(|_| true).filter(|it| it.score >= IN_PLACE);
    let mut ranked: Vec<(f64, &str, &Fingerprint)> = names
        .iter()
        .zip(similarity)
        .filter(|(_, score)| score.is_finite())
        .filter_map(|((index, name), score)| {
            let element = now.elements.get(*index)?;
            Some((score.clamp(0.0, 1.0), name.as_str(), &element.fingerprint))
        })
        .collect();
    ranked.sort_by(|(a, ..), (b, ..)| b.total_cmp(a));
    let next = ranked.get(1).map_or(0.0, |(score, ..)| *score);
    let candidate = |at: usize| {
        let (score, _, fingerprint) = ranked[at];
        let margin = if at == 0 { score - next } else { 0.0 };
        Candidate { fingerprint: fingerprint.clone(), stage: Stage::Meaning, score, margin }
    };
    if let (Some(it), [(best, ..), ..]) = (&there, ranked.as_slice())
        && it.margin >= IN_PLACE_MARGIN
    {
        let heard = ranked.iter().find(|(.., element)| element.xpath == it.entry.element.xpath);
        let near = |score: f64| score >= HEARD && *best - score < ABOUT_AS_NEAR;
        if heard.is_some_and(|(score, ..)| near(*score)) && !it.entry.is_one_of_many() {
            return Explored::One(it.entry.candidate(Stage::Place, it.score, it.margin));
        }
    }
    let elsewhere = |element: &Fingerprint| {
        let (it, near) = (there.as_ref()?, pool.likeness_of_place(element)?);
        (near < it.score - FAR).then(|| shown(it.entry.element))
    };
    let why = match ranked.as_slice() {
        [] => "nothing on the page has a name to compare".to_owned(),
        [(score, name, _), ..] if *score < FLOOR => {
            format!("the nearest in meaning, \"{name}\", is not near enough")
        }
        [(score, name, _), (next, other, _), ..] if score - next < MARGIN => {
            format!("\"{name}\" and \"{other}\" are about equally near in meaning")
        }
        [(_, name, element), ..] => match elsewhere(element) {
            None => return Explored::One(candidate(0)),
            Some(it) => format!("\"{name}\" is nearest in meaning, and where it was is {it}"),
        },
    };
    let considered = (0..ranked.len().min(CONSIDERED)).map(candidate).collect();
    Explored::None { why, considered, torn: false }
}

#[cfg(test)]
mod tests {
    use super::{by_meaning, spoken_names};
    use crate::heal::testing::{button, field, intent, known, link, page, with_id};
    use crate::heal::{Explored, Stage};
    use crate::plan::ActionName::{Click, Extract, Fill};
    use crate::snapshot::{Fingerprint, Snapshot};

    fn names(wanted: &crate::heal::Wanted<'_>, now: &Snapshot) -> Vec<String> {
        spoken_names(wanted, now).into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn a_name_too_short_to_speak_is_helped_by_what_stands_around_it() {
        let bare = Fingerprint {
            name: String::new(),
            label: None,
            neighbour_text: "Family name".into(),
            name_attribute: Some("last_name".into()),
            ..field("text", "")
        };
        let icon = with_id("add-to-cart", button("+"));
        let now = page("", vec![bare, field("text", "City")]);
        assert_eq!(
            names(&intent(Fill, "type the surname"), &now),
            ["Family name last name", "City"]
        );
        let now = page("", vec![icon]);
        assert_eq!(names(&intent(Click, "put it into the cart"), &now), ["+ add to cart"]);
    }

    #[test]
    fn what_must_not_be_meant_is_never_put_to_the_model() {
        let now = page(
            "",
            vec![
                button("Import CSV"),
                button("Delete"),
                link("Downloads", "/downloads/"),
                link("Reports", "/reports/"),
            ],
        );
        let wanted = intent(Click, "export the list as CSV");
        assert_eq!(names(&wanted, &now), [] as [&str; 0]);
        let wanted = intent(Click, "open the list");
        assert_eq!(names(&wanted, &now), ["Reports"]);
        let wanted = known(Click, "log out", link("Log out", "/logout/"));
        let now = page("", vec![link("Log in", "/login/"), link("Profile", "/me/")]);
        assert_eq!(names(&wanted, &now), [] as [&str; 0]);
        let now = page("", vec![button("Add group"), button("Sign up")]);
        assert_eq!(names(&intent(Click, "add the user"), &now), [] as [&str; 0]);
    }

    #[test]
    fn what_was_in_the_text_is_not_in_the_bar_of_the_page() {
        let at = |path: &str, element: Fingerprint| Fingerprint { xpath: path.into(), ..element };
        let now = page(
            "",
            vec![
                at("/html/body/header/div/a[2]", link("Change password", "/me/password/")),
                at("/html/body/main/form/p/a", link("Reset password", "../password/")),
            ],
        );
        let clues = Fingerprint { text: "this form".into(), ..Fingerprint::default() };
        let wanted = crate::heal::Wanted { clues, ..intent(Click, "change the password") };
        assert_eq!(names(&wanted, &now), [] as [&str; 0]);
        assert_eq!(names(&intent(Click, "change the password"), &now), ["Change password"]);
    }

    #[test]
    fn nothing_is_asked_where_a_step_only_looks() {
        let now = page("", vec![link("Total", "/total/")]);
        assert_eq!(names(&intent(Extract, "read the total"), &now), [] as [&str; 0]);
    }

    #[test]
    fn the_best_is_taken_only_above_the_floor_and_ahead_of_the_next() {
        let now = page("", vec![link("People", "/people/"), link("Reports", "/reports/")]);
        let wanted = intent(Click, "open the list of staff");
        let names = spoken_names(&wanted, &now);
        let Explored::One(found) = by_meaning(&wanted, &now, &names, &[0.71, 0.3]) else {
            panic!()
        };
        assert_eq!((found.fingerprint.name.as_str(), found.stage), ("People", Stage::Meaning));
        assert!((found.margin - 0.41).abs() < 1e-9);
        for similarities in [[0.5, 0.1], [0.7, 0.66], [f64::NAN, f64::NAN]] {
            let found = by_meaning(&wanted, &now, &names, &similarities);
            assert!(matches!(found, Explored::None { .. }), "{similarities:?}");
        }
    }

    #[test]
    fn an_answer_shorter_than_the_question_is_no_answer_for_the_rest() {
        let now = page("", vec![link("People", "/people/"), link("Reports", "/reports/")]);
        let wanted = intent(Click, "open the list of staff");
        let names = spoken_names(&wanted, &now);
        assert!(matches!(by_meaning(&wanted, &now, &names, &[]), Explored::None { .. }));
    }

    /// A page on which `Invoices` was at the third place of the bar, and `Reports` is now.
    fn moved_up(intent_: &str) -> (crate::heal::Wanted<'_>, Snapshot) {
        let at = |path: &str, element: Fingerprint| Fingerprint { xpath: path.into(), ..element };
        let now = page(
            "",
            vec![
                at("/html/body/header/nav/div/a[1]", link("Users", "/users/")),
                at("/html/body/header/nav/div/a[2]", link("Orders", "/orders/")),
                at("/html/body/header/nav/div/a[3]", link("Reports", "/reports/")),
            ],
        );
        let target = crate::heal::testing::xpath("/html/body/header/nav/div/a[3]");
        let place = crate::heal::Place::of_target(&target);
        (crate::heal::Wanted { place, ..intent(Click, intent_) }, now)
    }

    #[test]
    fn what_moved_up_is_not_taken_for_what_is_gone() {
        let (wanted, now) = moved_up("open the invoices");
        let names = spoken_names(&wanted, &now);
        let found = by_meaning(&wanted, &now, &names, &[0.2, 0.28, 0.27]);
        assert!(matches!(found, Explored::None { .. }));
        // Nor what is nearest in meaning, while something is in that place.
        let found = by_meaning(&wanted, &now, &names, &[0.2, 0.7, 0.4]);
        assert!(matches!(found, Explored::None { .. }));
    }

    #[test]
    fn what_is_in_its_place_and_near_in_meaning_was_renamed() {
        let (wanted, now) = moved_up("open the statistics");
        let names = spoken_names(&wanted, &now);
        let Explored::One(found) = by_meaning(&wanted, &now, &names, &[0.1, 0.2, 0.45]) else {
            panic!()
        };
        assert_eq!((found.fingerprint.name.as_str(), found.stage), ("Reports", Stage::Place));
    }
}
