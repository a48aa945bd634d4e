//! The wiring: settings in, running parts out.

mod embedder;
mod sampler;

use crate::cli::WorkArgs;
use crate::exit::{Failed, UNAVAILABLE, USAGE};
use crate::metered::{
    MeteredBrowsers, MeteredDistillery, MeteredLeases, MeteredMemory, MeteredRetention,
    MeteredTrace, begin_at_zero,
};
use crate::settings::{BrowserArgs, DataArgs, DatabaseArgs};
use agent::{Agent, Parts};
use anyhow::{Context as _, Result};
use browser::{BrowserOptions, BrowserPool, BrowserSource};
use domain::clock::{Clock, SystemClock};
use domain::egress::EgressPolicy;
use domain::ports::Embedder;
use secrecy::ExposeSecret as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use store::{EmbeddedOptions, EmbeddedPostgres, MemoryStore, SecretKey, Store, StoreOptions};
use worker::{Parts as WorkerParts, Worker};

pub(crate) use embedder::{embedder, endpoint};
pub(crate) use sampler::{sample_browsers, sample_database, sample_process};

/// The clock of the whole process.
pub(crate) fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

/// A database that is ready, and the server behind it if that is ours.
pub(crate) struct Database {
    pub(crate) store: Store,
    embedded: Option<EmbeddedPostgres>,
}

impl Database {
    /// Opens the database of the settings and brings it up to date.
    pub(crate) async fn open(data: &DataArgs, args: &DatabaseArgs) -> Result<Self> {
        let embedded = match &args.database_url {
            Some(_) => None,
            None => Some(start_embedded(data, args).await?),
        };
        let external = args.database_url.as_ref().map(|url| url.expose_secret().to_owned());
        let url = match (external, &embedded) {
            (Some(url), _) => url,
            (None, Some(server)) => server.url().to_owned(),
            (None, None) => unreachable!("one of them is there"),
        };
        let opened = connect(data, args, url).await;
        match opened {
            Ok(store) => Ok(Self { store, embedded }),
            Err(error) => {
                stop_embedded(embedded).await;
                Err(error)
            }
        }
    }

    /// Closes the connections and stops the server if it is ours.
    pub(crate) async fn close(self) {
        self.store.close().await;
        stop_embedded(self.embedded).await;
    }
}

/// Opens the database of the settings and loads the embedder, both at once.
pub(crate) async fn open(
    data: &DataArgs,
    args: &WorkArgs,
) -> Result<(Database, Arc<dyn Embedder>)> {
    begin_at_zero();
    let database = Database::open(data, &args.database);
    let (database, embedder) = tokio::join!(database, embedder(data, &args.embeddings));
    let database = database?;
    match embedder {
        Ok(embedder) => Ok((database, embedder)),
        Err(error) => {
            database.close().await;
            Err(error)
        }
    }
}

async fn stop_embedded(server: Option<EmbeddedPostgres>) {
    if let Some(server) = server
        && let Err(error) = server.stop().await
    {
        tracing::warn!(%error, "the embedded database did not stop cleanly");
    }
}

/// Where set-up put Postgres.
pub(crate) fn pg_dir(data: &DataArgs, args: &DatabaseArgs) -> Result<PathBuf> {
    match &args.pg_dir {
        Some(dir) => Ok(std::path::absolute(dir)?),
        None => Ok(data.dir()?.join("pg")),
    }
}

/// Where the embedded database is.
pub(crate) fn embedded_options(data: &DataArgs, args: &DatabaseArgs) -> Result<EmbeddedOptions> {
    Ok(EmbeddedOptions {
        install_dir: pg_dir(data, args)?,
        data_dir: data.dir()?.join("postgres"),
        run_as: None,
    })
}

async fn start_embedded(data: &DataArgs, args: &DatabaseArgs) -> Result<EmbeddedPostgres> {
    EmbeddedPostgres::start(embedded_options(data, args)?)
        .await
        .context(Failed::new(UNAVAILABLE, "the embedded database did not start"))
}

async fn connect(data: &DataArgs, args: &DatabaseArgs, url: String) -> Result<Store> {
    let options = StoreOptions {
        url,
        max_connections: args.database_connections,
        secret_key: secret_key(data, args)?,
        clock: clock(),
    };
    let store = Store::connect(options)
        .await
        .context(Failed::new(UNAVAILABLE, "the database cannot be used"))?;
    store.migrate().await.context("the database could not be brought up to date")?;
    Ok(store)
}

/// The key of the settings; made and kept unless there is one.
pub(crate) fn secret_key(data: &DataArgs, args: &DatabaseArgs) -> Result<SecretKey> {
    if let Some(key) = &args.secret_key {
        return SecretKey::from_base64(key.expose_secret()).map_err(|error| {
            Failed::new(USAGE, format!("--secret-key (WAYMARK_SECRET_KEY): {error}")).into()
        });
    }
    let file = data.dir()?.join("secret.key");
    SecretKey::load_or_create(&file)
        .with_context(|| format!("the key for secrets, {}", file.display()))
}

/// The address rules of the settings.
pub(crate) fn egress(args: &BrowserArgs) -> Result<EgressPolicy> {
    EgressPolicy::parse(args.allow_egress.iter().map(String::as_str))
        .map_err(|error| Failed::new(USAGE, format!("--allow-egress: {error}")).into())
}

/// The browser of the settings.
pub(crate) fn browser_source(data: &DataArgs, args: &BrowserArgs) -> Result<BrowserSource> {
    if let Some(url) = &args.browser {
        return Ok(BrowserSource::Remote { url: url.clone(), headers: Vec::new() });
    }
    let how = "install it (Debian: apt-get install --no-install-recommends \
               chromium-headless-shell), name one with --chrome, or use a remote one with --browser";
    let executable = match &args.chrome {
        Some(named) if !named.is_file() => {
            let named = named.display();
            return Err(Failed::new(UNAVAILABLE, format!("there is no {named}: {how}")).into());
        }
        Some(named) => named.clone(),
        None => browser::find_chromium()
            .ok_or_else(|| Failed::new(UNAVAILABLE, format!("no Chromium was found: {how}")))?,
    };
    let profiles_dir = data.dir()?.join("profiles");
    Ok(BrowserSource::Local { executable, profiles_dir, run_as: None })
}

/// The addresses of the database. One that is reached by a socket file has none.
async fn addresses(store: &Store) -> Vec<SocketAddr> {
    match tokio::net::lookup_host(store.server()).await {
        Ok(addresses) => addresses.collect(),
        Err(_) => Vec::new(),
    }
}

/// What a worker needs besides its settings.
pub(crate) struct Beneath<'a> {
    pub(crate) store: &'a Store,
    pub(crate) embedder: Arc<dyn Embedder>,
    pub(crate) egress: EgressPolicy,
    /// Where we listen ourselves: no page may reach it, whatever is allowed.
    pub(crate) listening: Option<SocketAddr>,
}

/// Starts the pool and makes the worker over it.
pub(crate) async fn worker(
    data: &DataArgs,
    args: &WorkArgs,
    beneath: Beneath<'_>,
) -> Result<(Worker, Arc<BrowserPool>)> {
    let Beneath { store, embedder, egress, listening } = beneath;
    let own = listening.into_iter().chain(addresses(store).await).collect();
    let options = BrowserOptions {
        // A session that waits for a human must not keep a task waiting.
        max_sessions: args.worker.slots() + args.worker.parking_places(),
        recycle_after: args.browser.browser_recycle,
        egress,
        own,
        ..BrowserOptions::new(browser_source(data, &args.browser)?)
    };
    let pool = BrowserPool::start(options)
        .await
        .context(Failed::new(UNAVAILABLE, "the browser did not start"))?;
    let memory = Arc::new(MemoryStore::new(store.clone(), embedder));
    let store = Arc::new(store.clone());
    let agent = Agent::new(Parts {
        browsers: Arc::new(MeteredBrowsers(pool.clone())),
        trace: Arc::new(MeteredTrace(store.clone())),
        memory: Arc::new(MeteredMemory::new(memory.clone())),
        embedder: memory.embedder(),
        clock: clock(),
        parking_places: args.worker.parking_places(),
    });
    let parts = WorkerParts {
        leases: Arc::new(MeteredLeases::new(store.clone(), clock())),
        distillery: Arc::new(MeteredDistillery(memory)),
        retention: Arc::new(MeteredRetention::new(store)),
        agent,
        clock: clock(),
    };
    Ok((Worker::new(parts, args.worker.options()), pool))
}
