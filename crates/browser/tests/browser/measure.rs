use super::harness::{options, profiles, runtime};
use browser::{BrowserOptions, BrowserPool};
use domain::plan::{PlanForm, Values, plan_steps};
use domain::ports::{Browsers as _, SessionOptions};
use serde_json::json;
use std::time::Instant;
use testkit::site::FixtureSite;
#[test]
#[ignore = "x"]
fn measure() {
    runtime().block_on(async {
        let (site, profiles) = (FixtureSite::start().await, profiles());
        let t = Instant::now();
        let pool =
            BrowserPool::start(BrowserOptions { ..options(&profiles, &site) }).await.unwrap();
        println!("launch {:?}", t.elapsed());
        let forms = json!({ "steps": [
            { "intent": "x", "action": "navigate", "url": format!("{}/links", site.url()) },
            { "intent": "x", "action": "fill", "target": { "label": "Query" }, "value": "hello" },
            { "intent": "x", "action": "click", "target": { "text": "Push" } },
            { "intent": "x", "action": "extract", "target": { "css": "h1" }, "as": "x" },
            { "intent": "x", "action": "click", "target": { "role": "link", "name": "Form" } },
            { "intent": "x", "action": "click", "target": { "css": "#plain" } },
            { "intent": "x", "action": "extract", "target": { "css": "h1" }, "as": "x" },
        ] });
        let plan: PlanForm = serde_json::from_value(forms).unwrap();
        let steps = plan_steps(&plan, &Values::default()).unwrap();
        let mut all: Vec<Vec<f64>> = vec![];
        for _ in 0..30 {
            let mut row = vec![];
            let whole = Instant::now();
            let mut t = Instant::now();
            let mut lap = |row: &mut Vec<f64>| {
                row.push(t.elapsed().as_secs_f64() * 1000.0);
                t = Instant::now();
            };
            let mut session = pool.open(SessionOptions::default()).await.unwrap();
            lap(&mut row);
            for step in &steps {
                session.act(&step.action, step.timeout).await.unwrap();
                lap(&mut row);
            }
            session.observe().await.unwrap();
            lap(&mut row);
            session.close().await;
            lap(&mut row);
            row.push(whole.elapsed().as_secs_f64() * 1000.0);
            all.push(row);
        }
        for (i, name) in [
            "open", "goto", "fill", "click", "read", "link", "click", "read", "observe", "close",
            "whole",
        ]
        .iter()
        .enumerate()
        {
            let mut col: Vec<f64> = all.iter().map(|r| r[i]).collect();
            col.sort_by(f64::total_cmp);
            println!(
                "{name:8} p50 {:.1} min {:.1} max {:.1}",
                col[col.len() / 2],
                col[0],
                col[col.len() - 1]
            );
        }
        pool.stop().await;
    });
}
