//! Locators of Playwright, which are written as chains of calls, in the spelling of any language.

use super::selector_form;
use crate::plan::TargetForm;

/// The ways to begin a chain.
const OPENERS: [&str; 8] = [
    "locator(",
    "getByRole(",
    "getByText(",
    "getByLabel(",
    "getByPlaceholder(",
    "getByTestId(",
    "get_by_",
    "GetBy",
];

/// The chain after `waiting for`, or the first that a message holds. Of a chain that goes into a frame,
/// what it looks for in there: which frame, no locator of ours can say.
pub(super) fn chain(text: &str) -> Option<TargetForm> {
    let from = text.find("waiting for ").map_or(0, |at| at + "waiting for ".len());
    let at = opener(&text[from..]).map(|at| from + at).or_else(|| opener(text))?;
    let mut rest = &text[at..];
    let mut target: Option<TargetForm> = None;
    let mut in_frame = false;
    loop {
        if let Some(after) = into_frame(rest) {
            (target, in_frame) = (None, true);
            rest = after;
        } else {
            let (call, after) = Call::read(rest)?;
            // Of a frame alone: which of several it is.
            if target.is_some()
                || !in_frame
                || !["first", "last", "nth"].contains(&call.name.as_str())
            {
                target = Some(narrowed(target, &call)?);
            }
            rest = after;
        }
        let Some(next) = rest.strip_prefix('.') else { return target };
        if !next.starts_with(|char: char| char.is_ascii_alphabetic()) {
            return target;
        }
        rest = next;
    }
}

/// What follows a step into a frame: `contentFrame()`, `content_frame` in Python, `frameLocator('#f')`.
fn into_frame(text: &str) -> Option<&str> {
    let end = text.find(|char: char| !char.is_ascii_alphabetic() && char != '_');
    let (name, after) = text.split_at(end.unwrap_or(text.len()));
    match name.replace('_', "").to_ascii_lowercase().as_str() {
        "contentframe" => Some(after.strip_prefix("()").unwrap_or(after)),
        "framelocator" => Some(Call::read(text)?.1),
        _ => None,
    }
}

/// Where the first chain begins: at the beginning of a word.
fn opener(text: &str) -> Option<usize> {
    let is_word = |char: char| char.is_alphanumeric() || char == '_';
    let begins = |at: &usize| !text[..*at].ends_with(is_word);
    let first = |opener: &&str| text.match_indices(*opener).map(|(at, _)| at).find(begins);
    OPENERS.iter().filter_map(first).min()
}

/// One call: its name without case and underscores, and what stands between its brackets.
struct Call<'a> {
    name: String,
    inside: &'a str,
}

impl<'a> Call<'a> {
    fn read(text: &'a str) -> Option<(Self, &'a str)> {
        // A property in Python.
        if let Some(after) = text.strip_prefix("first").filter(|after| !after.starts_with('(')) {
            return Some((Self { name: "first".into(), inside: "" }, after));
        }
        let open = text.find('(')?;
        let name = text[..open].replace('_', "").to_ascii_lowercase();
        if !name.chars().all(|char| char.is_ascii_alphabetic()) {
            return None;
        }
        let inside = &text[open + 1..];
        let end = closing(inside)?;
        Some((Self { name, inside: &inside[..end] }, &inside[end + 1..]))
    }

    /// Its first argument, without quotes; and whether it was a pattern.
    fn argument(&self) -> Option<(String, bool)> {
        literal(self.inside.trim_start())
    }

    /// What it is given as the name: `{ name: 'Save' }`, `name="Save"`.
    fn name_option(&self) -> Option<(String, bool)> {
        let at = self.inside.find("name")?;
        let rest = self.inside[at + "name".len()..].trim_start();
        literal(rest.strip_prefix([':', '='])?.trim_start())
    }
}

/// Where the bracket that is open is closed, quotes and patterns skipped.
fn closing(text: &str) -> Option<usize> {
    let mut quote: Option<char> = None;
    let mut open = 0_usize;
    let mut escaped = false;
    for (at, char) in text.char_indices() {
        match (quote, char) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(end), char) if end == char => quote = None,
            (None, '\'' | '"' | '`') => quote = Some(char),
            (None, '(') => open += 1,
            (None, ')') if open == 0 => return Some(at),
            (None, ')') => open -= 1,
            (Some(_) | None, _) => {}
        }
    }
    None
}

/// A literal at the beginning of a text: `'Save'`, `"Save"`, `/save/i`, `re.compile("save")`.
fn literal(text: &str) -> Option<(String, bool)> {
    let text = text.strip_prefix("r\"").map_or(text, |_| &text[1..]);
    if let Some(pattern) = text.strip_prefix("re.compile(") {
        return Some((literal(pattern)?.0, true));
    }
    let quote = text.chars().next()?;
    if !['\'', '"', '`', '/'].contains(&quote) {
        return None;
    }
    let mut out = String::new();
    let mut escaped = false;
    for char in text[quote.len_utf8()..].chars() {
        match char {
            _ if escaped => {
                out.push(char);
                escaped = false;
            }
            '\\' => escaped = true,
            char if char == quote => return Some((out, quote == '/')),
            char => out.push(char),
        }
    }
    None
}

/// What a chain means with one more call; `None` when ours cannot say it.
fn narrowed(target: Option<TargetForm>, call: &Call<'_>) -> Option<TargetForm> {
    let nth = |nth: u32| {
        let target = target.clone()?;
        target.nth.is_none().then_some(TargetForm { nth: Some(nth), ..target })
    };
    match call.name.as_str() {
        "first" => return nth(0),
        "nth" => return nth(call.inside.trim().parse().ok()?),
        _ => {}
    }
    let next = found_by(call)?;
    Some(TargetForm { within: target.map(Box::new), ..next })
}

fn found_by(call: &Call<'_>) -> Option<TargetForm> {
    let (text, pattern) = call.argument()?;
    let none = TargetForm { exact: pattern.then_some(false), ..TargetForm::default() };
    Some(match call.name.as_str() {
        "locator" => selector_form(&text)?,
        "getbyrole" => match call.name_option() {
            Some((name, pattern)) => TargetForm {
                role: Some(text),
                name: Some(name),
                exact: pattern.then_some(false),
                ..none
            },
            None => TargetForm { role: Some(text), ..none },
        },
        "getbytext" => TargetForm { text: Some(text), ..none },
        "getbylabel" => TargetForm { label: Some(text), ..none },
        "getbyplaceholder" => TargetForm { placeholder: Some(text), ..none },
        "getbytestid" => TargetForm { test_id: Some(text), ..TargetForm::default() },
        _ => return None,
    })
}
