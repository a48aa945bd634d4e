//! `cargo xtask bench browser`.

fn main() -> anyhow::Result<()> {
    testkit::bench::browser(include_str!("playwright.mjs"))
}
