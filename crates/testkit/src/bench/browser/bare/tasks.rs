//! The steps of the benchmark as bare protocol calls.

use super::Bare;
use crate::bench::browser::site::{Errand, Site};
use anyhow::{Context as _, Result};
use serde_json::{Value, json};

/// A tab in a context of its own.
pub(in crate::bench::browser) struct Page {
    bare: Bare,
    context: String,
    session: String,
}

impl Page {
    pub(in crate::bench::browser) async fn open(bare: &Bare) -> Result<Self> {
        let connection = &bare.connection;
        // Around the proxy that keeps everything outside of Waymark's own sessions from the network.
        let own = json!({ "disposeOnDetach": true, "proxyServer": "direct://" });
        let made = connection.call(None, "Target.createBrowserContext", own).await?;
        let context = text(&made, "browserContextId")?;
        let blank = json!({ "url": "about:blank", "browserContextId": context });
        let made = connection.call(None, "Target.createTarget", blank).await?;
        let attach = json!({ "targetId": made["targetId"], "flatten": true });
        let attached = connection.call(None, "Target.attachToTarget", attach).await?;
        let session = text(&attached, "sessionId")?;
        connection.call(Some(&session), "Page.enable", json!({})).await?;
        Ok(Self { bare: bare.clone(), context, session })
    }

    pub(in crate::bench::browser) async fn close(self) -> Result<()> {
        let context = json!({ "browserContextId": self.context });
        self.bare.connection.call(None, "Target.disposeBrowserContext", context).await?;
        Ok(())
    }

    pub(in crate::bench::browser) async fn goto(&self, url: &str) -> Result<()> {
        let loaded = self.bare.connection.event(&self.session, "Page.loadEventFired");
        self.call("Page.navigate", json!({ "url": url })).await?;
        loaded.here().await?;
        Ok(())
    }

    pub(in crate::bench::browser) async fn click(&self, id: &str) -> Result<()> {
        let place = self
            .evaluate(&format!(
                "(() => {{ const box = document.getElementById('{id}').getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2]; }})()"
            ))
            .await?;
        let mut coming = Vec::new();
        for (kind, button, count) in
            [("mouseMoved", "none", 0), ("mousePressed", "left", 1), ("mouseReleased", "left", 1)]
        {
            let event = json!({
                "type": kind, "x": place[0], "y": place[1], "button": button, "clickCount": count
            });
            let connection = &self.bare.connection;
            coming.push(
                connection.send(Some(&self.session), "Input.dispatchMouseEvent", event).await?,
            );
        }
        for answer in coming {
            answer.here().await?;
        }
        Ok(())
    }

    pub(in crate::bench::browser) async fn click_and_load(&self, id: &str) -> Result<()> {
        let loaded = self.bare.connection.event(&self.session, "Page.loadEventFired");
        self.click(id).await?;
        loaded.here().await?;
        Ok(())
    }

    pub(in crate::bench::browser) async fn fill(&self, id: &str, value: &str) -> Result<()> {
        let focus = format!("document.getElementById('{id}').select()");
        self.evaluate(&focus).await?;
        self.call("Input.insertText", json!({ "text": value })).await?;
        Ok(())
    }

    /// What no input event does in one call: the value of a select or of a date.
    async fn set(&self, id: &str, value: &str) -> Result<()> {
        self.evaluate(&format!(
            "(() => {{ const it = document.getElementById('{id}'); it.value = '{value}';
            for (const name of ['input', 'change'])
                it.dispatchEvent(new Event(name, {{ bubbles: true }})); }})()"
        ))
        .await?;
        Ok(())
    }

    async fn until_shown(&self, id: &str) -> Result<()> {
        self.evaluate(&format!(
            "new Promise((done) => {{
                const it = document.getElementById('{id}');
                const look = () => it.hidden ? false : (done(true), true);
                if (!look()) new MutationObserver((_, self) => look() && self.disconnect())
                    .observe(it, {{ attributes: true }});
            }})"
        ))
        .await?;
        Ok(())
    }

    pub(in crate::bench::browser) async fn read(&self, id: &str) -> Result<Value> {
        self.evaluate(&format!("document.getElementById('{id}').textContent")).await
    }

    async fn evaluate(&self, expression: &str) -> Result<Value> {
        let params =
            json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let mut answer = self.call("Runtime.evaluate", params).await?;
        anyhow::ensure!(answer.get("exceptionDetails").is_none(), "{expression}: {answer}");
        Ok(answer["result"]["value"].take())
    }

    async fn call(&self, method: &str, params: Value) -> Result<Value> {
        self.bare.connection.call(Some(&self.session), method, params).await
    }
}

/// Carries out a task in a fresh context; what it read.
pub(in crate::bench::browser) async fn errand(
    bare: &Bare,
    site: &Site,
    errand: Errand,
) -> Result<Value> {
    let page = Page::open(bare).await?;
    let read = match errand {
        Errand::Seven => seven(&page, site).await?,
        Errand::Form => form(&page, site).await?,
    };
    page.close().await?;
    Ok(read)
}

async fn seven(page: &Page, site: &Site) -> Result<Value> {
    page.goto(&format!("{}/seven", site.url)).await?;
    page.fill("name", "Ada").await?;
    page.click("greet").await?;
    let greeting = page.read("greeting").await?;
    page.click_and_load("next").await?;
    page.click("show").await?;
    Ok(json!({ "greeting": greeting, "details": page.read("details").await? }))
}

async fn form(page: &Page, site: &Site) -> Result<Value> {
    page.goto(&format!("{}/form", site.url)).await?;
    page.fill("name", "Ada Lovelace").await?;
    page.fill("email", "ada@example.com").await?;
    page.fill("notes", "Please ring twice").await?;
    page.set("country", "de").await?;
    page.click("news").await?;
    page.click("express").await?;
    page.set("date", "2026-03-14").await?;
    page.click("terms").await?;
    page.click("submit").await?;
    page.until_shown("done").await?;
    Ok(json!({ "done": page.read("done").await? }))
}

fn text(answer: &Value, field: &str) -> Result<String> {
    Ok(answer[field].as_str().with_context(|| format!("no {field}"))?.to_owned())
}
