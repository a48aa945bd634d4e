//! Sessions of runs that wait for a human: kept open while there is room and time, so that a run
//! goes on where it stood.

use chrono::{DateTime, Utc};
use domain::id::RunId;
use domain::ports::Session;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The parked sessions of one worker.
#[derive(Default)]
pub(crate) struct Parking {
    places: usize,
    parked: Mutex<HashMap<RunId, Parked>>,
}

struct Parked {
    session: Box<dyn Session>,
    /// How many steps its run had recorded: a session that another worker has left behind meanwhile
    /// does not stand where the run stands.
    steps: u32,
    until: DateTime<Utc>,
}

impl Parking {
    pub(crate) fn new(places: usize) -> Self {
        Self { places, parked: Mutex::default() }
    }

    /// Keeps a session until a time; gives it back when there is no room.
    pub(crate) fn park(
        &self,
        (run, steps): (RunId, u32),
        session: Box<dyn Session>,
        until: DateTime<Utc>,
    ) -> Option<Box<dyn Session>> {
        let mut parked = self.lock();
        if parked.len() >= self.places {
            return Some(session);
        }
        parked.insert(run, Parked { session, steps, until });
        None
    }

    /// The session of a run that goes on after this many steps.
    pub(crate) fn take(&self, run: RunId, steps: u32) -> Option<Box<dyn Session>> {
        let parked = self.lock().remove(&run)?;
        (parked.steps == steps).then_some(parked.session)
    }

    /// The sessions whose time is over.
    pub(crate) fn overdue(&self, now: DateTime<Utc>) -> Vec<Box<dyn Session>> {
        let mut parked = self.lock();
        let over: Vec<RunId> =
            parked.iter().filter(|(_, it)| it.until <= now).map(|(run, _)| *run).collect();
        over.iter().filter_map(|run| parked.remove(run)).map(|it| it.session).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RunId, Parked>> {
        self.parked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
