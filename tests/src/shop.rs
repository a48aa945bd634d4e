//! A site that is redesigned under the feet of its visitors: a small shop in two releases, and
//! another one that has nothing in common with it but a consent notice. What was bought is asked of
//! the site, not of its pages.

use crate::site::Site;
use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::response::{Html, Redirect};
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// The shop; it ends when dropped.
pub struct ShopSite {
    site: Site,
    orders: Arc<Mutex<Vec<Order>>>,
}

/// What somebody bought.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Order {
    /// For whom.
    pub name: String,
    /// Which button was pressed.
    #[serde(default)]
    pub by: String,
}

type Orders = Arc<Mutex<Vec<Order>>>;

impl ShopSite {
    /// Starts the site.
    ///
    /// # Panics
    /// No port can be had.
    pub async fn start() -> Self {
        let orders = Orders::default();
        let router = Router::new()
            .route("/{release}/", get(home))
            .route("/lured/", get(lured))
            .route("/{release}/basket", get(basket).post(order))
            .route("/{release}/done", get(done))
            .route("/code/", get(code_form).post(code))
            .route("/code/inside", get(inside))
            .route("/codes/{nth}", get(codes_form).post(codes))
            .with_state(orders.clone());
        Self { site: Site::serve(router).await, orders }
    }

    /// The address of a page.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.site.url)
    }

    /// What was bought so far.
    ///
    /// # Panics
    /// A handler panicked before.
    #[must_use]
    pub fn orders(&self) -> Vec<Order> {
        self.orders.lock().unwrap().clone()
    }

    /// A task that buys something, with the locators of the old release, on this release.
    #[must_use]
    pub fn task(&self, agent: &str, release: &str) -> Value {
        json!({
            "goal": "buy a kettle for {{inputs.name}}",
            "start_url": self.at(&format!("/{release}/")),
            "site": "shop", "agent": agent,
            "inputs": {"name": "Ada Lovelace"},
            "plan": {"steps": [
                {"intent": "open the basket", "action": "click", "target": {"css": "#basket"},
                 "timeout_ms": 1500},
                {"intent": "type the name of the customer", "action": "fill",
                 "target": {"css": "#customer"}, "value": "{{inputs.name}}", "timeout_ms": 1500},
                {"intent": "place the order", "action": "click",
                 "target": {"xpath": "/html/body/form/button[1]"},
                 "expect": {"text": "Thank you"}, "timeout_ms": 1500},
                {"intent": "read the order number", "action": "extract", "as": "number",
                 "target": {"css": "#number"}, "timeout_ms": 1500}
            ]},
            "limits": {"seconds": 60, "attempts": 1, "answer_seconds": 0}
        })
    }
}

/// A page, with no request but its own.
fn page(title: &str, body: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><title>{title}</title><link rel=\"icon\" href=\"data:,\">\
         <body>{body}</body>"
    ))
}

async fn home(Path(release): Path<String>) -> Html<String> {
    page(
        "Shop",
        match release.as_str() {
            "old" => {
                "<h1>Kettles</h1><a id=\"basket\" href=\"basket\">Basket</a>
                      <a id=\"help\" href=\"#\">Help</a>"
            }
            // The way to the basket is gone, and two things look a little like it.
            "gone" => "<h1>Kettles</h1><a href=\"basket\">Continue</a><a href=\"#\">Proceed</a>",
            // It is behind a letter, and behind a word that lets one on.
            "hidden" => {
                "<h1>Kettles</h1><span onclick=\"document.getElementById('more').hidden=false\">K</span>
                 <div id=\"more\" hidden><label>Word <input oninput=\"
                    document.getElementById('on').hidden=!this.value\"></label>
                 <a id=\"on\" hidden href=\"basket\">Continue</a></div>"
            }
            _ => {
                "<header><a class=\"nav\" href=\"#help\">Help</a>\
                 <a class=\"nav\" href=\"basket\">Your basket</a></header><h1>Kettles</h1>"
            }
        },
    )
}

/// The shop after somebody put another address under the link to the basket.
async fn lured(Query(query): Query<HashMap<String, String>>) -> Html<String> {
    page("Shop", &format!("<h1>Kettles</h1><a class=\"nav\" href=\"{}\">Basket</a>", query["to"]))
}

/// What covers the form of the new release until it is answered.
const CONSENT: &str = "<div style=\"position:fixed;inset:0;background:#000c\">
    <div role=\"dialog\" aria-label=\"Cookies\" style=\"background:#fff;margin:4rem;padding:2rem\">
    We value your privacy. <button onclick=\"this.closest('[style*=fixed]').remove()\">Reject all</button>
    </div></div>";

async fn basket(Path(release): Path<String>) -> Html<String> {
    let form = "<form method=\"post\">";
    page(
        "Basket",
        &match release.as_str() {
            "old" => format!(
                "{form}<label>Customer <input id=\"customer\" name=\"name\"></label>
                 <button name=\"by\" value=\"order\">Place order</button></form>"
            ),
            "covered" => format!(
                "{form}<label>Customer <input id=\"customer\" name=\"name\"></label>
                 <button name=\"by\" value=\"order\">Place order</button></form>{CONSENT}"
            ),
            // One form to search the basket with, and one to empty it.
            "desk" => {
                let who = "<input type=\"hidden\" name=\"name\" value=\"-\">";
                let pressed =
                    |by, says| format!("<button name=\"by\" value=\"{by}\">{says}</button>");
                let (look, empty) = (pressed("looked", "Go"), pressed("emptied", "Empty"));
                format!("{form}{who}{look}</form>{form}{who}{empty}</form>")
            }
            _ => format!(
                "{form}<button name=\"by\" value=\"save\">Save for later</button>
                 <label>Customer name <input id=\"id_4f9a\" name=\"name\"></label>
                 <button name=\"by\" value=\"order\">Place the order</button></form>"
            ),
        },
    )
}

async fn order(
    State(orders): State<Orders>,
    Path(release): Path<String>,
    Form(order): Form<Order>,
) -> Redirect {
    let by = order.by.clone();
    orders.lock().unwrap().push(order);
    Redirect::to(&format!("/{release}/done?by={by}"))
}

async fn done(
    Path(release): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Html<String> {
    // What is read is never guessed, so this has to stay.
    let number = match release.as_str() {
        "old" | "covered" | "gone" | "hidden" => "<p id=\"number\">K-1</p>",
        _ => "<p>Order number: <strong id=\"number\">K-1</strong></p>",
    };
    let saved = query.get("by").is_some_and(|by| by == "save");
    page("Done", &if saved { "<p>Saved</p>".into() } else { format!("<p>Thank you</p>{number}") })
}

async fn code_form() -> Html<String> {
    page(
        "Confirm it is you",
        "<form method=\"post\"><p>We sent you a code. Confirm that you are human.</p>
         <label>Code <input name=\"code\" autocomplete=\"one-time-code\"></label>
         <button>Confirm</button></form>",
    )
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

async fn code(Form(code): Form<Code>) -> Redirect {
    let right = code.code == "903177";
    Redirect::to(if right { "/code/inside" } else { "/code/" })
}

/// Asks for two codes, and says at the end which ones it was given.
async fn codes_form(
    Path(nth): Path<u8>,
    Query(given): Query<HashMap<String, String>>,
) -> Html<String> {
    let so_far = given.get("so_far").cloned().unwrap_or_default();
    if nth > 2 {
        let body =
            format!("<p>Codes: {so_far}</p><a id=\"inbox\" href=\"#inbox\">Inbox {so_far}</a>");
        return page("Inside", &body);
    }
    page(
        "Confirm it is you",
        &format!(
            "<form method=\"post\"><p>We sent you code {nth}. Confirm that you are human.</p>
             <label>Code <input name=\"code\" autocomplete=\"one-time-code\"></label>
             <input type=\"hidden\" name=\"so_far\" value=\"{so_far}\">
             <button>Confirm</button></form>"
        ),
    )
}

#[derive(Deserialize)]
struct AnotherCode {
    code: String,
    so_far: String,
}

async fn codes(
    Path(nth): Path<u8>,
    Form(AnotherCode { code, so_far }): Form<AnotherCode>,
) -> Redirect {
    Redirect::to(&format!("/codes/{}?so_far={so_far}+{code}", nth + 1))
}

async fn inside() -> Html<String> {
    page("Inside", "<h1>Welcome back</h1><a id=\"inbox\" href=\"#inbox\">Inbox</a>")
}
