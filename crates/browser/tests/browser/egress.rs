//! The way out: what only we can reach is refused, however a page tries.

use super::harness::{on, until, with_pages_and};
use super::pages::Pages;
use super::proc::Process;
use browser::BrowserOptions;
use domain::failure::ErrorClass::NavigationFailed;
use domain::observation::NetworkError;
use serde_json::json;
use testkit::site::FixtureSite;

/// Runs with a second site that is not allowed.
fn beside_forbidden(test: impl AsyncFnOnce(&mut super::harness::Page, &FixtureSite)) {
    on("/", async |page| {
        let forbidden = FixtureSite::start().await;
        test(page, &forbidden).await;
        assert_eq!(forbidden.received(), [], "nothing must have got through");
    });
}

#[test]
fn navigation_and_redirects_are_refused_with_a_reason() {
    beside_forbidden(async |page, forbidden| {
        let address = forbidden.url().replace("http://", "");
        let says = format!(
            "refused by the egress rules: 127.0.0.1 is a loopback address; allow it with --allow-egress {address}"
        );
        let direct = json!({ "action": "navigate", "url": forbidden.url(), "timeout_ms": 5000 });
        page.fail(NavigationFailed, &says, direct).await;
        let redirect = json!({ "action": "navigate", "url": format!("/redirect?to={}", forbidden.url()), "timeout_ms": 5000 });
        page.fail(NavigationFailed, &says, redirect).await;
        let named = json!({ "action": "navigate", "url": forbidden.second_origin_url(), "timeout_ms": 5000 });
        page.fail(NavigationFailed, "localhost is", named).await;
        let tls = json!({ "action": "navigate", "url": forbidden.url().replace("http", "https"), "timeout_ms": 5000 });
        page.fail(NavigationFailed, &says, tls).await;
    });
}

#[test]
fn a_click_that_leads_inside_is_refused() {
    on("/links", async |page| {
        let click = json!({ "action": "click", "target": { "text": "Forbidden address" }, "timeout_ms": 5000 });
        page.fail(NavigationFailed, "10.255.0.1 is a private address", click).await;
    });
}

#[test]
fn fetches_frames_workers_and_sockets_are_refused() {
    beside_forbidden(async |page, forbidden| {
        let path = format!("/egress?to={}/answer", forbidden.url());
        page.go(&path).await;
        for line in ["fetch", "redirect", "socket refused", "worker answered", "frame loaded"] {
            page.until_text(line).await;
        }
        let reported = page.look().await.observation.network;
        let refused = |error: &&NetworkError| {
            let words = error.error.as_deref().unwrap_or_default();
            words.contains("refused by the egress rules") && error.status.is_none()
        };
        assert!(reported.iter().any(|error| refused(&error)), "{reported:?}");
        assert!(reported.iter().all(|error| error.status != Some(403)), "{reported:?}");
    });
}

#[test]
fn other_schemes_are_refused() {
    on("/links", async |page| {
        for url in [
            "file:///etc/passwd",
            "chrome://version",
            "data:text/html,x",
            "javascript:1",
            "about:blank",
            "view-source:http://x/",
            "ftp://x/",
        ] {
            let action = domain::plan::Action::Navigate { url: url.into() };
            let failure =
                page.session.act(&action, std::time::Duration::from_secs(2)).await.unwrap_err();
            assert_eq!(failure.class, NavigationFailed, "{url}: {failure:?}");
            assert_eq!(page.current_url().await, page.url("/links"));
        }
    });
}

#[test]
fn pages_cannot_lead_to_other_schemes_either() {
    on("/schemes", async |page| {
        for name in [
            "file",
            "chrome",
            "data",
            "source",
            "new file",
            "file by script",
            "data by script",
            "file in window",
            "chrome in window",
            "file by form",
        ] {
            page.act(json!({ "action": "click", "target": { "text": name } })).await;
            let seen = page.look().await;
            assert_eq!(seen.observation.url, page.url("/schemes"), "{name}");
            assert_eq!(seen.observation.title, "Schemes", "{name}");
            let opened = format!("{:?}", seen.observation.changes);
            assert!(!opened.contains("file:") && !opened.contains("chrome:"), "{name}: {opened}");
        }
        page.act(json!({ "action": "switch_frame", "target": { "css": "#frame" } })).await;
        let passwords = json!({ "action": "assert", "expect": { "text": "root:" } });
        page.fail(domain::failure::ErrorClass::ExpectationFailed, "does not show it", passwords)
            .await;
    });
}

#[test]
fn sessions_have_cookies_of_their_own() {
    on("/cookie", async |page| {
        page.go("/cookie").await;
        assert_eq!(page.text("#cookie").await, "[visited=yes]");
        on_another_thread(|| {
            on("/cookie", async |other| assert_eq!(other.text("#cookie").await, "[]"));
        });
        until("the other request was recorded", || {
            page.harness.site.received().iter().filter(|r| r.path == "/cookie").count() >= 3
        })
        .await;
    });
}

fn on_another_thread(run: impl FnOnce() + Send) {
    std::thread::scope(|scope| scope.spawn(run).join().unwrap());
}

const BLANK: super::pages::Texts = &[("/", "<!doctype html><title>Blank</title>")];

#[test]
fn our_own_sockets_are_refused_whatever_is_allowed() {
    let database = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let own = database.local_addr().unwrap();
    let everything = |options: BrowserOptions, _: &Pages| BrowserOptions {
        egress: options.egress.and("127.0.0.0/8").unwrap().and("localhost").unwrap(),
        own: vec![own],
        ..options
    };
    with_pages_and(BLANK, everything, async |page, _| {
        let browser = Process::of(page.harness.pool.stats().pids[0]).unwrap();
        let line = browser.command_line();
        let profile = line.split("--user-data-dir=").nth(1).unwrap().split(' ').next().unwrap();
        let announced = std::path::Path::new(profile).join("DevToolsActivePort");
        let announced = std::fs::read_to_string(announced).unwrap();
        let devtools: u16 = announced.lines().next().unwrap().parse().unwrap();
        for port in [devtools, own.port()] {
            for host in ["127.0.0.1", "127.1.2.3", "localhost", "[::ffff:127.0.0.1]"] {
                let url = format!("http://{host}:{port}/json/version");
                let navigate = json!({ "action": "navigate", "url": url, "timeout_ms": 5000 });
                page.fail(NavigationFailed, "one of Waymark's own sockets", navigate).await;
            }
        }
        database.set_nonblocking(true).unwrap();
        assert!(database.accept().is_err(), "nothing must have got through");
        // And what is no socket of ours is still allowed.
        let other = FixtureSite::start().await;
        page.open(&other.url()).await;
    });
}
