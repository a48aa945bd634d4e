//! How alike two texts are.

/// From here on a text is compared by its words: letter by letter it would cost much and say little.
const LONG: usize = 50;

/// How alike two texts are, from 0 to 1, whatever their case: by letters, long ones by words.
pub(super) fn alike(a: &str, b: &str) -> f64 {
    let (a, b) = (a.trim(), b.trim());
    if a.eq_ignore_ascii_case(b) {
        return 1.0;
    }
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    if a.len() > LONG || b.len() > LONG {
        return words_in_common(a, b);
    }
    let (a, b) = (a.to_lowercase(), b.to_lowercase());
    let length = |text: &str| text.chars().count();
    #[expect(clippy::cast_precision_loss, reason = "texts are short")]
    let share = f64::from(distance(&a, &b)) / length(&a).max(length(&b)) as f64;
    1.0 - share
}

/// The words in both over the words in either (Jaccard).
pub(super) fn words_in_common(a: &str, b: &str) -> f64 {
    let (a, b) = (a.to_lowercase(), b.to_lowercase());
    let separates = |char: char| !char.is_alphanumeric();
    share(a.split(separates).collect(), b.split(separates).collect())
}

/// The letters in both over the letters in either (Jaccard).
pub(super) fn letters_in_common(a: &str, b: &str) -> f64 {
    let (a, b) = (a.to_lowercase(), b.to_lowercase());
    share(a.split("").collect(), b.split("").collect())
}

#[expect(clippy::cast_precision_loss, reason = "sets of words and letters are small")]
fn share<'t>(mut a: Vec<&'t str>, mut b: Vec<&'t str>) -> f64 {
    for set in [&mut a, &mut b] {
        set.retain(|part| !part.is_empty());
        set.sort_unstable();
        set.dedup();
    }
    let both = a.iter().filter(|part| b.binary_search(part).is_ok()).count();
    let either = a.len() + b.len() - both;
    if either == 0 { 0.0 } else { both as f64 / either as f64 }
}

/// How many letters must be put in, taken out or changed (Levenshtein): column by column, a column
/// of differences in the bits of one word (Myers 1999). Texts of more than 64 letters are cut off;
/// they are compared by words.
fn distance(a: &str, b: &str) -> u32 {
    let letters: Vec<char> = a.chars().take(64).collect();
    let rows = letters.len();
    if rows == 0 {
        return u32::try_from(b.chars().count()).unwrap_or(u32::MAX);
    }
    let mut ascii = [0_u64; 128];
    for (row, letter) in letters.iter().enumerate() {
        if let Some(bits) = ascii.get_mut(*letter as usize) {
            *bits |= 1 << row;
        }
    }
    let last = 1_u64 << (rows - 1);
    let (mut up, mut down) = (u64::MAX, 0_u64);
    let mut distance = u32::try_from(rows).unwrap_or(u32::MAX);
    for letter in b.chars() {
        let equal = ascii.get(letter as usize).copied().unwrap_or_else(|| {
            let rows = letters.iter().enumerate().filter(|(_, other)| **other == letter);
            rows.fold(0, |bits, (row, _)| bits | 1 << row)
        });
        let diagonal = (((equal & up).wrapping_add(up)) ^ up) | equal;
        let vertical = equal | down;
        let right = down | !(diagonal | up);
        let left = up & diagonal;
        distance += u32::from(right & last != 0);
        distance -= u32::from(left & last != 0);
        let right = right << 1 | 1;
        let left = left << 1;
        up = left | !(vertical | right);
        down = right & vertical;
    }
    distance
}

/// A text for comparison: lower case, white space folded, without what decorates its ends.
pub(super) fn folded(text: &str) -> String {
    let lower = text.to_lowercase();
    let plain = lower.split_whitespace().collect::<Vec<_>>().join(" ");
    let decoration = |char: char| " :*…«»‹›→←+▾▼▸►".contains(char);
    let bare = plain.trim_matches(decoration);
    let counted = without_count(bare).trim_matches(decoration);
    if counted.is_empty() { plain } else { counted.to_owned() }
}

/// `Inbox (3)` is the inbox, however many there are in it.
fn without_count(text: &str) -> &str {
    let inner = text.strip_suffix(')').and_then(|text| text.rsplit_once('('));
    match inner {
        Some((before, count))
            if !count.is_empty() && count.chars().all(|char| char.is_ascii_digit()) =>
        {
            before.trim_end()
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{alike, distance, folded, letters_in_common, words_in_common};
    use proptest::prelude::*;

    #[track_caller]
    fn near(found: f64, wanted: f64) {
        assert!((found - wanted).abs() < 0.005, "{found} is not {wanted}");
    }

    #[test]
    fn texts_are_compared_letter_by_letter() {
        near(alike("Save", "save"), 1.0);
        near(alike("kitten", "sitting"), 1.0 - 3.0 / 7.0);
        near(alike("Log in", "Log out"), 1.0 - 3.0 / 7.0);
        near(alike("", "x"), 0.0);
        near(alike("über", "uber"), 0.75);
    }

    #[test]
    fn the_distance_is_that_of_the_textbook() {
        let textbook = |a: &str, b: &str| {
            let b: Vec<char> = b.chars().collect();
            let mut row: Vec<u32> = (0..).take(b.len() + 1).collect();
            for (i, from) in (1..).zip(a.chars()) {
                let mut diagonal = std::mem::replace(&mut row[0], i);
                for (j, to) in b.iter().enumerate() {
                    let changed = diagonal + u32::from(from != *to);
                    diagonal = row[j + 1];
                    row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
                }
            }
            row[b.len()]
        };
        proptest!(|(a in "[abcü]{0,20}", b in "[abcü]{0,20}", c in "\\PC{0,60}", d in "\\PC{0,60}")| {
            prop_assert_eq!(distance(&a, &b), textbook(&a, &b));
            prop_assert_eq!(distance(&c, &d), textbook(&c, &d));
        });
    }

    #[test]
    fn long_texts_are_compared_word_by_word() {
        let long = "the quick brown fox jumps over the lazy dog and runs away";
        near(alike(long, "quick fox"), 2.0 / 11.0);
        near(words_in_common("a b", "b c"), 1.0 / 3.0);
        near(letters_in_common("abc", "bcd"), 0.5);
    }

    #[test]
    fn decoration_and_counts_are_no_part_of_a_name() {
        assert_eq!(folded("  User \n name: * "), "user name");
        assert_eq!(folded("Inbox (3)"), "inbox");
        assert_eq!(folded("Next »"), "next");
        assert_eq!(folded("→"), "→");
        assert_eq!(folded("Phone (work)"), "phone (work)");
    }
}
