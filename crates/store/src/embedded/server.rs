//! Starting the server, or adopting the one that runs, until it answers.

use super::buffers::shared_buffers;
use super::place::{Place, write_private};
use super::postmaster::Postmaster;
use super::{EmbeddedError, NAME};
use crate::error::is_unavailable;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};
use std::net::{Ipv4Addr, TcpListener};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Child;
use tokio::time::Instant;

/// How long it may take to answer: after a crash it replays its log first.
const READY: Duration = Duration::from_mins(5);

/// How long those whom a killed server left behind may hold its memory.
const ORPHANS: Duration = Duration::from_secs(20);

const AGAIN: Duration = Duration::from_millis(15);

/// What the server is told, whatever its configuration file says. Its log names no values: neither
/// the statements that failed nor the rows they failed on.
const SETTINGS: [&str; 12] = [
    "max_connections=100",
    "wal_compression=on",
    "checkpoint_timeout=15min",
    "jit=off",
    "timezone=UTC",
    "log_timezone=UTC",
    "cluster_name=waymark",
    "logging_collector=off",
    "log_error_verbosity=terse",
    "log_min_error_statement=panic",
    "log_checkpoints=off",
    "unix_socket_permissions=0700",
];

/// A server that answers.
#[derive(Debug)]
pub(super) struct Server {
    postmaster: Postmaster,
    /// `None` when somebody else started it.
    child: Option<Child>,
}

impl Server {
    /// Adopts the server that runs, or starts one, on a given port or on any. Needs the turn.
    pub(super) async fn ensure(
        place: &Place,
        password: &str,
        port: Option<u16>,
    ) -> Result<Self, EmbeddedError> {
        let deadline = Instant::now() + ORPHANS;
        loop {
            if let Some(postmaster) = Postmaster::running(place)? {
                match Self::adopted(postmaster).answer(place, password).await? {
                    Some(server) => return Ok(server),
                    // It was about to end, and has.
                    None => continue,
                }
            }
            let started = Self::spawn(place, port)?;
            if let Some(server) = started.answer(place, password).await? {
                return Ok(server);
            }
            let tail = log_tail(place);
            let again = is_passing(&tail, port) && Instant::now() < deadline;
            if !again {
                let log = place.log();
                return Err(EmbeddedError::Ended { log, tail });
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    fn adopted(postmaster: Postmaster) -> Self {
        tracing::info!("using the database that runs as process {}", postmaster.pid);
        Self { postmaster, child: None }
    }

    pub(super) fn port(&self) -> u16 {
        self.postmaster.port
    }

    pub(super) fn pid(&self) -> u32 {
        self.postmaster.pid
    }

    pub(super) fn is_adopted(&self) -> bool {
        self.child.is_none()
    }

    /// Returns when it has ended.
    pub(super) async fn ended(&mut self, place: &Place) {
        match &mut self.child {
            Some(child) => {
                if let Err(error) = child.wait().await {
                    tracing::warn!("the database's process cannot be waited for: {error}");
                    self.postmaster.gone(place).await;
                }
            }
            None => self.postmaster.gone(place).await,
        }
    }

    pub(super) async fn stop(mut self, place: &Place) -> Result<(), EmbeddedError> {
        self.postmaster.stop(place).await?;
        if let Some(child) = &mut self.child {
            let failed = EmbeddedError::file("waiting for", place.program("postgres"));
            child.wait().await.map_err(failed)?;
        }
        Ok(())
    }

    fn spawn(place: &Place, port: Option<u16>) -> Result<Self, EmbeddedError> {
        let port = match port {
            Some(port) => port,
            None => choose_port(place)?,
        };
        let log = place.open_log()?;
        let errors = log.try_clone().map_err(EmbeddedError::file("opening", place.log()))?;
        let program = place.program("postgres");
        let mut command = place.owner.command(&program);
        command
            .arg("-D")
            .arg(place.data())
            .arg("-k")
            .arg(place.socket())
            .args(["-h", "127.0.0.1", "-p", &port.to_string()])
            .args(SETTINGS.iter().flat_map(|setting| ["-c", setting]))
            .args(["-c", &shared_buffers()])
            .stdout(Stdio::from(log))
            .stderr(Stdio::from(errors));
        let child = command.spawn().map_err(|cause| EmbeddedError::Spawn { program, cause })?;
        let pid = child.id().unwrap_or(0);
        Ok(Self { postmaster: Postmaster { pid, port }, child: Some(child) })
    }

    /// Waits until it answers; `None` when it ended instead.
    async fn answer(
        mut self,
        place: &Place,
        password: &str,
    ) -> Result<Option<Self>, EmbeddedError> {
        let deadline = Instant::now() + READY;
        while !self.has_ended(place) {
            if self.postmaster.is_ready(place) && self.accepts(place, password).await? {
                return Ok(Some(self));
            }
            if Instant::now() >= deadline {
                return Err(EmbeddedError::Silent(place.log()));
            }
            tokio::time::sleep(AGAIN).await;
        }
        Ok(None)
    }

    async fn accepts(&self, place: &Place, password: &str) -> Result<bool, EmbeddedError> {
        match connect(password, self.port(), "postgres").await {
            Ok(connection) => {
                close(connection).await;
                Ok(true)
            }
            // It is about to end, or has no connection to spare.
            Err(error) if is_unavailable(&error) => Ok(false),
            Err(cause) => Err(EmbeddedError::Refused { log: place.log(), cause }),
        }
    }

    fn has_ended(&mut self, place: &Place) -> bool {
        match &mut self.child {
            Some(child) => matches!(child.try_wait(), Ok(Some(_))),
            None => !self.postmaster.is_alive(place),
        }
    }
}

/// Makes our database unless it is there. Needs the turn.
pub(super) async fn ensure_database(password: &str, port: u16) -> Result<(), EmbeddedError> {
    let mut connection =
        connect(password, port, "postgres").await.map_err(EmbeddedError::Database)?;
    let exists = sqlx::query_scalar!(
        r#"-- embedded.has_database
        select exists (select from pg_database where datname = $1) as "exists!""#,
        NAME,
    )
    .fetch_one(&mut connection)
    .await
    .map_err(EmbeddedError::Database)?;
    if !exists {
        sqlx::query("create database waymark")
            .execute(&mut connection)
            .await
            .map_err(EmbeddedError::Database)?;
    }
    close(connection).await;
    Ok(())
}

async fn connect(password: &str, port: u16, database: &str) -> Result<PgConnection, sqlx::Error> {
    PgConnectOptions::new_without_pgpass()
        .host("127.0.0.1")
        .port(port)
        .username(NAME)
        .password(password)
        .database(database)
        .application_name("waymark")
        .connect()
        .await
}

async fn close(connection: PgConnection) {
    if let Err(error) = connection.close().await {
        tracing::debug!("a connection did not close in good order: {error}");
    }
}

/// The port of last time if it is free, else any; noted, so that people find it where it was.
fn choose_port(place: &Place) -> Result<u16, EmbeddedError> {
    let path = place.port_file();
    let last = std::fs::read_to_string(&path).ok().and_then(|text| text.trim().parse::<u16>().ok());
    let free = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let listener = match last.map(free) {
        Some(Ok(listener)) => listener,
        _ => free(0).map_err(EmbeddedError::NoPort)?,
    };
    let port = listener.local_addr().map_err(EmbeddedError::NoPort)?.port();
    if last != Some(port) {
        write_private(&path, &port.to_string())?;
    }
    Ok(port)
}

/// Trouble that goes away by itself: the last server's processes have not all noticed that it died,
/// or somebody else was quicker to take the port that we had found free.
fn is_passing(tail: &str, port: Option<u16>) -> bool {
    tail.contains("is still in use") || (port.is_none() && tail.contains("could not bind"))
}

/// The end of the log, on one line.
fn log_tail(place: &Place) -> String {
    let text = std::fs::read(place.log()).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().rev().take(6).collect();
    let lines: Vec<&str> = lines.into_iter().rev().collect();
    lines.join(" | ")
}
