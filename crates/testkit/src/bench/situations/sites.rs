//! Sites, some of which have far more situations than others.

use super::dice::Dice;

/// Named sites, and how much of everything happens on each.
#[derive(Debug, Clone)]
pub(in crate::bench) struct Sites {
    names: Vec<String>,
    /// Up to and including each: what part of everything.
    sums: Vec<f64>,
}

/// How flat the top of the distribution is. With 4,000 sites the largest holds 1.5 % of everything:
/// 15,000 of a million situations.
const FLAT: f64 = 10.0;

impl Sites {
    /// Sites by rank: the share of each falls with it, as it does everywhere (G. Zipf, 1949).
    pub(in crate::bench) fn ranked(count: usize) -> Self {
        let names = (1..=count).map(|rank| format!("site-{rank:04}.example")).collect();
        let mut weight = FLAT;
        let weights = (0..count).map(|_| {
            weight += 1.0;
            1.0 / weight
        });
        Self::weighted(names, weights.collect())
    }

    /// These sites in equal parts, with this part of everything, and others by rank with the rest.
    pub(in crate::bench) fn with(names: &[String], part: f64, others: usize) -> Self {
        let others = Self::ranked(others);
        #[expect(clippy::cast_precision_loss, reason = "a handful of sites")]
        let each = part / names.len() as f64;
        let mut before = 0.0;
        let rest = others.sums.iter().map(|sum| {
            let weight = sum - before;
            before = *sum;
            weight * (1.0 - part)
        });
        let weights = names.iter().map(|_| each).chain(rest).collect();
        Self::weighted(names.iter().cloned().chain(others.names).collect(), weights)
    }

    fn weighted(names: Vec<String>, weights: Vec<f64>) -> Self {
        let all: f64 = weights.iter().sum();
        let mut sum = 0.0;
        let sums = weights.into_iter().map(|weight| {
            sum += weight / all;
            sum
        });
        Self { sums: sums.collect(), names }
    }

    /// The site of something, large sites more often than small ones.
    pub(super) fn pick(&self, dice: &mut Dice) -> &str {
        let at = dice.part();
        let site = self.sums.partition_point(|sum| *sum <= at);
        &self.names[site.min(self.names.len() - 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn counted(sites: &Sites) -> HashMap<&str, usize> {
        let mut counts = HashMap::new();
        for number in 0..100_000 {
            *counts.entry(sites.pick(&mut Dice::new(number))).or_default() += 1;
        }
        counts
    }

    #[test]
    fn large_sites_come_first_and_none_holds_too_much() {
        let sites = Sites::ranked(4000);
        let counts = counted(&sites);
        let share = |rank: usize| counts.get(&*sites.names[rank - 1]).copied().unwrap_or(0);
        assert!((1300..1700).contains(&share(1)), "{}", share(1));
        assert!(share(1) > share(100) && share(100) > share(3000));
    }

    #[test]
    fn named_sites_have_their_part() {
        let names = ["one".to_owned(), "two".to_owned()];
        let sites = Sites::with(&names, 0.25, 50);
        let counts = counted(&sites);
        for name in ["one", "two"] {
            assert!((12_000..13_000).contains(&counts[name]), "{name}: {}", counts[name]);
        }
    }
}
