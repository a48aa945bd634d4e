//! Whom the server runs as: ourselves, or another user when we are root.

use super::EmbeddedError;
use nix::unistd::{Gid, Uid, User};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The system user that is made.
const SERVICE: &str = "waymark-db";

/// The user that every system has.
const NOBODY: &str = "nobody";

/// Another user than ourselves.
#[derive(Debug, Clone)]
pub(super) struct Other {
    pub(super) name: String,
    pub(super) uid: Uid,
    pub(super) gid: Gid,
}

/// Whom the server runs as.
#[derive(Debug, Clone)]
pub(super) enum Owner {
    Ourselves,
    Other(Other),
}

impl Owner {
    /// A database that is there already belongs to somebody, and stays with them. Needs the turn:
    /// the user may have to be made.
    pub(super) fn choose(root: &Path, run_as: Option<&str>) -> Result<Self, EmbeddedError> {
        if !nix::unistd::geteuid().is_root() {
            return Ok(Self::Ourselves);
        }
        let other = match owner_of(&super::place::data_of(root)) {
            Some(other) => other,
            None => match run_as {
                Some(name) => find(name).ok_or_else(|| EmbeddedError::NoSuchUser(name.into()))?,
                None => service()?,
            },
        };
        if other.uid.is_root() {
            return Err(EmbeddedError::RunAsRoot);
        }
        Ok(Self::Other(other))
    }

    /// A command that runs as the owner, sees nothing of our environment, and is in a process group
    /// of its own: Ctrl-C at our terminal must not stop the database before we are done with it.
    pub(super) fn command(&self, program: &Path) -> tokio::process::Command {
        let mut command = tokio::process::Command::new(program);
        command.env_clear().current_dir("/").stdin(Stdio::null());
        command.process_group(0);
        if let Self::Other(other) = self {
            command.uid(other.uid.as_raw()).gid(other.gid.as_raw());
        }
        command
    }

    /// Gives a file or folder to the owner.
    pub(super) fn give(&self, path: &Path) -> Result<(), EmbeddedError> {
        let Self::Other(other) = self else {
            return Ok(());
        };
        std::os::unix::fs::chown(path, Some(other.uid.as_raw()), Some(other.gid.as_raw()))
            .map_err(EmbeddedError::file("giving away", path))
    }

    /// Makes sure that the owner can get there.
    pub(super) fn must_reach(&self, path: &Path) -> Result<(), EmbeddedError> {
        let Self::Other(other) = self else {
            return Ok(());
        };
        match other.bar_on(path)? {
            None => Ok(()),
            Some(closed) => Err(EmbeddedError::OutOfReach {
                user: other.name.clone(),
                path: path.to_owned(),
                closed,
            }),
        }
    }

    pub(super) fn uid(&self) -> Uid {
        match self {
            Self::Ourselves => nix::unistd::geteuid(),
            Self::Other(other) => other.uid,
        }
    }
}

impl Other {
    /// The first part of the path that this user may not pass.
    fn bar_on(&self, path: &Path) -> Result<Option<PathBuf>, EmbeddedError> {
        let mut parts: Vec<&Path> = path.ancestors().collect();
        parts.reverse();
        for part in parts {
            let meta = std::fs::metadata(part).map_err(EmbeddedError::file("looking at", part))?;
            let shift = if meta.uid() == self.uid.as_raw() {
                6
            } else if meta.gid() == self.gid.as_raw() {
                3
            } else {
                0
            };
            if (meta.mode() >> shift) & 1 == 0 {
                return Ok(Some(part.to_owned()));
            }
        }
        Ok(None)
    }
}

fn owner_of(data: &Path) -> Option<Other> {
    let meta = std::fs::metadata(data).ok()?;
    let uid = Uid::from_raw(meta.uid());
    let name = User::from_uid(uid).ok().flatten().map(|user| user.name);
    Some(Other {
        name: name.unwrap_or_else(|| uid.to_string()),
        uid,
        gid: Gid::from_raw(meta.gid()),
    })
}

fn find(name: &str) -> Option<Other> {
    let user = User::from_name(name).ok().flatten()?;
    Some(Other { name: user.name, uid: user.uid, gid: user.gid })
}

/// The service user, made if need be; where users cannot be made, `nobody`.
fn service() -> Result<Other, EmbeddedError> {
    if let Some(other) = find(SERVICE) {
        return Ok(other);
    }
    let made = Command::new("useradd")
        .args(["--system", "--no-create-home", "--home-dir", "/nonexistent"])
        .args(["--shell", "/usr/sbin/nologin", SERVICE])
        .stdin(Stdio::null())
        .output();
    match made {
        Ok(output) if !output.status.success() => tracing::warn!(
            "the user {SERVICE} cannot be made, so the database runs as {NOBODY}: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        ),
        Err(error) => tracing::warn!(
            "the user {SERVICE} cannot be made, so the database runs as {NOBODY}: {error}"
        ),
        Ok(_) => {}
    }
    find(SERVICE)
        .or_else(|| find(NOBODY))
        .ok_or_else(|| EmbeddedError::NoSuchUser(SERVICE.to_owned()))
}
