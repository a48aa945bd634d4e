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
        let options = options(&profiles, &site);
        let egress = options.egress.clone().and("127.0.0.1:8791").unwrap();
        let pool = BrowserPool::start(BrowserOptions { egress, ..options }).await.unwrap();
        let seven = json!([
        { "intent": "x", "action": "navigate", "url": "http://127.0.0.1:8791/seven" },
        { "intent": "type the name", "action": "fill", "target": { "label": "Name" }, "value": "Ada" },
        { "intent": "greet", "action": "click", "target": { "role": "button", "name": "Greet" } },
        { "intent": "read the greeting", "action": "extract", "as": "greeting", "target": { "css": "#greeting" } },
        { "intent": "open the details", "action": "click", "target": { "role": "link", "name": "Details" }, "expect": { "url": "**/seven/details" } },
        { "intent": "show them", "action": "click", "target": { "role": "button", "name": "Show" } },
        { "intent": "read them", "action": "extract", "as": "details", "target": { "css": "#details" } } ]);
        let form = json!([
        { "intent": "x", "action": "navigate", "url": "http://127.0.0.1:8791/form" },
        { "intent": "type the name", "action": "fill", "target": { "label": "Full name" }, "value": "Ada Lovelace" },
        { "intent": "type the address", "action": "fill", "target": { "label": "Email" }, "value": "ada@example.com" },
        { "intent": "leave a note", "action": "fill", "target": { "label": "Notes" }, "value": "Please ring twice" },
        { "intent": "choose the country", "action": "select", "target": { "label": "Country" }, "value": "de" },
        { "intent": "subscribe", "action": "check", "target": { "label": "Send me news" } },
        { "intent": "choose express", "action": "check", "target": { "role": "radio", "name": "Express" } },
        { "intent": "choose the date", "action": "fill", "target": { "label": "Date" }, "value": "2026-03-14" },
        { "intent": "accept the terms", "action": "check", "target": { "label": "I accept the terms" } },
        { "intent": "send it", "action": "click", "target": { "role": "button", "name": "Send order" } },
        { "intent": "wait for the answer", "action": "wait_for", "target": { "css": "#done" } },
        { "intent": "read the answer", "action": "extract", "as": "done", "target": { "css": "#done" } } ]);
        for forms in [seven, form] {
            let plan: PlanForm = serde_json::from_value(json!({ "steps": forms })).unwrap();
            let steps = plan_steps(&plan, &Values::default()).unwrap();
            let mut names = vec!["open".to_owned()];
            for s in &steps { names.push(s.form.action.as_str().to_owned()); names.push("  observe".into()); }
            names.push("close".into());
            let mut all: Vec<Vec<f64>> = vec![];
            let mut wholes = vec![];
            for _ in 0..25 {
                let mut row = vec![];
                let whole = Instant::now();
                let mut t = Instant::now();
                let mut lap = |row: &mut Vec<f64>| { row.push(t.elapsed().as_secs_f64() * 1000.0); t = Instant::now(); };
                let mut session = pool.open(SessionOptions::default()).await.unwrap();
                lap(&mut row);
                for step in &steps {
                    session.act(&step.action, step.timeout).await.unwrap();
                    if !step.expect.is_empty() { session.check(&step.expect, step.timeout).await.unwrap(); }
                    lap(&mut row);
                    session.observe().await.unwrap();
                    lap(&mut row);
                }
                session.close().await;
                lap(&mut row);
                wholes.push(whole.elapsed().as_secs_f64() * 1000.0);
                all.push(row);
            }
            wholes.sort_by(f64::total_cmp);
            println!("WHOLE p50 {:.1} min {:.1}", wholes[wholes.len() / 2], wholes[0]);
            for (i, name) in names.iter().enumerate() {
                let mut col: Vec<f64> = all.iter().map(|r| r[i]).collect();
                col.sort_by(f64::total_cmp);
                println!("{name:12} p50 {:.1} min {:.1} max {:.1}", col[col.len() / 2], col[0], col[col.len() - 1]);
            }
        }
        pool.stop().await;
    });
}
