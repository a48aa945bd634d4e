//! What the exporters say of a collector that is down or refuses: they say it for every batch, and
//! the log has it once a minute.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tracing::callsite::Identifier;
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Context, Filter};

/// How long a message is not said again.
const SILENCE: Duration = Duration::from_mins(1);

/// Lets each message of the exporters through once in a while, and everything of others.
#[derive(Debug, Default)]
pub(crate) struct Seldom {
    said: Mutex<HashMap<Identifier, Instant>>,
}

impl Seldom {
    /// Whether a message is said now.
    fn says(&self, message: Identifier, now: Instant) -> bool {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = said.get(&message).is_none_or(|last| now.duration_since(*last) >= SILENCE);
        if is_due {
            said.insert(message, now);
        }
        is_due
    }
}

impl<S: Subscriber> Filter<S> for Seldom {
    fn enabled(&self, _: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        true
    }

    fn callsite_enabled(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::always()
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::TRACE)
    }

    fn event_enabled(&self, event: &Event<'_>, _: &Context<'_, S>) -> bool {
        let metadata = event.metadata();
        let is_theirs = metadata.target().starts_with("opentelemetry");
        !is_theirs || self.says(metadata.callsite(), Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_said_again_after_a_while() {
        fn message() -> Identifier {
            tracing::info_span!("message").metadata().unwrap().callsite()
        }
        fn another() -> Identifier {
            tracing::info_span!("another").metadata().unwrap().callsite()
        }
        tracing::subscriber::with_default(tracing_subscriber::registry(), || {
            let (seldom, begun) = (Seldom::default(), Instant::now());
            assert!(seldom.says(message(), begun));
            assert!(!seldom.says(message(), begun + SILENCE / 2));
            assert!(seldom.says(another(), begun + SILENCE / 2));
            assert!(seldom.says(message(), begun + SILENCE));
            assert!(!seldom.says(message(), begun + SILENCE + SILENCE / 2));
        });
    }
}
