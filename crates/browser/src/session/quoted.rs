//! What a page says and what a plan expects of it, in the message of a failure.

/// In quotes, and without others inside: what is remembered of the message is masked by them, all of
/// what stands between the first and the last.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace(['"', '“', '”'], "'"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn there_are_no_quotes_within_the_quotes() {
        assert_eq!(quoted("Wrong password \"X\" for “ada”"), "\"Wrong password 'X' for 'ada'\"");
    }
}
