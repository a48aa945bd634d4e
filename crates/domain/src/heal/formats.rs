//! The formats that a page names for a field: what its type takes, what it says in letters
//! (`DD.MM.YYYY`), shows by an example, or demands by its pattern, and the language it is in.

use crate::plan::ValueFormat;
use crate::snapshot::Fingerprint;

/// The text that the page says describes a field: a hint, or what is wrong with it.
pub(super) const HINT: &str = "hint";

/// The language a field is in.
pub(super) const LANGUAGE: &str = "in-lang";

/// The formats that the page names for a field, the surest first. `complaint` is what the page said
/// when it refused a value.
#[must_use]
pub fn formats(field: &Fingerprint, complaint: &str) -> Vec<ValueFormat> {
    if let Some(own) = field.input_type.as_deref().and_then(taken_by) {
        return vec![own];
    }
    let attribute = |name: &str| field.attributes.get(name).map_or("", String::as_str);
    let hints =
        [field.placeholder.as_deref().unwrap_or_default(), attribute(HINT), attribute("title")];
    let words = [field.label.as_deref().unwrap_or_default(), &field.name, &field.neighbour_text];
    let found = [
        hints.iter().flat_map(|text| spelled(text)).collect(),
        demanded(attribute("pattern")).into_iter().collect(),
        words.iter().flat_map(|text| spelled(text)).collect(),
        spelled(complaint),
        hints.iter().flat_map(|text| shown(text)).collect(),
        spoken(attribute(LANGUAGE)).into_iter().collect(),
    ];
    let mut named: Vec<ValueFormat> = Vec::new();
    for format in found.concat() {
        if !named.contains(&format) {
            named.push(format);
        }
    }
    named
}

/// What the value of an input of a type has to be written in.
fn taken_by(input_type: &str) -> Option<ValueFormat> {
    match input_type {
        "date" => Some(ValueFormat::IsoDate),
        "month" => Some(ValueFormat::IsoMonth),
        "time" => Some(ValueFormat::Time),
        "datetime-local" => Some(ValueFormat::IsoDateTime),
        "number" | "range" => Some(ValueFormat::Point),
        _ => None,
    }
}

/// The formats that a text spells out in letters, in the order it does. It may do so in other
/// languages: `TT.MM.JJJJ`, `JJ/MM/AAAA`.
fn spelled(text: &str) -> Vec<ValueFormat> {
    let mut text = in_our_letters(text);
    let mut names: Vec<(String, ValueFormat)> = ValueFormat::ALL
        .into_iter()
        .filter(|format| format.as_str().starts_with(|char: char| char.is_alphabetic()))
        .map(|format| (format.as_str().replace("h:mm", "HH:mm"), format))
        .collect();
    // What is part of a longer one is not meant by itself.
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    let mut found = Vec::new();
    for (name, format) in names {
        while let Some(at) = alone(&text, &name) {
            text.replace_range(at..at + name.len(), &"\0".repeat(name.len()));
            found.push((at, format));
        }
    }
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, format)| format).collect()
}

/// The text with the letters that stand for digits as ours: runs of one letter, in any case.
fn in_our_letters(text: &str) -> String {
    let text = text.to_lowercase().replace("am/pm", "a");
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(letter) = rest.chars().next() {
        let run = rest.len() - rest.trim_start_matches(letter).len();
        let count = run / letter.len_utf8();
        match (letter, count) {
            ('y' | 'j' | 'a' | 'r' | 'å' | 'v', 4) => out.push_str("YYYY"),
            ('y', 2) => out.push_str("YY"),
            ('m', 1 | 2) if out.ends_with(':') => out.push_str("mm"),
            ('m', 1 | 2) | ('k', 2) => out.push_str("MM"),
            ('d', 1 | 2) | ('t' | 'j' | 'g' | 'p', 2) => out.push_str("DD"),
            ('h', 1 | 2) => out.push_str("HH"),
            ('a', 1) if out.ends_with("mm ") => out.push('A'),
            ('t', 1) if out.ends_with("DD") => out.push('T'),
            _ => out.push_str(&rest[..run]),
        }
        rest = &rest[run..];
    }
    out
}

/// Where a name stands that is no part of something longer.
fn alone(text: &str, name: &str) -> Option<usize> {
    text.match_indices(name).map(|(at, _)| at).find(|at| {
        let (before, after) = (&text[..*at], &text[at + name.len()..]);
        !goes_on(before.chars().rev()) && !goes_on(after.chars())
    })
}

/// Whether what follows belongs to what went before: a letter, or one after a sign that joins them.
fn goes_on(mut following: impl Iterator<Item = char>) -> bool {
    let first = following.next();
    let joins = first.is_some_and(|char| matches!(char, '/' | '.' | '-' | ':'));
    let letter = if joins { following.next() } else { first };
    letter.is_some_and(char::is_alphanumeric)
}

/// The formats of the examples in a text.
fn shown(text: &str) -> Vec<ValueFormat> {
    let bare = |word: &'_ str| -> String {
        word.trim_matches(|char: char| !char.is_alphanumeric() && char != '-').to_owned()
    };
    let words: Vec<String> = text.split_whitespace().map(bare).collect();
    let pairs = words.windows(2).map(|pair| pair.join(" "));
    let found = pairs.chain(words.iter().cloned());
    found.filter_map(|example| ValueFormat::of_example(&example)).collect()
}

/// The format that a pattern of digits and signs demands, if only one has this shape.
fn demanded(pattern: &str) -> Option<ValueFormat> {
    let mut shape = pattern.replace("[0-9]", "\\d").replace(['^', '$', '(', ')'], "");
    for (digits, as_many) in [
        ("\\d{4}", "####"),
        ("\\d{2}", "##"),
        ("\\d{1,2}", "##"),
        ("\\d", "#"),
        ("\\.", "."),
        ("\\/", "/"),
        ("\\-", "-"),
        ("[.]", "."),
        ("[/]", "/"),
    ] {
        shape = shape.replace(digits, as_many);
    }
    let digit = |char: char| if char.is_alphabetic() { '#' } else { char };
    let mut fitting = ValueFormat::ALL.into_iter().filter(|format| {
        let name = format.as_str();
        let in_digits = name.contains(['Y', 'H']) && !name.contains('T');
        in_digits && name.chars().map(digit).eq(shape.chars())
    });
    fitting.next().filter(|_| fitting.next().is_none())
}

/// How numbers are written in a language; `None` where its regions differ.
fn spoken(language: &str) -> Option<ValueFormat> {
    const COMMA: &str = "bg ca cs da de el et eu fi fr gl hr hu id is it lt lv nb nl nn no pl pt ro \
                         ru sk sl sr sv tr uk vi es-es es-ar es-cl es-co";
    const POINT: &str = "he ja ko th zh en en-us en-gb en-au en-ca en-ie en-nz es-mx es-us";
    const OTHERWISE: &str = "de-ch de-li fr-ch it-ch";
    let spoken = language.to_lowercase();
    let family = spoken.split('-').next().unwrap_or_default();
    let lists = |list: &str, wanted: &str| list.split_whitespace().any(|it| it == wanted);
    let known = |wanted: &str| match (lists(COMMA, wanted), lists(POINT, wanted)) {
        (true, _) => Some(ValueFormat::Comma),
        (_, true) => Some(ValueFormat::Point),
        _ => None,
    };
    let as_family = || known(family).filter(|_| family != "en" && !lists(OTHERWISE, &spoken));
    known(&spoken).or_else(as_family)
}

#[cfg(test)]
mod tests {
    use super::formats;
    use crate::heal::testing::{field, with_attribute};
    use crate::plan::ValueFormat;
    use crate::snapshot::Fingerprint;

    fn names(field: &Fingerprint, complaint: &str) -> Vec<&'static str> {
        formats(field, complaint).into_iter().map(ValueFormat::as_str).collect()
    }

    fn hinted(placeholder: &str) -> Fingerprint {
        Fingerprint { placeholder: Some(placeholder.into()), ..field("text", "When") }
    }

    #[test]
    fn a_field_that_is_picked_takes_what_its_type_takes() {
        for (input_type, expected) in [
            ("date", "YYYY-MM-DD"),
            ("month", "YYYY-MM"),
            ("time", "HH:mm"),
            ("datetime-local", "YYYY-MM-DDTHH:mm"),
            ("number", "1234.5"),
        ] {
            let field =
                Fingerprint { placeholder: Some("DD.MM.YYYY".into()), ..field(input_type, "When") };
            assert_eq!(names(&field, ""), [expected]);
        }
    }

    #[test]
    fn formats_are_spelled_out_in_many_ways() {
        for (text, expected) in [
            ("MM/DD/YYYY", "MM/DD/YYYY"),
            ("mm/dd/yyyy", "MM/DD/YYYY"),
            ("yyyy-mm-dd", "YYYY-MM-DD"),
            ("Date (d.m.yyyy).", "DD.MM.YYYY"),
            ("TT.MM.JJJJ", "DD.MM.YYYY"),
            ("jj/mm/aaaa", "DD/MM/YYYY"),
            ("GG/MM/AAAA", "DD/MM/YYYY"),
            ("DD-MM-JJJJ", "DD-MM-YYYY"),
            ("pp.kk.vvvv", "DD.MM.YYYY"),
            ("åååå-mm-dd", "YYYY-MM-DD"),
            ("Format: YYYYMMDD", "YYYYMMDD"),
            ("hh:mm", "HH:mm"),
            ("h:mm A", "h:mm A"),
            ("hh:mm AM/PM", "h:mm A"),
            ("YYYY-MM-DDTHH:mm", "YYYY-MM-DDTHH:mm"),
            ("dd.mm.yyyy hh:mm", "DD.MM.YYYY HH:mm"),
            ("MM/YY", "MM/YY"),
        ] {
            assert_eq!(names(&hinted(text), ""), [expected], "{text}");
        }
    }

    #[test]
    fn what_is_a_part_of_a_format_we_do_not_know_is_no_format() {
        for text in ["DD/MM/YY", "HH:mm:ss", "YYYY.MM.DD", "your name", "a date", "add an hour"] {
            assert_eq!(names(&hinted(text), ""), [""; 0], "{text}");
        }
    }

    #[test]
    fn an_example_names_a_format_if_it_can_be_no_other() {
        for (text, expected) in [
            ("e.g. 27.04.2026", &["DD.MM.YYYY"][..]),
            ("04/27/2026", &["MM/DD/YYYY"]),
            ("01/02/2026", &[]),
            ("like 2:30 PM", &["h:mm A"]),
            ("(1.234,56)", &["1.234,5"]),
            ("12,50", &["1234,5"]),
            ("1,234", &[]),
            ("100", &[]),
        ] {
            assert_eq!(names(&hinted(text), ""), expected, "{text}");
        }
    }

    #[test]
    fn a_pattern_names_a_format_if_it_fits_one_only() {
        for (pattern, expected) in [
            (r"\d{2}\.\d{2}\.\d{4}", &["DD.MM.YYYY"][..]),
            (r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", &["YYYY-MM-DD"]),
            (r"\d{1,2}[.]\d{1,2}[.]\d{4}", &["DD.MM.YYYY"]),
            (r"(\d\d):(\d\d)", &["HH:mm"]),
            (r"\d{2}/\d{2}/\d{4}", &[]),
            ("[A-Z]{2}", &[]),
        ] {
            let field = with_attribute("pattern", pattern, field("text", "When"));
            assert_eq!(names(&field, ""), expected, "{pattern}");
        }
    }

    #[test]
    fn what_the_field_says_goes_before_what_is_said_around_it() {
        let told = with_attribute("hint", "Use DD.MM.YYYY", hinted("MM/DD/YYYY"));
        assert_eq!(names(&told, "expected YYYY-MM-DD"), ["MM/DD/YYYY", "DD.MM.YYYY", "YYYY-MM-DD"]);
        let labelled = field("text", "Day of birth (DD/MM/YYYY)");
        assert_eq!(names(&labelled, ""), ["DD/MM/YYYY"]);
    }

    #[test]
    fn a_language_says_how_numbers_are_written() {
        for (language, expected) in [
            ("de", &["1234,5"][..]),
            ("de-AT", &["1234,5"]),
            ("de-CH", &[]),
            ("es-MX", &["1234.5"]),
            ("es", &[]),
            ("en-ZA", &[]),
            ("en-US", &["1234.5"]),
            ("", &[]),
        ] {
            let field = with_attribute("in-lang", language, field("text", "Amount"));
            assert_eq!(names(&field, ""), expected, "{language}");
        }
    }
}
