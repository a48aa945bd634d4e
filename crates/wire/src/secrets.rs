//! The secrets of a request, which do not print themselves.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Secret values by name. They are encrypted at rest and exist in the browser call only: never in a
/// trace, a log or an answer.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secrets(pub BTreeMap<String, String>);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_print_their_names_only() {
        let secrets = Secrets(BTreeMap::from([("pin".into(), "hunter2".into())]));
        assert_eq!(format!("{secrets:?}"), "{\"pin\"}");
    }
}
