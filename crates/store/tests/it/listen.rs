//! Announcements.

use crate::support::{World, spec, step, succeeded};
use domain::ports::{Leases, Trace, Wakeups};
use std::time::Duration;
use store::Announcement;
use tokio::sync::broadcast::Receiver;

const LIMIT: Duration = Duration::from_secs(30);

/// Waits until this is announced, whatever else is.
async fn hear(receiver: &mut Receiver<Announcement>, expected: Announcement) {
    let wait = async { while receiver.recv().await.unwrap() != expected {} };
    let heard = tokio::time::timeout(LIMIT, wait).await;
    assert!(heard.is_ok(), "never heard {expected:?}");
}

async fn kill_other_connections(world: &World) {
    let mut connection = world.database.connection().await;
    sqlx::query(
        "select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()",
    )
    .execute(&mut connection)
    .await
    .unwrap();
}

#[tokio::test]
async fn every_change_of_a_task_is_announced() {
    let world = World::new().await;
    let other_process = world.database.store(world.clock.clone()).await;
    let listener = other_process.listen().await.unwrap();
    let mut heard = listener.subscribe();
    let task = world.queue(spec("shop.example")).await;
    let changed = Announcement::TaskChanged(task);
    hear(&mut heard, Announcement::TaskQueued).await;
    hear(&mut heard, changed).await;
    let lease = world.claim_one().await;
    hear(&mut heard, changed).await;
    world.store.append(&lease, &step(&world.clock, 0), &[]).await.unwrap();
    hear(&mut heard, changed).await;
    world.store.tasks().cancel(world.project, task).await.unwrap();
    hear(&mut heard, Announcement::TaskQueued).await;
    hear(&mut heard, changed).await;
    world.store.finish(&lease, &succeeded(), None).await.unwrap();
    hear(&mut heard, changed).await;
    listener.stop().await;
}

#[tokio::test]
async fn a_queued_task_wakes_a_worker() {
    let world = World::new().await;
    let listener = world.store.listen().await.unwrap();
    let mut wakeups = listener.wakeups();
    world.queue(spec("shop.example")).await;
    tokio::time::timeout(LIMIT, wakeups.next()).await.unwrap();
}

#[tokio::test]
async fn what_is_announced_last_is_announced_before_closing() {
    let world = World::new().await;
    let listener = world.database.store(world.clock.clone()).await.listen().await.unwrap();
    let mut heard = listener.subscribe();
    let mut last = None;
    for _ in 0..50 {
        last = Some(world.queue(spec("shop.example")).await);
    }
    world.store.close().await;
    hear(&mut heard, Announcement::TaskChanged(last.unwrap())).await;
}

#[tokio::test]
async fn a_broken_connection_is_made_anew_and_says_so() {
    let world = World::new().await;
    let listener = world.store.listen().await.unwrap();
    let mut heard = listener.subscribe();
    let mut wakeups = listener.wakeups();
    for _ in 0..3 {
        kill_other_connections(&world).await;
        hear(&mut heard, Announcement::Reconnected).await;
        tokio::time::timeout(LIMIT, wakeups.next()).await.unwrap();
    }
    let task = world.queue(spec("shop.example")).await;
    hear(&mut heard, Announcement::TaskChanged(task)).await;
}

/// The connections that listen or did so last.
async fn listeners(world: &World) -> i64 {
    let mut connection = world.database.connection().await;
    sqlx::query_scalar(
        "select count(*) from pg_stat_activity
        where datname = current_database() and query ~ '^(UN)?LISTEN'",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_listener_ends_with_its_store() {
    let world = World::new().await;
    let other_process = world.database.store(world.clock.clone()).await;
    let listener = other_process.listen().await.unwrap();
    assert_eq!(listeners(&world).await, 1);
    other_process.close().await;
    crate::support::eventually("no listener is left", || async { listeners(&world).await == 0 })
        .await;
    drop(listener);
}

#[tokio::test]
async fn a_listener_ends_when_stopped_or_dropped() {
    let world = World::new().await;
    let listeners = || listeners(&world);
    let stopped = world.store.listen().await.unwrap();
    let dropped = world.store.listen().await.unwrap();
    let mut receiver = dropped.subscribe();
    assert_eq!(listeners().await, 2);
    stopped.stop().await;
    drop(dropped);
    assert!(receiver.recv().await.is_err());
    crate::support::eventually("no listener is left", || async { listeners().await == 0 }).await;
}

#[tokio::test]
async fn the_store_survives_the_loss_of_its_connections() {
    let world = World::new().await;
    world.queue(spec("shop.example")).await;
    kill_other_connections(&world).await;
    let lease = world.claim_one().await;
    kill_other_connections(&world).await;
    world.store.append(&lease, &step(&world.clock, 0), &[]).await.unwrap();
    kill_other_connections(&world).await;
    world.store.finish(&lease, &succeeded(), None).await.unwrap();
}
