//! What Waymark asks of a server: Postgres 16 and pgvector 0.8, or newer.

use crate::error::StoreError;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};

/// The oldest Postgres that will do, as a number and in words.
const POSTGRES: (i32, &str) = (160_000, "16");

/// The oldest pgvector that will do.
const PGVECTOR: ((u32, u32), &str) = ((0, 8), "0.8");

/// Refuses a server that Waymark cannot use, before anything is written to it.
pub(crate) async fn check_server(connect: &PgConnectOptions) -> Result<(), StoreError> {
    let mut connection = connect.connect().await?;
    let server = server(&mut connection).await?;
    connection.close().await?;
    if server.number < POSTGRES.0 {
        return Err(StoreError::TooOld {
            what: "Postgres",
            found: server.postgres,
            needed: POSTGRES.1,
        });
    }
    let vector = server.pgvector.ok_or(StoreError::NoVector)?;
    if version(&vector) < PGVECTOR.0 {
        return Err(StoreError::TooOld { what: "pgvector", found: vector, needed: PGVECTOR.1 });
    }
    Ok(())
}

pub(crate) struct Server {
    number: i32,
    pub(crate) postgres: String,
    pub(crate) pgvector: Option<String>,
}

/// What the server is, and the pgvector that it has installed or could install.
pub(crate) async fn server(connection: &mut PgConnection) -> Result<Server, StoreError> {
    let server = sqlx::query_as!(
        Server,
        r#"-- store.server
        select
            current_setting('server_version_num')::integer as "number!",
            current_setting('server_version') as "postgres!",
            (
                select coalesce(installed_version, default_version)
                from pg_available_extensions
                where name = 'vector'
            ) as pgvector"#,
    )
    .fetch_one(connection)
    .await?;
    Ok(server)
}

/// The first two numbers of a version.
fn version(text: &str) -> (u32, u32) {
    let mut numbers =
        text.split(|c: char| !c.is_ascii_digit()).map(|part| part.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number() {
        assert!(version("0.10.0") > version("0.8.5"));
        assert!(version("0.7.4") < PGVECTOR.0);
        assert!(version("0.8") >= PGVECTOR.0);
        assert_eq!(version("nonsense"), (0, 0));
    }
}
