//! One secret key per database: the first process leaves a mark of its key, the others compare.

use crate::error::StoreError;
use crate::secret_key::SecretKey;
use serde_json::Value;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool};

/// Refuses a key that differs from the one this database was first used with. Before the migrations
/// there is nothing to compare with.
pub(crate) async fn check_key(
    connect: &PgConnectOptions,
    key: &SecretKey,
) -> Result<(), StoreError> {
    let mut connection = connect.connect().await?;
    let mark = if is_there(&mut connection).await? { mark(&mut connection).await? } else { None };
    connection.close().await?;
    mark.map_or(Ok(()), |mark| compare(&mark, key))
}

/// Leaves the mark of this key, unless there is one. A key that does not open what is encrypted
/// already, by a version that left no mark, is not the first one.
pub(crate) async fn register_key(pool: &PgPool, key: &SecretKey) -> Result<(), StoreError> {
    let mut connection = pool.acquire().await?;
    if mark(&mut connection).await?.is_none() && !opens_what_is_there(&mut connection, key).await? {
        return Err(StoreError::AnotherKey);
    }
    let ours = key.mark();
    sqlx::query!(
        "-- key_check.register
        insert into secret_key_check (mark)
        values ($1)
        on conflict on constraint secret_key_check_pkey do nothing",
        ours.as_slice(),
    )
    .execute(&mut *connection)
    .await?;
    match mark(&mut connection).await? {
        Some(mark) => compare(&mark, key),
        None => Ok(()),
    }
}

fn compare(mark: &[u8], key: &SecretKey) -> Result<(), StoreError> {
    if mark == key.mark() { Ok(()) } else { Err(StoreError::AnotherKey) }
}

async fn is_there(connection: &mut PgConnection) -> Result<bool, StoreError> {
    let exists = sqlx::query_scalar!(
        r#"-- key_check.is_there
        select to_regclass('secret_key_check') is not null as "exists!""#,
    )
    .fetch_one(connection)
    .await?;
    Ok(exists)
}

async fn mark(connection: &mut PgConnection) -> Result<Option<Vec<u8>>, StoreError> {
    let mark = sqlx::query_scalar!(
        "-- key_check.mark
        select mark from secret_key_check",
    )
    .fetch_optional(connection)
    .await?;
    Ok(mark)
}

async fn opens_what_is_there(
    connection: &mut PgConnection,
    key: &SecretKey,
) -> Result<bool, StoreError> {
    let sealed = sqlx::query!(
        r#"-- key_check.sealed
        select id, secrets as "secrets!"
        from task
        where secrets is not null
        order by id desc
        limit 1"#,
    )
    .fetch_optional(connection)
    .await?;
    Ok(sealed.is_none_or(|task| key.open::<Value>(task.id, &task.secrets).is_ok()))
}
