//! A passage in one short line, cut around what was looked for.

use super::{Passage, Sought};

/// How long a snippet is at most, in characters.
const LONGEST: usize = 180;

/// How much of what comes before is shown, in characters.
const BEFORE: usize = 60;

/// How many letters two words must share at their beginning to be taken for forms of one word.
const STEM: usize = 4;

/// The passage in one line: what it was about, what happened, and where.
#[must_use]
pub fn snippet(passage: &Passage, sought: &Sought) -> String {
    let happened = match passage.message.as_str() {
        "" => passage.text.split_once(": ").map(|(_, trouble)| trouble).unwrap_or_default(),
        message => message,
    };
    let mut line = passage.title.clone();
    if !happened.is_empty() {
        line = format!("{line} · {happened}");
    }
    if !passage.page.is_empty() {
        line = format!("{line} · {}", passage.page);
    }
    cut(&line, sought)
}

/// A long line from a little before the first word that was looked for.
fn cut(line: &str, sought: &Sought) -> String {
    let length = line.chars().count();
    if length <= LONGEST {
        return line.to_owned();
    }
    let lower: Vec<char> = line.chars().map(lowered).collect();
    let start = first(&lower, sought).saturating_sub(BEFORE).min(length - LONGEST);
    let start = if start == 0 { 0 } else { next_word(&lower, start) };
    let shown: String = line.chars().skip(start).take(LONGEST).collect();
    let before = if start > 0 { "…" } else { "" };
    let after = if start + LONGEST < length { "…" } else { "" };
    format!("{before}{}{after}", shown.trim())
}

/// One letter for one letter, so that places stay what they are.
fn lowered(char: char) -> char {
    char.to_lowercase().next().unwrap_or(char)
}

/// Where the first phrase, or else the first word, begins; the beginning when there is none.
fn first(line: &[char], sought: &Sought) -> usize {
    let find = |wanted: &str, whole: bool| {
        let wanted: Vec<char> = wanted.chars().collect();
        let stem = if whole { wanted.len() } else { wanted.len().min(STEM) };
        let stem = &wanted[..stem];
        let begins = |at: &usize| *at == 0 || !line[at - 1].is_alphanumeric();
        (0..line.len()).filter(begins).find(|at| line[*at..].starts_with(stem))
    };
    let phrase = sought.phrases.iter().filter_map(|phrase| find(phrase, true)).min();
    let word = || sought.words.iter().filter_map(|word| find(word, false)).min();
    phrase.or_else(word).unwrap_or(0)
}

fn next_word(line: &[char], from: usize) -> usize {
    let space = line[from..].iter().position(|char| char.is_whitespace());
    space.map_or(from, |space| from + space + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::ErrorClass;
    use crate::search::PassageKind;

    fn passage(title: &str, message: &str) -> Passage {
        Passage {
            kind: PassageKind::Step,
            site: "rooms.example".to_owned(),
            page: "/rooms".to_owned(),
            class: Some(ErrorClass::Timeout),
            title: title.to_owned(),
            message: message.to_owned(),
            text: format!("{title}: took too long. button Book"),
        }
    }

    #[track_caller]
    fn check(passage: &Passage, question: &str, expected: &str) {
        assert_eq!(snippet(passage, &Sought::read(question).unwrap()), expected);
    }

    #[test]
    fn a_short_passage_is_shown_whole() {
        let short = passage("book it", "nothing came");
        check(&short, "x", "book it · nothing came · /rooms");
        check(&passage("book it", ""), "x", "book it · took too long. button Book · /rooms");
    }

    #[test]
    fn a_long_one_is_cut_around_what_was_looked_for() {
        let long = passage(&format!("{} needle {}", "ä hay ".repeat(40), "straw ".repeat(40)), "");
        let shown = snippet(&long, &Sought::read("needles").unwrap());
        assert!(shown.starts_with('…') && shown.ends_with('…'), "{shown}");
        assert!(shown.contains(" needle straw"), "{shown}");
        assert!(shown.chars().count() <= LONGEST + 2, "{shown}");
        let from_the_start = snippet(&long, &Sought::read("other words").unwrap());
        assert!(from_the_start.starts_with("ä hay ä"), "{from_the_start}");
        let phrase = snippet(&long, &Sought::read("\"straw straw\" hay").unwrap());
        assert!(phrase.contains("needle straw straw"), "{phrase}");
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_it(title in "\\PC{0,400}", question in "\\PC{1,30}") {
            if let Ok(sought) = Sought::read(&question) {
                let shown = snippet(&passage(&title, ""), &sought);
                proptest::prop_assert!(shown.chars().count() <= LONGEST + 2);
            }
        }
    }
}
