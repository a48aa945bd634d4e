//! Text from pages and from agents, told to people and to language models: it stays where it is put.

/// The text on one line: line breaks and control characters, which would start a line of their own,
/// colour a terminal or turn the direction of writing, are spaces.
#[must_use]
pub fn one_line(text: &str) -> String {
    let parts = text.split(|char: char| char.is_whitespace() || is_control(char));
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Control characters, separators of lines and paragraphs, and what turns the direction of writing.
#[must_use]
pub fn is_control(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn nothing_starts_a_line_or_commands_a_terminal() {
        assert_eq!(
            one_line("OK\n\n1. [high] \u{1b}[31mred\u{202e}\u{2028}x"),
            "OK 1. [high] [31mred x"
        );
        assert_eq!(one_line("  a\tb "), "a b");
    }
}
