//! A database of its own for every test, copied from a migrated template and dropped afterwards.
//!
//! Dropping is not waited for: the test's own runtime may be in the middle of connecting, and the
//! server drops no database before that has come to an end. What a process leaves behind when it
//! ends, a later one sweeps up.

use chrono::TimeDelta;
use domain::clock::{Clock, SystemClock};
use domain::key::Scope;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use store::{NewKey, SecretKey, Store, StoreError, StoreOptions};
use tokio::sync::OnceCell;

/// Names a server on which we may make databases.
pub const URL_VARIABLE: &str = "WAYMARK_TEST_DATABASE_URL";

/// Names the folder that the wheel with Postgres was installed into.
pub const DIR_VARIABLE: &str = "WAYMARK_PG_DIR";

/// A fixed key: a second store, or another process, on the same database must be able to read what
/// the first one wrote.
pub const KEY: &str = "d2F5bWFyayB0ZXN0IGtleSwgbm90IGEgc2VjcmV0ISE=";

/// What the names of test databases begin with.
const PREFIX: &str = "waymark_test_";

static SWEPT: OnceCell<()> = OnceCell::const_new();

/// Whoever makes the template holds this lock meanwhile.
const TEMPLATE_LOCK: i64 = 0x7761_796d_7465_7374;

/// An empty, migrated database; dropped with this value.
pub struct TestDatabase {
    /// Where it is.
    pub url: String,
    name: String,
    admin: PgConnectOptions,
}

impl TestDatabase {
    /// Makes a database.
    ///
    /// # Panics
    /// There is no server to make it on.
    pub async fn new() -> Self {
        Self::make().await.unwrap_or_else(|error| {
            panic!("no test database can be made: {error:#}");
        })
    }

    /// A store on this database.
    ///
    /// # Panics
    /// The database cannot be reached.
    pub async fn store(&self, clock: impl Clock) -> Store {
        let key = SecretKey::from_base64(KEY).unwrap_or_else(|error| refuse(error));
        self.connect_with_key(clock, key).await.unwrap_or_else(|error| refuse(error))
    }

    /// An API key with every right in the project `default`, as the one of a first start.
    ///
    /// # Panics
    /// It cannot be made.
    pub async fn api_key(&self) -> String {
        let store = self.store(SystemClock).await;
        let minted = async {
            let project = store.projects().get_or_create("default").await?;
            let scopes = Scope::ALL.to_vec();
            let new = NewKey { name: "local".to_owned(), scopes, expires_at: None };
            store.keys().mint(project, new).await
        };
        let minted = minted.await.unwrap_or_else(|error| refuse(error));
        store.close().await;
        minted.secret
    }

    /// Connects with a key of its own, which the database refuses unless it is the first.
    ///
    /// # Errors
    /// As [`Store::connect`].
    pub async fn connect_with_key(
        &self,
        clock: impl Clock,
        secret_key: SecretKey,
    ) -> Result<Store, StoreError> {
        Store::connect(StoreOptions {
            url: self.url.clone(),
            max_connections: 10,
            secret_key,
            clock: Arc::new(clock),
        })
        .await
    }

    /// A bare connection, to look behind the store's back.
    ///
    /// # Panics
    /// The database cannot be reached.
    pub async fn connection(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.unwrap_or_else(|error| refuse(error))
    }

    async fn make() -> anyhow::Result<Self> {
        let admin = PgConnectOptions::from_str(&admin_url())?;
        let mut connection = admin.connect().await?;
        let template = template(&admin, &mut connection).await?;
        let name = format!("{PREFIX}{}", SystemClock.new_id().simple());
        run(&mut connection, format!("create database {name} template {template}")).await?;
        connection.close().await?;
        let url = admin.clone().database(&name).to_url_lossy().to_string();
        Ok(Self { url, name, admin })
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (name, admin) = (self.name.clone(), self.admin.clone());
        std::thread::spawn(move || {
            if let Err(error) = drop_database(&name, &admin) {
                tracing::warn!("{name} is left behind: {error:#}");
            }
        });
    }
}

/// On a runtime of its own.
fn drop_database(name: &str, admin: &PgConnectOptions) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut connection = admin.connect().await?;
        run(&mut connection, drop_statement(name)).await
    })
}

fn drop_statement(name: &str) -> String {
    format!("drop database if exists {name} with (force)")
}

/// Drops what tests of an hour ago and more have left behind. Names hold the time, as their ids do.
async fn sweep(connection: &mut PgConnection) -> anyhow::Result<()> {
    let before = (SystemClock.now() - TimeDelta::hours(1)).timestamp_millis();
    let left: Vec<String> =
        sqlx::query_scalar("select datname::text from pg_database where datname between $1 and $2")
            .bind(PREFIX)
            .bind(format!("{PREFIX}{before:012x}"))
            .fetch_all(&mut *connection)
            .await?;
    for name in left {
        run(connection, drop_statement(&name)).await?;
    }
    Ok(())
}

/// The name of a migrated database to copy, made by whoever comes first.
async fn template(
    admin: &PgConnectOptions,
    connection: &mut PgConnection,
) -> anyhow::Result<String> {
    let name = format!("waymark_template_{}", Store::schema());
    sqlx::query("select pg_advisory_lock($1)")
        .bind(TEMPLATE_LOCK)
        .execute(&mut *connection)
        .await?;
    let exists: bool =
        sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
            .bind(&name)
            .fetch_one(&mut *connection)
            .await?;
    SWEPT.get_or_try_init(|| sweep(&mut *connection)).await?;
    if !exists {
        let draft = format!("{name}_draft");
        run(connection, drop_statement(&draft)).await?;
        run(connection, format!("create database {draft}")).await?;
        migrate(admin.clone().database(&draft)).await?;
        run(connection, format!("alter database {draft} rename to {name}")).await?;
    }
    sqlx::query("select pg_advisory_unlock($1)").bind(TEMPLATE_LOCK).execute(connection).await?;
    Ok(name)
}

async fn migrate(database: PgConnectOptions) -> anyhow::Result<()> {
    let store = Store::connect(StoreOptions {
        url: database.to_url_lossy().to_string(),
        max_connections: 1,
        secret_key: SecretKey::from_base64(KEY)?,
        clock: Arc::new(SystemClock),
    })
    .await?;
    store.migrate().await?;
    store.close().await;
    Ok(())
}

async fn run(connection: &mut PgConnection, statement: String) -> anyhow::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection).await?;
    Ok(())
}

/// Where the Postgres that Waymark brings along is installed, for tests that start their own.
///
/// # Panics
/// It is not installed.
#[must_use]
pub fn postgres_dir() -> PathBuf {
    told(DIR_VARIABLE, "needs Postgres's own files").into()
}

fn admin_url() -> String {
    told(URL_VARIABLE, "needs a Postgres")
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests have no settings but what `cargo xtask test` tells them"
)]
fn told(variable: &str, needs: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        panic!("this test {needs}: run `cargo xtask test`, which brings it and sets {variable}")
    })
}

fn refuse(error: impl Display) -> ! {
    panic!("the test database refuses: {error}")
}
