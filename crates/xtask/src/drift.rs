//! Old and new releases of real applications, for `cargo xtask bench drift`.
//!
//! `tests/drift/APP/RELEASE.txt` lists the packages of a release for pip; `RELEASE.npm` those for npm.
//! They go to `drift/APP-RELEASE/packages` of the data directory, each release on its own: no two of
//! them agree about what they need. Beside them the benchmark keeps the seeded database.

use crate::cli::Context;
use crate::process;
use crate::say::{Unavailable, note};
use crate::setup::{self, Pip, digest_of, replace};
use anyhow::{Context as _, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A release, as its list names it.
struct Release {
    /// The list.
    list: PathBuf,
    /// `APP-RELEASE`.
    name: String,
}

/// Brings what is missing of every release; of these applications only, if any are named.
pub(crate) fn provide(context: &Context, python: &Path, apps: &[String]) -> Result<()> {
    for release in releases(context, apps)? {
        install(context, &release, python)?;
    }
    Ok(())
}

/// The releases of the named applications. A set of tasks across applications has no lists of its
/// own and needs them all.
fn releases(context: &Context, apps: &[String]) -> Result<Vec<Release>> {
    let root = context.workspace.root().join("tests/drift");
    let is_app = |name: &String| root.join(name).join("app.json").is_file();
    let all = apps.is_empty() || !apps.iter().all(is_app);
    let mut releases = Vec::new();
    for folder in fs::read_dir(&root).with_context(|| root.display().to_string())? {
        let folder = folder?.path();
        let app = name_of(&folder);
        if folder.is_dir() && (all || apps.contains(&app)) {
            releases.extend(lists(&folder)?.into_iter().map(|list| {
                let name = format!("{app}-{}", name_of(&list.with_extension("")));
                Release { list, name }
            }));
        }
    }
    releases.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(releases)
}

fn lists(folder: &Path) -> Result<Vec<PathBuf>> {
    let files = fs::read_dir(folder)?.map(|file| Ok(file?.path())).collect::<Result<Vec<_>>>()?;
    let is_list = |file: &PathBuf| file.extension().is_some_and(|end| end == "txt" || end == "npm");
    Ok(files.into_iter().filter(is_list).collect())
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn install(context: &Context, release: &Release, python: &Path) -> Result<()> {
    let place = &context.place;
    let home = place.drift().join(&release.name);
    let stamp = format!("{} {}\n", digest_of(&release.list)?, setup::python_tag(python)?);
    let is_there = || fs::read_to_string(home.join(".stamp")).is_ok_and(|found| found == stamp);
    if is_there() {
        return Ok(());
    }
    let _guard = setup::lock(place)?;
    if is_there() {
        return Ok(());
    }
    note!("bench: fetching {}", release.name);
    let ready = setup::workbench(place, &format!("drift-{}", release.name))?;
    let packages = ready.join("packages");
    fs::create_dir(&packages)?;
    if release.list.extension().is_some_and(|ending| ending == "npm") {
        npm(&release.list, &packages)?;
    } else {
        setup::require_pip(python)?;
        Pip { python, requirements: &release.list, target: &packages }.install_pinned()?;
    }
    fs::write(ready.join(".stamp"), stamp)?;
    replace(&ready, &home)
}

fn npm(list: &Path, target: &Path) -> Result<()> {
    let npm = process::on_path("npm").ok_or_else(|| {
        Unavailable(
            "swagger-ui comes from npm (Debian, Ubuntu: `apt-get install -y \
             --no-install-recommends nodejs npm` as root)"
                .to_owned(),
        )
    })?;
    let mut command = Command::new(npm);
    command.args(["install", "--ignore-scripts", "--no-audit", "--no-fund"]);
    command.args(["--no-package-lock", "--loglevel=error", "--prefix"]).arg(target);
    command.args(fs::read_to_string(list)?.split_whitespace());
    process::run(&mut command)
}
