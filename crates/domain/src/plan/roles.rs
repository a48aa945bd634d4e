//! The roles of WAI-ARIA 1.2 that an element can have.

const ROLES: &[&str] = &[
    "alert",
    "alertdialog",
    "application",
    "article",
    "banner",
    "blockquote",
    "button",
    "caption",
    "cell",
    "checkbox",
    "code",
    "columnheader",
    "combobox",
    "complementary",
    "contentinfo",
    "definition",
    "deletion",
    "dialog",
    "directory",
    "document",
    "emphasis",
    "feed",
    "figure",
    "form",
    "generic",
    "grid",
    "gridcell",
    "group",
    "heading",
    "img",
    "insertion",
    "link",
    "list",
    "listbox",
    "listitem",
    "log",
    "main",
    "mark",
    "marquee",
    "math",
    "menu",
    "menubar",
    "menuitem",
    "menuitemcheckbox",
    "menuitemradio",
    "meter",
    "navigation",
    "none",
    "note",
    "option",
    "paragraph",
    "presentation",
    "progressbar",
    "radio",
    "radiogroup",
    "region",
    "row",
    "rowgroup",
    "rowheader",
    "scrollbar",
    "search",
    "searchbox",
    "separator",
    "slider",
    "spinbutton",
    "status",
    "strong",
    "subscript",
    "superscript",
    "switch",
    "tab",
    "table",
    "tablist",
    "tabpanel",
    "term",
    "textbox",
    "time",
    "timer",
    "toolbar",
    "tooltip",
    "tree",
    "treegrid",
    "treeitem",
];

/// Reads a role.
///
/// # Errors
/// There is no such role; the nearest one is named.
pub(super) fn check(role: &str) -> Result<String, String> {
    let role = role.trim().to_lowercase();
    if ROLES.contains(&role.as_str()) {
        return Ok(role);
    }
    let nearest = ROLES.iter().min_by_key(|known| distance(known, &role));
    let hint = nearest.filter(|known| distance(known, &role) <= 2);
    let hint = hint.map_or_else(String::new, |known| format!("; did you mean `{known}`?"));
    Err(format!("`{role}` is not an ARIA role{hint}"))
}

/// How many letters must be put in, taken out or changed (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let changed = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn roles_are_known_and_typing_errors_are_named() {
        assert_eq!(check(" Button "), Ok("button".into()));
        assert_eq!(
            check("buton").unwrap_err(),
            "`buton` is not an ARIA role; did you mean `button`?"
        );
        assert_eq!(check("thing").unwrap_err(), "`thing` is not an ARIA role");
    }
}
