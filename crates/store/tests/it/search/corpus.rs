//! Whether questions find what they mean, and nonsense nothing, with the model that set-up installs.
//! `corpus.json` has 40 failing steps and 5 goals of ten sites, 50 questions in other words, and 40
//! about something else, some with a word in common. The floors in `domain::search` come from here.

use crate::support::{World, spec, step, succeeded};
use domain::failure::{ErrorClass, Failure, TaskFailure};
use domain::id::RunId;
use domain::plan::StepForm;
use domain::ports::{Distillery, Lease, Leases, Trace};
use domain::run::RunEnd;
use domain::search::SearchMode;
use domain::step::Step;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use store::{MemoryStore, RunSearch};

use super::in_mode;

#[derive(Deserialize)]
struct Corpus {
    steps: Vec<CorpusStep>,
    runs: Vec<CorpusRun>,
    questions: Vec<Question>,
    nonsense: Vec<String>,
}

#[derive(Deserialize)]
struct CorpusStep {
    id: String,
    site: String,
    page: String,
    class: ErrorClass,
    action: String,
    target: Option<Value>,
    intent: String,
    message: String,
}

#[derive(Deserialize)]
struct CorpusRun {
    id: String,
    site: String,
    goal: String,
    outcome: String,
}

#[derive(Deserialize)]
struct Question {
    q: String,
    wanted: Vec<String>,
}

struct Told {
    world: World,
    search: RunSearch,
    names: HashMap<RunId, String>,
}

impl Told {
    async fn new(corpus: &Corpus) -> Self {
        let world = World::new().await;
        let embedder = testkit::embedder::local().await;
        let memory = MemoryStore::new(world.store.clone(), embedder.clone());
        let search = RunSearch::new(world.store.clone(), embedder);
        let mut names = HashMap::new();
        for told in &corpus.steps {
            // These are still under way: their goals are not searched.
            let lease = begin(&world, &told.site, "do something").await;
            world.store.append(&lease, &told.step(&world), &[]).await.unwrap();
            names.insert(lease.run_id, told.id.clone());
        }
        for told in &corpus.runs {
            let lease = begin(&world, &told.site, &told.goal).await;
            let end = match told.outcome.as_str() {
                "succeeded" => succeeded(),
                "cancelled" => RunEnd::Cancelled,
                _ => RunEnd::Failed(TaskFailure::invalid("no"), json!({})),
            };
            world.store.finish(&lease, &end, None).await.unwrap();
            names.insert(lease.run_id, told.id.clone());
        }
        memory.catch_up().await.unwrap();
        assert_eq!(world.store.search_lag().await.unwrap().waiting, 0);
        Self { world, search, names }
    }

    async fn find(&self, question: &str, mode: SearchMode) -> Vec<&str> {
        let request = in_mode(question, mode);
        let page = self.search.search(self.world.project, &request).await.unwrap();
        page.items.iter().map(|found| self.names[&found.run.id].as_str()).collect()
    }

    /// How many questions find one of what they mean among the first so many.
    #[expect(clippy::print_stdout, reason = "shown when the test fails, or with --nocapture")]
    async fn found(&self, corpus: &Corpus, mode: SearchMode, first: usize) -> usize {
        let mut count = 0;
        for question in &corpus.questions {
            let found = self.find(&question.q, mode).await;
            let is_wanted = |name: &&str| question.wanted.iter().any(|wanted| wanted == name);
            let right = found.iter().take(first).any(is_wanted);
            if !right {
                println!("{mode:?}: {} finds {found:?}", question.q);
            }
            count += usize::from(right);
        }
        count
    }
}

impl CorpusStep {
    fn step(&self, world: &World) -> Step {
        let mut form = json!({"action": self.action});
        if let Some(target) = &self.target {
            form["target"] = target.clone();
        }
        Step {
            intent: self.intent.clone(),
            action: serde_json::from_value::<StepForm>(form).unwrap(),
            failure: Some(Failure::new(self.class, self.message.clone())),
            page: self.page.clone(),
            ..step(&world.clock, 0)
        }
    }
}

async fn begin(world: &World, site: &str, goal: &str) -> Lease {
    let mut spec = spec(site);
    goal.clone_into(&mut spec.goal);
    world.queue(spec).await;
    world.claim_one().await
}

#[tokio::test]
async fn questions_find_what_they_mean_and_nonsense_finds_nothing() {
    let corpus: Corpus = serde_json::from_str(include_str!("corpus.json")).unwrap();
    let told = Told::new(&corpus).await;
    let modes = [SearchMode::Semantic, SearchMode::Text, SearchMode::Hybrid];
    for mode in modes {
        for question in &corpus.nonsense {
            let found = told.find(question, mode).await;
            assert!(found.is_empty(), "{mode:?}: {question} finds {found:?}");
        }
    }
    let mut counts = Vec::new();
    for mode in modes {
        let (first, three) =
            (told.found(&corpus, mode, 1).await, told.found(&corpus, mode, 3).await);
        counts.push((first, three));
    }
    assert_eq!((corpus.questions.len(), corpus.nonsense.len()), (50, 40));
    assert!(counts[0].0 >= 40 && counts[0].1 >= 46, "by meaning: {counts:?}");
    assert!(counts[2].0 >= 40 && counts[2].1 >= 48, "by both: {counts:?}");
}
