//! The address of a page as telemetry may have it: without anything that was put in or names a
//! person.

use domain::plan::{Action, PlanStep, Values};
use domain::site::{page_of, path_of};
use percent_encoding::percent_decode_str;
use url::Url;

/// What stands for a part of a path that is not told.
const VALUE: &str = "{value}";

/// From how many letters and digits on a part of a text says something of the whole.
const TELLING: usize = 4;

/// A number with this many digits may be somebody's telephone.
const TELEPHONE: usize = 7;

/// What was put into a run: its inputs, and what is typed, chosen and uploaded.
#[derive(Default)]
pub(crate) struct Private {
    /// Each without all that is neither letter nor digit, in lower case: a site writes `Jane Doe` as
    /// `jane-doe`.
    values: Vec<String>,
}

impl Private {
    /// What a run is given, and what its plan will type: one that goes on elsewhere after a question
    /// has typed some of it already.
    pub(crate) fn of(values: &Values, plan: &[PlanStep]) -> Self {
        let mut private = Self::default();
        for value in values.inputs.values().chain(values.secrets.values()) {
            private.keep(value);
        }
        for step in plan.iter().flat_map(|step| std::iter::once(step).chain(&step.fallbacks)) {
            private.note(&step.action);
        }
        private
    }

    /// Notes what an action types, chooses or uploads.
    pub(crate) fn note(&mut self, action: &Action) {
        match action {
            Action::Fill { value, .. } | Action::HandleDialog { text: Some(value), .. } => {
                self.keep(value.shown());
            }
            Action::Select { options, .. } => {
                for option in options {
                    self.keep(option.shown());
                }
            }
            Action::Upload { files, .. } => {
                for file in files {
                    self.keep(&file.name);
                }
            }
            _ => {}
        }
    }

    /// Keeps a value, and each part of one that is a path itself.
    fn keep(&mut self, value: &str) {
        for part in std::iter::once(value).chain(value.split('/')) {
            let bare = bare(part);
            if !bare.is_empty() && !self.values.contains(&bare) {
                self.values.push(bare);
            }
        }
    }

    /// An address and its host: without user, query and fragment, with its ids replaced, and with
    /// the parts of its path that hold a value or name a person.
    pub(crate) fn address(&self, url: &str) -> Option<(String, String)> {
        let url = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        let host = url.host_str()?.to_owned();
        let page = page_of(&url);
        let path: Vec<&str> = path_of(&page)
            .split('/')
            .map(|segment| if self.may_tell(segment) { segment } else { VALUE })
            .collect();
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        Some((format!("{}://{host}{port}{}", url.scheme(), path.join("/")), host))
    }

    fn may_tell(&self, segment: &str) -> bool {
        if segment == "{id}" {
            return true;
        }
        // What was encoded twice is decoded twice.
        let once = percent_decode_str(segment).decode_utf8_lossy();
        let text = percent_decode_str(&once).decode_utf8_lossy();
        let bare = bare(&text);
        !names_person(&text) && !self.values.iter().any(|value| holds(&bare, value))
    }
}

/// Whether a part of a path is a value, has it within, or is a piece of it.
fn holds(segment: &str, value: &str) -> bool {
    let within = |text: &str, part: &str| part.chars().count() >= TELLING && text.contains(part);
    segment == value || within(segment, value) || within(value, segment)
}

/// Mail addresses, handles (`@jane`), home folders (`~jane`) and telephone numbers.
fn names_person(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let number = text.chars().all(|char| char.is_ascii_digit() || "+-.() ".contains(char));
    text.contains('@') || text.starts_with('~') || (number && digits >= TELEPHONE)
}

/// A text's letters and digits, in lower case.
fn bare(text: &str) -> String {
    text.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::plan::{PlanForm, plan_steps};
    use serde_json::json;
    use std::collections::BTreeMap;

    #[track_caller]
    fn check(private: &Private, path: &str, told: &str) {
        let (address, host) = private.address(&format!("http://shop.example{path}")).unwrap();
        assert_eq!(address, format!("http://shop.example{told}"), "{path}");
        assert_eq!(host, "shop.example");
    }

    fn given(value: &str) -> Private {
        let inputs = BTreeMap::from([("given".to_owned(), value.to_owned())]);
        Private::of(&Values { inputs, ..Values::default() }, &[])
    }

    #[test]
    fn an_address_is_told_without_what_may_be_private() {
        let url = "https://me:pass@shop.example:8443/orders/4711/edit?token=abc#section";
        let (told, host) = Private::default().address(url).unwrap();
        assert_eq!(told, "https://shop.example:8443/orders/{id}/edit");
        assert_eq!(host, "shop.example");
        check(&Private::default(), "", "/");
        assert_eq!(Private::default().address("data:text/html,hello"), None);
        assert_eq!(Private::default().address("about:blank"), None);
    }

    #[test]
    fn an_input_in_a_path_is_not_told_however_it_is_written() {
        let room = given("Canary Input");
        for segment in ["canaryinput", "Canary%20Input", "canary+input", "CANARY%2520INPUT"] {
            check(&room, &format!("/rooms/{segment}/edit"), "/rooms/{value}/edit");
        }
        check(&room, "/rooms/the-canary-input-2", "/rooms/{value}");
        check(&room, "/rooms/canary", "/rooms/{value}");
        check(&room, "/rooms/new", "/rooms/new");
        check(&given("rooms/blue/jo"), "/rooms/blue/jo/edit", "/{value}/{value}/{value}/edit");
        check(&given("Grün"), "/rooms/gr%C3%BCn", "/rooms/{value}");
        check(&given("jane"), "/rooms/4711/jane", "/rooms/{id}/{value}");
    }

    #[test]
    fn a_short_value_is_known_by_the_whole_part_only() {
        check(&given("no"), "/no/notes/NO", "/{value}/notes/{value}");
        check(&given(""), "/notes//", "/notes//");
    }

    #[test]
    fn what_is_typed_or_chosen_is_not_told() {
        let values = Values::default();
        let form: PlanForm = serde_json::from_value(json!({"steps": [
            {"intent": "a", "action": "fill", "target": {"css": "a"}, "value": "Canary"},
            {"intent": "b", "action": "select", "target": {"css": "a"}, "values": ["Oslo", "Rome"]},
            {"intent": "d", "action": "upload", "target": {"css": "a"},
             "files": [{"name": "falcon.txt", "text": "x"}]},
            {"intent": "c", "action": "click", "target": {"css": "a"}, "fallbacks": [
                {"action": "fill", "target": {"css": "b"}, "value": "Finch"}]}
        ]}))
        .unwrap();
        let plan = plan_steps(&form, &values).unwrap();
        let path = "/hello/canary/oslo/rome/falcon.txt/finch/bye";
        let told = "/hello/{value}/{value}/{value}/{value}/{value}/bye";
        check(&Private::of(&values, &plan), path, told);
        let mut later = Private::default();
        check(&later, path, path);
        for step in &plan {
            later.note(&step.action);
        }
        check(&later, path, "/hello/{value}/{value}/{value}/{value}/finch/bye");
    }

    #[test]
    fn whoever_is_named_in_a_path_is_not_told() {
        for who in
            ["jane.doe@shop.example", "jane%40shop.example", "@jane", "~jane", "+47-22334455"]
        {
            check(&Private::default(), &format!("/people/{who}/edit"), "/people/{value}/edit");
        }
        check(&Private::default(), "/calendar/2026-1/week", "/calendar/2026-1/week");
    }
}
