//! Keyset pages: the next one begins after the last id of this one, however much is inserted meanwhile.

use uuid::Uuid;

/// Which page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// At most how many.
    pub limit: u32,
    /// After which; from the start without it.
    pub after: Option<Cursor>,
}

/// Where a page ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor(pub Uuid);

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next one begins; `None` on the last.
    pub next: Option<Cursor>,
}

impl PageRequest {
    /// One more than asked for: whether it comes tells whether there is a next page.
    pub(crate) fn probe(self) -> i64 {
        i64::from(self.limit) + 1
    }

    pub(crate) fn after(self) -> Option<Uuid> {
        self.after.map(|cursor| cursor.0)
    }

    /// Makes a page of the rows that the probe brought.
    pub(crate) fn page<T>(self, mut items: Vec<T>, id: impl Fn(&T) -> Uuid) -> Page<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|item| Cursor(id(item)));
        Page { items, next }
    }
}
