//! Uploads, downloads, and drag and drop.

use super::harness::on;
use domain::failure::ErrorClass::{DownloadFailed, NotInteractable};
use domain::observation::Change;
use serde_json::json;

#[test]
fn files_are_uploaded_with_their_names_and_content() {
    on("/upload", async |page| {
        let file = json!([{ "name": "notes ü.txt", "text": "hello from a plan" }]);
        page.act(json!({ "action": "upload", "target": { "label": "Document" }, "files": file }))
            .await;
        let two = json!([{ "name": "a.bin", "base64": "AAEC" }, { "name": "b.txt", "text": "b" }]);
        page.act(json!({ "action": "upload", "target": { "css": "#many" }, "files": two })).await;
        page.act(json!({ "action": "upload", "target": { "css": "#hidden" }, "files": [{ "name": "p.png", "text": "png" }] })).await;
        page.act(json!({ "action": "upload", "target": { "text": "Choose…" }, "files": [{ "name": "o.txt", "text": "opened" }] })).await;
        assert_eq!(page.text("#log").await, "notes ü.txt:17;a.bin:3,b.txt:1;p.png:3;o.txt:6;");
        let two = json!([{ "name": "a", "text": "a" }, { "name": "b", "text": "b" }]);
        page.fail(
            NotInteractable,
            "one file only",
            json!({ "action": "upload", "target": { "css": "#file" }, "files": two }),
        )
        .await;
        page.press_button("Send").await;
        let sent = page.harness.site.received();
        let body = &sent
            .iter()
            .rev()
            .find(|r| r.method == "POST" && r.body.contains("notes"))
            .unwrap()
            .body;
        assert!(body.contains("hello from a plan") && body.contains("opened"), "{body}");
    });
}

#[test]
fn downloads_arrive_with_name_and_content() {
    on("/downloads", async |page| {
        page.look().await;
        page.act(json!({ "action": "click", "target": { "text": "Report" }, "expect": { "download": "report*.csv" } })).await;
        let seen = page.look().await;
        assert_eq!(seen.downloads.len(), 1);
        assert_eq!(seen.downloads[0].name, "report.csv");
        assert_eq!(seen.downloads[0].content, b"this is report.csv");
        let downloaded = Change::Downloaded { name: "report.csv".into(), bytes: 18 };
        assert!(seen.observation.changes.contains(&downloaded), "{:?}", seen.observation.changes);
        assert!(page.look().await.downloads.is_empty());
        for (text, name) in [("In a new tab", "new.csv"), ("Made here", "made.txt")] {
            page.act(json!({ "action": "click", "target": { "text": text }, "expect": { "download": name } })).await;
        }
        let straight = json!({ "action": "navigate", "url": "/download/straight.csv", "expect": { "download": "straight.csv" } });
        page.act(straight).await;
        let none = json!({ "action": "assert", "expect": { "download": "*.pdf" } });
        page.fail(DownloadFailed, "none came", none).await;
    });
}

#[test]
fn what_is_dragged_arrives() {
    on("/drag", async |page| {
        page.act(
            json!({ "action": "drag", "target": { "css": "#handle" }, "to": { "css": "#zone" } }),
        )
        .await;
        assert_eq!(page.text("#log").await, "mouse drop on zone;");
        page.act(
            json!({ "action": "drag", "target": { "css": "#native" }, "to": { "css": "#target" } }),
        )
        .await;
        assert!(page.text("#log").await.contains("native drop of the payload;"));
    });
}
