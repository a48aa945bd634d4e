//! Whom the browser runs as.
//!
//! Chrome refuses to run as root with its sandbox on, and a browser that opens strangers' pages
//! should own nothing. So as root it runs as another user, and not as the one the database has.

use crate::error::StartError;
use nix::unistd::{Gid, Uid};

/// A user without privileges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) uid: Uid,
    pub(crate) gid: Gid,
}

const PREFERRED: &str = "waymark-browser";
const FALLBACK: &str = "nobody";

impl User {
    /// The user to drop to; `None` when we are not root and stay who we are.
    pub(crate) fn to_drop_to(wanted: Option<&str>) -> Result<Option<Self>, StartError> {
        if !Uid::effective().is_root() {
            return Ok(None);
        }
        let names = match wanted {
            Some(name) => vec![name],
            None => vec![PREFERRED, FALLBACK],
        };
        names
            .iter()
            .find_map(|name| Self::find(name))
            .map(Some)
            .ok_or_else(|| StartError::NoUser(names.join("` or `")))
    }

    fn find(name: &str) -> Option<Self> {
        if let Ok(id) = name.parse() {
            return Some(Self { uid: Uid::from_raw(id), gid: Gid::from_raw(id) });
        }
        let user = nix::unistd::User::from_name(name).ok().flatten()?;
        Some(Self { uid: user.uid, gid: user.gid })
    }
}
