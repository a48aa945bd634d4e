//! How long the database takes. sqlx tells of every statement, and of every wait for a connection, as
//! an event; here they become measurements. A statement is known by the name that its first line
//! gives it, as in `-- tasks.claim`; nothing else of it is looked at.

use crate::metrics::metrics;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

const STATEMENT: &str = "sqlx::query";
const ACQUIRED: &str = "sqlx::pool::acquire";

/// What statements without a name are counted as: those that begin and end transactions, and those
/// that listen.
const OTHER: &str = "other";

/// The layer that measures.
pub(crate) fn queries<S>() -> impl Layer<S> + Send + Sync
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    Queries.with_filter(filter_fn(|metadata| {
        metadata.is_event() && [STATEMENT, ACQUIRED].contains(&metadata.target())
    }))
}

struct Queries;

impl<S: Subscriber> Layer<S> for Queries {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut told = Told::default();
        event.record(&mut told);
        if let Some(took) = told.elapsed {
            metrics().queried(told.name.as_deref().unwrap_or(OTHER), took);
        }
        if let Some(waited) = told.acquired_after {
            metrics().waited_for_connection(waited);
        }
    }
}

/// What an event of sqlx says, in seconds.
#[derive(Default)]
struct Told {
    name: Option<String>,
    elapsed: Option<f64>,
    acquired_after: Option<f64>,
}

impl Visit for Told {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "summary" {
            self.name = name_of(value).map(str::to_owned);
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        match field.name() {
            "elapsed_secs" => self.elapsed = Some(value),
            "acquired_after_secs" => self.acquired_after = Some(value),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

/// The name in a statement's first words, `-- tasks.claim: takes tasks`.
fn name_of(summary: &str) -> Option<&str> {
    let words = summary.strip_prefix("-- ")?;
    let end = words.find(|char: char| !(char.is_ascii_lowercase() || "._".contains(char)));
    let name = &words[..end.unwrap_or(words.len())];
    name.contains('.').then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::prometheus;
    use tracing_subscriber::layer::SubscriberExt as _;

    #[test]
    fn a_statement_is_known_by_its_name_and_by_nothing_else_of_it() {
        for (summary, name) in [
            ("-- tasks.claim: takes tasks …", Some("tasks.claim")),
            ("-- memory.near_by_meaning …", Some("memory.near_by_meaning")),
            ("-- a remark on …", None),
            ("select secret from person …", None),
            ("begin; set local", None),
        ] {
            assert_eq!(name_of(summary), name, "{summary}");
        }
    }

    #[test]
    fn what_sqlx_tells_is_measured() {
        let subscriber = tracing_subscriber::registry().with(queries());
        tracing::subscriber::with_default(subscriber, || {
            tracing::debug!(
                target: "sqlx::query",
                summary = "-- queries.test: reads …",
                db.statement = "\n\nselect 'hunter2'\n",
                elapsed_secs = 0.25,
            );
            tracing::debug!(target: "sqlx::pool::acquire", acquired_after_secs = 0.5);
            tracing::debug!(target: "elsewhere", summary = "-- never.told", elapsed_secs = 1.0);
        });
        let told = prometheus();
        let line =
            |parts: &[&str]| told.lines().any(|line| parts.iter().all(|part| line.contains(part)));
        let count = "db_client_operation_duration_seconds_count";
        assert!(line(&[count, "queries.test", "postgresql", " 1"]), "{told}");
        assert!(line(&["db_client_connection_wait_time_seconds_count"]), "{told}");
        assert!(!told.contains("hunter2") && !told.contains("never.told"), "{told}");
    }
}
