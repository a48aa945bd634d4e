//! `cargo xtask bench drift`.

fn main() -> anyhow::Result<()> {
    testkit::bench::drift()
}
