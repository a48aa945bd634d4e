//! The folder of one browser: its profile, its home, its files. Removed with the browser, and by
//! the next start when we were killed and could not.

use super::user::User;
use crate::error::StartError;
use nix::unistd::chown;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

const PREFIX: &str = "browser-";
/// Names the process that owns the folder; only that process and root can write it.
const OWNER: &str = "owner";

/// The folder of one browser:
/// `owner`, `launch.sh`, the pipe `words`, and, belonging to the browser's user, `home`, `chrome`
/// and `files`.
#[derive(Debug)]
pub(super) struct Profile {
    dir: PathBuf,
}

impl Profile {
    pub(super) fn create(profiles_dir: &Path, user: Option<&User>) -> Result<Self, StartError> {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |source| StartError::Profile { path, source }
        };
        fs::create_dir_all(profiles_dir).map_err(at(profiles_dir))?;
        if user.is_some() {
            only_ours(profiles_dir).map_err(at(profiles_dir))?;
        }
        let dir = tempfile::Builder::new()
            .prefix(PREFIX)
            .permissions(Permissions::from_mode(if user.is_some() { 0o711 } else { 0o700 }))
            .tempdir_in(profiles_dir)
            .map_err(at(profiles_dir))?
            .keep();
        let profile = Self { dir };
        let owner = profile.dir.join(OWNER);
        fs::write(&owner, owner_line(std::process::id())).map_err(at(&owner))?;
        for name in ["home", "chrome", "files"] {
            let path = profile.dir.join(name);
            make_dir(&path, user).map_err(at(&path))?;
        }
        Ok(profile)
    }

    pub(super) fn launcher(&self) -> PathBuf {
        self.dir.join("launch.sh")
    }

    pub(super) fn words(&self) -> PathBuf {
        self.dir.join("words")
    }

    pub(super) fn home_dir(&self) -> PathBuf {
        self.dir.join("home")
    }

    pub(super) fn chrome_dir(&self) -> PathBuf {
        self.dir.join("chrome")
    }

    pub(super) fn files_dir(&self) -> PathBuf {
        self.dir.join("files")
    }

    /// Removes the folder. Chrome's helpers may still be writing for a moment after it was
    /// killed, so a folder that is suddenly not empty is tried again.
    pub(super) fn remove(&self) {
        remove(&self.dir);
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        if self.dir.exists() {
            self.remove();
        }
    }
}

fn remove(dir: &Path) {
    let mut result = Ok(());
    for _ in 0..50 {
        result = fs::remove_dir_all(dir);
        match &result {
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
            _ => break,
        }
    }
    if let Err(error) = result
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "cannot remove {}", dir.display());
    }
}

/// Root runs a script from this folder, so nobody else may put one there.
fn only_ours(dir: &Path) -> io::Result<()> {
    let meta = fs::symlink_metadata(dir)?;
    let ours = meta.is_dir() && meta.uid() == 0 && meta.mode() & 0o022 == 0;
    if ours {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::PermissionDenied,
        "it must belong to root, and nobody else may write to it",
    ))
}

fn make_dir(path: &Path, user: Option<&User>) -> io::Result<()> {
    fs::create_dir(path)?;
    fs::set_permissions(path, Permissions::from_mode(0o700))?;
    give(path, user)
}

fn give(path: &Path, user: Option<&User>) -> io::Result<()> {
    match user {
        Some(user) => Ok(chown(path, Some(user.uid), Some(user.gid))?),
        None => Ok(()),
    }
}

/// A folder for the files of one session, which the browser's user may use. Removed when dropped.
#[derive(Debug)]
pub(crate) struct Folder {
    dir: PathBuf,
    user: Option<User>,
}

impl Folder {
    pub(crate) fn create(files: &Path, user: Option<&User>) -> io::Result<Self> {
        let dir = tempfile::Builder::new().prefix("s").tempdir_in(files)?.keep();
        let folder = Self { dir, user: user.cloned() };
        fs::set_permissions(&folder.dir, Permissions::from_mode(0o700))?;
        give(&folder.dir, user)?;
        Ok(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.dir
    }

    /// Writes a file into a folder of its own, so that its name can be what the page should see.
    pub(crate) fn write(&self, name: &str, content: &[u8]) -> io::Result<PathBuf> {
        let dir = tempfile::Builder::new().prefix("u").tempdir_in(&self.dir)?.keep();
        let path = dir.join(name);
        fs::write(&path, content)?;
        give(&path, self.user.as_ref())?;
        give(&dir, self.user.as_ref())?;
        Ok(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        remove(&self.dir);
    }
}

/// The folder for profiles that the browser's user can really reach: the wanted one, or, when
/// some parent of it is closed to that user, one below the system's folder for temporary files.
pub(crate) fn usable_dir(wanted: &Path, user: Option<&User>) -> PathBuf {
    let Some(user) = user else {
        return wanted.to_owned();
    };
    let closed = wanted.ancestors().find(|dir| {
        fs::metadata(dir).is_ok_and(|meta| {
            let bit = if meta.uid() == user.uid.as_raw() {
                0o100
            } else if meta.gid() == user.gid.as_raw() {
                0o010
            } else {
                0o001
            };
            meta.mode() & bit == 0
        })
    });
    match closed {
        None => wanted.to_owned(),
        Some(closed) => {
            let instead = std::env::temp_dir().join("waymark-browsers");
            tracing::info!(
                "profiles go to {}, because the browser's user {} may not enter {}",
                instead.display(),
                user.uid,
                closed.display()
            );
            instead
        }
    }
}

/// Removes the profiles of browsers whose owner is no longer running. Returns how many.
///
/// # Errors
/// The folder cannot be read. That it does not exist is not an error.
pub fn sweep(profiles_dir: &Path) -> io::Result<usize> {
    let entries = match fs::read_dir(profiles_dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut swept = 0;
    for entry in entries {
        let entry = entry?;
        let ours = entry.file_name().to_string_lossy().starts_with(PREFIX)
            && entry.file_type().is_ok_and(|kind| kind.is_dir());
        if ours && is_left_over(&entry.path()) {
            remove(&entry.path());
            swept += 1;
        }
    }
    Ok(swept)
}

/// A folder is left over when its owner is gone. One that names no owner was left half made,
/// unless it is being made right now.
fn is_left_over(dir: &Path) -> bool {
    match fs::read_to_string(dir.join(OWNER)) {
        Ok(line) if !line.is_empty() => line
            .split_whitespace()
            .next()
            .and_then(|pid| pid.parse().ok())
            .is_none_or(|pid| owner_line(pid) != line),
        _ => fs::metadata(dir)
            .and_then(|meta| meta.modified())
            .ok()
            .and_then(|made| made.elapsed().ok())
            .is_some_and(|age| age.as_secs() > 60),
    }
}

/// A process id with the time the process began, because ids are used again.
fn owner_line(pid: u32) -> String {
    format!("{pid} {}", stat(pid).map_or_else(|| "gone".into(), |stat| stat.started))
}

struct Stat {
    state: char,
    started: String,
}

fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything; the numbers follow the last one.
    let (_, rest) = text.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    Some(Stat { state: fields.next()?.chars().next()?, started: fields.nth(18)?.to_owned() })
}

/// Whether a process exists and is more than a zombie.
pub(super) fn is_running(pid: u32) -> bool {
    stat(pid).is_some_and(|stat| stat.state != 'Z' && stat.state != 'X')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_profiles_of_dead_owners_are_swept() {
        let dir = tempfile::tempdir().unwrap();
        let live = Profile::create(dir.path(), None).unwrap();
        let dead = dir.path().join("browser-dead");
        fs::create_dir(&dead).unwrap();
        fs::write(dead.join(OWNER), "4194999 123").unwrap();
        let reused = dir.path().join("browser-reused");
        fs::create_dir(&reused).unwrap();
        fs::write(reused.join(OWNER), format!("{} 1", std::process::id())).unwrap();
        let other = dir.path().join("something-else");
        fs::create_dir(&other).unwrap();

        assert_eq!(sweep(dir.path()).unwrap(), 2);
        assert!(live.dir.exists() && other.exists());
        assert!(!dead.exists() && !reused.exists());
        assert_eq!(sweep(&dir.path().join("missing")).unwrap(), 0);
    }
}
