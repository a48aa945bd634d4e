//! A JSON body, read whole and refused with the field to blame.

use super::shape::misread;
use crate::AppState;
use crate::problem::ApiError;
use axum::body::{Body as Incoming, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use domain::invalid::Invalid;
use futures::StreamExt as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

/// A JSON body.
pub(crate) struct Body<T>(pub(crate) T);

/// What is read past the limit, so that a client that is still sending gets to hear why not.
const DRAINED: usize = 64 * 1024 * 1024;

impl<T: DeserializeOwned + Serialize> FromRequest<AppState> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &AppState) -> Result<Self, ApiError> {
        check_media_type(request.headers())?;
        let reading = read(request.into_body(), app.limits.body_bytes);
        let bytes = tokio::time::timeout(app.limits.body_time, reading)
            .await
            .map_err(|_| ApiError::BodyTimedOut)??;
        parse(&bytes).map(Self)
    }
}

fn check_media_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let given = headers
        .get(CONTENT_TYPE)
        .map_or("nothing", |value| value.to_str().unwrap_or("something unreadable"));
    let essence = given.split(';').next().unwrap_or_default().trim();
    let is_json = essence.eq_ignore_ascii_case("application/json")
        || (essence.starts_with("application/") && essence.ends_with("+json"));
    if is_json {
        Ok(())
    } else {
        Err(ApiError::UnsupportedMediaType(essence.chars().take(100).collect()))
    }
}

async fn read(body: Incoming, limit: usize) -> Result<Vec<u8>, ApiError> {
    let mut chunks = body.into_data_stream();
    let mut bytes = Vec::new();
    let mut length = 0;
    while let Some(chunk) = chunks.next().await {
        let chunk: Bytes = chunk.map_err(|_| ApiError::BodyBroken)?;
        length += chunk.len();
        if length <= limit {
            bytes.extend_from_slice(&chunk);
        } else if length > limit + DRAINED {
            break;
        }
    }
    if length > limit {
        return Err(ApiError::BodyTooLarge(limit));
    }
    Ok(bytes)
}

/// Text that is not JSON is malformed; JSON of another form than asked for is invalid.
fn parse<T: DeserializeOwned + Serialize>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut reader);
    let malformed = |error: serde_json::Error| ApiError::MalformedJson(error.to_string());
    match read {
        Ok(value) => {
            reader.end().map_err(malformed)?;
            as_given(bytes, value)
        }
        Err(error) => {
            let path = error.path().to_string();
            let error = error.into_inner();
            Err(match error.classify() {
                Category::Data => ApiError::InvalidBody(vec![misfit(&path, &error)]),
                Category::Syntax | Category::Eof | Category::Io => malformed(error),
            })
        }
    }
}

/// The value, if it says what was given.
fn as_given<T: Serialize>(bytes: &[u8], value: T) -> Result<T, ApiError> {
    let given = serde_json::from_slice(bytes);
    let read = serde_json::to_value(&value);
    let (given, read) = given
        .and_then(|given| Ok((given, read?)))
        .map_err(|error| ApiError::Internal(Box::new(error)))?;
    match misread(&given, &read, "") {
        None => Ok(value),
        Some(fault) => Err(ApiError::InvalidBody(vec![named(fault)])),
    }
}

/// Which field does not fit, and why.
fn misfit(path: &str, error: &serde_json::Error) -> Invalid {
    let message = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    let message = message.strip_suffix(&position).unwrap_or(&message);
    named(super::words::fault(path, &without_value(message)))
}

/// What is wrong with the whole has a name too.
fn named(mut fault: Invalid) -> Invalid {
    if fault.field.is_empty() {
        fault.field = "body".into();
    }
    fault
}

/// serde repeats the text it did not expect, and it may be a secret that stands in the wrong place.
fn without_value(message: &str) -> String {
    for given in ["invalid type: string \"", "invalid value: string \""] {
        if let (Some(_), Some(end)) = (message.strip_prefix(given), message.rfind("\", expected "))
        {
            let kind = given.trim_end_matches(" string \"");
            return format!("{kind} a string, {}", &message[end + 3..]);
        }
    }
    message.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_task(text: &str) -> ApiError {
        parse::<wire::CreateTask>(text.as_bytes()).err().unwrap()
    }

    #[track_caller]
    fn check(text: &str, field: &str, says: &str) {
        match parse_task(text) {
            ApiError::InvalidBody(errors) => {
                assert_eq!(errors[0].field, field, "{errors:?}");
                assert!(errors[0].message.contains(says), "{errors:?}");
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let plan = r#""goal": "g", "start_url": "u", "plan": {"steps": []}"#;
        check(r#"{"goal": 5}"#, "goal", "integer `5`, expected a string");
        check(r#"{"gaol": "x"}"#, "gaol", "unknown field");
        check(r#"{"goal": "g"}"#, "start_url", "missing");
        check(&format!(r#"{{{plan}, "priority": 1.5}}"#), "priority", "1.5");
        check(&format!(r#"{{{plan}, "limits": {{"hours": 1}}}}"#), "limits.hours", "unknown");
        check(&format!(r#"{{{plan}, "goal": "h"}}"#), "goal", "duplicate");
        check("[]", "body", "must be an object");
        check("null", "body", "must be an object");
        let step = r#"{"goal": "g", "start_url": "u", "plan": {"steps": [{"action": "jump"}]}}"#;
        check(step, "plan.steps[0].action", "unknown variant");
        let step = r#"{"goal": "g", "start_url": "u", "plan": {"steps": [{"action": "click", "target": {"xpaht": ""}}]}}"#;
        check(step, "plan.steps[0].target.xpaht", "unknown field");
        let step = r#"{"goal": "g", "start_url": "u", "plan": {"steps": [{"action": "fill", "format": "D.M.Y"}]}}"#;
        check(step, "plan.steps[0].format", "expected one of `YYYY-MM-DD`");
    }

    #[test]
    fn what_would_be_right_is_said_as_in_json() {
        let task = |more: &str| {
            format!(r#"{{"goal": "g", "start_url": "u", "plan": {{"steps": []}}, {more}}}"#)
        };
        check(&task(r#""priority": "high""#), "priority", "a string, expected a whole number");
        check(&task(r#""inputs": [1]"#), "inputs", "an array, expected an object");
        let steps = r#"{"goal": "g", "start_url": "u", "plan": {"steps": {"a": 1}}}"#;
        check(steps, "plan.steps", "has an invalid type: an object, expected an array");
        let tried = r#"{"url": "u", "intent": "i", "message": "m", "tried": [{"remedy_id": ID}]}"#;
        for (id, says) in [
            ("\"nope\"", "must be a UUID, as in 0198"),
            ("5", "has an invalid type: integer `5`, expected a UUID, as in 0198"),
        ] {
            match parse::<wire::AskMemory>(tried.replace("ID", id).as_bytes()).err() {
                Some(ApiError::InvalidBody(errors)) => {
                    assert_eq!(errors[0].field, "tried[0].remedy_id", "{errors:?}");
                    assert!(errors[0].message.starts_with(says), "{errors:?}");
                }
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn an_array_is_not_an_object_and_an_object_is_not_a_name() {
        let task = |limits: &str, step: &str| {
            format!(
                r#"{{"goal": "g", "start_url": "u", "limits": {limits}, "plan": {{"steps": [{step}]}}}}"#
            )
        };
        check(&task("[null, 5]", ""), "limits", "an object, not an array");
        let step = r#"{"action": {"back": null}}"#;
        check(&task("{}", step), "plan.steps[0].action", "a string, not an object");
        let step = r#"{"action": "scroll", "by": [1, 2]}"#;
        check(&task("{}", step), "plan.steps[0].by", "an object, not an array");
        check(r#"["g", "u", null, "a", {"steps": []}]"#, "body", "an object, not an array");
        let step = r#"{"action": "back", "target": null, "fallbacks": [], "screenshot": false}"#;
        assert!(parse::<wire::CreateTask>(task("{}", step).as_bytes()).is_ok());
    }

    #[test]
    fn a_misplaced_secret_is_not_repeated() {
        let text = r#"{"goal": "g", "start_url": "u", "plan": {"steps": []}, "secrets": "hunter2\", expected "}"#;
        check(text, "secrets", "invalid type: a string, expected an object");
    }

    #[test]
    fn what_is_not_json_says_where() {
        for text in ["", "{", "{\"goal\": }", "{} {}", "\u{feff}{}", "{\"goal\": \"\\ud800\"}"] {
            match parse::<serde_json::Value>(text.as_bytes()).err() {
                Some(ApiError::MalformedJson(says)) => assert!(says.contains("line 1"), "{says}"),
                other => panic!("{text}: {other:?}"),
            }
        }
        assert!(matches!(
            parse::<serde_json::Value>(b"{\"a\": \"\xff\"}"),
            Err(ApiError::MalformedJson(_))
        ));
        let deep = "[".repeat(100_000);
        assert!(matches!(
            parse::<serde_json::Value>(deep.as_bytes()),
            Err(ApiError::MalformedJson(_))
        ));
    }
}
