//! Tidiness that no lint knows: every file says what it is, no mod.rs, migrations say why.

use crate::say::say;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// Files longer than this, without their tests, are named: not an error, a question.
const LONG: usize = 300;

/// Where our own code and documents are; anything else at the root is not for this.
const FOLDERS: [&str; 3] = ["crates", "tests", "migrations"];

/// Fails with every file that is not tidy; names the long ones.
pub(super) fn check(workspace: &Workspace) -> Result<()> {
    let root = workspace.root();
    let mut faults = Vec::new();
    let mut long = Vec::new();
    for file in FOLDERS.iter().map(|folder| files_below(&root.join(folder))) {
        for path in file? {
            let text = fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            let name = path.strip_prefix(root).unwrap_or(&path);
            faults.extend(fault(name, &text).map(|what| format!("{} {what}", name.display())));
            long.extend(length_if_long(name, &text).map(|lines| (lines, name.to_owned())));
        }
    }
    for package in &workspace.metadata.packages {
        if package.folder() != root.join("tests") && !package.folder().join("README.md").is_file() {
            faults.push(format!("{} has no README.md", package.name));
        }
    }
    tell(&mut long);
    if faults.is_empty() {
        return Ok(());
    }
    bail!("{}", faults.join("; "))
}

fn tell(long: &mut [(usize, PathBuf)]) {
    long.sort_by(|one, other| other.cmp(one));
    for (lines, name) in long {
        say!("check: {} has {lines} lines; what wants its own name?", name.display());
    }
}

/// All Rust and SQL files, wherever they are below a folder.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let entry = entry?;
            let is_folder = entry.file_type()?.is_dir();
            let path = entry.path();
            if is_folder && path.file_name().is_some_and(|name| name != "target") {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs" || kind == "sql") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn fault(name: &Path, text: &str) -> Option<&'static str> {
    if name.ends_with("mod.rs") {
        return Some("should stand beside its folder, under the folder's name");
    }
    let first = text.lines().next().unwrap_or_default();
    if name.extension().is_some_and(|kind| kind == "sql") {
        return (!first.starts_with("-- "))
            .then_some("does not begin with a comment that says why");
    }
    let says = first.starts_with("//! ") || first.starts_with("#![doc = include_str!(");
    (!says).then_some("does not begin with `//!` and a sentence")
}

fn length_if_long(name: &Path, text: &str) -> Option<usize> {
    let is_test = name.components().any(|part| part.as_os_str() == "tests");
    let lines = text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).count();
    (lines > LONG && !is_test).then_some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, text: &str, tidy: bool) {
        assert_eq!(fault(Path::new(name), text).is_none(), tidy, "{name}: {text}");
    }

    #[test]
    fn every_file_begins_by_saying_what_it_is() {
        check("crates/store/src/claim.rs", "//! Claiming.\nuse x;", true);
        check("crates/store/src/lib.rs", "#![doc = include_str!(\"../README.md\")]", true);
        check("crates/store/src/claim.rs", "use x;", false);
        check("crates/store/src/claim.rs", "", false);
        check("crates/store/src/claim/mod.rs", "//! Claiming.", false);
        check("migrations/20260901120000_task.sql", "-- Tasks.\n", true);
        check("migrations/20260901120000_task.sql", "create table task ();", false);
    }

    #[test]
    fn tests_do_not_make_a_file_long() {
        let code = "line\n".repeat(LONG);
        let tests = format!("{code}#[cfg(test)]\nmod tests {{}}\n");
        assert_eq!(length_if_long(Path::new("crates/a/src/b.rs"), &tests), None);
        let longer = format!("{code}line\n");
        assert_eq!(length_if_long(Path::new("crates/a/src/b.rs"), &longer), Some(LONG + 1));
        assert_eq!(length_if_long(Path::new("crates/a/tests/b.rs"), &longer), None);
    }
}
