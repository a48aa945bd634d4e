//! `cargo xtask bench queue`.

fn main() -> anyhow::Result<()> {
    testkit::bench::queue()
}
