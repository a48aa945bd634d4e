//! What telling costs: the whole service with its telemetry sent to a collector, beside the same service
//! that sends none. Both run all the time and take turns.

use super::SLOTS;
use super::site::{Errand, Site};
use crate::bench::database::{Database, PROJECT};
use crate::bench::figures::{Aim, Report, Round, median};
use crate::bench::served::{Launch, Served};
use crate::bench::settings::{Settings, path};
use crate::bench::{milliseconds, rate};
use crate::database::KEY;
use anyhow::{Context as _, Result, ensure};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use futures::future::try_join_all;
use reqwest::{Client, RequestBuilder};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How many tasks are not counted, because caches are cold.
const WARM_UP: usize = 3;

/// The two services.
pub(super) struct Export {
    silent: Service,
    telling: Service,
    collector: Collector,
}

impl Export {
    pub(super) async fn start(settings: &Settings, database: &Database) -> Result<Self> {
        let collector = Collector::start().await?;
        let silent = Service::start(settings, database, "silent", None).await?;
        let telling = Service::start(settings, database, "telling", Some(&collector.url)).await?;
        Ok(Self { silent, telling, collector })
    }

    /// One round: tasks one by one in turn, and as many at once as there are slots.
    pub(super) async fn round(
        &self,
        settings: &Settings,
        site: &Site,
        report: &mut Report,
    ) -> Result<()> {
        let (errand, times) = (Errand::Seven, settings.count(40));
        let (mut silent, mut telling) = (Vec::new(), Vec::new());
        for at in 0..times + WARM_UP {
            // Whoever comes second finds the machine as the other left it: each does, in turn.
            let mut turns = [(&self.silent, &mut silent), (&self.telling, &mut telling)];
            if at % 2 == 1 {
                turns.reverse();
            }
            for (service, times) in turns {
                let took = service.carry_out(site, errand).await?;
                if at >= WARM_UP {
                    times.push(took);
                }
            }
        }
        let one = Round::new(median(silent), median(telling));
        report.add("7 steps, telemetry sent, beside not", "ms", Aim::AtMost(1.02), one);
        let floor = self.silent.carry_out_many(site, errand, times).await?;
        let ours = self.telling.carry_out_many(site, errand, times).await?;
        let name = format!("the same, {SLOTS} at once");
        report.add(&name, "1/s", Aim::AtLeast(0.98), Round::new(floor, ours));
        Ok(())
    }

    /// Ends both; everything was sent by then.
    pub(super) async fn stop(self) -> Result<()> {
        self.silent.served.stop().await?;
        self.telling.served.stop().await?;
        let requests = self.collector.requests.load(Ordering::Relaxed);
        ensure!(requests > 0, "nothing was sent to the collector: what was measured is no export");
        Ok(())
    }
}

/// A service with its workers and a browser, and a client of it.
struct Service {
    served: Served,
    http: Client,
    key: String,
}

impl Service {
    async fn start(
        settings: &Settings,
        database: &Database,
        name: &str,
        collector: Option<&str>,
    ) -> Result<Self> {
        let database = database.sibling(name).await?;
        let mut variables = vec![
            ("WAYMARK_SECRET_KEY", KEY.into()),
            ("DATABASE_URL", database.url().into()),
            ("WAYMARK_ALLOW_EGRESS", "127.0.0.0/8".into()),
        ];
        variables.extend(collector.map(|url| ("OTEL_EXPORTER_OTLP_ENDPOINT", url.into())));
        let slots = SLOTS.to_string();
        let served = Served::start(Launch {
            binary: &path("WAYMARK_BIN")?,
            arguments: &["--slots", &slots, "--site-concurrency", &slots],
            data: settings.scratch.join(name),
            variables,
            log: settings.results.join(format!("browser-{name}.log")),
        })
        .await?;
        let key = served.key(PROJECT).await?;
        Ok(Self { served, http: Client::new(), key })
    }

    /// Submits a task and waits for its end; in milliseconds.
    async fn carry_out(&self, site: &Site, errand: Errand) -> Result<f64> {
        let begun = Instant::now();
        let tasks = format!("{}/v1/tasks", self.served.url);
        let submitted = self.answer(self.http.post(&tasks).json(&errand.task(site)?)).await?;
        let id = submitted["id"].as_str().context("a task has an id")?;
        let task = self.answer(self.http.get(format!("{tasks}/{id}?wait=30"))).await?;
        let took = milliseconds(begun);
        ensure!(task["result"] == errand.wanted(), "the task ended with {task}");
        Ok(took)
    }

    /// So many in every slot; how many per second.
    async fn carry_out_many(&self, site: &Site, errand: Errand, times: usize) -> Result<f64> {
        let begun = Instant::now();
        let slots = (0..SLOTS).map(async |_| {
            for _ in 0..times {
                self.carry_out(site, errand).await?;
            }
            anyhow::Ok(())
        });
        try_join_all(slots).await?;
        Ok(rate(SLOTS * times, begun))
    }

    async fn answer(&self, request: RequestBuilder) -> Result<Value> {
        let response = request.bearer_auth(&self.key).send().await?.error_for_status()?;
        Ok(response.json().await?)
    }
}

/// Takes everything that is sent over OTLP and keeps nothing.
struct Collector {
    url: String,
    requests: Arc<AtomicUsize>,
    _server: JoinSet<std::io::Result<()>>,
}

impl Collector {
    async fn start() -> Result<Self> {
        let requests = Arc::new(AtomicUsize::new(0));
        let router =
            Router::new().route("/v1/{signal}", post(take)).with_state(Arc::clone(&requests));
        let socket = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", socket.local_addr()?);
        let mut server = JoinSet::new();
        server.spawn(axum::serve(socket, router).into_future());
        Ok(Self { url, requests, _server: server })
    }
}

async fn take(State(requests): State<Arc<AtomicUsize>>, _: Bytes) {
    requests.fetch_add(1, Ordering::Relaxed);
}
