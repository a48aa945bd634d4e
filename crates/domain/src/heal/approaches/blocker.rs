//! What is in the way, as a failure words it: `<div id="cookies" class="bar">We use cookies`.

use crate::heal::explore::name_of;
use crate::heal::text::folded;
use crate::snapshot::Fingerprint;

/// What a failure says of the thing in the way.
pub(super) struct Blocker {
    id: Option<String>,
    text: String,
}

impl Blocker {
    pub(super) fn read(line: &str) -> Self {
        let (tag, text) = match line.find('<').and_then(|start| {
            let rest = &line[start + 1..];
            end_of_tag(rest).map(|end| (&rest[..end], &rest[end + 1..]))
        }) {
            Some(parts) => parts,
            None => ("", line),
        };
        let id = tag.split_once(" id=\"").and_then(|(_, rest)| rest.split_once('"'));
        Self { id: id.map(|(id, _)| id.to_owned()), text: folded(text.trim_end_matches('…')) }
    }

    /// Whether an element lies in it, as far as can be told: its path begins with the thing's id,
    /// or the thing's text has its name.
    pub(super) fn holds(&self, element: &Fingerprint) -> bool {
        if let Some(id) = self.id.as_deref().filter(|id| !id.is_empty()) {
            let own = element.id.as_deref() == Some(id);
            let first = element.css_path.split(" > ").next().unwrap_or_default();
            if own || first.strip_prefix('#').is_some_and(|first| first.replace('\\', "") == id) {
                return true;
            }
        }
        let name = folded(name_of(element));
        !name.is_empty() && self.has_words_of(&name)
    }

    fn has_words_of(&self, name: &str) -> bool {
        let is_edge = |char: Option<char>| char.is_none_or(|char| !char.is_alphanumeric());
        self.text.match_indices(name).any(|(at, _)| {
            is_edge(self.text[..at].chars().next_back())
                && is_edge(self.text[at + name.len()..].chars().next())
        })
    }
}

/// Where a tag ends that begins here: at the first `>` outside of quotes.
fn end_of_tag(text: &str) -> Option<usize> {
    let mut quoted = false;
    text.char_indices().find_map(|(at, char)| {
        quoted ^= char == '"';
        (char == '>' && !quoted).then_some(at)
    })
}
