//! The instruments: made once, with unit, meaning and buckets.

use super::names::metric as name;
use opentelemetry::metrics::{Counter, Gauge, Histogram, Meter, UpDownCounter};

/// Bounds of requests and queries, as the conventions give them for HTTP.
const SHORT: [f64; 14] =
    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// Bounds of statements, and of waiting for a connection: few, as there are many statements.
const STATEMENT: [f64; 8] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0];

/// Bounds of steps.
const STEP: [f64; 11] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0];

/// Bounds of runs and of waiting: up to half an hour.
const LONG: [f64; 13] =
    [0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 1800.0];

pub(super) struct Instruments {
    pub(super) http_duration: Histogram<f64>,
    pub(super) http_active: UpDownCounter<i64>,
    pub(super) sent: Counter<u64>,
    pub(super) consumed: Counter<u64>,
    pub(super) process_duration: Histogram<f64>,
    pub(super) run_duration: Histogram<f64>,
    pub(super) step_duration: Histogram<f64>,
    pub(super) db_connections: Gauge<u64>,
    pub(super) db_connections_max: Gauge<u64>,
    pub(super) db_operation: Histogram<f64>,
    pub(super) db_wait: Histogram<f64>,
    pub(super) queue_depth: Gauge<u64>,
    pub(super) queue_lag: Gauge<f64>,
    pub(super) task_wait: Histogram<f64>,
    pub(super) task_retried: Counter<u64>,
    pub(super) task_finished: Counter<u64>,
    pub(super) worker_limit: Gauge<u64>,
    pub(super) worker_usage: Gauge<u64>,
    pub(super) heals: Counter<u64>,
    pub(super) foreseen: Counter<u64>,
    pub(super) recall_duration: Histogram<f64>,
    pub(super) recall_advice: Counter<u64>,
    pub(super) recall_outcomes: Counter<u64>,
    pub(super) memory_writes: Counter<u64>,
    pub(super) memory_unreadable: Gauge<u64>,
    pub(super) search_duration: Histogram<f64>,
    pub(super) search_waiting: Gauge<u64>,
    pub(super) search_lag: Gauge<f64>,
    pub(super) embed_duration: Histogram<f64>,
    pub(super) embed_failed: Gauge<u64>,
    pub(super) escalation_waiting: Gauge<u64>,
    pub(super) escalation_lag: Gauge<f64>,
    pub(super) escalation_opened: Counter<u64>,
    pub(super) browser_open: Histogram<f64>,
    pub(super) browser_launches: Counter<u64>,
    pub(super) browser_crashes: Counter<u64>,
    pub(super) browser_sessions: Gauge<u64>,
    pub(super) lease_expired: Counter<u64>,
    pub(super) retention_removed: Counter<u64>,
    pub(super) database_up: Gauge<u64>,
    pub(super) database_size: Gauge<u64>,
}

impl Instruments {
    pub(super) fn of(meter: &Meter) -> Self {
        let count = |(name, what), unit| {
            meter.u64_counter(name).with_description(what).with_unit(unit).build()
        };
        let gauge = |(name, what), unit| {
            meter.u64_gauge(name).with_description(what).with_unit(unit).build()
        };
        let age =
            |(name, what)| meter.f64_gauge(name).with_description(what).with_unit("s").build();
        let time = |(name, what), bounds: &[f64]| {
            let histogram = meter.f64_histogram(name).with_description(what);
            histogram.with_unit("s").with_boundaries(bounds.to_vec()).build()
        };
        Self {
            http_duration: time(name::HTTP_SERVER_REQUEST_DURATION, &SHORT),
            http_active: meter
                .i64_up_down_counter(name::HTTP_SERVER_ACTIVE_REQUESTS.0)
                .with_description(name::HTTP_SERVER_ACTIVE_REQUESTS.1)
                .with_unit("{request}")
                .build(),
            sent: count(name::SENT_MESSAGES, "{message}"),
            consumed: count(name::CONSUMED_MESSAGES, "{message}"),
            process_duration: time(name::PROCESS_DURATION, &LONG),
            run_duration: time(name::INVOKE_AGENT_DURATION, &LONG),
            step_duration: time(name::EXECUTE_TOOL_DURATION, &STEP),
            db_connections: gauge(name::DB_CONNECTIONS, "{connection}"),
            db_connections_max: gauge(name::DB_CONNECTIONS_MAX, "{connection}"),
            db_operation: time(name::DB_OPERATION_DURATION, &STATEMENT),
            db_wait: time(name::DB_WAIT_TIME, &STATEMENT),
            queue_depth: gauge(name::QUEUE_DEPTH, "{task}"),
            queue_lag: age(name::QUEUE_LAG),
            task_wait: time(name::TASK_WAIT_DURATION, &LONG),
            task_retried: count(name::TASK_RETRIED, "{task}"),
            task_finished: count(name::TASK_FINISHED, "{task}"),
            worker_limit: gauge(name::WORKER_LIMIT, "{task}"),
            worker_usage: gauge(name::WORKER_USAGE, "{task}"),
            heals: count(name::HEALS, "{heal}"),
            foreseen: count(name::FORESEEN, "{step}"),
            recall_duration: time(name::RECALL_DURATION, &SHORT),
            recall_advice: count(name::RECALL_ADVICE, "{advice}"),
            recall_outcomes: count(name::RECALL_OUTCOMES, "{outcome}"),
            memory_writes: count(name::MEMORY_WRITES, "{run}"),
            memory_unreadable: gauge(name::MEMORY_UNREADABLE, "{remedy}"),
            search_duration: time(name::SEARCH_DURATION, &SHORT),
            search_waiting: gauge(name::SEARCH_WAITING, "{text}"),
            search_lag: age(name::SEARCH_LAG),
            embed_duration: time(name::EMBED_DURATION, &SHORT),
            embed_failed: gauge(name::EMBED_FAILED, "{embedding}"),
            escalation_waiting: gauge(name::ESCALATION_WAITING, "{escalation}"),
            escalation_lag: age(name::ESCALATION_LAG),
            escalation_opened: count(name::ESCALATION_OPENED, "{escalation}"),
            browser_open: time(name::BROWSER_OPEN_DURATION, &SHORT),
            browser_launches: count(name::BROWSER_LAUNCHES, "{launch}"),
            browser_crashes: count(name::BROWSER_CRASHES, "{crash}"),
            browser_sessions: gauge(name::BROWSER_SESSION_ACTIVE, "{session}"),
            lease_expired: count(name::LEASE_EXPIRED, "{lease}"),
            retention_removed: count(name::RETENTION_REMOVED, "{row}"),
            database_up: gauge(name::DATABASE_UP, "{database}"),
            database_size: gauge(name::DATABASE_SIZE, "By"),
        }
    }
}
