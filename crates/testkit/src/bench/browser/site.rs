//! The pages of the benchmark, and what is done on them.

use anyhow::{Context as _, Result};
use axum::Router;
use axum::extract::Form;
use axum::response::Html;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// A running site; it ends when dropped.
pub(super) struct Site {
    pub(super) url: String,
    pub(super) port: u16,
    _server: JoinSet<std::io::Result<()>>,
}

impl Site {
    pub(super) async fn start() -> Result<Self> {
        let router = Router::new()
            .route("/seven", get(async || Html(include_str!("site/seven.html"))))
            .route("/seven/details", get(async || Html(include_str!("site/details.html"))))
            .route("/form", get(async || Html(include_str!("site/form.html"))).post(order));
        let socket = TcpListener::bind("127.0.0.1:0").await?;
        let port = socket.local_addr()?.port();
        let socket = socket.tap_io(|connection| {
            // Late answers would only make everybody's figures worse.
            connection.set_nodelay(true).ok();
        });
        let mut server = JoinSet::new();
        server.spawn(axum::serve(socket, router).into_future());
        Ok(Self { url: format!("http://127.0.0.1:{port}"), port, _server: server })
    }
}

/// Says back what was ordered, in the order of the fields' names.
async fn order(Form(fields): Form<BTreeMap<String, String>>) -> String {
    let fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("Thank you: {}", fields.join(", "))
}

/// A task that is measured. The steps are the same for everybody who carries them out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Errand {
    /// goto, fill, click, read, click a link and load, click, read.
    Seven,
    /// A form: navigate, three fills, select, check, radio, date, check, submit, wait, read.
    Form,
}

impl Errand {
    pub(super) const ALL: [Self; 2] = [Self::Seven, Self::Form];

    /// Its name, for people and for the Playwright script.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Seven => "7 steps",
            Self::Form => "12-step form",
        }
    }

    /// What it reads in the end, by name.
    pub(super) fn wanted(self) -> Value {
        match self {
            Self::Seven => json!({ "greeting": "Hello, Ada!", "details": "Order 42 is ready" }),
            Self::Form => json!({
                "done": "Thank you: country=de, date=2026-03-14, delivery=express, \
                         email=ada@example.com, name=Ada Lovelace, news=on, \
                         notes=Please ring twice, terms=on"
            }),
        }
    }

    /// The body with which a client submits it.
    pub(super) fn task(self, site: &Site) -> Result<wire::CreateTask> {
        let (path, steps) = match self {
            Self::Seven => ("/seven", seven()),
            Self::Form => ("/form", form()),
        };
        let task = json!({
            "goal": format!("carry out the {} of the benchmark", self.name()),
            "start_url": format!("{}{path}", site.url),
            "plan": { "steps": steps },
        });
        serde_json::from_value(task).context("the benchmark's own task")
    }
}

fn seven() -> Value {
    json!([
        { "intent": "type the name", "action": "fill", "target": { "label": "Name" }, "value": "Ada" },
        { "intent": "greet", "action": "click", "target": { "role": "button", "name": "Greet" } },
        { "intent": "read the greeting", "action": "extract", "as": "greeting",
          "target": { "css": "#greeting" } },
        { "intent": "open the details", "action": "click",
          "target": { "role": "link", "name": "Details" }, "expect": { "url": "**/seven/details" } },
        { "intent": "show them", "action": "click", "target": { "role": "button", "name": "Show" } },
        { "intent": "read them", "action": "extract", "as": "details",
          "target": { "css": "#details" } },
    ])
}

fn form() -> Value {
    json!([
        { "intent": "type the name", "action": "fill", "target": { "label": "Full name" },
          "value": "Ada Lovelace" },
        { "intent": "type the address", "action": "fill", "target": { "label": "Email" },
          "value": "ada@example.com" },
        { "intent": "leave a note", "action": "fill", "target": { "label": "Notes" },
          "value": "Please ring twice" },
        { "intent": "choose the country", "action": "select", "target": { "label": "Country" },
          "value": "de" },
        { "intent": "subscribe", "action": "check", "target": { "label": "Send me news" } },
        { "intent": "choose express", "action": "check",
          "target": { "role": "radio", "name": "Express" } },
        { "intent": "choose the date", "action": "fill", "target": { "label": "Date" },
          "value": "2026-03-14" },
        { "intent": "accept the terms", "action": "check",
          "target": { "label": "I accept the terms" } },
        { "intent": "send it", "action": "click",
          "target": { "role": "button", "name": "Send order" } },
        { "intent": "wait for the answer", "action": "wait_for", "target": { "css": "#done" } },
        { "intent": "read the answer", "action": "extract", "as": "done",
          "target": { "css": "#done" } },
    ])
}
