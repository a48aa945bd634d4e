//! A site whose pages the test holds in its hand: each shows a gate that the test opens, and the
//! site counts who stands before it.

use crate::client::Client;
use crate::eventually;
use crate::site::Site;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{Html, Redirect};
use axum::routing::get;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct Gates {
    open: HashSet<String>,
    visits: HashMap<String, usize>,
    held: HashMap<String, usize>,
}

/// The site; it ends when dropped.
pub struct GateSite {
    site: Site,
    gates: Arc<Mutex<Gates>>,
}

impl GateSite {
    /// Starts the site.
    ///
    /// # Panics
    /// No port can be had.
    pub async fn start() -> Self {
        let gates = Arc::new(Mutex::new(Gates::default()));
        let router = Router::new()
            .route("/gate/{name}", get(page))
            .route("/state/{name}", get(state))
            .route("/held/{name}", get(held_page))
            .route("/hold/{name}", get(hold))
            .route("/echo", get(echo))
            .route("/greet", get(greet))
            .route("/hello/{said}", get(hello))
            .with_state(gates.clone());
        Self { site: Site::serve(router).await, gates }
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.site.url
    }

    /// Opens a gate.
    ///
    /// # Panics
    /// A handler panicked before.
    pub fn open(&self, name: &str) {
        self.gates.lock().unwrap().open.insert(name.to_owned());
    }

    /// How often the page of a gate was loaded.
    ///
    /// # Panics
    /// A handler panicked before.
    #[must_use]
    pub fn visits(&self, name: &str) -> usize {
        self.gates.lock().unwrap().visits.get(name).copied().unwrap_or(0)
    }

    /// How many browsers have the page `/held/…` of this name open.
    ///
    /// # Panics
    /// A handler panicked before.
    #[must_use]
    pub fn held(&self, name: &str) -> usize {
        self.gates.lock().unwrap().held.get(name).copied().unwrap_or(0)
    }

    /// Waits until a task stands before its gate for the nth time: two steps recorded, the third
    /// under way.
    ///
    /// # Panics
    /// It does not come there.
    pub async fn reached(&self, client: &Client, task: &wire::Task, visits: usize) {
        let name = task.goal.rsplit(' ').next().unwrap();
        eventually("the run stands before the gate", async || {
            let run = client.task(task.id).await.run_id?;
            let steps = client.steps(run).await.len();
            (self.visits(name) == visits && steps == 2).then_some(())
        })
        .await;
    }

    /// A task that types a word, waits for the gate to open, and reads the word back.
    #[must_use]
    pub fn task(&self, name: &str) -> Value {
        json!({
            "goal": format!("pass the gate {name}"),
            "start_url": format!("{}/gate/{name}", self.site.url),
            "plan": {"steps": [
                {"intent": "type a word", "action": "fill", "target": {"label": "Word"}, "value": name},
                {"intent": "wait for the gate", "action": "wait_for", "timeout_ms": 60_000,
                 "expect": {"text": "The gate is open"}},
                {"intent": "read the word", "action": "extract", "as": "word", "target": {"label": "Word"}}
            ]},
            "limits": {"seconds": 90, "attempts": 3, "answer_seconds": 0}
        })
    }
}

const PAGE: &str = r#"<!doctype html><title>Gate</title><link rel="icon" href="data:,">
<label>Word <input name="word"></label><p id="gate">The gate is closed</p>
<script>
  const look = async () => {
    const state = await (await fetch("/state/NAME")).json();
    if (state) document.getElementById("gate").textContent = "The gate is open";
    else setTimeout(look, 50);
  };
  look();
</script>"#;

async fn page(State(gates): State<Arc<Mutex<Gates>>>, Path(name): Path<String>) -> Html<String> {
    *gates.lock().unwrap().visits.entry(name.clone()).or_default() += 1;
    Html(PAGE.replace("NAME", &name))
}

async fn state(
    State(gates): State<Arc<Mutex<Gates>>>,
    Path(name): Path<String>,
) -> axum::Json<bool> {
    axum::Json(gates.lock().unwrap().open.contains(&name))
}

/// A page that holds on to the site as long as it is open.
async fn held_page(Path(name): Path<String>) -> Html<String> {
    Html(format!(
        "<!doctype html><title>Held</title><link rel=\"icon\" href=\"data:,\"><p>Held</p>\
         <script>fetch(\"/hold/{name}\")</script>"
    ))
}

/// Never answers, and notices when nobody waits for the answer any more.
async fn hold(State(gates): State<Arc<Mutex<Gates>>>, Path(name): Path<String>) -> Html<String> {
    let _hold = Hold::on(gates, name);
    std::future::pending().await
}

struct Hold(Arc<Mutex<Gates>>, String);

impl Hold {
    fn on(gates: Arc<Mutex<Gates>>, name: String) -> Self {
        *gates.lock().unwrap().held.entry(name.clone()).or_default() += 1;
        Self(gates, name)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(held) = self.0.lock().unwrap().held.get_mut(&self.1) {
            *held -= 1;
        }
    }
}

/// Says back what it was sent, in every way a page can.
async fn echo(Query(query): Query<HashMap<String, String>>) -> Html<String> {
    echoed(&query.get("said").cloned().unwrap_or_default())
}

/// Leads to a page whose address holds what was sent.
async fn greet(Query(query): Query<HashMap<String, String>>) -> Redirect {
    let said = query.get("said").cloned().unwrap_or_default();
    Redirect::to(&format!("/hello/{}", said.replace(' ', "%20")))
}

async fn hello(Path(said): Path<String>) -> Html<String> {
    echoed(&said)
}

fn echoed(said: &str) -> Html<String> {
    let shouted = said.to_uppercase();
    Html(format!(
        "<!doctype html><title>{said}</title><link rel=\"icon\" href=\"data:,\">\
         <form><label>Say <input name=\"said\" value=\"{said}\"></label><button>Say it</button>\
         <button formaction=\"/greet\">Greet</button></form>\
         <p id=\"echo\">{said}</p><h1>{shouted}</h1><a href=\"/echo?said={said}\">{said}</a>\
         <script>console.error(\"said {said}\"); console.log(\"said {said}\")</script>"
    ))
}
