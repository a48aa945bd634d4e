//! Rows in the binary form of `COPY`: the fastest way into a table that Postgres has.

use chrono::{DateTime, Utc};
use uuid::Uuid;

const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";

/// 2000-01-01T00:00:00Z, from where Postgres counts, in microseconds since 1970.
const EPOCH: i64 = 946_684_800_000_000;

/// Rows of one table.
pub(super) struct Rows(Vec<u8>);

impl Rows {
    pub(super) fn new() -> Self {
        let mut rows = SIGNATURE.to_vec();
        // No flags, no further header.
        rows.extend([0; 8]);
        Self(rows)
    }

    /// Begins a row of so many fields.
    pub(super) fn row(&mut self, fields: i16) -> &mut Self {
        self.0.extend(fields.to_be_bytes());
        self
    }

    pub(super) fn null(&mut self) -> &mut Self {
        self.0.extend((-1_i32).to_be_bytes());
        self
    }

    pub(super) fn bytes(&mut self, value: &[u8]) -> &mut Self {
        let length = i32::try_from(value.len()).unwrap_or(i32::MAX);
        self.0.extend(length.to_be_bytes());
        self.0.extend(value);
        self
    }

    pub(super) fn text(&mut self, value: &str) -> &mut Self {
        self.bytes(value.as_bytes())
    }

    pub(super) fn uuid(&mut self, value: Uuid) -> &mut Self {
        self.bytes(value.as_bytes())
    }

    pub(super) fn integer(&mut self, value: i32) -> &mut Self {
        self.bytes(&value.to_be_bytes())
    }

    pub(super) fn bigint(&mut self, value: i64) -> &mut Self {
        self.bytes(&value.to_be_bytes())
    }

    pub(super) fn time(&mut self, value: DateTime<Utc>) -> &mut Self {
        self.bigint(value.timestamp_micros() - EPOCH)
    }

    pub(super) fn jsonb(&mut self, value: &str) -> &mut Self {
        let versioned: Vec<u8> = std::iter::once(1).chain(value.bytes()).collect();
        self.bytes(&versioned)
    }

    /// The rows, with what marks their end.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.row(-1);
        self.0
    }
}
