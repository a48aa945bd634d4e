//! Schemas of free maps: which keys, which values, how many. No derive can say it.

use utoipa::openapi::schema::{AdditionalProperties, Object, ObjectBuilder, Schema, Type};
use utoipa::openapi::{KnownFormat, SchemaFormat};

/// What can name an input or a secret.
const NAME: &str = "^[A-Za-z_][A-Za-z0-9_-]{0,63}$";

/// `inputs`.
pub(crate) fn inputs() -> Object {
    map(NAME, text().max_length(Some(10_000)), 64)
        .description(Some("Open values for placeholders: they may be seen in traces."))
        .build()
}

/// `secrets`: values of at least 4 characters, because shorter ones occur by chance everywhere and
/// cannot be kept out of a trace.
pub(crate) fn secrets() -> Object {
    let value = text()
        .min_length(Some(4))
        .max_length(Some(4096))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)));
    map(NAME, value, 64)
        .description(Some(
            "Secret values for placeholders: encrypted at rest, never in a trace, a log or an answer.",
        ))
        .write_only(true)
        .build()
}

/// `labels`.
pub(crate) fn labels() -> Object {
    map("^[A-Za-z0-9][A-Za-z0-9_./-]{0,99}$", text().max_length(Some(100)), 16)
        .description(Some("Free pairs to find the task and its runs by."))
        .build()
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn map(key: &str, value: ObjectBuilder, most: usize) -> ObjectBuilder {
    let key = text().pattern(Some(key)).build();
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .property_names(Some(Schema::Object(key)))
        .additional_properties(Some(AdditionalProperties::RefOr(
            Schema::Object(value.build()).into(),
        )))
        .max_properties(Some(most))
}
