//! The message of a failure without what differs from run to run.

use crate::site::page_of_text;

/// The longest message that is kept.
const LONGEST: usize = 300;

const QUOTES: [(char, char); 5] = [('`', '`'), ('"', '"'), ('“', '”'), ('«', '»'), ('\'', '\'')];

/// Takes out quoted values, numbers, times, ids, and of URLs all but the page; folds white space.
pub(crate) fn normalised(message: &str) -> String {
    let unquoted = without_quoted(message);
    let words: Vec<String> = unquoted.split_whitespace().map(word).collect();
    let mut text = words.join(" ");
    if let Some((cut, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(cut);
    }
    text
}

/// Puts `…` in place of what stands between quotes. An apostrophe inside a word quotes nothing,
/// and neither does a quote that is never closed.
fn without_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        let after = &rest[char.len_utf8()..];
        let inside_word = out.chars().next_back().is_some_and(char::is_alphanumeric);
        let quote = QUOTES.iter().find(|(open, _)| *open == char && !inside_word);
        if let Some((open, close)) = quote
            && let Some(end) = after.find(*close)
        {
            out.push(*open);
            out.push('…');
            out.push(*close);
            rest = &after[end + close.len_utf8()..];
        } else {
            out.push(char);
            rest = after;
        }
    }
    out
}

fn word(word: &str) -> String {
    let text = match word.find("://") {
        Some(_) => page(word),
        None => word.to_owned(),
    };
    text.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// The page of a URL, and the punctuation that follows it in a sentence.
fn page(word: &str) -> String {
    let start = word.find("http").unwrap_or(0);
    let end = word.trim_end_matches([',', '.', ';', ':', ')', '…', '"', '\'', '`', '”']).len();
    let url = word.get(start..end).unwrap_or(word);
    format!("{}{}{}", &word[..start.min(end)], page_of_text(url), &word[end..])
}

/// Long words with digits are ids; in others each number counts as one.
fn segment(text: &str) -> String {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if digits > 0 && text.chars().count() >= 16 {
        return "{id}".into();
    }
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        let number = char.is_ascii_digit();
        if !number {
            out.push(char);
        } else if !out.ends_with('#') {
            out.push('#');
        }
    }
    out.replace("#.#", "#").replace("#,#", "#")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, expected: &str) {
        assert_eq!(normalised(message), expected);
    }

    #[test]
    fn what_differs_from_run_to_run_goes() {
        check("css `#user-17` matches 3 visible elements", "css `…` matches # visible elements");
        check("nothing appeared  within 9.8 s", "nothing appeared within # s");
        check("took 250ms\nof 1,500ms", "took #ms of #ms");
        check("no row 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f here", "no row {id} here");
        check(
            "http://127.0.0.1:8000/orders/17?tab=2 did not answer",
            "/orders/{id}?tab did not answer",
        );
        check("it doesn't match 'ada', it isn't there", "it doesn't match '…', it isn't there");
        check("the page says: \"No user ada\"", "the page says: \"…\"");
        check("an open ` quote", "an open ` quote");
    }

    #[test]
    fn the_same_trouble_reads_the_same_in_every_run() {
        let message = |id: u32, user: &str| {
            normalised(&format!(
                "https://shop.example/u/{id}/ answered 404 within {id} ms: `{user}`"
            ))
        };
        assert_eq!(message(1, "ada"), message(47_110, "bob the builder"));
    }

    proptest::proptest! {
        #[test]
        fn any_message_is_cut_and_has_no_numbers(text in "\\PC{0,600}") {
            let normal = normalised(&text);
            proptest::prop_assert!(normal.chars().count() <= LONGEST);
            proptest::prop_assert!(!normal.chars().any(|c| c.is_ascii_digit()));
        }
    }
}
