//! The story: its chapters in order, each task over the public API, and the account at its end.

use super::account::{Account, End};
use super::shift::Shifts;
use super::site::{Addresses, House};
use super::tasks::{self, Chapter, DemoTask};
use super::telling::Telling;
use crate::client::Client;
use crate::output::{self, note};
use anyhow::{Result, bail};
use reqwest::Method;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The story, and what it is told with.
pub(super) struct Story {
    pub(super) client: Client,
    pub(super) url: String,
    pub(super) key: String,
    pub(super) sites: Addresses,
    pub(super) house: House,
    pub(super) json: bool,
    /// Whether everything stays up when it is told.
    pub(super) stays: bool,
}

/// The workers, one after the other.
const FIRST: &str = "worker-north";
const SECOND: &str = "worker-south";

/// How long memory may take to learn from a run.
const LEARNS_WITHIN: Duration = Duration::from_secs(10);

impl Story {
    /// Says what is where.
    pub(super) fn say_where(&self) {
        let Addresses { old, new, museum } = &self.sites;
        note(format!("waymark: the API is at {}", self.url));
        note(format!("waymark: the house's site is at http://{old}, its redesign at http://{new}"));
        note(format!("waymark: the museum's shop is at http://{museum}"));
    }

    /// Tells it, and then stays as long as wanted, the last worker at work.
    pub(super) async fn tell(&self, shifts: &Shifts) -> Result<()> {
        let begun = Instant::now();
        note(format!("\n{FIRST} begins."));
        let mut ends =
            shifts.during(FIRST, Box::pin(self.chapters(0, tasks::before(&self.sites)?))).await?;
        note(format!("{FIRST} has gone. {SECOND} begins, and has nothing of it but the database."));
        let rest = async {
            ends.extend(self.chapters(2, tasks::after(&self.sites)?).await?);
            let as_meant = self.account(&ends, begun.elapsed());
            if self.stays {
                // The more so when something is not as meant: the traces say why.
                self.invite();
                shifts.stop.soft.cancelled().await;
            }
            as_meant
        };
        shifts.during(SECOND, Box::pin(rest)).await
    }

    fn account(&self, ends: &[End], took: Duration) -> Result<()> {
        let account = Account::new(ends, &self.house, &self.url, took);
        if self.json {
            output::json(&account.as_json())?;
        } else {
            account.print()?;
        }
        if !account.missed.is_empty() {
            bail!("{} things did not happen as they should", account.missed.len());
        }
        Ok(())
    }

    fn invite(&self) {
        let (url, key) = (&self.url, &self.key);
        note(format!(
            "\nwaymark is still up. The API is at {url}, its documentation at {url}/docs.\nTry:  \
             export WAYMARK_URL={url} WAYMARK_KEY={key}\n      waymark tasks\nCtrl-C ends it."
        ));
    }

    async fn chapters(&self, first: usize, chapters: Vec<Chapter>) -> Result<Vec<End>> {
        let mut ends = Vec::new();
        for (number, chapter) in (first..).zip(chapters) {
            note(format!("\n{number}. {}\n", chapter.title));
            for task in chapter.tasks {
                ends.push(self.run(task).await?);
                self.until_learnt().await?;
            }
        }
        Ok(ends)
    }

    async fn run(&self, demo: DemoTask) -> Result<End> {
        let request = self.client.request(Method::POST, "/v1/tasks")?.json(&demo.body);
        let task: wire::Task = self.client.send(request).await?.json().await?;
        note(format!("▸ {} ({}): {}", task.agent, demo.place, task.goal));
        let asked = Telling::new(&self.client).follow(&task).await?;
        note("");
        let task: wire::Task = self.client.get(&format!("/v1/tasks/{}", task.id), &[]).await?;
        let (run, steps) = match task.run_id {
            Some(run) => {
                let steps = self.client.steps(run).await?;
                (Some(self.client.get(&format!("/v1/runs/{run}"), &[]).await?), steps)
            }
            None => (None, Vec::new()),
        };
        Ok(End { task, run, steps, place: demo.place, meant: demo.meant, asked })
    }

    /// Waits until memory has learnt from every run that has ended.
    async fn until_learnt(&self) -> Result<()> {
        let patience = Instant::now() + LEARNS_WITHIN;
        while Instant::now() < patience {
            let ready: wire::Ready = self.client.get("/readyz", &[]).await?;
            if ready.memory.behind == 0 {
                return Ok(());
            }
            sleep(Duration::from_millis(50)).await;
        }
        bail!("memory has not learnt from a run within {} s", LEARNS_WITHIN.as_secs());
    }
}
