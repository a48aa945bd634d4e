//! Decimal numbers: reading and writing them with other separators. Their digits stay as they are.

/// A decimal number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    negative: bool,
    whole: String,
    /// Empty for a whole number.
    fraction: String,
}

impl Number {
    /// Reads what is written so. With a sign between thousands, it must stand between all of them; a
    /// number that begins with zeros is rather the name of something.
    pub(super) fn read(text: &str, group: Option<char>, decimal: char) -> Option<Self> {
        let unsigned = text.strip_prefix('-');
        let negative = unsigned.is_some();
        let unsigned = unsigned.unwrap_or(text);
        let (whole, fraction) = match unsigned.split_once(decimal) {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (unsigned, ""),
        };
        let whole = match group {
            Some(group) => joined(whole, group)?,
            None => whole.to_owned(),
        };
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let is_number = !whole.is_empty() && all_digits(&whole) && all_digits(fraction);
        let is_name = whole.len() > 1 && whole.starts_with('0');
        (is_number && !is_name).then(|| Self { negative, whole, fraction: fraction.to_owned() })
    }

    /// Writes it so.
    pub(super) fn write(&self, group: Option<char>, decimal: char) -> String {
        let mut out = String::from(if self.negative { "-" } else { "" });
        for (at, digit) in self.whole.chars().enumerate() {
            let left = self.whole.len() - at;
            out.extend(group.filter(|_| at > 0 && left.is_multiple_of(3)));
            out.push(digit);
        }
        if !self.fraction.is_empty() {
            out.push(decimal);
            out.push_str(&self.fraction);
        }
        out
    }
}

/// The digits of groups of three; the first may be shorter. Spaces do not break in good print.
fn joined(whole: &str, group: char) -> Option<String> {
    let plain = |char: char| if matches!(char, '\u{a0}' | '\u{202f}') { ' ' } else { char };
    let whole: String = whole.chars().map(plain).collect();
    let groups: Vec<&str> = whole.split(group).collect();
    let first = (1..=3).contains(&groups[0].len());
    (first && groups[1..].iter().all(|group| group.len() == 3)).then(|| groups.concat())
}
