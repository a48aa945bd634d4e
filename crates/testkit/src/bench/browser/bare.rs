//! The floor: the fewest protocol calls that carry out the steps, over one websocket, without
//! waiting for anything but what must have happened, checking nothing, recording nothing.

mod connection;
mod tasks;

use anyhow::{Context as _, Result};
use connection::Connection;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
pub(super) use tasks::{Page, errand};

/// A browser that is talked to without anything in between.
#[derive(Clone)]
pub(super) struct Bare {
    connection: Arc<Connection>,
}

impl Bare {
    /// Connects to a running Chromium, which says in its profile where it listens.
    pub(super) async fn connect(pid: u32) -> Result<Self> {
        let arguments = fs::read_to_string(format!("/proc/{pid}/cmdline"))?;
        let profile = arguments
            .split('\0')
            .find_map(|argument| argument.strip_prefix("--user-data-dir="))
            .context("the browser has no profile of its own")?;
        let announced = fs::read_to_string(PathBuf::from(profile).join("DevToolsActivePort"))?;
        let (port, path) = announced.split_once('\n').context("the browser listens nowhere")?;
        let url = format!("ws://127.0.0.1:{port}{}", path.trim_end());
        Ok(Self { connection: Arc::new(Connection::open(&url).await?) })
    }
}
