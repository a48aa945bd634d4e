//! Messages as the tools write them.

use super::*;
use crate::failure::ErrorClass::*;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Whether a message is read as this class, action and target.
#[track_caller]
fn check(message: &str, class: ErrorClass, action: Option<ActionName>, target: Value) {
    let read = read(message);
    assert_eq!(read.class, class, "{message}");
    assert_eq!(read.action, action, "{message}");
    let target: Option<TargetForm> = serde_json::from_value(target).unwrap();
    assert_eq!(read.target, target, "{message}");
}

#[track_caller]
fn check_class(message: &str, class: ErrorClass) {
    assert_eq!(read(message).class, class, "{message}");
}

/// A message of Playwright: what was done, and the call log.
fn playwright(method: &str, log: &[&str]) -> String {
    let log: Vec<String> =
        log.iter().map(|line| format!("  \u{1b}[2m- {line}\u{1b}[22m")).collect();
    format!("{method}: Timeout 30000ms exceeded.\nCall log:\n{}\n", log.join("\n"))
}

#[test]
fn playwright_says_in_its_log_what_it_waited_for() {
    let click = Some(ActionName::Click);
    check(
        "Timeout 30000ms exceeded waiting for locator('#order')",
        ElementNotFound,
        None,
        json!({"css": "#order"}),
    );
    check(
        &playwright("locator.click", &["waiting for locator('#order')"]),
        ElementNotFound,
        click,
        json!({"css": "#order"}),
    );
    check(
        &playwright(
            "locator.click",
            &[
                "waiting for getByRole('button', { name: 'Sign in', exact: true })",
                "  - locator resolved to <button>Sign in</button>",
                "- attempting click action",
                "  - <div class=\"captcha\"></div> intercepts pointer events",
            ],
        ),
        NotInteractable,
        click,
        json!({"role": "button", "name": "Sign in"}),
    );
    check(
        &playwright("Locator.fill", &["waiting for get_by_label(\"Day of arrival\")"]),
        ElementNotFound,
        Some(ActionName::Fill),
        json!({"label": "Day of arrival"}),
    );
    check(
        "Error: locator.click: Error: strict mode violation: getByText('Save') resolved to 2 elements:",
        AmbiguousMatch,
        click,
        json!({"text": "Save"}),
    );
    check(
        "page.waitForSelector: Timeout 5000ms exceeded.\n- waiting for locator('.menu') to be visible\n\
         - 9 × locator resolved to hidden <div class=\"menu\"></div>",
        NotInteractable,
        Some(ActionName::WaitFor),
        json!({"css": ".menu"}),
    );
    check(
        &playwright(
            "locator.click",
            &["waiting for locator('#a')", "locator resolved to <a>", "performing click action"],
        ),
        Timeout,
        click,
        json!({"css": "#a"}),
    );
}

#[test]
fn playwright_goes_to_pages_and_asserts() {
    check(
        "page.goto: net::ERR_NAME_NOT_RESOLVED at https://shop.example/",
        NavigationFailed,
        Some(ActionName::Navigate),
        Value::Null,
    );
    check(
        &playwright(
            "page.goto",
            &["navigating to \"https://shop.example/\", waiting until \"load\""],
        ),
        Timeout,
        Some(ActionName::Navigate),
        Value::Null,
    );
    check(
        "Error: expect(locator).toBeVisible() failed\n\nLocator: locator('#done')\nExpected: visible\n\
         Error: element(s) not found",
        ExpectationFailed,
        Some(ActionName::Assert),
        json!({"css": "#done"}),
    );
    check_class("locator.click: Target page, context or browser has been closed", BrowserCrashed);
    check_class("page.click: Page crashed", BrowserCrashed);
    check_class(
        "page.waitForEvent: Timeout 30000ms exceeded while waiting for event \"download\"",
        DownloadFailed,
    );
    check_class("locator.fill: Error: Malformed value", ValidationRejected);
    check_class("page.evaluate: TypeError: Cannot read properties of null", ScriptError);
    check_class(
        "locator.click: Timeout 30000ms exceeded.\n- waiting for locator('#a')\n\n  12 | await expect(page)",
        ElementNotFound,
    );
}

#[test]
fn chains_of_locators_are_read_as_far_as_ours_can_say_them() {
    for (chain, target) in [
        ("locator('//div[@id=\"x\"]')", json!({"xpath": "//div[@id=\"x\"]"})),
        ("locator(\"xpath=//a\")", json!({"xpath": "//a"})),
        ("locator('text=Save')", json!({"text": "Save"})),
        ("locator('[name=\"q\"]')", json!({"css": "[name=\"q\"]"})),
        ("locator('a:has(b)').first()", json!({"css": "a:has(b)", "nth": 0})),
        (
            "locator('form').getByRole('button', { name: 'Save' }).nth(1)",
            json!({"role": "button", "name": "Save", "nth": 1, "within": {"css": "form"}}),
        ),
        (
            "get_by_role(\"link\", name=re.compile(\"next\"))",
            json!({"role": "link", "name": "next", "exact": false}),
        ),
        ("getByText(/save/i)", json!({"text": "save", "exact": false})),
        ("getByTestId('save-it')", json!({"test_id": "save-it"})),
        ("getByPlaceholder('It\\'s here')", json!({"placeholder": "It's here"})),
        ("locator('form >> button')", Value::Null),
        ("locator('li').filter({ hasText: 'x' })", Value::Null),
        ("locator('li').last()", Value::Null),
        ("frameLocator('#f').locator('li')", json!({"css": "li"})),
        ("frame_locator(\"#f\").locator(\"li\")", json!({"css": "li"})),
        (
            "locator('#f').contentFrame().getByRole('button', { name: 'Save' })",
            json!({"role": "button", "name": "Save"}),
        ),
        (
            "locator(\"#f\").content_frame.get_by_text(\"Save\").first",
            json!({"text": "Save", "nth": 0}),
        ),
        ("locator('#f').contentFrame().first().locator('li')", json!({"css": "li"})),
        ("locator('#f').frameLocator('#g').locator('li')", json!({"css": "li"})),
        ("locator('#f').contentFrame()", Value::Null),
        ("locator('a[')", Value::Null),
        ("locator('a", Value::Null),
    ] {
        let message = playwright("locator.click", &[&format!("waiting for {chain}")]);
        let target: Option<TargetForm> = serde_json::from_value(target).unwrap();
        assert_eq!(read(&message).target, target, "{chain}");
    }
}

#[test]
fn selenium_names_its_exceptions() {
    let click = Some(ActionName::Click);
    check(
        "selenium.common.exceptions.NoSuchElementException: Message: no such element: Unable to locate \
         element: {\"method\":\"css selector\",\"selector\":\"[id=\\\"save\\\"]\"}\n  (Session info: chrome=142)",
        ElementNotFound,
        None,
        json!({"css": "#save"}),
    );
    check(
        "no such element: Unable to locate element: {\"method\":\"xpath\",\"selector\":\"//button[1]\"}",
        ElementNotFound,
        None,
        json!({"xpath": "//button[1]"}),
    );
    check(
        "element click intercepted: Element <a id=\"x\">...</a> is not clickable at point (1, 2). Other \
         element would receive the click: <div>...</div>",
        NotInteractable,
        click,
        json!({"css": "#x"}),
    );
    check_class("Message: element not interactable", NotInteractable);
    check_class("stale element reference: stale element not found in the current frame", Detached);
    check_class("unexpected alert open: {Alert text : Really?}", DialogBlocked);
    check_class(
        "invalid session id: session deleted as the browser has closed the connection",
        BrowserCrashed,
    );
    check_class("selenium.common.exceptions.TimeoutException: Message: \n", Timeout);
    check_class("javascript error: x is not defined", ScriptError);
    check_class("unknown error: net::ERR_CONNECTION_REFUSED", NavigationFailed);
}

#[test]
fn puppeteer_cypress_and_others_are_understood() {
    check(
        "TimeoutError: Waiting for selector `#save` failed: Waiting failed: 30000ms exceeded",
        ElementNotFound,
        None,
        json!({"css": "#save"}),
    );
    check(
        "Error: No element found for selector: #save",
        ElementNotFound,
        None,
        json!({"css": "#save"}),
    );
    check_class("Error: Node is either not clickable or not an Element", NotInteractable);
    check_class("Error: Node is detached from document", Detached);
    check_class("Protocol error (Runtime.callFunctionOn): Target closed", BrowserCrashed);
    check_class("TimeoutError: Navigation timeout of 30000 ms exceeded", Timeout);
    check(
        "AssertionError: Timed out retrying after 4000ms: Expected to find element: `#save`, but never found it.",
        ElementNotFound,
        None,
        json!({"css": "#save"}),
    );
    for message in [
        "Expected to find element: `#save`",
        "Expected to find element: #save",
        "Timed out retrying after 4000ms: Expected to find element: #save, but never found it.",
        "Expected to find element: '#save', but never found it. Queried from:\n\n> <body>",
    ] {
        check(message, ElementNotFound, None, json!({"css": "#save"}));
    }
    check_class(
        "CypressError: Timed out retrying: `cy.click()` failed because this element is being covered by another element:",
        NotInteractable,
    );
    check_class(
        "AssertionError: expected '<h1>' to have text 'Done', but the text was 'Oops'",
        ExpectationFailed,
    );
    check(
        "Can't call click on element with selector \"#save\" because element wasn't found",
        ElementNotFound,
        Some(ActionName::Click),
        json!({"css": "#save"}),
    );
    check(
        "element (\"#save\") still not existing after 10000ms",
        ElementNotFound,
        None,
        json!({"css": "#save"}),
    );
    check_class(
        "Element with index 12 does not exist - retry or use alternative actions",
        ElementNotFound,
    );
}

#[test]
fn what_a_tool_tried_for_long_is_what_it_says_of_it() {
    let failed =
        |what: &str| format!("Timed out retrying after 4050ms: `cy.click()` failed because {what}");
    for what in [
        "this element is `disabled`:\n\n`<button disabled id=\"go-find\">Find</button>`",
        "the center of this element is hidden from view:\n\n`<button#go-find.wide>`",
        "this element:\n\n`<button id=\"go-find\">`\n\nis being covered by another element:\n\n`<div id=\"veil\">`",
        "this element:\n\n`<button id=\"go-find\">`\n\nhas CSS `pointer-events: none`, inherited from this \
         element:\n\n`<form id=\"f\">`",
        "this element is not visible:\n\n`<button id=\"go-find\">`",
    ] {
        check(&failed(what), NotInteractable, Some(ActionName::Click), json!({"css": "#go-find"}));
    }
    check_class(&failed("this element is detached from the DOM."), Detached);
    for message in [
        "`cy.type()` failed because it targeted a disabled element.",
        "CypressError: Timed out retrying after 4000ms: `cy.type()` failed because it targeted a disabled element.",
    ] {
        check(message, NotInteractable, Some(ActionName::Fill), Value::Null);
    }
    for message in [
        "Timed out retrying after 4000ms: Too many elements found. Found '3', expected '1'.",
        "Timed out retrying after 4000ms: Not enough elements found. Found '1', expected '2'.",
        "AssertionError: Timed out retrying after 4000ms: expected '<div#x>' to contain 'foo'",
        "Timed out retrying after 4000ms: expected 3 to equal 4",
        "expected '<div#x>' to contain 'foo'",
        "Timed out retrying after 4000ms: expected '<a#x>' to be 'visible'\n\nThis element `<a#x>` is not \
         visible because it has CSS property: `display: none`",
        "Timed out retrying after 4000ms: Expected `#x` not to exist in the DOM, but it was continuously found.",
        "AssertionError: Locator expected to be visible\nActual value: None\nError: element(s) not found",
    ] {
        check(message, ExpectationFailed, Some(ActionName::Assert), Value::Null);
    }
    check_class("Timed out retrying after 5000ms: `cy.wait()` timed out waiting", Timeout);
    check(
        "Timed out retrying after 4000ms: Expected to find content: 'Reserve now' but never did.",
        ElementNotFound,
        None,
        json!({"text": "Reserve now", "exact": false}),
    );
    check(
        "Expected to find content: 'It's here' within the selector: 'button' but never did.",
        ElementNotFound,
        None,
        json!({"text": "It's here", "exact": false}),
    );
    check("Expected to find content: '/save/i' but never did.", ElementNotFound, None, Value::Null);
}

#[test]
fn firefox_and_chrome_show_the_element_that_was_meant_first() {
    for (locator, target) in [
        ("#go-find", json!({"css": "#go-find"})),
        ("[id=\"go-find\"]", json!({"css": "#go-find"})),
        ("tr:nth-child(3) button", json!({"css": "tr:nth-child(3) button"})),
        ("//button[1]", json!({"xpath": "//button[1]"})),
        ("Reserve now", Value::Null),
    ] {
        for end in
            ["", "\nStacktrace:\n", "; For documentation on this error, please visit: https://w"]
        {
            let message = format!("Message: Unable to locate element: {locator}{end}");
            check(&message, ElementNotFound, None, target.clone());
        }
    }
    let click = Some(ActionName::Click);
    for (element, target) in [
        ("<button id=\"go-find\">...</button>", json!({"css": "#go-find"})),
        ("<input type=\"text\" name=\"q\">", json!({"css": "[name=\"q\"]"})),
        ("<a data-testid=\"next\" href=\"/2\">", json!({"test_id": "next"})),
        ("<button id=\":r1:\">", Value::Null),
        ("<input id=\":r1:\" name=\"q\">", json!({"css": "[name=\"q\"]"})),
        ("<input type=\"radio\" name=\"size\">", Value::Null),
        ("<button class=\"wide\">", Value::Null),
    ] {
        check(
            &format!(
                "element click intercepted: Element {element} is not clickable at point (1, 2). Other \
                 element would receive the click: <div id=\"veil\">...</div>"
            ),
            NotInteractable,
            click,
            target.clone(),
        );
        check(
            &format!(
                "Message: Element {element} is not clickable at point (1,2) because another element \
                 <div id=\"veil\"> obscures it"
            ),
            NotInteractable,
            click,
            target,
        );
    }
    check_class("Message: Element <a id=\"x\"> could not be scrolled into view", NotInteractable);
    check(
        "not clickable at point (1, 2): other element would receive the click: <div id=\"veil\">",
        NotInteractable,
        click,
        Value::Null,
    );
}

#[test]
fn each_tool_has_its_own_words_for_it() {
    for (message, class) in [
        ("page.goto: net::ERR_ABORTED; maybe frame was detached?", NavigationFailed),
        ("Navigating frame was detached", NavigationFailed),
        (
            "page.goto: Navigation to \"a\" is interrupted by another navigation to \"b\"",
            NavigationFailed,
        ),
        ("locator.click: Frame was detached", Detached),
        (
            "Ref e12 not found in the current page snapshot. Try capturing new snapshot.",
            ElementNotFound,
        ),
        ("The specified selector does not match any element in the DOM tree.", ElementNotFound),
        ("The element that matches the specified selector is not visible.", NotInteractable),
        ("A native alert dialog was invoked on page \"x\", but no handler was set", DialogBlocked),
        (
            "Waiting for element to be located By(css selector, #x)\nWait timed out after 1003ms",
            ElementNotFound,
        ),
        ("Cannot read properties of null (reading 'click')", ScriptError),
        ("Cannot read property 'click' of null", ScriptError),
        ("Enter the code we sent to your phone", Challenge),
        ("We sent a 6-digit code to your phone. Enter the 6-digit code sent to you", Challenge),
        ("`cy.visit()` failed trying to load:\n\n  > 401: Unauthorized", LoginRequired),
        ("Expected delivery to Berlin: 3 days", Unclassified),
        ("Enter the discount code we sent you", Unclassified),
        ("We sent you a code for your next order", Unclassified),
        ("Enter the 6-digit code that is on your voucher", Unclassified),
        ("Your account is currently disabled", Unclassified),
        ("the order is currently being sent", Unclassified),
    ] {
        check_class(message, class);
    }
}

#[test]
fn servers_and_pages_say_their_part() {
    for (message, class) in [
        ("HTTP 404", HttpError),
        ("the server responded with a status of 503 (Service Unavailable)", HttpError),
        ("Request failed with status code 429", RateLimited),
        ("Request failed with status code 401", LoginRequired),
        ("net::ERR_HTTP_RESPONSE_CODE_FAILURE at https://shop.example/", HttpError),
        ("Too Many Requests", RateLimited),
        ("Your session has expired. Please log in again.", LoginRequired),
        ("The page shows a reCAPTCHA", Challenge),
        ("Enter the verification code we sent you", Challenge),
        ("Please fill out this field.", ValidationRejected),
        ("net::ERR_TIMED_OUT", NavigationFailed),
        ("401 Unauthorized", LoginRequired),
        ("  Error: 401 Unauthorized\n  at fetch", LoginRequired),
        ("403 Forbidden", HttpError),
        ("404 Not Found", HttpError),
        ("404 - Not Found", HttpError),
        ("429 Too Many Requests", RateLimited),
        ("500 Internal Server Error", HttpError),
        ("502: Bad Gateway", HttpError),
        ("503 Service Unavailable", HttpError),
        ("504 Gateway Timeout", HttpError),
        ("504 Gateway Time-out", HttpError),
        ("401 orders are open", Unclassified),
        ("404 Forbidden", Unclassified),
        ("4010 Unauthorized", Unclassified),
        ("row 401 Unauthorized", Unclassified),
        ("401", Unclassified),
        ("é1 not found", Unclassified),
        ("status code 200", Unclassified),
        ("something went wrong", Unclassified),
        ("", Unclassified),
    ] {
        check_class(message, class);
    }
}

#[test]
fn what_an_element_is_called_says_nothing_about_the_trouble() {
    for name in ["Verification code", "Please log in", "Too many requests", "HTTP 404", "captcha"] {
        let message = playwright("locator.click", &[&format!("waiting for getByText('{name}')")]);
        check_class(&message, ElementNotFound);
    }
}

#[test]
fn our_own_messages_are_read_as_what_they_are() {
    for class in ErrorClass::ALL {
        let failure = crate::failure::Failure::new(class, "no such luck: timeout");
        check_class(&failure.to_string(), class);
    }
}

proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC{0,200}", opener in "(locator|getByRole|get_by_text|\\{\"method\":)?") {
        drop(read(&format!("{opener}({text}")));
        drop(read(&format!("{text} waiting for {opener}('{text}').nth({text})")));
    }
}
