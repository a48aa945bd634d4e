//! Where Waymark keeps what it keeps on disk.

use crate::exit::{Failed, USAGE};
use anyhow::Result;
use std::path::PathBuf;

/// The data directory.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct DataArgs {
    /// Directory for the embedded database, browser profiles, keys and the parts set-up installs.
    /// Default: /var/lib/waymark as root, else $XDG_DATA_HOME/waymark or ~/.local/share/waymark.
    #[arg(long, env = "WAYMARK_DATA_DIR", value_name = "DIR", global = true)]
    data_dir: Option<PathBuf>,

    /// The user's data home, by convention of the desktop.
    #[arg(long, env = "XDG_DATA_HOME", hide = true, global = true)]
    xdg_data_home: Option<PathBuf>,

    /// The user's home.
    #[arg(long, env = "HOME", hide = true, global = true)]
    home: Option<PathBuf>,
}

impl DataArgs {
    /// The data directory.
    pub(crate) fn dir(&self) -> Result<PathBuf> {
        if let Some(dir) = &self.data_dir {
            return Ok(std::path::absolute(dir)?);
        }
        if nix::unistd::geteuid().is_root() {
            return Ok(PathBuf::from("/var/lib/waymark"));
        }
        let data_home = self.xdg_data_home.clone().filter(|dir| dir.is_absolute());
        let home = self.home.as_ref().map(|home| home.join(".local/share"));
        data_home.or(home).map(|dir| dir.join("waymark")).ok_or_else(|| {
            Failed::new(USAGE, "there is no home directory: name a directory with --data-dir")
                .into()
        })
    }

    /// The settings with a directory inside this one.
    pub(crate) fn inside(&self, name: &str) -> Result<Self> {
        Ok(Self { data_dir: Some(self.dir()?.join(name)), ..self.clone() })
    }

    /// The file with the key made on the first local start.
    pub(crate) fn local_key_file(&self) -> Result<PathBuf> {
        Ok(self.dir()?.join("local.key"))
    }
}
