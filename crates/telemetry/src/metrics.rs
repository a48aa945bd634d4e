//! What is counted and measured: one method for each thing that happens, so that a metric has the
//! same name, unit and attributes wherever it happens.

mod export;
mod instruments;
mod names;

use crate::spans::names::{QUEUE, QUEUE_SYSTEM};
use instruments::Instruments;
use names::attribute as attr;
use opentelemetry::KeyValue;
use std::sync::OnceLock;
use std::time::Duration;

pub use export::prometheus;
pub(crate) use export::provider;

const POOL: &str = "waymark";

/// Every metric of this process.
pub struct Metrics(Instruments);

/// Who asks memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// A run of ours.
    Agent,
    /// An agent outside.
    Api,
}

/// The words that counters are told apart by, as those who count have them.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// Where a heal may come from.
    pub heal_tiers: &'a [&'static str],
    /// What it may do.
    pub tactics: &'a [&'static str],
    /// What advice may be worth.
    pub advice_tiers: &'a [&'static str],
    /// What may become of advice, and who says so.
    pub outcomes: &'a [(Asker, &'static str)],
    /// What a human may be asked for.
    pub escalations: &'a [&'static str],
    /// Why an attempt may be made again.
    pub retries: &'a [&'static str],
}

/// What is read of the database from time to time, rather than counted as it happens.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sample {
    /// Tasks that could be claimed now.
    pub queued: u64,
    /// Tasks that are to be claimed later.
    pub scheduled: u64,
    /// Tasks that are worked on.
    pub running: u64,
    /// Tasks that wait for a human.
    pub waiting: u64,
    /// How long the oldest of those that could be claimed has waited.
    pub queue_lag: Duration,
    /// Questions to humans that are open.
    pub escalations: u64,
    /// How long the oldest of them has waited.
    pub escalation_lag: Duration,
    /// What waits until it can be found.
    pub search_waiting: u64,
    /// How long the oldest of it has waited.
    pub search_lag: Duration,
    /// The size of the database, in bytes.
    pub database_bytes: u64,
}

/// How a process is, read from time to time.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Condition {
    /// Whether the database answers it.
    pub database_up: bool,
    /// Remedies that nobody can read.
    pub unreadable: u64,
    /// Embeddings that failed.
    pub failed_embeddings: u64,
    /// Connections that nobody uses just now.
    pub idle_connections: u64,
    /// Connections in use.
    pub used_connections: u64,
    /// The most connections there may be.
    pub max_connections: u64,
}

/// The metrics of this process.
pub fn metrics() -> &'static Metrics {
    static METRICS: OnceLock<Metrics> = OnceLock::new();
    METRICS.get_or_init(|| {
        let metrics = Metrics(Instruments::of(&export::meter()));
        metrics.begin_at_zero();
        metrics
    })
}

impl Metrics {
    /// Says of every counter that is told apart by these that nothing has happened yet, as
    /// `begin_at_zero` does of the others.
    pub fn begin(&self, words: &Words<'_>) {
        let counters = &self.0;
        for error in words.retries {
            counters.task_retried.add(0, &[KeyValue::new(attr::ERROR_TYPE, *error)]);
        }
        for kind in words.escalations {
            counters.escalation_opened.add(0, &[KeyValue::new(attr::ESCALATION_KIND, *kind)]);
        }
        for tier in words.advice_tiers {
            counters.recall_advice.add(0, &[KeyValue::new(attr::HEAL_TIER, *tier)]);
        }
        for (asker, outcome) in words.outcomes {
            let outcome = KeyValue::new(attr::RECALL_OUTCOME, *outcome);
            counters.recall_outcomes.add(0, &[asker.attribute(), outcome]);
        }
        let heals = words.heal_tiers.iter();
        for (tier, tactic) in heals.flat_map(|tier| words.tactics.iter().map(move |it| (tier, it)))
        {
            for did in [true, false] {
                counters.heals.add(0, &heal(tier, tactic, did));
            }
        }
    }

    /// A request begins.
    pub fn request_began(&self, method: &str) {
        self.0.http_active.add(1, &request(method));
    }

    /// A request was answered. An event stream is `None` long: it lasts as long as its client likes.
    pub fn request_ended(&self, method: &str, route: &str, status: u16, took: Option<Duration>) {
        self.0.http_active.add(-1, &request(method));
        let Some(took) = took else { return };
        let mut attributes = request(method).to_vec();
        attributes.push(KeyValue::new(attr::HTTP_ROUTE, route.to_owned()));
        attributes.push(KeyValue::new(attr::HTTP_STATUS, i64::from(status)));
        if status >= 500 {
            attributes.push(KeyValue::new(attr::ERROR_TYPE, status.to_string()));
        }
        self.0.http_duration.record(took.as_secs_f64(), &attributes);
    }

    /// A task was queued.
    pub fn task_sent(&self) {
        self.0.sent.add(1, &message("send"));
    }

    /// A task was claimed; how long it had waited, where that is known.
    pub fn task_claimed(&self, waited: Option<Duration>) {
        self.0.consumed.add(1, &message("receive"));
        if let Some(waited) = waited {
            self.0.task_wait.record(waited.as_secs_f64(), &[]);
        }
    }

    /// An attempt ended: how, after how long, and why it failed if it did.
    pub fn run_ended(&self, outcome: &'static str, error: Option<&'static str>, took: Duration) {
        let outcome = KeyValue::new(attr::RUN_OUTCOME, outcome);
        let seconds = took.as_secs_f64();
        self.0.run_duration.record(seconds, &with_error(vec![outcome], error));
        self.0.process_duration.record(seconds, &with_error(message("process").to_vec(), error));
    }

    /// An attempt failed, and another one follows.
    pub fn task_retried(&self, error: &'static str) {
        self.0.task_retried.add(1, &[KeyValue::new(attr::ERROR_TYPE, error)]);
    }

    /// A task ended.
    pub fn task_finished(&self, state: &'static str) {
        self.0.task_finished.add(1, &[KeyValue::new(attr::TASK_STATE, state)]);
    }

    /// A task was ended because its worker vanished.
    pub fn lease_expired(&self) {
        self.0.lease_expired.add(1, &[]);
    }

    /// How much a worker has to do, of how much it could.
    pub fn worker(&self, usage: usize, limit: usize) {
        self.0.worker_usage.record(number(usage), &[]);
        self.0.worker_limit.record(number(limit), &[]);
    }

    /// A step was taken.
    pub fn step_taken(&self, action: &'static str, error: Option<&'static str>, took: Duration) {
        let attributes = vec![
            KeyValue::new(attr::GEN_AI_TOOL, action),
            KeyValue::new(attr::STEP_OUTCOME, worked(error.is_none())),
        ];
        self.0.step_duration.record(took.as_secs_f64(), &with_error(attributes, error));
    }

    /// Another way was taken to do what a failed step was for.
    pub fn healed(&self, tier: &'static str, tactic: &'static str, did: bool) {
        self.0.heals.add(1, &heal(tier, tactic, did));
    }

    /// A step was taken another way before the plan's own way could fail.
    pub fn foreseen(&self, did: bool) {
        self.0.foreseen.add(1, &[KeyValue::new(attr::HEAL_RESULT, worked(did))]);
    }

    /// Memory was asked for advice; these are the tiers of what it served.
    pub fn recalled(
        &self,
        asker: Asker,
        served: impl IntoIterator<Item = &'static str>,
        took: Duration,
    ) {
        let mut hit = false;
        for tier in served {
            hit = true;
            self.0.recall_advice.add(1, &[KeyValue::new(attr::HEAL_TIER, tier)]);
        }
        let attributes = [asker.attribute(), KeyValue::new(attr::RECALL_RESULT, found(hit))];
        self.0.recall_duration.record(took.as_secs_f64(), &attributes);
    }

    /// What became of advice that was given.
    pub fn advice_ended(&self, asker: Asker, outcome: &'static str) {
        let outcome = KeyValue::new(attr::RECALL_OUTCOME, outcome);
        self.0.recall_outcomes.add(1, &[asker.attribute(), outcome]);
    }

    /// A run became part of memory, or could not.
    pub fn remembered(&self, runs: u64, done: bool) {
        let result = KeyValue::new(attr::MEMORY_RESULT, if done { "learnt" } else { "failed" });
        self.0.memory_writes.add(runs, &[result]);
    }

    /// Runs were searched.
    pub fn searched(&self, mode: &'static str, error: Option<&'static str>, took: Duration) {
        let mode = KeyValue::new(attr::SEARCH_MODE, mode);
        self.0.search_duration.record(took.as_secs_f64(), &with_error(vec![mode], error));
    }

    /// Texts were embedded.
    pub fn embedded(&self, error: Option<&'static str>, took: Duration) {
        self.0.embed_duration.record(took.as_secs_f64(), &with_error(Vec::new(), error));
    }

    /// A human was asked.
    pub fn escalated(&self, kind: &'static str) {
        self.0.escalation_opened.add(1, &[KeyValue::new(attr::ESCALATION_KIND, kind)]);
    }

    /// A browser session was opened, or could not be.
    pub fn session_opened(&self, error: Option<&'static str>, took: Duration) {
        self.0.browser_open.record(took.as_secs_f64(), &with_error(Vec::new(), error));
    }

    /// What the browsers did since this was last said, and how many sessions are open.
    pub fn browsers(&self, launches: u64, crashes: u64, open: u64) {
        self.0.browser_launches.add(launches, &[]);
        self.0.browser_crashes.add(crashes, &[]);
        self.0.browser_sessions.record(open, &[]);
    }

    /// Rows were removed that nobody keeps any more.
    pub fn removed(&self, kind: &'static str, rows: u64) {
        self.0.retention_removed.add(rows, &[KeyValue::new(attr::RETENTION_KIND, kind)]);
    }

    /// What was read just now.
    pub fn sampled(&self, sample: &Sample) {
        for (state, tasks) in [
            ("queued", sample.queued),
            ("scheduled", sample.scheduled),
            ("running", sample.running),
            ("waiting", sample.waiting),
        ] {
            self.0.queue_depth.record(tasks, &[KeyValue::new(attr::QUEUE_STATE, state)]);
        }
        self.0.queue_lag.record(sample.queue_lag.as_secs_f64(), &[]);
        self.0.escalation_waiting.record(sample.escalations, &[]);
        self.0.escalation_lag.record(sample.escalation_lag.as_secs_f64(), &[]);
        self.0.search_waiting.record(sample.search_waiting, &[]);
        self.0.search_lag.record(sample.search_lag.as_secs_f64(), &[]);
        self.0.database_size.record(sample.database_bytes, &[]);
    }

    /// How the process is just now.
    pub fn is_in(&self, condition: &Condition) {
        self.0.database_up.record(condition.database_up.into(), &[]);
        self.0.memory_unreadable.record(condition.unreadable, &[]);
        self.0.embed_failed.record(condition.failed_embeddings, &[]);
        let pool = KeyValue::new(attr::DB_POOL_NAME, POOL);
        let connections =
            [("idle", condition.idle_connections), ("used", condition.used_connections)];
        for (state, count) in connections {
            let state = KeyValue::new(attr::DB_CONNECTION_STATE, state);
            self.0.db_connections.record(count, &[pool.clone(), state]);
        }
        self.0.db_connections_max.record(condition.max_connections, &[pool]);
    }

    /// A statement was carried out, in so many seconds.
    pub(crate) fn queried(&self, name: &str, took: f64) {
        let name = KeyValue::new(attr::DB_QUERY_SUMMARY, name.to_owned());
        let system = KeyValue::new(attr::DB_SYSTEM, "postgresql");
        self.0.db_operation.record(took, &[system, name]);
    }

    /// A call waited for a connection, so many seconds.
    pub(crate) fn waited_for_connection(&self, waited: f64) {
        self.0.db_wait.record(waited, &[KeyValue::new(attr::DB_POOL_NAME, POOL)]);
    }

    /// Says that nothing has happened yet: a rate over something that appears with its first event
    /// misses that event, and an alert on it cannot tell nothing from no answer.
    fn begin_at_zero(&self) {
        self.0.sent.add(0, &message("send"));
        self.0.consumed.add(0, &message("receive"));
        for state in ["succeeded", "failed", "cancelled"] {
            self.0.task_finished.add(0, &[KeyValue::new(attr::TASK_STATE, state)]);
        }
        self.0.lease_expired.add(0, &[]);
        self.remembered(0, true);
        self.remembered(0, false);
        self.browsers(0, 0, 0);
        for did in [true, false] {
            self.0.foreseen.add(0, &[KeyValue::new(attr::HEAL_RESULT, worked(did))]);
        }
    }
}

impl Asker {
    fn attribute(self) -> KeyValue {
        KeyValue::new(attr::RECALL_ASKER, if self == Self::Agent { "agent" } else { "api" })
    }
}

fn request(method: &str) -> [KeyValue; 2] {
    // Any other word is a client's own, and there is no end to them.
    let known = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    let method = known.into_iter().find(|known| *known == method).unwrap_or("_OTHER");
    [KeyValue::new(attr::HTTP_METHOD, method), KeyValue::new(attr::URL_SCHEME, "http")]
}

fn message(operation: &'static str) -> [KeyValue; 3] {
    [
        KeyValue::new(attr::MESSAGING_SYSTEM, QUEUE_SYSTEM),
        KeyValue::new(attr::MESSAGING_OPERATION_NAME, operation),
        KeyValue::new(attr::MESSAGING_DESTINATION, QUEUE),
    ]
}

fn heal(tier: &'static str, tactic: &'static str, did: bool) -> [KeyValue; 3] {
    [
        KeyValue::new(attr::HEAL_TIER, tier),
        KeyValue::new(attr::HEAL_TACTIC, tactic),
        KeyValue::new(attr::HEAL_RESULT, worked(did)),
    ]
}

fn with_error(mut attributes: Vec<KeyValue>, error: Option<&'static str>) -> Vec<KeyValue> {
    attributes.extend(error.map(|error| KeyValue::new(attr::ERROR_TYPE, error)));
    attributes
}

const fn worked(did: bool) -> &'static str {
    if did { "worked" } else { "failed" }
}

const fn found(hit: bool) -> &'static str {
    if hit { "hit" } else { "miss" }
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
