//! Looking: the page in one round trip, and what happened since the last look.

use super::BrowserSession;
use super::budget::Budget;
use super::call::{Spot, Stop};
use super::journal::Arrived;
use super::json::parse;
use super::state::State;
use domain::failure::{ErrorClass, Failure};
use domain::observation::{Change, Observation};
use domain::ports::{Download, Seen};
use domain::snapshot::{Element, Snapshot};
use serde_json::json;
use std::collections::HashMap;
use std::time::Duration;

const WITHIN: Duration = Duration::from_secs(5);

/// What the last observation saw.
#[derive(Debug, Default)]
pub(super) struct Before {
    /// The document, by its loader.
    document: String,
    /// How often each kind of element was there.
    elements: HashMap<String, u32>,
}

impl BrowserSession {
    pub(super) async fn look(&mut self) -> Result<Seen, Failure> {
        let budget = Budget::new(WITHIN);
        let seen = self.snapshot(&budget).await?;
        let (happened, url, document) = self.watched.change(|state| {
            let mut happened = state.journal.take();
            let opened = state.tabs.iter().filter(|tab| happened.opened.contains(&tab.target));
            let opened: Vec<Change> =
                opened.map(|tab| Change::TabOpened { url: tab.url.clone() }).collect();
            happened.changes.splice(0..0, opened);
            let tab = state.tab();
            let url = tab.map(|tab| tab.url.clone()).unwrap_or_default();
            let document = tab.map(|tab| tab.document.loader.clone()).unwrap_or_default();
            (happened, url, document)
        });
        let mut changes = happened.changes;
        if let Some(seen) = &seen {
            changes.extend(self.before.compare(document, seen));
        }
        let snapshot = seen.unwrap_or_else(|| Snapshot { url: self.url(), ..Snapshot::default() });
        let downloads = fetch(happened.arrived).await;
        Ok(Seen {
            observation: Observation {
                url,
                title: snapshot.title.clone(),
                changes,
                console: happened.console,
                network: happened.network,
                dialogs: happened.dialogs,
            },
            snapshot,
            downloads,
        })
    }

    /// The elements of the page, and of the frame that is acted in when the page cannot look into
    /// it. A page that does not answer, or that a dialog holds, cannot be looked at.
    async fn snapshot(&self, budget: &Budget) -> Result<Option<Snapshot>, Failure> {
        if self.watched.see(|state| state.dialog.is_some()) {
            return Ok(None);
        }
        let Some(page) = self.page_spot(budget).await? else { return Ok(None) };
        let frame = self.spot_now().filter(|_| self.frame.is_some());
        let (page, frame) = tokio::join!(self.snapshot_of(&page, "observe", budget), async {
            match &frame {
                Some(spot) => self.snapshot_of(spot, "observeFrame", budget).await.ok().flatten(),
                None => None,
            }
        });
        let Some(mut snapshot) = page? else { return Ok(None) };
        if let Some(frame) = frame {
            snapshot.truncated |= frame.truncated;
            let url = frame.url;
            snapshot.elements.extend(frame.elements.into_iter().map(|mut element| {
                element.fingerprint.frame.get_or_insert_with(|| url.clone());
                element
            }));
        }
        Ok(Some(snapshot))
    }

    /// Where the page can be called; its document may just be being replaced.
    async fn page_spot(&self, budget: &Budget) -> Result<Option<Spot>, Failure> {
        let there = |state: &State| {
            let tab = state.tab()?;
            let there = tab.frames.get(&tab.target)?.world.is_some();
            (there || state.is_dead()).then_some(())
        };
        self.watched.until(budget.deadline, there).await;
        if self.watched.see(State::is_dead) {
            return Err(self.crashed());
        }
        Ok(self.main_spot())
    }

    async fn snapshot_of(
        &self,
        spot: &Spot,
        function: &'static str,
        budget: &Budget,
    ) -> Result<Option<Snapshot>, Failure> {
        match self.call::<Option<String>>(spot, function, &json!({}), budget).await {
            Ok(Some(text)) => parse(&text).map(Some).map_err(|error| {
                let message = format!("what the page shows cannot be understood: {error}");
                Failure::new(ErrorClass::Unclassified, message)
            }),
            Err(Stop::Dead) => Err(self.crashed()),
            Ok(None) | Err(Stop::Gone | Stop::Dialog | Stop::Late) => Ok(None),
            Err(stop) => Err(self.stopped(stop, budget)),
        }
    }
}

async fn fetch(arrived: Vec<Arrived>) -> Vec<Download> {
    let mut downloads = Vec::new();
    for Arrived { name, path } in arrived {
        match tokio::fs::read(&path).await {
            Ok(content) => downloads.push(Download { name, content }),
            Err(error) => tracing::warn!(%error, "a download cannot be read"),
        }
        // It was handed over; a second look must not find it again, and the disk is not ours.
        tokio::fs::remove_file(&path).await.ok();
    }
    downloads
}

impl Before {
    /// What appeared and disappeared, if the document is still the same.
    fn compare(&mut self, document: String, snapshot: &Snapshot) -> Option<Change> {
        let mut now: HashMap<String, u32> = HashMap::new();
        for element in snapshot.elements.iter().filter(|element| element.interactive) {
            *now.entry(kind(element)).or_default() += 1;
        }
        let more = |a: &HashMap<String, u32>, b: &HashMap<String, u32>| {
            a.iter().map(|(kind, count)| count.saturating_sub(*b.get(kind).unwrap_or(&0))).sum()
        };
        let appeared = more(&now, &self.elements);
        let disappeared = more(&self.elements, &now);
        let same = self.document == document;
        *self = Self { document, elements: now };
        (same && appeared + disappeared > 0).then_some(Change::Elements { appeared, disappeared })
    }
}

fn kind(element: &Element) -> String {
    let print = &element.fingerprint;
    format!(
        "{} {} {} {}",
        print.tag,
        print.role.as_deref().unwrap_or_default(),
        print.name,
        print.css_path
    )
}
