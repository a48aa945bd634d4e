//! Conditions: waiting until they hold, and saying which do not and what the page says instead.

use super::harness::{on, with_pages};
use super::pages::Texts;
use domain::failure::ErrorClass::{
    Challenge, ElementNotFound, ExpectationFailed, LoginRequired, ValidationRejected,
};
use serde_json::json;

#[test]
fn conditions_are_waited_for() {
    on("/late", async |page| {
        let expect = json!({
            "title": "Done", "gone": { "css": "#leaving" }, "present": { "text": "Here now" },
            "text": "Here now", "url": "**/late/done",
            "value": { "target": { "label": "Filled" }, "equals": "by script" },
            "response": { "url": "**/answer", "status": 201 },
        });
        page.act(json!({ "action": "click", "target": { "css": "#start" }, "expect": expect }))
            .await;
    });
}

#[test]
fn what_does_not_hold_is_said_with_what_was_found() {
    on("/form", async |page| {
        for (expect, says) in [
            (json!({ "url": "**/admin/" }), "expected url **/admin/, but it is http://127.0.0.1"),
            (json!({ "title": "Other" }), "expected the title \"Other\", but it is \"A form\""),
            (
                json!({ "text": "Welcome" }),
                "expected the text \"Welcome\", but the page does not show it",
            ),
            (
                json!({ "present": { "css": "#none" } }),
                "expected css `#none` to be visible, but nothing",
            ),
            (json!({ "gone": { "css": "#name" } }), "to be gone, but 1 such"),
            (
                json!({ "value": { "target": { "css": "#ro" }, "equals": "x" } }),
                "but it holds \"fixed\"",
            ),
            (
                json!({ "response": { "url": "**/api" } }),
                "expected an answer from **/api below 400, but none came",
            ),
            (json!({ "title": "Other", "text": "Welcome" }), "; expected the text"),
        ] {
            page.fail(ExpectationFailed, says, json!({ "action": "assert", "expect": expect }))
                .await;
        }
    });
}

#[test]
fn answers_count_from_the_action_on() {
    on("/links", async |page| {
        let expect = json!({ "response": { "url": "**/answer", "status": 500 } });
        // The answer is there before the next action begins.
        page.act(json!({ "action": "navigate", "url": "/console", "expect": expect })).await;
        page.fail(ExpectationFailed, "none came", json!({ "action": "assert", "expect": expect }))
            .await;
        let below = json!({ "response": { "url": "**/answer" } });
        page.fail(
            ExpectationFailed,
            "it answered 500",
            json!({ "action": "reload", "expect": below, "timeout_ms": 1500 }),
        )
        .await;
    });
}

#[test]
fn a_failed_login_quotes_the_page() {
    on("/login", async |page| {
        page.act(json!({ "action": "fill", "target": { "label": "Username" }, "value": "ada" }))
            .await;
        page.act(json!({ "action": "fill", "target": { "label": "Password" }, "value": "wrong" }))
            .await;
        let expect = json!({ "url": "**/private" });
        let click = json!({ "action": "click", "target": { "role": "button", "name": "Log in" }, "expect": expect });
        page.fail(ExpectationFailed, "the page says: \"Please enter the correct username", click)
            .await;
    });
}

#[test]
fn being_sent_to_the_login_is_told_apart() {
    on("/", async |page| {
        page.go("/private").await;
        let delete = json!({ "action": "click", "target": { "role": "button", "name": "Delete" } });
        page.fail(LoginRequired, "wants a login first", delete).await;
        let user = json!({ "action": "fill", "target": { "css": "#username" }, "value": "x" });
        page.fail(ElementNotFound, "nothing on the page", user).await;
        page.go("/").await;
        let open = json!({ "action": "navigate", "url": "/private", "expect": { "text": "Hello" }, "timeout_ms": 1000 });
        page.fail(LoginRequired, "wants a login first", open).await;
    });
}

/// Pages at the address of a login, and whether they ask for one.
const LOGINS: Texts = &[
    ("/", "<h1>Start</h1>"),
    ("/login/one", "<h1>Welcome</h1><input type=password>"),
    (
        "/login/named",
        "<title>Sign in</title><h2>New here? Create an account</h2><input type=password>",
    ),
    ("/login/first", "<input type=email><button>Log in</button>"),
];

const NO_LOGINS: Texts = &[
    ("/", "<h1>Start</h1>"),
    ("/login/users/add", "<h1>User</h1><input><input type=password><input type=password>"),
    ("/login/new", "<h1>Welcome</h1><input type=password autocomplete=new-password>"),
    ("/login/reset", "<title>Reset your password</title><input type=email><input type=password>"),
    ("/login/mine", "<h2>Change password</h2><input type=password>"),
    ("/login/inside", "<form action=/logout method=post hidden></form><input type=password>"),
    ("/login/out", "<button>Sign out</button><input type=password>"),
    ("/login/search", "<input name=q><button>Search</button>"),
    ("/login/letter", "<input type=email><button>Subscribe</button>"),
    ("/auth/user/add", "<h1>User</h1><input><input type=password>"),
];

#[test]
fn only_a_page_that_asks_who_one_is_is_a_login() {
    let looks = |texts: Texts, class| {
        with_pages(texts, async |page, pages| {
            for (path, _) in &texts[1..] {
                page.open(&pages.url("/")).await;
                let open = json!({ "action": "navigate", "url": path,
                    "expect": { "text": "Orders" }, "timeout_ms": 1000 });
                page.fail(class, "expected the text", open).await;
                let delete = json!({ "action": "click", "target": { "css": "#delete" } });
                let missing = if class == LoginRequired { class } else { ElementNotFound };
                page.fail(missing, "", delete).await;
            }
        });
    };
    looks(LOGINS, LoginRequired);
    looks(NO_LOGINS, ExpectationFailed);
}

#[test]
fn refused_input_is_told_apart() {
    on("/validation", async |page| {
        page.act(json!({ "action": "fill", "target": { "label": "Mail" }, "value": "nonsense" }))
            .await;
        let send = json!({ "action": "click", "target": { "text": "Send" }, "expect": { "url": "**/echo" } });
        page.fail(ValidationRejected, "Mail: ", send).await;
        page.go("/validation").await;
        let save = json!({ "action": "click", "target": { "text": "Save" }, "expect": { "url": "**/echo" } });
        page.fail(ValidationRejected, "Mine", save).await;
        page.go("/validation").await;
        let complain = json!({ "action": "click", "target": { "text": "Complain" }, "expect": { "text": "Done" } });
        page.fail(ExpectationFailed, "the page says: \"Something went wrong\"", complain).await;
    });
}

#[test]
fn a_test_for_humans_is_told_apart() {
    on("/challenge", async |page| {
        let click = json!({ "action": "click", "target": { "text": "Continue" } });
        page.fail(Challenge, "proof of a human (hCaptcha)", click).await;
        let expect = json!({ "action": "assert", "expect": { "text": "Welcome" } });
        page.fail(Challenge, "proof of a human", expect).await;
    });
}
