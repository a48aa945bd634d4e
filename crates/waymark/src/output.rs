//! What a command says on standard output: tables for people, JSON for programs.

mod table;

use anyhow::Result;
use domain::one_line::is_control;
use serde::Serialize;
use std::io::{ErrorKind, Write as _};

pub(crate) use table::{Column, Table};

/// Whoever read the results has stopped, as `head` does when it has enough.
#[derive(Debug)]
pub(crate) struct NobodyReads;

impl std::fmt::Display for NobodyReads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("nobody reads the results any more")
    }
}

impl std::error::Error for NobodyReads {}

/// Writes a line of results for people.
pub(crate) fn line(text: impl AsRef<str>) -> Result<()> {
    write(&harmless(text.as_ref()))
}

/// A text of several lines. What a page or an agent has put into it commands no terminal.
fn harmless(text: &str) -> String {
    text.replace(|char| is_control(char) && !matches!(char, '\n' | '\t'), "\u{fffd}")
}

fn write(text: &str) -> Result<()> {
    match writeln!(std::io::stdout().lock(), "{text}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(NobodyReads.into()),
        written => Ok(written?),
    }
}

/// Writes a value as indented JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<()> {
    write(&serde_json::to_string_pretty(value)?)
}

/// Writes a value as one line of JSON.
pub(crate) fn json_line(value: &impl Serialize) -> Result<()> {
    write(&serde_json::to_string(value)?)
}

/// Tells a person something that is not a result.
pub(crate) fn note(text: impl AsRef<str>) {
    // Standard error may be closed; a note is not worth failing for.
    drop(writeln!(std::io::stderr().lock(), "{}", harmless(text.as_ref())));
}

/// Tells how to go on after a page of so many, unless it is the last; `which` of all there are it has.
pub(crate) fn note_next(which: &str, count: usize, next: Option<&str>) {
    if let Some(next) = next {
        note(format!("{which} {count}; for the next: --cursor {next}"));
    }
}

/// The name that something has in JSON.
pub(crate) fn name(value: &impl Serialize) -> String {
    let name = serde_json::to_value(value).unwrap_or_default();
    name.as_str().unwrap_or_default().to_owned()
}

/// A share as people write it; a dash where there is none.
pub(crate) fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.0} %", share * 100.0))
}

/// A number with one digit after the point; a dash where there is none.
pub(crate) fn decimal(number: Option<f64>) -> String {
    number.map_or_else(|| "–".to_owned(), |number| format!("{number:.1}"))
}

/// How many of what there are.
pub(crate) fn counted(count: impl std::fmt::Display, one: &str, many: &str) -> String {
    let count = count.to_string();
    let what = if count == "1" { one } else { many };
    format!("{count} {what}")
}

/// The beginning of a text, with a sign that it goes on.
pub(crate) fn short(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_rounded_and_what_is_missing_is_a_dash() {
        assert_eq!((percent(Some(0.666)), percent(None)), ("67 %".into(), "–".into()));
        assert_eq!((decimal(Some(1.25)), decimal(None)), ("1.2".into(), "–".into()));
    }

    #[test]
    fn what_is_told_commands_no_terminal() {
        assert_eq!(harmless("a\u{1b}[31m\n\tb\u{202e}"), "a\u{fffd}[31m\n\tb\u{fffd}");
    }

    #[test]
    fn one_is_not_many() {
        let told = |count: u32| counted(count, "remedy", "remedies");
        assert_eq!([told(0), told(1), told(2)], ["0 remedies", "1 remedy", "2 remedies"]);
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!((short("äöü", 3), short("äöü", 2)), ("äöü".into(), "äö…".into()));
    }
}
