//! The adapters, held to one suite, and each to its own promises.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where it is surprised")]

mod cached;
mod conformance;
mod endpoint;
mod local;
mod stand_in;

use domain::ports::Embedder;
use embed::Local;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// Where set-up put the model.
#[expect(clippy::disallowed_methods, reason = "the test command passes it")]
fn model_dir() -> PathBuf {
    let dir = std::env::var("WAYMARK_MODEL_DIR");
    PathBuf::from(dir.expect("WAYMARK_MODEL_DIR is not set: run the tests with `cargo xtask test`"))
}

/// The real model, loaded once for all tests.
async fn model() -> Arc<Local> {
    static MODEL: OnceCell<Arc<Local>> = OnceCell::const_new();
    let load = async || Arc::new(Local::load(&model_dir()).await.expect("the model"));
    MODEL.get_or_init(load).await.clone()
}

fn texts(of: &[&str]) -> Vec<String> {
    of.iter().map(ToString::to_string).collect()
}

/// The cosine of two vectors of length one.
fn likeness(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(x, y)| x * y).sum()
}

async fn vector(embedder: &dyn Embedder, text: &str) -> Vec<f32> {
    embedder.embed(&texts(&[text])).await.expect("a vector").remove(0)
}
