//! Whether two fingerprints are of the same element, or of elements that do the same.

use domain::snapshot::Fingerprint;

/// An element where it was seen.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) fingerprint: Fingerprint,
    /// The normalised page.
    pub(super) page: String,
}

/// Whether acting on the one is acting on the other. Any of these says so, in the same frame:
/// - the same place (absolute path) on the same page, or something inside the truth;
/// - the same id and tag;
/// - the same name and value of the same kind of control;
/// - links to the same address, unless that is only `#`;
/// - the label that holds the truth.
pub(super) fn same(acted: &Seen, truth: &Seen) -> bool {
    let (a, b) = (&acted.fingerprint, &truth.fingerprint);
    if a.frame != b.frame {
        return false;
    }
    let place = acted.page == truth.page && (a.xpath == b.xpath || within(&a.xpath, &b.xpath));
    let label = a.tag == "label" && within(&b.xpath, &a.xpath);
    let id = a.tag == b.tag && a.id.is_some() && a.id == b.id;
    place || label || id || same_control(a, b) || same_link(a, b)
}

/// Whether the keyboard was used where the truth would have been clicked: in the same form.
pub(super) fn same_form(acted: &Fingerprint, truth: &Fingerprint) -> bool {
    match (form_of(&acted.xpath), form_of(&truth.xpath)) {
        (Some(acted), Some(truth)) => acted == truth,
        _ => false,
    }
}

fn within(inner: &str, outer: &str) -> bool {
    !outer.is_empty() && inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
}

fn same_control(a: &Fingerprint, b: &Fingerprint) -> bool {
    let value = |of: &Fingerprint| of.attributes.get("value").cloned();
    let (tag, name) = (a.tag == b.tag, a.name_attribute.is_some());
    tag && name && a.name_attribute == b.name_attribute && value(a) == value(b)
}

fn same_link(a: &Fingerprint, b: &Fingerprint) -> bool {
    let leads = |href: &&str| {
        !href.is_empty() && !href.starts_with('#') && !href.starts_with("javascript:")
    };
    let href = |of: &Fingerprint| of.href.as_deref().filter(leads).map(str::to_owned);
    href(a).is_some() && href(a) == href(b)
}

/// The path of the form around a path.
fn form_of(xpath: &str) -> Option<&str> {
    let begin = xpath.rfind("/form")?;
    let end = xpath[begin + 1..].find('/').map_or(xpath.len(), |at| begin + 1 + at);
    Some(&xpath[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(page: &str, fingerprint: Fingerprint) -> Seen {
        Seen { fingerprint, page: page.to_owned() }
    }

    fn at(xpath: &str) -> Fingerprint {
        Fingerprint { tag: "button".into(), xpath: xpath.into(), ..Fingerprint::default() }
    }

    #[test]
    fn the_place_counts_on_the_same_page_only() {
        let truth = seen("/a", at("/html/body/form/button"));
        assert!(same(&seen("/a", at("/html/body/form/button")), &truth));
        assert!(same(&seen("/a", at("/html/body/form/button/span")), &truth));
        assert!(!same(&seen("/b", at("/html/body/form/button")), &truth));
        assert!(!same(&seen("/a", at("/html/body/form")), &truth));
        assert!(!same(&seen("/a", at("/html/body/form/button[2]")), &truth));
    }

    #[test]
    fn links_are_the_same_when_they_lead_to_the_same_place() {
        let link = |href: &str, xpath: &str| {
            let href = Some(href.to_owned());
            seen(
                "/a",
                Fingerprint {
                    tag: "a".into(),
                    href,
                    xpath: xpath.into(),
                    ..Fingerprint::default()
                },
            )
        };
        assert!(same(&link("/x/", "/a[1]"), &link("/x/", "/a[2]")));
        assert!(!same(&link("#", "/a[1]"), &link("#", "/a[2]")));
        assert!(!same(&link("/x/", "/a[1]"), &link("/y/", "/a[2]")));
    }

    #[test]
    fn controls_of_one_name_differ_by_value() {
        let button = |value: &str, xpath: &str| {
            let attributes = [("value".to_owned(), value.to_owned())].into();
            let name_attribute = Some("action".to_owned());
            seen("/a", Fingerprint { name_attribute, attributes, ..at(xpath) })
        };
        assert!(same(&button("save", "/b[1]"), &button("save", "/b[2]")));
        assert!(!same(&button("save", "/b[1]"), &button("delete", "/b[2]")));
    }

    #[test]
    fn a_key_in_the_same_form_submits_it() {
        let field = at("/html/body/div/form[2]/p/input");
        assert!(same_form(&field, &at("/html/body/div/form[2]/div/button")));
        assert!(!same_form(&field, &at("/html/body/div/form[1]/div/button")));
        assert!(!same_form(&at("/html/body/input"), &at("/html/body/button")));
    }
}
