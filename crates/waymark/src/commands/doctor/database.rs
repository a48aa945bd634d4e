//! The database, its migrations, and the key for what is encrypted in it.

use super::check::Check;
use crate::app::{self, clock};
use crate::settings::{DataArgs, DatabaseArgs};
use anyhow::Result;
use secrecy::ExposeSecret as _;
use std::time::Duration;
use store::{EmbeddedPostgres, Look, Readiness, SecretKey, Store, StoreError, StoreOptions};

const DATABASE: &str = "database";
const MIGRATIONS: &str = "migrations";
const KEY: &str = "secret key";

/// How long a host that does not answer is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// What was found out.
struct Found {
    database: Check,
    /// What follows from it for the migrations.
    migrations: Option<Check>,
    /// Whether the database was first used with this key: unknown when it cannot be asked.
    same_key: Option<bool>,
}

pub(super) async fn checks(data: &DataArgs, args: &DatabaseArgs) -> Vec<Check> {
    let key = key(data, args);
    let found = match find(data, args, key.as_ref().ok().and_then(Clone::clone)).await {
        Ok(found) => found,
        Err(error) => Found::only(Check::failed(DATABASE, &error)),
    };
    let key = key_check(&key, found.same_key);
    [Some(found.database), found.migrations, Some(key)].into_iter().flatten().collect()
}

impl Found {
    fn only(database: Check) -> Self {
        Self { database, migrations: None, same_key: None }
    }
}

async fn find(data: &DataArgs, args: &DatabaseArgs, key: Option<SecretKey>) -> Result<Found> {
    if let Some(url) = &args.database_url {
        let how = "check DATABASE_URL, and that the server runs and lets this machine in";
        return Ok(ask("external", url.expose_secret().to_owned(), key, how).await);
    }
    let not_running = |detail: &str| {
        let migrations = "done by the next start";
        Found {
            migrations: Some(Check::ok(MIGRATIONS, migrations)),
            ..Found::only(Check::ok(DATABASE, detail))
        }
    };
    Ok(match EmbeddedPostgres::look(&app::embedded_options(data, args)?)? {
        Look::NotInstalled => {
            let how = "`cargo xtask setup` brings it; or set DATABASE_URL to a Postgres 16 or newer \
                       with pgvector 0.8 or newer";
            let dir = app::pg_dir(data, args)?;
            Found::only(Check::missing(DATABASE, format!("no Postgres in {}", dir.display()), how))
        }
        Look::Fresh => not_running("embedded; its data is made on the first start"),
        Look::Stopped => not_running("embedded; it is set up and starts with Waymark"),
        Look::Running { url, .. } => {
            let how = "its log is postgres.log beside its data";
            ask("embedded", url, key, how).await
        }
    })
}

/// Connects, and asks how it is.
async fn ask(whose: &str, url: String, key: Option<SecretKey>, how: &str) -> Found {
    let ready = async {
        let key = match key {
            Some(key) => key,
            // Compared with the mark of the right one, if there is a mark, and used for nothing.
            None => SecretKey::generate().map_err(|_| StoreError::NoRandom)?,
        };
        let options = StoreOptions { url, max_connections: 1, secret_key: key, clock: clock() };
        let store = Store::connect(options).await?;
        let ready = store.ready().await;
        store.close().await;
        ready
    };
    match tokio::time::timeout(PATIENCE, ready).await {
        Ok(Ok(ready)) => answered(whose, &ready),
        Ok(Err(StoreError::AnotherKey)) => Found {
            same_key: Some(false),
            ..Found::only(Check::ok(DATABASE, format!("{whose}; it answers")))
        },
        Ok(Err(error)) => {
            Found::only(Check::broken(DATABASE, format!("{:#}", anyhow::Error::new(error)), how))
        }
        Err(_) => {
            let detail = format!("it does not answer within {} s", PATIENCE.as_secs());
            Found::only(Check::broken(DATABASE, detail, how))
        }
    }
}

fn answered(whose: &str, ready: &Readiness) -> Found {
    let Readiness { postgres, pgvector, migrated, .. } = ready;
    let migrations = if *migrated {
        Check::ok(MIGRATIONS, "up to date")
    } else {
        let how = "`waymark migrate`, or the next `waymark serve`";
        Check::missing(MIGRATIONS, "some are pending", how).optional()
    };
    Found {
        database: Check::ok(DATABASE, format!("{whose} Postgres {postgres}, pgvector {pgvector}")),
        migrations: Some(migrations),
        same_key: Some(true),
    }
}

/// The key, if there is one already.
fn key(data: &DataArgs, args: &DatabaseArgs) -> Result<Option<SecretKey>> {
    if args.secret_key.is_none() && !data.dir()?.join("secret.key").exists() {
        return Ok(None);
    }
    app::secret_key(data, args).map(Some)
}

fn key_check(key: &Result<Option<SecretKey>>, same: Option<bool>) -> Check {
    let how = "give every process that shares the database the same one: WAYMARK_SECRET_KEY, or \
               secret.key in the data directory";
    match (key, same) {
        (Err(error), _) => Check::failed(KEY, error),
        (Ok(None), Some(false)) => {
            Check::missing(KEY, "there is none here, and the database was used with one", how)
        }
        (Ok(None), _) => Check::ok(KEY, "it is made on the first start"),
        (Ok(Some(_)), Some(false)) => {
            Check::broken(KEY, "it is not the one that the database was first used with", how)
        }
        (Ok(Some(_)), Some(true)) => Check::ok(KEY, "it is there, and no other was used before"),
        (Ok(Some(_)), None) => Check::ok(KEY, "it is there"),
    }
}
