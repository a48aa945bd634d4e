//! The bodies that go to and fro.

use serde::{Deserialize, Serialize};

#[derive(Serialize)]
struct Question<'a> {
    model: &'a str,
    input: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dimensions: Option<usize>,
}

/// The body that asks for vectors.
pub(super) fn question(
    model: &str,
    texts: &[String],
    dimensions: Option<usize>,
) -> serde_json::Value {
    // An empty text is refused by some.
    let input = texts.iter().map(|text| if text.is_empty() { " " } else { text.as_str() });
    let question = Question { model, input: input.collect(), dimensions };
    // Strings and a number always become JSON.
    serde_json::to_value(question).unwrap_or_default()
}

/// What comes back.
#[derive(Deserialize)]
pub(super) struct Answer {
    data: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    embedding: Vec<f32>,
    /// Which text it is of. Where it is left out, they are in order.
    index: Option<usize>,
}

impl Answer {
    pub(super) fn read(body: &[u8]) -> Result<Self, String> {
        // What serde says of it may quote it.
        serde_json::from_slice(body).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            format!("its answer cannot be read (line {line}, column {column})")
        })
    }

    /// The vectors in the order of the texts.
    pub(super) fn in_order(self, texts: usize) -> Result<Vec<Vec<f32>>, String> {
        let came = self.data.len();
        let mut vectors = vec![None; texts];
        for (place, item) in self.data.into_iter().enumerate() {
            let index = item.index.unwrap_or(place);
            if let Some(vector) = vectors.get_mut(index) {
                *vector = Some(item.embedding);
            }
        }
        let whole: Option<Vec<_>> = vectors.into_iter().collect();
        whole
            .filter(|_| came == texts)
            .ok_or_else(|| format!("{came} vectors came for {texts} texts, or not one for each"))
    }
}

/// The code of an error, if its body has one in any of the usual places. Never its sentence, which may
/// quote the texts that were sent.
pub(super) fn error_code(body: &[u8]) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    let places = ["/error/code", "/error/type", "/error_type", "/code", "/type"];
    places.iter().find_map(|place| match body.pointer(place)? {
        serde_json::Value::String(code) => is_code(code).then(|| code.clone()),
        serde_json::Value::Number(code) => Some(code.to_string()),
        _ => None,
    })
}

/// `insufficient_quota`, `BadRequestError`: one word, and no key, address or sentence.
fn is_code(text: &str) -> bool {
    let fits = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    fits && (1..=40).contains(&text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, texts: usize, expected: Option<&[f32]>) {
        let answer = Answer::read(body.as_bytes()).and_then(|answer| answer.in_order(texts));
        let numbers = answer.ok().map(|vectors| vectors.concat());
        assert_eq!(numbers.as_deref(), expected, "{body}");
    }

    #[test]
    fn vectors_are_put_in_the_order_of_the_texts() {
        let both = Some(&[1.0, 2.0][..]);
        let body = r#"{"data": [{"index": 1, "embedding": [2]}, {"index": 0, "embedding": [1]}]}"#;
        check(body, 2, both);
        check(r#"{"data": [{"embedding": [1]}, {"embedding": [2]}], "model": "m"}"#, 2, both);
        check(r#"{"data": []}"#, 0, Some(&[]));
    }

    #[test]
    fn an_answer_that_is_not_one_vector_for_each_text_is_refused() {
        check(r#"{"data": [{"index": 0, "embedding": [1]}]}"#, 2, None);
        let twice = r#"{"data": [{"index": 0, "embedding": [1]}, {"index": 0, "embedding": [1]}]}"#;
        check(twice, 2, None);
        check(twice, 1, None);
        check(r#"{"data": [{"index": 9, "embedding": [1]}]}"#, 1, None);
        check(r#"{"data": [{"index": 0, "embedding": "AAAA"}]}"#, 1, None);
        check("<html>", 1, None);
    }

    #[test]
    fn an_error_is_told_by_its_code_and_never_by_its_sentence() {
        let found = |body: &str| error_code(body.as_bytes());
        let quoting =
            r#"{"error": {"message": "bad: Jane", "code": "bad: Jane", "type": "bad_input"}}"#;
        assert_eq!(found(quoting).unwrap(), "bad_input");
        assert_eq!(found(r#"{"error": {"code": null, "type": "requests"}}"#).unwrap(), "requests");
        assert_eq!(
            found(r#"{"error": "too long: Jane", "error_type": "Validation"}"#).unwrap(),
            "Validation"
        );
        assert_eq!(found(r#"{"message": "no", "code": 400}"#).unwrap(), "400");
        assert_eq!(found(r#"{"error": {"type": "sk-very-secret"}}"#), None);
        assert_eq!(found(r#"{"error": "not found", "detail": "not found"}"#), None);
        assert_eq!(found("Bad Gateway"), None);
    }

    #[test]
    fn an_answer_that_cannot_be_read_is_not_quoted() {
        let Err(told) = Answer::read(br#"{"data": "Jane"}"#) else { panic!("it was read") };
        assert!(!told.contains("Jane") && told.contains("column"), "{told}");
    }
}
