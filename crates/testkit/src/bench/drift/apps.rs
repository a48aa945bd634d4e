//! A release of an application, running on a database that is put back before each task.

use super::options::Options;
use crate::apps;
use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::Value;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

/// The first start makes the database, which takes some applications a while.
const STARTS_WITHIN: Duration = Duration::from_mins(3);

/// Which release, and what its owner has removed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Wanted {
    pub(super) app: String,
    pub(super) release: String,
    pub(super) without: Vec<String>,
}

/// What it says of itself once it listens.
#[derive(Debug, Deserialize)]
pub(super) struct Said {
    pub(super) url: String,
    pub(super) user: String,
    pub(super) password: String,
}

/// A running release; it ends when dropped, or when our process does.
pub(super) struct Running {
    pub(super) said: Said,
    python: PathBuf,
    seed: PathBuf,
    database: PathBuf,
    _process: Child,
}

impl Running {
    /// Starts it with its files in this folder.
    pub(super) async fn start(options: &Options, wanted: &Wanted, folder: &Path) -> Result<Self> {
        let packages = options.packages(&wanted.app, &wanted.release);
        let source = Options::data().join(&wanted.app);
        let home = packages.parent().context("a folder in a folder")?;
        let seed = home.join(format!("seed-{:016x}.db", digest(&source)?));
        fs::create_dir_all(folder)?;
        let database = folder.join("app.db");
        let mut command = Command::new(&options.python);
        command.arg(source.join("run.py")).arg("--db").arg(&database).arg("--seed").arg(&seed);
        command.arg("--packages").arg(&packages);
        command.args(wanted.without.iter().flat_map(|feature| ["--without", feature]));
        command
            .env("PYTHONPATH", &packages)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("PYTHONNOUSERSITE", "1")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(folder.join("errors"))?)
            .kill_on_drop(true);
        let mut process = command.spawn().with_context(|| format!("cannot start {wanted:?}"))?;
        let output = process.stdout.take().context("the output is a pipe")?;
        let said = match tokio::time::timeout(STARTS_WITHIN, apps::hear_ready(output)).await {
            Ok(said) => said,
            Err(late) => Err(late.into()),
        };
        let said: Said = said.with_context(|| {
            let errors = fs::read_to_string(folder.join("errors")).unwrap_or_default();
            format!("{wanted:?} does not start; it says: {errors}")
        })?;
        warm(&said.url).await.with_context(|| format!("{wanted:?} does not answer"))?;
        Ok(Self { said, python: options.python.clone(), seed, database, _process: process })
    }

    /// Puts its database back as it was.
    pub(super) fn reset(&self) -> Result<()> {
        let ready = self.database.with_extension("ready");
        fs::copy(&self.seed, &ready)?;
        fs::rename(&ready, &self.database)?;
        Ok(())
    }

    /// Asks its database; each row is an object.
    pub(super) async fn ask(&self, query: &str) -> Result<Vec<Value>> {
        apps::ask(&self.python, &self.database, query, &[]).await
    }
}

/// What it does once, for its first request, is no part of any task.
async fn warm(url: &str) -> Result<()> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    client.get(url).send().await?.bytes().await?;
    Ok(())
}

/// Of everything that goes into a seeded database besides the packages.
fn digest(source: &Path) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    for shared in ["../harness.py", "../django_app.py"] {
        fs::read(source.join(shared))?.hash(&mut hasher);
    }
    let mut folders = vec![source.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            match path.extension().and_then(|ending| ending.to_str()) {
                Some("py" | "json") if path.parent() != Some(&source.join("tasks")) => {
                    files.push(path);
                }
                None if path.is_dir() && !path.ends_with("tasks") => folders.push(path),
                _ => {}
            }
        }
    }
    files.sort();
    for file in files {
        fs::read(file)?.hash(&mut hasher);
    }
    Ok(hasher.finish())
}
