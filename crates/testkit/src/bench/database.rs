//! The database of a benchmark: the Postgres that Waymark brings along, as Waymark sets it up, on a
//! disk that really flushes.

use crate::bench::settings::Settings;
use anyhow::{Context as _, Result};
use domain::clock::SystemClock;
use domain::id::ProjectId;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::fs;
use std::path::PathBuf;
use std::str::FromStr as _;
use std::sync::Arc;
use store::{EmbeddedOptions, EmbeddedPostgres, SecretKey, Store, StoreOptions};

/// As many connections as a process of Waymark has unless it is told otherwise.
const CONNECTIONS: u32 = 16;

/// A migrated database on a server of its own.
pub(super) struct Database {
    server: EmbeddedPostgres,
    folder: PathBuf,
    key: SecretKey,
    /// A project in it.
    pub(super) project: ProjectId,
    /// The server's version.
    pub(super) version: String,
    /// A connection beside the store's.
    pub(super) sql: PgConnection,
}

impl Database {
    /// Starts the server, whatever an earlier benchmark left in its place.
    pub(super) async fn start(settings: &Settings) -> Result<Self> {
        let folder = settings.scratch.clone();
        let server = EmbeddedPostgres::start(EmbeddedOptions {
            install_dir: settings.postgres.clone(),
            data_dir: folder.clone(),
            run_as: None,
        })
        .await?;
        let key = SecretKey::generate()?;
        let store = open(&server, &key).await?;
        store.migrate().await?;
        let project = store.projects().get_or_create("bench").await?;
        let version = format!("Postgres {}", store.ready().await?.postgres);
        store.close().await;
        let sql = PgConnection::connect(server.url()).await?;
        Ok(Self { server, folder, key, project, version, sql })
    }

    /// A store as another process would have it.
    pub(super) async fn store(&self) -> Result<Store> {
        open(&self.server, &self.key).await
    }

    /// Where it is, password included.
    pub(super) fn url(&self) -> &str {
        self.server.url()
    }

    /// Another bare connection.
    pub(super) async fn connection(&self) -> Result<PgConnection> {
        Ok(PgConnection::connect(self.url()).await?)
    }

    /// A bare connection over the server's socket, for what is sent in several pieces: over TCP
    /// each small piece would wait for the one before to be acknowledged (sqlx leaves Nagle's
    /// algorithm on), which no other client does.
    pub(super) async fn socket_connection(&mut self) -> Result<PgConnection> {
        let folder: String =
            sqlx::query_scalar("select current_setting('unix_socket_directories')")
                .fetch_one(&mut self.sql)
                .await?;
        let options = PgConnectOptions::from_str(self.url())?.socket(folder);
        Ok(PgConnection::connect_with(&options).await?)
    }

    /// Runs statements of our own making.
    pub(super) async fn run(&mut self, statements: impl Into<String>) -> Result<()> {
        let statements = statements.into();
        sqlx::raw_sql(AssertSqlSafe(statements.clone()))
            .execute(&mut self.sql)
            .await
            .with_context(|| statements)?;
        Ok(())
    }

    /// One number.
    pub(super) async fn number(&mut self, query: &'static str) -> Result<i64> {
        sqlx::query_scalar(query).fetch_one(&mut self.sql).await.context(query)
    }

    /// Forgets all tasks and their traces; nothing of them is left to be written to disk.
    pub(super) async fn clear(&mut self) -> Result<()> {
        self.run("truncate task, task_event, run, step, artifact; checkpoint").await
    }

    /// Stops the server and removes its files.
    pub(super) async fn stop(self) -> Result<()> {
        self.sql.close().await?;
        self.server.stop().await?;
        fs::remove_dir_all(&self.folder)
            .with_context(|| format!("cannot remove {}", self.folder.display()))
    }
}

async fn open(server: &EmbeddedPostgres, key: &SecretKey) -> Result<Store> {
    let options = StoreOptions {
        url: server.url().to_owned(),
        max_connections: CONNECTIONS,
        secret_key: key.clone(),
        clock: Arc::new(SystemClock),
    };
    Ok(Store::connect(options).await?)
}
