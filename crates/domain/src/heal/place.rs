//! Where a locator says that its element is, and how much that is where another element is.

mod read;

use crate::plan::{Locator, Target};
use crate::snapshot::Fingerprint;

/// The way to an element through the page, outermost first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The id that it starts from.
    root: Option<String>,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    tag: String,
    number: Number,
}

/// Which of its like a step takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Number {
    /// The so-manieth of its tag.
    OfTag(u32),
    /// The so-manieth of all children: of its tag it is at most that.
    OfAll(u32),
    /// It does not say.
    Unsaid,
}

/// How much less each step says the further it is from the element: 12 steps up it says a tenth.
const FADING: f64 = 0.83;
/// Another number of its tag: something was put before it.
const SHIFTED: f64 = 0.3;
/// Another row of a table, another entry of a list, another cell: another thing.
const OTHER_ROW: f64 = -0.6;
/// The last step with another number is the element's neighbour.
const NEIGHBOUR: f64 = -0.4;
/// One kind of box for another: `main` where a `div` was.
const REBOXED: f64 = 0.6;
/// A link that became a button.
const REMADE: f64 = 0.8;
/// A number counted among all children says less than one among those of its tag.
const OF_ALL: f64 = 0.8;
/// Of its tag it may be an earlier one than of all.
const FEWER: f64 = 0.6;
/// A box more, or a box less.
const WRAPPED: f64 = 0.25;
/// Anything else more or less.
const REBUILT: f64 = 0.6;

impl Place {
    /// Where a locator says that its element is; nothing when it does not go by a path.
    #[must_use]
    pub fn of_target(target: &Target) -> Option<Self> {
        match &target.locator {
            Locator::Css { selector } => Self::of_steps(read::css(selector), read::root(selector)),
            Locator::Xpath { expression } => Self::of_steps(read::xpath(expression), None),
            _ => None,
        }
    }

    /// Where an element is.
    #[must_use]
    pub fn of_element(element: &Fingerprint) -> Option<Self> {
        Self::of_steps(read::xpath(&element.xpath), read::root(&element.css_path))
    }

    fn of_steps(mut steps: Vec<Step>, root: Option<String>) -> Option<Self> {
        steps.retain(|step| !matches!(step.tag.as_str(), "html" | "body"));
        (!steps.is_empty()).then_some(Self { root, steps })
    }

    /// Whether it leads into a row of a table.
    pub(super) fn is_in_row(&self) -> bool {
        let body = self.steps.iter().rposition(|step| step.tag == "thead");
        let row = self.steps.iter().rposition(|step| step.tag == "tr");
        row.is_some() && body.is_none()
    }

    /// Whether it starts from the id that the other one is under.
    pub(super) fn starts_with(&self, other: &Self) -> bool {
        self.root.is_some() && self.root == other.root
    }

    /// Whether one is in the head of the page, or of a form, and the other at its foot.
    pub(super) fn is_across(&self, other: &Self) -> bool {
        let has = |place: &Self, tag: &str| place.steps.iter().any(|step| step.tag == tag);
        has(self, "header") && has(other, "footer") || has(self, "footer") && has(other, "header")
    }

    /// Whether all its numbers are of tags.
    pub(super) fn is_exact(&self) -> bool {
        self.steps.iter().all(|step| matches!(step.number, Number::OfTag(_)))
    }

    /// Where the cells of the row are that it counts to, if it leads to a cell; or what of the same tag
    /// is in them, if it leads on to something in a cell.
    pub(super) fn row_of_cells(&self) -> Option<String> {
        let is_cell = |step: &Step| matches!(step.tag.as_str(), "td" | "th");
        let at = self.steps.iter().rposition(is_cell)?;
        let row = at.checked_sub(1).map(|before| &self.steps[before])?;
        let in_body = !self.steps.iter().any(|step| step.tag == "thead");
        if row.tag != "tr" || !in_body {
            return None;
        }
        let inside = match &self.steps[at + 1..] {
            [] => String::new(),
            [.., last] => format!("//{}", last.tag),
        };
        match row.number {
            Number::OfTag(number) | Number::OfAll(number) => {
                Some(format!("//table/tbody/tr[{number}]/*{inside}"))
            }
            Number::Unsaid => None,
        }
    }

    /// Whether both lead into rows of tables, and the number of the row is another one.
    pub(super) fn is_of_another_row(&self, other: &Self) -> bool {
        let row = |place: &Self| {
            place.is_in_row().then(|| place.steps.iter().rfind(|step| step.tag == "tr").cloned())
        };
        match (row(self).flatten(), row(other).flatten()) {
            (Some(mine), Some(theirs)) => mine.numbers(&theirs).is_none(),
            _ => false,
        }
    }

    /// The tag that it leads to.
    pub(super) fn tag(&self) -> &str {
        self.steps.last().map_or("", |step| step.tag.as_str())
    }

    /// How many steps it has.
    pub(super) fn depth(&self) -> usize {
        self.steps.len()
    }

    /// How much of this way leads to where the other one does, from 0 to 1: the best alignment of
    /// both from their ends, where boxes may have come and gone.
    pub(super) fn likeness(&self, other: &Self) -> f64 {
        let (mine, theirs) = (&self.steps, &other.steps);
        let weight = |from_end: usize| FADING.powi(i32::try_from(from_end).unwrap_or(i32::MAX));
        let whole: f64 = (0..mine.len()).map(weight).sum();
        let (Some(last), Some(their_last)) = (mine.last(), theirs.last()) else { return 0.0 };
        let Some(leaf) = last.leaf_likeness(their_last) else { return 0.0 };
        // `best[j]`: the most that the steps so far can reach with `j` of theirs used up.
        let columns = theirs.len();
        let mut best = vec![0.0; columns + 1];
        for (from_end, step) in mine.iter().rev().enumerate().skip(1).rev() {
            let weight = weight(from_end);
            let mut row = vec![0.0_f64; columns + 1];
            for used in (1..columns).rev() {
                let their = &theirs[columns - 1 - used];
                let taken = best[used + 1] + weight * step.likeness(their);
                let mine_more = best[used] - weight * step.cost();
                let theirs_more = row[used + 1] - weight * their.cost();
                row[used] = taken.max(mine_more).max(theirs_more).max(0.0);
            }
            best = row;
        }
        let inner = best.get(1).copied().unwrap_or_default();
        ((leaf + inner) / whole).clamp(0.0, 1.0)
    }
}

impl Step {
    fn is_box(&self) -> bool {
        matches!(
            self.tag.as_str(),
            "div"
                | "span"
                | "section"
                | "main"
                | "article"
                | "header"
                | "footer"
                | "aside"
                | "nav"
                | "p"
                | "center"
        )
    }

    /// Whether its number is that of a thing, not of a place.
    fn counts_things(&self) -> bool {
        matches!(self.tag.as_str(), "tr" | "li" | "td" | "th" | "option" | "dt" | "dd")
    }

    fn cost(&self) -> f64 {
        // The second of its kind is there beside the first, and not around what was there.
        let beside = matches!(self.number, Number::OfTag(2..));
        if self.is_box() && !beside { WRAPPED } else { REBUILT }
    }

    fn likeness(&self, other: &Self) -> f64 {
        if self.tag == other.tag {
            return match self.numbers(other) {
                Some(alike) => alike,
                None if self.counts_things() => OTHER_ROW,
                None => SHIFTED,
            };
        }
        if self.is_box() && other.is_box() { REBOXED } else { f64::NEG_INFINITY }
    }

    fn leaf_likeness(&self, other: &Self) -> Option<f64> {
        if self.tag == other.tag {
            return Some(self.numbers(other).unwrap_or(NEIGHBOUR));
        }
        let pressed = |step: &Self| matches!(step.tag.as_str(), "a" | "button" | "input");
        (pressed(self) && pressed(other)).then_some(REMADE)
    }

    /// How well the numbers agree; `None` when they do not.
    fn numbers(&self, other: &Self) -> Option<f64> {
        let Number::OfTag(theirs) = other.number else { return Some(OF_ALL) };
        match self.number {
            Number::OfTag(mine) => (mine == theirs).then_some(1.0),
            // Rows and entries have no others between them.
            Number::OfAll(mine) if matches!(self.tag.as_str(), "tr" | "li" | "option") => {
                (mine == theirs).then_some(1.0)
            }
            Number::OfAll(mine) if mine == theirs => Some(1.0),
            Number::OfAll(mine) => (theirs < mine).then_some(FEWER),
            Number::Unsaid => Some(OF_ALL),
        }
    }
}

#[cfg(test)]
mod tests;
