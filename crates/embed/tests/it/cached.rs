//! What the cache promises: computed once, and never a trouble of its own.

use crate::texts;
use async_trait::async_trait;
use domain::ports::{EmbedError, Embedder, EmbeddingModel};
use embed::Cached;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;

/// An embedder that notes what it is asked for and answers when it is allowed to.
struct Gate {
    model: EmbeddingModel,
    asked: Mutex<Vec<Vec<String>>>,
    arrived: Notify,
    answers: Semaphore,
    fails: AtomicBool,
}

impl Gate {
    fn new(answers: usize) -> Arc<Self> {
        Arc::new(Self {
            model: EmbeddingModel { name: "gate".to_owned(), dimensions: 1 },
            asked: Mutex::default(),
            arrived: Notify::new(),
            answers: Semaphore::new(answers),
            fails: AtomicBool::new(false),
        })
    }

    fn asked(&self) -> Vec<Vec<String>> {
        let mut asked = self.asked.lock().unwrap().clone();
        for texts in &mut asked {
            texts.sort();
        }
        asked
    }
}

#[async_trait]
impl Embedder for Gate {
    fn model(&self) -> &EmbeddingModel {
        &self.model
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, EmbedError> {
        self.asked.lock().unwrap().push(texts.to_vec());
        self.arrived.notify_one();
        self.answers.acquire().await.unwrap().forget();
        if self.fails.load(Ordering::Relaxed) {
            return Err(EmbedError { message: "out of order".to_owned(), cause: None });
        }
        let length = |text: &String| f32::from(u8::try_from(text.len()).unwrap());
        Ok(texts.iter().map(|text| vec![length(text)]).collect())
    }
}

fn cached(gate: &Arc<Gate>, size: usize) -> Arc<Cached> {
    Arc::new(Cached::new(gate.clone(), NonZeroUsize::new(size).unwrap()))
}

fn ask(set: &mut JoinSet<Result<Vec<Vec<f32>>, EmbedError>>, cached: &Arc<Cached>, of: &[&str]) {
    let (cached, of) = (cached.clone(), texts(of));
    set.spawn(async move { cached.embed(&of).await });
}

#[tokio::test]
async fn a_text_is_computed_once() {
    let gate = Gate::new(9);
    let cached = cached(&gate, 10);
    assert_eq!(cached.embed(&texts(&["a", "bb", "a"])).await.unwrap(), [[1.0], [2.0], [1.0]]);
    assert_eq!(cached.embed(&texts(&["bb", "ccc"])).await.unwrap(), [[2.0], [3.0]]);
    assert_eq!(cached.embed(&texts(&["ccc", "a"])).await.unwrap(), [[3.0], [1.0]]);
    assert_eq!(gate.asked(), [texts(&["a", "bb"]), texts(&["ccc"])]);
}

#[tokio::test]
async fn the_text_that_was_not_used_for_longest_is_forgotten() {
    let gate = Gate::new(9);
    let cached = cached(&gate, 2);
    for text in ["a", "bb", "a", "ccc", "a", "bb"] {
        cached.embed(&texts(&[text])).await.unwrap();
    }
    assert_eq!(gate.asked(), ["a", "bb", "ccc", "bb"].map(|text| texts(&[text])));
}

#[tokio::test]
async fn callers_at_once_share_one_computation() {
    let gate = Gate::new(0);
    let cached = cached(&gate, 10);
    let mut set = JoinSet::new();
    ask(&mut set, &cached, &["a", "bb"]);
    gate.arrived.notified().await;
    ask(&mut set, &cached, &["bb", "ccc"]);
    gate.arrived.notified().await;
    gate.answers.add_permits(2);
    let mut ends: Vec<_> = set.join_all().await.into_iter().map(Result::unwrap).collect();
    ends.sort_by(|one, other| one[0].partial_cmp(&other[0]).unwrap());
    assert_eq!(ends, [[[1.0], [2.0]], [[2.0], [3.0]]]);
    assert_eq!(gate.asked(), [texts(&["a", "bb"]), texts(&["ccc"])]);
}

#[tokio::test]
async fn a_failure_is_shared_and_not_kept() {
    let gate = Gate::new(0);
    gate.fails.store(true, Ordering::Relaxed);
    let cached = cached(&gate, 10);
    let mut set = JoinSet::new();
    ask(&mut set, &cached, &["a"]);
    gate.arrived.notified().await;
    ask(&mut set, &cached, &["a"]);
    // The second one waits for the first as soon as it has run once.
    tokio::task::yield_now().await;
    gate.answers.add_permits(1);
    for end in set.join_all().await {
        assert_eq!(end.unwrap_err().message, "out of order");
    }
    gate.fails.store(false, Ordering::Relaxed);
    gate.answers.add_permits(1);
    assert_eq!(cached.embed(&texts(&["a"])).await.unwrap(), [[1.0]]);
}

#[tokio::test]
async fn a_caller_that_goes_away_leaves_its_texts_to_the_others() {
    let gate = Gate::new(0);
    let cached = cached(&gate, 10);
    let mut first = JoinSet::new();
    ask(&mut first, &cached, &["a"]);
    gate.arrived.notified().await;
    let mut second = JoinSet::new();
    ask(&mut second, &cached, &["a"]);
    tokio::task::yield_now().await;
    first.shutdown().await;
    gate.answers.add_permits(1);
    assert_eq!(second.join_next().await.unwrap().unwrap().unwrap(), [[1.0]]);
    assert_eq!(gate.asked().len(), 2);
}
