//! Going places: by URL, by click, by history; and where nothing good is found.

use super::harness::on;
use domain::failure::ErrorClass::{
    HttpError, LoginRequired, NavigationFailed, RateLimited, Timeout,
};
use domain::observation::Change;
use serde_json::json;

fn link(name: &str) -> serde_json::Value {
    json!({ "action": "click", "target": { "role": "link", "name": name } })
}

#[test]
fn a_click_on_a_link_waits_for_the_document() {
    on("/links", async |page| {
        page.look().await;
        page.act(link("Form")).await;
        let seen = page.look().await;
        assert_eq!(seen.observation.title, "A form");
        assert!(seen.snapshot.elements.len() > 5);
        let navigated = Change::Navigated { url: page.url("/form"), status: Some(200) };
        assert_eq!(seen.observation.changes, [navigated]);
    });
}

#[test]
fn every_way_of_leaving_is_waited_for() {
    on("/links", async |page| {
        for (step, title) in [
            (link("Slow page"), "Slow"),
            (json!({ "action": "click", "target": { "text": "Go by script" } }), "A form"),
            (json!({ "action": "click", "target": { "text": "Post" } }), "Echo"),
            (json!({ "action": "press", "target": { "label": "Query" }, "key": "Enter" }), "Echo"),
        ] {
            page.act(step.clone()).await;
            assert_eq!(page.look().await.observation.title, title, "{step}");
            page.go("/links").await;
        }
        // Not even the page knows yet that it will leave; the next step finds out.
        page.act(json!({ "action": "click", "target": { "text": "Go a little later" } })).await;
        page.act(json!({ "action": "fill", "target": { "label": "Full name" }, "value": "x" }))
            .await;
    });
}

#[test]
fn what_leads_nowhere_holds_nothing_up() {
    on("/links", async |page| {
        for name in ["Part", "Mail", "Nothing", "Report"] {
            page.act(link(name)).await;
        }
        page.press_button("Push").await;
        assert_eq!(page.current_url().await, page.url("/links/pushed"));
    });
}

#[test]
fn back_and_reload_go_through_history() {
    on("/links", async |page| {
        page.act(link("Form")).await;
        page.act(json!({ "action": "fill", "target": { "css": "#name" }, "value": "Ada" })).await;
        page.act(json!({ "action": "reload" })).await;
        assert_eq!(page.text("#name").await, "");
        page.act(json!({ "action": "back" })).await;
        assert_eq!(page.look().await.observation.title, "Links");
        page.act(link("Part")).await;
        page.act(json!({ "action": "back" })).await;
        assert_eq!(page.current_url().await, page.url("/links"));
        page.fail(NavigationFailed, "no page to go back to", json!({ "action": "back" })).await;
    });
}

#[test]
fn relative_urls_are_relative_to_the_page() {
    on("/links", async |page| {
        page.act(json!({ "action": "navigate", "url": "form?x=1#y" })).await;
        assert_eq!(page.current_url().await, page.url("/form?x=1#y"));
        page.act(json!({ "action": "navigate", "url": "#z" })).await;
        assert_eq!(page.current_url().await, page.url("/form?x=1#z"));
    });
}

#[test]
fn error_statuses_are_failures() {
    on("/", async |page| {
        for (path, class, says) in [
            ("/status/500", HttpError, "HTTP 500"),
            ("/status/404", HttpError, "no such page"),
            ("/status/404/empty", HttpError, "HTTP 404"),
            ("/status/503", HttpError, "not available"),
            ("/status/429", RateLimited, "too many requests"),
            ("/status/401", LoginRequired, "wants a login"),
        ] {
            page.fail(
                class,
                says,
                json!({ "action": "navigate", "url": path, "timeout_ms": 5000 }),
            )
            .await;
        }
        page.go("/links").await;
        page.fail(
            HttpError,
            "HTTP 500",
            json!({ "action": "click", "target": { "text": "Broken" }, "timeout_ms": 5000 }),
        )
        .await;
        page.go("/links").await;
        page.act(link("Unprocessable")).await;
    });
}

#[test]
fn an_answer_without_a_document_is_a_failure() {
    on("/links", async |page| {
        for status in ["204", "205"] {
            let path = format!("/status/{status}/empty");
            let navigate = json!({ "action": "navigate", "url": path, "timeout_ms": 5000 });
            let says =
                format!("/status/{status}/empty answered with HTTP {status} and no document");
            page.fail(NavigationFailed, &says, navigate).await;
            assert_eq!(page.current_url().await, page.url("/links"));
        }
        // A file is no document either, and what was wanted.
        page.go("/download/report.csv").await;
    });
}

#[test]
fn a_page_that_does_not_come_is_a_timeout() {
    on("/links", async |page| {
        page.fail(
            Timeout,
            "did not answer within 0.4 s",
            json!({ "action": "navigate", "url": "/hang" }),
        )
        .await;
        // The tab is still good for something.
        page.go("/links").await;
        page.fail(
            Timeout,
            "/hang was not loaded",
            json!({ "action": "click", "target": { "text": "Hanging" }, "timeout_ms": 1500 }),
        )
        .await;
        page.go("/links").await;
    });
}

#[test]
fn addresses_that_cannot_be_reached_say_why() {
    on("/", async |page| {
        for (url, says) in [
            ("http://nothing.invalid/", "nothing.invalid does not resolve"),
            ("https://nothing.invalid/", "nothing.invalid does not resolve"),
        ] {
            page.fail(
                NavigationFailed,
                says,
                json!({ "action": "navigate", "url": url, "timeout_ms": 20000 }),
            )
            .await;
        }
        let url = page.url("/");
        let https = url.replace("http:", "https:");
        page.fail(
            NavigationFailed,
            "secure connection",
            json!({ "action": "navigate", "url": https, "timeout_ms": 5000 }),
        )
        .await;
    });
}
