//! Ids made from content: the same facts give the same ids, whenever memory is rebuilt.

use crate::id::ProjectId;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A UUID (version 8) of a project and some content. The parts are told apart by their lengths.
pub(crate) fn content_id(project: ProjectId, parts: &[&str]) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(project.as_uuid().as_bytes());
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// The JSON of something whose fields have a fixed order.
pub(crate) fn canonical(content: &impl serde::Serialize) -> String {
    // Forms hold nothing that JSON cannot say: no maps with odd keys.
    serde_json::to_string(content).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_of_its_project_and_its_content_and_of_nothing_else() {
        let project = |number: u128| ProjectId::from_uuid(Uuid::from_u128(number));
        let id = content_id(project(1), &["ab", "c"]);
        assert_eq!(id, content_id(project(1), &["ab", "c"]));
        assert_eq!(id.get_version_num(), 8);
        assert_ne!(id, content_id(project(2), &["ab", "c"]));
        assert_ne!(id, content_id(project(1), &["a", "bc"]));
        assert_ne!(id, content_id(project(1), &["abc"]));
    }
}
