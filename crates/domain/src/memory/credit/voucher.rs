//! Who vouches for a remedy, as those are told to whom it is served.

use super::{Proof, Trust};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who vouches for a remedy. It is trust, but for what our own worker did and has not seen to work:
/// nobody vouches for that yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Voucher {
    /// Nobody: somebody marked it as wrong.
    Flagged,
    /// An external agent says that it works.
    Reported,
    /// Nobody yet: our own worker did it, and no run has shown that it works.
    Unverified,
    /// Our own worker saw the check hold.
    Verified,
    /// A human.
    Human,
}

impl Voucher {
    /// Who vouches for what has this trust and this proof.
    #[must_use]
    pub const fn of(trust: Trust, proof: &Proof) -> Self {
        match trust {
            Trust::Flagged => Self::Flagged,
            Trust::Reported => Self::Reported,
            Trust::Verified if proof.worked == 0 => Self::Unverified,
            Trust::Verified => Self::Verified,
            Trust::Human => Self::Human,
        }
    }

    /// The name as it stands in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Flagged => "flagged",
            Self::Reported => "reported",
            Self::Unverified => "unverified",
            Self::Verified => "verified",
            Self::Human => "human",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_never_worked_is_verified_by_nobody() {
        let worked = Proof { worked: 1, ..Proof::default() };
        for (trust, proof, expected) in [
            (Trust::Verified, &worked, Voucher::Verified),
            (Trust::Verified, &Proof { unverified: 2, ..Proof::default() }, Voucher::Unverified),
            (Trust::Verified, &Proof { failed: 4, ..Proof::default() }, Voucher::Unverified),
            (Trust::Human, &Proof::default(), Voucher::Human),
            (Trust::Reported, &Proof::default(), Voucher::Reported),
            (Trust::Flagged, &worked, Voucher::Flagged),
        ] {
            let found = Voucher::of(trust, proof);
            assert_eq!(found, expected, "{trust:?} {proof:?}");
            assert_eq!(serde_json::to_value(found).unwrap(), found.as_str());
        }
    }
}
