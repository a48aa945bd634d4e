//! How well a passage fits what is looked for, and whether well enough to be shown at all.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// From which similarity on a passage means what is looked for. Calibrated on a corpus with the local
/// model (`store/tests/it/search/corpus.json`): of 40 questions about something else the nearest
/// comes to 0.29, of 50 paraphrased ones 46 find what they mean among the first three.
const MEANING_FLOOR: f64 = 0.3;

/// Which share of the words that are looked for a passage must have, in percent. With half of them
/// every other question about something else has its "button" or its "page".
const WORDS_FLOOR: u32 = 60;

/// How much the meaning counts where both are asked; the rest is for the words.
const MEANING: f64 = 0.6;

/// How much it counts that a word is said at all; the rest is for those of the title.
const SAID: f64 = 0.7;

/// How much of that it counts where an address in the message says it: `**/bookings` is where a step
/// was going, whatever it was for.
const ADDRESSED: f64 = 0.5;

/// What is left of the score when a failure is asked about and the run got past it, or succeeded: its
/// trouble or its goal may be near, and stopped nothing.
const OVERCOME: f64 = 0.5;

/// What is left of it when something is said not to have been found, and the step failed otherwise.
const FOUND: f64 = 0.75;

/// How runs are searched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SearchMode {
    /// By meaning, whatever words were used.
    Semantic,
    /// By words.
    Text,
    /// By both: what is near by either is found, and what is near by both comes first.
    #[default]
    Hybrid,
}

impl SearchMode {
    /// The name as it stands in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Semantic => "semantic",
            Self::Text => "text",
            Self::Hybrid => "hybrid",
        }
    }

    /// Whether the meaning of the question is needed.
    #[must_use]
    pub const fn asks_meaning(self) -> bool {
        !matches!(self, Self::Text)
    }

    /// Whether its words are.
    #[must_use]
    pub const fn asks_words(self) -> bool {
        !matches!(self, Self::Semantic)
    }
}

/// How many of the words that are looked for a passage must have.
#[must_use]
pub const fn words_needed(asked: u32) -> u32 {
    (asked * WORDS_FLOOR).div_ceil(100)
}

/// What a passage and a question have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    /// Cosine similarity, where the passage has a vector.
    pub similarity: Option<f64>,
    /// How many different words are looked for.
    pub asked: u32,
    /// How many of them the passage has.
    pub said: u32,
    /// How many of those stand in an address in its message, and nowhere else.
    pub addressed: u32,
    /// How many its title has.
    pub titled: u32,
    /// Whether there are phrases, which it then has all.
    pub phrased: bool,
}

/// From 0 to 1, in ten-thousandths: two computations of the same fit give the same score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score(u16);

const STEPS: f64 = 10_000.0;

impl Score {
    fn of(value: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number from 0 to 10,000"
        )]
        let steps = (value.clamp(0.0, 1.0) * STEPS).round() as u16;
        Self(steps)
    }

    /// As it was written down.
    #[must_use]
    pub const fn from_steps(steps: u16) -> Self {
        Self(steps)
    }

    /// To write it down.
    #[must_use]
    pub const fn steps(self) -> u16 {
        self.0
    }

    /// That of what was overcome, for a question that is about a failure.
    #[must_use]
    pub fn overcome(self) -> Self {
        Self::of(self.value() * OVERCOME)
    }

    /// That of a step which failed otherwise, for a question about something that was not found.
    #[must_use]
    pub fn found(self) -> Self {
        Self::of(self.value() * FOUND)
    }

    /// As a number.
    #[must_use]
    pub fn value(self) -> f64 {
        f64::from(self.0) / STEPS
    }
}

impl Fit {
    /// The score of the passage; `None` when it does not fit well enough.
    #[must_use]
    pub fn score(&self, mode: SearchMode) -> Option<Score> {
        let similarity = self.similarity.filter(|it| it.is_finite());
        let near = similarity.filter(|it| *it >= MEANING_FLOOR);
        let words = self.words();
        match mode {
            SearchMode::Semantic => near.map(Score::of),
            SearchMode::Text => words.map(Score::of),
            SearchMode::Hybrid => {
                if near.is_none() && words.is_none() {
                    return None;
                }
                // What has no vector yet is taken to be just near enough.
                let meaning = similarity.unwrap_or(MEANING_FLOOR).max(0.0);
                let words = words.unwrap_or_else(|| self.share());
                Some(Score::of(MEANING * meaning + (1.0 - MEANING) * words))
            }
        }
    }

    /// The share of the words, if there are enough of them.
    fn words(&self) -> Option<f64> {
        let enough = self.asked > 0 && self.said >= words_needed(self.asked);
        (enough || self.phrased).then(|| self.share())
    }

    fn share(&self) -> f64 {
        let asked = f64::from(self.asked.max(1));
        let addressed = f64::from(self.addressed.min(self.said));
        let said = f64::from(self.said) - (1.0 - ADDRESSED) * addressed;
        SAID * said / asked + (1.0 - SAID) * f64::from(self.titled) / asked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(similarity: Option<f64>, asked: u32, said: u32) -> Fit {
        Fit { similarity, asked, said, addressed: 0, titled: 0, phrased: false }
    }

    #[track_caller]
    fn check(fit: Fit, mode: SearchMode, expected: Option<f64>) {
        let found = fit.score(mode).map(Score::value);
        assert_eq!(found, expected, "{fit:?}");
    }

    #[test]
    fn what_is_far_and_says_little_is_not_found() {
        for mode in [SearchMode::Semantic, SearchMode::Text, SearchMode::Hybrid] {
            check(fit(Some(0.2999), 3, 1), mode, None);
            check(fit(None, 0, 0), mode, None);
            check(fit(Some(f64::NAN), 0, 0), mode, None);
        }
    }

    #[test]
    fn either_road_finds_and_both_score_higher() {
        check(fit(Some(0.5), 2, 0), SearchMode::Semantic, Some(0.5));
        check(fit(Some(0.5), 2, 0), SearchMode::Text, None);
        check(fit(Some(0.5), 2, 0), SearchMode::Hybrid, Some(0.3));
        check(fit(Some(0.1), 2, 2), SearchMode::Semantic, None);
        check(fit(Some(0.1), 2, 2), SearchMode::Text, Some(0.7));
        check(fit(Some(0.1), 2, 2), SearchMode::Hybrid, Some(0.34));
        check(fit(Some(0.5), 2, 2), SearchMode::Hybrid, Some(0.58));
        let titled = Fit { titled: 2, ..fit(Some(0.5), 2, 2) };
        check(titled, SearchMode::Hybrid, Some(0.7));
    }

    #[test]
    fn a_word_in_an_address_counts_half() {
        let addressed = Fit { addressed: 1, ..fit(None, 2, 2) };
        check(addressed, SearchMode::Text, Some(0.525));
        check(Fit { addressed: 2, ..addressed }, SearchMode::Text, Some(0.35));
        check(Fit { addressed: 9, ..addressed }, SearchMode::Text, Some(0.35));
    }

    #[test]
    fn what_is_not_embedded_yet_is_found_by_its_words() {
        check(fit(None, 2, 2), SearchMode::Hybrid, Some(0.46));
        check(fit(None, 2, 1), SearchMode::Hybrid, None);
    }

    #[test]
    fn a_phrase_that_occurs_is_enough_for_the_words() {
        let phrased = Fit { phrased: true, ..fit(None, 4, 1) };
        check(phrased, SearchMode::Text, Some(0.175));
        check(phrased, SearchMode::Semantic, None);
    }

    #[test]
    fn most_words_must_be_there_and_of_two_both() {
        let needed = [0, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6];
        for (asked, needed) in (0..).zip(needed) {
            assert_eq!(words_needed(asked), needed, "{asked}");
        }
    }

    #[test]
    fn a_score_is_written_and_read_back() {
        for value in [0.0, 0.3333, 0.12345, 1.0, 7.0, -1.0] {
            let score = Score::of(value);
            assert_eq!(Score::from_steps(score.steps()), score);
            assert!((score.value() - value.clamp(0.0, 1.0)).abs() < 0.0001);
        }
        assert!(Score::of(0.4) > Score::of(0.39));
    }
}
