//! What can go wrong between us and the database.

use domain::ports::LeaseError;
use std::fmt::Display;

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached now; the same call may work later.
    #[error("the database cannot be reached")]
    Unavailable(#[source] sqlx::Error),
    /// The server is not one that Waymark can use.
    #[error("{what} {found} is too old: Waymark needs {what} {needed} or newer")]
    TooOld {
        /// `Postgres` or `pgvector`.
        what: &'static str,
        /// The version found.
        found: String,
        /// The oldest version that will do.
        needed: &'static str,
    },
    /// The server does not offer pgvector.
    #[error("this Postgres has no pgvector: install pgvector 0.8 or newer on the server")]
    NoVector,
    /// The address of the database cannot be read.
    #[error(
        "the database URL cannot be read; it looks like postgres://user:password@host:5432/name"
    )]
    BadUrl,
    /// The database belongs to an installation with another secret key.
    #[error(
        "the secret key is not the one that this database was first used with: give every process \
         that shares it the same one (WAYMARK_SECRET_KEY, or secret.key in the data directory)"
    )]
    AnotherKey,
    /// A pooler in between, or another version of pgvector, does not let us set what a search needs.
    #[error("connections to this database do not search as they should: {setting} is {found}")]
    Search {
        /// The setting of pgvector.
        setting: &'static str,
        /// What it is.
        found: String,
    },
    /// A row does not hold what it should.
    #[error(transparent)]
    Corrupt(#[from] Corrupt),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoRandom,
    /// The secrets of a task could not be encrypted.
    #[error("the secrets of the task cannot be encrypted")]
    NotSealed,
    /// A move that the state of a task does not allow: a bug.
    #[error(transparent)]
    Illegal(#[from] domain::task::IllegalMove),
    /// A migration failed.
    #[error("the database could not be migrated")]
    Migration(#[source] Box<sqlx::migrate::MigrateError>),
    /// The database refused.
    #[error("the database refused the query")]
    Database(#[source] sqlx::Error),
}

impl StoreError {
    /// Whether the same call may work later.
    #[must_use]
    pub const fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// The code with which the database refuses what was to be written, and will again: it is longer than
    /// it can hold, or nothing it can read. Not the sentence, which may quote it.
    pub(crate) fn refused_content(&self) -> Option<String> {
        let Self::Database(sqlx::Error::Database(error)) = self else { return None };
        let code = error.code()?;
        ["22", "54"].iter().any(|class| code.starts_with(class)).then(|| code.into_owned())
    }

    /// The name of the constraint that refused a write.
    #[must_use]
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Database(sqlx::Error::Database(error)) => error.constraint(),
            _ => None,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if is_unavailable(&error) { Self::Unavailable(error) } else { Self::Database(error) }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError::{Execute, ExecuteMigration};
        match error {
            Execute(cause) | ExecuteMigration(cause, _) if is_unavailable(&cause) => {
                Self::Unavailable(cause)
            }
            error => Self::Migration(Box::new(error)),
        }
    }
}

impl From<StoreError> for LeaseError {
    fn from(error: StoreError) -> Self {
        if error.is_unavailable() {
            Self::Unavailable(Box::new(error))
        } else {
            Self::Refused(Box::new(error))
        }
    }
}

/// Trouble with the connection, as opposed to trouble with the query. What Postgres says while it
/// goes down, is down, or comes up counts, and so does having no connection to give.
pub(crate) fn is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| is_transient(&code)),
        _ => false,
    }
}

/// Connection exceptions, operator intervention (shutdown, cancelled by a timeout), insufficient
/// resources (too many clients), and the losers of a deadlock or a lock timeout.
fn is_transient(code: &str) -> bool {
    ["08", "57", "53"].iter().any(|class| code.starts_with(class))
        || ["40001", "40P01", "55P03", "25P03"].contains(&code)
}

/// A row that does not hold what it should: written by a newer Waymark, or by hand.
#[derive(Debug, thiserror::Error)]
#[error("{table} {id}: column {column} holds something unknown: {problem}")]
pub struct Corrupt {
    table: &'static str,
    id: String,
    column: &'static str,
    problem: String,
}

/// A row being read, so that what is wrong in it can be named.
pub(crate) struct RowName {
    table: &'static str,
    id: String,
}

impl Corrupt {
    pub(crate) fn row(table: &'static str, id: impl Display) -> RowName {
        RowName { table, id: id.to_string() }
    }
}

impl RowName {
    pub(crate) fn column(&self, column: &'static str, problem: impl Display) -> Corrupt {
        Corrupt { table: self.table, id: self.id.clone(), column, problem: problem.to_string() }
    }

    /// Reads a JSON column.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(
        &self,
        column: &'static str,
        value: serde_json::Value,
    ) -> Result<T, Corrupt> {
        serde_json::from_value(value).map_err(|error| self.column(column, error))
    }

    /// Reads JSON as it was written.
    pub(crate) fn text<'a, T: serde::Deserialize<'a>>(
        &self,
        column: &'static str,
        text: &'a serde_json::value::RawValue,
    ) -> Result<T, Corrupt> {
        serde_json::from_str(text.get()).map_err(|error| self.column(column, error))
    }

    /// Reads a JSON column that may be null.
    pub(crate) fn optional_json<T: serde::de::DeserializeOwned>(
        &self,
        column: &'static str,
        value: Option<serde_json::Value>,
    ) -> Result<Option<T>, Corrupt> {
        value.map(|value| self.json(column, value)).transpose()
    }

    /// Reads a name of a closed set.
    pub(crate) fn name<T>(
        &self,
        column: &'static str,
        value: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, Corrupt> {
        read(value).ok_or_else(|| self.column(column, value))
    }

    /// Reads a count, which may be large.
    pub(crate) fn count(&self, column: &'static str, value: i64) -> Result<u64, Corrupt> {
        value.try_into().map_err(|_| self.column(column, "a number out of range"))
    }

    /// Reads a number that is never negative.
    pub(crate) fn number<N: TryInto<u32>>(
        &self,
        column: &'static str,
        value: N,
    ) -> Result<u32, Corrupt> {
        value.try_into().map_err(|_| self.column(column, "a number out of range"))
    }
}
