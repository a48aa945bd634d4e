//! The house itself: its rooms and its bookings. Both releases of its site show and change these.

use std::sync::{Arc, Mutex, PoisonError};

/// A room to let.
pub(super) struct Room {
    pub(super) id: &'static str,
    pub(super) city: &'static str,
    pub(super) name: &'static str,
    pub(super) price: u16,
}

const ROOMS: [Room; 6] = [
    Room { id: "attic", city: "Oslo", name: "The attic", price: 90 },
    Room { id: "garden", city: "Oslo", name: "The garden room", price: 120 },
    Room { id: "tower", city: "Oslo", name: "The tower", price: 210 },
    Room { id: "harbour", city: "Bergen", name: "The harbour room", price: 140 },
    Room { id: "loft", city: "Bergen", name: "The sail loft", price: 95 },
    Room { id: "hut", city: "Tromsø", name: "The hut", price: 60 },
];

impl Room {
    pub(super) fn find(id: &str) -> Option<&'static Self> {
        ROOMS.iter().find(|room| room.id == id)
    }

    pub(super) fn in_city(city: &str) -> Vec<&'static Self> {
        ROOMS.iter().filter(|room| room.city.eq_ignore_ascii_case(city.trim())).collect()
    }
}

/// A booking, whichever form it came from.
#[derive(Debug, Clone)]
pub(crate) struct Booking {
    pub(crate) room: &'static str,
    pub(crate) guest: String,
    pub(crate) mail: String,
    pub(crate) arrival: String,
    pub(crate) nights: u8,
    pub(crate) breakfast: bool,
    /// What may become of it; the first release knew only one way.
    pub(crate) rate: &'static str,
}

/// The bookings.
#[derive(Clone, Default)]
pub(crate) struct House {
    bookings: Arc<Mutex<Vec<Booking>>>,
}

impl House {
    /// Books; returns the code.
    pub(super) fn book(&self, booking: Booking) -> String {
        let mut bookings = self.bookings.lock().unwrap_or_else(PoisonError::into_inner);
        bookings.push(booking);
        code(bookings.len() - 1)
    }

    /// The booking with this code.
    pub(super) fn find(&self, wanted: &str) -> Option<Booking> {
        let mut all = self.all().into_iter().enumerate();
        all.find(|(index, _)| code(*index) == wanted).map(|(_, booking)| booking)
    }

    /// Every booking, the first one first.
    pub(crate) fn all(&self) -> Vec<Booking> {
        self.bookings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The code of a booking by its number.
pub(super) fn code(index: usize) -> String {
    format!("FJ-{:04}", 1001 + index)
}
