//! What a tool's message says was typed: the arguments of `fill("…")`, `type('…')` and the like.

use std::collections::BTreeSet;

/// How calls that type end before their argument, in lower case and without underscores.
const CALLS: [&str; 6] =
    ["fill(", "type(", "sendkeys(", "presssequentially(", "setvalue(", "inserttext("];

/// How far behind a call its arguments are read: longer than any text that they are taken out of, and
/// short enough that a message of nothing but calls is soon read.
const ARGUMENTS: usize = 4000;

/// The texts that the message says were typed, as they stand there.
#[must_use]
pub fn typed(message: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (open, _) in message.match_indices('(') {
        let name: String = message[..=open]
            .chars()
            .rev()
            .enumerate()
            .take_while(|(at, char)| *at == 0 || char.is_ascii_alphabetic() || *char == '_')
            .map(|(_, char)| char.to_ascii_lowercase())
            .filter(|char| *char != '_')
            .collect();
        let name: String = name.chars().rev().collect();
        if CALLS.contains(&name.as_str()) {
            found.extend(quoted(&message[open + 1..]));
        }
    }
    found.retain(|text| !text.trim().is_empty());
    found
}

/// The quoted texts before the bracket closes.
fn quoted(arguments: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let mut inside: Option<(char, String)> = None;
    let mut escaped = false;
    for char in arguments.chars().take(ARGUMENTS) {
        match &mut inside {
            None if char == ')' => break,
            None if matches!(char, '"' | '\'' | '`') => inside = Some((char, String::new())),
            None => {}
            Some((_, text)) if escaped => {
                text.push(char);
                escaped = false;
            }
            Some(_) if char == '\\' => escaped = true,
            Some((quote, text)) if char == *quote => {
                texts.push(std::mem::take(text));
                inside = None;
            }
            Some((_, text)) => text.push(char),
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_read_from_calls() {
        for (message, expected) in [
            ("locator.fill: Timeout\n  - fill(\"ada@mail.example\")", vec!["ada@mail.example"]),
            ("page.type('#user', 'Ada (Lovelace)')", vec!["#user", "Ada (Lovelace)"]),
            (r#"element.send_keys("a \"b\"")"#, vec![r#"a "b""#]),
            ("locator.pressSequentially(`x1y`)", vec!["x1y"]),
            ("waiting for locator('#order')", vec![]),
            ("fill(\"\") profile(\"x\") fill(", vec![]),
            ("fill(\"open", vec![]),
        ] {
            let expected = expected.into_iter().map(str::to_owned).collect();
            assert_eq!(typed(message), expected, "{message}");
        }
    }

    #[test]
    fn a_message_of_nothing_but_calls_says_each_text_once() {
        let calls = "fill('".repeat(3333);
        assert_eq!(typed(&calls), BTreeSet::from(["fill(".to_owned()]));
    }

    proptest::proptest! {
        #[test]
        fn no_message_breaks_it(message in "\\PC{0,80}") {
            let found = typed(&format!("fill({message}"));
            proptest::prop_assert!(found.len() <= message.len());
        }
    }
}
