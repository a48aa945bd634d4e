//! Figures: what was measured beside its floor, as a table and as JSON.

use crate::bench::machine::Machine;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use std::fmt::{self, Display, Formatter};
use std::fs;
use std::path::Path;

/// What a figure should be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Aim {
    /// The floor times at least this: of rates.
    AtLeast(f64),
    /// The floor times at most this: of times.
    AtMost(f64),
    /// The floor and at most this much more.
    Plus(f64),
    /// At most this much, whatever the floor.
    UpTo(f64),
    /// Only to be known.
    Unset,
}

/// One measurement: the floor, if there is one, and ours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Round {
    pub(super) floor: Option<f64>,
    pub(super) ours: f64,
}

impl Round {
    pub(super) const fn new(floor: f64, ours: f64) -> Self {
        Self { floor: Some(floor), ours }
    }

    pub(super) const fn alone(ours: f64) -> Self {
        Self { floor: None, ours }
    }

    fn ratio(self) -> Option<f64> {
        self.floor.filter(|floor| *floor > 0.0).map(|floor| self.ours / floor)
    }
}

/// One thing that was measured, round by round.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    name: String,
    unit: &'static str,
    aim: Aim,
    rounds: Vec<Round>,
}

impl Row {
    fn floor(&self) -> Option<f64> {
        let floors: Vec<f64> = self.rounds.iter().filter_map(|round| round.floor).collect();
        (!floors.is_empty()).then(|| median(floors))
    }

    fn ours(&self) -> f64 {
        median(self.rounds.iter().map(|round| round.ours).collect())
    }

    /// The median of the rounds' ratios, not the ratio of the medians: each round has its own floor.
    fn ratio(&self) -> Option<f64> {
        let ratios: Vec<f64> = self.rounds.iter().filter_map(|round| round.ratio()).collect();
        (!ratios.is_empty()).then(|| median(ratios))
    }

    /// Whether the aim is met; `None` when there is none.
    fn met(&self) -> Option<bool> {
        match self.aim {
            Aim::AtLeast(least) => Some(self.ratio()? >= least),
            Aim::AtMost(most) => Some(self.ratio()? <= most),
            Aim::Plus(more) => Some(self.ours() <= self.floor()? + more),
            Aim::UpTo(most) => Some(self.ours() <= most),
            Aim::Unset => None,
        }
    }

    fn aim(&self) -> String {
        match self.aim {
            Aim::AtLeast(least) => format!(">= {least} x"),
            Aim::AtMost(most) => format!("<= {most} x"),
            Aim::Plus(more) => format!("<= floor + {more} {}", self.unit),
            Aim::UpTo(most) => format!("<= {most} {}", self.unit),
            Aim::Unset => String::new(),
        }
    }

    fn json(&self) -> Value {
        let runs: Vec<Value> = self
            .rounds
            .iter()
            .map(
                |round| json!({ "floor": round.floor, "ours": round.ours, "ratio": round.ratio() }),
            )
            .collect();
        json!({
            "name": self.name,
            "floor": self.floor(),
            "ours": self.ours(),
            "unit": self.unit,
            "ratio": self.ratio(),
            "aim": Some(self.aim()).filter(|aim| !aim.is_empty()),
            "met": self.met(),
            "runs": runs,
        })
    }

    /// The cells of the table.
    fn cells(&self) -> [String; 6] {
        let verdict = match self.met() {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "",
        };
        [
            format!("{} ({})", self.name, self.unit),
            self.floor().map(shown).unwrap_or_default(),
            shown(self.ours()),
            self.ratio().map(|ratio| format!("{ratio:.2} x")).unwrap_or_default(),
            self.aim(),
            verdict.to_owned(),
        ]
    }
}

/// Everything a benchmark measured.
#[derive(Debug, Default)]
pub(super) struct Report {
    machine: Machine,
    rows: Vec<Row>,
    notes: Vec<String>,
}

impl Report {
    pub(super) fn new(machine: Machine) -> Self {
        Self { machine, rows: Vec::new(), notes: Vec::new() }
    }

    /// Which Playwright it was.
    pub(super) fn playwright(&mut self, version: &str) {
        self.machine.playwright = Some(version.to_owned());
    }

    /// Adds a round to the row of this name.
    pub(super) fn add(&mut self, name: &str, unit: &'static str, aim: Aim, round: Round) {
        match self.rows.iter_mut().find(|row| row.name == name) {
            Some(row) => row.rounds.push(round),
            None => {
                self.rows.push(Row { name: name.to_owned(), unit, aim, rounds: vec![round] });
            }
        }
    }

    /// Says something that helps to read the table.
    pub(super) fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Writes the JSON.
    pub(super) fn write(&self, folder: &Path, name: &str) -> Result<()> {
        let path = folder.join(name).with_extension("json");
        let rows: Vec<Value> = self.rows.iter().map(Row::json).collect();
        let json = json!({ "machine": self.machine, "rows": rows, "notes": self.notes });
        fs::create_dir_all(folder)?;
        fs::write(&path, serde_json::to_string_pretty(&json)? + "\n")
            .with_context(|| format!("cannot write {}", path.display()))
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let head = ["", "floor", "ours", "ratio", "aim", ""].map(str::to_owned);
        let lines: Vec<[String; 6]> =
            std::iter::once(head).chain(self.rows.iter().map(Row::cells)).collect();
        let width = |column: usize| {
            lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default()
        };
        let widths: [usize; 6] = std::array::from_fn(width);
        writeln!(f, "{}\n", self.machine)?;
        for [name, floor, ours, ratio, aim, verdict] in &lines {
            let [w0, w1, w2, w3, w4, _] = widths;
            let line = format!(
                "{name:<w0$}  {floor:>w1$}  {ours:>w2$}  {ratio:>w3$}  {aim:<w4$}  {verdict}"
            );
            writeln!(f, "{}", line.trim_end())?;
        }
        for note in &self.notes {
            writeln!(f, "\n{note}")?;
        }
        Ok(())
    }
}

/// Three digits that mean something.
fn shown(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// The middle one; between two of them, the mean of both.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

/// The value that this part of all values does not exceed.
pub(super) fn percentile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a rank among a few thousand"
    )]
    let rank = (sorted.len() as f64 * part).ceil() as usize;
    sorted.get(rank.clamp(1, sorted.len().max(1)) - 1).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_is_the_median_of_the_rounds() {
        let mut report = Report::default();
        for (floor, ours) in [(10.0, 5.0), (100.0, 90.0), (20.0, 12.0)] {
            report.add("rate", "1/s", Aim::AtLeast(0.5), Round::new(floor, ours));
        }
        let row = &report.rows[0];
        assert_eq!((row.floor(), row.ours(), row.ratio()), (Some(20.0), 12.0, Some(0.6)));
        assert_eq!(row.met(), Some(true));
    }

    #[test]
    fn an_aim_without_its_floor_is_neither_met_nor_missed() {
        let mut report = Report::default();
        report.add("alone", "ms", Aim::Plus(2.0), Round::alone(1.0));
        report.add("known", "ms", Aim::Unset, Round::new(1.0, 9.0));
        report.add("limit", "MB", Aim::UpTo(25.0), Round::alone(26.0));
        let met: Vec<_> = report.rows.iter().map(Row::met).collect();
        assert_eq!(met, [None, None, Some(false)]);
    }

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let values: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        for (part, wanted) in [(0.5, 50.0), (0.99, 99.0), (1.0, 100.0)] {
            assert!((percentile(&values, part) - wanted).abs() < f64::EPSILON, "{part}");
        }
        assert!(percentile(&[], 0.5).is_nan());
    }
}
