//! The database of a benchmark: the Postgres that Waymark brings along, as Waymark sets it up, on a
//! disk that really flushes.

use crate::bench::settings::Settings;
use crate::database::KEY;
use anyhow::{Context as _, Result};
use domain::clock::SystemClock;
use domain::id::ProjectId;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection};
use std::fs;
use std::path::PathBuf;
use std::str::FromStr as _;
use std::sync::Arc;
use store::{EmbeddedOptions, EmbeddedPostgres, SecretKey, Store, StoreOptions};

/// As many connections as a process of Waymark has unless it is told otherwise.
const CONNECTIONS: u32 = 16;

/// The project that everything is in.
pub(super) const PROJECT: &str = "bench";

/// A migrated database.
pub(super) struct Database {
    /// Its own server and that one's folder, which go with it; `None` on somebody else's.
    server: Option<(EmbeddedPostgres, PathBuf)>,
    url: String,
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
        let (url, key) = (server.url().to_owned(), SecretKey::generate()?);
        Self::migrated(Some((server, folder)), url, key).await
    }

    /// The database of this name on a server that others look after, made if there is none. Its key
    /// is everybody's: it will be opened again.
    pub(super) async fn within(server: &EmbeddedPostgres, name: &str) -> Result<Self> {
        let options = PgConnectOptions::from_str(server.url())?;
        let mut admin = PgConnection::connect_with(&options).await?;
        let exists: bool =
            sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
                .bind(name)
                .fetch_one(&mut admin)
                .await?;
        if !exists {
            let create = AssertSqlSafe(format!("create database {name}"));
            sqlx::raw_sql(create).execute(&mut admin).await?;
        }
        admin.close().await?;
        let url = options.database(name).to_url_lossy().to_string();
        Self::migrated(None, url, SecretKey::from_base64(KEY)?).await
    }

    /// Another database on its server.
    pub(super) async fn sibling(&self, name: &str) -> Result<Self> {
        let (server, _) = self.server.as_ref().context("it has no server of its own")?;
        Self::within(server, name).await
    }

    async fn migrated(
        server: Option<(EmbeddedPostgres, PathBuf)>,
        url: String,
        key: SecretKey,
    ) -> Result<Self> {
        let store = open(&url, &key, CONNECTIONS).await?;
        store.migrate().await?;
        let project = store.projects().get_or_create(PROJECT).await?;
        let version = format!("Postgres {}", store.ready().await?.postgres);
        store.close().await;
        let sql = PgConnection::connect(&url).await?;
        Ok(Self { server, url, key, project, version, sql })
    }

    /// A store as another process would have it.
    pub(super) async fn store(&self) -> Result<Store> {
        self.store_at(&self.url, CONNECTIONS).await
    }

    /// The same by another way to it, with so many connections at most.
    pub(super) async fn store_at(&self, url: &str, connections: u32) -> Result<Store> {
        open(url, &self.key, connections).await
    }

    /// Where it is, password included.
    pub(super) fn url(&self) -> &str {
        &self.url
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
        self.run("truncate task cascade; checkpoint").await
    }

    /// Stops a server of its own and removes its files.
    pub(super) async fn stop(self) -> Result<()> {
        self.sql.close().await?;
        let Some((server, folder)) = self.server else { return Ok(()) };
        server.stop().await?;
        fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))
    }
}

async fn open(url: &str, key: &SecretKey, connections: u32) -> Result<Store> {
    let options = StoreOptions {
        url: url.to_owned(),
        max_connections: connections,
        secret_key: key.clone(),
        clock: Arc::new(SystemClock),
    };
    Ok(Store::connect(options).await?)
}
