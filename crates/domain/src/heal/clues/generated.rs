//! Ids and classes that a program made up.

/// Whether an id looks made up by a program, so that it will be another one next time, or the same
/// on something else: `ember123`, `:r1:`, `css-1x2y3z`, a UUID, a long number.
pub(in crate::heal) fn is_generated(id: &str) -> bool {
    if id.contains(':') && id.split(':').any(|part| is_counter(part) && !part.is_empty()) {
        return true;
    }
    if id.contains('\u{ab}') {
        return true;
    }
    let tokens = || id.split(|char: char| !char.is_ascii_alphanumeric());
    tokens().any(is_made_up) || is_uuid(id)
}

/// `r1`, `r1a`: a letter and a count.
fn is_counter(part: &str) -> bool {
    part.len() <= 5
        && part.starts_with(['r', 'R', 'S'])
        && part.chars().all(|char| char.is_ascii_alphanumeric())
}

fn is_made_up(token: &str) -> bool {
    let digits = token.bytes().filter(u8::is_ascii_digit).count();
    let letters = token.len() - digits;
    if digits == 0 {
        return is_jumble(token);
    }
    if letters == 0 {
        return digits >= 2;
    }
    let tail = token.bytes().rev().take_while(u8::is_ascii_digit).count();
    if tail == digits {
        // A word with a number: `address2` was written by a person, `ember123` was not.
        return digits >= 3 || letters <= 3 && digits >= 2;
    }
    // Digits among letters: a hash, unless it is a word with one digit in it, as in `oauth2client`.
    token.len() >= 5 && (digits >= 2 || turns(token) >= 2 && letters < 8)
}

/// How often letters and digits take turns.
fn turns(token: &str) -> usize {
    let kinds = || token.bytes().map(|byte| byte.is_ascii_digit());
    kinds().zip(kinds().skip(1)).filter(|(a, b)| a != b).count()
}

/// `bdVaJa`, `kQzXwP`: capitals in the midst of few letters, too often for words.
fn is_jumble(token: &str) -> bool {
    let capitals = token.bytes().skip(1).filter(u8::is_ascii_uppercase).count();
    let small = token.bytes().filter(u8::is_ascii_lowercase).count();
    (5..=8).contains(&token.len()) && capitals >= 2 && small >= 2 && capitals * 2 >= small
}

fn is_uuid(id: &str) -> bool {
    let hex: Vec<usize> = id
        .split('-')
        .filter(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .map(str::len)
        .collect();
    hex.windows(5).any(|five| five == [8, 4, 4, 4, 12])
}

#[cfg(test)]
mod tests {
    use super::is_generated;

    #[test]
    fn what_programs_make_up_is_seen() {
        for id in [
            "ember123",
            ":r1:",
            "radix-:r1a:",
            "css-1x2y3z",
            "sc-bdVaJa",
            "jss42",
            "Button_root__3xK9a",
            "ext-gen1042",
            "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
            "field-48213",
            "mui-77",
            "\u{ab}r0\u{bb}",
        ] {
            assert!(is_generated(id), "{id}");
        }
    }

    #[test]
    fn what_people_write_is_left_alone() {
        for id in [
            "id_username",
            "result_list",
            "address2",
            "id_form-0-name",
            "btnSaveDraft",
            "user-name",
            "oauth2client",
            "h1",
            "col-md-6",
            "newPassword",
            "SaveAsDraft",
        ] {
            assert!(!is_generated(id), "{id}");
        }
    }
}
