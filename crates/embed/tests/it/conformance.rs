//! What every embedder promises, asked of each adapter.

use crate::stand_in::{Mood, StandIn};
use crate::{likeness, model, texts, vector};
use domain::ports::Embedder;
use embed::{Cached, Lines};
use std::num::NonZeroUsize;

#[tokio::test]
async fn local_conforms() {
    conforms(&*model().await).await;
}

#[tokio::test]
async fn endpoint_conforms() {
    let server = StandIn::start(Mood::Good).await;
    conforms(&server.endpoint()).await;
}

#[tokio::test]
async fn endpoint_that_answers_out_of_order_conforms() {
    let server = StandIn::start(Mood::OutOfOrder).await;
    conforms(&server.endpoint()).await;
}

#[tokio::test]
async fn cached_conforms_even_when_it_can_keep_two_texts_only() {
    let size = NonZeroUsize::new(2).unwrap();
    conforms(&Cached::new(model().await, size)).await;
}

#[tokio::test]
async fn lines_conform() {
    conforms(&Lines::new(model().await)).await;
}

/// It lies between them, as near to the one as to the other.
#[tokio::test]
async fn a_text_of_two_lines_lies_between_them() {
    let lines = Lines::new(model().await);
    let one = vector(&lines, "open the orders").await;
    let other = vector(&lines, "press the tab of purchases").await;
    let both = vector(&lines, "open the orders\npress the tab of purchases").await;
    let apart = likeness(&one, &other);
    assert!(likeness(&both, &one) > apart && likeness(&both, &other) > apart);
    assert!((likeness(&both, &one) - likeness(&both, &other)).abs() < 1e-4);
}

async fn conforms(embedder: &dyn Embedder) {
    no_texts_have_no_vectors(embedder).await;
    vectors_are_as_the_model_says(embedder).await;
    order_is_kept(embedder).await;
    equal_texts_have_equal_vectors(embedder).await;
    likeness_is_of_meaning(embedder).await;
}

async fn no_texts_have_no_vectors(embedder: &dyn Embedder) {
    assert_eq!(embedder.embed(&[]).await.unwrap(), Vec::<Vec<f32>>::new());
}

/// Of any text: empty, long, of any script, with control characters.
async fn vectors_are_as_the_model_says(embedder: &dyn Embedder) {
    let long = "the button moved to the side of the form ".repeat(20_000);
    let one_word = "x".repeat(500_000);
    let odd = texts(&[
        "",
        " \n\t ",
        "Zahlung bestätigen — Größe „XL“",
        "登录按钮 не найдена кнопка 👩‍👩‍👧‍👦 \u{202e}abc",
        "nul \0 and bell \u{7}",
        "[CLS] [MASK] [PAD] {{inputs.city}}",
        &long,
        &one_word,
    ]);
    let vectors = embedder.embed(&odd).await.unwrap();
    assert_eq!(vectors.len(), odd.len());
    for (text, vector) in odd.iter().zip(&vectors) {
        let begin: String = text.chars().take(40).collect();
        assert_eq!(vector.len(), embedder.model().dimensions, "{begin}");
        let length = likeness(vector, vector).sqrt();
        assert!((length - 1.0).abs() < 1e-4, "{begin}: {length}");
    }
}

/// More texts than any batch holds, of all lengths, each compared with itself asked for alone.
async fn order_is_kept(embedder: &dyn Embedder) {
    let words = ["open", "the", "invoice", "of", "March", "and", "send", "it"];
    let many: Vec<String> =
        (0..70).map(|i| format!("{i} {}", words[..=i % words.len()].join(" "))).collect();
    let vectors = embedder.embed(&many).await.unwrap();
    assert_eq!(vectors.len(), many.len());
    for at in [0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 69] {
        let alone = vector(embedder, &many[at]).await;
        let same = likeness(&alone, &vectors[at]);
        assert!(same > 0.9999, "text {at}: {same}");
    }
}

async fn equal_texts_have_equal_vectors(embedder: &dyn Embedder) {
    let text = "Save changes";
    let vectors = embedder.embed(&texts(&[text, "Delete", text])).await.unwrap();
    assert_eq!(vectors[0], vectors[2]);
    assert!(likeness(&vectors[0], &vectors[1]) < 0.9);
    assert!(likeness(&vectors[0], &vector(embedder, text).await) > 0.9999);
}

async fn likeness_is_of_meaning(embedder: &dyn Embedder) {
    let said = vector(embedder, "click the login button").await;
    let meant = vector(embedder, "press sign in").await;
    let other = vector(embedder, "download the yearly report").await;
    assert!(likeness(&said, &meant) > 0.6, "{}", likeness(&said, &meant));
    assert!(likeness(&said, &other) < 0.4, "{}", likeness(&said, &other));
}
