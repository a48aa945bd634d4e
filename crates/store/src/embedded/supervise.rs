//! Keeps the server alive: when it dies under us it is started again, on its port.

use super::EmbeddedError;
use super::locks::Turn;
use super::place::Place;
use super::server::Server;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

/// How long to wait before another try, at first and at most.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(10));

/// Watches over a server, from a task of its own that ends with it.
#[derive(Debug)]
pub(super) struct Supervisor {
    pid: Arc<AtomicU32>,
    stopping: DropGuard,
    watch: JoinHandle<Option<Server>>,
}

impl Supervisor {
    pub(super) fn start(place: Place, password: String, server: Server) -> Self {
        let pid = Arc::new(AtomicU32::new(server.pid()));
        let stopping = CancellationToken::new();
        let tasks = TaskTracker::new();
        let watch = Watch { place, password, pid: Arc::clone(&pid), stopping: stopping.clone() };
        Self { pid, watch: tasks.spawn(watch.run(server)), stopping: stopping.drop_guard() }
    }

    pub(super) fn pid(&self) -> u32 {
        self.pid.load(Ordering::Relaxed)
    }

    /// Ends the watch and gives the server back, if it is up.
    pub(super) async fn stop(self) -> Option<Server> {
        self.stopping.disarm().cancel();
        self.watch.await.ok().flatten()
    }
}

struct Watch {
    place: Place,
    password: String,
    pid: Arc<AtomicU32>,
    stopping: CancellationToken,
}

impl Watch {
    async fn run(self, mut server: Server) -> Option<Server> {
        loop {
            tokio::select! {
                () = self.stopping.cancelled() => return Some(server),
                () = server.ended(&self.place) => {}
            }
            tracing::error!("the database's process {} has died: starting it again", server.pid());
            let port = server.port();
            server = self.stopping.run_until_cancelled(self.restart(port)).await?;
            self.pid.store(server.pid(), Ordering::Relaxed);
        }
    }

    async fn restart(&self, port: u16) -> Server {
        let (mut wait, most) = BACK_OFF;
        loop {
            match self.try_restart(port).await {
                Ok(server) => return server,
                Err(error) => tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the database does not start again"
                ),
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(most);
        }
    }

    async fn try_restart(&self, port: u16) -> Result<Server, EmbeddedError> {
        let _turn = Turn::take(self.place.root()).await?;
        Server::ensure(&self.place, &self.password, Some(port)).await
    }
}
