//! The Postgres that keeps the situations from one benchmark to the next.

use super::options::Options;
use anyhow::{Context as _, Result};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use store::{EmbeddedOptions, EmbeddedPostgres};

/// A running server, and the folder of what is kept.
pub(super) struct Server {
    postgres: EmbeddedPostgres,
    folder: PathBuf,
}

impl Server {
    pub(super) async fn start(options: &Options) -> Result<Self> {
        let folder = options.kept.join("memory");
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        // The database may run under a user of its own.
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755))?;
        let postgres = EmbeddedPostgres::start(EmbeddedOptions {
            install_dir: options.postgres.clone(),
            data_dir: folder.clone(),
            run_as: None,
        })
        .await?;
        Ok(Self { postgres, folder })
    }

    pub(super) const fn postgres(&self) -> &EmbeddedPostgres {
        &self.postgres
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) async fn stop(self) -> Result<()> {
        Ok(self.postgres.stop().await?)
    }
}
