//! Names of keys, as a US keyboard has them.

/// One key as the protocol describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// What it means: `Enter`, `a`.
    pub name: String,
    /// Where it is: `KeyA`; empty for what no US keyboard has.
    pub code: String,
    /// Its number in the protocol, a Windows key code.
    pub number: u32,
    /// What it types.
    pub text: Option<String>,
    /// 1 left, 2 right, 3 keypad.
    pub location: u32,
    /// Its bit among the modifiers.
    pub modifier: u32,
}

/// The Alt key, among the modifiers.
pub const ALT: u32 = 1;
/// The Control key.
pub const CONTROL: u32 = 2;
/// The Meta key.
pub const META: u32 = 4;
/// The Shift key.
pub const SHIFT: u32 = 8;

/// name, code, number, text, location
type Named = (&'static str, &'static str, u32, Option<&'static str>, u32);

const NAMED: &[Named] = &[
    ("Enter", "Enter", 13, Some("\r"), 0),
    ("Tab", "Tab", 9, None, 0),
    ("Escape", "Escape", 27, None, 0),
    ("Backspace", "Backspace", 8, None, 0),
    ("Delete", "Delete", 46, None, 0),
    ("Insert", "Insert", 45, None, 0),
    ("Home", "Home", 36, None, 0),
    ("End", "End", 35, None, 0),
    ("PageUp", "PageUp", 33, None, 0),
    ("PageDown", "PageDown", 34, None, 0),
    ("ArrowLeft", "ArrowLeft", 37, None, 0),
    ("ArrowUp", "ArrowUp", 38, None, 0),
    ("ArrowRight", "ArrowRight", 39, None, 0),
    ("ArrowDown", "ArrowDown", 40, None, 0),
    ("CapsLock", "CapsLock", 20, None, 0),
    ("NumLock", "NumLock", 144, None, 0),
    ("ScrollLock", "ScrollLock", 145, None, 0),
    ("Pause", "Pause", 19, None, 0),
    ("PrintScreen", "PrintScreen", 44, None, 0),
    ("ContextMenu", "ContextMenu", 93, None, 0),
    ("F1", "F1", 112, None, 0),
    ("F2", "F2", 113, None, 0),
    ("F3", "F3", 114, None, 0),
    ("F4", "F4", 115, None, 0),
    ("F5", "F5", 116, None, 0),
    ("F6", "F6", 117, None, 0),
    ("F7", "F7", 118, None, 0),
    ("F8", "F8", 119, None, 0),
    ("F9", "F9", 120, None, 0),
    ("F10", "F10", 121, None, 0),
    ("F11", "F11", 122, None, 0),
    ("F12", "F12", 123, None, 0),
    ("Alt", "AltLeft", 18, None, 1),
    ("Control", "ControlLeft", 17, None, 1),
    ("Meta", "MetaLeft", 91, None, 1),
    ("Shift", "ShiftLeft", 16, None, 1),
    (" ", "Space", 32, Some(" "), 0),
];

/// Other names people use.
const ALIASES: &[(&str, &str)] = &[
    ("return", "Enter"),
    ("esc", "Escape"),
    ("del", "Delete"),
    ("ins", "Insert"),
    ("space", " "),
    ("spacebar", " "),
    ("left", "ArrowLeft"),
    ("up", "ArrowUp"),
    ("right", "ArrowRight"),
    ("down", "ArrowDown"),
    ("pgup", "PageUp"),
    ("pgdn", "PageDown"),
    ("ctrl", "Control"),
    ("controlormeta", "Control"),
    ("cmd", "Meta"),
    ("command", "Meta"),
    ("super", "Meta"),
    ("option", "Alt"),
];

/// Characters with and without shift, and the key they are on.
const CHARACTERS: &[(char, char, &str, u32)] = &[
    ('1', '!', "Digit1", 49),
    ('2', '@', "Digit2", 50),
    ('3', '#', "Digit3", 51),
    ('4', '$', "Digit4", 52),
    ('5', '%', "Digit5", 53),
    ('6', '^', "Digit6", 54),
    ('7', '&', "Digit7", 55),
    ('8', '*', "Digit8", 56),
    ('9', '(', "Digit9", 57),
    ('0', ')', "Digit0", 48),
    ('-', '_', "Minus", 189),
    ('=', '+', "Equal", 187),
    ('[', '{', "BracketLeft", 219),
    (']', '}', "BracketRight", 221),
    ('\\', '|', "Backslash", 220),
    (';', ':', "Semicolon", 186),
    ('\'', '"', "Quote", 222),
    ('`', '~', "Backquote", 192),
    (',', '<', "Comma", 188),
    ('.', '>', "Period", 190),
    ('/', '?', "Slash", 191),
];

/// Reads a key or chord such as `Enter`, `a`, `Control+Shift+K`, `Control++`: the keys that are
/// held, then the one that is pressed.
///
/// # Errors
/// Which part is no key.
pub fn parse(chord: &str) -> Result<(Vec<Key>, Key), String> {
    let mut parts: Vec<&str> = chord.split('+').collect();
    // A plus sign at the end is the key.
    if chord.ends_with('+') {
        parts.truncate(parts.len().saturating_sub(2));
        parts.push("+");
    }
    let last = parts.pop().unwrap_or_default();
    let mut held = Vec::new();
    for part in parts {
        let key = one(part.trim())?;
        if key.modifier == 0 {
            return Err(format!("`{part}` is not a key that can be held with others"));
        }
        held.push(key);
    }
    let last = if last.trim().is_empty() { last } else { last.trim() };
    let mut key = one(last)?;
    let bits = modifiers(&held);
    if bits & SHIFT != 0 {
        key = shifted(key);
    }
    if bits & (ALT | CONTROL | META) != 0 {
        // A shortcut types nothing.
        key.text = None;
    }
    Ok((held, key))
}

/// The modifiers that are held, as bits.
#[must_use]
pub fn modifiers(held: &[Key]) -> u32 {
    held.iter().fold(0, |bits, key| bits | key.modifier)
}

fn one(name: &str) -> Result<Key, String> {
    let lower = name.to_lowercase();
    let name = ALIASES.iter().find(|(alias, _)| *alias == lower).map_or(name, |(_, name)| *name);
    if let Some(named) = NAMED.iter().find(|named| named.0.eq_ignore_ascii_case(name)) {
        return Ok(from_named(named));
    }
    let mut chars = name.chars();
    match (chars.next(), chars.next()) {
        (Some(char), None) => Ok(from_char(char)),
        _ => Err(format!(
            "`{name}` is not a key; use names such as Enter, Escape, ArrowDown, F5, or one character"
        )),
    }
}

fn from_named(&(name, code, number, text, location): &Named) -> Key {
    let modifier = match name {
        "Alt" => ALT,
        "Control" => CONTROL,
        "Meta" => META,
        "Shift" => SHIFT,
        _ => 0,
    };
    Key {
        name: name.to_owned(),
        code: code.to_owned(),
        number,
        text: text.map(str::to_owned),
        location,
        modifier,
    }
}

fn from_char(char: char) -> Key {
    let (code, number) = if char.is_ascii_alphabetic() {
        let upper = char.to_ascii_uppercase();
        (format!("Key{upper}"), u32::from(upper))
    } else {
        CHARACTERS
            .iter()
            .find(|(plain, shifted, ..)| *plain == char || *shifted == char)
            .map(|(_, _, code, number)| ((*code).to_owned(), *number))
            .unwrap_or_default()
    };
    Key {
        name: char.to_string(),
        code,
        number,
        text: Some(char.to_string()),
        location: 0,
        modifier: 0,
    }
}

fn shifted(key: Key) -> Key {
    let mut chars = key.name.chars();
    let (Some(char), None) = (chars.next(), chars.next()) else { return key };
    let upper = if char.is_alphabetic() {
        char.to_uppercase().next().unwrap_or(char)
    } else {
        CHARACTERS
            .iter()
            .find(|(plain, ..)| *plain == char)
            .map_or(char, |(_, shifted, ..)| *shifted)
    };
    Key { name: upper.to_string(), text: Some(upper.to_string()), ..key }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(chord: &str, bits: u32, key: &str, code: &str, text: Option<&str>) {
        let (held, pressed) = parse(chord).unwrap();
        assert_eq!(modifiers(&held), bits, "{chord}");
        assert_eq!(
            (pressed.name.as_str(), pressed.code.as_str(), pressed.text.as_deref()),
            (key, code, text),
            "{chord}"
        );
    }

    #[test]
    fn keys_and_chords_are_understood() {
        check("Enter", 0, "Enter", "Enter", Some("\r"));
        check("esc", 0, "Escape", "Escape", None);
        check("a", 0, "a", "KeyA", Some("a"));
        check("A", 0, "A", "KeyA", Some("A"));
        check("Control+A", CONTROL, "A", "KeyA", None);
        check("ctrl+shift+k", CONTROL | SHIFT, "K", "KeyK", None);
        check("Shift+1", SHIFT, "!", "Digit1", Some("!"));
        check("Shift+Tab", SHIFT, "Tab", "Tab", None);
        check("+", 0, "+", "Equal", Some("+"));
        check("Control++", CONTROL, "+", "Equal", None);
        check(" ", 0, " ", "Space", Some(" "));
        check("Space", 0, " ", "Space", Some(" "));
        check("ß", 0, "ß", "", Some("ß"));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for bad in ["", "Foo", "a+b", "Control+Foo"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
