//! Which words two texts have in common, whatever their endings: those that carry meaning.

use std::collections::BTreeSet;

/// Words that stand in any sentence.
const STOP: &[&str] = &[
    "a", "about", "after", "all", "am", "an", "and", "any", "are", "as", "at", "be", "been",
    "before", "being", "but", "by", "can", "could", "did", "do", "does", "for", "from", "had",
    "has", "have", "he", "her", "here", "him", "his", "how", "i", "if", "in", "into", "is", "it",
    "its", "just", "me", "more", "most", "my", "no", "not", "of", "off", "on", "one", "ones",
    "onto", "only", "or", "our", "out", "over", "shall", "she", "so", "some", "than", "that",
    "the", "their", "them", "then", "there", "these", "they", "this", "those", "to", "under",
    "until", "up", "us", "very", "was", "we", "were", "what", "when", "where", "which", "while",
    "who", "whose", "will", "with", "would", "you", "your",
];

/// The words that both texts have.
pub(super) fn shared(one: &str, other: &str) -> BTreeSet<String> {
    content_words(one).intersection(&content_words(other)).cloned().collect()
}

/// The stems of a text's words, without numbers, single letters and words of any sentence.
pub(super) fn content_words(text: &str) -> BTreeSet<String> {
    let words = text.split(|char: char| !char.is_alphanumeric()).map(str::to_lowercase);
    words
        .filter(|word| word.chars().count() > 1 && !STOP.contains(&&**word))
        .filter(|word| !word.chars().all(|char| char.is_ascii_digit()))
        .map(|word| stem(&word))
        .collect()
}

/// Both sides go through the same door: a stem need not be a word.
fn stem(word: &str) -> String {
    if word.len() < 4 || !word.is_ascii() {
        return word.to_owned();
    }
    let mut stem = word.to_owned();
    if let Some(bare) = stem.strip_suffix("ies") {
        stem = format!("{bare}y");
    } else if !["ss", "us", "is"].iter().any(|end| stem.ends_with(end))
        && let Some(bare) = stem.strip_suffix('s')
    {
        stem.truncate(bare.len());
    }
    let bare = ["ing", "ed"].iter().find_map(|end| stem.strip_suffix(end));
    if let Some(bare) = bare.filter(|bare| bare.len() >= 3) {
        stem.truncate(bare.len());
    }
    match stem.strip_suffix('e') {
        Some(bare) if bare.len() >= 3 => bare.to_owned(),
        _ => stem,
    }
}

#[cfg(test)]
mod tests {
    use super::shared;

    #[track_caller]
    fn check(one: &str, other: &str, both: &[&str]) {
        let found = shared(one, other);
        assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), both);
    }

    #[test]
    fn words_are_the_same_whatever_their_endings() {
        check("delete the books", "Deleting a book!", &["book", "delet"]);
        check("save it", "it was saved", &["sav"]);
        check("two copies", "the copy", &["copy"]);
    }

    #[test]
    fn words_of_any_sentence_and_numbers_are_nobodys() {
        check("show it to me in 2021", "go to it by 2021", &[]);
    }

    #[test]
    fn other_words_for_the_same_are_not_shared() {
        check("get rid of this volume for good", "delete the book", &[]);
    }
}
