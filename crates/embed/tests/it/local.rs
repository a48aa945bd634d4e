//! What the local model promises besides.

use crate::{likeness, model, model_dir, texts, vector};
use domain::ports::Embedder as _;
use embed::{Local, ModelError};
use std::path::Path;

const FILES: [&str; 3] = ["model.safetensors", "tokenizer.json", "config.json"];

fn copy_model(to: &Path) {
    for file in FILES {
        std::fs::copy(model_dir().join(file), to.join(file)).unwrap();
    }
}

/// Values of the reference implementation (sentence-transformers).
#[tokio::test]
async fn vectors_are_those_of_the_published_model() {
    let vector = vector(&*model().await, "This is an example sentence").await;
    let reference = [0.067_656_9, 0.063_495_9, 0.048_713_1, 0.079_304_9, 0.037_448_0];
    for (found, expected) in vector.iter().zip(reference) {
        assert!((found - expected).abs() < 1e-4, "{found} instead of {expected}");
    }
}

#[tokio::test]
async fn a_vector_does_not_depend_on_the_texts_beside_it() {
    let model = model().await;
    let alone = vector(&*model, "Confirm order").await;
    let others =
        texts(&["Confirm order", "a much longer text that would need padding", "Cancel order"]);
    let beside = model.embed(&others).await.unwrap();
    assert!(likeness(&alone, &beside[0]) > 0.999_99);
}

#[tokio::test]
async fn tokens_beyond_256_are_not_read() {
    let model = model().await;
    let begin = "a ".repeat(300);
    let one = vector(&*model, &format!("{begin} invoices")).await;
    let other = vector(&*model, &format!("{begin} a picture of a cat")).await;
    assert_eq!(one, other);
}

#[tokio::test]
async fn a_missing_file_is_named_with_how_to_get_it() {
    let dir = tempfile::tempdir().unwrap();
    let error = Local::load(dir.path()).await.unwrap_err();
    assert!(error.is_missing());
    let says = error.to_string();
    assert!(says.contains("config.json") && says.contains("cargo xtask setup"), "{says}");
    copy_model(dir.path());
    std::fs::remove_file(dir.path().join("model.safetensors")).unwrap();
    let error = Local::load(dir.path()).await.unwrap_err();
    assert!(error.to_string().contains("model.safetensors"), "{error}");
}

#[tokio::test]
async fn a_changed_file_is_refused() {
    for file in FILES {
        let dir = tempfile::tempdir().unwrap();
        copy_model(dir.path());
        let path = dir.path().join(file);
        let mut content = std::fs::read(&path).unwrap();
        let last = content.len() - 1;
        content[last] ^= 1;
        std::fs::write(&path, content).unwrap();
        let error = Local::load(dir.path()).await.unwrap_err();
        let ModelError::Refused { path, expected, found } = error else {
            panic!("{error}");
        };
        assert!(path.ends_with(file) && expected != found);
    }
}

#[tokio::test]
async fn callers_at_once_all_get_theirs() {
    let model = model().await;
    let all = ["one", "two things", "three of them here", "four"];
    let ask = |text: &'static str| {
        let model = model.clone();
        async move { vector(&*model, text).await }
    };
    let (one, two, three, four) = tokio::join!(ask(all[0]), ask(all[1]), ask(all[2]), ask(all[3]));
    for (text, found) in all.iter().zip([one, two, three, four]) {
        assert!(likeness(&found, &vector(&*model, text).await) > 0.9999, "{text}");
    }
}
