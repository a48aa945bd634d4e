//! The sites of the demo: a small house of rooms to let, in two releases side by side over the same
//! bookings, and a museum's shop. They keep what they keep in memory.

mod house;
mod html;
mod museum;
mod new;
mod old;

pub(super) use house::House;
pub(super) use new::FLEXIBLE;

use anyhow::Result;
use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The three sites, about to be served.
pub(super) struct Sites {
    old: TcpListener,
    new: TcpListener,
    museum: TcpListener,
    house: House,
}

/// Where the sites are.
#[derive(Debug, Clone)]
pub(super) struct Addresses {
    /// The house, as it always was.
    pub(super) old: String,
    /// The house, redesigned.
    pub(super) new: String,
    /// The museum's shop.
    pub(super) museum: String,
}

impl Sites {
    /// Takes a port for each.
    pub(super) async fn bind() -> Result<Self> {
        let port = || TcpListener::bind("127.0.0.1:0");
        let (old, new, museum) = (port().await?, port().await?, port().await?);
        Ok(Self { old, new, museum, house: House::default() })
    }

    /// Where they will be: `host:port`.
    pub(super) fn addresses(&self) -> Result<Addresses> {
        let at = |socket: &TcpListener| socket.local_addr().map(|address| address.to_string());
        Ok(Addresses { old: at(&self.old)?, new: at(&self.new)?, museum: at(&self.museum)? })
    }

    /// The house behind both releases.
    pub(super) fn house(&self) -> House {
        self.house.clone()
    }

    /// Serves them until stopped.
    pub(super) async fn serve(self, stop: CancellationToken) -> Result<()> {
        let Self { old, new, museum, house } = self;
        tokio::try_join!(
            serve(old, old::pages(house.clone()), stop.clone()),
            serve(new, new::pages(house), stop.clone()),
            serve(museum, museum::pages(), stop),
        )?;
        Ok(())
    }
}

/// Serves the house's first release alone until stopped.
pub(super) async fn serve_old(socket: TcpListener, stop: CancellationToken) -> Result<()> {
    serve(socket, old::pages(House::default()), stop).await
}

async fn serve(socket: TcpListener, pages: Router, stop: CancellationToken) -> Result<()> {
    Ok(axum::serve(socket, pages).with_graceful_shutdown(stop.cancelled_owned()).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_redesign_breaks_what_the_old_plan_holds_on_to() {
        let (old, new) = (old::sample(), new::sample());
        for (page, mark) in [
            (0, "id=\"city\""),
            (0, "id=\"search\""),
            (1, "id=\"book-harbour\""),
            (2, "id=\"guest-name\""),
        ] {
            assert!(old[page].contains(mark), "the first release has {mark}");
            assert!(!new[page].contains(mark), "the second release still has {mark}");
        }
        for kept in ["type=\"email\"", "Arrival", "Nights", "I accept the terms", "Book this room"]
        {
            assert!(old[2].contains(kept) && new[2].contains(kept), "{kept}");
        }
    }

    #[test]
    fn the_redesign_offers_each_room_twice_and_nothing_tells_the_two_apart_but_the_rate() {
        let rooms = &new::sample()[1];
        assert_eq!(rooms.matches(">Choose</a>").count(), 4, "two rooms, two rates each");
        assert_eq!(rooms.matches(FLEXIBLE).count(), 2);
    }
}
