//! What a command says on standard output: tables for people, JSON for programs.

use anyhow::Result;
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;
use std::io::Write as _;

/// Writes a line of results.
pub(crate) fn line(text: impl AsRef<str>) -> Result<()> {
    Ok(writeln!(std::io::stdout().lock(), "{}", text.as_ref())?)
}

/// Writes a value as indented JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<()> {
    line(serde_json::to_string_pretty(value)?)
}

/// Writes a value as one line of JSON.
pub(crate) fn json_line(value: &impl Serialize) -> Result<()> {
    line(serde_json::to_string(value)?)
}

/// Tells a person something that is not a result.
pub(crate) fn note(text: impl AsRef<str>) {
    // Standard error may be closed; a note is not worth failing for.
    drop(writeln!(std::io::stderr().lock(), "{}", text.as_ref()));
}

/// The name that something has in JSON.
pub(crate) fn name(value: &impl Serialize) -> String {
    let name = serde_json::to_value(value).unwrap_or_default();
    name.as_str().unwrap_or_default().to_owned()
}

/// A table without frames, as wide as the terminal.
pub(crate) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header.iter().map(|title| title.to_uppercase()));
    table
}
