//! A database of its own for every test, copied from a migrated template and dropped afterwards.

use domain::clock::{Clock, SystemClock};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;
use store::{SecretKey, Store, StoreOptions};

/// Names a server on which we may make databases.
pub const URL_VARIABLE: &str = "WAYMARK_TEST_DATABASE_URL";

/// A fixed key: a second store on the same database must be able to read what the first one wrote.
const KEY: &str = "d2F5bWFyayB0ZXN0IGtleSwgbm90IGEgc2VjcmV0ISE=";

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
        self.store_with_key(clock, key).await
    }

    /// A store on this database that encrypts with a key of its own.
    ///
    /// # Panics
    /// The database cannot be reached.
    pub async fn store_with_key(&self, clock: impl Clock, secret_key: SecretKey) -> Store {
        Store::connect(StoreOptions {
            url: self.url.clone(),
            max_connections: 10,
            secret_key,
            clock: Arc::new(clock),
        })
        .await
        .unwrap_or_else(|error| refuse(error))
    }

    /// A bare connection, to look behind the store's back.
    ///
    /// # Panics
    /// The database cannot be reached.
    pub async fn connection(&self) -> PgConnection {
        PgConnection::connect(&self.url)
            .await
            .unwrap_or_else(|error| refuse(error))
    }

    async fn make() -> anyhow::Result<Self> {
        let admin = PgConnectOptions::from_str(&admin_url())?;
        let mut connection = admin.connect().await?;
        let template = template(&admin, &mut connection).await?;
        let name = format!("waymark_test_{}", SystemClock.new_id().simple());
        run(&mut connection, format!("create database {name} template {template}")).await?;
        connection.close().await?;
        let url = admin.clone().database(&name).to_url_lossy().to_string();
        Ok(Self { url, name, admin })
    }
}

impl Drop for TestDatabase {
    /// Drops the database on a thread of its own, for the test's runtime may be ending.
    fn drop(&mut self) {
        let statement = format!("drop database if exists {} with (force)", self.name);
        let admin = self.admin.clone();
        let dropped = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?
                .block_on(async {
                    let mut connection = admin.connect().await?;
                    run(&mut connection, statement).await
                })
        });
        match dropped.join() {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!("{} is left behind: {error:#}", self.name),
            Err(_panic) => tracing::warn!("{} is left behind", self.name),
        }
    }
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
    if !exists {
        let draft = format!("{name}_draft");
        run(connection, format!("drop database if exists {draft} with (force)")).await?;
        run(connection, format!("create database {draft}")).await?;
        migrate(admin.clone().database(&draft)).await?;
        run(connection, format!("alter database {draft} rename to {name}")).await?;
    }
    sqlx::query("select pg_advisory_unlock($1)")
        .bind(TEMPLATE_LOCK)
        .execute(connection)
        .await?;
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
    sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(connection)
        .await?;
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the harness is told by `cargo xtask test` where its server is"
)]
fn admin_url() -> String {
    std::env::var(URL_VARIABLE).unwrap_or_else(|_| {
        panic!("this test needs a Postgres: run `cargo xtask test`, which starts one and sets {URL_VARIABLE}")
    })
}

fn refuse(error: impl Display) -> ! {
    panic!("the test database refuses: {error}")
}
