//! Which of the elements that were considered a human is asked about.

use super::{Candidate, Stage};

/// What is less sure than this has next to nothing in common with what is wanted: a word of five, a
/// tag and a size. Scores of all stages that weigh are shares of one.
const NEAR: f64 = 0.35;

/// How much of the best one's score of the same stage the others must reach.
const SHARE: f64 = 0.5;

/// Those that may be meant, in their order.
#[must_use]
pub fn worth_asking(considered: Vec<Candidate>) -> Vec<Candidate> {
    let best = |stage: Stage| {
        let same = considered.iter().filter(|other| other.stage == stage);
        same.map(|other| other.score).fold(0.0, f64::max)
    };
    let near = |it: &Candidate| match it.stage {
        // Something only one element has speaks for it, and something else against it.
        Stage::Id | Stage::TestId | Stage::Name | Stage::Text => true,
        Stage::Similarity | Stage::Words | Stage::Place | Stage::Meaning => {
            it.score >= NEAR && it.score >= SHARE * best(it.stage)
        }
    };
    let near: Vec<bool> = considered.iter().map(near).collect();
    let kept = considered.into_iter().zip(near).filter(|(_, near)| *near);
    kept.map(|(candidate, _)| candidate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heal::testing::button;

    #[track_caller]
    fn check(considered: &[(Stage, f64)], kept: &[(Stage, f64)]) {
        let candidate = |(stage, score): &(Stage, f64)| Candidate {
            fingerprint: button("Save"),
            stage: *stage,
            score: *score,
            margin: 0.0,
        };
        let found = worth_asking(considered.iter().map(candidate).collect());
        let found: Vec<_> = found.iter().map(|it| (it.stage, it.score)).collect();
        assert_eq!(found, kept);
    }

    #[test]
    fn what_has_next_to_nothing_in_common_is_not_offered() {
        use Stage::{Id, Meaning, Place, Similarity, Words};
        check(&[], &[]);
        check(&[(Words, 0.12), (Meaning, 0.2), (Similarity, 0.34), (Place, 0.1)], &[]);
        check(&[(Words, 0.5), (Words, 0.36), (Words, 0.2)], &[(Words, 0.5), (Words, 0.36)]);
        // Far behind the best of its kind, and near enough beside nothing better.
        check(&[(Words, 0.9), (Words, 0.4)], &[(Words, 0.9)]);
        check(
            &[(Id, 0.5), (Similarity, 0.9), (Words, 0.4)],
            &[(Id, 0.5), (Similarity, 0.9), (Words, 0.4)],
        );
    }
}
