//! Processes that share one database: an API and as many workers as a test wants.

use crate::client::Client;
use crate::process::{Process, binary};
use nix::unistd::Pid;
use serde_json::Value;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use testkit::database::{KEY, TestDatabase};
use tokio::process::Command;

/// One database and the processes over it.
pub struct Fleet {
    dir: TempDir,
    url: Option<String>,
    /// Kept so that it is dropped, database and all, after the processes.
    database: Option<TestDatabase>,
}

impl Fleet {
    /// A fleet over a fresh database.
    pub async fn new() -> Self {
        let database = TestDatabase::new().await;
        Self { url: Some(database.url.clone()), database: Some(database), dir: open_dir() }
    }

    /// A fleet over the database Waymark brings along.
    #[must_use]
    pub fn embedded() -> Self {
        Self { url: None, database: None, dir: open_dir() }
    }

    /// The database.
    ///
    /// # Panics
    /// The fleet runs on an embedded one, whose password is its own.
    #[must_use]
    pub fn database_url(&self) -> &str {
        self.url.as_deref().expect("an external database")
    }

    /// The server of the embedded database.
    ///
    /// # Panics
    /// It does not run.
    #[must_use]
    pub fn postgres_pid(&self) -> Pid {
        let file = find(&self.dir().join("postgres"), "postmaster.pid").expect("it runs");
        let text = std::fs::read_to_string(file).unwrap();
        Pid::from_raw(text.lines().next().unwrap().parse().unwrap())
    }

    /// The data directory its processes share.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Starts an API process without workers.
    pub async fn api(&self) -> (Process, Client) {
        self.serve(&["--no-workers"]).await
    }

    /// Starts `waymark serve` with these arguments.
    ///
    /// # Panics
    /// It does not start.
    pub async fn serve(&self, args: &[&str]) -> (Process, Client) {
        let mut command = self.command("serve");
        command.args(args);
        self.serve_with(command).await
    }

    /// Starts a command of `waymark serve`, set up by the test.
    ///
    /// # Panics
    /// It does not start.
    pub async fn serve_with(&self, mut command: Command) -> (Process, Client) {
        command.args(["--listen", "127.0.0.1:0", "--json"]);
        let mut process = Process::spawn(&mut command, &self.dir().join("serve.log"));
        let line: Value = serde_json::from_str(&process.first_line().await).unwrap();
        let client = Client::new(line["url"].as_str().unwrap(), &self.key().await);
        (process, client)
    }

    /// The key in the data directory, where the client verbs look for it. With a database of its own,
    /// the first `waymark serve` makes it.
    ///
    /// # Panics
    /// There is none, or none can be made.
    pub async fn key(&self) -> String {
        let file = self.dir().join("local.key");
        if let Some(database) = &self.database
            && !file.exists()
        {
            std::fs::write(&file, database.api_key().await).unwrap();
        }
        std::fs::read_to_string(&file).unwrap().trim().to_owned()
    }

    /// Starts `waymark work` with these arguments.
    #[must_use]
    pub fn work(&self, name: &str, args: &[&str]) -> Process {
        let mut command = self.command("work");
        command.args(["--worker-name", name, "--poll-ms", "200"]).args(args);
        Process::spawn(&mut command, &self.dir().join(format!("{name}.log")))
    }

    /// The binary with this verb, pointed at the fleet.
    #[must_use]
    pub fn command(&self, verb: &str) -> Command {
        let mut command = Command::new(binary());
        command
            .arg(verb)
            .env("WAYMARK_DATA_DIR", self.dir())
            .env("WAYMARK_ALLOW_EGRESS", "127.0.0.0/8")
            .env_remove("WAYMARK_URL")
            .env_remove("WAYMARK_KEY")
            .env_remove("DATABASE_URL");
        if let Some(url) = &self.url {
            command.env("DATABASE_URL", url).env("WAYMARK_SECRET_KEY", KEY);
        }
        command
    }

    /// Everything any of its processes logged.
    ///
    /// # Panics
    /// A log cannot be read.
    #[must_use]
    pub fn logs(&self) -> String {
        let entries = std::fs::read_dir(self.dir()).unwrap();
        let logs = entries.map(|entry| entry.unwrap().path());
        let logs = logs.filter(|path| path.extension().is_some_and(|ending| ending == "log"));
        logs.map(|path| std::fs::read_to_string(path).unwrap()).collect()
    }
}

/// A directory that the browser's own user can walk through.
fn open_dir() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    dir
}

/// A file of this name somewhere below a directory.
fn find(dir: &Path, name: &str) -> Option<PathBuf> {
    let entries: Vec<PathBuf> =
        std::fs::read_dir(dir).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    let here = entries.iter().find(|path| path.file_name().is_some_and(|file| file == name));
    here.cloned().or_else(|| entries.iter().find_map(|entry| find(entry, name)))
}
