//! Questions in the very words of situations, by somebody who stands on the page and does not know the
//! locator. Here memory may say "copy this"; what it must tell apart is everything else that is done
//! on that page, in words that differ by one.

use super::corpus::Corpus;
use crate::bench::situations::Known;
use domain::memory::Situation;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// How many made situations are asked about, beside all labelled ones.
const MADE: usize = 900;

/// A question, and what answers it: whatever was for the same on that page.
pub(super) struct Own {
    pub(super) situation: Situation,
    pub(super) right: BTreeSet<Uuid>,
}

/// The questions: about every labelled situation, and about some of those that were made for the same
/// sites.
pub(super) fn questions(corpus: &Corpus, among: &HashMap<Uuid, Known>) -> Vec<Own> {
    let mut same: BTreeMap<Deed<'_>, BTreeSet<Uuid>> = BTreeMap::new();
    for (id, known) in among {
        same.entry(deed(&known.situation)).or_default().insert(*id);
    }
    let sites = corpus.sites();
    let labelled: BTreeSet<_> = corpus.answers.iter().map(|known| deed(&known.situation)).collect();
    let made = same.keys().filter(|deed| sites.iter().any(|site| site == deed.site));
    let made: Vec<_> = made.filter(|deed| !labelled.contains(*deed)).collect();
    let every_so_many = made.iter().step_by(made.len().div_ceil(MADE).max(1)).copied();
    let asked = labelled.iter().chain(every_so_many).map(|deed| &same[deed]);
    asked.filter_map(|right| Own::of(right, among)).collect()
}

impl Own {
    /// Asks about the first of several situations that are for the same.
    fn of(right: &BTreeSet<Uuid>, among: &HashMap<Uuid, Known>) -> Option<Self> {
        let known = among.get(right.first()?)?;
        let situation = Situation { target: None, ..known.situation.clone() };
        Some(Self { situation, right: right.clone() })
    }
}

/// What is done where.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Deed<'a> {
    site: &'a str,
    page: &'a str,
    action: &'static str,
    intent: &'a str,
}

fn deed(situation: &Situation) -> Deed<'_> {
    let Situation { site, page, action, intent, .. } = situation;
    Deed { site, page, action: action.as_str(), intent }
}
