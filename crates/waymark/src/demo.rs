//! `waymark demo`: everything at once on small sites, and the story of a fleet that learns, told as
//! it happens.

mod account;
mod human;
mod meant;
mod shift;
mod site;
mod story;
mod tasks;
mod telling;

use crate::app;
use crate::cli::DemoArgs;
use crate::client::Client;
use crate::commands::{Serving, serve_beside};
use crate::lifecycle::Lifecycle;
use crate::output::note;
use crate::settings::DataArgs;
use anyhow::Result;
use domain::egress::EgressPolicy;
use shift::Shifts;
use site::{Addresses, Sites};
use std::net::SocketAddr;
use std::process::ExitCode;
use story::Story;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Serves the house's first release alone until told to stop.
pub(crate) async fn serve_site(listen: SocketAddr) -> Result<ExitCode> {
    let lifecycle = Lifecycle::new(5)?;
    let socket = TcpListener::bind(listen).await?;
    note(format!("waymark: the demo site is at http://{}", socket.local_addr()?));
    let stop = lifecycle.stop.soft.clone();
    let in_order = lifecycle
        .govern(async {
            if let Err(error) = site::serve_old(socket, stop).await {
                tracing::error!(%error, "the demo site stopped");
            }
        })
        .await;
    Ok(if in_order { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs the demo, on data of its own: a Waymark that runs already has workers that would take the
/// demo's tasks and may not reach its sites.
pub(crate) async fn demo(data: &DataArgs, mut args: DemoArgs, json: bool) -> Result<ExitCode> {
    let work = &mut args.serve.work;
    work.database.pg_dir = Some(app::pg_dir(data, &work.database)?);
    work.embeddings.model_dir = Some(work.embeddings.model_dir(data)?);
    let data = &data.inside("demo")?;
    let lifecycle = Lifecycle::new(args.serve.work.grace_seconds)?;
    let stop = lifecycle.stop.clone();
    let sites = Sites::bind().await?;
    let addresses = sites.addresses()?;
    if TcpListener::bind(args.serve.server.listen).await.is_err() {
        note("waymark: its usual port is taken; the demo listens on another");
        args.serve.server.listen.set_port(0);
    }
    note("waymark: starting the database and the API");
    let egress = reaching(app::egress(&args.serve.work.browser)?, &addresses)?;
    // The demo's workers come and go as the story wants them.
    args.serve.no_workers = true;
    let serving = Serving::prepare(data, &args.serve, egress.clone()).await?;
    let key = match serving.mint_key(&fresh_project()).await {
        Ok(key) => key,
        Err(error) => {
            serving.abandon(&stop).await;
            return Err(error);
        }
    };
    let story = Story {
        client: Client::to(&serving.url(), format!("Bearer {key}"))?,
        url: serving.url(),
        key,
        sites: addresses,
        house: sites.house(),
        json,
        stays: !args.exit,
    };
    story.say_where();
    let shifts = Shifts {
        data: data.clone(),
        work: args.serve.work,
        store: serving.store().clone(),
        embedder: serving.embedder(),
        egress,
        stop: stop.clone(),
    };
    let site_stop = CancellationToken::new();
    let mut told = Ok(());
    let beside = async {
        told = Box::pin(story.tell(&shifts)).await;
        stop.soft.cancel();
    };
    let serve = async {
        let code = Box::pin(serve_beside(serving, lifecycle, beside)).await;
        site_stop.cancel();
        code
    };
    let (code, served) = tokio::join!(serve, sites.serve(site_stop.clone()));
    served?;
    told?;
    code
}

/// A project that remembers nothing yet: nothing crosses a project, so each demo begins anew.
fn fresh_project() -> String {
    format!("demo-{}", app::clock().now().format("%Y%m%d-%H%M%S-%3f"))
}

/// The address rules, with the demo's sites among what may be reached.
fn reaching(egress: EgressPolicy, sites: &Addresses) -> Result<EgressPolicy> {
    let all = [&sites.old, &sites.new, &sites.museum];
    all.into_iter()
        .try_fold(egress, |egress, address| egress.and(address))
        .map_err(anyhow::Error::msg)
}
