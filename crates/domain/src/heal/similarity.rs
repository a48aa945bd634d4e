//! How much two elements look alike.

use crate::heal::explore::{IN_COLUMN, IN_ROW};
use crate::heal::formats::{HINT, LANGUAGE};
use crate::heal::text::{alike, letters_in_common, words_in_common};
use crate::snapshot::{Bounds, Fingerprint};

/// How much an element looks like a known one, from 0 to 1.
///
/// The formula is Similo's (weighted similarities of properties, arXiv 2208.00677) with the weights
/// that the replication study at TUM found by genetic search (arXiv 2505.16424): `name` 2.85,
/// visible text 2.80, `type` 2.75, `alt` 1.85, all attributes 1.80, neighbour text 1.45, `href`
/// 0.95, `aria-label` 0.90, tag 0.80, `id` 0.50, path from the nearest id 0.45, area 0.35, XPath
/// 0.10. Class and the kind of button are dropped as in the study; location is dropped because it
/// is the least stable property over real changes, and workers differ in their windows.
///
/// The sum is divided by what the known element would score against itself, so that thresholds mean
/// the same for elements with few and with many properties: a property that the known one has and
/// the other lacks counts 0, one that the known one lacks is left out.
///
/// Properties the study did not have:
/// - the accessible name is the visible text of things without one (2.80); where it repeats the
///   text it would count twice and is left out, and where it differs it comes from `aria-label` or
///   `title` and weighs as that does (0.90);
/// - a label that is not the name already, and the placeholder, are texts the study took from the
///   surroundings: as neighbour text (1.45) and as `aria-label` (0.90);
/// - the role is as stable as the tag and says as much (0.80);
/// - the test id was written to be found by, and weighs as the attributes together (1.80).
#[must_use]
pub fn similarity(known: &Fingerprint, candidate: &Fingerprint) -> f64 {
    let mut tally = Tally::default();
    tally.option(2.85, known.name_attribute.as_deref(), candidate.name_attribute.as_deref(), alike);
    tally.texts(known, candidate);
    tally.option(2.75, known.input_type.as_deref(), candidate.input_type.as_deref(), equal);
    tally.option(1.80, known.test_id.as_deref(), candidate.test_id.as_deref(), alike);
    tally.text(1.45, &known.neighbour_text, &candidate.neighbour_text, words_in_common);
    tally.option(0.95, known.href.as_deref(), candidate.href.as_deref(), equal);
    tally.text(0.80, &known.tag, &candidate.tag, equal);
    tally.option(0.80, known.role.as_deref(), candidate.role.as_deref(), equal);
    tally.option(0.50, known.id.as_deref(), candidate.id.as_deref(), alike);
    tally.text(0.45, &known.css_path, &candidate.css_path, alike);
    tally.text(0.10, &known.xpath, &candidate.xpath, alike);
    tally.attributes(known, candidate);
    tally.area(known.bounds, candidate.bounds);
    tally.share()
}

fn equal(a: &str, b: &str) -> f64 {
    if a.eq_ignore_ascii_case(b) { 1.0 } else { 0.0 }
}

/// How much a property weighs that stands in the known element, in sum: how much there is to go by.
pub(super) fn weight_of(known: &Fingerprint) -> f64 {
    let mut tally = Tally::default();
    tally.option(2.85, known.name_attribute.as_deref(), None, equal);
    tally.texts(known, &Fingerprint::default());
    tally.option(2.75, known.input_type.as_deref(), None, equal);
    tally.option(1.80, known.test_id.as_deref(), None, equal);
    tally.option(0.95, known.href.as_deref(), None, equal);
    tally.option(0.50, known.id.as_deref(), None, equal);
    tally.possible
}

#[derive(Default)]
struct Tally {
    reached: f64,
    possible: f64,
}

impl Tally {
    fn add(&mut self, weight: f64, similarity: f64) {
        self.possible += weight;
        self.reached += weight * similarity;
    }

    fn text(&mut self, weight: f64, known: &str, other: &str, by: fn(&str, &str) -> f64) {
        if !known.is_empty() {
            self.add(weight, if other.is_empty() { 0.0 } else { by(known, other) });
        }
    }

    fn option(
        &mut self,
        weight: f64,
        known: Option<&str>,
        other: Option<&str>,
        by: fn(&str, &str) -> f64,
    ) {
        self.text(weight, known.unwrap_or_default(), other.unwrap_or_default(), by);
    }

    fn texts(&mut self, known: &Fingerprint, other: &Fingerprint) {
        self.text(2.80, shown(known), shown(other), alike);
        if !known.text.is_empty() && !same_name(&known.text, &known.name) {
            self.text(0.90, &known.name, &other.name, alike);
        }
        let label = known.label.as_deref().filter(|label| !same_name(label, &known.name));
        self.option(1.45, label, other.label.as_deref().or(Some(&other.name)), alike);
        let hint = known.placeholder.as_deref().filter(|hint| !same_name(hint, &known.name));
        self.option(0.90, hint, other.placeholder.as_deref(), alike);
    }

    fn attributes(&mut self, known: &Fingerprint, other: &Fingerprint) {
        self.option(1.85, attribute(known, "alt"), attribute(other, "alt"), equal);
        let label = attribute(known, "aria-label").filter(|label| !same_name(label, &known.name));
        self.option(0.90, label, attribute(other, "aria-label"), letters_in_common);
        let counted = |element: &Fingerprint| -> usize {
            element.attributes.keys().filter(|name| is_counted(name)).count()
        };
        if counted(known) == 0 {
            return;
        }
        let shared = known
            .attributes
            .iter()
            .filter(|(name, value)| is_counted(name) && other.attributes.get(*name) == Some(value))
            .count();
        #[expect(clippy::cast_precision_loss, reason = "an element has at most 20 attributes")]
        let share = shared as f64 / counted(known).max(counted(other)) as f64;
        self.add(1.80, share);
    }

    fn area(&mut self, known: Bounds, other: Bounds) {
        let area = |bounds: Bounds| bounds.width * bounds.height;
        let (a, b) = (area(known), area(other));
        if a > 0.0 {
            self.add(0.35, if b > 0.0 { a.min(b) / a.max(b) } else { 0.0 });
        }
    }

    fn share(&self) -> f64 {
        if self.possible > 0.0 { (self.reached / self.possible).clamp(0.0, 1.0) } else { 0.0 }
    }
}

/// What a person reads on it, or is told that it is.
fn shown(element: &Fingerprint) -> &str {
    if element.text.is_empty() { &element.name } else { &element.text }
}

fn attribute<'a>(element: &'a Fingerprint, name: &str) -> Option<&'a str> {
    element.attributes.get(name).map(String::as_str)
}

fn same_name(label: &str, name: &str) -> bool {
    label.trim().eq_ignore_ascii_case(name.trim())
}

/// Class is dropped as in the study, what has a weight of its own does not count twice, what the row
/// says is data, what the column says is the same in every row, and so is the language; a hint gives
/// way to a complaint.
fn is_counted(name: &str) -> bool {
    let told_elsewhere = matches!(name, IN_ROW | IN_COLUMN | HINT | LANGUAGE);
    !told_elsewhere && !matches!(name, "class" | "alt" | "aria-label" | "style")
}

#[cfg(test)]
mod tests {
    use super::similarity;
    use crate::heal::testing::{button, field, link};
    use crate::snapshot::Fingerprint;
    use proptest::prelude::*;

    #[test]
    fn an_element_is_like_itself() {
        for known in [button("Save"), link("Users", "/users/"), field("text", "User name")] {
            assert!((similarity(&known, &known) - 1.0).abs() < 1e-9, "{known:?}");
        }
    }

    #[test]
    fn nothing_known_is_like_nothing() {
        assert!(similarity(&Fingerprint::default(), &button("Save")).abs() < f64::EPSILON);
    }

    #[test]
    fn what_only_the_other_has_does_not_count() {
        let known = button("Save");
        let mut other = known.clone();
        other.id = Some("save".into());
        other.attributes.insert("title".into(), "Save it".into());
        assert!((similarity(&known, &other) - 1.0).abs() < 1e-9);
        assert!(similarity(&other, &known) < 1.0);
    }

    #[test]
    fn a_renamed_class_is_nothing_and_a_renamed_text_is_much() {
        let known = button("Save");
        let mut restyled = known.clone();
        restyled.attributes.insert("class".into(), "btn-2".into());
        assert!((similarity(&known, &restyled) - 1.0).abs() < 1e-9);
        assert!(similarity(&known, &button("Delete")) < 0.75);
    }

    #[test]
    fn a_link_that_became_a_button_is_closer_than_another_link() {
        let known = link("Log out", "/logout/");
        assert!(
            similarity(&known, &button("Log out")) > similarity(&known, &link("Help", "/help/"))
        );
    }

    proptest! {
        #[test]
        fn it_stays_between_nothing_and_all(a in "[a-z ]{0,60}", b in "\\PC{0,60}", c in "[a-z]{0,9}") {
            let known = Fingerprint { name: a.clone(), id: Some(c.clone()), ..field("text", &b) };
            let other = Fingerprint { text: b, name_attribute: Some(c), ..button(&a) };
            let found = similarity(&known, &other);
            prop_assert!((0.0..=1.0).contains(&found));
        }
    }
}
