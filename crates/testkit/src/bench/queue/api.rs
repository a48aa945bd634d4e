//! The real API on a loopback port.

use crate::bench::database::Database;
use ::api::{ApiLimits, AppState};
use anyhow::{Context as _, Result, ensure};
use domain::clock::SystemClock;
use domain::key::Scope;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Client, StatusCode};
use std::io;
use std::sync::Arc;
use store::{NewKey, Store};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// A running API.
pub(super) struct Api {
    store: Store,
    stop: CancellationToken,
    server: JoinSet<io::Result<()>>,
    poster: Poster,
}

/// Posts tasks.
#[derive(Clone)]
pub(super) struct Poster {
    client: Client,
    url: String,
    key: String,
}

impl Api {
    pub(super) async fn start(database: &Database) -> Result<Self> {
        // Somebody may have chosen one already; any will do.
        drop(rustls::crypto::ring::default_provider().install_default());
        let store = database.store().await?;
        let scopes = vec![Scope::TasksWrite];
        let new = NewKey { name: "bench".to_owned(), scopes, expires_at: None };
        let key = store.keys().mint(database.project, new).await?.secret;
        let listener = Arc::new(store.listen().await?);
        let stop = CancellationToken::new();
        let clock = Arc::new(SystemClock);
        let limits = ApiLimits::default();
        let state = AppState::new(store.clone(), clock, listener, stop.clone(), limits);
        let socket = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/v1/tasks", socket.local_addr()?);
        let mut server = JoinSet::new();
        server.spawn(::api::serve(socket, state, stop.clone()));
        let poster = Poster { client: Client::new(), url, key: format!("Bearer {key}") };
        Ok(Self { store, stop, server, poster })
    }

    pub(super) const fn poster(&self) -> &Poster {
        &self.poster
    }

    pub(super) async fn stop(mut self) -> Result<()> {
        drop(self.poster);
        self.stop.cancel();
        self.server.join_next().await.context("the server")???;
        self.store.close().await;
        Ok(())
    }
}

impl Poster {
    /// Submits a task and reads the whole answer.
    pub(super) async fn post(&self, body: &str) -> Result<()> {
        let request = self.client.post(&self.url).header(AUTHORIZATION, &self.key);
        let request = request.header(CONTENT_TYPE, "application/json").body(body.to_owned());
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status == StatusCode::ACCEPTED, "{status}: {text}");
        Ok(())
    }
}
