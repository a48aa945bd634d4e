//! What texts mean, computed once: the vectors are kept on disk, each under the digest of its line.

use super::dice::Dice;
use crate::bench::progress;
use anyhow::{Context as _, Result, ensure};
use domain::ports::Embedder;
use embed::{Lines, Local};
use futures::future::try_join_all;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// As many texts are embedded between two writes.
const BATCH: usize = 1024;

const KEY: usize = 16;

type Key = [u8; KEY];
type Vector = Arc<[f32]>;

/// The vectors of the default model.
pub(in crate::bench) struct Vectors {
    path: PathBuf,
    /// One per core: each computes on one thread.
    models: Vec<Arc<Local>>,
    known: HashMap<Key, Vector>,
}

impl Vectors {
    /// Loads the model, and what was computed before.
    pub(in crate::bench) async fn open(folder: &Path, model: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let models = try_join_all((0..cores).map(|_| Local::load(model))).await?;
        let models = models.into_iter().map(Arc::new).collect();
        let path = folder.join(format!("{}.vectors", Local::description().name));
        let known = if path.exists() { read(&path)? } else { HashMap::new() };
        Ok(Self { path, models, known })
    }

    /// The model itself.
    pub(in crate::bench) fn model(&self) -> Arc<dyn Embedder> {
        Arc::<Local>::clone(&self.models[0])
    }

    /// The vectors of texts, in their order.
    pub(in crate::bench) async fn of(&mut self, texts: &[String]) -> Result<Vec<Vector>> {
        let lines: Vec<Vec<String>> = texts.iter().map(|text| Lines::of(text)).collect();
        let mut missing: Vec<(Key, &String)> = lines
            .iter()
            .flatten()
            .map(|line| (key(line), line))
            .filter(|(key, _)| !self.known.contains_key(key))
            .collect();
        missing.sort_unstable();
        missing.dedup();
        for (at, batch) in missing.chunks(BATCH).enumerate() {
            if missing.len() > BATCH {
                progress(&format!("embedding {} of {} texts", at * BATCH, missing.len()));
            }
            self.compute(batch).await?;
        }
        let mean = |lines: &Vec<String>| {
            let vectors: Vec<&Vector> = lines.iter().map(|line| &self.known[&key(line)]).collect();
            Lines::mean(&vectors).into()
        };
        Ok(lines.iter().map(mean).collect())
    }

    async fn compute(&mut self, batch: &[(Key, &String)]) -> Result<()> {
        let each = batch.len().div_ceil(self.models.len());
        let shares = batch.chunks(each).zip(&self.models).map(async |(share, model)| {
            let texts: Vec<String> = share.iter().map(|(_, text)| (*text).clone()).collect();
            model.embed(&texts).await
        });
        let vectors = try_join_all(shares).await?;
        let mut file =
            BufWriter::new(OpenOptions::new().create(true).append(true).open(&self.path)?);
        for ((key, _), vector) in batch.iter().zip(vectors.into_iter().flatten()) {
            file.write_all(key)?;
            for number in &vector {
                file.write_all(&number.to_le_bytes())?;
            }
            self.known.insert(*key, vector.into());
        }
        file.flush()?;
        Ok(())
    }
}

fn key(text: &str) -> Key {
    let digest: [u8; 32] = Sha256::digest(text).into();
    let mut key = [0; KEY];
    key.copy_from_slice(&digest[..KEY]);
    key
}

/// Reads what is there; a record that was not written to its end goes.
fn read(path: &Path) -> Result<HashMap<Key, Vector>> {
    let record = KEY + 4 * Local::description().dimensions;
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let whole = bytes.len() / record * record;
    File::options().write(true).open(path)?.set_len(u64::try_from(whole)?)?;
    let mut known = HashMap::new();
    for record in bytes[..whole].chunks(record) {
        let (key, numbers) = record.split_at(KEY);
        let numbers = numbers.chunks(4).map(|four| four.try_into().map(f32::from_le_bytes));
        let vector: Vec<f32> = numbers.collect::<Result<_, _>>()?;
        known.insert(key.try_into()?, vector.into());
    }
    ensure!(!known.is_empty() || bytes.is_empty(), "{} holds no vectors", path.display());
    Ok(known)
}

/// Another vector near this one, of length 1: as the meaning of a text is near that of the same text
/// with a word or two changed. The more noise, the less near; 0.5 leaves a cosine of about 0.9.
pub(in crate::bench) fn near(vector: &[f32], noise: f64, number: u64) -> Vec<f32> {
    let mut dice = Dice::new(number.wrapping_add(1 << 41));
    #[expect(clippy::cast_precision_loss, reason = "a few hundred dimensions")]
    let each = noise / (vector.len() as f64).sqrt();
    let moved: Vec<f64> =
        vector.iter().map(|number| f64::from(*number) + each * dice.bell()).collect();
    let length = moved.iter().map(|number| number * number).sum::<f64>().sqrt();
    #[expect(clippy::cast_possible_truncation, reason = "vectors are of single precision")]
    moved.into_iter().map(|number| (number / length) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::near;

    #[test]
    fn a_vector_nearby_is_about_as_near_as_wanted() {
        let mut vector = vec![0.0; 384];
        vector[0] = 1.0;
        let other = near(&vector, 0.5, 7);
        let cosine = f64::from(other[0]);
        assert!((0.87..0.92).contains(&cosine), "{cosine}");
        assert_eq!(other, near(&vector, 0.5, 7));
        assert_ne!(other, near(&vector, 0.5, 8));
    }
}
