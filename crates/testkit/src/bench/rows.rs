//! Rows in the binary form of `COPY`: the fastest way into a table that Postgres has.

use chrono::{DateTime, Utc};
use half::f16;
use uuid::Uuid;

const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";

/// 2000-01-01T00:00:00Z, from where Postgres counts, in microseconds since 1970.
const EPOCH: i64 = 946_684_800_000_000;

/// Rows of one table.
pub(super) struct Rows(Vec<u8>);

impl Default for Rows {
    fn default() -> Self {
        Self::new()
    }
}

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

    pub(super) fn smallint(&mut self, value: i16) -> &mut Self {
        self.bytes(&value.to_be_bytes())
    }

    pub(super) fn boolean(&mut self, value: bool) -> &mut Self {
        self.bytes(&[value.into()])
    }

    /// A vector of half precision, as pgvector reads it.
    pub(super) fn halfvec(&mut self, value: &[f32]) -> &mut Self {
        self.bytes(&halfvec(value))
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

/// The binary form of a `halfvec`: its length, two unused bytes, its numbers.
pub(super) fn halfvec(value: &[f32]) -> Vec<u8> {
    let dimensions = u16::try_from(value.len()).unwrap_or(u16::MAX);
    let mut bytes = Vec::with_capacity(4 + 2 * value.len());
    bytes.extend(dimensions.to_be_bytes());
    bytes.extend([0; 2]);
    for number in value {
        bytes.extend(f16::from_f32(*number).to_bits().to_be_bytes());
    }
    bytes
}
