//! `cargo xtask bench recall`.

fn main() -> anyhow::Result<()> {
    testkit::bench::recall(include_str!("../recall/corpus.json"))
}
