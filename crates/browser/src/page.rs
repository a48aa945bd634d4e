//! The scripts that work inside pages, in a world of their own which the page cannot see.

/// The name of our isolated world.
pub(crate) const WORLD: &str = "waymark";

/// What is installed into every document, once.
pub(crate) fn source() -> &'static str {
    concat!(
        "'use strict';(() => {\nif (globalThis.waymark) return;\n",
        include_str!("page/dom.js"),
        include_str!("page/aria.js"),
        include_str!("page/locate.js"),
        include_str!("page/fingerprint.js"),
        include_str!("page/wait.js"),
        include_str!("page/ready.js"),
        include_str!("page/pointer.js"),
        include_str!("page/fields.js"),
        include_str!("page/read.js"),
        include_str!("page/conditions.js"),
        include_str!("page/observe.js"),
        include_str!("page/cover.js"),
        include_str!("page/main.js"),
        "})();\n",
    )
}
