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
            check(key.expose_secret(), "--key (WAYMARK_KEY)")?;
            return Ok(key.clone());
        }
        let file = data.local_key_file()?;
        match std::fs::read_to_string(&file) {
            Ok(key) => {
                check(key.trim(), &file.display().to_string())?;
                Ok(SecretString::from(key.trim().to_owned()))
            }
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

/// Refuses what no header can carry, without showing it.
fn check(key: &str, whence: &str) -> Result<(), Failed> {
    let fault = if key.trim().is_empty() {
        "is empty"
    } else if key.contains(['\n', '\r']) {
        "contains a line break"
    } else if key.contains(|char: char| !char.is_ascii_graphic()) {
        "contains a character that is in no key"
    } else {
        return Ok(());
    };
    let right = "a key is one word, as `wm_…`, with nothing before or after it";
    Err(Failed::new(FORBIDDEN, format!("the key of {whence} {fault}: {right}")))
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn a_key_that_no_header_can_carry_is_told_what_is_wrong_with_it() {
        assert!(check("wm_4fGkPq0dJb7hXo2mYcV1sT", "--key").is_ok());
        for (key, fault) in [
            ("", "is empty"),
            ("wm_secret\n", "line break"),
            ("wm_secret\r\nwm_other", "line break"),
            ("wm secret", "in no key"),
            ("wm_s\u{e9}cret", "in no key"),
        ] {
            let told = check(key, "--key").unwrap_err().to_string();
            assert!(told.contains(fault) && told.contains("--key"), "{told}");
            assert!(!told.contains("cret"), "{told}");
        }
    }
}
