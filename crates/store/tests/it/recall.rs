//! Asking memory: by the exact key, by meaning, by words; within a site and across sites.

use crate::support::World;
use crate::support::memory::{Told, memory};
use domain::clock::Clock;
use domain::failure::ErrorClass;
use domain::id::{ProjectId, RecallId, RemedyId};
use domain::memory::{Question, Remembered};
use domain::ports::{Distillery, Memory};
use domain::recall::{Choice, Recall, RecallAnswer, Weighed};
use store::MemoryStore;
use testkit::embedder::WordEmbedder;

struct Asking {
    world: World,
    memory: MemoryStore,
    embedder: WordEmbedder,
}

impl Asking {
    async fn new() -> Self {
        Self::with(WordEmbedder::new()).await
    }

    async fn with(embedder: WordEmbedder) -> Self {
        let world = World::new().await;
        let memory = memory(&world, &embedder);
        Self { world, memory, embedder }
    }

    async fn learn(&self, told: &Told<'_>) {
        self.memory.learn(told.run(&self.world).await).await.unwrap();
    }

    async fn ask(&self, question: &Question) -> Vec<Remembered> {
        self.memory.recall(self.world.project, question).await.unwrap()
    }

    async fn ask_about(&self, told: &Told<'_>) -> Vec<Remembered> {
        self.ask(&told.question(Some(&self.embedder))).await
    }
}

fn intents(remembered: &[Remembered]) -> Vec<&str> {
    remembered.iter().map(|it| it.situation.intent.as_str()).collect()
}

#[tokio::test]
async fn the_exact_key_comes_first_and_says_so() {
    let asking = Asking::new().await;
    let near = Told { intent: "save the user now", target: "#save-now", ..Told::default() };
    asking.learn(&near).await;
    asking.learn(&Told::default()).await;
    let answer = asking.ask_about(&Told::default()).await;
    assert_eq!(intents(&answer), ["save the user", "save the user now"]);
    assert_eq!((answer[0].exact, answer[1].exact), (true, false));
    assert!(answer[0].similarity.unwrap() > 0.99);
    assert!(answer[1].similarity.unwrap() > 0.5 && answer[1].fused > 0.0);
}

#[tokio::test]
async fn other_sites_answer_about_the_same_class_of_error_only() {
    let asking = Asking::new().await;
    let there = Told { site: "other.example", ..Told::default() };
    asking.learn(&there).await;
    asking.learn(&Told { class: ErrorClass::Timeout, ..there }).await;
    asking.learn(&Told { class: ErrorClass::Timeout, ..Told::default() }).await;
    let answer = asking.ask_about(&Told::default()).await;
    let seen: Vec<_> =
        answer.iter().map(|it| (it.situation.site.as_str(), it.situation.class)).collect();
    let expected =
        [("shop.example", ErrorClass::Timeout), ("other.example", ErrorClass::ElementNotFound)];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn sites_before_and_behind_answer_by_meaning_alone() {
    for dimensions in [384, 1024] {
        let asking = Asking::with(WordEmbedder::named("m", dimensions)).await;
        for site in ["a.example", "shop.example", "z.example"] {
            asking.learn(&Told { site, intent: "keep the user", ..Told::default() }).await;
        }
        let answer = asking.ask_about(&Told::default()).await;
        let mut sites: Vec<_> = answer.iter().map(|it| it.situation.site.as_str()).collect();
        sites.sort_unstable();
        assert_eq!(sites, ["a.example", "shop.example", "z.example"], "{dimensions}");
        assert!(answer.iter().all(|it| it.similarity.is_some()), "{answer:?}");
    }
}

#[tokio::test]
async fn nothing_crosses_a_project() {
    let asking = Asking::new().await;
    asking.learn(&Told::default()).await;
    let other: ProjectId = asking.world.store.projects().get_or_create("other").await.unwrap();
    let question = Told::default().question(Some(&asking.embedder));
    assert_eq!(asking.memory.recall(other, &question).await.unwrap(), []);
    let targets = Told::default().targets();
    let site = asking.memory.site(other, "shop.example", &targets).await.unwrap();
    assert_eq!((site.situations.len(), site.working.len()), (0, 0));
}

#[tokio::test]
async fn without_an_embedding_words_and_the_site_answer() {
    let asking = Asking::new().await;
    asking.learn(&Told { intent: "pick a colour", target: "#colour", ..Told::default() }).await;
    asking.learn(&Told { intent: "save the booking", target: "#book", ..Told::default() }).await;
    asking
        .learn(&Told { intent: "close it", target: "#close", page: "/x", ..Told::default() })
        .await;
    let asked = Told { intent: "saving bookings", target: "#other", page: "/y", ..Told::default() };
    let answer = asking.ask(&asked.question(None)).await;
    assert_eq!(answer.len(), 3, "everything there is on the site");
    assert_eq!(intents(&answer)[0], "save the booking");
    assert!(answer.iter().all(|it| it.similarity.is_none() && !it.exact));
}

#[tokio::test]
async fn vectors_of_two_models_are_never_compared() {
    for other in [WordEmbedder::named("other", 384), WordEmbedder::named("words", 768)] {
        let asking = Asking::with(other).await;
        asking.learn(&Told::default()).await;
        let now = memory(&asking.world, &WordEmbedder::new());
        let question = Told::default().question(Some(&WordEmbedder::new()));
        let answer = now.recall(asking.world.project, &question).await.unwrap();
        assert_eq!((answer.len(), answer[0].exact, answer[0].similarity), (1, true, None));
    }
}

#[tokio::test]
async fn a_model_of_any_length_serves() {
    for dimensions in [7, 768, 1024, 1536, 3072] {
        let asking = Asking::with(WordEmbedder::named("m", dimensions)).await;
        let there = Told { site: "other.example", ..Told::default() };
        asking.learn(&there).await;
        asking.learn(&Told { target: "#x", ..Told::default() }).await;
        let answer = asking.ask_about(&Told::default()).await;
        assert!(answer.iter().all(|it| it.similarity.is_some()), "{dimensions}: {answer:?}");
        assert_eq!(answer.len(), 2, "{dimensions}");
    }
}

/// Many situations behind the store's back: what counts here is which rows come back.
async fn crowd(world: &World, site: &str, project: ProjectId, rows: i32) {
    let mut connection = world.database.connection().await;
    sqlx::query(
        "with fresh as (
            insert into situation (
                id, project_id, site, page, error_class, action, target_key, intent, message, text,
                first_run_id, first_step, embedded
            )
            select gen_random_uuid(), $1, $2, '/' || n, 'element_not_found', 'click',
                gen_random_uuid(), 'n ' || n, '', 'n ' || n, gen_random_uuid(), 0, true
            from generate_series(1, $3) as n
            returning id
        ),
        counted as (
            insert into situation_stat select id, 1, now() from fresh
        )
        insert into situation_vector
        select id, $1, $2, 'element_not_found', 'words',
            (
                select array_agg(random() - 0.5)
                from generate_series(1, 384)
                where fresh.id is not null
            )::vector(384)::halfvec
        from fresh",
    )
    .bind(project.as_uuid())
    .bind(site)
    .bind(rows)
    .execute(&mut connection)
    .await
    .unwrap();
    sqlx::raw_sql("analyze").execute(&mut connection).await.unwrap();
}

#[tokio::test]
async fn within_a_site_the_nearest_are_the_nearest_of_all() {
    let asking = Asking::new().await;
    crowd(&asking.world, "crowd.example", asking.world.project, 3000).await;
    let mut connection = asking.world.database.connection().await;
    let (id, vector): (uuid::Uuid, String) =
        sqlx::query_as("select situation_id, embedding::text from situation_vector limit 1")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    let mut expected: Vec<uuid::Uuid> = sqlx::query_scalar(
        "with compared as materialized (
            select situation_id, embedding <=> $1::text::halfvec as distance from situation_vector
        )
        select situation_id from compared order by distance limit 24",
    )
    .bind(&vector)
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert_eq!(expected[0], id);
    let asked = Told { site: "crowd.example", ..Told::default() };
    let question = Question {
        embedding: Some(serde_json::from_str(&vector).unwrap()),
        situation: asked.situation(),
    };
    let answer = asking.ask(&question).await;
    let mut found: Vec<uuid::Uuid> =
        answer.iter().filter(|it| it.similarity.is_some()).map(|it| it.id.as_uuid()).collect();
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_rare_project_gets_all_there_is_across_sites() {
    let asking = Asking::new().await;
    let other = asking.world.store.projects().get_or_create("other").await.unwrap();
    crowd(&asking.world, "crowd.example", other, 3000).await;
    for number in 0..10 {
        let site = format!("s{number}.example");
        asking.learn(&Told { site: &site, ..Told::default() }).await;
    }
    let answer = asking.ask_about(&Told::default()).await;
    assert_eq!(answer.len(), 8);
    assert!(answer.iter().all(|it| it.similarity.is_some()));
    let question = Told::default().question(None);
    assert_eq!(asking.ask(&question).await.len(), 4, "without a meaning, by words");
}

#[tokio::test]
async fn connections_are_set_for_searches_across_sites() {
    Asking::new().await.memory.check_search().await.unwrap();
}

#[tokio::test]
async fn a_recall_is_part_of_the_trace() {
    let asking = Asking::new().await;
    let world = &asking.world;
    let told = Told::default();
    let run = told.run(world).await;
    let recall = Recall {
        id: RecallId::new(&world.clock),
        project_id: world.project,
        run_id: run,
        after: 2,
        situation: told.situation(),
        answer: RecallAnswer { abstained: Some("nothing\0 fits".into()), ..Default::default() },
        asked_at: world.clock.now(),
        took_ms: 3,
    };
    for _ in 0..2 {
        asking.memory.record(&recall).await.unwrap();
    }
    // What became of it is said later, by the run that asked and by nobody else.
    let weighed = vec![Weighed {
        situation_id: told.situation().id(world.project),
        remedy_id: RemedyId::from_uuid(recall.id.as_uuid()),
        choice: Choice::Rejected,
        why: Some("the element is not here".into()),
    }];
    let answer = RecallAnswer { weighed: weighed.clone(), ..recall.answer.clone() };
    let more = Recall { answer, took_ms: 99, ..recall.clone() };
    asking.memory.record(&more).await.unwrap();
    let of_another = Recall { run_id: told.run(world).await, ..recall.clone() };
    asking.memory.record(&of_another).await.unwrap();
    let steps = world.store.steps().list(world.project, run, None, 100).await.unwrap();
    let asked: Vec<_> = steps.iter().map(|it| it.recalls.len()).collect();
    assert_eq!(asked, [0, 0, 1, 0]);
    let kept = &steps[2].recalls[0];
    assert_eq!(kept.answer.abstained.as_deref(), Some("nothing\u{fffd} fits"));
    assert_eq!((&kept.answer.weighed, kept.took_ms), (&weighed, 3));
    let site = asking.memory.site(world.project, told.site, &told.targets()).await.unwrap();
    assert_eq!(site.heals_today, 1);
    world.clock.advance(std::time::Duration::from_hours(12));
    let site = asking.memory.site(world.project, told.site, &told.targets()).await.unwrap();
    assert_eq!(site.heals_today, 0);
}
