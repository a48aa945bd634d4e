//! What is wrong with an input: which field, and what would be right.

use serde::{Deserialize, Serialize};

/// One fault in what a client sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Invalid {
    /// Path of the field, as in `plan.steps[2].target.css`.
    pub field: String,
    /// What is wrong with it and what would be right.
    pub message: String,
}

/// Collects every fault of an input, so that a client mends them in one go.
#[derive(Debug, Default)]
pub struct Faults(Vec<Invalid>);

impl Faults {
    /// Notes a fault.
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push(Invalid { field: field.into(), message: message.into() });
    }

    /// Keeps the value of an `Ok`; notes the message of an `Err`.
    pub fn keep<T>(&mut self, field: &str, result: Result<T, impl ToString>) -> Option<T> {
        result.map_err(|error| self.add(field, error.to_string())).ok()
    }

    /// The value, if nothing was wrong.
    ///
    /// # Errors
    /// Every fault noted so far.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Vec<Invalid>> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(self.0),
        }
    }

    /// How much was wrong so far.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was wrong so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
