//! The store: one pool of connections, and what hangs on it.

use crate::announce::Announcer;
use crate::artifacts::Artifacts;
use crate::error::StoreError;
use crate::escalations::Escalations;
use crate::events::Events;
use crate::key_check::{check_key, register_key};
use crate::keys::Keys;
use crate::listen::{Listener, Listeners};
use crate::memory::{Memories, Troubles};
use crate::projects::Projects;
use crate::recalls::Recalls;
use crate::requirements::{check_server, server};
use crate::retention::Retentions;
use crate::runs::Runs;
use crate::secret_key::SecretKey;
use crate::sites::Sites;
use crate::stats::StatsOf;
use crate::steps::Steps;
use crate::tasks::Tasks;
use domain::clock::Clock;
use sha2::{Digest, Sha256};
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{PgConnection, PgPool};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// How long a call waits for a connection before it says that the database cannot be reached.
const ACQUIRE: Duration = Duration::from_secs(5);

/// What every connection of the pool is told. Statements here are short: one that is not has met
/// trouble, and must not hold a lock for the others to wait on.
///
/// The last two are what a search across sites needs to come back with enough rows: how many
/// candidates it holds, and that it goes on while filters throw some away.
pub(crate) const SESSION: [(&str, &str); 5] = [
    ("statement_timeout", "30s"),
    ("lock_timeout", "20s"),
    ("idle_in_transaction_session_timeout", "10s"),
    ("hnsw.ef_search", "160"),
    ("hnsw.iterative_scan", "relaxed_order"),
];

/// How a store is opened.
#[derive(Clone)]
pub struct StoreOptions {
    /// `postgres://user:password@host:port/name`; a secret.
    pub url: String,
    /// Connections at most, one for each listener beside them.
    pub max_connections: u32,
    /// What the secrets of tasks are encrypted with.
    pub secret_key: SecretKey,
    /// Where the time and new ids come from.
    pub clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for StoreOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreOptions")
            .field("max_connections", &self.max_connections)
            .finish_non_exhaustive()
    }
}

/// Everything that is kept. Clones share one pool.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    pool: PgPool,
    connect: PgConnectOptions,
    secret_key: SecretKey,
    clock: Arc<dyn Clock>,
    announcer: Announcer,
    listeners: Listeners,
    troubles: Troubles,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

/// How the store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// Whether the schema is the one this program was built for, or a newer one.
    pub migrated: bool,
    /// The server's version.
    pub postgres: String,
    /// The version of pgvector.
    pub pgvector: String,
    /// Tasks that wait for a worker; 0 before the migrations.
    pub queued: i64,
    /// Tasks that a worker holds.
    pub running: i64,
}

impl Store {
    /// Connects, and refuses a server that is too old, and a database that is encrypted with
    /// another key.
    ///
    /// # Errors
    /// The URL cannot be read, the server cannot be reached, or Waymark cannot use it.
    pub async fn connect(options: StoreOptions) -> Result<Self, StoreError> {
        let connect = PgConnectOptions::from_str(&options.url)
            .map_err(|_| StoreError::BadUrl)?
            .application_name("waymark");
        check_server(&connect).await?;
        check_key(&connect, &options.secret_key).await?;
        let pool = PgPoolOptions::new()
            .max_connections(options.max_connections.max(1))
            .acquire_timeout(ACQUIRE)
            // Telemetry measures by what is told of statements (sqlx tells that unasked) and of waits.
            .acquire_time_level(log::LevelFilter::Debug)
            .connect_lazy_with(connect.clone().options(SESSION));
        let announcer = Announcer::start(pool.clone());
        Ok(Self {
            inner: Arc::new(Inner {
                pool,
                connect,
                secret_key: options.secret_key,
                clock: options.clock,
                announcer,
                listeners: Listeners::default(),
                troubles: Troubles::default(),
            }),
        })
    }

    /// The host and port of the server.
    #[must_use]
    pub fn server(&self) -> (String, u16) {
        let connect = &self.inner.connect;
        (connect.get_host().to_owned(), connect.get_port())
    }

    /// A name for the schema that this program was built for; another one once it changes.
    #[must_use]
    pub fn schema() -> String {
        let mut hash = Sha256::new();
        for migration in migrations().iter() {
            hash.update(migration.version.to_be_bytes());
            hash.update(&migration.checksum);
        }
        let hash: [u8; 32] = hash.finalize().into();
        uuid::Uuid::from_slice(&hash[..16]).unwrap_or_default().simple().to_string()
    }

    /// Brings the schema up to date. Several processes may do this at once: one works, the others
    /// wait for it.
    ///
    /// # Errors
    /// The database cannot be reached, refuses a migration, or is encrypted with another key.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        // A connection of its own: a migration may take longer than any other statement.
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .connect_with(self.inner.connect.clone())
            .await?;
        let migrated = migrations().run(&pool).await.map_err(StoreError::from);
        let done = match migrated {
            Ok(()) => register_key(&pool, &self.inner.secret_key).await,
            failed => failed,
        };
        pool.close().await;
        done
    }

    /// Asks the database how it is.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn ready(&self) -> Result<Readiness, StoreError> {
        let mut connection = self.inner.pool.acquire().await?;
        let server = server(&mut connection).await?;
        let migrated = is_migrated(&mut connection).await?;
        let (queued, running) = if migrated { count(&mut connection).await? } else { (0, 0) };
        Ok(Readiness {
            migrated,
            postgres: server.postgres,
            pgvector: server.pgvector.unwrap_or_default(),
            queued,
            running,
        })
    }

    /// Announces what is still to be announced and closes every connection.
    pub async fn close(&self) {
        self.inner.announcer.stop().await;
        self.inner.listeners.stop().await;
        self.inner.pool.close().await;
    }

    /// The tasks.
    #[must_use]
    pub fn tasks(&self) -> Tasks<'_> {
        Tasks(self)
    }

    /// What happened to tasks.
    #[must_use]
    pub fn events(&self) -> Events<'_> {
        Events(self)
    }

    /// The runs.
    #[must_use]
    pub fn runs(&self) -> Runs<'_> {
        Runs(self)
    }

    /// The steps of runs.
    #[must_use]
    pub fn steps(&self) -> Steps<'_> {
        Steps(self)
    }

    /// Screenshots, snapshots and downloads.
    #[must_use]
    pub fn artifacts(&self) -> Artifacts<'_> {
        Artifacts(self)
    }

    /// What runs asked of memory.
    #[must_use]
    pub fn recalls(&self) -> Recalls<'_> {
        Recalls(self)
    }

    /// The questions of runs.
    #[must_use]
    pub fn escalations(&self) -> Escalations<'_> {
        Escalations(self)
    }

    /// What is remembered, one by one.
    #[must_use]
    pub fn memories(&self) -> Memories<'_> {
        Memories(self)
    }

    /// How each site is.
    #[must_use]
    pub fn sites(&self) -> Sites<'_> {
        Sites(self)
    }

    /// Whether the fleet learns.
    #[must_use]
    pub fn stats(&self) -> StatsOf<'_> {
        StatsOf(self)
    }

    /// How long projects keep things.
    #[must_use]
    pub fn retentions(&self) -> Retentions<'_> {
        Retentions(self)
    }

    /// The API keys.
    #[must_use]
    pub fn keys(&self) -> Keys<'_> {
        Keys(self)
    }

    /// The projects.
    #[must_use]
    pub fn projects(&self) -> Projects<'_> {
        Projects(self)
    }

    /// Listens for announcements on a connection of its own, made anew when it breaks.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn listen(&self) -> Result<Listener, StoreError> {
        self.inner.listeners.start(self.inner.connect.clone()).await
    }

    pub(crate) fn pool(&self) -> &PgPool {
        &self.inner.pool
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.inner.clock
    }

    pub(crate) fn secret_key(&self) -> &SecretKey {
        &self.inner.secret_key
    }

    pub(crate) fn troubles(&self) -> &Troubles {
        &self.inner.troubles
    }

    pub(crate) fn announcer(&self) -> &Announcer {
        &self.inner.announcer
    }
}

/// The schema this program was built for. Migrations only add until every process is new, so a
/// database that a newer one has migrated further will do.
fn migrations() -> Migrator {
    let mut migrations = sqlx::migrate!("../../migrations");
    migrations.set_ignore_missing(true);
    migrations
}

async fn is_migrated(connection: &mut PgConnection) -> Result<bool, StoreError> {
    let exists = sqlx::query_scalar!(
        r#"-- store.has_migrations
        select to_regclass('_sqlx_migrations') is not null as "exists!""#,
    )
    .fetch_one(&mut *connection)
    .await?;
    if !exists {
        return Ok(false);
    }
    let newest = migrations().iter().map(|it| it.version).max();
    let done = sqlx::query_scalar!(
        "-- store.migrated
        select max(version) from _sqlx_migrations where success",
    )
    .fetch_one(connection)
    .await?;
    Ok(done >= newest)
}

async fn count(connection: &mut PgConnection) -> Result<(i64, i64), StoreError> {
    let row = sqlx::query!(
        r#"-- store.count
        select
            (select count(*) from task where state = 'queued') as "queued!",
            (select count(*) from task where state = 'running') as "running!""#,
    )
    .fetch_one(connection)
    .await?;
    Ok((row.queued, row.running))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_does_not_show_its_password() {
        let options = StoreOptions {
            url: "postgres://waymark:hunter2@localhost/waymark".to_owned(),
            max_connections: 1,
            secret_key: SecretKey::generate().unwrap(),
            clock: Arc::new(domain::clock::SystemClock),
        };
        assert!(!format!("{options:?}").contains("hunter2"));
    }
}
