//! Whether two goals can mean the same. Embeddings take "add the user" and "delete the user" for
//! near neighbours; whoever asks does not.

use crate::memory::placeholders::with_dummies;
use crate::memory::words;
use std::collections::BTreeSet;

/// Verbs by what they do to a thing. General English, of no application.
const ENDS: [&[&str]; 17] = [
    &["add", "create", "make", "insert", "register", "new"],
    &["delete", "remove", "erase", "destroy", "drop"],
    &["edit", "change", "update", "modify", "rename", "set"],
    &["find", "search", "view", "show", "list", "read", "see", "look", "check"],
    &["enable", "activate", "unlock", "on"],
    &["disable", "deactivate", "lock", "off"],
    &["publish", "release"],
    &["unpublish", "withdraw"],
    &["approve", "accept", "confirm"],
    &["reject", "decline", "deny"],
    &["subscribe", "follow", "join"],
    &["unsubscribe", "unfollow", "leave"],
    &["start", "begin", "resume"],
    &["stop", "end", "pause", "cancel", "abort"],
    &["upload", "import"],
    &["download", "export"],
    &["archive", "hide"],
];

/// Whether nothing they want done speaks against it.
pub(super) fn agree(one: &str, other: &str) -> bool {
    let (one, other) = (ends(one), ends(other));
    one.is_empty() || other.is_empty() || one == other
}

fn ends(goal: &str) -> BTreeSet<usize> {
    // Names of inputs are no verbs.
    let said = words::split(&with_dummies(goal));
    let wants = |verbs: &[&str]| said.iter().any(|word| verbs.contains(&word.as_str()));
    ENDS.iter().enumerate().filter(|(_, verbs)| wants(verbs)).map(|(number, _)| number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opposite_ends_do_not_agree_however_alike_they_read() {
        assert!(agree("add the user ada", "create the user bob"));
        assert!(agree("add the user {{inputs.list}}", "create the user"));
        assert!(agree("the monthly report", "download the report of the month"));
        for other in ["delete the user ada", "edit the user ada", "add the user and lock her out"] {
            assert!(!agree("add the user ada", other), "{other}");
        }
    }
}
