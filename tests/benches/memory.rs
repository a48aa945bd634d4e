//! `cargo xtask bench memory`.

fn main() -> anyhow::Result<()> {
    testkit::bench::memory()
}
