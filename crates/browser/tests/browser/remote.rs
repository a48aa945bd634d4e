//! A browser that somebody else runs.

use super::harness::{chromium, options, profiles, runtime, until};
use browser::{BrowserOptions, BrowserPool, BrowserSource};
use domain::failure::ErrorClass;
use domain::plan::{PlanForm, Values, plan_steps};
use domain::ports::{Browsers as _, SessionOptions};
use serde_json::json;
use std::process::{Child, Command, Stdio};
use testkit::site::FixtureSite;

struct Elsewhere(Child);

impl Drop for Elsewhere {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
fn a_remote_browser_does_the_same() {
    runtime().block_on(async {
        let (site, profiles, forbidden) = (FixtureSite::start().await, profiles(), FixtureSite::start().await);
        let profile = profiles.path().join("elsewhere");
        let elsewhere = Elsewhere(
            Command::new(chromium())
                .args(["--headless", "--no-sandbox", "--remote-debugging-port=0", "about:blank"])
                .arg(format!("--user-data-dir={}", profile.display()))
                .stderr(Stdio::null())
                .spawn()
                .unwrap(),
        );
        let mut address = String::new();
        until("it listens", || {
            address = std::fs::read_to_string(profile.join("DevToolsActivePort")).unwrap_or_default();
            address.contains('\n')
        })
        .await;
        let port = address.lines().next().unwrap();
        let source = BrowserSource::Remote { url: format!("http://127.0.0.1:{port}"), headers: Vec::new() };
        let pool = BrowserPool::start(BrowserOptions { source, ..options(&profiles, &site) }).await.unwrap();
        let mut session = pool.open(SessionOptions::default()).await.unwrap();
        let forms = json!({ "steps": [
            { "intent": "x", "action": "navigate", "url": format!("{}/upload", site.url()) },
            { "intent": "x", "action": "upload", "target": { "label": "Document" }, "files": [{ "name": "a.txt", "text": "from afar" }] },
            { "intent": "x", "action": "click", "target": { "text": "Send" }, "expect": { "text": "from afar" } },
        ] });
        let plan: PlanForm = serde_json::from_value(forms).unwrap();
        for step in plan_steps(&plan, &Values::default()).unwrap() {
            session.act(&step.action, step.timeout).await.unwrap();
            session.check(&step.expect, step.timeout).await.unwrap();
        }
        let cookie = domain::plan::Action::Navigate { url: format!("{}/cookie", site.url()) };
        let within = std::time::Duration::from_secs(5);
        session.act(&cookie, within).await.unwrap();
        let restore = Some(session.save().await.unwrap());
        let mut other = pool.open(SessionOptions { restore, ..SessionOptions::default() }).await.unwrap();
        other.act(&cookie, within).await.unwrap();
        let came: Vec<String> = site.received().into_iter().map(|received| received.cookies).collect();
        assert_eq!(came.last().unwrap(), "visited=yes");
        other.close().await;
        let devtools = domain::plan::Action::Navigate { url: format!("http://127.0.0.1:{port}/json") };
        let failure = session.act(&devtools, within).await.unwrap_err();
        assert!(failure.message.contains("refused by the egress rules"), "{failure}");
        let inside = domain::plan::Action::Navigate { url: forbidden.url() };
        let failure = session.act(&inside, std::time::Duration::from_secs(5)).await.unwrap_err();
        assert_eq!(failure.class, ErrorClass::NavigationFailed);
        assert!(failure.message.contains("refused by the egress rules"), "{failure}");
        session.close().await;
        pool.stop().await;
        assert_eq!(forbidden.received(), []);
        drop(elsewhere);
    });
}
