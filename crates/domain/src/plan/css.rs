//! Whether a text is a CSS selector list.
//!
//! A selector is checked before anything runs, so a typing error is a clear answer to the client
//! and not an `element_not_found` ten minutes later. The tokens are `cssparser`'s; the grammar is
//! that of Selectors Level 4 as far as a browser's `querySelectorAll` goes.

use cssparser::{ParseError, Parser, ParserInput, Token};

type Parsed<'i> = Result<(), ParseError<'i, String>>;

/// Checks the syntax.
///
/// # Errors
/// What the parser stumbled over.
pub(super) fn check(selector: &str) -> Result<(), String> {
    let mut input = ParserInput::new(selector);
    let mut parser = Parser::new(&mut input);
    parser.parse_entirely(|parser| list(parser, false)).map_err(|error| {
        let what = match error.kind {
            cssparser::ParseErrorKind::Custom(message) => message,
            cssparser::ParseErrorKind::Basic(basic) => basic.to_string(),
        };
        format!("is not a CSS selector: {what} (column {})", error.location.column)
    })
}

/// A comma-separated list of selectors; `relative` ones, as in `:has(> a)`, may begin with a
/// combinator.
fn list<'i>(parser: &mut Parser<'i, '_>, relative: bool) -> Parsed<'i> {
    parser.parse_comma_separated(|parser| complex(parser, relative)).map(|_| ())
}

/// Compound selectors joined by combinators.
fn complex<'i>(parser: &mut Parser<'i, '_>, relative: bool) -> Parsed<'i> {
    parser.skip_whitespace();
    if relative && combinator(parser) {
        parser.skip_whitespace();
    }
    compound(parser)?;
    loop {
        let spaced = parser.try_parse(|p| white_space(p)).is_ok();
        if parser.is_exhausted() {
            return Ok(());
        }
        let joined = combinator(parser);
        if !joined && !spaced {
            return Err(unexpected(parser));
        }
        parser.skip_whitespace();
        compound(parser)?;
    }
}

fn white_space<'i>(parser: &mut Parser<'i, '_>) -> Parsed<'i> {
    match parser.next_including_whitespace()? {
        Token::WhiteSpace(_) => Ok(()),
        token => {
            let token = token.clone();
            Err(parser.new_unexpected_token_error(token))
        }
    }
}

fn combinator(parser: &mut Parser<'_, '_>) -> bool {
    let found = parser.try_parse(|parser| match parser.next_including_whitespace() {
        Ok(Token::Delim('>' | '+' | '~')) => Ok(()),
        _ => Err(()),
    });
    found.is_ok()
}

/// A type selector and what narrows it, without space between.
fn compound<'i>(parser: &mut Parser<'i, '_>) -> Parsed<'i> {
    let mut parts = 0;
    loop {
        let before = parser.state();
        let token = match parser.next_including_whitespace() {
            Ok(token) => token.clone(),
            Err(_) => break,
        };
        match token {
            Token::Ident(_) | Token::Delim('*') if parts == 0 => {}
            Token::IDHash(_) => {}
            Token::Delim('.') => {
                parser.expect_ident_cloned()?;
            }
            Token::SquareBracketBlock => parser.parse_nested_block(attribute)?,
            Token::Colon => pseudo(parser)?,
            _ => {
                parser.reset(&before);
                break;
            }
        }
        parts += 1;
    }
    if parts == 0 { Err(unexpected(parser)) } else { Ok(()) }
}

/// `name`, or `name op value`, perhaps with a flag for case.
fn attribute<'i>(parser: &mut Parser<'i, '_>) -> Parsed<'i> {
    parser.expect_ident_cloned()?;
    if parser.is_exhausted() {
        return Ok(());
    }
    match parser.next()?.clone() {
        Token::Delim('=')
        | Token::IncludeMatch
        | Token::DashMatch
        | Token::PrefixMatch
        | Token::SuffixMatch
        | Token::SubstringMatch => {}
        token => return Err(parser.new_unexpected_token_error(token)),
    }
    parser.expect_ident_or_string()?;
    if parser.is_exhausted() {
        return Ok(());
    }
    let flag = parser.expect_ident_cloned()?;
    if !flag.eq_ignore_ascii_case("i") && !flag.eq_ignore_ascii_case("s") {
        return Err(parser.new_custom_error(format!("`{flag}` is not a flag; use `i` or `s`")));
    }
    Ok(())
}

/// The pseudo-classes without arguments that can hold for an element in `querySelectorAll`.
const STATES: &[&str] = &[
    "active",
    "any-link",
    "autofill",
    "buffering",
    "checked",
    "default",
    "defined",
    "disabled",
    "empty",
    "enabled",
    "first-child",
    "first-of-type",
    "focus",
    "focus-visible",
    "focus-within",
    "fullscreen",
    "hover",
    "in-range",
    "indeterminate",
    "invalid",
    "last-child",
    "last-of-type",
    "link",
    "modal",
    "muted",
    "only-child",
    "only-of-type",
    "open",
    "optional",
    "out-of-range",
    "paused",
    "placeholder-shown",
    "playing",
    "popover-open",
    "read-only",
    "read-write",
    "required",
    "root",
    "scope",
    "seeking",
    "stalled",
    "target",
    "user-invalid",
    "user-valid",
    "valid",
    "visited",
];

fn pseudo<'i>(parser: &mut Parser<'i, '_>) -> Parsed<'i> {
    match parser.next_including_whitespace()?.clone() {
        Token::Ident(name) if STATES.contains(&&*name.to_ascii_lowercase()) => Ok(()),
        Token::Ident(name) => Err(parser.new_custom_error(format!("`:{name}` is not known"))),
        Token::Function(name) => {
            let name = name.to_ascii_lowercase();
            parser.parse_nested_block(|parser| match name.as_str() {
                "not" | "is" | "where" => list(parser, false),
                "has" => list(parser, true),
                "nth-child" | "nth-last-child" => nth(parser, true),
                "nth-of-type" | "nth-last-of-type" => nth(parser, false),
                "lang" | "dir" | "state" => {
                    parser.expect_ident_or_string().map(|_| ()).map_err(Into::into)
                }
                _ => Err(parser.new_custom_error(format!("`:{name}()` is not known"))),
            })
        }
        Token::Colon => Err(parser.new_custom_error(
            "a pseudo-element such as `::before` is not an element that can be acted on",
        )),
        token => Err(parser.new_unexpected_token_error(token)),
    }
}

fn nth<'i>(parser: &mut Parser<'i, '_>, of_allowed: bool) -> Parsed<'i> {
    cssparser::parse_nth(parser)?;
    if of_allowed && parser.try_parse(|parser| parser.expect_ident_matching("of")).is_ok() {
        return list(parser, false);
    }
    Ok(())
}

fn unexpected<'i>(parser: &mut Parser<'i, '_>) -> ParseError<'i, String> {
    match parser.next_including_whitespace().cloned() {
        Ok(token) => parser.new_unexpected_token_error(token),
        Err(error) => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn selectors_of_recorders_are_accepted() {
        for good in [
            "#id_username",
            "form > .row:nth-child(2n+1) input[type='text' i]",
            "ul li:not(.hidden, [hidden]) + li ~ li",
            "a[href^=\"/edit/\"][data-x]",
            "*",
            "div:has(> label:first-child) input:checked",
            "tr:nth-child(2 of .open) td",
            "input:is(#a, .b):enabled",
            "#result_list tbody tr, .empty",
            "my-element::part(x)".split("::").next().unwrap(),
            "button.btn.btn-primary",
            "#\\31 23",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn broken_ones_are_refused() {
        for bad in [
            "",
            "div[",
            "div >",
            "> div",
            "#",
            ".",
            "a,",
            "div..x",
            "input[=x]",
            "a:has-text('x')",
            "a::before",
            "//div",
            "div[x='1' q]",
            "a:nth-child(x)",
            "1div",
            "text=Save",
            "a {",
            ":not()",
            "div)",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_message_says_what_and_where() {
        let message = check("div:foo").unwrap_err();
        assert_eq!(message, "is not a CSS selector: `:foo` is not known (column 8)");
    }
}
