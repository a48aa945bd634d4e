//! The problems an operation can answer with, as the OpenAPI document has them: each shared
//! response stands once among the components and is referred to.

use std::collections::BTreeMap;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{IntoResponses, PartialSchema as _, ToSchema as _};

const SHARED: [(&str, &str, &str); 11] = [
    ("400", "BadRequest", "The request cannot be read: malformed JSON, query, path or header"),
    ("401", "Unauthorized", "No API key, or one that does not work"),
    ("403", "Forbidden", "The key lacks the scope that this needs"),
    ("404", "NotFound", "There is no such thing in this project"),
    ("408", "RequestTimeout", "The body did not arrive in time"),
    ("409", "Conflict", "The state of the thing does not allow this"),
    ("413", "PayloadTooLarge", "The body is too large"),
    ("415", "UnsupportedMediaType", "The body is not said to be JSON"),
    ("422", "UnprocessableEntity", "The body is JSON, and does not say what it should"),
    ("500", "InternalServerError", "Our fault"),
    ("503", "ServiceUnavailable", "Not now; try again after `Retry-After` seconds"),
];

/// What goes among the components of the document.
pub(crate) fn shared_responses() -> impl Iterator<Item = (&'static str, Response)> {
    SHARED.into_iter().map(|(_, name, description)| {
        let schema = Ref::from_schema_name(wire::Problem::name());
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let response = ResponseBuilder::new()
            .description(description)
            .content("application/problem+json", content)
            .build();
        (name, response)
    })
}

type Responses = BTreeMap<String, RefOr<Response>>;

fn refer(statuses: &[&str]) -> Responses {
    SHARED
        .into_iter()
        .filter(|(status, ..)| statuses.contains(status))
        .map(|(status, name, _)| (status.to_owned(), RefOr::Ref(Ref::from_response_name(name))))
        .collect()
}

/// Of what needs no key.
pub(crate) struct Public;

/// Of what lists.
pub(crate) struct Lists;

/// Of what names one thing by its id.
pub(crate) struct ById;

/// Of what takes a body.
pub(crate) struct WithBody;

/// Of what takes a body about one thing.
pub(crate) struct BodyById;

impl IntoResponses for Public {
    fn responses() -> Responses {
        refer(&["500", "503"])
    }
}

impl IntoResponses for Lists {
    fn responses() -> Responses {
        refer(&["400", "401", "403", "500", "503"])
    }
}

impl IntoResponses for ById {
    fn responses() -> Responses {
        refer(&["400", "401", "403", "404", "500", "503"])
    }
}

impl IntoResponses for WithBody {
    fn responses() -> Responses {
        refer(&["400", "401", "403", "408", "413", "415", "422", "500", "503"])
    }
}

impl IntoResponses for BodyById {
    fn responses() -> Responses {
        refer(&["400", "401", "403", "404", "408", "413", "415", "422", "500", "503"])
    }
}

/// The schema that the shared responses refer to.
pub(crate) fn problem_schema() -> (String, RefOr<utoipa::openapi::Schema>) {
    (wire::Problem::name().into_owned(), wire::Problem::schema())
}
