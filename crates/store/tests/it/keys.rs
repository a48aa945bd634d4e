//! API keys.

use crate::support::World;
use domain::clock::Clock;
use domain::id::KeyId;
use domain::key::Scope;
use std::time::Duration;
use store::NewKey;

fn new_key() -> NewKey {
    NewKey {
        name: "ci".to_owned(),
        scopes: vec![Scope::TasksWrite, Scope::TracesRead],
        expires_at: None,
    }
}

#[tokio::test]
async fn a_key_is_found_by_its_secret_and_by_nothing_else() {
    let world = World::new().await;
    let keys = world.store.keys();
    let minted = keys.mint(world.project, new_key()).await.unwrap();
    assert!(minted.secret.starts_with("wm_") && minted.secret.len() >= 25);
    assert!(minted.secret.starts_with(&minted.key.prefix));
    assert_eq!(minted.key.scopes, new_key().scopes);
    let found = keys.find_by_secret(&minted.secret).await.unwrap().unwrap();
    assert_eq!((found.id, found.project_id), (minted.key.id, world.project));
    for wrong in ["", "wm_", &minted.key.prefix, &format!("{}x", minted.secret), "\0"] {
        assert_eq!(keys.find_by_secret(wrong).await.unwrap(), None);
    }
}

#[tokio::test]
async fn the_secret_is_kept_nowhere() {
    let world = World::new().await;
    let minted = world.store.keys().mint(world.project, new_key()).await.unwrap();
    let mut connection = world.database.connection().await;
    let row: String = sqlx::query_scalar("select api_key::text from api_key")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    let after_prefix = &minted.secret[minted.key.prefix.len()..];
    assert!(!row.contains(after_prefix));
    assert!(!format!("{minted:?}").contains(after_prefix));
}

#[tokio::test]
async fn use_is_noted_at_most_once_a_minute() {
    let world = World::new().await;
    let keys = world.store.keys();
    let minted = keys.mint(world.project, new_key()).await.unwrap();
    assert_eq!(minted.key.last_used_at, None);
    let first = world.clock.now();
    let last_used = || async {
        let found = keys.find_by_secret(&minted.secret).await.unwrap().unwrap();
        let listed = keys.list(world.project).await.unwrap();
        assert_eq!(listed[0].last_used_at, found.last_used_at);
        found.last_used_at
    };
    assert_eq!(last_used().await, Some(first));
    world.clock.advance(Duration::from_secs(59));
    assert_eq!(last_used().await, Some(first));
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(last_used().await, Some(world.clock.now()));
}

#[tokio::test]
async fn a_revoked_key_is_found_and_does_not_work() {
    let world = World::new().await;
    let keys = world.store.keys();
    let minted = keys.mint(world.project, new_key()).await.unwrap();
    let revoked = keys.revoke(world.project, minted.key.id).await.unwrap().unwrap();
    let at = Some(world.clock.now());
    assert_eq!(revoked.revoked_at, at);
    world.clock.advance(Duration::from_mins(2));
    let again = keys.revoke(world.project, minted.key.id).await.unwrap().unwrap();
    assert_eq!(again.revoked_at, at);
    let found = keys.find_by_secret(&minted.secret).await.unwrap().unwrap();
    assert!(!found.is_valid_at(world.clock.now()));
    assert_eq!(found.last_used_at, None);
}

#[tokio::test]
async fn keys_do_not_cross_projects() {
    let world = World::new().await;
    let keys = world.store.keys();
    let minted = keys.mint(world.project, new_key()).await.unwrap();
    let other = world.store.projects().get_or_create("other").await.unwrap();
    assert_eq!(keys.list(other).await.unwrap(), []);
    assert_eq!(keys.revoke(other, minted.key.id).await.unwrap(), None);
    let unknown = KeyId::new(&world.clock);
    assert_eq!(keys.revoke(world.project, unknown).await.unwrap(), None);
    assert_eq!(keys.list(world.project).await.unwrap(), [minted.key]);
}
