//! Submitting tasks over HTTP, beside pgbench with the statement that writes them down.

use super::api::{Api, Poster};
use super::pgbench::{Until, Work};
use super::{Bench, statements};
use crate::bench::figures::{Aim, Round};
use crate::bench::rate;
use anyhow::{Result, ensure};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

pub(super) async fn measure(bench: &mut Bench<'_>, clients: usize) -> Result<()> {
    let time = bench.settings.time(5);
    bench.database.clear().await?;
    let floor = floor(bench, clients, time).await?;
    bench.database.clear().await?;
    let api = Api::start(&bench.database).await?;
    let body: Arc<str> = bench.template.body.as_str().into();
    flood(api.poster(), &body, clients, time / 5).await?;
    let before = bench.database.number("select count(*) from task").await?;
    let (posted, ours) = flood(api.poster(), &body, clients, time).await?;
    api.stop().await?;
    let queued = bench.database.number("select count(*) from task").await? - before;
    ensure!(i64::try_from(posted)? == queued, "{posted} were accepted, {queued} are in the queue");
    let name = format!("enqueue over HTTP, {clients} clients");
    bench.report.add(&name, "1/s", Aim::AtLeast(0.5), Round::new(floor, ours));
    Ok(())
}

async fn floor(bench: &Bench<'_>, clients: usize, time: Duration) -> Result<f64> {
    let project = bench.database.project.to_string();
    let template = &bench.template;
    let texts = [
        ("project", &*project),
        ("spec", &*template.spec),
        ("site", &*template.site),
        ("labels", &*template.labels),
    ];
    let work = |time| Work {
        script: statements::insert(),
        texts: &texts,
        clients,
        until: Until::After(time),
    };
    bench.pgbench.run(&work(time / 5)).await?;
    bench.pgbench.run(&work(time)).await
}

/// Every client posts one task after the other; how many they posted, and how many per second.
async fn flood(
    poster: &Poster,
    body: &Arc<str>,
    clients: usize,
    time: Duration,
) -> Result<(usize, f64)> {
    let begun = Instant::now();
    let mut posting = JoinSet::new();
    for _ in 0..clients {
        let (poster, body) = (poster.clone(), Arc::clone(body));
        posting.spawn(async move {
            let mut count = 0;
            while begun.elapsed() < time {
                poster.post(&body).await?;
                count += 1;
            }
            anyhow::Ok(count)
        });
    }
    let mut total = 0;
    while let Some(client) = posting.join_next().await {
        total += client??;
    }
    Ok((total, rate(total, begun)))
}
