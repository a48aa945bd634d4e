//! An answer to an agent outside in words: what a person reads, or a language model.

use super::{RecallAnswer, when_not};
use crate::memory::{Advice, KnownRemedy, Origin, Proof, Reports, Situation, Tier, Voucher};
use crate::one_line::one_line;
use chrono::{DateTime, Utc};
use std::cmp::Ordering;

/// How many bytes a token is taken to have. Tokenisers of language models make one of three to four
/// bytes of English, and of fewer in selectors; counting bytes, other scripts are not underestimated.
const TOKEN_BYTES: usize = 3;

/// The least budget in which the best advice can be told in short, whatever it is.
pub const LEAST_BUDGET: usize = 40;

/// About how many tokens a text is, rather too many than too few.
#[must_use]
pub fn estimated_tokens(text: &str) -> usize {
    text.len().div_ceil(TOKEN_BYTES)
}

/// The answer in words. With a budget of tokens it is cut to fit: the best advice is told whole, or at
/// least with when not to use it, before others are told at all; the rest in a line each; and what
/// does not fit so is counted. Where not even the line of the best fits, its approach is told.
#[must_use]
pub fn readable(
    asked: &Situation,
    answer: &RecallAnswer,
    budget: Option<usize>,
    now: DateTime<Utc>,
) -> String {
    let pieces: Vec<Piece> = (1..)
        .zip(answer.served())
        .map(|(rank, advice)| Piece::of(rank, advice, asked, now))
        .collect();
    let mut page = Page { text: String::new(), budget };
    let headings = [heading(asked, pieces.len()), String::new()];
    let (some, none): (Vec<Cut>, Vec<Cut>) = cuts(&pieces).partition(|cut| cut.shown > 0);
    let told = |cut: Cut| {
        let advice = cut.told(&pieces);
        headings.iter().map(|heading| format!("{heading}{advice}")).find(|text| page.fits(text))
    };
    let in_short = || answer.served().first().map(|advice| in_short(advice));
    let fitting = some
        .into_iter()
        .find_map(told)
        .or_else(|| in_short().filter(|text| page.fits(text)))
        .or_else(|| none.into_iter().find_map(told));
    page.add(&fitting.unwrap_or_default());
    if let Some(why) = &answer.abstained {
        page.add(&format!("No advice: {}.\n", one_line(why)));
        if page.text.is_empty() {
            page.add("No advice.\n");
        }
    }
    for dead in &answer.judged.dead_ends {
        page.add(&dead_end(dead));
    }
    page.text
}

/// One piece of advice, in lines.
struct Piece {
    brief: String,
    proof: String,
    /// When not to use it, what weighs most first.
    not: Vec<String>,
}

impl Piece {
    fn of(rank: usize, advice: &Advice, asked: &Situation, now: DateTime<Utc>) -> Self {
        let not = when_not(advice, asked, now);
        Self {
            brief: in_brief(rank, advice),
            proof: provenance(&advice.remedy),
            not: not.into_iter().map(|not| format!("   not if {not}\n")).collect(),
        }
    }
}

/// How much of the advice is told: so many pieces in all, the first of them whole, and the one after
/// those with so many of its conditions.
#[derive(Clone, Copy)]
struct Cut {
    shown: usize,
    whole: usize,
    conditions: usize,
}

/// Every way to cut the advice, the best first: as many pieces whole as can be, then as much as can be
/// on when not to use the next one, and of those the way that leaves out fewest pieces.
fn cuts(pieces: &[Piece]) -> impl Iterator<Item = Cut> {
    let all = pieces.len();
    (0..=all).rev().flat_map(move |whole| {
        let next = pieces.get(whole).map_or(0, |next| next.not.len());
        (0..=next).rev().flat_map(move |conditions| {
            let least = whole + usize::from(conditions > 0);
            (least..=all).rev().map(move |shown| Cut { shown, whole, conditions })
        })
    })
}

impl Cut {
    fn told(self, pieces: &[Piece]) -> String {
        let mut text = String::new();
        let mut untold = 0;
        for (index, piece) in pieces[..self.shown].iter().enumerate() {
            let conditions = match index.cmp(&self.whole) {
                Ordering::Less => piece.not.len(),
                Ordering::Equal => self.conditions,
                Ordering::Greater => 0,
            };
            text.push_str(&piece.brief);
            if index < self.whole {
                text.push_str(&piece.proof);
            }
            text.push_str(&piece.not[..conditions].concat());
            untold += piece.not.len() - conditions;
        }
        let left_out = [
            counted(pieces.len() - self.shown, "more"),
            (self.shown > self.whole).then(|| "proof".to_owned()),
            counted(untold, "\"not if\""),
        ];
        let left_out: Vec<String> = left_out.into_iter().flatten().collect();
        if !left_out.is_empty() {
            text.extend(["(", &left_out.join(", "), " left out to fit)\n"]);
        }
        text
    }
}

fn counted(count: usize, what: &str) -> Option<String> {
    (count > 0).then(|| format!("{count} {what}"))
}

/// What is written so far, and how much there may be.
struct Page {
    text: String,
    budget: Option<usize>,
}

impl Page {
    fn fits(&self, part: &str) -> bool {
        let tokens = (self.text.len() + part.len()).div_ceil(TOKEN_BYTES);
        self.budget.is_none_or(|budget| tokens <= budget)
    }

    /// Adds a part if all of it fits.
    fn add(&mut self, part: &str) {
        if self.fits(part) {
            self.text.push_str(part);
        }
    }
}

fn heading(asked: &Situation, pieces: usize) -> String {
    let pieces = match pieces {
        0 => "no advice".to_owned(),
        1 => "one piece of advice".to_owned(),
        more => format!("{more} pieces of advice, best first"),
    };
    format!("{} on {}{}: {pieces}.\n", asked.class, asked.site, one_line(&asked.page))
}

fn in_brief(rank: usize, advice: &Advice) -> String {
    format!("{}{}\n", standing(rank, advice), in_words(advice))
}

/// The best advice where there is no room for the elements it names: what kind of thing to do.
fn in_short(advice: &Advice) -> String {
    let approach = advice.remedy.remedy.approach.in_words();
    format!("{}{approach}\n(more left out to fit)\n", standing(1, advice))
}

/// Its rank, and how much it is worth.
fn standing(rank: usize, advice: &Advice) -> String {
    let (tier, confidence) = (advice.tier.as_str(), advice.confidence);
    let only = match Voucher::of(advice.remedy.trust, &advice.remedy.proof) {
        Voucher::Reported => ", only reported",
        Voucher::Unverified => ", unverified",
        _ if advice.tier == Tier::Medium => ", a hint",
        _ => "",
    };
    format!("{rank}. [{tier} {confidence:.2}{only}] ")
}

/// What to do. Of another site that is the approach, and no word of it.
#[must_use]
pub fn in_words(advice: &Advice) -> String {
    let remedy = &advice.remedy.remedy;
    match advice.tier {
        Tier::Low | Tier::Skip => remedy.approach.in_words().to_owned(),
        Tier::High | Tier::Medium => remedy.describe_whole(),
    }
}

fn provenance(known: &KnownRemedy) -> String {
    let KnownRemedy { proof, trust, origin, .. } = known;
    let from = match origin {
        Origin::Run { run_id, step } => format!("run {run_id}, step {step}"),
        Origin::Report { recall_id } => format!("a report about recall {recall_id}"),
    };
    let voucher = Voucher::of(*trust, proof).as_str();
    format!("   proof: {}; {voucher}; from {from}\n", proven(proof))
}

/// Counts in words.
fn proven(proof: &Proof) -> String {
    let reported = Some(&proof.reported).filter(|reported| !reported.is_empty());
    let words = [
        Some(format!("worked {}, failed {}", proof.worked, proof.failed)),
        match proof.agents {
            0 => None,
            1 => Some(", for one agent".to_owned()),
            more => Some(format!(", for {more} agents")),
        },
        proof.last_worked_at.map(|at| format!(", last on {}", at.format("%Y-%m-%d"))),
        reported.map(|Reports { worked, failed, .. }| {
            format!(" (agents outside: worked {worked}, failed {failed})")
        }),
    ];
    words.into_iter().flatten().collect()
}

fn dead_end(known: &KnownRemedy) -> String {
    let (what, failed) = (known.remedy.describe(), known.proof.failed);
    format!("Known not to work here: {what} (failed {failed}).\n")
}

#[cfg(test)]
mod tests;
