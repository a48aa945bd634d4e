//! What was measured, as a table and as JSON.

use super::exact::Exact;
use super::history::History;
use super::kept::Built;
use super::recall::Recall;
use super::search::Search;
use super::steps::Steps;
use crate::bench::machine::Machine;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use std::fs;
use std::io::Write as _;
use std::path::Path;

/// Everything about one size.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) situations: u64,
    pub(super) recall: Recall,
    pub(super) search: Search,
    pub(super) exact: Exact,
    pub(super) steps: Steps,
    pub(super) built: Built,
}

/// Everything that was measured.
pub(super) struct Account {
    machine: Machine,
    rows: Vec<Row>,
    history: Option<History>,
}

/// A figure, what it should be, and whether it is.
struct Aim {
    name: &'static str,
    value: f64,
    wanted: String,
    met: bool,
}

fn most(name: &'static str, value: f64, most: f64) -> Aim {
    Aim { name, value, wanted: format!("<= {most}"), met: value <= most }
}

fn least(name: &'static str, value: f64, least: f64) -> Aim {
    Aim { name, value, wanted: format!(">= {least}"), met: value >= least }
}

fn unset(name: &'static str, value: f64) -> Aim {
    Aim { name, value, wanted: String::new(), met: true }
}

impl Account {
    pub(super) fn new(machine: Machine) -> Self {
        Self { machine, rows: Vec::new(), history: None }
    }

    pub(super) fn of_postgres(&mut self, version: &str) {
        self.machine.postgres = Some(version.to_owned());
    }

    pub(super) fn add(&mut self, row: Row) {
        self.rows.push(row);
        self.rows.sort_by_key(|row| row.situations);
    }

    pub(super) fn history(&mut self, history: History) {
        self.history = Some(history);
    }

    /// Writes the JSON.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join("memory.json");
        let json = json!({
            "rows": self.rows.iter().map(row).collect::<Vec<_>>(),
            "machine": self.machine,
            "details": self.rows.iter().map(details).collect::<Vec<_>>(),
            "history": self.history,
        });
        fs::write(&path, serde_json::to_string_pretty(&json)? + "\n")
            .with_context(|| format!("cannot write {}", path.display()))
    }

    /// Prints the table.
    pub(super) fn print(&self) -> Result<()> {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}", self.machine)?;
        for row in &self.rows {
            writeln!(out, "\n{} situations", row.situations)?;
            for Aim { name, value, wanted, met } in aims(row) {
                let verdict = if met { "" } else { "MISSED" };
                let line = format!("  {name:<52} {value:>10.2}  {wanted:<10} {verdict}");
                writeln!(out, "{}", line.trim_end())?;
            }
        }
        if let Some(history) = &self.history {
            writeln!(out, "\nwith that many steps behind it: {}", json!(history))?;
        }
        Ok(())
    }
}

fn aims(row: &Row) -> Vec<Aim> {
    let Row { recall, search, exact, steps, built, .. } = row;
    vec![
        unset("recall on a site, HTTP, p50 (ms)", recall.http.p50_ms),
        most("recall on a site, HTTP, p95 (ms)", recall.http.p95_ms, 20.0),
        unset("recall on a site, HTTP, p99 (ms)", recall.http.p99_ms),
        unset("its statements alone, p50 (ms)", recall.sql.p50_ms),
        unset("its statements alone, p95 (ms)", recall.sql.p95_ms),
        unset("store and judging in one process, p50 (ms)", recall.store.p50_ms),
        most("HTTP over the statements alone", recall.http_over_sql, 1.25),
        unset("recall with a new text, HTTP, p50 (ms)", recall.http_embedding.p50_ms),
        unset("search across sites, HTTP, p50 (ms)", search.http.p50_ms),
        most("search across sites, HTTP, p95 (ms)", search.http.p95_ms, 60.0),
        unset("search across sites, HTTP, p99 (ms)", search.http.p99_ms),
        unset("its statements alone, p50 (ms)", search.sql.p50_ms),
        unset("embedding its text, p50 (ms)", search.embedding.p50_ms),
        most("HTTP over statements and embedding", search.http_over_sql, 1.2),
        most("searches that nothing came back to", f64::from(search.unanswered), 0.0),
        unset("search with a known text, HTTP, p50 (ms)", search.http_known.p50_ms),
        least("of the ten nearest, by the graph", exact.recall_at_10, 0.95),
        unset("the graph, p50 (ms)", exact.graph.p50_ms),
        unset("one by one, p50 (ms)", exact.one_by_one.p50_ms),
        unset("index of vectors (MiB)", built.index_mib),
        unset("building it (s)", built.index_seconds),
        unset("steps recorded (1/s)", steps.per_second),
        unset("steps by COPY (1/s)", steps.bare_per_second),
        least("recording over COPY", steps.over_bare, 0.5),
    ]
}

fn row(row: &Row) -> Value {
    let Row { situations, recall, search, exact, steps, built } = row;
    json!({
        "situations": situations,
        "recall_same_site_p50_ms": round(recall.http.p50_ms),
        "recall_same_site_p95_ms": round(recall.http.p95_ms),
        "recall_same_site_p99_ms": round(recall.http.p99_ms),
        "search_p50_ms": round(search.http.p50_ms),
        "search_p95_ms": round(search.http.p95_ms),
        "search_p99_ms": round(search.http.p99_ms),
        "http_over_sql": round(recall.http_over_sql),
        "embed_p50_ms": round(search.embedding.p50_ms),
        "recall_at_10_vs_exact": round(exact.recall_at_10),
        "index_mib": round(built.index_mib),
        "build_seconds": round(built.index_seconds),
        "steps_per_second": round(steps.per_second),
        "steps_over_bare": round(steps.over_bare),
    })
}

fn details(row: &Row) -> Value {
    json!({
        "situations": row.situations,
        "recall": row.recall,
        "search": row.search,
        "exact": row.exact,
        "steps": row.steps,
    })
}

/// To the third digit after the point.
fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
