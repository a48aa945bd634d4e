//! `waymark demo` in the background: a service in which everything happens that a dashboard shows,
//! runs that fail and heal, questions to a human, advice from memory.

use super::http::{Server, encode};
use super::running::Running;
use crate::cli::Context;
use crate::postgres::free_port;
use crate::process;
use crate::setup::Machine;
use crate::test::{forget_settings, name_parts};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const TOLD_WITHIN: Duration = Duration::from_mins(5);

/// The demo and how to speak to it.
pub(super) struct Story {
    running: Running,
    folder: PathBuf,
    pub(super) port: u16,
    binary: PathBuf,
    settings: Vec<(String, String)>,
}

impl Story {
    /// Starts it over a database, with some more settings.
    pub(super) fn begin(
        context: &Context,
        machine: &Machine,
        folder: &Path,
        settings: &[(&str, &str)],
    ) -> Result<Self> {
        let port = free_port()?;
        let mut command = Command::new(context.workspace.binary("debug", "waymark"));
        command.args(["demo", "--json", "--listen"]).arg(format!("127.0.0.1:{port}"));
        forget_settings(&mut command);
        name_parts(&mut command, &context.place, machine);
        command.env("WAYMARK_DATA_DIR", folder).envs(settings.iter().copied());
        let running = Running::start("demo", &mut command, folder)?;
        let binary = context.workspace.binary("debug", "waymark");
        let settings = settings.iter().map(|&(name, value)| (name.into(), value.into())).collect();
        Ok(Self { running, folder: folder.to_owned(), port, binary, settings })
    }

    /// Waits until everything has happened; the demo's own account of it.
    pub(super) fn told(&mut self) -> Result<Value> {
        let output = self.folder.join("demo.out");
        let account: Value = self
            .running
            .until(TOLD_WITHIN, || serde_json::from_str(&fs::read_to_string(&output).ok()?).ok())?;
        let strayed = account["not_as_meant"].as_array().is_none_or(|list| !list.is_empty());
        ensure!(!strayed, "the demo did not go as meant: {}", account["not_as_meant"]);
        Ok(account)
    }

    /// Its API, with a key made for this.
    pub(super) fn api(&self) -> Result<Server> {
        let mut command = Command::new(&self.binary);
        command.args(["key", "create", "--json", "--name", "deploy"]);
        forget_settings(&mut command);
        command.env("WAYMARK_DATA_DIR", self.folder.join("demo"));
        let settings = self.settings.iter().map(|(name, value)| (name, value));
        let made: Value = serde_json::from_str(&process::capture(command.envs(settings))?)?;
        let key = made["secret"].as_str().context("the key is shown")?;
        Ok(Server { port: self.port, key: Some(key.to_owned()) })
    }

    /// What clients do, well and badly, so that the dashboard of the service has something to show.
    pub(super) fn clients(&self) -> Result<()> {
        let api = self.api()?;
        let words = encode("failed to find a booking button");
        for path in ["/v1/tasks", "/v1/runs", "/v1/sites", &format!("/v1/runs/search?q={words}")] {
            api.json(path)?;
        }
        let question = json!({
            "url": "https://shop.example/new/",
            "intent": "open the basket",
            "message": "locator.click: Timeout 30000ms exceeded. waiting for locator('#basket')",
        });
        let answer = api.post("/v1/recall", &question)?;
        ensure!(answer.status < 300, "POST /v1/recall answers {}", answer.body);
        for (server, path, status) in
            [(&api, "/v1/none", 404), (&Server::open(self.port), "/v1/tasks", 401)]
        {
            let answer = server.get(path)?;
            ensure!(answer.status == status, "GET {path} answers {}", answer.status);
        }
        Ok(())
    }
}
