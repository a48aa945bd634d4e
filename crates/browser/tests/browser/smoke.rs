//! The first thing that has to work.

use super::harness::on;
use serde_json::json;

#[test]
fn a_form_is_filled_in_and_sent() {
    on("/form", async |page| {
        page.act(json!({ "action": "fill", "target": { "label": "Full name" }, "value": "Grace" }))
            .await;
        page.act(json!({ "action": "fill", "target": { "css": "#pw" }, "value": "hunter2!" }))
            .await;
        let acted = page
            .act(json!({ "action": "click", "target": { "role": "button", "name": "Send" },
            "expect": { "url": "**/echo", "title": "Echo" } }))
            .await;
        println!("{acted:#?}");
        assert!(page.text("#body").await.contains("name=Grace"));
        println!("{:#?}", page.look().await);
    });
}
