//! Whole tasks in a real browser, beside bare protocol calls and beside Playwright; what single things
//! cost: a session, an action, a step's trace, memory; and what telling all of it to a collector does.

mod agents;
mod bare;
mod export;
mod memory;
mod playwright;
mod single;
mod site;

use crate::bench::database::Database;
use crate::bench::figures::{Aim, Report, Round, median};
use crate::bench::machine::Machine;
use crate::bench::settings::Settings;
use crate::bench::{ROUNDS, milliseconds, progress, rate};
use ::browser::{BrowserOptions, BrowserPool, BrowserSource};
use agents::Agents;
use anyhow::{Context as _, Result, ensure};
use bare::Bare;
use domain::egress::EgressPolicy;
use export::Export;
use playwright::Playwright;
use site::{Errand, Site};
use std::process::Command;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How many tasks run at once where tasks per second are measured.
const SLOTS: usize = 4;

/// How many sessions are open at once where memory is measured.
const CROWD: usize = 9;

/// What the parts of this benchmark work with.
struct Bench<'a> {
    settings: &'a Settings,
    report: Report,
    site: Arc<Site>,
    /// Ours.
    pool: Arc<BrowserPool>,
    agents: Agents,
    /// Another process of the same kind, for bare calls.
    other: Arc<BrowserPool>,
    bare: Bare,
    playwright: Playwright,
    /// The whole service twice, where that is measured.
    export: Option<Export>,
    _profiles: TempDir,
}

/// Measures everything.
pub(super) async fn measure(settings: &Settings, script: &'static str) -> Result<Report> {
    let mut machine = Machine::look();
    progress("starting a Postgres of its own");
    let database = Database::start(settings).await?;
    machine.postgres = Some(database.version.clone());
    let measured = with_database(settings, &database, machine, script).await;
    let stopped = database.stop().await;
    let report = measured?;
    stopped?;
    Ok(report)
}

async fn with_database(
    settings: &Settings,
    database: &Database,
    mut machine: Machine,
    script: &'static str,
) -> Result<Report> {
    let chromium = crate::bench::settings::path("CHROME")?;
    let version = Command::new(&chromium).arg("--version").output().context("the browser")?;
    machine.chromium = Some(String::from_utf8_lossy(&version.stdout).trim().to_owned());
    let site = Arc::new(Site::start().await?);
    let profiles = open_folder()?;
    let options = BrowserOptions {
        max_sessions: CROWD,
        sessions_per_process: CROWD,
        // Nobody is to meet a start of the browser in the middle of being measured.
        recycle_after: u32::MAX,
        egress: EgressPolicy::parse([format!("127.0.0.1:{}", site.port).as_str()])
            .map_err(anyhow::Error::msg)?,
        ..BrowserOptions::new(BrowserSource::Local {
            executable: chromium.clone(),
            profiles_dir: profiles.path().to_owned(),
            run_as: None,
        })
    };
    progress("starting two browsers");
    let pool = BrowserPool::start(options.clone()).await?;
    let other = BrowserPool::start(options).await?;
    let agents = Agents::new(database, Arc::clone(&pool)).await?;
    let bare = Bare::connect(pid(&other)?).await?;
    let playwright = Playwright::find(chromium, script)?;
    let export = if settings.wants("export") {
        progress("starting two services");
        Some(Export::start(settings, database).await?)
    } else {
        None
    };
    let report = Report::new(machine);
    let mut bench = Bench {
        settings,
        report,
        site,
        pool,
        agents,
        other,
        bare,
        playwright,
        export,
        _profiles: profiles,
    };
    let measured = bench.rounds().await;
    if let Some(export) = bench.export.take() {
        export.stop().await?;
    }
    bench.agents.stop().await;
    bench.pool.stop().await;
    bench.other.stop().await;
    measured?;
    Ok(bench.report)
}

impl Bench<'_> {
    async fn rounds(&mut self) -> Result<()> {
        for round in 1..=ROUNDS {
            self.round(round).await?;
        }
        Ok(())
    }

    async fn round(&mut self, round: usize) -> Result<()> {
        let say = |what: &str| progress(&format!("round {round} of {ROUNDS}: {what}"));
        if self.settings.wants("tasks") {
            for errand in Errand::ALL {
                say(errand.name());
                self.one_by_one(errand).await?;
            }
        }
        if self.settings.wants("slots") {
            say("several at once");
            self.at_once().await?;
        }
        if self.settings.wants("single") {
            say("sessions and single actions");
            single::measure(self).await?;
        }
        if self.settings.wants("memory") {
            say("memory");
            self.memory().await?;
        }
        if let Some(export) = &self.export {
            say("telemetry sent and not");
            export.round(self.settings, &self.site, &mut self.report).await?;
        }
        Ok(())
    }

    /// A whole task in a fresh session, again and again: bare, with the agent, with Playwright.
    async fn one_by_one(&mut self, errand: Errand) -> Result<()> {
        let times = self.settings.count(40);
        let name = errand.name();
        let mut bare = Vec::new();
        for at in 0..times + WARM_UP {
            let begun = Instant::now();
            let read = bare::errand(&self.bare, &self.site, errand).await?;
            if at >= WARM_UP {
                bare.push(milliseconds(begun));
            }
            ensure!(read == errand.wanted(), "bare calls read {read}");
        }
        let (mut ours, mut recording) = (Vec::new(), Vec::new());
        for at in 0..times + WARM_UP {
            let run = self.agents.run(&self.site, errand).await?;
            if at >= WARM_UP {
                ours.push(run.took);
                recording.push(100.0 * run.recording / run.took);
            }
        }
        let said = self.playwright.run(&self.site, errand, times).await?;
        self.report.playwright(&format!("playwright-core {}", said.version));
        let (bare, ours, theirs) = (median(bare), median(ours), median(said.times));
        let mut add = |what: String, unit, aim, round| self.report.add(&what, unit, aim, round);
        let beside = |whom| format!("{name} in a fresh session, beside {whom}");
        add(beside("bare calls"), "ms", Aim::AtMost(1.25), Round::new(bare, ours));
        add(beside("Playwright"), "ms", Aim::AtMost(0.6), Round::new(theirs, ours));
        let share = Round::alone(median(recording));
        add(format!("{name}, share of recording the trace"), "%", Aim::UpTo(3.0), share);
        Ok(())
    }

    /// As many tasks as go through a few slots in a second.
    async fn at_once(&mut self) -> Result<()> {
        let (errand, times) = (Errand::Seven, self.settings.count(30));
        let begun = Instant::now();
        let mut slots = JoinSet::new();
        for _ in 0..SLOTS {
            let (bare, site) = (self.bare.clone(), Arc::clone(&self.site));
            slots.spawn(bare_errands(bare, site, errand, times));
        }
        all(slots).await?;
        let floor = rate(SLOTS * times, begun);
        let leases = self.agents.leases(&self.site, errand, SLOTS * times).await?;
        let begun = Instant::now();
        let mut slots = JoinSet::new();
        for leases in leases.chunks(times) {
            let (agents, leases) = (self.agents.clone(), leases.to_vec());
            slots.spawn(async move { agents.carry_out_all(&leases, errand).await });
        }
        all(slots).await?;
        let ours = rate(SLOTS * times, begun);
        let name = format!("tasks of 7 steps, {SLOTS} at once");
        self.report.add(&name, "1/s", Aim::AtLeast(0.85), Round::new(floor, ours));
        Ok(())
    }

    /// What one more session takes, with a page in it.
    async fn memory(&mut self) -> Result<()> {
        let url = format!("{}/form", self.site.url);
        let mut pages = Vec::new();
        let mut bare = Vec::new();
        for _ in 0..CROWD {
            let page = bare::Page::open(&self.bare).await?;
            page.goto(&url).await?;
            pages.push(page);
            bare.push(memory::settled(pid(&self.other)?).await);
        }
        for page in pages {
            page.close().await?;
        }
        let mut sessions = Vec::new();
        let mut ours = Vec::new();
        for _ in 0..CROWD {
            sessions.push(single::open_at(&self.pool, &url).await?);
            ours.push(memory::settled(pid(&self.pool)?).await);
        }
        for session in sessions {
            session.close().await;
        }
        let (Some(bare), Some(ours)) = (per_session(&bare), per_session(&ours)) else {
            self.report.note("Memory was not measured: only root may look at sandboxed processes.");
            return Ok(());
        };
        let name = format!("memory of a session (PSS), of {CROWD} with the form open");
        self.report.add(&name, "MB", Aim::UpTo(25.0), Round::new(bare, ours));
        Ok(())
    }
}

/// How many are not counted, because caches are cold.
const WARM_UP: usize = 3;

/// What the last of these took more than the first, for each of them.
#[expect(clippy::cast_precision_loss, reason = "a handful")]
fn per_session(sizes: &[Option<f64>]) -> Option<f64> {
    let (first, last) = ((*sizes.first()?)?, (*sizes.last()?)?);
    Some((last - first) / (sizes.len() - 1) as f64)
}

/// The browser of a pool that has one.
fn pid(pool: &BrowserPool) -> Result<u32> {
    pool.stats().pids.first().copied().context("the browser has ended")
}

/// A folder that the browser's own user can walk through.
fn open_folder() -> Result<TempDir> {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir()?;
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755))?;
    Ok(folder)
}

async fn bare_errands(bare: Bare, site: Arc<Site>, errand: Errand, times: usize) -> Result<()> {
    for _ in 0..times {
        let read = bare::errand(&bare, &site, errand).await?;
        ensure!(read == errand.wanted(), "bare calls read {read}");
    }
    Ok(())
}

/// Waits for all of them; the first error is the error.
async fn all(mut slots: JoinSet<Result<()>>) -> Result<()> {
    while let Some(slot) = slots.join_next().await {
        slot??;
    }
    Ok(())
}
