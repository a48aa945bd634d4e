//! Reading the way that a locator takes: the part of it that goes from parent to child.

use super::{Number, Step};
use crate::heal::clues::xpath::split;
use cssparser::{Parser, ParserInput, Token};

/// The steps of an expression after its last leap (`//`, or the element with an id).
pub(super) fn xpath(expression: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    for part in split(expression, '/') {
        let (node, predicate) = part.split_at(part.find('[').unwrap_or(part.len()));
        let tag = node.rsplit_once("::").map_or(node, |(_, tag)| tag).trim().to_lowercase();
        if tag.is_empty() || !tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            // From here on it is another way.
            steps.clear();
            continue;
        }
        let number = predicate.trim_start_matches('[').trim_end_matches(']').trim();
        let number = match number.parse() {
            Ok(number) => Number::OfTag(number),
            Err(_) if predicate.is_empty() => Number::OfTag(1),
            Err(_) => Number::Unsaid,
        };
        steps.push(Step { tag, number });
    }
    steps
}

/// The steps of a selector that are joined by `>` up to its end.
pub(super) fn css(selector: &str) -> Vec<Step> {
    let mut input = ParserInput::new(selector);
    let mut parser = Parser::new(&mut input);
    let mut steps: Vec<Step> = Vec::new();
    let (mut open, mut child) = (false, false);
    while let Ok(token) = parser.next_including_whitespace().cloned() {
        match token {
            Token::Comma => break,
            Token::WhiteSpace(_) => open = false,
            Token::Delim('>') => (open, child) = (false, true),
            Token::Delim('+' | '~') => {
                steps.clear();
                (open, child) = (false, false);
            }
            Token::Colon => {
                let number = pseudo(&mut parser);
                let step = current(&mut steps, &mut open, &mut child);
                if let Some(number) = number {
                    step.number = number;
                }
            }
            Token::Ident(tag) => {
                current(&mut steps, &mut open, &mut child).tag = tag.to_ascii_lowercase();
            }
            Token::Delim('.') => {
                drop(parser.expect_ident_cloned());
                current(&mut steps, &mut open, &mut child);
            }
            Token::IDHash(_) => drop(current(&mut steps, &mut open, &mut child)),
            Token::SquareBracketBlock => {
                drop(parser.parse_nested_block(|inner| {
                    while inner.next().is_ok() {}
                    Ok::<_, cssparser::ParseError<'_, ()>>(())
                }));
                current(&mut steps, &mut open, &mut child);
            }
            _ => {}
        }
    }
    let from = steps.iter().rposition(|step| step.tag.is_empty()).map_or(0, |at| at + 1);
    steps.split_off(from)
}

/// The step that is being read. One that is not a child of the one before begins another way.
fn current<'s>(steps: &'s mut Vec<Step>, open: &mut bool, child: &mut bool) -> &'s mut Step {
    if !*open {
        if !*child {
            steps.clear();
        }
        steps.push(Step { tag: String::new(), number: Number::Unsaid });
        (*open, *child) = (true, false);
    }
    let last = steps.len() - 1;
    &mut steps[last]
}

/// The number of `:nth-child(3)`, `:nth-of-type(3)`, `:first-child`.
fn pseudo(parser: &mut Parser<'_, '_>) -> Option<Number> {
    match parser.next_including_whitespace().ok()?.clone() {
        Token::Ident(name) => match name.to_ascii_lowercase().as_str() {
            "first-child" => Some(Number::OfAll(1)),
            "first-of-type" => Some(Number::OfTag(1)),
            _ => None,
        },
        Token::Function(name) => {
            let number = parser.parse_nested_block(|inner| {
                let number = match inner.next() {
                    Ok(Token::Number { int_value: Some(number), .. }) => {
                        u32::try_from(*number).ok()
                    }
                    _ => None,
                };
                while inner.next().is_ok() {}
                Ok::<_, cssparser::ParseError<'_, ()>>(number)
            });
            let number = number.ok().flatten()?;
            match name.to_ascii_lowercase().as_str() {
                "nth-child" => Some(Number::OfAll(number)),
                "nth-of-type" => Some(Number::OfTag(number)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The id that a path of children starts from: `#list > li:nth-child(3)`.
pub(super) fn root(selector: &str) -> Option<String> {
    let (first, _) = selector.split_once('>')?;
    let id = first.trim().strip_prefix('#')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    id.bytes().all(plain).then(|| id.to_owned())
}
