//! A tolerant reader of CSS selectors: what the last compound says of its element.

use super::generated::is_generated;
use super::{Brittle, Read, is_pressed, is_wrapping, note};
use crate::snapshot::Fingerprint;
use cssparser::{Parser, ParserInput, Token};

/// From so many steps by `>` on, a path is held for one that counts on the page's structure.
const LONG_CHAIN: usize = 3;

/// Reads a selector; of a list of them, the first.
pub(super) fn read(selector: &str) -> Read {
    let mut input = ParserInput::new(selector);
    let mut parser = Parser::new(&mut input);
    let mut reader = Reader::default();
    while reader.token(&mut parser) {}
    reader.finish()
}

#[derive(Default)]
struct Reader {
    compounds: Vec<Fingerprint>,
    open: bool,
    children: usize,
    counted: bool,
    generated: bool,
}

impl Reader {
    /// Takes one token; whether there may be more.
    fn token(&mut self, parser: &mut Parser<'_, '_>) -> bool {
        let Ok(token) = parser.next_including_whitespace() else { return false };
        match token.clone() {
            Token::Comma => return false,
            Token::WhiteSpace(_) => self.open = false,
            Token::Delim(delimiter @ ('>' | '+' | '~')) => {
                self.open = false;
                self.children += usize::from(delimiter == '>');
                self.counted |= delimiter != '>';
            }
            Token::Ident(tag) => self.current().tag = tag.to_ascii_lowercase(),
            Token::IDHash(id) => self.says("id", &id),
            Token::Delim('.') => {
                if let Ok(class) = parser.expect_ident_cloned() {
                    self.says("class", &class);
                }
            }
            Token::SquareBracketBlock => {
                let found = parser.parse_nested_block(|parser| {
                    Ok::<_, cssparser::ParseError<'_, ()>>(attribute(parser))
                });
                if let Ok(Some((name, value))) = found {
                    self.says(&name, &value);
                }
                self.open = true;
            }
            Token::Colon => self.pseudo(parser),
            _ => {}
        }
        true
    }

    fn current(&mut self) -> &mut Fingerprint {
        if !self.open || self.compounds.is_empty() {
            self.compounds.push(Fingerprint::default());
            self.open = true;
        }
        let last = self.compounds.len() - 1;
        &mut self.compounds[last]
    }

    fn says(&mut self, attribute: &str, value: &str) {
        if matches!(attribute, "id" | "class") && value.split(' ').any(is_generated) {
            self.generated = true;
        }
        note(self.current(), attribute, value);
    }

    fn pseudo(&mut self, parser: &mut Parser<'_, '_>) {
        let counts = |name: &str| {
            let name = name.to_ascii_lowercase();
            name.starts_with("nth-") || name.starts_with("first-") || name.starts_with("last-")
        };
        self.current();
        if let Ok(Token::Ident(name) | Token::Function(name)) = parser.next_including_whitespace() {
            self.counted |= counts(name);
        }
    }

    fn finish(mut self) -> Read {
        let last = self.compounds.pop().unwrap_or_default();
        let outer = self.compounds.pop().filter(|outer| is_pressed(&outer.tag));
        let (compounds, clues) = match outer {
            Some(outer) if is_wrapping(&last.tag) && last.id.is_none() => (1, outer),
            _ => (self.compounds.len(), last),
        };
        let bare = clues.id.is_none() && clues.test_id.is_none() && clues.role.is_none();
        let nameless = bare && clues.name_attribute.is_none() && clues.href.is_none();
        let unsaid = nameless && clues.placeholder.is_none() && clues.input_type.is_none();
        let styled = unsaid && clues.attributes.keys().all(|name| name == "class");
        let brittle = if self.counted || self.children >= LONG_CHAIN {
            Brittle::Positional
        } else if self.generated {
            Brittle::Generated
        } else if styled && compounds < LONG_CHAIN {
            Brittle::Styled
        } else {
            Brittle::Sound
        };
        Read { clues, brittle }
    }
}

/// Name and value of `[name="value"]`; of a class also with `~=`. A part of a value is not one.
fn attribute(parser: &mut Parser<'_, '_>) -> Option<(String, String)> {
    let name = parser.expect_ident_cloned().ok()?.to_ascii_lowercase();
    let whole = match parser.next().ok()? {
        Token::Delim('=') => true,
        Token::IncludeMatch | Token::SubstringMatch | Token::PrefixMatch => name == "class",
        _ => false,
    };
    let value = parser.expect_ident_or_string().ok()?.as_ref().to_owned();
    // A flag for case may follow.
    while parser.next().is_ok() {}
    whole.then_some((name, value))
}
