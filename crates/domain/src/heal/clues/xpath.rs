//! A tolerant reader of XPath expressions as recorders and people write them: what the last step
//! says of its element.

use super::generated::is_generated;
use super::{Brittle, Read, is_pressed, is_wrapping, note};
use crate::snapshot::Fingerprint;

/// From so many steps on, a path without attributes is held for one that counts on structure.
const LONG_PATH: usize = 4;

/// Reads an expression; of a union, the first part.
pub(super) fn read(expression: &str) -> Read {
    let whole = split(expression, '|').into_iter().next().unwrap_or_default();
    let (path, indexed) = unwrap_index(whole.trim());
    let steps: Vec<Step> =
        split(path, '/').into_iter().filter(|step| !step.is_empty()).map(Step::read).collect();
    let positional = indexed
        || path.starts_with("/html")
        || steps.iter().any(|step| step.counts)
        || steps.len() >= LONG_PATH && steps.iter().all(|step| !step.says_more);
    let generated = steps.iter().any(|step| {
        let class = step.clues.attributes.get("class").into_iter().flat_map(|all| all.split(' '));
        step.clues.id.as_deref().into_iter().chain(class).any(is_generated)
    });
    let styled = steps.last().is_some_and(|step| !step.says_more);
    let brittle = match (positional, generated, styled) {
        (true, ..) => Brittle::Positional,
        (_, true, _) => Brittle::Generated,
        (.., true) => Brittle::Styled,
        _ => Brittle::Sound,
    };
    Read { clues: last(steps), brittle }
}

/// What the last steps say together: a `span` inside of a button means the button, and a control
/// that follows a label has that label.
fn last(mut steps: Vec<Step>) -> Fingerprint {
    let Some(last) = steps.pop() else { return Fingerprint::default() };
    let Some(before) = steps.pop() else { return last.clues };
    if is_wrapping(&last.clues.tag) && is_pressed(&before.clues.tag) && last.clues.id.is_none() {
        let text = if before.clues.text.is_empty() { last.clues.text } else { before.clues.text };
        return Fingerprint { text, ..before.clues };
    }
    if last.follows && before.clues.tag == "label" && !before.clues.text.is_empty() {
        return Fingerprint { label: Some(before.clues.text), ..last.clues };
    }
    last.clues
}

/// `(…)[3]` without the brackets around it, and whether it was counted.
fn unwrap_index(path: &str) -> (&str, bool) {
    let Some(inner) = path.strip_prefix('(') else { return (path, false) };
    let Some((inner, rest)) = inner.rsplit_once(')') else { return (path, false) };
    if inner.contains('(') && !inner.contains(')') {
        return (path, false);
    }
    (inner, rest.trim_start().starts_with('['))
}

#[derive(Default)]
struct Step {
    clues: Fingerprint,
    /// Whether it takes one by its number.
    counts: bool,
    /// Whether it goes by more than tag and number.
    says_more: bool,
    /// Whether it lies after what the step before found.
    follows: bool,
}

impl Step {
    fn read(step: &str) -> Self {
        let (node, predicates) = step.split_at(step.find('[').unwrap_or(step.len()));
        let (axis, tag) = node.rsplit_once("::").unwrap_or(("child", node));
        let mut step = Self { follows: axis.trim().starts_with("following"), ..Self::default() };
        let tag = tag.trim().to_lowercase();
        if tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            step.clues.tag = tag;
        }
        for predicate in brackets(predicates) {
            for part in conjuncts(predicate) {
                step.predicate(part.trim());
            }
        }
        step
    }

    fn predicate(&mut self, part: &str) {
        if part.bytes().all(|byte| byte.is_ascii_digit())
            || part.starts_with("last()")
            || part.starts_with("position()")
        {
            self.counts = true;
            return;
        }
        self.says_more = true;
        if let Some(arguments) = part.strip_prefix("contains(").and_then(|p| p.strip_suffix(')')) {
            let mut arguments = split(arguments, ',').into_iter();
            let (of, wanted) = (arguments.next(), arguments.next().and_then(literal));
            match (of.map(str::trim), wanted) {
                (Some(of), Some(wanted)) if is_text(of) => self.clues.text = wanted.into(),
                (Some(of), Some(wanted)) if of.contains("@class") => {
                    note(&mut self.clues, "class", wanted.trim());
                }
                _ => {}
            }
            return;
        }
        let mut sides = split(part, '=').into_iter();
        let (Some(left), Some(right), None) = (sides.next(), sides.next(), sides.next()) else {
            return;
        };
        let (left, Some(value)) = (left.trim(), literal(right)) else { return };
        if let Some(attribute) = left.strip_prefix('@') {
            note(&mut self.clues, &attribute.trim().to_lowercase(), value);
        } else if is_text(left) {
            value.clone_into(&mut self.clues.text);
        }
    }
}

fn is_text(expression: &str) -> bool {
    let bare = expression.replace(' ', "");
    matches!(
        bare.as_str(),
        "." | "text()"
            | "string()"
            | "string(.)"
            | "normalize-space()"
            | "normalize-space(.)"
            | "normalize-space(text())"
    )
}

fn literal(text: &str) -> Option<&str> {
    let text = text.trim();
    let quote = text.chars().next().filter(|char| matches!(char, '"' | '\''))?;
    text.strip_prefix(quote)?.strip_suffix(quote)
}

/// Splits at a character that stands outside of quotes and brackets.
pub(in crate::heal) fn split(text: &str, at: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    each_outside(text, |index, char| {
        if char == at {
            parts.push(&text[start..index]);
            start = index + char.len_utf8();
        }
    });
    parts.push(&text[start..]);
    parts
}

fn each_outside(text: &str, mut visit: impl FnMut(usize, char)) {
    let mut quote = None;
    let mut depth = 0_usize;
    for (index, char) in text.char_indices() {
        match (quote, char) {
            (Some(open), _) if open == char => quote = None,
            (None, '"' | '\'') => quote = Some(char),
            (None, '[' | '(') => depth += 1,
            (None, ']' | ')') => depth = depth.saturating_sub(1),
            (None, _) if depth == 0 => visit(index, char),
            _ => {}
        }
    }
}

/// The contents of `[…][…]`.
fn brackets(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(inner) = rest.trim_start().strip_prefix('[') {
        let parts = split_first_close(inner);
        found.push(parts.0);
        rest = parts.1;
    }
    found
}

fn split_first_close(text: &str) -> (&str, &str) {
    let mut quote = None;
    let mut depth = 0_usize;
    for (index, char) in text.char_indices() {
        match (quote, char) {
            (Some(open), _) if open == char => quote = None,
            (None, '"' | '\'') => quote = Some(char),
            (None, '[') => depth += 1,
            (None, ']') if depth == 0 => return (&text[..index], &text[index + 1..]),
            (None, ']') => depth -= 1,
            _ => {}
        }
    }
    (text, "")
}

/// The parts of `… and …`.
fn conjuncts(predicate: &str) -> Vec<&str> {
    let mut cuts = Vec::new();
    each_outside(predicate, |index, _| {
        if predicate[index..].starts_with(" and ") {
            cuts.push(index);
        }
    });
    let mut parts = Vec::new();
    let mut start = 0;
    for cut in cuts {
        parts.push(&predicate[start..cut]);
        start = cut + " and ".len();
    }
    parts.push(&predicate[start..]);
    parts
}
