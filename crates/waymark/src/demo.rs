//! `waymark demo`: everything at once on a small site, told as it happens.

mod account;
mod site;
mod tasks;

use crate::app;
use crate::cli::DemoArgs;
use crate::client::Client;
use crate::commands::{Serving, describe, serve_until_stopped};
use crate::lifecycle::Lifecycle;
use crate::output::{self, note};
use crate::settings::DataArgs;
use anyhow::{Result, bail};
use domain::task::TaskState;
use reqwest::Method;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Instant;
use tasks::DemoTask;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Serves the demo site alone until told to stop.
pub(crate) async fn serve_site(listen: SocketAddr) -> Result<ExitCode> {
    let lifecycle = Lifecycle::new(5)?;
    let socket = TcpListener::bind(listen).await?;
    note(format!("waymark: the demo site is at http://{}", socket.local_addr()?));
    let stop = lifecycle.stop.soft.clone();
    let in_order = lifecycle
        .govern(async {
            if let Err(error) = site::serve(socket, stop).await {
                tracing::error!(%error, "the demo site stopped");
            }
        })
        .await;
    Ok(if in_order { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs the demo, on data of its own: a Waymark that runs already has workers that would take the
/// demo's tasks and may not reach its site.
pub(crate) async fn demo(data: &DataArgs, mut args: DemoArgs, json: bool) -> Result<ExitCode> {
    let database = &mut args.serve.work.database;
    database.pg_dir = Some(app::pg_dir(data, database)?);
    let data = &data.inside("demo")?;
    let lifecycle = Lifecycle::new(args.serve.work.grace_seconds)?;
    let stop = lifecycle.stop.clone();
    let site_socket = TcpListener::bind("127.0.0.1:0").await?;
    let site_address = site_socket.local_addr()?;
    if TcpListener::bind(args.serve.server.listen).await.is_err() {
        note("waymark: its usual port is taken; the demo listens on another");
        args.serve.server.listen.set_port(0);
    }
    note("waymark: starting the database, the browser and the API");
    let egress = app::egress(&args.serve.work.browser)?
        .and(&site_address.to_string())
        .map_err(anyhow::Error::msg)?;
    let serving = Serving::prepare(data, &args.serve, egress).await?;
    let key = match serving.mint_key("demo").await {
        Ok(key) => key,
        Err(error) => {
            serving.abandon(&stop).await;
            return Err(error);
        }
    };
    let url = serving.url();
    let client = Client::to(&url, format!("Bearer {key}"))?;
    let story = Story { client, site: format!("http://{site_address}"), url, json };
    let site_stop = CancellationToken::new();
    let told = async {
        let told = story.tell().await;
        if args.exit || told.is_err() {
            stop.soft.cancel();
        } else {
            story.linger(&key);
        }
        told
    };
    let site = site::serve(site_socket, site_stop.clone());
    let serve = async {
        let code = serve_until_stopped(serving, lifecycle).await;
        site_stop.cancel();
        code
    };
    let (code, told, site) = tokio::join!(serve, told, site);
    site?;
    told?;
    code
}

/// The tasks of the demo and how they are told.
struct Story {
    client: Client,
    site: String,
    url: String,
    json: bool,
}

impl Story {
    async fn tell(&self) -> Result<()> {
        note(format!("waymark: the API is at {}, the demo site at {}\n", self.url, self.site));
        let begun = Instant::now();
        let mut ends = Vec::new();
        for task in tasks::all(&self.site)? {
            ends.push(self.run(task).await?);
        }
        if self.json {
            output::json(&account::as_json(&ends, &self.url))?;
        } else {
            account::print(&ends, begun.elapsed(), &self.url)?;
        }
        let surprises: Vec<_> = ends.iter().filter(|end| !end.is_as_meant()).collect();
        if !surprises.is_empty() {
            bail!("{} of {} tasks did not end as they should", surprises.len(), ends.len());
        }
        Ok(())
    }

    async fn run(&self, demo: DemoTask) -> Result<account::End> {
        let request = self.client.request(Method::POST, "/v1/tasks")?.json(&demo.body);
        let task: wire::Task = self.client.send(request).await?.json().await?;
        note(format!("▸ {}", task.goal));
        self.client
            .follow(task.id, |event| {
                if let Some(line) = describe(event) {
                    note(format!("  {line}"));
                }
            })
            .await?;
        note("");
        let task: wire::Task = self.client.get(&format!("/v1/tasks/{}", task.id), &[]).await?;
        let run = match task.run_id {
            Some(run) => Some(self.client.get(&format!("/v1/runs/{run}"), &[]).await?),
            None => None,
        };
        Ok(account::End { task, run, meant: demo.meant })
    }

    fn linger(&self, key: &str) {
        note(format!(
            "\nwaymark is still up. The API is at {url}, its documentation at {url}/docs, the demo \
             site at {site}.\nTry:  export WAYMARK_URL={url} WAYMARK_KEY={key}\n      waymark \
             tasks\nCtrl-C ends it.",
            url = self.url,
            site = self.site
        ));
    }
}

/// How a demo task is meant to end.
const SUCCEEDS: TaskState = TaskState::Succeeded;
/// The honest failure: the site does not offer what is asked.
const FAILS: TaskState = TaskState::Failed;
