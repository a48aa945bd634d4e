//! A vector as a parameter of bare SQL.

use crate::bench::rows::halfvec;
use sqlx::encode::{Encode, IsNull};
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo};
use sqlx::{Postgres, Type};

/// The vector of a text, in half precision.
pub(in crate::bench) struct Meaning<'a>(pub(in crate::bench) &'a [f32]);

impl Type<Postgres> for Meaning<'_> {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("halfvec")
    }
}

impl Encode<'_, Postgres> for Meaning<'_> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend(halfvec(self.0));
        Ok(IsNull::No)
    }
}
