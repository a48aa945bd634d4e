//! Opens a session and holds it until it is killed: what becomes of the browser then is tested in
//! `tests/browser/lifecycle.rs`.

#![expect(clippy::expect_used, reason = "the test that started it sees why it ended")]

use browser::{BrowserOptions, BrowserPool, BrowserSource, find_chromium};
use domain::ports::{Browsers as _, SessionOptions};
use std::io::Write as _;

#[tokio::main]
async fn main() {
    let mut args = std::env::args_os().skip(1);
    let profiles_dir = args.next().expect("the directory for profiles").into();
    let executable = args.next().map(Into::into).or_else(find_chromium).expect("a browser");
    let source = BrowserSource::Local { executable, profiles_dir, run_as: None };
    let pool = BrowserPool::start(BrowserOptions::new(source)).await.expect("a pool");
    let _session = pool.open(SessionOptions::default()).await.expect("a session");
    writeln!(std::io::stdout(), "browser {}", pool.stats().pids[0]).expect("standard output");
    std::future::pending::<()>().await;
}
