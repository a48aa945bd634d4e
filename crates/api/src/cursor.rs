//! Where a page ended, as an opaque text. Clients hand it back; what is in it is ours to change.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use store::Cursor;
use uuid::Uuid;

/// A page of things ended at an id.
const BY_ID: u8 = 1;
/// A page of steps ended at a number.
const BY_SEQ: u8 = 2;

/// The cursor of a list of things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct IdCursor(pub(crate) Cursor);

/// The cursor of a list of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct SeqCursor(pub(crate) u32);

const UNREADABLE: &str = "is not a cursor: give back `next` of the page before, unchanged";

fn encode(kind: u8, position: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode([&[kind], position].concat())
}

fn decode<const N: usize>(kind: u8, text: &str) -> Result<[u8; N], &'static str> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| UNREADABLE)?;
    match bytes.split_first() {
        Some((&found, position)) if found == kind => position.try_into().map_err(|_| UNREADABLE),
        _ => Err(UNREADABLE),
    }
}

impl std::fmt::Display for IdCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&encode(BY_ID, self.0.0.as_bytes()))
    }
}

impl std::fmt::Display for SeqCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&encode(BY_SEQ, &self.0.to_be_bytes()))
    }
}

impl TryFrom<String> for IdCursor {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        decode(BY_ID, &text).map(|bytes| Self(Cursor(Uuid::from_bytes(bytes))))
    }
}

impl TryFrom<String> for SeqCursor {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        decode(BY_SEQ, &text).map(|bytes| Self(u32::from_be_bytes(bytes)))
    }
}

/// A page of the store as a page of the API.
pub(crate) fn page<T, W: From<T> + utoipa::ToSchema>(page: store::Page<T>) -> wire::Page<W> {
    wire::Page {
        items: page.items.into_iter().map(W::from).collect(),
        next: page.next.map(|cursor| IdCursor(cursor).to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_nothing_else_is_read() {
        let id = IdCursor(Cursor(Uuid::from_u128(7)));
        assert_eq!(IdCursor::try_from(id.to_string()), Ok(id));
        let seq = SeqCursor(41);
        assert_eq!(SeqCursor::try_from(seq.to_string()), Ok(seq));
        assert!(IdCursor::try_from(seq.to_string()).is_err());
        for bad in ["", "!", "AQ", "AQGYxdJ7XnzDmMTcDAwHOY8A", "ünïcode"] {
            assert!(IdCursor::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
