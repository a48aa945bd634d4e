//! Bringing the schema up to date, and refusing what cannot be used.

use crate::support::World;
use std::sync::Arc;
use store::{SecretKey, Store, StoreError, StoreOptions};
use testkit::clock::TestClock;
use testkit::database::TestDatabase;
use tokio::task::JoinSet;

async fn empty(database: &TestDatabase) {
    let mut connection = database.connection().await;
    sqlx::raw_sql("drop schema public, kept cascade; create schema public")
        .execute(&mut connection)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn several_processes_may_migrate_at_once() {
    let database = TestDatabase::new().await;
    empty(&database).await;
    let first = database.store(TestClock::new()).await;
    assert!(!first.ready().await.unwrap().migrated);
    let mut processes = JoinSet::new();
    for _ in 0..4 {
        let store = database.store(TestClock::new()).await;
        processes.spawn(async move { store.migrate().await });
    }
    for result in processes.join_all().await {
        result.unwrap();
    }
    let ready = first.ready().await.unwrap();
    assert!(ready.migrated);
    assert!(ready.pgvector.starts_with("0."), "{ready:?}");
    first.projects().get_or_create("acme").await.unwrap();
}

#[tokio::test]
async fn readiness_counts_what_waits_and_what_runs() {
    let world = World::new().await;
    for _ in 0..3 {
        world.queue(crate::support::spec("shop.example")).await;
    }
    world.claim_one().await;
    let ready = world.store.ready().await.unwrap();
    assert_eq!((ready.queued, ready.running), (2, 1));
}

#[tokio::test]
async fn a_database_that_a_newer_program_migrated_still_serves() {
    let world = World::new().await;
    let mut connection = world.database.connection().await;
    sqlx::query(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
        values (99991231235959, 'from the future', true, '', 0)",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    world.store.migrate().await.unwrap();
    assert!(world.store.ready().await.unwrap().migrated);
}

async fn connect(url: &str) -> StoreError {
    let options = StoreOptions {
        url: url.to_owned(),
        max_connections: 1,
        secret_key: SecretKey::generate().unwrap(),
        clock: Arc::new(TestClock::new()),
    };
    Store::connect(options).await.unwrap_err()
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let error = connect(&format!("postgres://waymark:hunter2@127.0.0.1:{port}/x")).await;
    assert!(error.is_unavailable(), "{error:?}");
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_url_that_is_none_is_refused_without_being_repeated() {
    let error = connect("hunter2@nowhere").await;
    assert!(matches!(error, StoreError::BadUrl), "{error:?}");
    assert!(!format!("{error:?} {error}").contains("hunter2"));
}
