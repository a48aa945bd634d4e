//! Single things: a session opened and closed, an action on a page that is there, a look at it.

use super::bare::Page;
use super::{Bench, WARM_UP};
use crate::bench::figures::{Aim, Round, median};
use crate::bench::milliseconds;
use ::browser::BrowserPool;
use anyhow::{Context as _, Result, ensure};
use domain::failure::Failure;
use domain::plan::{Action, PlanForm, Values, plan_steps};
use domain::ports::{Browsers as _, Session, SessionOptions};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

/// Longer than any of it takes.
const WITHIN: Duration = Duration::from_secs(10);

pub(super) async fn measure(bench: &mut Bench<'_>) -> Result<()> {
    sessions(bench).await?;
    actions(bench).await?;
    looks(bench).await
}

/// A session on a page.
pub(super) async fn open_at(pool: &BrowserPool, url: &str) -> Result<Box<dyn Session>> {
    let mut session = pool.open(SessionOptions::default()).await.map_err(trouble)?;
    let navigate = action(json!({ "action": "navigate", "url": url }))?;
    session.act(&navigate, WITHIN).await.map_err(trouble)?;
    Ok(session)
}

async fn sessions(bench: &mut Bench<'_>) -> Result<()> {
    let (mut bare, mut ours) = (Vec::new(), Vec::new());
    for at in 0..bench.settings.count(40) + WARM_UP {
        let begun = Instant::now();
        Page::open(&bench.bare).await?.close().await?;
        let floor = milliseconds(begun);
        let begun = Instant::now();
        bench.pool.open(SessionOptions::default()).await.map_err(trouble)?.close().await;
        if at >= WARM_UP {
            bare.push(floor);
            ours.push(milliseconds(begun));
        }
    }
    let round = Round::new(median(bare), median(ours));
    bench.report.add("a fresh session, opened and closed", "ms", Aim::Unset, round);
    Ok(())
}

/// What is done on the first page of the seven steps, ours beside bare.
async fn actions(bench: &mut Bench<'_>) -> Result<()> {
    let url = format!("{}/seven", bench.site.url);
    let page = Page::open(&bench.bare).await?;
    page.goto(&url).await?;
    let mut session = open_at(&bench.pool, &url).await?;
    let fill = action(json!({ "action": "fill", "target": { "label": "Name" }, "value": "Ada" }))?;
    let greet = json!({ "role": "button", "name": "Greet" });
    let click = action(json!({ "action": "click", "target": greet }))?;
    let read = json!({ "action": "extract", "as": "it", "target": { "css": "#greeting" } });
    let read = action(read)?;
    let mut times: [[Vec<f64>; 2]; 3] = Default::default();
    for at in 0..bench.settings.count(100) + WARM_UP {
        let begun = Instant::now();
        page.fill("name", "Ada").await?;
        let filled = milliseconds(begun);
        let begun = Instant::now();
        page.click("greet").await?;
        let clicked = milliseconds(begun);
        let begun = Instant::now();
        let greeting = page.read("greeting").await?;
        let bare = [filled, clicked, milliseconds(begun)];
        ensure!(greeting == "Hello, Ada!", "bare calls read {greeting}");
        let mut ours = [0.0; 3];
        let mut extracted = None;
        for (action, took) in [&fill, &click, &read].into_iter().zip(&mut ours) {
            let begun = Instant::now();
            extracted = session.act(action, WITHIN).await.map_err(trouble)?.extracted;
            *took = milliseconds(begun);
        }
        ensure!(extracted == Some(json!("Hello, Ada!")), "the session read {extracted:?}");
        if at >= WARM_UP {
            for ([bares, all], (bare, ours)) in times.iter_mut().zip(bare.into_iter().zip(ours)) {
                bares.push(bare);
                all.push(ours);
            }
        }
    }
    session.close().await;
    page.close().await?;
    for (name, [bare, ours]) in ["fill", "click", "extract"].into_iter().zip(times) {
        let round = Round::new(median(bare), median(ours));
        bench.report.add(&format!("{name}, on a page that is there"), "ms", Aim::Unset, round);
    }
    Ok(())
}

/// A look, as after every step: at a page with next to nothing on it, and at the form.
async fn looks(bench: &mut Bench<'_>) -> Result<()> {
    for path in ["/seven", "/form"] {
        let mut session = open_at(&bench.pool, &format!("{}{path}", bench.site.url)).await?;
        let mut times = Vec::new();
        let mut elements = 0;
        for at in 0..bench.settings.count(100) + WARM_UP {
            let begun = Instant::now();
            let seen = session.observe().await.map_err(trouble)?;
            if at >= WARM_UP {
                times.push(milliseconds(begun));
            }
            elements = seen.snapshot.elements.len();
        }
        session.close().await;
        let name = format!("a look at {elements} elements");
        bench.report.add(&name, "ms", Aim::Unset, Round::alone(median(times)));
    }
    Ok(())
}

/// One action, as a plan would have it.
fn action(step: Value) -> Result<Action> {
    let mut step = step;
    step["intent"] = "measure".into();
    let plan: PlanForm = serde_json::from_value(json!({ "steps": [step] }))?;
    let steps = plan_steps(&plan, &Values::default());
    let steps = steps.map_err(|faults| anyhow::anyhow!("{faults:?}"))?;
    Ok(steps.into_iter().next().context("one step")?.action)
}

/// A failure is no error; here it is.
#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` hands over")]
fn trouble(failure: Failure) -> anyhow::Error {
    anyhow::anyhow!("{failure}")
}
