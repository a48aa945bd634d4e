//! The scripts that work inside pages, in a world of their own which the page cannot see.

use std::sync::LazyLock;

/// The name of our isolated world.
pub(crate) const WORLD: &str = "waymark";

const SOURCE: &str = concat!(
    "'use strict';(() => {\nif (globalThis.waymark) return;\n",
    include_str!("page/dom.js"),
    include_str!("page/aria.js"),
    include_str!("page/locate.js"),
    include_str!("page/fingerprint.js"),
    include_str!("page/wait.js"),
    include_str!("page/ready.js"),
    include_str!("page/pointer.js"),
    include_str!("page/typing.js"),
    include_str!("page/fields.js"),
    include_str!("page/read.js"),
    include_str!("page/conditions.js"),
    include_str!("page/landmarks.js"),
    include_str!("page/observe.js"),
    include_str!("page/keep.js"),
    include_str!("page/cover.js"),
    include_str!("page/main.js"),
    "})();\n",
);

/// What is installed into every document, once: without comments and indentation, because the
/// browser scans all of it for every document.
pub(crate) fn source() -> &'static str {
    static STRIPPED: LazyLock<String> = LazyLock::new(|| {
        let telling = |line: &&str| !line.is_empty() && !line.starts_with("//");
        SOURCE.lines().map(str::trim).filter(telling).collect::<Vec<_>>().join("\n")
    });
    &STRIPPED
}
