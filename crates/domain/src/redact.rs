//! Keeping the values of secrets out of everything that is kept.
//!
//! A page can say a secret back: in a URL after a form was sent, in a field, in an error message.
//! So whatever came from a page is scrubbed before it is recorded, of each value as it is and as a
//! page would encode it.

use crate::failure::Failure;
use crate::observation::{Change, ConsoleLine, Dialog, NetworkError, Observation};
use crate::snapshot::{Element, Fingerprint, Snapshot};
use crate::step::Step;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::collections::BTreeMap;

/// The shortest value that can be kept out reliably: shorter ones occur by chance everywhere.
pub const MIN_SECRET_CHARS: usize = 4;

/// What `encodeURIComponent` leaves alone.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// Replaces the values of secrets by their placeholders.
#[derive(Clone, Default)]
pub struct Redactor {
    /// Texts to look for and what to put in their place, longest first.
    needles: Vec<(String, String)>,
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Redactor({} forms)", self.needles.len())
    }
}

impl Redactor {
    /// Prepares for the secrets of one task.
    #[must_use]
    pub fn new(secrets: &BTreeMap<String, String>) -> Self {
        let mut needles: Vec<(String, String)> = secrets
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .flat_map(|(name, value)| {
                let mark = format!("{{{{secrets.{name}}}}}");
                encodings(value).into_iter().map(move |form| (form, mark.clone()))
            })
            .collect();
        needles.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        needles.dedup_by(|(a, _), (b, _)| a == b);
        Self { needles }
    }

    /// Scrubs a text.
    pub fn text(&self, text: &mut String) {
        for (needle, mark) in &self.needles {
            replace_from(text, needle, needle.len(), mark);
        }
        for (needle, mark) in &self.needles {
            replace_from(text, needle, telling(needle), mark);
        }
        // A text that was cut short may end inside a secret.
        for (needle, mark) in &self.needles {
            if let Some(cut) = cut_off(text, needle) {
                text.truncate(cut);
                text.push_str(mark);
            }
        }
    }

    /// Scrubs bytes in place, of the values as they are.
    pub fn bytes(&self, bytes: &mut [u8]) {
        for (needle, _) in &self.needles {
            let needle = needle.as_bytes();
            let mut from = 0;
            while let Some(at) = find(&bytes[from..], needle) {
                bytes[from + at..from + at + needle.len()].fill(b'*');
                from += at + needle.len();
            }
        }
    }

    /// Scrubs every text of a JSON value, the keys of objects included.
    pub fn json(&self, value: &mut serde_json::Value) {
        match value {
            serde_json::Value::String(text) => self.text(text),
            serde_json::Value::Array(items) => items.iter_mut().for_each(|item| self.json(item)),
            serde_json::Value::Object(map) => {
                *map = std::mem::take(map)
                    .into_iter()
                    .map(|(mut key, mut value)| {
                        self.text(&mut key);
                        self.json(&mut value);
                        (key, value)
                    })
                    .collect();
            }
            serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {
            }
        }
    }

    /// Scrubs what a step saw. Its action is the plan's form, which holds placeholders only.
    pub fn step(&self, step: &mut Step) {
        if let Some(failure) = &mut step.failure {
            self.failure(failure);
        }
        self.observation(&mut step.observation);
        if let Some(fingerprint) = &mut step.fingerprint {
            self.fingerprint(fingerprint);
        }
        if let Some(extracted) = &mut step.extracted {
            self.json(extracted);
        }
        self.text(&mut step.page);
    }

    /// Scrubs a failure.
    pub fn failure(&self, failure: &mut Failure) {
        let Failure { class: _, message, matched, blocked_by, lasting: _ } = failure;
        self.text(message);
        for line in matched {
            self.text(line);
        }
        self.option(blocked_by);
    }

    /// Scrubs a snapshot.
    pub fn snapshot(&self, snapshot: &mut Snapshot) {
        let Snapshot { url, title, elements, truncated: _ } = snapshot;
        self.text(url);
        self.text(title);
        for element in elements {
            let Element { fingerprint, interactive: _, enabled: _, checked: _, value } = element;
            self.fingerprint(fingerprint);
            self.option(value);
        }
    }

    /// Scrubs what a page was seen to show and do.
    pub fn observation(&self, observation: &mut Observation) {
        let Observation { url, title, changes, console, network, dialogs } = observation;
        self.text(url);
        self.text(title);
        for change in changes {
            match change {
                Change::Navigated { url, status: _ }
                | Change::UrlChanged { url }
                | Change::TabOpened { url }
                | Change::TabClosed { url } => self.text(url),
                Change::Downloaded { name, bytes: _ } => self.text(name),
                Change::Elements { appeared: _, disappeared: _ } => {}
            }
        }
        for ConsoleLine { level: _, text } in console {
            self.text(text);
        }
        for NetworkError { method: _, url, status: _, error } in network {
            self.text(url);
            self.option(error);
        }
        for Dialog { kind: _, message, accepted: _ } in dialogs {
            self.text(message);
        }
    }

    /// Scrubs an element.
    pub fn fingerprint(&self, fingerprint: &mut Fingerprint) {
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
        for text in [name, text, neighbour_text, xpath, css_path] {
            self.text(text);
        }
        for text in [label, placeholder, name_attribute, id, test_id, href, frame] {
            self.option(text);
        }
        for value in attributes.values_mut() {
            self.text(value);
        }
    }

    fn option(&self, text: &mut Option<String>) {
        if let Some(text) = text {
            self.text(text);
        }
    }
}

/// The value as it is and as pages encode it.
fn encodings(value: &str) -> Vec<String> {
    let component = utf8_percent_encode(value, COMPONENT).to_string();
    let all = utf8_percent_encode(value, NON_ALPHANUMERIC).to_string();
    let form: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let html = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let quoted = html.replace('"', "&quot;").replace('\'', "&#39;");
    let quoted_hex = html.replace('"', "&quot;").replace('\'', "&#x27;");
    let json = serde_json::Value::from(value).to_string();
    let json = json[1..json.len() - 1].to_owned();
    let folded = value.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut forms = vec![
        value.to_owned(),
        component,
        all,
        form,
        html,
        quoted,
        quoted_hex,
        value.to_uppercase(),
        value.to_lowercase(),
        json,
        STANDARD.encode(value),
        STANDARD_NO_PAD.encode(value),
        URL_SAFE_NO_PAD.encode(value),
        folded,
    ];
    let lower = forms.iter().map(|form| form.replace("%2F", "%2f")).collect::<Vec<_>>();
    forms.extend(lower);
    forms.retain(|form| form.chars().count() >= MIN_SECRET_CHARS || form == value);
    forms
}

/// The shortest beginning of a secret that is taken for the secret: pages cut what they say back,
/// at an ampersand of a query, say. Shorter ones are words of their own too often.
const TELLING_CHARS: usize = 8;

/// How much of a needle's beginning gives it away: three quarters.
fn telling(needle: &str) -> usize {
    let length = (needle.len() * 3).div_ceil(4).max(TELLING_CHARS).min(needle.len());
    (length..needle.len()).find(|end| needle.is_char_boundary(*end)).unwrap_or(needle.len())
}

/// Replaces what agrees with the needle from its beginning for at least `shortest` bytes.
fn replace_from(text: &mut String, needle: &str, shortest: usize, mark: &str) {
    let head = &needle.as_bytes()[..shortest];
    let mut from = 0;
    while let Some(at) = find(&text.as_bytes()[from..], head).map(|at| from + at) {
        let pairs = text[at..].chars().zip(needle.chars());
        let same = pairs.take_while(|(a, b)| a.eq_ignore_ascii_case(b));
        let length: usize = same.map(|(a, _)| a.len_utf8()).sum();
        text.replace_range(at..at + length, mark);
        from = at + mark.len();
    }
}

/// Where the text ends with the beginning of the needle: at least half of it.
fn cut_off(text: &str, needle: &str) -> Option<usize> {
    let trimmed = text.trim_end_matches('…');
    let shortest = (needle.len() / 2).max(MIN_SECRET_CHARS);
    (shortest..needle.len())
        .rev()
        .filter(|&length| needle.is_char_boundary(length))
        .find(|&length| ends_with(trimmed.as_bytes(), &needle.as_bytes()[..length]))
        .map(|length| trimmed.len() - length)
}

fn ends_with(text: &[u8], end: &[u8]) -> bool {
    text.len() >= end.len() && text[text.len() - end.len()..].eq_ignore_ascii_case(end)
}

/// Where the needle is, in upper or lower case: pages change the case of what they show.
fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window.eq_ignore_ascii_case(needle))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn redactor(value: &str) -> Redactor {
        Redactor::new(&BTreeMap::from([("pw".to_owned(), value.to_owned())]))
    }

    #[track_caller]
    fn check(secret: &str, text: &str, expected: &str) {
        let mut text = text.to_owned();
        redactor(secret).text(&mut text);
        assert_eq!(text, expected);
    }

    #[test]
    fn a_value_is_found_in_every_encoding_a_page_uses() {
        let secret = "a/b c&\"d\"";
        for form in [
            "a/b c&\"d\"",
            "a%2Fb%20c%26%22d%22",
            "a%2Fb+c%26%22d%22",
            "a/b c&amp;&quot;d&quot;",
            "a/b c&\\\"d\\\"",
            "YS9iIGMmImQi",
        ] {
            check(secret, &format!("<{form}>"), "<{{secrets.pw}}>");
        }
    }

    #[test]
    fn a_text_cut_inside_a_secret_keeps_nothing_of_it() {
        check(
            "correct-horse-battery",
            "your password is correct-horse",
            "your password is {{secrets.pw}}",
        );
        check("correct-horse-battery", "say correct-horse…", "say {{secrets.pw}}");
        check("correct-horse-battery", "you are correct", "you are correct");
    }

    #[test]
    fn a_secret_cut_by_the_page_is_known_by_its_beginning() {
        check(
            "xyzzy-plugh/4711&=",
            "<a href='?q=xyzzy-plugh/4711'>",
            "<a href='?q={{secrets.pw}}'>",
        );
        check("xyzzy-plugh/4711&=", "xyzzy-plugh/4711&=", "{{secrets.pw}}");
        check("Tr0ub4dor&3", "<b>TR0UB4DOR&3</b> tr0ub4d.", "<b>{{secrets.pw}}</b> tr0ub4d.");
        check("Tr0ub4dor&3", "TR0UB4DOR&AMP;3", "{{secrets.pw}}");
        check("grün-Blau", "GRÜN-BLAU", "{{secrets.pw}}");
        check("password123", "the field `password`", "the field `password`");
    }

    #[test]
    fn longer_secrets_go_first() {
        let secrets = BTreeMap::from([
            ("a".to_owned(), "hunter".to_owned()),
            ("b".to_owned(), "hunter2".to_owned()),
        ]);
        let mut text = "hunter2 hunter".to_owned();
        Redactor::new(&secrets).text(&mut text);
        assert_eq!(text, "{{secrets.b}} {{secrets.a}}");
    }

    #[test]
    fn json_and_bytes_are_scrubbed_too() {
        let mut value = json!({"hunter2": ["x hunter2", 1, {"k": "hunter2"}]});
        redactor("hunter2").json(&mut value);
        assert!(!value.to_string().contains("hunter2"));
        let mut bytes = b"..hunter2..hunter2".to_vec();
        redactor("hunter2").bytes(&mut bytes);
        assert_eq!(bytes, b"..*******..*******");
    }

    proptest::proptest! {
        #[test]
        fn no_secret_survives(secret in "[!-~]{4,20}", before in ".{0,20}", after in ".{0,20}") {
            let mut text = format!("{before}{secret}{after}{}", secret.to_uppercase());
            redactor(&secret).text(&mut text);
            // The mark itself may hold a short secret such as `secr`.
            proptest::prop_assert!(!text.replace("{{secrets.pw}}", "").contains(&secret), "{}", text);
        }
    }
}
