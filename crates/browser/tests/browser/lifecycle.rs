//! Browsers come and go: limits, crashes, replacement, and nothing left behind.

use super::harness::{chromium, options, profiles, runtime, until};
use super::proc::{Process, family};
use browser::{BrowserOptions, BrowserPool};
use domain::failure::{ErrorClass, Failure};
use domain::plan::{Action, Conditions, Glob, Locator, Target};
use domain::ports::{Browsers as _, Session, SessionOptions};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use testkit::site::FixtureSite;

pub(super) const LONG: Duration = Duration::from_secs(20);

/// A pool of its own for one test.
pub(super) struct Own {
    site: FixtureSite,
    pub(super) profiles: TempDir,
    pub(super) pool: Arc<BrowserPool>,
}

pub(super) fn with_pool(
    change: impl FnOnce(BrowserOptions) -> BrowserOptions,
    test: impl AsyncFnOnce(&Own),
) {
    runtime().block_on(async {
        let (site, profiles) = (FixtureSite::start().await, profiles());
        let pool = BrowserPool::start(change(options(&profiles, &site))).await.unwrap();
        let own = Own { site, profiles, pool };
        test(&own).await;
        own.pool.stop().await;
        assert_eq!(leftovers(own.profiles.path()), 0);
    });
}

pub(super) fn leftovers(profiles: &Path) -> usize {
    std::fs::read_dir(profiles).unwrap().count()
}

impl Own {
    pub(super) async fn open(&self) -> Box<dyn Session> {
        self.pool.open(SessionOptions::default()).await.unwrap()
    }

    pub(super) async fn go(&self, session: &mut dyn Session, path: &str) -> Result<(), Failure> {
        let action = Action::Navigate { url: format!("{}{path}", self.site.url()) };
        session.act(&action, LONG).await.map(|_| ())
    }

    pub(super) fn browser(&self) -> Process {
        Process::of(self.pool.stats().pids[0]).unwrap()
    }
}

/// Clicks on something that never comes.
fn hopeless() -> Action {
    let locator = Locator::Css { selector: "#never".into() };
    Action::Click { target: Target { locator, exact: true, within: None, nth: None } }
}

#[test]
fn a_killed_browser_fails_the_step_and_the_next_session_has_a_fresh_one() {
    with_pool(
        |options| options,
        async |own| {
            let mut session = own.open().await;
            own.go(&mut *session, "/form").await.unwrap();
            let browser = own.browser();
            let hopeless = hopeless();
            let (failed, ()) = tokio::join!(session.act(&hopeless, LONG), async { browser.kill() });
            assert_eq!(failed.unwrap_err().class, ErrorClass::BrowserCrashed);
            let again = session.observe().await.unwrap_err();
            assert_eq!(again.class, ErrorClass::BrowserCrashed);
            session.close().await;

            let mut session = own.open().await;
            own.go(&mut *session, "/form").await.unwrap();
            session.close().await;
            let stats = own.pool.stats();
            assert_eq!((stats.launches, stats.crashes, stats.sessions_open), (2, 1, 0));
        },
    );
}

#[test]
fn a_killed_tab_is_a_crash_of_its_session_only() {
    with_pool(
        |options| options,
        async |own| {
            let mut session = own.open().await;
            own.go(&mut *session, "/form").await.unwrap();
            let hopeless = hopeless();
            let kill = async {
                let is_tab =
                    |process: &&Process| process.command_line().contains("--type=renderer");
                family(own.browser().pid).iter().filter(is_tab).for_each(Process::kill);
            };
            let (failed, ()) = tokio::join!(session.act(&hopeless, LONG), kill);
            let failure = failed.unwrap_err();
            assert_eq!(failure.class, ErrorClass::BrowserCrashed);
            assert!(failure.message.contains("the tab crashed"), "{failure}");
            session.close().await;
            let mut session = own.open().await;
            own.go(&mut *session, "/form").await.unwrap();
            session.close().await;
            assert_eq!(own.pool.stats().launches, 1);
        },
    );
}

#[test]
fn opening_waits_for_a_free_slot() {
    with_pool(
        |options| BrowserOptions { max_sessions: 2, ..options },
        async |own| {
            let first = own.open().await;
            let _second = own.open().await;
            let mut third = std::pin::pin!(own.open());
            assert!(futures::poll!(third.as_mut()).is_pending());
            assert_eq!(own.pool.stats().sessions_open, 2);
            first.close().await;
            third.await.close().await;
        },
    );
}

#[test]
fn a_session_that_is_dropped_gives_its_slot_back() {
    with_pool(
        |options| BrowserOptions { max_sessions: 1, ..options },
        async |own| {
            drop(own.open().await);
            own.open().await.close().await;
            until("no session is open", || own.pool.stats().sessions_open == 0).await;
            assert_eq!(own.pool.stats().sessions_opened, 2);
        },
    );
}

#[test]
fn a_worn_out_browser_is_replaced_and_ends_with_its_last_session() {
    with_pool(
        |options| BrowserOptions { recycle_after: 2, ..options },
        async |own| {
            let old = own.browser();
            let mut first = own.open().await;
            let second = own.open().await;
            let third = own.open().await;
            let new = own.browser();
            assert_ne!(old, new);
            second.close().await;
            own.go(&mut *first, "/form").await.unwrap();
            assert!(old.is_running());
            first.close().await;
            until("the old browser ended", || !old.is_running()).await;
            until("its profile is removed", || leftovers(own.profiles.path()) == 1).await;
            assert!(new.is_running());
            third.close().await;
            assert_eq!(own.pool.stats().crashes, 0);
        },
    );
}

#[test]
fn sessions_are_spread_over_processes() {
    let few = |options| BrowserOptions { max_sessions: 2, sessions_per_process: 1, ..options };
    with_pool(few, async |own| {
        let (first, second) = (own.open().await, own.open().await);
        assert_eq!(own.pool.stats().pids.len(), 2);
        first.close().await;
        second.close().await;
    });
}

#[test]
fn stopping_leaves_nothing_running() {
    with_pool(
        |options| options,
        async |own| {
            let mut session = own.open().await;
            own.go(&mut *session, "/frames").await.unwrap();
            let family = family(own.browser().pid);
            assert!(family.len() >= 4, "{family:?}");
            own.pool.stop().await;
            until("all its processes ended", || !family.iter().any(Process::is_running)).await;
            let failure = session.observe().await.unwrap_err();
            assert_eq!(failure.class, ErrorClass::BrowserCrashed);
            let refused = own.pool.open(SessionOptions::default()).await.map(|_| ()).unwrap_err();
            assert_eq!(refused.class, ErrorClass::BrowserCrashed);
            assert!(own.pool.health().await.is_err());
        },
    );
}

#[test]
fn a_file_that_is_too_large_does_not_arrive() {
    with_pool(
        |options| BrowserOptions { max_download_bytes: 100_000, ..options },
        async |own| {
            let mut session = own.open().await;
            own.go(&mut *session, "/download/big.bin?bytes=300000").await.unwrap();
            let download = Some(Glob::new("big.bin"));
            let expect = Conditions { download, ..Conditions::default() };
            let failure = session.check(&expect, Duration::from_secs(2)).await.unwrap_err();
            assert_eq!(failure.class, ErrorClass::DownloadFailed);
            assert!(failure.message.contains("larger than the 100000 bytes"), "{failure}");
            assert!(session.observe().await.unwrap().downloads.is_empty());
            session.close().await;
        },
    );
}

#[test]
fn sockets_to_allowed_addresses_go_through() {
    runtime().block_on(async {
        let (site, profiles) = (FixtureSite::start().await, profiles());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let options = options(&profiles, &site);
        let egress = options.egress.clone().and(&address.to_string()).unwrap();
        let pool = BrowserPool::start(BrowserOptions { egress, ..options }).await.unwrap();
        let mut session = pool.open(SessionOptions::default()).await.unwrap();
        // The page asks the address for more than a socket; only that it sends is of interest.
        let url = format!("{}/egress?to=http://{address}/", site.url());
        session.act(&Action::Navigate { url }, LONG).await.unwrap();
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            if tokio_tungstenite::accept_async(stream).await.is_ok() {
                break;
            }
        }
        let text = Some("socket opened".into());
        session.check(&Conditions { text, ..Conditions::default() }, LONG).await.unwrap();
        session.close().await;
        pool.stop().await;
    });
}

#[test]
fn nothing_outlives_a_process_that_is_killed() {
    let profiles = profiles();
    // `cargo test` builds the examples beside the tests.
    let tests = std::env::current_exe().unwrap();
    let example = tests.parent().unwrap().parent().unwrap().join("examples/hold");
    let mut child = Command::new(example)
        .arg(profiles.path())
        .arg(chromium())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let pid = lines
        .map_while(Result::ok)
        .find_map(|line| line.split_once("browser ").and_then(|(_, pid)| pid.trim().parse().ok()))
        .expect("the child tells which browser it has");
    let family = family(pid);
    assert!(family.len() >= 4 && leftovers(profiles.path()) == 1);
    child.kill().unwrap();
    child.wait().unwrap();
    runtime().block_on(async {
        until("all its processes ended", || !family.iter().any(Process::is_running)).await;
        assert_eq!(leftovers(profiles.path()), 1);
        assert_eq!(browser::sweep(profiles.path()).unwrap(), 1);
        assert_eq!(leftovers(profiles.path()), 0);
    });
}
