//! Which database, and the key for what is encrypted in it.

use secrecy::SecretString;
use std::path::PathBuf;

/// The database.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct DatabaseArgs {
    /// Postgres 16 or newer with pgvector 0.8 or newer, as postgres://user:password@host/database.
    /// Without it Waymark runs its own in the data directory.
    #[arg(long, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub(crate) database_url: Option<SecretString>,

    /// Connections this process may hold.
    #[arg(long, env = "WAYMARK_DATABASE_CONNECTIONS", value_name = "N", default_value_t = 16,
          value_parser = clap::value_parser!(u32).range(2..=500))]
    pub(crate) database_connections: u32,

    /// Where set-up put Postgres. Default: pg in the data directory.
    #[arg(long, env = "WAYMARK_PG_DIR", value_name = "DIR")]
    pub(crate) pg_dir: Option<PathBuf>,

    /// Key for the secrets of tasks at rest: 32 bytes in base64. Default: made on the first start
    /// and kept in secret.key in the data directory. Processes that share a database need the same.
    #[arg(long, env = "WAYMARK_SECRET_KEY", value_name = "BASE64", hide_env_values = true)]
    pub(crate) secret_key: Option<SecretString>,
}
