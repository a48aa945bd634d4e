//! A message without what is not said in it: colours, and words that are somebody's, not the tool's.

/// The text without the escape sequences that colour it in a terminal.
pub(super) fn without_colours(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        if char != '\u{1b}' {
            out.push(char);
        } else if chars.next_if_eq(&'[').is_some() {
            // Parameters, then one letter.
            while chars.next().is_some_and(|char| !char.is_ascii_alphabetic()) {}
        }
    }
    out
}

/// The text in lower case, without what stands between quotes: a button that is called "Sign in" says
/// nothing about a login.
pub(super) fn unquoted(text: &str) -> String {
    const QUOTES: [char; 3] = ['"', '\'', '`'];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        rest = &rest[char.len_utf8()..];
        let inside_word = out.chars().next_back().is_some_and(char::is_alphanumeric);
        let line = rest.split('\n').next().unwrap_or_default();
        let end = line.find(char).filter(|_| QUOTES.contains(&char) && !inside_word);
        if let Some(end) = end {
            rest = &rest[end + char.len_utf8()..];
            out.push('…');
        } else {
            out.extend(char.to_lowercase());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_and_quoted_words_go() {
        assert_eq!(without_colours("\u{1b}[2m- waiting\u{1b}[22m for"), "- waiting for");
        assert_eq!(without_colours("cut short \u{1b}["), "cut short ");
        assert_eq!(
            unquoted("waiting for getByText('Sign in'), it isn't there"),
            "waiting for getbytext(…), it isn't there"
        );
        assert_eq!(unquoted("an open ' quote\nand 'one'"), "an open ' quote\nand …");
    }
}
