//! Going on in another session: what a session is made of beside its page.

use super::BrowserSession;
use super::budget::Budget;
use super::call::Stop;
use super::json::parse;
use crate::cdp::{CallError, Connection};
use domain::escalation::SavedSession;
use domain::failure::Failure;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

const WITHIN: Duration = Duration::from_secs(10);

/// What `Storage.setCookies` takes of what `Storage.getCookies` gives.
const COOKIE: [&str; 9] = [
    "name",
    "value",
    "path",
    "secure",
    "httpOnly",
    "sameSite",
    "priority",
    "sourceScheme",
    "partitionKey",
];

#[derive(Deserialize)]
struct Cookies {
    cookies: Vec<Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Navigated {
    loader_id: Option<String>,
    error_text: Option<String>,
}

impl BrowserSession {
    /// The cookies of all sites, and what the page that is shown keeps. A page that cannot be
    /// asked, because a dialog holds it or it hangs, is left without its storage.
    pub(super) async fn saved(&self) -> Result<SavedSession, Failure> {
        let budget = Budget::new(WITHIN);
        let Some(context) = &self.context else { return Err(self.crashed()) };
        let params = json!({ "browserContextId": context.id });
        let reply = context.connection.start(None, "Storage.getCookies", params);
        let Cookies { cookies } = reply
            .read(budget.left())
            .await
            .map_err(|error| self.stopped(Stop::from(error), &budget))?;
        Ok(SavedSession {
            url: self.url(),
            cookies: cookies.into_iter().map(settable).collect(),
            storage: self.storage(&budget.at_most(WITHIN / 4)).await?,
        })
    }

    async fn storage(&self, budget: &Budget) -> Result<Value, Failure> {
        if self.watched.see(|state| state.dialog.is_some()) {
            return Ok(Value::Null);
        }
        let Some(spot) = self.main_spot() else { return Ok(Value::Null) };
        match self.call::<Option<String>>(&spot, "storage", &json!({}), budget).await {
            Ok(Some(text)) => Ok(parse(&text).unwrap_or_default()),
            Err(Stop::Dead) => Err(self.crashed()),
            Ok(None) | Err(_) => Ok(Value::Null),
        }
    }

    /// Puts back what was saved, before the session goes anywhere.
    pub(super) async fn restore(&mut self, saved: &SavedSession) -> Result<(), CallError> {
        let Some(context) = &self.context else { return Err(CallError::Closed) };
        put_cookies(&context.connection, &context.id, &saved.cookies).await?;
        if let Err(failure) = self.put_storage(&saved.storage).await {
            // With its cookies alone a session may do; without them it would not be worth a run.
            tracing::warn!(
                class = %failure.class,
                "the storage of a saved session could not be put back"
            );
        }
        Ok(())
    }

    /// Puts storage back where a page can only find it and never see it come: an empty document
    /// of the origin is made up, without asking the site, written to and left. So it is there
    /// before the first script of the site runs, and whatever the site does to it afterwards
    /// holds. A script in every new document would have to guess which of them is the first.
    async fn put_storage(&mut self, storage: &Value) -> Result<(), Failure> {
        let filled = |name: &str| storage[name].as_object().is_some_and(|all| !all.is_empty());
        let origin = storage["origin"].as_str().and_then(|origin| Url::parse(origin).ok());
        let Some(origin) = origin.filter(|origin| matches!(origin.scheme(), "http" | "https"))
        else {
            return Ok(());
        };
        if !filled("local") && !filled("session") {
            return Ok(());
        }
        let budget = Budget::new(WITHIN);
        self.made_up(true);
        let written = self.write_storage(&origin, storage, &budget).await;
        let left = self.open_blank(&budget).await;
        self.made_up(false);
        self.watched.change(|state| {
            // None of it is what the session did.
            state.journal.take();
            state.journal.begin_action();
            if let Some(tab) = state.tabs.first_mut() {
                tab.stillborn = None;
                tab.answers.clear();
            }
        });
        written.and(left)
    }

    /// Whether documents are made up instead of asked for.
    fn made_up(&self, made_up: bool) {
        self.watched.change(|state| state.made_up = made_up);
        let (Ok(session), Some(context)) = (self.tab_session(), &self.context) else { return };
        // The requests of a browser elsewhere are looked at anyway.
        if context.proxy.is_none() {
            return;
        }
        let (method, params) = if made_up {
            ("Fetch.enable", json!({ "patterns": [{ "urlPattern": "*" }] }))
        } else {
            ("Fetch.disable", json!({}))
        };
        drop(context.connection.start(Some(&session), method, params));
    }

    async fn write_storage(
        &self,
        origin: &Url,
        storage: &Value,
        budget: &Budget,
    ) -> Result<(), Failure> {
        self.open(origin.as_str(), budget).await?;
        let spot = self.spot(budget).await?;
        self.call::<Value>(&spot, "putStorage", storage, budget)
            .await
            .map(|_| ())
            .map_err(|stop| self.stopped(stop, budget))
    }

    /// Leaves the made-up document, as if it had never been there.
    async fn open_blank(&self, budget: &Budget) -> Result<(), Failure> {
        self.open("about:blank", budget).await?;
        let session = self.tab_session()?;
        let Some(connection) = self.connection() else { return Err(self.crashed()) };
        let reply = connection.start(Some(&session), "Page.resetNavigationHistory", json!({}));
        self.answered(reply, budget).await
    }

    async fn open(&self, url: &str, budget: &Budget) -> Result<(), Failure> {
        let session = self.tab_session()?;
        let Some(connection) = self.connection() else { return Err(self.crashed()) };
        let reply = connection.start(Some(&session), "Page.navigate", json!({ "url": url }));
        let navigated: Navigated =
            self.answer(reply, budget).await.map_err(|stop| self.stopped(stop, budget))?;
        match (navigated.error_text.filter(|text| !text.is_empty()), navigated.loader_id) {
            (Some(error), _) => Err(self.stopped(Stop::Broken(error), budget)),
            (None, Some(loader)) => self.loaded(&loader, budget).await,
            (None, None) => Ok(()),
        }
    }
}

/// Sets cookies; one that the browser does not take must not cost the others.
async fn put_cookies(
    connection: &Connection,
    context: &str,
    cookies: &[Value],
) -> Result<(), CallError> {
    let until = Instant::now() + WITHIN;
    let set = |cookies: &[Value]| {
        let params = json!({ "browserContextId": context, "cookies": cookies });
        let left = until.saturating_duration_since(Instant::now());
        connection.start(None, "Storage.setCookies", params).done(left)
    };
    match set(cookies).await {
        Err(CallError::Refused { .. }) => {}
        done => return done,
    }
    for cookie in cookies {
        match set(std::slice::from_ref(cookie)).await {
            // Not which one, nor what is in it.
            Err(CallError::Refused { .. }) => tracing::warn!("a saved cookie was not taken"),
            done => done?,
        }
    }
    Ok(())
}

/// A cookie as it can be set. One that is for a single host is told by its URL, because a domain
/// would make it one for all hosts below; and one that ends with the session by having no end.
fn settable(mut cookie: Map<String, Value>) -> Value {
    let mut settable = Map::new();
    for name in COOKIE {
        if let Some(value) = cookie.remove(name) {
            settable.insert(name.to_owned(), value);
        }
    }
    if cookie.get("session") != Some(&Value::Bool(true))
        && let Some(expires) = cookie.remove("expires")
    {
        settable.insert("expires".into(), expires);
    }
    let domain = cookie.get("domain").and_then(Value::as_str).unwrap_or_default();
    if domain.starts_with('.') {
        settable.insert("domain".into(), domain.into());
    } else {
        let secure = settable.get("secure") == Some(&Value::Bool(true));
        let scheme = if secure { "https" } else { "http" };
        settable.insert("url".into(), format!("{scheme}://{domain}/").into());
    }
    Value::Object(settable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookie(more: Value) -> Map<String, Value> {
        let all = json!({
            "name": "id", "value": "1", "domain": "shop.example", "path": "/", "size": 3,
            "expires": -1, "session": true, "secure": true, "sourcePort": 443,
        });
        let (Value::Object(mut all), Value::Object(more)) = (all, more) else { unreachable!() };
        all.extend(more);
        all
    }

    #[test]
    fn a_cookie_of_one_host_stays_with_it() {
        let set = settable(cookie(json!({})));
        assert_eq!(
            set,
            json!({ "name": "id", "value": "1", "path": "/", "secure": true, "url": "https://shop.example/" })
        );
    }

    #[test]
    fn a_cookie_of_a_domain_keeps_its_end() {
        let lasting = json!({ "domain": ".shop.example", "expires": 9.5, "session": false });
        let set = settable(cookie(lasting));
        assert_eq!((&set["domain"], &set["expires"]), (&json!(".shop.example"), &json!(9.5)));
        assert_eq!(set.get("url"), None);
    }
}
