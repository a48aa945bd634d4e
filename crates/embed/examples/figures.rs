//! Prints what the local model costs on this machine: `cargo run -p embed --example figures -- DIR`.

#![expect(clippy::print_stdout, reason = "its output is its purpose")]

use domain::ports::Embedder as _;
use embed::{Local, ModelFiles};
use std::path::PathBuf;
use std::time::Instant;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> Result<()> {
    let dir = std::env::args_os().nth(1).map(PathBuf::from).ok_or("name the model's directory")?;
    let since = Instant::now();
    drop(ModelFiles::read(&dir)?);
    println!("read and digest  {:>8.1?}", since.elapsed());
    let since = Instant::now();
    let model = Local::load(&dir).await?;
    println!("load             {:>8.1?}   {}", since.elapsed(), memory()?);
    let short = "the button Save is covered by a dialog";
    let middle = short.repeat(3);
    let long = short.repeat(40);
    for (name, text) in [("10 tokens", short), ("28 tokens", &middle), ("256 tokens", &long)] {
        time(&model, name, |i| vec![format!("{text}{}", i % 10)]).await?;
    }
    time(&model, "32 of 10 tokens", |i| {
        (0..32).map(|j| format!("{short}{}", (i + j) % 10)).collect()
    })
    .await?;
    println!("{}", memory()?);
    Ok(())
}

async fn time(model: &Local, name: &str, texts: impl Fn(usize) -> Vec<String>) -> Result<()> {
    let mut times = Vec::new();
    for round in 0..15 {
        let texts = texts(round);
        let since = Instant::now();
        model.embed(&texts).await?;
        times.push(since.elapsed());
    }
    times.sort();
    println!("{name:<16} {:>8.1?}", times[times.len() / 2]);
    Ok(())
}

/// What the system says about this process: resident memory, now and at most.
fn memory() -> Result<String> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let lines =
        status.lines().filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM"));
    Ok(lines.map(|line| line.replace('\t', " ")).collect::<Vec<_>>().join(", "))
}
