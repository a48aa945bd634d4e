//! From traces to memory: once, in any order, by anybody, and again from the start.

use crate::support::memory::{Told, content, memory, situations_of};
use crate::support::{World, failed, succeeded};
use chrono::TimeDelta;
use domain::failure::{ErrorClass, Failure, TaskFailure};
use domain::memory::{Origin, Proof, Trust};
use domain::ports::{Distillery, Leases, Memory};
use domain::run::RunEnd;
use serde_json::json;
use std::time::Duration;
use testkit::embedder::WordEmbedder;
use tokio::task::JoinSet;

/// Twelve runs of two agents on two sites: healed, broken, unhealed, lost.
async fn history(world: &World) -> Vec<domain::id::RunId> {
    let mut runs = Vec::new();
    for number in 0..12_u32 {
        let agent = ["a", "b", "c"][number as usize % 3];
        let site = ["one.example", "two.example"][number as usize % 2];
        let told = Told { agent, site, heals: number % 4 != 3, ..Told::default() };
        let lease = told.begin(world).await;
        match number % 5 {
            4 => {
                world.expire_leases();
                world.claim_one().await;
                world.expire_leases();
                world.claim_one().await;
                world.expire_leases();
                world.store.reap().await.unwrap();
            }
            3 => world.store.finish(&lease, &failed(), None).await.unwrap(),
            _ => world.store.finish(&lease, &succeeded(), None).await.unwrap(),
        }
        runs.push(lease.run_id);
        world.clock.advance(Duration::from_mins(1));
    }
    runs
}

#[tokio::test]
async fn a_run_is_distilled_once_when_it_has_ended() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    let told = Told::default();
    let lease = told.begin(&world).await;
    memory.learn(lease.run_id).await.unwrap();
    assert!(situations_of(&memory, &world, &told).await.is_empty(), "it has not ended");
    assert_eq!(memory.lag().await.unwrap().runs, 0);

    world.store.finish(&lease, &succeeded(), None).await.unwrap();
    world.clock.advance(Duration::from_secs(7));
    let lag = memory.lag().await.unwrap();
    assert_eq!((lag.runs, lag.oldest.unwrap().num_seconds()), (1, 7));
    for _ in 0..3 {
        memory.learn(lease.run_id).await.unwrap();
    }
    assert_eq!(memory.catch_up().await.unwrap(), 0);
    assert_eq!(memory.lag().await.unwrap().runs, 0);
    let known = situations_of(&memory, &world, &told).await;
    assert_eq!((known.len(), known[0].seen), (1, 1));
    let remedy = &known[0].remedies[0];
    assert_eq!((remedy.proof.worked, remedy.proof.runs, remedy.proof.agents), (1, 1, 1));
    assert_eq!(remedy.trust, Trust::Verified);
    assert_eq!(remedy.origin, Origin::Run { run_id: lease.run_id, step: 3 });
}

#[tokio::test]
async fn uses_runs_and_agents_are_counted() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    for agent in ["a", "b", "a", "a"] {
        let told = Told { agent, ..Told::default() };
        memory.learn(told.run(&world).await).await.unwrap();
    }
    let known = situations_of(&memory, &world, &Told::default()).await;
    let proof = &known[0].remedies[0].proof;
    assert_eq!((known[0].seen, proof.worked, proof.runs, proof.agents), (4, 4, 4, 2));
}

/// What a table cannot hold is refused whenever it is tried. Others are learnt from all the same.
#[tokio::test]
async fn a_run_that_the_database_refuses_does_not_keep_the_others() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    let mut connection = world.database.connection().await;
    let refuse = "create function refuse() returns trigger language plpgsql as $$ begin
            if new.last_run_id = (select min(id::text) from run)::uuid then
                raise exception 'too long' using errcode = '54000';
            end if;
            return new;
        end $$;
        create trigger refuse before insert or update on working_locator
            for each row execute function refuse()";
    sqlx::raw_sql(refuse).execute(&mut connection).await.unwrap();
    Told { agent: "a", ..Told::default() }.run(&world).await;
    Told { agent: "b", ..Told::default() }.run(&world).await;
    while memory.catch_up().await.unwrap() > 0 {}
    assert_eq!(world.store.memory_lag().await.unwrap().runs, 0);
    let known = situations_of(&memory, &world, &Told::default()).await;
    assert_eq!(known[0].remedies[0].proof.agents, 1, "of two, one was learnt from");
    sqlx::raw_sql("drop trigger refuse on working_locator").execute(&mut connection).await.unwrap();
    memory.reindex(None).await.unwrap();
    let known = situations_of(&memory, &world, &Told::default()).await;
    assert_eq!(known[0].remedies[0].proof.agents, 2, "made anew, of both");
}

#[tokio::test]
async fn memory_is_the_same_whatever_the_order_and_after_a_rebuild() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    let mut runs = history(&world).await;
    while memory.catch_up().await.unwrap() > 0 {}
    let expected = content(&world).await;
    assert!(expected.len() > 1000, "{expected}");

    let size = memory.size(Some(world.project)).await.unwrap();
    assert_eq!((size.situations, size.goals, size.unembedded), (2, 2, 0));
    assert_eq!(memory.size(None).await.unwrap(), size);
    assert!(memory.reindex(Some(world.project)).await.unwrap() >= runs.len());
    assert_eq!(content(&world).await, expected, "after a rebuild");

    forget(&world).await;
    runs.reverse();
    for run in runs {
        memory.learn(run).await.unwrap();
    }
    while memory.catch_up().await.unwrap() > 0 {}
    assert_eq!(content(&world).await, expected, "learnt backwards");
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_is_the_same_when_several_processes_learn_at_once() {
    let world = World::new().await;
    let one = memory(&world, &WordEmbedder::new());
    let runs = history(&world).await;
    one.reindex(None).await.unwrap();
    let expected = content(&world).await;
    for _ in 0..5 {
        forget(&world).await;
        let mut processes = JoinSet::new();
        for number in 0..4 {
            let store = world.database.store(world.clock.clone()).await;
            let memory = crate::support::memory::memory_of(&store, &WordEmbedder::new());
            let mut runs = runs.clone();
            runs.rotate_left(number * 3);
            processes.spawn(async move {
                for run in runs {
                    memory.learn(run).await.unwrap();
                }
                while memory.catch_up().await.unwrap() > 0 {}
                store.close().await;
            });
        }
        processes.join_all().await;
        assert_eq!(content(&world).await, expected);
    }
}

/// Empties memory as a rebuild does, and leaves it empty.
async fn forget(world: &World) {
    let mut connection = world.database.connection().await;
    sqlx::raw_sql(
        "delete from situation; delete from remedy_mark; delete from working_locator;
        delete from goal; delete from search_text; delete from search_hit; delete from site_day;
        delete from site_day_heal;
        update run set distilled_at = null",
    )
    .execute(&mut connection)
    .await
    .unwrap();
}

#[tokio::test]
async fn a_failing_embedder_loses_nothing() {
    let world = World::new().await;
    let embedder = WordEmbedder::new();
    let memory = memory(&world, &embedder);
    let told = Told::default();
    let run = told.run(&world).await;
    embedder.fail(true);
    memory.learn(run).await.unwrap();
    memory.catch_up().await.unwrap();
    assert_eq!(memory.lag().await.unwrap().unembedded, 1);
    let failed = || world.store.memory_trouble().failed_embeddings;
    let before = failed();
    assert!(before > 0);
    assert!(memory.embedder().embed(&["a question".to_owned()]).await.is_err());
    assert_eq!(failed(), before + 1);
    let without = memory.recall(world.project, &told.question(None)).await.unwrap();
    assert_eq!((without.len(), without[0].exact, without[0].similarity), (1, true, None));
    let question = told.question(Some(&embedder));
    assert_eq!(memory.recall(world.project, &question).await.unwrap()[0].similarity, None);

    embedder.fail(false);
    memory.catch_up().await.unwrap();
    assert_eq!(memory.lag().await.unwrap().unembedded, 0);
    assert_eq!(failed(), before + 1);
    let with = memory.recall(world.project, &question).await.unwrap();
    assert!(with[0].similarity.unwrap() > 0.99, "{with:?}");
    assert!(with[0].fused > 0.0);
}

#[tokio::test]
async fn what_is_known_already_is_not_embedded_again() {
    let world = World::new().await;
    let embedder = WordEmbedder::new();
    let memory = memory(&world, &embedder);
    memory.learn(Told::default().run(&world).await).await.unwrap();
    let texts = embedder.texts();
    memory.learn(Told::default().run(&world).await).await.unwrap();
    assert_eq!(embedder.texts(), texts);
}

#[tokio::test]
async fn a_flag_outlives_a_rebuild_and_holds_in_one_project() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    let told = Told::default();
    memory.learn(told.run(&world).await).await.unwrap();
    let known = situations_of(&memory, &world, &told).await;
    let id = known[0].remedies[0].id;
    let other = world.store.projects().get_or_create("other").await.unwrap();
    let memories = world.store.memories();
    assert!(!memories.flag(other, id, "not mine", "them").await.unwrap());
    assert!(memories.flag(world.project, id, "clicks the wrong one", "ops").await.unwrap());
    for _ in 0..2 {
        let known = situations_of(&memory, &world, &told).await;
        assert_eq!(known[0].remedies[0].trust, Trust::Flagged);
        memory.reindex(Some(world.project)).await.unwrap();
    }
}

#[tokio::test]
async fn a_use_counts_even_when_it_is_learnt_before_the_run_that_found_the_remedy() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    let told = Told::default();
    let first = told.run(&world).await;
    memory.learn(first).await.unwrap();
    let known = situations_of(&memory, &world, &told).await;
    let (situation, remedy) = (known[0].id, known[0].remedies[0].id);
    let foreseeing = Told { agent: "b", foreseen: Some((situation, remedy)), ..told };
    let second = foreseeing.run(&world).await;
    memory.learn(second).await.unwrap();
    let expected = content(&world).await;
    let known = situations_of(&memory, &world, &told).await;
    let proof = &known[0].remedies[0].proof;
    assert_eq!((known[0].seen, proof.worked, proof.runs, proof.agents), (1, 2, 2, 2));

    forget(&world).await;
    memory.learn(second).await.unwrap();
    memory.learn(first).await.unwrap();
    assert_eq!(content(&world).await, expected);
}

#[tokio::test]
async fn a_use_that_failed_is_remembered_as_such() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    let told = Told { heal_fails: true, ..Told::default() };
    let lease = told.begin(&world).await;
    world.store.finish(&lease, &failed(), None).await.unwrap();
    memory.learn(lease.run_id).await.unwrap();
    let known = situations_of(&memory, &world, &told).await;
    let proof = &known[0].remedies[0].proof;
    assert_eq!((proof.worked, proof.failed), (0, 1));
    assert_eq!(known[0].remedies[0].trust, Trust::Verified);
}

#[tokio::test]
async fn what_cannot_be_read_is_skipped_and_counted() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    let told = Told::default();
    memory.learn(told.run(&world).await).await.unwrap();
    let unreadable = told.run(&world).await;
    let mut connection = world.database.connection().await;
    sqlx::query("update remedy set content = '{\"approach\": \"telepathy\", \"steps\": []}'")
        .execute(&mut connection)
        .await
        .unwrap();
    sqlx::query("update step set decision = '{\"source\": \"whim\"}' where run_id = $1")
        .bind(unreadable.as_uuid())
        .execute(&mut connection)
        .await
        .unwrap();
    let known = situations_of(&memory, &world, &told).await;
    let skipped = || world.store.memory_trouble().unreadable;
    assert_eq!((known.len(), known[0].remedies.len(), skipped()), (1, 0, 1));
    memory.catch_up().await.unwrap();
    assert_eq!((memory.lag().await.unwrap().runs, skipped()), (0, 2));
}

#[tokio::test]
async fn the_site_knows_what_worked_until_effects_differ() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    let told = Told::default();
    memory.learn(told.run(&world).await).await.unwrap();
    memory.learn(told.run(&world).await).await.unwrap();
    let known = memory.site(world.project, told.site, &told.targets()).await.unwrap();
    let name = known.working.iter().find(|it| it.target.css.as_deref() == Some("#name")).unwrap();
    assert_eq!((name.worked, name.effect.is_some()), (2, true));
    assert_eq!(name.last_worked_at, domain::clock::Clock::now(&world.clock));

    let other = Told { opens_dialog: true, ..Told::default() };
    memory.learn(other.run(&world).await).await.unwrap();
    memory.learn(told.run(&world).await).await.unwrap();
    let known = memory.site(world.project, told.site, &told.targets()).await.unwrap();
    let name = known.working.iter().find(|it| it.target.css.as_deref() == Some("#name")).unwrap();
    assert_eq!((name.worked, name.effect.as_ref()), (4, None));
}

#[tokio::test]
async fn a_goal_is_reached_again_by_the_plan_that_reached_it() {
    let world = World::new().await;
    let embedder = WordEmbedder::new();
    let memory = memory(&world, &embedder);
    let told = Told { goal: "add the user ada", ..Told::default() };
    let run = told.run(&world).await;
    memory.learn(run).await.unwrap();
    let lease = told.begin(&world).await;
    let end = RunEnd::Failed(
        domain::failure::TaskFailure::of_step(
            2,
            &domain::failure::Failure::new(ErrorClass::ElementNotFound, "gone"),
        ),
        json!({}),
    );
    world.store.finish(&lease, &end, None).await.unwrap();
    memory.learn(lease.run_id).await.unwrap();

    let key = domain::memory::goal_key("Add the  user ada", &Told::inputs());
    let plans = memory.plans(world.project, told.site, &key, None).await.unwrap();
    assert_eq!((plans.len(), plans[0].run_id, plans[0].proof.worked), (1, run, 1));
    assert!((plans[0].similarity - 1.0).abs() < 1e-9);
    assert!(plans[0].plan.steps.len() >= 2, "{:?}", plans[0].plan);

    let near = "add now the user {{inputs.user}}";
    let vector = embedder.vector(near);
    let plans = memory.plans(world.project, told.site, near, Some(&vector)).await.unwrap();
    assert_eq!(plans.len(), 1);
    assert!(plans[0].similarity < 0.999 && plans[0].similarity >= 0.8, "{plans:?}");
    let far = "delete every booking";
    let vector = embedder.vector(far);
    assert_eq!(memory.plans(world.project, told.site, far, Some(&vector)).await.unwrap(), []);
    assert_eq!(memory.plans(world.project, "x.example", &key, None).await.unwrap(), []);
}

#[tokio::test]
async fn a_replay_that_fails_counts_against_the_plan_it_went_by() {
    let world = World::new().await;
    let embedder = WordEmbedder::new();
    let memory = memory(&world, &embedder);
    let told = Told { goal: "add the user ada", ..Told::default() };
    let run = told.run(&world).await;
    memory.learn(run).await.unwrap();
    let key = domain::memory::goal_key(told.goal, &Told::inputs());
    let proof = async || {
        let plans = memory.plans(world.project, told.site, &key, None).await.unwrap();
        assert_eq!((plans.len(), plans[0].run_id), (1, run));
        (plans[0].proof.worked, plans[0].proof.failed)
    };
    assert_eq!(proof().await, (1, 0));
    // It gets as far as its first step, so that its own steps say little of the plan.
    let lease = told.replay(&world).await;
    memory.replays(lease.run_id, run).await.unwrap();
    let gone = Failure::new(ErrorClass::ElementNotFound, "gone");
    let end = RunEnd::Failed(TaskFailure::of_step(1, &gone), json!({}));
    world.store.finish(&lease, &end, None).await.unwrap();
    memory.learn(lease.run_id).await.unwrap();
    assert_eq!(proof().await, (1, 1));

    let before = content(&world).await;
    memory.reindex(None).await.unwrap();
    assert_eq!(content(&world).await, before);
    let mut connection = world.database.connection().await;
    let kept: Vec<(String, bool)> =
        sqlx::query_as("select outcome, plan is not null from goal_run order by ended_at, run_id")
            .fetch_all(&mut connection)
            .await
            .unwrap();
    let kept: Vec<(&str, bool)> = kept.iter().map(|(outcome, plan)| (&**outcome, *plan)).collect();
    assert_eq!(kept, [("succeeded", true), ("failed", false)]);
}

#[tokio::test]
async fn a_plan_is_proven_by_its_newest_runs() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    let told = Told { goal: "add the user ada", ..Told::default() };
    let run = told.run(&world).await;
    memory.learn(run).await.unwrap();
    // It worked 300 times before, a minute apart. Then half a hundred runs that went by it were blocked,
    // and more than that had no browser.
    let mut connection = world.database.connection().await;
    let more = "insert into goal_run (
            run_id, goal_id, project_id, agent, outcome, failure_kind, plan, plan_key, ended_at, replays
        )
        select gen_random_uuid(), goal_id, project_id, 'agent ' || number % 7, 'succeeded', null,
            plan, plan_key, ended_at - number * interval '1 min', null
        from goal_run
        cross join generate_series(1, 300) as number
        union all
        select gen_random_uuid(), goal_id, project_id, agent, 'failed',
            case when number <= 50 then 'blocked' else 'infrastructure' end, null, null,
            ended_at + number * interval '1 min', run_id
        from goal_run
        cross join generate_series(1, 500) as number";
    sqlx::raw_sql(more).execute(&mut connection).await.unwrap();
    let key = domain::memory::goal_key(told.goal, &Told::inputs());
    let plans = memory.plans(world.project, told.site, &key, None).await.unwrap();
    let ended_at = world.run(run).await.ended_at.unwrap();
    let proof = Proof {
        worked: 150,
        failed: 50,
        runs: 150,
        agents: 8,
        last_worked_at: Some(ended_at),
        last_failed_at: Some(ended_at + TimeDelta::minutes(50)),
        ..Proof::default()
    };
    assert_eq!((plans.len(), plans[0].run_id, &plans[0].proof), (1, run, &proof));
}
