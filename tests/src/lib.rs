//! The harness of the end-to-end tests: real processes of the real binary over a real database,
//! real browsers, and a site whose pages the test holds in its hand.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a harness that breaks fails the test"
)]

mod booking;
mod client;
mod collector;
mod fleet;
mod gate;
mod process;
mod shop;
mod site;

pub use booking::BookingSite;
pub use client::Client;
pub use collector::Collector;
pub use fleet::Fleet;
pub use gate::GateSite;
pub use process::{Process, binary};
pub use shop::{Order, ShopSite};

use std::time::Duration;

/// Waits until something holds; fails the test, saying what, when it does not within a minute.
///
/// # Panics
/// It did not hold in time.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let patience = tokio::time::Instant::now() + Duration::from_mins(1);
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(tokio::time::Instant::now() < patience, "not within a minute: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
