//! Lifting what an element says.

use super::{Lifter, Place};
use crate::snapshot::Fingerprint;

/// Attributes that hold words for people; the rest are structure.
const SPOKEN: [&str; 8] = [
    "alt",
    "aria-description",
    "aria-label",
    "aria-placeholder",
    "aria-valuetext",
    "placeholder",
    "title",
    "value",
];

impl Lifter {
    /// Replaces values by placeholders in everything an element says.
    pub fn lift(&self, fingerprint: &mut Fingerprint) {
        self.each_text(fingerprint, &|lifter, text, place| {
            let lifted = lifter.rewrite(text, place);
            (!lifted.typed).then_some(lifted.text)
        });
    }

    /// Puts the values of this task in place of placeholders. What has no value here is not known
    /// of the element.
    pub fn fill(&self, fingerprint: &mut Fingerprint) {
        self.each_text(fingerprint, &|lifter, text, _| {
            if text.contains("{{inputs.") { lifter.fill_text(text) } else { Some(text.to_owned()) }
        });
    }

    fn each_text(
        &self,
        fingerprint: &mut Fingerprint,
        rewrite: &dyn Fn(&Self, &str, Place) -> Option<String>,
    ) {
        let Fingerprint {
            tag: _,
            input_type: _,
            role: _,
            name,
            text,
            label,
            placeholder,
            name_attribute,
            id,
            test_id,
            href,
            attributes,
            neighbour_text,
            xpath,
            css_path,
            bounds: _,
            frame,
            shadow_depth: _,
        } = fingerprint;
        for words in [name, text, neighbour_text] {
            *words = rewrite(self, words, Place::Words).unwrap_or_default();
        }
        for words in [label, placeholder] {
            *words = words.as_deref().and_then(|text| rewrite(self, text, Place::Words));
        }
        for part in [name_attribute, id, test_id, href, frame] {
            *part = part.as_deref().and_then(|text| rewrite(self, text, Place::Structure));
        }
        // A path of tags and numbers says nothing that was typed.
        if xpath.contains(['@', '"', '\'']) {
            *xpath = rewrite(self, xpath, Place::Structure).unwrap_or_default();
        }
        *css_path = rewrite(self, css_path, Place::Structure).unwrap_or_default();
        *attributes = std::mem::take(attributes)
            .into_iter()
            .filter_map(|(key, value)| {
                let spoken = SPOKEN.contains(&key.as_str());
                let place = if spoken { Place::Words } else { Place::Structure };
                rewrite(self, &value, place).map(|value| (key, value))
            })
            .collect();
    }
}
