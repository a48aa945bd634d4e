//! A table as wide as the terminal. Words, as ids, states, dates and figures, are never broken: prose
//! gives way to them, and where that is not enough it stands below its row.

#[cfg(test)]
mod tests;

use super::{line, note};
use anyhow::Result;
use comfy_table::{ColumnConstraint, ContentArrangement, Table as Grid, Width, presets};
use domain::one_line::one_line;

/// Between two columns.
const GAP: u16 = 2;

/// Prose is not made narrower than this; what is this short is never broken.
const NARROW: u16 = 20;

/// Before what stands below a row.
const INDENT: &str = "    ";

/// A column's title, and what kind of thing is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// What must stay whole.
    Word(&'static str),
    /// The same, but left out of a table without prose that has no room for it: the last one first.
    Extra(&'static str),
    /// What can be read in several lines.
    Prose(&'static str),
}

impl Column {
    const fn title(self) -> &'static str {
        match self {
            Self::Word(title) | Self::Extra(title) | Self::Prose(title) => title,
        }
    }
}

/// Rows below titles, without frames.
#[derive(Debug)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(columns: &[Column]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    pub(crate) fn add_row(&mut self, row: impl IntoIterator<Item = String>) {
        self.rows.push(row.into_iter().map(|cell| one_line(&cell)).collect());
    }

    /// Writes it, as wide as the terminal; as wide as it needs to be where there is none.
    pub(crate) fn print(&self) -> Result<()> {
        let (lines, left_out) = self.lines(Grid::new().width());
        line(lines.join("\n"))?;
        if !left_out.is_empty() {
            let left_out = left_out.join(", ");
            note(format!("No room for: {left_out}. A wider terminal has it, and --json."));
        }
        Ok(())
    }

    /// Its lines, and the titles of what is left out.
    pub(crate) fn lines(&self, width: Option<u16>) -> (Vec<String>, Vec<&'static str>) {
        let natural = self.grid(&self.all(), None).column_max_content_widths();
        let mut shown = self.all();
        let Some(width) = width else { return (drawn(&self.grid(&shown, None)), Vec::new()) };
        let mut left_out = Vec::new();
        loop {
            if let Some(widths) = self.arranged(&shown, &natural, width) {
                return (drawn(&self.grid(&shown, Some(&widths))), left_out);
            }
            if (0..natural.len()).any(|at| self.gives_way(at, &natural)) {
                return (self.stacked(&natural, width), left_out);
            }
            let extra = |at: &usize| matches!(self.columns[*at], Column::Extra(_));
            let Some(last) = shown.iter().rposition(extra) else {
                return (drawn(&self.grid(&shown, None)), left_out);
            };
            left_out.push(self.columns[shown.remove(last)].title());
        }
    }

    fn all(&self) -> Vec<usize> {
        (0..self.columns.len()).collect()
    }

    fn gives_way(&self, at: usize, natural: &[u16]) -> bool {
        matches!(self.columns[at], Column::Prose(_)) && natural[at] > NARROW
    }

    /// The width of each of these columns, if they fit beside each other.
    fn arranged(&self, columns: &[usize], natural: &[u16], width: u16) -> Option<Vec<u16>> {
        let least = |at: &usize| if self.gives_way(*at, natural) { NARROW } else { natural[*at] };
        let mut widths: Vec<u16> = columns.iter().map(least).collect();
        let gaps = GAP * u16::try_from(columns.len().saturating_sub(1)).ok()?;
        let used = widths.iter().fold(gaps, |sum, width| sum.saturating_add(*width));
        let mut room = width.checked_sub(used)?;
        while room > 0 {
            let before = room;
            for (at, width) in widths.iter_mut().enumerate() {
                if room > 0 && *width < natural[columns[at]] {
                    *width += 1;
                    room -= 1;
                }
            }
            if room == before {
                break;
            }
        }
        Some(widths)
    }

    /// Rows of the words that fit, each with the others and the prose below it.
    fn stacked(&self, natural: &[u16], width: u16) -> Vec<String> {
        let is_word = |at: &usize| !self.gives_way(*at, natural);
        let (words, proses): (Vec<_>, Vec<_>) = self.all().into_iter().partition(is_word);
        let (mut first, mut others, mut used) = (Vec::new(), Vec::new(), 0_u16);
        for at in words {
            let sum = used.saturating_add(natural[at]);
            if first.is_empty() || sum <= width {
                first.push(at);
                used = sum.saturating_add(GAP);
            } else {
                others.push(at);
            }
        }
        let mut heads = drawn(&self.grid(&first, None)).into_iter();
        let mut lines: Vec<String> = heads.next().into_iter().collect();
        let room = usize::from(width).saturating_sub(INDENT.len()).max(usize::from(NARROW));
        for (row, head) in self.rows.iter().zip(heads) {
            lines.push(head);
            let told = |at: &usize| match self.columns[*at].title() {
                "" => row[*at].clone(),
                title => format!("{title}: {}", row[*at]),
            };
            let some = |at: &&usize| !row[**at].is_empty();
            let below = beside(others.iter().filter(some).map(told), room);
            let prose = proses.iter().filter(some).flat_map(|at| broken(&told(at), room));
            lines.extend(below.into_iter().chain(prose).map(|line| format!("{INDENT}{line}")));
        }
        lines
    }

    /// These columns beside each other, as wide as is said or as they need to be.
    fn grid(&self, columns: &[usize], widths: Option<&[u16]>) -> Grid {
        let mut grid = Grid::new();
        grid.load_preset(presets::NOTHING).force_no_tty();
        grid.set_content_arrangement(ContentArrangement::Disabled);
        grid.set_header(columns.iter().map(|at| self.columns[*at].title().to_uppercase()));
        for row in &self.rows {
            grid.add_row(columns.iter().map(|at| &row[*at]));
        }
        let last = columns.len().saturating_sub(1);
        for (at, column) in grid.column_iter_mut().enumerate() {
            let gap = if at == last { 0 } else { GAP };
            column.set_padding((0, gap));
            if let Some(widths) = widths {
                let whole = Width::Fixed(widths[at].saturating_add(gap));
                column.set_constraint(ColumnConstraint::Absolute(whole));
            }
        }
        grid
    }
}

fn drawn(grid: &Grid) -> Vec<String> {
    grid.lines().map(|line| line.trim_end().to_owned()).collect()
}

/// These beside each other, in as many lines as that takes.
fn beside(words: impl Iterator<Item = String>, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 2 + word.chars().count() <= room => {
                line.push_str("  ");
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

/// A text in lines.
fn broken(text: &str, room: usize) -> Vec<String> {
    let mut grid = Grid::new();
    grid.load_preset(presets::NOTHING).force_no_tty();
    grid.set_content_arrangement(ContentArrangement::Dynamic);
    grid.set_width(u16::try_from(room).unwrap_or(u16::MAX));
    grid.add_row([text]);
    for column in grid.column_iter_mut() {
        column.set_padding((0, 0));
    }
    drawn(&grid)
}
