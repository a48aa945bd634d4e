//! Looking without waiting, and going on in another session.

use super::harness::{Page, on, with_pages};
use super::pages::Texts;
use domain::escalation::SavedSession;
use domain::failure::ErrorClass::{DialogBlocked, NavigationFailed};
use domain::plan::{Action, Target};
use domain::ports::{Browsers as _, SessionOptions};
use domain::snapshot::Fingerprint;
use serde_json::{Value, json};

fn target(page: &Page, target: &Value) -> Target {
    let Action::Click { target } = page.read(json!({ "action": "click", "target": target })).action
    else {
        unreachable!()
    };
    target
}

async fn found(page: &mut Page, wanted: Value) -> Vec<Fingerprint> {
    let wanted = target(page, &wanted);
    page.session.find(&wanted).await.unwrap()
}

#[test]
fn what_matches_and_can_be_seen_is_found() {
    on("/strict", async |page| {
        let edits = found(page, json!({ "role": "button", "name": "Edit" })).await;
        let paths: Vec<&str> = edits.iter().map(|print| print.css_path.as_str()).collect();
        assert_eq!(paths.len(), 2, "{paths:?}");
        assert!(paths[0].starts_with("#a ") && paths[1].starts_with("#b "), "{paths:?}");
        let one =
            found(page, json!({ "role": "button", "name": "Edit", "within": { "css": "#b" } }));
        assert_eq!(one.await.len(), 1);
        for nothing in [
            json!({ "css": "button[style]" }),
            json!({ "css": "#nowhere" }),
            json!({ "css": "button", "within": { "css": "#nowhere" } }),
        ] {
            assert_eq!(found(page, nothing).await, []);
        }
        page.go("/many").await;
        assert_eq!(found(page, json!({ "css": "button, a, input" })).await.len(), 10);
    });
}

#[test]
fn the_frame_that_is_acted_in_is_looked_through() {
    on("/frames", async |page| {
        let button = || json!({ "role": "button", "name": "Inner button" });
        assert_eq!(found(page, button()).await, []);
        page.act(json!({ "action": "switch_frame", "target": { "css": "#same" } })).await;
        let inner = found(page, button()).await;
        assert!(inner[0].frame.as_deref().is_some_and(|url| url.contains("/inner")), "{inner:?}");
    });
}

#[test]
fn looking_changes_nothing() {
    on("/form", async |page| {
        page.look().await;
        let before = page.session.screenshot().await.unwrap();
        assert_eq!(found(page, json!({ "label": "Email" })).await.len(), 1);
        assert_eq!(page.look().await.observation.changes, []);
        assert_eq!(page.session.screenshot().await.unwrap(), before);
    });
    on("/dialogs", async |page| {
        page.press_button("Confirm").await;
        let wanted = target(page, &json!({ "css": "button" }));
        assert_eq!(page.session.find(&wanted).await.unwrap_err().class, DialogBlocked);
    });
}

/// What a session of the same pool shows that goes on where this one is.
async fn resumed(page: &mut Page, test: impl AsyncFnOnce(&mut Page, SavedSession)) {
    let saved = page.session.save().await.unwrap();
    let options = SessionOptions { restore: Some(saved.clone()), ..SessionOptions::default() };
    let session = page.harness.pool.open(options).await.unwrap();
    let harness = page.harness.clone();
    let mut other = Page { session, harness, secrets: page.secrets.clone() };
    test(&mut other, saved).await;
    other.session.close().await;
}

#[test]
fn a_login_survives_its_session() {
    on("/login", async |page| {
        let fill = |css: &str, value: &str| json!({ "action": "fill", "target": { "css": css }, "value": value });
        page.act(fill("#user", "ada")).await;
        page.act(fill("#pass", "correct horse")).await;
        page.press_button("Log in").await;
        resumed(page, async |other, saved| {
            assert_eq!(saved.url, other.url("/private"));
            assert!(saved.cookies[0]["value"] == "ada", "it is there, to be stored encrypted");
            assert_eq!(format!("{saved:?}"), "SavedSession(..)");
            other.open(&saved.url).await;
            assert_eq!(other.text("h1").await, "Hello, ada");
        })
        .await;
    });
    on("/private", async |page| {
        assert!(page.current_url().await.contains("/login"), "others are not logged in");
    });
}

const KEEPER: Texts = &[
    (
        "/",
        "<!doctype html><title>Keeper</title><p id=found></p><button id=change>Change</button>
<script>
found.textContent = [localStorage.token, sessionStorage.step, Object.keys(localStorage).length].join(' ');
change.onclick = () => { localStorage.removeItem('token'); sessionStorage.step = 'two'; };
</script>",
    ),
    (
        "/fill",
        "<!doctype html><title>Fill</title><script>
localStorage.token = 't0ken'; localStorage.odd = '\\ud800'; localStorage['__proto__x'] = '\u{1f600}';
sessionStorage.step = 'one';
</script>",
    ),
];

#[test]
fn what_a_page_kept_is_there_before_its_first_script() {
    with_pages(KEEPER, async |page, pages| {
        page.open(&pages.url("/fill")).await;
        let asked = pages.asked();
        resumed(page, async |other, saved| {
            assert_eq!(pages.asked(), asked, "the site is not asked to restore a session");
            let told = format!(
                "{:?}",
                SessionOptions { restore: Some(saved.clone()), ..SessionOptions::default() }
            );
            assert!(!told.contains("t0ken"), "{told}");
            let seen = other.look().await;
            assert_eq!(
                (seen.observation.url.as_str(), seen.observation.changes.len()),
                ("about:blank", 0)
            );
            other
                .fail(NavigationFailed, "no page to go back to", json!({ "action": "back" }))
                .await;
            other.open(&pages.url("/")).await;
            assert_eq!(other.text("#found").await, "t0ken one 2");
            // From here on it is the page's.
            other.click("#change").await;
            other.act(json!({ "action": "reload" })).await;
            assert_eq!(other.text("#found").await, "two 1");
        })
        .await;
    });
}

#[test]
fn a_page_that_keeps_nothing_is_saved_all_the_same() {
    on("/dialogs", async |page| {
        page.press_button("Confirm").await;
        let saved = page.session.save().await.unwrap();
        assert_eq!((saved.url, saved.storage), (page.url("/dialogs"), Value::Null));
    });
}
