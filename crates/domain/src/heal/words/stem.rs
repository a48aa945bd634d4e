//! Light stemming: plural, `-ing`, `-ed`. Not a linguist's: both sides of a comparison go through
//! the same door, and that is all it takes.

/// Words that only look like a plural or a participle.
const WHOLE: &[&str] = &[
    "address", "access", "process", "business", "status", "class", "pass", "news", "series",
    "string", "thing", "king", "ring", "bring", "spring", "billing", "pricing", "shipping",
    "meeting", "booking", "listing", "setting", "heading", "feed", "seed", "need", "speed",
    "embed", "css", "https", "always", "canvas", "alias", "analysis", "basis", "bus", "campus",
    "focus", "menus",
    // The noun on buttons: `Save changes` changes nothing of what `Save` does.
    "changes",
];

/// The stem of a word in lower case.
pub(super) fn stem(word: &str) -> String {
    if WHOLE.contains(&word) || !word.is_ascii() || word.len() < 4 {
        return word.to_owned();
    }
    let singular = singular(word);
    if WHOLE.contains(&singular.as_str()) {
        return singular;
    }
    let bare = ["ing", "ed"].iter().find_map(|ending| {
        let bare = singular.strip_suffix(ending)?;
        let has_vowel = bare.bytes().any(|byte| b"aeiouy".contains(&byte));
        (bare.len() >= 3 && has_vowel).then(|| undouble(bare))
    });
    let stem = bare.unwrap_or(singular);
    match stem.strip_suffix('e') {
        Some(bare) if bare.len() >= 3 => bare.to_owned(),
        _ => stem,
    }
}

fn singular(word: &str) -> String {
    if let Some(bare) = word.strip_suffix("ies").filter(|bare| bare.len() >= 2) {
        return format!("{bare}y");
    }
    let hissing =
        |bare: &&str| ["s", "x", "z", "ch", "sh"].iter().any(|ending| bare.ends_with(ending));
    if let Some(bare) = word.strip_suffix("es").filter(hissing) {
        return bare.to_owned();
    }
    match word.strip_suffix('s') {
        Some(bare) if !bare.ends_with(['s', 'u', 'i']) => bare.to_owned(),
        _ => word.to_owned(),
    }
}

/// `stopp` as in `stopping`; `add`, `call` and `pass` are double of themselves.
fn undouble(word: &str) -> String {
    let doubled = ["tt", "pp", "nn", "mm", "gg", "rr", "bb"].iter().any(|two| word.ends_with(two));
    if doubled { word[..word.len() - 1].to_owned() } else { word.to_owned() }
}
