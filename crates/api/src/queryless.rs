//! Operations that take no query refuse one, as the others refuse what they do not know.

use crate::problem::ApiError;
use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use domain::invalid::Invalid;
use std::collections::HashSet;
use std::sync::Arc;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{OpenApi, RefOr};

/// The operations that take no query, by what the document says of them.
#[derive(Clone)]
pub(crate) struct Queryless(Arc<HashSet<(Method, String)>>);

impl Queryless {
    pub(crate) fn of(document: &OpenApi) -> Self {
        let all = document.paths.paths.iter().filter(|(path, _)| path.starts_with("/v1/"));
        let operations = all.flat_map(|(path, item)| {
            let by_method = [
                (Method::GET, &item.get),
                (Method::HEAD, &item.get),
                (Method::POST, &item.post),
                (Method::PUT, &item.put),
                (Method::DELETE, &item.delete),
            ];
            let queryless = by_method.into_iter().filter(|(_, it)| takes_no_query(it.as_ref()));
            queryless.map(|(method, _)| (method, path.clone()))
        });
        Self(Arc::new(operations.collect()))
    }
}

fn takes_no_query(operation: Option<&Operation>) -> bool {
    operation.is_some_and(|operation| {
        let mut parameters = operation.parameters.iter().flatten();
        parameters.all(|it| matches!(it, RefOr::T(it) if it.parameter_in != ParameterIn::Query))
    })
}

/// Refuses a query that would be ignored.
pub(crate) async fn refuse(
    State(Queryless(operations)): State<Queryless>,
    request: Request,
    next: Next,
) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let asked = form_urlencoded::parse(query.as_bytes()).next();
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    match (asked, route) {
        (Some((key, _)), Some(route))
            if operations.contains(&(request.method().clone(), route.to_owned())) =>
        {
            let message = "is unknown: this operation takes no query".to_owned();
            ApiError::InvalidQuery(vec![Invalid { field: key.into_owned(), message }])
                .into_response()
        }
        _ => next.run(request).await,
    }
}
