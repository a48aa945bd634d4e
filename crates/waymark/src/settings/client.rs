//! Which server the client verbs speak to.

use super::DataArgs;
use crate::exit::{FORBIDDEN, Failed};
use anyhow::Result;
use secrecy::{ExposeSecret as _, SecretString};

/// The server.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ClientArgs {
    /// URL of the server.
    #[arg(long, env = "WAYMARK_URL", value_name = "URL", default_value = "http://127.0.0.1:7878")]
    pub(crate) server: String,

    /// API key. Default: the one made on the first local start, from the data directory.
    #[arg(long, env = "WAYMARK_KEY", value_name = "KEY", hide_env_values = true)]
    key: Option<SecretString>,
}

impl ClientArgs {
    /// The key.
    pub(crate) fn key(&self, data: &DataArgs) -> Result<SecretString> {
        if let Some(key) = &self.key {
            return Ok(key.clone());
        }
        let file = data.local_key_file()?;
        match std::fs::read_to_string(&file) {
            Ok(key) => Ok(SecretString::from(key.trim().to_owned())),
            Err(error) => Err(Failed::new(
                FORBIDDEN,
                format!(
                    "no key: give one with --key or WAYMARK_KEY (the local one, {}, cannot be \
                     read: {error})",
                    file.display()
                ),
            )
            .into()),
        }
    }

    /// The headers' form of the key.
    pub(crate) fn bearer(&self, data: &DataArgs) -> Result<String> {
        Ok(format!("Bearer {}", self.key(data)?.expose_secret()))
    }
}
