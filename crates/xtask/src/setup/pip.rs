//! pip, used as a downloader: into a folder of ours, by digest, touching nothing else.

use crate::process;
use crate::say::Unavailable;
use anyhow::Result;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Settings of a user or a distribution that would lead pip elsewhere, set to what we mean.
const SETTINGS: [(&str, &str); 7] = [
    ("PIP_BREAK_SYSTEM_PACKAGES", "1"), // `--target` breaks nothing, but Debian's pip asks
    ("PIP_DISABLE_PIP_VERSION_CHECK", "1"),
    ("PIP_NO_INPUT", "1"),
    ("PIP_REQUIRE_VIRTUALENV", "0"),
    ("PIP_ROOT_USER_ACTION", "ignore"),
    ("PIP_USER", "0"),
    ("PYTHONNOUSERSITE", "1"),
];

/// A Python that the machine has; with pip if that is asked for.
pub(super) fn find_python(with_pip: bool) -> Option<PathBuf> {
    let on_path = process::on_path("python3");
    let candidates = on_path.into_iter().chain([PathBuf::from("/usr/bin/python3")]);
    candidates
        .filter(|python| process::is_program(python))
        .find(|python| !with_pip || has_pip(python))
}

fn has_pip(python: &Path) -> bool {
    let mut command = Command::new(python);
    command.args(["-m", "pip", "--version"]);
    process::probe(&mut command, Duration::from_secs(30)).is_ok()
}

/// One `pip install` into a folder.
pub(crate) struct Pip<'a> {
    /// The Python whose pip it is.
    pub(crate) python: &'a Path,
    /// The list of requirements.
    pub(crate) requirements: &'a Path,
    /// The folder.
    pub(crate) target: &'a Path,
}

impl Pip<'_> {
    /// Brings exactly the listed wheels, by digest, without what they depend on.
    pub(crate) fn install_locked(&self, more: &[&str]) -> Result<()> {
        let mut command = self.command();
        command.args(["--no-deps", "--require-hashes", "--only-binary=:all:"]);
        process::run(command.args(more))
    }

    /// Brings the listed releases, and what they need besides on another Python than they were
    /// listed for.
    pub(crate) fn install_pinned(&self) -> Result<()> {
        process::run(&mut self.command())
    }

    fn command(&self) -> Command {
        let mut command = Command::new(self.python);
        command.args(["-m", "pip", "install", "--no-warn-script-location"]);
        if !std::io::stderr().is_terminal() {
            command.arg("--quiet");
        }
        command.arg("--target").arg(self.target);
        command.arg("--requirement").arg(self.requirements);
        command.envs(SETTINGS).stdout(std::io::stderr());
        command
    }
}

/// The name of this Python, as `cpython-311`: compiled parts fit one only.
pub(crate) fn tag(python: &Path) -> Result<String> {
    let mut command = Command::new(python);
    let code = "import sys; print(sys.implementation.cache_tag)";
    let tag = process::capture(command.args(["-c", code]))?;
    Ok(tag.trim().to_owned())
}

/// A Python with pip, for those who come after set-up; says what to install if there is none.
pub(crate) fn require(python: &Path) -> Result<()> {
    if has_pip(python) {
        return Ok(());
    }
    Err(Unavailable(format!(
        "{} has no pip: install it (Debian, Ubuntu: `apt-get install -y python3-pip` as root), \
         then run this again",
        python.display()
    ))
    .into())
}
