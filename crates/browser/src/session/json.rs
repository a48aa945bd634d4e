//! JSON as pages write it.

use serde::de::DeserializeOwned;

/// Reads JSON of a page. Texts of pages may hold halves of characters, which JSON can write and
/// `serde_json` does not read; they are replaced as everywhere else.
pub(super) fn parse<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    serde_json::from_str(text).or_else(|error| match whole(text) {
        Some(whole) => serde_json::from_str(&whole),
        None => Err(error),
    })
}

/// JSON with every half of a surrogate pair replaced; `None` when there is none.
fn whole(text: &str) -> Option<String> {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let (mut whole, mut done, mut at) = (String::new(), 0, 0);
    while let Some(found) = text.get(at..).and_then(|rest| rest.find('\\')) {
        at += found;
        let (first, second) = (unit(at), unit(at + 6));
        at += match (first, second) {
            (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => 12,
            (Some(0xd800..0xe000), _) => {
                whole.push_str(&text[done..at]);
                whole.push_str("\\ufffd");
                done = at + 6;
                6
            }
            // An escape of two characters, or the beginning of a longer one.
            _ => 2,
        };
    }
    (done > 0).then(|| whole + &text[done..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(json: &str, read: &str) {
        assert_eq!(parse::<String>(json).unwrap(), read, "{json}");
    }

    #[test]
    fn halves_of_characters_are_replaced() {
        check(r#""a\ud83d""#, "a\u{fffd}");
        check(r#""\udc00b\ud83d\ude00""#, "\u{fffd}b\u{1f600}");
        check(r#""\\ud83d \ud83d\n""#, "\\ud83d \u{fffd}\n");
        check(r#""whole \ud83d\ude00""#, "whole \u{1f600}");
        assert!(parse::<String>(r#""open"#).is_err());
        assert!(parse::<String>(r#""open\"#).is_err());
    }
}
