//! What the endpoint's client promises besides: patience within reason, and plain words.

use crate::stand_in::{KEY, Mood, StandIn};
use crate::{model, texts, vector};
use domain::ports::{EmbedError, Embedder as _};
use embed::{Endpoint, EndpointOptions};
use std::error::Error as _;
use std::time::Duration;

/// Everything an error tells, its causes with it.
fn told(error: &EmbedError) -> String {
    let mut parts = vec![format!("{error}\n{error:?}")];
    let mut cause = error.source();
    while let Some(error) = cause {
        parts.push(format!("{error}\n{error:?}"));
        cause = error.source();
    }
    parts.join("\n")
}

async fn failure(endpoint: &Endpoint) -> String {
    let told = told(&endpoint.embed(&texts(&["the goal", "b"])).await.unwrap_err());
    for private in ["sk-very", "the goal"] {
        assert!(!told.contains(private), "{told}");
    }
    told
}

#[track_caller]
fn assert_says(told: &str, parts: &[&str]) {
    for part in parts {
        assert!(told.contains(part), "no `{part}` in: {told}");
    }
}

#[tokio::test]
async fn it_is_asked_as_the_protocol_has_it() {
    let server = StandIn::start(Mood::Good).await;
    let mut options = server.options();
    options.url.push_str("/?api-version=7");
    Endpoint::new(options).unwrap().embed(&texts(&["a", "b"])).await.unwrap();
    let [asked] = &server.asked()[..] else { panic!("{:?}", server.asked()) };
    assert_eq!(asked.body, serde_json::json!({"model": "minilm", "input": ["a", "b"]}));
    assert_eq!(asked.authorization, format!("Bearer {KEY}"));
    assert_eq!(asked.uri, "/v1/embeddings?api-version=7");
}

#[tokio::test]
async fn its_vectors_are_the_model_s() {
    let server = StandIn::start(Mood::OutOfOrder).await;
    let (one, other) =
        (vector(&server.endpoint(), "Save").await, vector(&*model().await, "Save").await);
    assert!(crate::likeness(&one, &other) > 0.9999);
}

#[tokio::test]
async fn a_long_list_is_asked_for_in_parts() {
    let server = StandIn::start(Mood::Good).await;
    let many: Vec<String> = (0..70).map(|i| i.to_string()).collect();
    assert_eq!(server.endpoint().embed(&many).await.unwrap().len(), 70);
    let sizes =
        server.asked().iter().map(|it| it.body["input"].as_array().unwrap().len()).collect();
    assert_eq!(Vec::<usize>::from_iter::<Vec<usize>>(sizes), [32, 32, 6]);
}

#[tokio::test]
async fn passing_trouble_is_tried_again_once() {
    for mood in [Mood::BusyOnce, Mood::BrokenOnce] {
        let server = StandIn::start(mood).await;
        vector(&server.endpoint(), "Save").await;
        assert_eq!(server.asked().len(), 2, "{mood:?}");
    }
    for mood in [Mood::Busy("0"), Mood::Refuses(503)] {
        let server = StandIn::start(mood).await;
        failure(&server.endpoint()).await;
        assert_eq!(server.asked().len(), 2, "{mood:?}");
    }
}

#[tokio::test]
async fn what_will_not_pass_soon_is_not_tried_again() {
    let an_hour = Mood::Busy("3600");
    let a_date = Mood::Busy("Wed, 21 Oct 2026 07:28:00 GMT");
    for mood in [an_hour, a_date, Mood::Refuses(400), Mood::Refuses(401), Mood::Redirects] {
        let server = StandIn::start(mood).await;
        failure(&server.endpoint()).await;
        assert_eq!(server.asked().len(), 1, "{mood:?}");
    }
}

#[tokio::test]
async fn a_refusal_says_what_to_do_and_quotes_nothing() {
    for (mood, says) in [
        (Mood::Refuses(401), &["refuses the key", "WAYMARK_EMBEDDINGS_KEY"][..]),
        (Mood::Refuses(403), &["refuses the key"]),
        (Mood::Refuses(400), &["400", "invalid_request_error"]),
        (Mood::Refuses(404), &["404", "--embeddings-model"]),
        (Mood::Busy("3600"), &["429", "requests", "limits"]),
        (Mood::Refuses(500), &["500"]),
        (Mood::Garbage, &["does not speak the protocol"]),
        (Mood::OneMissing, &["1 vectors came for 2 texts"]),
        (Mood::Zeros, &["without a direction"]),
        (Mood::Short, &["100 numbers, not 384", "--embeddings-dimensions"]),
    ] {
        let server = StandIn::start(mood).await;
        assert_says(&failure(&server.endpoint()).await, says);
    }
}

#[tokio::test]
async fn a_model_with_longer_vectors_is_asked_for_shorter_ones() {
    let server = StandIn::start(Mood::Long).await;
    let endpoint = server.endpoint();
    for _ in 0..2 {
        assert_eq!(vector(&endpoint, "Save").await.len(), 384);
    }
    let asked = server.asked();
    let dimensions: Vec<_> = asked.iter().map(|it| it.body["dimensions"].as_u64()).collect();
    assert_eq!(dimensions, [None, Some(384), Some(384)]);
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_given_up() {
    let server = StandIn::start(Mood::Silent).await;
    let options = EndpointOptions { timeout: Duration::from_millis(200), ..server.options() };
    let told = failure(&Endpoint::new(options).unwrap()).await;
    assert_says(&told, &["did not answer in time"]);
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let server = StandIn::start(Mood::Good).await;
    let options = server.options();
    let url = options.url.clone();
    drop(server);
    let told = failure(&Endpoint::new(options).unwrap()).await;
    assert_says(&told, &["cannot be reached", url.trim_end_matches("/v1"), "--embeddings-url"]);
}

#[tokio::test]
async fn nothing_shows_the_key() {
    let server = StandIn::start(Mood::Good).await;
    let shown = format!("{:?} {:?}", server.options(), server.endpoint());
    assert!(!shown.contains("sk-very"), "{shown}");
    let key = Some(format!("{KEY}\n").into());
    let error = Endpoint::new(EndpointOptions { key, ..server.options() }).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("sk-very"));
}
