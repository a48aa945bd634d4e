//! Real applications, written by other people: started on a free port with a fresh database.
//!
//! A test submits the application's committed plan and then asks the application's own database
//! what happened, not its pages. `cargo xtask test` has fetched the packages before.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};

const STARTS_WITHIN: Duration = Duration::from_mins(1);

/// A real application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum App {
    /// Django's admin over its own user tables (`auth_user`, `auth_group`).
    DjangoAdmin,
    /// Flask-Admin over two tables (`user`, `post`).
    FlaskAdmin,
}

impl App {
    /// Its name: of its folder in tests/apps, and of its plan in tests/plans.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DjangoAdmin => "django-admin",
            Self::FlaskAdmin => "flask-admin",
        }
    }

    /// Its committed plan: a task as a client posts it, for an application somewhere.
    ///
    /// # Errors
    /// The plan cannot be read.
    pub fn plan(self) -> Result<Value> {
        let file = tests_folder().join("plans").join(self.name()).with_extension("json");
        let text = std::fs::read(&file).with_context(|| file.display().to_string())?;
        serde_json::from_slice(&text).with_context(|| file.display().to_string())
    }
}

/// An application that runs until this is dropped, or until the test's process ends in any way.
pub struct RunningApp {
    app: App,
    said: Said,
    /// Ended when dropped; the pipe to its input, which it holds, ends it if we cannot.
    _process: Child,
    /// Its database and what it complained about; removed when dropped.
    folder: TempDir,
}

/// What an application says of itself once it listens.
#[derive(Deserialize)]
struct Said {
    url: String,
    database: PathBuf,
    user: String,
    password: String,
}

impl RunningApp {
    /// Starts one and waits until it listens.
    ///
    /// # Errors
    /// Its packages are not there (run `cargo xtask test`), or it does not start.
    pub async fn start(app: App) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut process = command(app, folder.path())?
            .spawn()
            .with_context(|| format!("cannot start {}", app.name()))?;
        let output = process.stdout.take().context("the output is a pipe")?;
        let said: Result<Said> = match tokio::time::timeout(STARTS_WITHIN, hear_ready(output)).await
        {
            Ok(said) => said,
            Err(late) => Err(late.into()),
        };
        let said = said.with_context(|| {
            let errors = std::fs::read_to_string(folder.path().join("errors")).unwrap_or_default();
            format!("{} does not start; it says: {errors}", app.name())
        })?;
        Ok(Self { app, said, _process: process, folder })
    }

    /// Where its admin pages begin.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.said.url
    }

    /// The administrator's name.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.said.user
    }

    /// The administrator's password, another one for every start.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.said.password
    }

    /// What it complained about: its standard error.
    #[must_use]
    pub fn complaints(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("errors")).unwrap_or_default()
    }

    /// The application's committed plan, pointed at this one.
    ///
    /// # Errors
    /// The plan cannot be read.
    pub fn task(&self) -> Result<Value> {
        let mut task = self.app.plan()?;
        task["start_url"] = self.url().into();
        task["inputs"]["admin"] = self.user().into();
        task["secrets"]["password"] = self.password().into();
        Ok(task)
    }

    /// Asks the application's database; each row is an object. `?` stand for the parameters.
    ///
    /// # Errors
    /// The database refuses the query.
    pub async fn ask(&self, query: &str, parameters: &[&str]) -> Result<Vec<Value>> {
        ask(python().as_ref(), self.said.database.as_ref(), query, parameters).await
    }
}

/// Asks an application's database; each row is an object.
pub(crate) async fn ask(
    python: &Path,
    database: &Path,
    query: &str,
    parameters: &[&str],
) -> Result<Vec<Value>> {
    let mut command = Command::new(python);
    command.arg(tests_folder().join("apps/ask.py")).arg(database).arg(query).args(parameters);
    let output = command.output().await?;
    if !output.status.success() {
        bail!("{query}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Reads until an application says that it listens.
pub(crate) async fn hear_ready<T: DeserializeOwned>(output: ChildStdout) -> Result<T> {
    let mut lines = BufReader::new(output).lines();
    while let Some(line) = lines.next_line().await? {
        if let Some(said) = line.strip_prefix("READY ") {
            return Ok(serde_json::from_str(said)?);
        }
    }
    bail!("it ended")
}

fn command(app: App, folder: &Path) -> Result<Command> {
    let installed = env::var_os("WAYMARK_APPS_DIR")
        .map(PathBuf::from)
        .context("WAYMARK_APPS_DIR is not set: run the tests with `cargo xtask test`")?;
    let errors = std::fs::File::create(folder.join("errors"))?;
    let mut command = Command::new(python());
    command
        .arg(tests_folder().join("apps").join(app.name()).join("run.py"))
        .arg("--db")
        .arg(folder.join("app.db"))
        .arg("--with-parent")
        .env("PYTHONPATH", installed.join(app.name()).join("site-packages"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONNOUSERSITE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(errors)
        .kill_on_drop(true);
    Ok(command)
}

fn python() -> OsString {
    env::var_os("WAYMARK_PYTHON").unwrap_or_else(|| "python3".into())
}

fn tests_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn committed_plans_are_valid_tasks() {
        for app in [App::DjangoAdmin, App::FlaskAdmin] {
            let task: wire::CreateTask = serde_json::from_value(app.plan().unwrap()).unwrap();
            let (spec, secrets) = task.check().unwrap();
            assert_eq!(spec.site, app.name());
            assert!(secrets.contains_key("password"));
        }
    }

    #[tokio::test]
    async fn django_admin_starts_with_its_administrator() {
        let app = RunningApp::start(App::DjangoAdmin).await.unwrap();
        let query = "select username, is_superuser from auth_user where username = ?";
        let rows = app.ask(query, &[app.user()]).await.unwrap();
        assert_eq!(rows, [serde_json::json!({"username": "admin", "is_superuser": 1})]);
        let task = app.task().unwrap();
        assert_eq!(task["secrets"]["password"], app.password());
        assert!(app.ask("delete from auth_user", &[]).await.is_err());
    }

    #[tokio::test]
    async fn flask_admin_starts_with_its_first_user() {
        let app = RunningApp::start(App::FlaskAdmin).await.unwrap();
        let rows = app.ask("select username from user", &[]).await.unwrap();
        assert_eq!(rows, [serde_json::json!({"username": "grace"})]);
        assert_eq!(app.task().unwrap()["start_url"], app.url());
        assert_eq!(app.complaints(), "");
    }
}
