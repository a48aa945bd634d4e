//! `waymark serve`: the API, with workers unless told otherwise.

use crate::app::{self, Beneath, Database};
use crate::cli::ServeArgs;
use crate::exit::{Failed, UNAVAILABLE};
use crate::lifecycle::Lifecycle;
use crate::output::{json_line, note};
use crate::settings::DataArgs;
use anyhow::{Context as _, Result};
use browser::BrowserPool;
use domain::egress::EgressPolicy;
use domain::key::Scope;
use domain::ports::Embedder;
use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use store::{Listener, MemoryStore, NewKey, RunSearch, Store};
use tokio::net::TcpListener;
use worker::{Stop, Worker};

/// The parts of a serving process, ready to run.
pub(crate) struct Serving {
    database: Database,
    socket: TcpListener,
    listener: Arc<Listener>,
    worker: Option<(Worker, Arc<BrowserPool>)>,
    embedder: Arc<dyn Embedder>,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    first_key: FirstKey,
}

/// How whoever starts it comes to a key.
enum FirstKey {
    /// Made just now, in a database of Waymark's own: it is for this machine.
    Made(String),
    /// Somebody else's database holds none yet. It is for them to make one: what a service writes is
    /// kept and read by many.
    Missing,
    /// There is one.
    There,
}

pub(crate) async fn serve(data: &DataArgs, args: ServeArgs, json: bool) -> Result<ExitCode> {
    let lifecycle = Lifecycle::new(args.work.grace_seconds)?;
    let egress = app::egress(&args.work.browser)?;
    let serving = Serving::prepare(data, &args, egress).await?;
    announce(&serving, data, json)?;
    serve_until_stopped(serving, lifecycle).await
}

/// Runs the parts until told to stop; then closes them in order.
async fn serve_until_stopped(serving: Serving, lifecycle: Lifecycle) -> Result<ExitCode> {
    serve_beside(serving, lifecycle, std::future::ready(())).await
}

/// The same with something beside them, over the same database: it has to end when told to stop.
pub(crate) async fn serve_beside(
    serving: Serving,
    lifecycle: Lifecycle,
    beside: impl Future<Output = ()>,
) -> Result<ExitCode> {
    let Serving { database, socket, listener, worker, embedder, .. } = serving;
    let stop = lifecycle.stop.clone();
    let memory = MemoryStore::new(database.store.clone(), embedder);
    let embedder = memory.embedder();
    let search = RunSearch::new(database.store.clone(), embedder.clone());
    let state = api::AppState::new(
        database.store.clone(),
        app::clock(),
        listener.clone(),
        stop.soft.clone(),
        api::ApiLimits::default(),
    )
    .with_memory(Arc::new(memory))
    .with_search(search)
    .with_embedder(embedder);
    let api_stop = stop.clone();
    let parts = async {
        let work = async {
            if let Some((worker, _)) = &worker {
                worker.run(Box::new(listener.wakeups()), stop.clone()).await;
            }
        };
        let api = async {
            if let Err(error) = api::serve(socket, state, api_stop.soft.clone()).await {
                tracing::error!(%error, "the API stopped");
                api_stop.soft.cancel();
            }
        };
        tokio::join!(work, api, beside);
    };
    let store = database.store.clone();
    let sampling = Box::pin(async {
        let browsers = async {
            if let Some((_, pool)) = &worker {
                app::sample_browsers(pool).await;
            }
        };
        tokio::join!(app::sample_database(&store), app::sample_process(&store), browsers);
    });
    let parts = async {
        tokio::select! {
            () = Box::pin(parts) => {}
            () = sampling => {}
        }
    };
    let in_order = lifecycle.govern(parts).await;
    if let Some((_, pool)) = worker {
        pool.stop().await;
    }
    drop(listener);
    database.close().await;
    Ok(if in_order { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Serving {
    /// Opens the port and everything behind it; nothing runs yet.
    pub(crate) async fn prepare(
        data: &DataArgs,
        args: &ServeArgs,
        egress: EgressPolicy,
    ) -> Result<Self> {
        let listen = args.server.listen;
        let socket = TcpListener::bind(listen).await.map_err(|error| {
            Failed::new(UNAVAILABLE, format!("cannot listen on {listen}: {error}"))
        })?;
        let address = socket.local_addr()?;
        let (database, embedder) = app::open(data, &args.work).await?;
        let beneath = Beneath {
            store: &database.store,
            embedder: embedder.clone(),
            egress,
            listening: Some(address),
        };
        match Self::behind(data, args, beneath).await {
            Ok((listener, worker, first_key)) => {
                Ok(Self { database, socket, listener, worker, embedder, address, first_key })
            }
            Err(error) => {
                database.close().await;
                Err(error)
            }
        }
    }

    async fn behind(
        data: &DataArgs,
        args: &ServeArgs,
        beneath: Beneath<'_>,
    ) -> Result<(Arc<Listener>, Option<(Worker, Arc<BrowserPool>)>, FirstKey)> {
        let ours = args.work.database.database_url.is_none();
        let file = ours.then(|| data.local_key_file()).transpose()?;
        let first_key = first_key(beneath.store, file.as_deref()).await?;
        let listener = Arc::new(beneath.store.listen().await?);
        let worker = if args.no_workers {
            None
        } else {
            Some(app::worker(data, &args.work, beneath).await?)
        };
        Ok((listener, worker, first_key))
    }

    /// The URL of the API.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// Makes the first key of a fresh project and keeps it in a file for the client verbs on this machine;
/// makes none where there is no such file.
async fn first_key(store: &Store, file: Option<&Path>) -> Result<FirstKey> {
    let project = store.projects().get_or_create("default").await?;
    if !store.keys().list(project).await?.is_empty() {
        return Ok(FirstKey::There);
    }
    let Some(file) = file else { return Ok(FirstKey::Missing) };
    let new = NewKey { name: "local".into(), scopes: Scope::ALL.to_vec(), expires_at: None };
    let minted = store.keys().mint(project, new).await?;
    write_private(file, &minted.secret)
        .with_context(|| format!("the first key, {}", file.display()))?;
    Ok(FirstKey::Made(minted.secret))
}

fn write_private(file: &Path, text: &str) -> Result<()> {
    use std::io::Write as _;
    if let Some(dir) = file.parent() {
        std::fs::create_dir_all(dir)?;
    }
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(file)?;
    Ok(writeln!(file, "{text}")?)
}

fn announce(serving: &Serving, data: &DataArgs, json: bool) -> Result<()> {
    let url = serving.url();
    if json {
        let key = match &serving.first_key {
            FirstKey::Made(key) => Some(key),
            FirstKey::Missing | FirstKey::There => None,
        };
        return json_line(&serde_json::json!({ "url": url, "key": key }));
    }
    note(format!("waymark: the API is at {url}, its documentation at {url}/docs"));
    match &serving.first_key {
        FirstKey::Made(key) => {
            // Elsewhere this is a log, and logs are kept and read by many.
            if std::io::stderr().is_terminal() {
                note(format!("waymark: the first key, shown this once: {key}"));
            }
            let file = data.local_key_file()?;
            let file = file.display();
            note(format!(
                "waymark: the first key is kept for this machine in {file}; `waymark key local` \
                 shows it"
            ));
        }
        FirstKey::Missing => note(
            "waymark: there is no key in this database yet; `waymark key create --name NAME` with \
             the same DATABASE_URL makes one",
        ),
        FirstKey::There => {}
    }
    Ok(())
}

/// What the demo needs besides.
impl Serving {
    /// The database.
    pub(crate) const fn store(&self) -> &Store {
        &self.database.store
    }

    /// The embedder.
    pub(crate) fn embedder(&self) -> Arc<dyn Embedder> {
        self.embedder.clone()
    }

    /// Makes a key that lasts a day, for a project of this name.
    pub(crate) async fn mint_key(&self, project: &str) -> Result<String> {
        let store = &self.database.store;
        let project = store.projects().get_or_create(project).await?;
        let expires_at = app::clock().now().checked_add_days(chrono::Days::new(1));
        let new = NewKey { name: "demo".to_owned(), scopes: Scope::ALL.to_vec(), expires_at };
        Ok(store.keys().mint(project, new).await?.secret)
    }

    /// Ends a preparation that will not run.
    pub(crate) async fn abandon(self, stop: &Stop) {
        stop.soft.cancel();
        drop(self.listener);
        if let Some((_, pool)) = self.worker {
            pool.stop().await;
        }
        self.database.close().await;
    }
}
