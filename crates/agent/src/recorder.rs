//! Writing the trace: scrubbed, durable before the next step begins, patient with the store.

use crate::agent::Aborted;
use domain::artifact::{ArtifactKind, NewArtifact};
use domain::clock::Clock;
use domain::id::{ArtifactId, RunId};
use domain::ports::{Download, Lease, LeaseError, Seen, Trace};
use domain::redact::Redactor;
use domain::snapshot::{Fingerprint, Snapshot};
use domain::step::Step;
use std::collections::BTreeMap;
use std::time::Duration;

/// What a step leaves besides its record.
pub(crate) struct Evidence {
    pub(crate) snapshot: Snapshot,
    pub(crate) screenshot: Option<Vec<u8>>,
    pub(crate) downloads: Vec<Download>,
}

/// A step as it was recorded, and the page as it was kept.
pub(crate) struct Recorded {
    pub(crate) step: Step,
    pub(crate) snapshot: Snapshot,
}

/// Appends steps to the trace of one run.
pub(crate) struct Recorder<'a> {
    trace: &'a dyn Trace,
    clock: &'a dyn Clock,
    lease: &'a Lease,
    redactor: Redactor,
}

const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(2);

impl<'a> Recorder<'a> {
    pub(crate) fn new(
        trace: &'a dyn Trace,
        clock: &'a dyn Clock,
        lease: &'a Lease,
        secrets: &BTreeMap<String, String>,
    ) -> Self {
        Self { trace, clock, lease, redactor: Redactor::new(secrets) }
    }

    /// The run whose trace it is.
    pub(crate) const fn run(&self) -> &'a RunId {
        &self.lease.run_id
    }

    /// Scrubs and appends a step; returns it as it was recorded.
    pub(crate) async fn record(
        &self,
        mut step: Step,
        mut evidence: Evidence,
    ) -> Result<Recorded, Aborted> {
        self.redactor.step(&mut step);
        self.redactor.snapshot(&mut evidence.snapshot);
        // The task's plan has the content of its files; a trace does not repeat it.
        for file in step.action.files.iter_mut().flatten() {
            (file.text, file.base64) = (None, None);
        }
        let snapshot = std::mem::take(&mut evidence.snapshot);
        let artifacts = self.artifacts(&step, &snapshot, evidence);
        let mut wait = FIRST_WAIT;
        loop {
            match self.trace.append(self.lease, &step, &artifacts).await {
                Ok(()) => return Ok(Recorded { step, snapshot }),
                Err(LeaseError::Lost) => return Err(Aborted::LeaseLost),
                Err(error @ LeaseError::Refused(_)) => return Err(Aborted::Trace(error)),
                // The loss of the lease ends this loop from outside, if the store stays away.
                Err(LeaseError::Unavailable(cause)) => {
                    tracing::warn!(%cause, "the trace waits for the store");
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
            }
        }
    }

    /// Scrubs an element that was found between steps.
    pub(crate) fn scrub(&self, fingerprint: &mut Fingerprint) {
        self.redactor.fingerprint(fingerprint);
    }

    /// Scrubs what was seen between steps.
    pub(crate) fn scrub_seen(&self, seen: &mut Seen) {
        self.redactor.observation(&mut seen.observation);
        self.redactor.snapshot(&mut seen.snapshot);
    }

    fn artifacts(&self, step: &Step, snapshot: &Snapshot, evidence: Evidence) -> Vec<NewArtifact> {
        let Evidence { snapshot: _, screenshot, downloads } = evidence;
        let mut artifacts = Vec::new();
        // A page that nobody could look at leaves no snapshot.
        let json = serde_json::to_vec(snapshot).ok().filter(|_| !snapshot.elements.is_empty());
        if let Some(json) = json {
            artifacts.push(self.artifact(ArtifactKind::Snapshot, None, "application/json", json));
        }
        if let Some(png) = screenshot {
            let name = step.action.save_as.clone();
            artifacts.push(self.artifact(ArtifactKind::Screenshot, name, "image/png", png));
        }
        for Download { mut name, mut content } in downloads {
            self.redactor.text(&mut name);
            self.redactor.bytes(&mut content);
            let kind = ArtifactKind::Download;
            artifacts.push(self.artifact(kind, Some(name), "application/octet-stream", content));
        }
        artifacts
    }

    fn artifact(
        &self,
        kind: ArtifactKind,
        name: Option<String>,
        media_type: &str,
        content: Vec<u8>,
    ) -> NewArtifact {
        let id = ArtifactId::new(self.clock);
        NewArtifact { id, kind, name, media_type: media_type.to_owned(), content }
    }
}
