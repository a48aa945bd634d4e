//! Sessions of runs that wait for a human: kept open while there is room and time, so that a run
//! goes on where it stood.

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::RunId;
use domain::ports::Session;
use domain::run::RunEnd;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The parked sessions of one worker.
pub(crate) struct Parking<S = Box<dyn Session>> {
    places: usize,
    parked: Mutex<HashMap<RunId, Parked<S>>>,
}

struct Parked<S> {
    session: S,
    /// How many steps its run had recorded: a session that another worker has left behind meanwhile
    /// does not stand where the run stands.
    steps: u32,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
}

/// How long a session is kept.
#[derive(Clone, Copy)]
pub(crate) struct Kept {
    pub(crate) since: DateTime<Utc>,
    pub(crate) until: DateTime<Utc>,
}

/// How long a session is kept open for an answer; a longer wait is bridged by saving it.
const PARKED_FOR: TimeDelta = TimeDelta::minutes(10);

impl Kept {
    /// Not longer than an answer to the question counts.
    pub(crate) fn of(end: &RunEnd, now: DateTime<Utc>) -> Self {
        let answered = match end {
            RunEnd::Waiting(waiting) => TimeDelta::seconds(waiting.seconds.into()),
            _ => TimeDelta::zero(),
        };
        Self { since: now, until: now + answered.min(PARKED_FOR) }
    }
}

impl<S> Parking<S> {
    pub(crate) fn new(places: usize) -> Self {
        Self { places, parked: Mutex::default() }
    }

    /// Keeps a session; gives back what there is no room for. That is the one that has waited the
    /// longest: a question that was put just now is answered sooner, and whether an old one still
    /// stands is not known here.
    pub(crate) fn park(&self, (run, steps): (RunId, u32), session: S, kept: Kept) -> Option<S> {
        let Kept { since, until } = kept;
        let mut parked = self.lock();
        let replaced = parked.insert(run, Parked { session, steps, since, until });
        if parked.len() <= self.places {
            return replaced.map(|it| it.session);
        }
        let oldest = parked.iter().min_by_key(|(_, it)| it.since).map(|(run, _)| *run)?;
        parked.remove(&oldest).map(|it| it.session)
    }

    /// The session of a run that goes on after this many steps.
    pub(crate) fn take(&self, run: RunId, steps: u32) -> Option<S> {
        let parked = self.lock().remove(&run)?;
        (parked.steps == steps).then_some(parked.session)
    }

    /// The sessions whose time is over.
    pub(crate) fn overdue(&self, now: DateTime<Utc>) -> Vec<S> {
        let mut parked = self.lock();
        let over: Vec<RunId> =
            parked.iter().filter(|(_, it)| it.until <= now).map(|(run, _)| *run).collect();
        remove(&mut parked, &over)
    }

    /// Whose sessions are kept.
    pub(crate) fn runs(&self) -> Vec<RunId> {
        self.lock().keys().copied().collect()
    }

    /// The sessions of these runs, as far as they are kept.
    pub(crate) fn leave(&self, runs: &[RunId]) -> Vec<S> {
        remove(&mut self.lock(), runs)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RunId, Parked<S>>> {
        self.parked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn remove<S>(parked: &mut HashMap<RunId, Parked<S>>, runs: &[RunId]) -> Vec<S> {
    runs.iter().filter_map(|run| parked.remove(run)).map(|it| it.session).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(number: u128) -> RunId {
        format!("{number:032x}").parse().unwrap()
    }

    fn kept(since: i64) -> Kept {
        let since = DateTime::UNIX_EPOCH + TimeDelta::seconds(since);
        Kept { since, until: since + TimeDelta::seconds(60) }
    }

    #[test]
    fn a_new_question_takes_the_place_of_the_oldest() {
        let parking = Parking::new(2);
        assert_eq!(parking.park((run(1), 3), "one", kept(1)), None);
        assert_eq!(parking.park((run(2), 3), "two", kept(2)), None);
        assert_eq!(parking.park((run(3), 3), "three", kept(3)), Some("one"));
        assert_eq!(parking.take(run(1), 3), None);
        assert_eq!(parking.take(run(2), 3), Some("two"));
        assert_eq!(parking.take(run(3), 4), None, "its run went on elsewhere");
    }

    #[test]
    fn without_a_place_nothing_is_kept() {
        let parking = Parking::new(0);
        assert_eq!(parking.park((run(1), 3), "one", kept(1)), Some("one"));
    }

    #[test]
    fn what_waited_too_long_is_given_back() {
        let parking = Parking::new(2);
        parking.park((run(1), 3), "one", kept(0));
        parking.park((run(2), 3), "two", kept(1));
        assert_eq!(parking.overdue(kept(60).since), ["one"]);
        assert_eq!(parking.take(run(2), 3), Some("two"));
    }
}
