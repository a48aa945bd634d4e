//! Reciprocal rank fusion: what several searches rank high comes first, whatever their scores mean.

use std::collections::HashMap;
use uuid::Uuid;

/// The constant of the method: how much less a rank counts than the one before (G. V. Cormack et
/// al., "Reciprocal rank fusion outperforms Condorcet and individual rank learning methods", 2009).
const K: f64 = 60.0;

/// The fused score of everything that stands in any of the rankings.
pub(super) fn fuse(rankings: &[&[Uuid]]) -> HashMap<Uuid, f64> {
    let mut scores = HashMap::new();
    for ranking in rankings {
        let mut rank = K;
        for id in *ranking {
            rank += 1.0;
            *scores.entry(*id).or_insert(0.0) += 1.0 / rank;
        }
    }
    scores
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    #[test]
    fn what_two_searches_find_beats_what_one_finds() {
        let scores = fuse(&[&[id(1), id(2)], &[id(3), id(2)]]);
        assert!(scores[&id(2)] > scores[&id(1)]);
        assert!((scores[&id(1)] - 1.0 / 61.0).abs() < 1e-12);
        assert!((scores[&id(1)] - scores[&id(3)]).abs() < 1e-12);
        assert!(fuse(&[]).is_empty());
    }
}
