//! What projects no longer keep: removed in batches, by whoever comes, and nothing else; and what was
//! learnt from it stays.

use crate::support::memory::{Told, memory, memory_of, situations_of};
use crate::support::{World, failed, picture, spec, step, succeeded};
use domain::clock::Clock;
use domain::id::{ProjectId, TaskId};
use domain::memory::Origin;
use domain::ports::{Distillery, Leases, Memory, Retention, Swept, Trace};
use domain::retention::{Keep, Removed, Report};
use sqlx::{AssertSqlSafe, PgConnection};
use std::time::Duration;
use store::{MemoryStore, Store};
use testkit::embedder::WordEmbedder;
use tokio::task::JoinSet;

const DAY: Duration = Duration::from_hours(24);

fn keep_traces(days: u32) -> Keep {
    Keep { trace_days: Some(days), ..Keep::default() }
}

async fn set(world: &World, keep: Keep) {
    world.store.retentions().set(world.project, keep, "ops").await.unwrap();
}

/// Sweeps until nothing is due; what the sweeps that ended removed.
async fn sweep(store: &Store) -> Vec<Report> {
    let mut reports = Vec::new();
    loop {
        match store.sweep().await.unwrap() {
            Swept::Nothing => return reports,
            Swept::Part => {}
            Swept::All(report) => reports.push(*report),
        }
    }
}

/// What one sweep of one project removed.
async fn removed(world: &World) -> Removed {
    let reports = sweep(&world.store).await;
    assert_eq!(reports.len(), 1, "{reports:?}");
    reports[0].removed
}

async fn remembered(world: &World) -> String {
    testkit::dump::memory(&world.database.url).await
}

async fn catch_up(memory: &MemoryStore) {
    while memory.catch_up().await.unwrap() > 0 {}
}

async fn count(world: &World, table: &str) -> i64 {
    let mut connection = world.database.connection().await;
    let query = format!("select count(*) from {table}");
    sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(&mut connection).await.unwrap()
}

/// A task that ended, with as many steps as it has pictures.
async fn task_with_pictures(world: &World, pictures: u32) -> TaskId {
    let task = world.queue(spec("shop.example")).await;
    let lease = world.claim_one().await;
    for seq in 0..pictures {
        let picture = picture(&world.clock, b"png!");
        world.store.append(&lease, &step(&world.clock, seq), &[picture]).await.unwrap();
    }
    world.store.finish(&lease, &succeeded(), None).await.unwrap();
    task
}

/// Runs that heal, fail, and are healed anew, on two sites, a minute apart.
async fn history(world: &World, runs: u32) {
    for number in 0..runs {
        let agent = ["a", "b", "c"][number as usize % 3];
        let site = ["one.example", "two.example"][number as usize % 2];
        let heal_fails = number % 6 == 5;
        let told = Told { agent, site, heals: number % 4 != 3, heal_fails, ..Told::default() };
        let lease = told.begin(world).await;
        let end = if number % 5 == 3 { failed() } else { succeeded() };
        world.store.finish(&lease, &end, None).await.unwrap();
        world.clock.advance(Duration::from_mins(1));
    }
}

#[tokio::test]
async fn everything_is_kept_unless_days_were_set() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    history(&world, 4).await;
    catch_up(&memory).await;
    world.clock.advance(DAY * 10_000);
    assert_eq!(world.store.retentions().find(world.project).await.unwrap(), None);
    assert_eq!(world.store.sweep().await.unwrap(), Swept::Nothing);

    set(&world, Keep::default()).await;
    assert_eq!(removed(&world).await, Removed::default());
    assert_eq!((count(&world, "run").await, count(&world, "retention_report").await), (4, 0));
    let kept = world.store.retentions().find(world.project).await.unwrap().unwrap();
    assert_eq!((kept.keep, &*kept.changed_by), (Keep::default(), "ops"));
    assert_eq!(kept.swept_at, Some(world.clock.now()));
}

#[tokio::test]
async fn memory_outlives_its_traces_and_is_the_same_after_a_rebuild() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    history(&world, 12).await;
    world.clock.advance(DAY * 2);
    history(&world, 6).await;
    catch_up(&memory).await;
    let expected = remembered(&world).await;
    memory.reindex(None).await.unwrap();
    assert_eq!(remembered(&world).await, expected, "with all traces");

    set(&world, keep_traces(1)).await;
    let before = (count(&world, "run").await, count(&world, "step").await);
    let gone = removed(&world).await;
    assert_eq!((gone.tasks, gone.runs), (12, 12));
    let after = (count(&world, "run").await, count(&world, "step").await);
    assert_eq!(after.0, before.0 - 12);
    assert_eq!(after.1, before.1 - i64::try_from(gone.steps).unwrap());
    assert!(gone.steps > 12, "{gone:?}");
    assert_eq!(remembered(&world).await, expected, "without the older traces");
    for _ in 0..2 {
        assert_eq!(memory.reindex(Some(world.project)).await.unwrap(), 6);
        assert_eq!(remembered(&world).await, expected, "made anew without the older traces");
    }

    world.clock.advance(DAY * 2);
    assert_eq!(removed(&world).await.tasks, 6);
    assert_eq!((count(&world, "run").await, count(&world, "step").await), (0, 0));
    assert_eq!(memory.reindex(None).await.unwrap(), 0);
    assert_eq!(remembered(&world).await, expected, "made anew without any trace");
    assert_eq!(memory.size(None).await.unwrap().unembedded, 0);

    // What is learnt later adds to it, in whatever order.
    history(&world, 5).await;
    catch_up(&memory).await;
    let more = remembered(&world).await;
    assert_ne!(more, expected);
    memory.reindex(None).await.unwrap();
    assert_eq!(remembered(&world).await, more);
}

#[tokio::test]
async fn advice_whose_trace_is_gone_is_still_given() {
    let world = World::new().await;
    let embedder = WordEmbedder::new();
    let memory = memory(&world, &embedder);
    let told = Told { goal: "add the user ada", ..Told::default() };
    let run = told.run(&world).await;
    catch_up(&memory).await;
    set(&world, keep_traces(30)).await;
    world.clock.advance(DAY * 31);
    assert_eq!(removed(&world).await.runs, 1);
    memory.reindex(None).await.unwrap();
    assert_eq!(world.store.runs().find(world.project, run).await.unwrap(), None);
    let question = told.question(Some(&embedder));
    let known = memory.recall(world.project, &question).await.unwrap();
    assert!(known[0].exact && known[0].similarity.unwrap() > 0.99, "{known:?}");
    let remedy = &known[0].remedies[0];
    assert_eq!((remedy.proof.worked, remedy.origin), (1, Origin::Run { run_id: run, step: 3 }));
    let key = domain::memory::goal_key(told.goal, &Told::inputs());
    let plans = memory.plans(world.project, told.site, &key, None).await.unwrap();
    assert_eq!((plans.len(), plans[0].proof.worked), (1, 1));
}

#[tokio::test]
async fn what_has_not_ended_or_was_not_learnt_from_is_left_alone() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    let ended = world.queue(spec("shop.example")).await;
    let lease = world.claim_one().await;
    world.store.append(&lease, &step(&world.clock, 0), &[]).await.unwrap();
    world.store.finish(&lease, &succeeded(), None).await.unwrap();
    let again = world.queue(spec("shop.example")).await;
    let lease = world.claim_one().await;
    world
        .store
        .append(&lease, &step(&world.clock, 0), &[picture(&world.clock, b"x")])
        .await
        .unwrap();
    let retry = world.clock.now() + chrono::TimeDelta::days(400);
    world.store.finish(&lease, &failed(), Some(retry)).await.unwrap();
    let asking = world.queue(spec("shop.example")).await;
    let lease = world.claim_one().await;
    world
        .store
        .append(&lease, &step(&world.clock, 0), &[picture(&world.clock, b"x")])
        .await
        .unwrap();
    world.store.finish(&lease, &crate::escalations::waiting(), None).await.unwrap();
    let queued = world.queue(spec("shop.example")).await;

    set(&world, Keep { artifact_days: Some(1), ..keep_traces(1) }).await;
    world.clock.advance(DAY * 30);
    let running = world.claim(1).await;
    assert_eq!(running[0].task_id, queued);
    assert_eq!(removed(&world).await, Removed::default(), "nothing was learnt yet");
    catch_up(&memory).await;
    world.clock.advance(Duration::from_hours(2));
    assert_eq!(
        removed(&world).await,
        Removed { tasks: 1, runs: 1, steps: 1, ..Removed::default() }
    );
    assert!(world.store.tasks().find(world.project, ended).await.unwrap().is_none());
    for task in [again, asking, queued] {
        world.task(task).await;
    }
    assert_eq!((count(&world, "run").await, count(&world, "artifact").await), (3, 2));
}

#[tokio::test]
async fn artifacts_go_before_their_traces_and_other_projects_keep_theirs() {
    let mut world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    let mine = world.project;
    world.project = world.store.projects().get_or_create("other").await.unwrap();
    task_with_pictures(&world, 3).await;
    world.project = mine;
    // More than one batch removes, of more tasks than one batch looks at.
    let old = task_with_pictures(&world, 230).await;
    for _ in 0..210 {
        task_with_pictures(&world, 1).await;
    }
    world.clock.advance(DAY * 8);
    let fresh = task_with_pictures(&world, 2).await;
    catch_up(&memory).await;
    let keep = Keep { artifact_days: Some(7), ..keep_traces(90) };
    let due = world.store.retentions().count_overdue(mine, keep).await.unwrap();
    let expected = Removed { artifacts: 440, artifact_bytes: 1760, ..Removed::default() };
    assert_eq!(due, expected);
    assert_eq!(count(&world, "artifact").await, 445, "counting removes nothing");

    set(&world, keep).await;
    assert_eq!(removed(&world).await, expected);
    assert_eq!(count(&world, "artifact").await, 5);
    let run = world.task(fresh).await.run_id.unwrap();
    assert_eq!(world.store.artifacts().list(mine, run).await.unwrap().len(), 2);
    let run = world.run(world.task(old).await.run_id.unwrap()).await;
    assert_eq!(run.steps, 230);

    world.clock.advance(DAY * 85);
    let due = world.store.retentions().count_overdue(mine, keep).await.unwrap();
    let gone = removed(&world).await;
    assert_eq!(gone, due);
    assert_eq!((gone.tasks, gone.steps, gone.artifacts), (211, 440, 2));
    assert_eq!((count(&world, "run").await, count(&world, "artifact").await), (2, 3));
    let reports = world.store.retentions().list_reports(mine, 20).await.unwrap();
    assert_eq!(reports.iter().map(|report| report.removed).collect::<Vec<_>>(), [gone, expected]);
    assert!(reports.iter().all(|report| report.ended_at.is_some() && report.keep == keep));
}

#[tokio::test]
async fn a_sweep_looks_at_tasks_that_became_overdue_since_the_last_one() {
    let world = World::new().await;
    // It was submitted first, and ends last.
    world.queue(spec("late.example")).await;
    let late = world.claim_one().await;
    world.store.extend(&late, DAY * 100).await.unwrap();
    let picture = picture(&world.clock, b"png!");
    world.store.append(&late, &step(&world.clock, 0), &[picture]).await.unwrap();
    for _ in 0..3 {
        task_with_pictures(&world, 1).await;
    }
    // Those that ended have no artifacts any more, like most in a year of them.
    let many = "insert into task (
            id, project_id, spec, site, agent, labels, priority, secret_names, state, run_after,
            max_attempts, created_at, finished_at
        )
        select (left(id::text, 24) || lpad(number::text, 12, '0'))::uuid, project_id, spec, site,
            agent, labels, priority, secret_names, state, run_after, max_attempts, created_at,
            finished_at + number * interval '1 s'
        from (select * from task where finished_at is not null limit 1) as one
        cross join generate_series(1, 1000) as number";
    sqlx::query(many).execute(&mut world.database.connection().await).await.unwrap();
    set(&world, Keep { artifact_days: Some(7), ..Keep::default() }).await;
    world.clock.advance(DAY * 8);
    assert_eq!(world.store.sweep().await.unwrap(), Swept::Part);
    assert_eq!(removed(&world).await.artifacts, 3);
    world.clock.advance(Duration::from_hours(2));
    let again = world.store.sweep().await.unwrap();
    assert!(matches!(again, Swept::All(_)), "looks at all of them again: {again:?}");

    world.store.finish(&late, &succeeded(), None).await.unwrap();
    world.clock.advance(DAY * 8);
    assert_eq!(removed(&world).await.artifacts, 1);
    assert_eq!(count(&world, "artifact").await, 0);
}

#[tokio::test]
async fn memory_goes_by_its_own_days_and_a_rebuild_brings_nothing_back() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    let one = Told { site: "one.example", ..Told::default() };
    let two = Told { site: "two.example", ..Told::default() };
    one.run(&world).await;
    two.run(&world).await;
    catch_up(&memory).await;
    world.clock.advance(DAY * 20);
    two.run(&world).await;
    catch_up(&memory).await;
    world.clock.advance(DAY * 11);
    set(&world, Keep { memory_days: Some(30), ..Keep::default() }).await;
    let due = world
        .store
        .retentions()
        .count_overdue(world.project, Keep { memory_days: Some(30), ..Keep::default() })
        .await
        .unwrap();
    let gone = removed(&world).await;
    assert_eq!(gone, due);
    assert_eq!((gone.situations, gone.remedies, gone.goals, gone.tasks), (1, 1, 1, 0));
    assert!(gone.working_locators > 0, "{gone:?}");
    assert_eq!(situations_of(&memory, &world, &one).await, []);
    let known = situations_of(&memory, &world, &two).await;
    assert_eq!((known.len(), known[0].seen, known[0].remedies[0].proof.worked), (1, 2, 2));
    let expected = remembered(&world).await;
    assert_eq!(memory.reindex(None).await.unwrap(), 3, "the traces are all there");
    assert_eq!(remembered(&world).await, expected);

    // It is met again: that counts, what was forgotten does not.
    one.run(&world).await;
    catch_up(&memory).await;
    let known = situations_of(&memory, &world, &one).await;
    assert_eq!((known.len(), known[0].seen, known[0].remedies[0].proof.worked), (1, 1, 1));
    let expected = remembered(&world).await;
    memory.reindex(None).await.unwrap();
    assert_eq!(remembered(&world).await, expected);

    // Nor does a trace bring it back that goes later, nor one that is learnt from late.
    set(&world, Keep { memory_days: Some(30), ..keep_traces(15) }).await;
    assert_eq!(removed(&world).await.tasks, 2);
    memory.reindex(None).await.unwrap();
    assert_eq!(remembered(&world).await, expected);
    world.clock.advance(DAY * 40);
    let gone = removed(&world).await;
    assert_eq!((gone.tasks, gone.situations, gone.goals), (2, 2, 2));
    assert_eq!(memory.reindex(None).await.unwrap(), 0);
    let size = memory.size(None).await.unwrap();
    assert_eq!((size.situations, size.remedies, size.working_locators, size.goals), (0, 0, 0, 0));
    for table in ["remedy_mark", "kept.situation", "kept.remedy_mark", "kept.working_locator"] {
        assert_eq!(count(&world, table).await, 0, "{table}");
    }
    assert_eq!((count(&world, "kept.goal").await, count(&world, "memory_forgotten").await), (0, 0));
}

#[tokio::test]
async fn nothing_is_forgotten_while_memory_is_being_made_anew() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    let told = Told::default();
    told.run(&world).await;
    world.clock.advance(DAY * 31);
    let late = told.run(&world).await;
    world.clock.advance(Duration::from_hours(1));
    // As after the first of two runs of a rebuild: what is known looks old.
    let first = world.store.runs().list(world.project, &store::RunFilter::default(), &page()).await;
    memory.learn(first.unwrap().items[1].id).await.unwrap();
    set(&world, Keep { memory_days: Some(30), ..Keep::default() }).await;
    assert_eq!(removed(&world).await, Removed::default());
    memory.learn(late).await.unwrap();
    world.clock.advance(Duration::from_hours(2));
    assert_eq!(removed(&world).await, Removed::default());
    assert_eq!(situations_of(&memory, &world, &told).await[0].seen, 2);
}

fn page() -> store::PageRequest {
    store::PageRequest { limit: 10, after: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_killed_in_the_middle_leaves_nothing_half_done_and_holds_up_no_claim() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    history(&world, 45).await;
    catch_up(&memory).await;
    let expected = remembered(&world).await;
    set(&world, keep_traces(1)).await;
    world.clock.advance(DAY * 2);
    assert_eq!(world.store.sweep().await.unwrap(), Swept::Part);
    assert_eq!(count(&world, "task").await, 25);

    // Somebody learns on one of the sites, so the next batch waits with its tasks locked.
    let mut learner = world.database.connection().await;
    hold_site(&mut learner, world.project, "two.example").await;
    let store = world.store.clone();
    let mut sweeping = JoinSet::new();
    sweeping.spawn(async move { store.sweep().await });
    let victim = waiting_for_the_site(&world).await;
    let queued = world.queue(spec("one.example")).await;
    let begun = std::time::Instant::now();
    assert_eq!(world.claim_one().await.task_id, queued);
    assert!(begun.elapsed() < Duration::from_secs(2), "the claim had to wait");
    let mut beside = JoinSet::new();
    let other = world.database.store(world.clock.clone()).await;
    beside.spawn(async move { other.sweep().await.unwrap() });
    assert_eq!(beside.join_next().await.unwrap().unwrap(), Swept::Nothing, "it is taken");

    let mut admin = world.database.connection().await;
    sqlx::query("select pg_terminate_backend($1)").bind(victim).execute(&mut admin).await.unwrap();
    assert!(sweeping.join_next().await.unwrap().unwrap().is_err());
    sqlx::query("rollback").execute(&mut learner).await.unwrap();
    assert_eq!(count(&world, "task").await, 26, "all of the batch, and the one that runs");
    assert_eq!(remembered(&world).await, expected);
    memory.reindex(None).await.unwrap();
    assert_eq!(remembered(&world).await, expected);

    // Another process goes on with the same report.
    let other = world.database.store(world.clock.clone()).await;
    let reports = sweep(&other).await;
    assert_eq!((reports.len(), reports[0].removed.tasks), (1, 45));
    let kept = world.store.retentions().list_reports(world.project, 20).await.unwrap();
    assert_eq!(kept, reports);
    memory.reindex(None).await.unwrap();
    assert_eq!(remembered(&world).await, expected);
}

/// Holds what learning on a site holds, until the transaction ends.
async fn hold_site(connection: &mut PgConnection, project: ProjectId, site: &str) {
    sqlx::query("begin").execute(&mut *connection).await.unwrap();
    sqlx::query("select pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind(format!("memory {project} {site}"))
        .execute(connection)
        .await
        .unwrap();
}

/// The backend that waits for an advisory lock.
async fn waiting_for_the_site(world: &World) -> i32 {
    let mut connection = world.database.connection().await;
    loop {
        let waiting: Option<i32> = sqlx::query_scalar(
            "select pid from pg_locks
            where locktype = 'advisory' and not granted
                and database = (select oid from pg_database where datname = current_database())",
        )
        .fetch_optional(&mut connection)
        .await
        .unwrap();
        if let Some(pid) = waiting {
            return pid;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_processes_sweep_without_removing_anything_twice() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    history(&world, 70).await;
    catch_up(&memory).await;
    let expected = remembered(&world).await;
    let steps = count(&world, "step").await;
    set(&world, keep_traces(1)).await;
    world.clock.advance(DAY * 2);
    let project = world.project;
    let mut processes = JoinSet::new();
    for _ in 0..4 {
        let store = world.database.store(world.clock.clone()).await;
        let memory = memory_of(&store, &WordEmbedder::new());
        processes.spawn(async move {
            let swept = async || {
                let set = store.retentions().find(project).await.unwrap().unwrap();
                set.swept_at.is_some()
            };
            while !swept().await {
                store.sweep().await.unwrap();
                memory.catch_up().await.unwrap();
            }
            store.close().await;
        });
    }
    let ended = tokio::time::timeout(Duration::from_mins(1), processes.join_all()).await;
    assert!(ended.is_ok(), "they never come to an end");
    let reports = world.store.retentions().list_reports(world.project, 20).await.unwrap();
    let removed = reports[0].removed;
    assert_eq!((reports.len(), removed.tasks, removed.runs), (1, 70, 70));
    assert_eq!((removed.steps, count(&world, "step").await), (steps.unsigned_abs(), 0));
    assert_eq!(remembered(&world).await, expected);
    memory.reindex(None).await.unwrap();
    assert_eq!(remembered(&world).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_that_begins_and_ends_while_a_sweep_reads_loses_nothing() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    history(&world, 4).await;
    catch_up(&memory).await;
    let expected = remembered(&world).await;
    set(&world, keep_traces(1)).await;
    world.clock.advance(DAY * 2);
    // The sweep has listed the tasks, and comes no further than the first one's steps.
    let mut before_reading = world.hold_table("step").await;
    let store = world.store.clone();
    let mut sweeping = JoinSet::new();
    sweeping.spawn(async move { store.sweep().await.unwrap() });
    world.somebody_waits_for("step").await;
    // A rebuild empties memory before the others are read, and is through before any is removed.
    let before_removing = world.hold_table("retention").await;
    let emptied = "update run set distilled_at = null; commit";
    sqlx::raw_sql(emptied).execute(&mut before_reading).await.unwrap();
    world.somebody_waits_for("retention").await;
    memory.reindex(None).await.unwrap();
    drop(before_removing);
    assert_eq!(sweeping.join_next().await.unwrap().unwrap(), Swept::Part);
    assert_eq!(count(&world, "run").await, 0);
    assert_eq!(remembered(&world).await, expected);
    memory.reindex(None).await.unwrap();
    assert_eq!(remembered(&world).await, expected, "made anew without any trace");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_beside_a_sweep_loses_nothing() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    history(&world, 60).await;
    catch_up(&memory).await;
    let expected = remembered(&world).await;
    set(&world, keep_traces(1)).await;
    world.clock.advance(DAY * 2);
    let (rebuilder, store) = (memory.clone(), world.store.clone());
    let mut beside = JoinSet::new();
    beside.spawn(async move {
        for _ in 0..3 {
            rebuilder.reindex(None).await.unwrap();
        }
    });
    while !beside.is_empty() {
        sweep(&store).await;
        world.clock.advance(Duration::from_hours(2));
        while beside.try_join_next().is_some() {}
    }
    catch_up(&memory).await;
    sweep(&store).await;
    assert_eq!(count(&world, "run").await, 0);
    assert_eq!(remembered(&world).await, expected);
    memory.reindex(None).await.unwrap();
    assert_eq!(remembered(&world).await, expected);
}

#[tokio::test]
async fn a_run_that_the_database_refuses_does_not_keep_the_others_from_being_removed() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    let refuse = "create function refuse() returns trigger language plpgsql as $$ begin
            if new.last_run_id = (select min(id::text) from public.run)::uuid then
                raise exception 'too long' using errcode = '54000';
            end if;
            return new;
        end $$;
        create trigger refuse before insert or update on working_locator
            for each row execute function refuse();
        create trigger refuse before insert or update on kept.working_locator
            for each row execute function refuse()";
    sqlx::raw_sql(refuse).execute(&mut world.database.connection().await).await.unwrap();
    Told { site: "one.example", ..Told::default() }.run(&world).await;
    Told { site: "two.example", ..Told::default() }.run(&world).await;
    catch_up(&memory).await;
    let expected = remembered(&world).await;
    set(&world, keep_traces(1)).await;
    world.clock.advance(DAY * 2);
    assert_eq!(removed(&world).await.tasks, 2);
    memory.reindex(None).await.unwrap();
    assert_eq!(remembered(&world).await, expected, "nothing of the first, all of the second");
}

#[tokio::test]
async fn what_is_kept_has_the_shape_of_memory() {
    let world = World::new().await;
    let mut connection = world.database.connection().await;
    let columns = "select format('%s.%s %s %s', table_name, column_name, data_type, is_nullable)
        from information_schema.columns
        where table_schema = $1 and table_name in
            (select table_name from information_schema.tables where table_schema = 'kept')
        order by 1";
    let mut of = async |schema: &str| -> Vec<String> {
        sqlx::query_scalar(columns).bind(schema).fetch_all(&mut connection).await.unwrap()
    };
    let kept = of("kept").await;
    assert!(kept.len() > 60, "{kept:?}");
    assert_eq!(kept, of("public").await, "a column of memory that is not kept is lost");
}
