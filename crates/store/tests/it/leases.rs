//! Who may work on what, and until when.

use crate::support::{LEASE, World, assert_lost, claim, failed, spec, step, succeeded};
use domain::clock::Clock;
use domain::event::EventKind;
use domain::failure::{FailureKind, LimitName};
use domain::id::TaskId;
use domain::ports::{Claim, Lease, Leases, Trace};
use domain::run::{Outcome, RunEnd};
use domain::task::{Limits, TaskSpec, TaskState};
use serde_json::json;
use std::time::Duration;
use store::{Cancelled, PageRequest, RunFilter};

/// One millisecond before a lease expires.
const ALMOST: Duration = Duration::from_millis(29_999);

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const OTHER_TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

fn ids(leases: &[Lease]) -> Vec<TaskId> {
    leases.iter().map(|lease| lease.task_id).collect()
}

fn with_priority(priority: i32) -> TaskSpec {
    TaskSpec { priority, ..spec("shop.example") }
}

fn with_attempts(attempts: u32) -> TaskSpec {
    TaskSpec { limits: Limits { attempts, ..Limits::default() }, ..spec("shop.example") }
}

#[tokio::test]
async fn tasks_are_claimed_by_priority_and_then_by_age() {
    let world = World::new().await;
    let first = world.queue(with_priority(0)).await;
    let second = world.queue(with_priority(0)).await;
    let urgent = world.queue(with_priority(5)).await;
    let later = world.queue(with_priority(-1)).await;
    assert_eq!(ids(&world.claim(2).await), [urgent, first]);
    assert_eq!(ids(&world.claim(9).await), [second, later]);
    assert_eq!(ids(&world.claim(9).await), []);
}

#[tokio::test]
async fn order_holds_across_sites_and_projects() {
    let world = World::new().await;
    let other = world.store.projects().get_or_create("other").await.unwrap();
    let mut expected = Vec::new();
    for number in 0..12 {
        let mut task = world.new_task(spec(["b.example", "a.example", "c.example"][number % 3]));
        if number % 2 == 0 {
            task.project_id = other;
        }
        expected.push(task.id);
        world.store.tasks().insert(task).await.unwrap();
    }
    assert_eq!(ids(&world.claim(5).await), expected[..5]);
    assert_eq!(ids(&world.claim(20).await), expected[5..]);
}

#[tokio::test]
async fn a_claim_tells_what_to_do_and_begins_a_run() {
    let world = World::new().await;
    let mut task = world.new_task(spec("shop.example"));
    task.traceparent = Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned());
    task.tracestate = Some("congo=t61rcWkgMzE".to_owned());
    world.store.tasks().insert(task.clone()).await.unwrap();
    let lease = world.claim_one().await;
    assert_eq!(lease.task_id, task.id);
    assert_eq!(lease.project_id, world.project);
    assert_eq!(lease.spec, task.spec);
    assert_eq!(lease.attempt, 1);
    assert_eq!(lease.until, world.clock.now() + LEASE);
    assert_eq!((lease.traceparent, lease.tracestate), (task.traceparent, task.tracestate));

    let now = world.task(task.id).await;
    assert_eq!(now.state, TaskState::Running);
    assert_eq!((now.attempt, now.version), (1, 2));
    assert_eq!(now.run_id, Some(lease.run_id));
    assert_eq!(now.started_at, Some(world.clock.now()));
    let run = world.run(lease.run_id).await;
    assert_eq!((run.task_id, run.attempt), (task.id, 1));
    assert_eq!((run.outcome, run.steps), (None, 0));
    assert_eq!((&*run.worker, &*run.goal), ("w-1", "see the page"));
    assert_eq!(world.events(task.id).await, [EventKind::Queued, EventKind::RunStarted]);
}

#[tokio::test]
async fn a_first_attempt_is_in_the_trace_of_its_task_and_later_ones_in_their_own() {
    let world = World::new().await;
    let mut task = world.new_task(spec("shop.example"));
    task.traceparent = Some(format!("00-{TRACE}-b7ad6b7169203331-01"));
    world.store.tasks().insert(task.clone()).await.unwrap();
    assert_eq!(world.task(task.id).await.trace_id.as_deref(), Some(TRACE));
    let trace_of = async |lease: &Lease| world.run(lease.run_id).await.trace_id;

    let first = world.claim_one().await;
    assert_eq!(trace_of(&first).await.as_deref(), Some(TRACE));
    world.expire_leases();
    let second = world.claim_one().await;
    assert_eq!(trace_of(&second).await, None, "its worker has not said");
    world.store.traced(&second, OTHER_TRACE).await.unwrap();
    assert_eq!(trace_of(&second).await.as_deref(), Some(OTHER_TRACE));
    world.store.traced(&second, TRACE).await.unwrap();
    assert_eq!(trace_of(&second).await.as_deref(), Some(OTHER_TRACE), "where it began");

    world.expire_leases();
    let third = world.claim_one().await;
    assert_lost(world.store.traced(&second, TRACE).await);
    assert_eq!(trace_of(&third).await, None, "whoever lost the lease says nothing");
    world.store.finish(&third, &succeeded(), None).await.unwrap();
    assert_lost(world.store.traced(&third, TRACE).await);
    let newest = PageRequest { limit: 9, after: None };
    let listed = world.store.runs().list(world.project, &RunFilter::default(), &newest).await;
    let traces: Vec<_> = listed.unwrap().items.into_iter().map(|run| run.trace_id).collect();
    assert_eq!(traces, [None, Some(OTHER_TRACE.to_owned()), Some(TRACE.to_owned())]);
}

#[tokio::test]
async fn without_a_trace_there_is_no_id_of_one() {
    let world = World::new().await;
    let task = world.queue(spec("shop.example")).await;
    assert_eq!(world.task(task).await.trace_id, None);
    let lease = world.claim_one().await;
    assert_eq!(world.run(lease.run_id).await.trace_id, None);
}

#[tokio::test]
async fn a_task_is_not_claimed_before_its_time() {
    let world = World::new().await;
    let in_a_minute = TaskSpec {
        run_after: Some(world.clock.now() + Duration::from_mins(1)),
        priority: 9,
        ..spec("shop.example")
    };
    let later = world.queue(in_a_minute).await;
    let now = world.queue(spec("shop.example")).await;
    let lease = world.claim_one().await;
    assert_eq!(lease.task_id, now);
    world.store.finish(&lease, &succeeded(), None).await.unwrap();
    world.clock.advance(Duration::from_secs(59));
    assert_eq!(ids(&world.claim(9).await), []);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(ids(&world.claim(9).await), [later]);
}

#[tokio::test]
async fn a_worker_without_a_free_slot_claims_nothing() {
    let world = World::new().await;
    let task = world.queue(spec("shop.example")).await;
    assert_eq!(ids(&world.claim(0).await), []);
    assert_eq!(world.task(task).await.state, TaskState::Queued);
}

#[tokio::test]
async fn a_full_site_waits_and_does_not_stand_in_the_way_of_others() {
    let world = World::new().await;
    let two_per_site = Claim { per_site: 2, ..claim(4) };
    let mut busy = Vec::new();
    for _ in 0..10 {
        busy.push(world.queue(spec("busy.example")).await);
    }
    let quiet = world.queue(spec("quiet.example")).await;
    let leases = world.store.claim(&two_per_site).await.unwrap();
    assert_eq!(ids(&leases), [busy[0], busy[1], quiet]);
    assert_eq!(ids(&world.store.claim(&two_per_site).await.unwrap()), []);

    world.store.finish(&leases[0], &succeeded(), None).await.unwrap();
    let next = world.store.claim(&two_per_site).await.unwrap();
    assert_eq!(ids(&next), [busy[2]]);
}

#[tokio::test]
async fn a_full_site_with_a_long_queue_does_not_hide_the_others() {
    let world = World::new().await;
    let one_per_site = Claim { per_site: 1, ..claim(3) };
    let first = world.queue(spec("busy.example")).await;
    for _ in 0..300 {
        world.queue(spec("busy.example")).await;
    }
    let scheduled = TaskSpec {
        run_after: Some(world.clock.now() + Duration::from_hours(1)),
        ..spec("later.example")
    };
    world.queue(scheduled).await;
    let quiet = world.queue(spec("quiet.example")).await;
    let quiet_too = world.queue(spec("quiet.example")).await;
    let urgent = TaskSpec { priority: 1, ..spec("urgent.example") };
    let urgent = world.queue(urgent).await;
    let leases = world.store.claim(&one_per_site).await.unwrap();
    assert_eq!(ids(&leases), [urgent, first, quiet]);
    world.store.finish(&leases[2], &succeeded(), None).await.unwrap();
    let leases = world.store.claim(&one_per_site).await.unwrap();
    assert_eq!(ids(&leases), [quiet_too]);
    // an expired lease is found behind them, too
    world.expire_leases();
    let again = ids(&world.store.claim(&one_per_site).await.unwrap());
    assert_eq!(again, [urgent, first, quiet_too]);
}

#[tokio::test]
async fn the_same_site_in_another_project_counts_by_itself() {
    let world = World::new().await;
    let mut task = world.new_task(spec("shop.example"));
    task.project_id = world.store.projects().get_or_create("other").await.unwrap();
    world.store.tasks().insert(task).await.unwrap();
    world.queue(spec("shop.example")).await;
    let one_per_site = Claim { per_site: 1, ..claim(9) };
    assert_eq!(world.store.claim(&one_per_site).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_lease_that_expired_does_not_count_as_running() {
    let world = World::new().await;
    let one_per_site = Claim { per_site: 1, ..claim(9) };
    let first = world.queue(with_attempts(1)).await;
    let second = world.queue(with_attempts(1)).await;
    assert_eq!(ids(&world.store.claim(&one_per_site).await.unwrap()), [first]);
    world.expire_leases();
    assert_eq!(ids(&world.store.claim(&one_per_site).await.unwrap()), [second]);
}

#[tokio::test]
async fn starts_on_a_site_keep_their_distance() {
    let world = World::new().await;
    let paced = Claim { pace: Duration::from_secs(10), ..claim(9) };
    let first = world.queue(spec("shop.example")).await;
    let second = world.queue(spec("shop.example")).await;
    let other = world.queue(spec("other.example")).await;
    let leases = world.store.claim(&paced).await.unwrap();
    assert_eq!(ids(&leases), [first, other]);
    // that the run has ended makes no difference
    world.store.finish(&leases[0], &succeeded(), None).await.unwrap();
    world.clock.advance(Duration::from_secs(9));
    assert_eq!(ids(&world.store.claim(&paced).await.unwrap()), []);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(ids(&world.store.claim(&paced).await.unwrap()), [second]);
}

#[tokio::test]
async fn expired_lease_is_claimed_again() {
    let world = World::new().await;
    let task = world.queue(spec("shop.example")).await;
    let first = world.claim_one().await;
    world.store.append(&first, &step(&world.clock, 0), &[]).await.unwrap();
    world.clock.advance(ALMOST);
    assert_eq!(ids(&world.claim(9).await), []);
    world.clock.advance(Duration::from_millis(1));
    let second = world.claim_one().await;
    assert_eq!((second.task_id, second.attempt), (task, 2));
    assert_ne!(second.run_id, first.run_id);
    assert_ne!(second.token, first.token);

    let lost = world.run(first.run_id).await;
    assert_eq!((lost.outcome, lost.steps), (Some(Outcome::Lost), 1));
    assert_eq!(lost.ended_at, Some(world.clock.now()));
    assert_eq!(world.run(second.run_id).await.outcome, None);
    let failure = world.task(task).await.failure.unwrap();
    assert_eq!(failure.kind, FailureKind::Infrastructure);
}

#[tokio::test]
async fn expired_leases_and_new_tasks_take_the_same_road() {
    let world = World::new().await;
    let old = world.queue(with_priority(0)).await;
    world.claim_one().await;
    let urgent = world.queue(with_priority(1)).await;
    let new = world.queue(with_priority(0)).await;
    world.expire_leases();
    assert_eq!(ids(&world.claim(2).await), [urgent, old]);
    assert_eq!(ids(&world.claim(2).await), [new]);
}

#[tokio::test]
async fn a_heartbeat_extends_the_lease() {
    let world = World::new().await;
    world.queue(spec("shop.example")).await;
    let lease = world.claim_one().await;
    world.clock.advance(LEASE / 2);
    let beat = world.store.extend(&lease, LEASE).await.unwrap();
    assert_eq!(beat.until, world.clock.now() + LEASE);
    assert!(!beat.cancel_requested);
    world.clock.advance(ALMOST);
    assert_eq!(ids(&world.claim(9).await), []);
    // nothing that a client sees has changed
    assert_eq!(world.task(lease.task_id).await.version, 2);
}

#[tokio::test]
async fn a_heartbeat_never_shortens_a_lease() {
    let world = World::new().await;
    world.queue(spec("shop.example")).await;
    let lease = world.claim_one().await;
    let beat = world.store.extend(&lease, Duration::from_secs(1)).await.unwrap();
    assert_eq!(beat.until, lease.until);
}

#[tokio::test]
async fn a_zombie_writes_nothing_after_its_lease_expired() {
    let world = World::new().await;
    let task = world.queue(spec("shop.example")).await;
    let zombie = world.claim_one().await;
    world.expire_leases();
    check_writes_nothing(&world, &zombie).await;
    assert_eq!(world.task(task).await.state, TaskState::Running);
}

#[tokio::test]
async fn a_zombie_writes_nothing_after_another_took_over() {
    let world = World::new().await;
    let task = world.queue(spec("shop.example")).await;
    let zombie = world.claim_one().await;
    world.expire_leases();
    let holder = world.claim_one().await;
    check_writes_nothing(&world, &zombie).await;

    world.store.append(&holder, &step(&world.clock, 0), &[]).await.unwrap();
    world.store.finish(&holder, &succeeded(), None).await.unwrap();
    check_writes_nothing(&world, &zombie).await;
    let task = world.task(task).await;
    assert_eq!(task.state, TaskState::Succeeded);
    assert_eq!(task.run_id, Some(holder.run_id));
}

async fn check_writes_nothing(world: &World, zombie: &Lease) {
    let before = world.task(zombie.task_id).await;
    let events = world.events(zombie.task_id).await;
    let run = world.run(zombie.run_id).await;
    let store = &world.store;
    assert_lost(store.append(zombie, &step(&world.clock, 7), &[]).await);
    assert_lost(store.extend(zombie, LEASE).await);
    for end in [succeeded(), failed(), RunEnd::Cancelled, RunEnd::Released] {
        assert_lost(store.finish(zombie, &end, None).await);
    }
    assert_lost(store.finish(zombie, &failed(), Some(world.clock.now())).await);
    assert_eq!(world.task(zombie.task_id).await, before);
    assert_eq!(world.events(zombie.task_id).await, events);
    assert_eq!(world.run(zombie.run_id).await, run);
    let steps = store.steps().list(world.project, zombie.run_id, None, 100).await.unwrap();
    assert!(steps.iter().all(|recorded| recorded.step.seq != 7));
}

#[tokio::test]
async fn a_success_ends_the_task() {
    let world = World::new().await;
    let task = world.queue(spec("shop.example")).await;
    let lease = world.claim_one().await;
    world.clock.advance(Duration::from_secs(2));
    world.store.finish(&lease, &succeeded(), None).await.unwrap();
    let task = world.task(task).await;
    assert_eq!(task.state, TaskState::Succeeded);
    assert_eq!(task.result, Some(json!({"row": ["ada"]})));
    assert_eq!(task.finished_at, Some(world.clock.now()));
    assert_eq!((task.failure, task.version), (None, 3));
    let run = world.run(lease.run_id).await;
    assert_eq!(run.outcome, Some(Outcome::Succeeded));
    assert_eq!(run.result, Some(json!({"row": ["ada"]})));
    let events = world.events(task.id).await;
    assert_eq!(events.last(), Some(&EventKind::Succeeded));
    assert_eq!(ids(&world.claim(9).await), []);
}

#[tokio::test]
async fn an_end_whose_answer_got_lost_can_be_repeated() {
    let world = World::new().await;
    let task = world.queue(spec("shop.example")).await;
    let lease = world.claim_one().await;
    for _ in 0..2 {
        world.store.finish(&lease, &succeeded(), None).await.unwrap();
    }
    assert_eq!(world.events(task).await.len(), 3);
    assert_lost(world.store.finish(&lease, &RunEnd::Cancelled, None).await);
}

#[tokio::test]
async fn a_failed_attempt_is_tried_again_at_its_time() {
    let world = World::new().await;
    let task = world.queue(spec("shop.example")).await;
    let lease = world.claim_one().await;
    let retry_at = world.clock.now() + Duration::from_secs(2);
    world.store.finish(&lease, &failed(), Some(retry_at)).await.unwrap();
    let queued = world.task(task).await;
    assert_eq!((queued.state, queued.attempt), (TaskState::Queued, 1));
    assert_eq!(queued.run_after, retry_at);
    assert_eq!(queued.failure.unwrap().message, "chrome died");
    assert_eq!((queued.result, queued.finished_at), (None, None));
    assert_eq!(world.run(lease.run_id).await.outcome, Some(Outcome::Failed));
    assert_eq!(world.events(task).await.last(), Some(&EventKind::Requeued));
    assert_eq!(ids(&world.claim(9).await), []);
    world.clock.advance(Duration::from_secs(2));
    assert_eq!(world.claim_one().await.attempt, 2);
}

#[tokio::test]
async fn a_failure_that_is_not_retried_ends_the_task() {
    let world = World::new().await;
    let task = world.queue(spec("shop.example")).await;
    let lease = world.claim_one().await;
    world.store.finish(&lease, &failed(), None).await.unwrap();
    let task = world.task(task).await;
    assert_eq!(task.state, TaskState::Failed);
    assert_eq!(task.failure.unwrap().message, "chrome died");
    assert_eq!(task.result, Some(json!({})));
    assert_eq!(world.events(task.id).await.last(), Some(&EventKind::Failed));
}

#[tokio::test]
async fn a_released_attempt_is_given_back() {
    let world = World::new().await;
    let task = world.queue(with_attempts(1)).await;
    for _ in 0..3 {
        let lease = world.claim_one().await;
        assert_eq!(lease.attempt, 1);
        world.store.finish(&lease, &RunEnd::Released, None).await.unwrap();
        let queued = world.task(task).await;
        assert_eq!((queued.state, queued.attempt), (TaskState::Queued, 0));
        let run = world.run(lease.run_id).await;
        assert_eq!(run.outcome, Some(Outcome::Released));
    }
}

#[tokio::test]
async fn cancelling_a_running_task_reaches_its_worker_by_heartbeat() {
    let world = World::new().await;
    let task = world.queue(spec("shop.example")).await;
    let lease = world.claim_one().await;
    let cancelled = world.store.tasks().cancel(world.project, task).await.unwrap();
    let Cancelled::Requested(running) = cancelled else { panic!("{cancelled:?}") };
    assert!(running.cancel_requested);
    assert_eq!(running.state, TaskState::Running);
    assert!(world.store.extend(&lease, LEASE).await.unwrap().cancel_requested);
    world.store.finish(&lease, &RunEnd::Cancelled, None).await.unwrap();
    assert_eq!(world.task(task).await.state, TaskState::Cancelled);
    let run = world.run(lease.run_id).await;
    assert_eq!(run.outcome, Some(Outcome::Cancelled));
    assert_eq!(
        world.events(task).await,
        [EventKind::Queued, EventKind::RunStarted, EventKind::Cancelling, EventKind::Cancelled]
    );
}

#[tokio::test]
async fn a_task_that_is_to_be_cancelled_does_not_go_back_to_the_queue() {
    let world = World::new().await;
    for (end, retry) in [(failed(), true), (RunEnd::Released, false)] {
        let task = world.queue(spec("shop.example")).await;
        let lease = world.claim_one().await;
        world.store.tasks().cancel(world.project, task).await.unwrap();
        let retry_at = retry.then(|| world.clock.now());
        world.store.finish(&lease, &end, retry_at).await.unwrap();
        assert_eq!(world.task(task).await.state, TaskState::Cancelled);
        let run = world.run(lease.run_id).await;
        assert_eq!(run.outcome, end.outcome());
    }
}

#[tokio::test]
async fn a_success_beats_a_wish_to_cancel() {
    let world = World::new().await;
    let task = world.queue(spec("shop.example")).await;
    let lease = world.claim_one().await;
    world.store.tasks().cancel(world.project, task).await.unwrap();
    world.store.finish(&lease, &succeeded(), None).await.unwrap();
    assert_eq!(world.task(task).await.state, TaskState::Succeeded);
}

#[tokio::test]
async fn reaping_fails_what_is_out_of_attempts() {
    let world = World::new().await;
    let task = world.queue(with_attempts(1)).await;
    let lease = world.claim_one().await;
    assert_eq!(world.store.reap().await.unwrap(), []);
    world.expire_leases();
    assert_eq!(ids(&world.claim(9).await), []);
    let reaped = world.store.reap().await.unwrap();
    assert_eq!(reaped, [world.task(task).await]);
    assert_eq!(reaped[0].state, TaskState::Failed);
    let failure = reaped[0].failure.clone().unwrap();
    assert_eq!((failure.kind, failure.limit), (FailureKind::Budget, Some(LimitName::Attempts)));
    assert!(
        failure.message.starts_with("gave up after 1 attempt: the worker vanished"),
        "{}",
        failure.message
    );
    let run = world.run(lease.run_id).await;
    assert_eq!(run.outcome, Some(Outcome::Lost));
    assert_eq!(world.events(task).await.last(), Some(&EventKind::Failed));
    assert_eq!(world.store.reap().await.unwrap(), []);
}

#[tokio::test]
async fn reaping_cancels_what_was_to_be_cancelled() {
    let world = World::new().await;
    let task = world.queue(spec("shop.example")).await;
    let lease = world.claim_one().await;
    world.store.tasks().cancel(world.project, task).await.unwrap();
    world.expire_leases();
    assert_eq!(ids(&world.claim(9).await), []);
    let reaped = world.store.reap().await.unwrap();
    assert_eq!(reaped.len(), 1);
    assert_eq!(reaped[0].state, TaskState::Cancelled);
    let run = world.run(lease.run_id).await;
    assert_eq!(run.outcome, Some(Outcome::Lost));
}

#[tokio::test]
async fn reaping_leaves_alone_what_can_be_claimed_again() {
    let world = World::new().await;
    world.queue(with_attempts(2)).await;
    world.claim_one().await;
    world.expire_leases();
    assert_eq!(world.store.reap().await.unwrap(), []);
    assert_eq!(world.claim_one().await.attempt, 2);
}

#[tokio::test]
async fn a_heartbeat_touches_no_index() {
    let world = World::new().await;
    world.queue(spec("shop.example")).await;
    let lease = world.claim_one().await;
    let updates = || async {
        let mut connection = world.database.connection().await;
        let (all, hot): (i64, i64) = sqlx::query_as(
            "select n_tup_upd, n_tup_hot_upd from pg_stat_user_tables where relname = 'task'",
        )
        .fetch_one(&mut connection)
        .await
        .unwrap();
        (all, hot)
    };
    for _ in 0..10 {
        world.clock.advance(Duration::from_secs(1));
        world.store.extend(&lease, LEASE).await.unwrap();
    }
    world.store.close().await; // which makes the server count
    crate::support::eventually("ten heap-only updates", || async {
        let (all, hot) = updates().await;
        all == 11 && hot == 10
    })
    .await;
}
