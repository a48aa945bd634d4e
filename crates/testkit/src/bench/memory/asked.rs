//! The questions: what befell somebody else, who says it a little differently.

use super::kept::Kept;
use crate::bench::situations::Vectors;
use anyhow::Result;
use domain::memory::{Question, Situation};
use std::sync::Arc;

/// What is asked, and what its text means.
pub(super) struct Asked {
    pub(super) situation: Situation,
    pub(super) meaning: Arc<[f32]>,
}

/// Numbers that are far apart and spread evenly over any range (the golden ratio's).
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

impl Asked {
    /// So many questions about situations that are remembered, each in words of its own; large sites
    /// are asked about more often, as they have more of them.
    pub(super) async fn some(kept: &Kept, vectors: &mut Vectors, many: usize) -> Result<Vec<Self>> {
        let numbers = (1..=u64::try_from(many)?).map(|at| at.wrapping_mul(SPREAD));
        let situations: Vec<Situation> = numbers
            .zip(1..)
            .map(|(number, at)| {
                let known = kept.maker.make(number % kept.situations).situation;
                let intent = format!("{}, try {}", known.intent, word(at));
                // Whoever asks does not know the plan's locator.
                Situation { target: None, intent, ..known }
            })
            .collect();
        let texts: Vec<String> = situations.iter().map(Situation::text).collect();
        let meanings = vectors.of(&texts).await?;
        let asked = situations.into_iter().zip(meanings);
        Ok(asked.map(|(situation, meaning)| Self { situation, meaning }).collect())
    }

    pub(super) fn question(&self) -> Question {
        let embedding = Some(self.meaning.to_vec());
        Question { situation: self.situation.clone(), embedding }
    }
}

/// A number as a word, so that no two questions have the same text.
fn word(number: usize) -> String {
    let digits = number.to_string();
    let letter = |digit: u8| char::from(b"abcdefghij"[usize::from(digit - b'0')]);
    digits.bytes().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn numbers_are_told_apart_by_letters() {
        assert_eq!((word(10), word(207)), ("ba".to_owned(), "cah".to_owned()));
    }
}
