//! How good rankings are, over all questions.

use super::methods::{DEPTH, Found};
use uuid::Uuid;

/// The answers to all questions so far, one way of asking.
#[derive(Debug, Clone, Default)]
pub(super) struct Score {
    questions: u32,
    at_1: u32,
    at_3: u32,
    gain: f64,
    high_wrong: u32,
    high_right: u32,
}

/// What came of one question.
pub(super) struct Answered {
    /// At which ranks the right ones stand, from 0.
    pub(super) ranks: Vec<usize>,
    /// How many are right.
    pub(super) right: usize,
    /// Whether something right, and whether something wrong, was advised in the tier that is copied.
    pub(super) high_right: bool,
    pub(super) high_wrong: bool,
}

impl Answered {
    /// What was found for a question that so many are right for.
    pub(super) fn of(found: &Found, right: usize, is_right: impl Fn(&Uuid) -> bool) -> Self {
        let ranked = found.ranking.iter().enumerate().filter(|(_, id)| is_right(id));
        Self {
            ranks: ranked.map(|(rank, _)| rank).collect(),
            right,
            high_right: found.high.iter().any(&is_right),
            high_wrong: !found.high.iter().all(&is_right),
        }
    }
}

impl Score {
    pub(super) fn add(&mut self, answered: &Answered) {
        let first = answered.ranks.iter().min();
        self.questions += 1;
        self.at_1 += u32::from(first.is_some_and(|rank| *rank < 1));
        self.at_3 += u32::from(first.is_some_and(|rank| *rank < 3));
        self.gain += gain(answered);
        self.high_right += u32::from(answered.high_right);
        self.high_wrong += u32::from(answered.high_wrong);
    }

    pub(super) fn recall_at_1(&self) -> f64 {
        self.share(self.at_1.into())
    }

    pub(super) fn recall_at_3(&self) -> f64 {
        self.share(self.at_3.into())
    }

    pub(super) fn ndcg_at_10(&self) -> f64 {
        self.share(self.gain)
    }

    pub(super) fn high_wrong(&self) -> f64 {
        self.share(self.high_wrong.into())
    }

    pub(super) fn high_right(&self) -> f64 {
        self.share(self.high_right.into())
    }

    pub(super) const fn questions(&self) -> u32 {
        self.questions
    }

    /// Of the questions, to the fourth digit.
    fn share(&self, sum: f64) -> f64 {
        if self.questions == 0 {
            return 0.0;
        }
        (sum / f64::from(self.questions) * 10_000.0).round() / 10_000.0
    }
}

/// The normalised discounted cumulative gain of the first ten (K. Järvelin and J. Kekäläinen,
/// "Cumulated gain-based evaluation of IR techniques", 2002).
fn gain(answered: &Answered) -> f64 {
    let ranks = answered.ranks.iter().filter(|rank| **rank < DEPTH);
    let best: f64 = (0..answered.right.min(DEPTH)).map(discount).sum();
    ranks.copied().map(discount).sum::<f64>() / best.max(1.0)
}

#[expect(clippy::cast_precision_loss, reason = "a rank below ten")]
fn discount(rank: usize) -> f64 {
    1.0 / (rank as f64 + 2.0).log2()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(ranks: &[usize], right: usize) -> Answered {
        Answered { ranks: ranks.to_vec(), right, high_right: false, high_wrong: false }
    }

    #[test]
    fn a_rank_counts_less_the_later_it_comes() {
        let near = |one: f64, other: f64| (one - other).abs() < 1e-9;
        assert!(near(gain(&answered(&[0], 1)), 1.0));
        assert!(near(gain(&answered(&[2], 1)), 0.5));
        assert!(near(gain(&answered(&[], 1)), 0.0));
        assert!(near(gain(&answered(&[10], 1)), 0.0));
        assert!(near(gain(&answered(&[0, 1], 2)), 1.0));
    }

    #[test]
    fn shares_are_of_all_questions() {
        let mut score = Score::default();
        let wrong = Answered { high_wrong: true, ..answered(&[5], 1) };
        for one in [answered(&[0], 1), answered(&[2, 7], 2), wrong, answered(&[], 1)] {
            score.add(&one);
        }
        assert_eq!(score.questions(), 4);
        let shares = [score.recall_at_1(), score.recall_at_3(), score.high_wrong()];
        for (share, wanted) in shares.into_iter().zip([0.25, 0.5, 0.25]) {
            assert!((share - wanted).abs() < 1e-9, "{share}");
        }
    }
}
