//! Where a page ended, as an opaque text. Clients hand it back; what is in it is ours to change.
//!
//! A cursor goes on with the list it came from and no other: another list, or the same one asked with
//! another filter, would answer with something that is neither the next page nor a refusal.

use crate::extract::Listing;
use crate::problem::ApiError;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::invalid::Invalid;
use domain::search::Score;
use serde::Deserialize;
use store::{Cursor, SearchCursor};
use uuid::Uuid;

/// A page of things ended at an id.
const BY_ID: u8 = 1;
/// A page of steps ended at a number.
const BY_SEQ: u8 = 2;
/// A page of runs that were searched for ended at a score and an id.
const BY_SCORE: u8 = 3;

/// A cursor as a client gave it back.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct GivenCursor(String);

const UNREADABLE: &str = "is not a cursor: give back `next` of the page before, unchanged";
const STRANGE: &str = "is an invalid cursor here: it belongs to another list or another filter; \
                       begin again without a cursor";

impl GivenCursor {
    /// The id at which the page before ended.
    pub(crate) fn id(&self, listing: Listing) -> Result<Cursor, ApiError> {
        self.read(BY_ID, listing).map(|bytes| Cursor(Uuid::from_bytes(bytes)))
    }

    /// The number of the step at which the page before ended.
    pub(crate) fn seq(&self, listing: Listing) -> Result<u32, ApiError> {
        self.read(BY_SEQ, listing).map(u32::from_be_bytes)
    }

    /// The score and the run at which the page before ended.
    pub(crate) fn scored(&self, listing: Listing) -> Result<SearchCursor, ApiError> {
        let [high, low, id @ ..] = self.read::<18>(BY_SCORE, listing)?;
        let score = Score::from_steps(u16::from_be_bytes([high, low]));
        Ok(SearchCursor { score, run: Uuid::from_bytes(id) })
    }

    fn read<const N: usize>(&self, kind: u8, listing: Listing) -> Result<[u8; N], ApiError> {
        decode(kind, listing, &self.0).map_err(|message| {
            let (field, message) = ("cursor".to_owned(), message.to_owned());
            ApiError::InvalidQuery(vec![Invalid { field, message }])
        })
    }
}

fn encode(kind: u8, listing: Listing, position: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode([&[kind], listing.mark().as_slice(), position].concat())
}

fn decode<const N: usize>(kind: u8, listing: Listing, text: &str) -> Result<[u8; N], &'static str> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| UNREADABLE)?;
    let (&found, rest) = bytes.split_first().ok_or(UNREADABLE)?;
    let (mark, position) = rest.split_at_checked(listing.mark().len()).ok_or(UNREADABLE)?;
    if ![BY_ID, BY_SEQ, BY_SCORE].contains(&found) {
        return Err(UNREADABLE);
    }
    if found != kind || mark != listing.mark() {
        return Err(STRANGE);
    }
    position.try_into().map_err(|_| UNREADABLE)
}

/// The cursor of a page that ended at this step.
pub(crate) fn after_step(listing: Listing, seq: u32) -> String {
    encode(BY_SEQ, listing, &seq.to_be_bytes())
}

/// The cursor of a page that ended at this run.
pub(crate) fn after_score(listing: Listing, cursor: SearchCursor) -> String {
    let score = cursor.score.steps().to_be_bytes();
    encode(BY_SCORE, listing, &[score.as_slice(), cursor.run.as_bytes()].concat())
}

/// A page of the store as a page of the API.
pub(crate) fn page<T, W: utoipa::ToSchema>(
    listing: Listing,
    page: store::Page<T>,
    shown: fn(T) -> W,
) -> wire::Page<W> {
    wire::Page {
        items: page.items.into_iter().map(shown).collect(),
        next: page.next.map(|cursor| encode(BY_ID, listing, cursor.0.as_bytes())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(uri: &str) -> Listing {
        Listing::of(&uri.parse().unwrap())
    }

    #[track_caller]
    fn refused(text: &str, uri: &str, says: &str) {
        let found = GivenCursor(text.to_owned()).id(listing(uri)).unwrap_err();
        let ApiError::InvalidQuery(errors) = found else { panic!("{found:?}") };
        assert_eq!(errors[0].field, "cursor");
        assert!(errors[0].message.contains(says), "{errors:?}");
    }

    #[test]
    fn a_cursor_is_read_back_and_nothing_else_is_read() {
        let here = listing("/v1/tasks?state=failed&limit=2");
        let id = Uuid::from_u128(7);
        let text = encode(BY_ID, here, id.as_bytes());
        assert_eq!(GivenCursor(text.clone()).id(here).unwrap(), Cursor(id));
        let seq = GivenCursor(after_step(here, 41));
        assert_eq!(seq.seq(here).unwrap(), 41);
        assert!(seq.id(here).is_err());
        let last = SearchCursor { score: Score::from_steps(5821), run: id };
        let scored = GivenCursor(after_score(here, last));
        assert_eq!(scored.scored(here).unwrap(), last);
        assert!(scored.id(here).is_err() && seq.scored(here).is_err());
        for bad in ["", "!", "AQ", "AQGYxdJ7XnzDmMTcDAwHOY8A", "\u{fc}n\u{ef}code", &text[1..]] {
            assert!(GivenCursor(bad.to_owned()).id(here).is_err(), "{bad}");
        }
        refused("!", "/v1/tasks", "is not a cursor");
    }

    #[test]
    fn a_cursor_goes_on_with_its_own_list_only() {
        let here = listing("/v1/tasks?state=failed&site=shop&limit=2");
        let text = encode(BY_ID, here, Uuid::from_u128(7).as_bytes());
        for same in [
            "/v1/tasks?site=shop&state=failed&limit=9",
            "/v1/tasks?state=failed&cursor=AQ&site=sh%6fp",
        ] {
            assert!(GivenCursor(text.clone()).id(listing(same)).is_ok(), "{same}");
        }
        for other in [
            "/v1/runs?state=failed&site=shop",
            "/v1/tasks",
            "/v1/tasks?state=failed",
            "/v1/tasks?state=failed&site=shop&agent=a",
            "/v1/tasks?state=queued&site=shop",
        ] {
            refused(&text, other, "another list or another filter");
        }
    }
}
