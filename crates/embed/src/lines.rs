//! Texts of several lines: each line is a way to say the same, and the text means what they mean on
//! average. Words that one of them has too much count half.

use crate::unit::unit;
use async_trait::async_trait;
use domain::ports::{EmbedError, Embedder, EmbeddingModel};
use std::sync::Arc;

/// Any embedder, asked for the lines of texts.
pub struct Lines {
    inner: Arc<dyn Embedder>,
}

impl std::fmt::Debug for Lines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lines").field("model", self.inner.model()).finish_non_exhaustive()
    }
}

impl Lines {
    /// Takes texts apart before an embedder.
    #[must_use]
    pub fn new(inner: Arc<dyn Embedder>) -> Self {
        Self { inner }
    }

    /// The lines of a text that say something; the text itself if none does.
    #[must_use]
    pub fn of(text: &str) -> Vec<String> {
        let lines = text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned);
        let lines: Vec<String> = lines.collect();
        if lines.len() > 1 { lines } else { vec![text.to_owned()] }
    }

    /// Between these, of length one; the first where they cancel out.
    #[must_use]
    pub fn mean(vectors: &[impl AsRef<[f32]>]) -> Vec<f32> {
        let Some((first, others)) = vectors.split_first() else { return Vec::new() };
        let mut sum = first.as_ref().to_vec();
        for other in others {
            sum.iter_mut().zip(other.as_ref()).for_each(|(sum, number)| *sum += number);
        }
        if others.is_empty() {
            return sum;
        }
        unit(sum).unwrap_or_else(|| first.as_ref().to_vec())
    }
}

#[async_trait]
impl Embedder for Lines {
    fn model(&self) -> &EmbeddingModel {
        self.inner.model()
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let lines: Vec<Vec<String>> = texts.iter().map(|text| Self::of(text)).collect();
        let vectors = self.inner.embed(&lines.concat()).await?;
        let wanted: usize = lines.iter().map(Vec::len).sum();
        if vectors.len() != wanted {
            let message = format!("{wanted} lines have {} embeddings", vectors.len());
            return Err(EmbedError { message, cause: None });
        }
        let mut rest = &vectors[..];
        let means = lines.iter().map(|lines| {
            let (these, others) = rest.split_at(lines.len());
            rest = others;
            Self::mean(these)
        });
        Ok(means.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn only_lines_that_say_something_are_taken_apart() {
        assert_eq!(Lines::of("open it\n\n click\n"), ["open it", " click"]);
        for whole in ["open it", "open it\n", "", " \n\t "] {
            assert_eq!(Lines::of(whole), [whole]);
        }
    }

    #[test]
    fn the_mean_lies_between_and_has_length_one() {
        let mean = Lines::mean(&[vec![1.0, 0.0], vec![0.0, 1.0]]);
        let half = std::f32::consts::FRAC_1_SQRT_2;
        assert!(mean.iter().all(|number| (number - half).abs() < 1e-6), "{mean:?}");
        assert_eq!(Lines::mean(&[vec![0.6, 0.8]]), [0.6, 0.8]);
        assert_eq!(Lines::mean(&[vec![1.0, 0.0], vec![-1.0, 0.0]]), [1.0, 0.0], "they cancel out");
        assert_eq!(Lines::mean(&[] as &[Vec<f32>]), Vec::<f32>::new());
    }
}
