//! What every test stands on: a site, a pool, and pages opened in it.

use super::pages::{Pages, Texts};
use browser::{BrowserOptions, BrowserPool, BrowserSource, find_chromium};
use domain::egress::EgressPolicy;
use domain::failure::{ErrorClass, Failure};
use domain::plan::{PlanForm, PlanStep, Values, plan_steps};
use domain::ports::{Acted, Browsers as _, Seen, Session, SessionOptions};
use domain::snapshot::Element;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;
use tempfile::TempDir;
use testkit::site::FixtureSite;
use tokio::runtime::Runtime;

/// Everything, shared by the tests that run at the same time, and ended with the last of them.
pub(crate) struct Harness {
    pub(crate) pool: Arc<BrowserPool>,
    pub(crate) site: FixtureSite,
    runtime: Runtime,
    _profiles: TempDir,
}

static SHARED: Mutex<Weak<Harness>> = Mutex::new(Weak::new());

impl Harness {
    fn shared() -> Arc<Self> {
        let mut shared = SHARED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(running) = shared.upgrade() {
            return running;
        }
        let runtime = runtime();
        let profiles = profiles();
        let (pool, site) = runtime.block_on(async {
            let site = FixtureSite::start().await;
            let options = BrowserOptions { max_sessions: 8, ..options(&profiles, &site) };
            (BrowserPool::start(options).await.unwrap(), site)
        });
        let started = Arc::new(Self { pool, site, runtime, _profiles: profiles });
        *shared = Arc::downgrade(&started);
        started
    }
}

impl Drop for Harness {
    fn drop(&mut self) {
        self.runtime.block_on(self.pool.stop());
    }
}

pub(crate) fn runtime() -> Runtime {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_test_writer()
        .try_init()
        .ok();
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// A folder for profiles that another user can enter.
pub(crate) fn profiles() -> TempDir {
    use std::os::unix::fs::PermissionsExt as _;
    let open = std::fs::Permissions::from_mode(0o755);
    tempfile::Builder::new().prefix("waymark-test-").permissions(open).tempdir().unwrap()
}

#[expect(clippy::disallowed_methods, reason = "which browser to test with is for who runs them")]
pub(crate) fn chromium() -> PathBuf {
    std::env::var("CHROME").ok().map(PathBuf::from).or_else(find_chromium).expect(
        "these tests need Chromium: install chromium-headless-shell, or set CHROME to the binary",
    )
}

pub(crate) fn options(profiles: &TempDir, site: &FixtureSite) -> BrowserOptions {
    let allowed = site.egress();
    BrowserOptions {
        egress: EgressPolicy::parse(allowed.iter().map(String::as_str)).unwrap(),
        ..BrowserOptions::new(BrowserSource::Local {
            executable: chromium(),
            profiles_dir: profiles.path().to_owned(),
            run_as: None,
        })
    }
}

/// One session in a test.
pub(crate) struct Page {
    pub(crate) session: Box<dyn Session>,
    pub(crate) harness: Arc<Harness>,
    pub(crate) secrets: BTreeMap<String, String>,
}

/// Runs a test in a fresh session that shows a page of the site.
pub(crate) fn on(path: &str, test: impl AsyncFnOnce(&mut Page)) {
    with_secrets(path, &[], test);
}

pub(crate) fn with_secrets(
    path: &str,
    secrets: &[(&str, &str)],
    test: impl AsyncFnOnce(&mut Page),
) {
    let harness = Harness::shared();
    let running = Arc::clone(&harness);
    let secrets: BTreeMap<String, String> =
        secrets.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    harness.runtime.block_on(async {
        let options = SessionOptions {
            secrets: secrets.values().cloned().collect(),
            ..SessionOptions::default()
        };
        let session = running.pool.open(options).await.unwrap();
        let mut page = Page { session, harness: running, secrets };
        page.go(path).await;
        test(&mut page).await;
        page.session.close().await;
    });
}

/// Runs a test in a fresh session of a pool of its own, beside pages of its own, the first of which
/// is shown.
pub(crate) fn with_pages(texts: Texts, test: impl AsyncFnOnce(&mut Page, &Pages)) {
    with_pages_and(texts, |options, _| options, test);
}

/// The same with a pool that is set up otherwise.
pub(crate) fn with_pages_and(
    texts: Texts,
    change: impl FnOnce(BrowserOptions, &Pages) -> BrowserOptions,
    test: impl AsyncFnOnce(&mut Page, &Pages),
) {
    let (runtime, profiles) = (runtime(), profiles());
    let (pool, site, pages) = runtime.block_on(async {
        let (site, pages) = (FixtureSite::start().await, Pages::serve(texts).await);
        let options = options(&profiles, &site);
        let egress = options.egress.clone().and(&pages.address().to_string()).unwrap();
        let options = change(BrowserOptions { egress, ..options }, &pages);
        (BrowserPool::start(options).await.unwrap(), site, pages)
    });
    let harness = Arc::new(Harness { pool, site, runtime, _profiles: profiles });
    let running = Arc::clone(&harness);
    harness.runtime.block_on(async {
        let session = running.pool.open(SessionOptions::default()).await.unwrap();
        let mut page = Page { session, harness: running, secrets: BTreeMap::new() };
        page.open(&pages.url(texts[0].0)).await;
        test(&mut page, &pages).await;
        page.session.close().await;
    });
}

impl Page {
    /// Opens a page anywhere.
    pub(crate) async fn open(&mut self, url: &str) {
        self.act(json!({ "action": "navigate", "url": url })).await;
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.harness.site.url())
    }

    /// Opens a page of the site.
    pub(crate) async fn go(&mut self, path: &str) -> Acted {
        let url = self.url(path);
        self.act(json!({ "action": "navigate", "url": url })).await
    }

    /// Carries a step out as the agent does: the action, then what is expected of it.
    pub(crate) async fn step(&mut self, form: Value) -> Result<Acted, Failure> {
        let step = self.read(form);
        let acted = self.session.act(&step.action, step.timeout).await?;
        if !step.expect.is_empty() {
            self.session.check(&step.expect, step.timeout).await?;
        }
        Ok(acted)
    }

    pub(crate) fn read(&self, mut form: Value) -> PlanStep {
        form["intent"] = "test".into();
        let plan: PlanForm = serde_json::from_value(json!({ "steps": [form] })).unwrap();
        let values = Values { inputs: BTreeMap::new(), secrets: self.secrets.clone() };
        plan_steps(&plan, &values).unwrap().remove(0)
    }

    /// A step that works.
    #[track_caller]
    pub(crate) fn act(&mut self, form: Value) -> impl Future<Output = Acted> {
        let at = std::panic::Location::caller();
        async move {
            let shown = form.to_string();
            match self.step(form).await {
                Ok(acted) => acted,
                Err(failure) => panic!("{at}: {shown}: {failure:#?}"),
            }
        }
    }

    /// A step that fails within a short time, with a class and words of its message.
    #[track_caller]
    pub(crate) fn fail(
        &mut self,
        class: ErrorClass,
        says: &str,
        mut form: Value,
    ) -> impl Future<Output = Failure> {
        let at = std::panic::Location::caller();
        let says = says.to_owned();
        async move {
            if form.get("timeout_ms").is_none() {
                form["timeout_ms"] = 400.into();
            }
            let shown = form.to_string();
            match self.step(form).await {
                Ok(acted) => panic!("{at}: {shown} worked: {acted:#?}"),
                Err(failure) => {
                    assert!(
                        failure.class == class && failure.message.contains(&says),
                        "{at}: {shown} should fail with {class} and say \"{says}\": {failure:#?}"
                    );
                    failure
                }
            }
        }
    }

    pub(crate) async fn click(&mut self, css: &str) -> Acted {
        self.act(json!({ "action": "click", "target": { "css": css } })).await
    }

    pub(crate) async fn press_button(&mut self, name: &str) -> Acted {
        self.act(json!({ "action": "click", "target": { "role": "button", "name": name } })).await
    }

    /// The text of an element.
    pub(crate) async fn text(&mut self, css: &str) -> String {
        let form = json!({ "action": "extract", "target": { "css": css }, "as": "x" });
        match self.act(form).await.extracted {
            Some(Value::String(text)) => text,
            other => panic!("{css} has no text: {other:?}"),
        }
    }

    /// Waits until an element has a text.
    pub(crate) async fn until_text(&mut self, text: &str) {
        self.act(json!({ "action": "wait_for", "expect": { "text": text } })).await;
    }

    pub(crate) async fn look(&mut self) -> Seen {
        self.session.observe().await.unwrap()
    }

    /// What can be acted upon.
    pub(crate) async fn interactive(&mut self) -> Vec<Element> {
        let elements = self.look().await.snapshot.elements;
        elements.into_iter().filter(|element| element.interactive).collect()
    }

    pub(crate) async fn current_url(&mut self) -> String {
        self.look().await.observation.url
    }
}

/// Waits for something outside of pages, by looking.
pub(crate) async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting)
        .await
        .unwrap_or_else(|_| panic!("waited in vain until {what}"));
}
