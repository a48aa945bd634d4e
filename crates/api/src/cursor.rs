//! Where a page ended, as an opaque text. Clients hand it back; what is in it is ours to change.
//!
//! A cursor goes on with the list it came from and no other: another list, or the same one asked with
//! another filter, would answer with something that is neither the next page nor a refusal.

use crate::extract::Listing;
use crate::problem::ApiError;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use domain::fleet::SiteState;
use domain::id::RemedyId;
use domain::invalid::Invalid;
use domain::memory::MemoryEntry;
use domain::search::{Score, SearchMode};
use serde::Deserialize;
use store::{Cursor, MemoryCursor, MemoryPage, SearchCursor};
use uuid::Uuid;

/// A page of things ended at an id.
const BY_ID: u8 = 1;
/// A page of steps ended at a number.
const BY_SEQ: u8 = 2;
/// A page of runs that were searched for ended at a score and an id.
const BY_SCORE: u8 = 3;
/// How it was searched, by number.
const MODES: [SearchMode; 3] = [SearchMode::Hybrid, SearchMode::Text, SearchMode::Semantic];
/// A page of memories ended at the time of a change and an id.
const BY_CHANGE: u8 = 4;
/// A page of sites ended at a state and a name.
const BY_STATE: u8 = 5;

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
        let [mode, high, low, id @ ..] = self.read::<19>(BY_SCORE, listing)?;
        let mode = MODES.get(usize::from(mode)).ok_or_else(|| refused(UNREADABLE))?;
        let score = Score::from_steps(u16::from_be_bytes([high, low]));
        Ok(SearchCursor { mode: *mode, score, run: Uuid::from_bytes(id) })
    }

    /// The change at which the page before ended.
    pub(crate) fn change(&self, listing: Listing) -> Result<MemoryCursor, ApiError> {
        let position: [u8; 24] = self.read(BY_CHANGE, listing)?;
        let (at, id) = position.split_at(8);
        let at = at.try_into().ok().map(i64::from_be_bytes);
        let changed_at = at.and_then(DateTime::from_timestamp_micros);
        let id = Uuid::from_slice(id).ok().map(RemedyId::from_uuid);
        let cursor = changed_at.zip(id).map(|(changed_at, id)| MemoryCursor { changed_at, id });
        cursor.ok_or_else(|| refused(UNREADABLE))
    }

    /// The state and the name of the site at which the page before ended.
    pub(crate) fn site(&self, listing: Listing) -> Result<(SiteState, String), ApiError> {
        let position = decode(BY_STATE, listing, &self.0).map_err(refused)?;
        let text = String::from_utf8(position).ok();
        let read = text.as_deref().and_then(|text| {
            let (state, site) = text.split_once(' ')?;
            Some((SiteState::from_name(state)?, site.to_owned()))
        });
        read.ok_or_else(|| refused(UNREADABLE))
    }

    fn read<const N: usize>(&self, kind: u8, listing: Listing) -> Result<[u8; N], ApiError> {
        let position = decode(kind, listing, &self.0).map_err(refused)?;
        position.try_into().map_err(|_| refused(UNREADABLE))
    }
}

fn refused(message: &str) -> ApiError {
    let (field, message) = ("cursor".to_owned(), message.to_owned());
    ApiError::InvalidQuery(vec![Invalid { field, message }])
}

fn encode(kind: u8, listing: Listing, position: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode([&[kind], listing.mark().as_slice(), position].concat())
}

fn decode(kind: u8, listing: Listing, text: &str) -> Result<Vec<u8>, &'static str> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| UNREADABLE)?;
    let (&found, rest) = bytes.split_first().ok_or(UNREADABLE)?;
    let (mark, position) = rest.split_at_checked(listing.mark().len()).ok_or(UNREADABLE)?;
    if ![BY_ID, BY_SEQ, BY_SCORE, BY_CHANGE, BY_STATE].contains(&found) {
        return Err(UNREADABLE);
    }
    if found != kind || mark != listing.mark() {
        return Err(STRANGE);
    }
    Ok(position.to_owned())
}

/// The cursor of a page that ended at this step.
pub(crate) fn after_step(listing: Listing, seq: u32) -> String {
    encode(BY_SEQ, listing, &seq.to_be_bytes())
}

/// The cursor of a page that ended at this run.
pub(crate) fn after_score(listing: Listing, cursor: SearchCursor) -> String {
    let mode = MODES.iter().zip(0..).find_map(|(mode, at)| (*mode == cursor.mode).then_some(at));
    let score = cursor.score.steps().to_be_bytes();
    let position = [&[mode.unwrap_or_default()], score.as_slice(), cursor.run.as_bytes()].concat();
    encode(BY_SCORE, listing, &position)
}

/// The cursor of a page that ended at this site.
pub(crate) fn after_site(listing: Listing, state: SiteState, site: &str) -> String {
    encode(BY_STATE, listing, format!("{} {site}", state.as_str()).as_bytes())
}

/// A page of memories as a page of the API.
pub(crate) fn memories<W: utoipa::ToSchema>(
    listing: Listing,
    page: MemoryPage,
    shown: fn(MemoryEntry) -> W,
) -> wire::Page<W> {
    let next = page.next.map(|MemoryCursor { changed_at, id }| {
        let at = changed_at.timestamp_micros().to_be_bytes();
        encode(BY_CHANGE, listing, &[&at[..], id.as_uuid().as_bytes()].concat())
    });
    wire::Page { items: page.items.into_iter().map(shown).collect(), next }
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
        let last = SearchCursor { mode: SearchMode::Text, score: Score::from_steps(5821), run: id };
        let scored = GivenCursor(after_score(here, last));
        assert_eq!(scored.scored(here).unwrap(), last);
        let semantic = SearchCursor { mode: SearchMode::Semantic, ..last };
        assert_eq!(GivenCursor(after_score(here, semantic)).scored(here).unwrap(), semantic);
        assert!(scored.id(here).is_err() && seq.scored(here).is_err());
        let site = GivenCursor(after_site(here, SiteState::Watch, "shop:80"));
        assert_eq!(site.site(here).unwrap(), (SiteState::Watch, "shop:80".to_owned()));
        assert!(site.change(here).is_err() && seq.site(here).is_err());
        let changed_at = DateTime::from_timestamp_micros(1_700_000_000_123_456).unwrap();
        let last = MemoryCursor { changed_at, id: RemedyId::from_uuid(id) };
        let page = MemoryPage { items: vec![], next: Some(last) };
        let next = memories(here, page, wire::Memory::listed).next.unwrap();
        assert_eq!(GivenCursor(next).change(here).unwrap(), last);
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
