//! Searching what a real fleet did, over HTTP and from the shell, with the real model.

use serde_json::{Value, json};
use std::process::Output;
use tests::{Client, Fleet, GateSite};
use wire::{SearchMode, SearchPage, TaskState};

struct Asking<'a> {
    fleet: &'a Fleet,
    client: Client,
}

impl Asking<'_> {
    async fn get(&self, query: &str) -> SearchPage {
        self.client.get(&format!("/v1/runs/search?{}", query.replace(' ', "+"))).await
    }

    async fn shell(&self, args: &[&str]) -> (Output, String, String) {
        let mut command = self.fleet.command("search");
        let output = command.args(args).env("WAYMARK_URL", self.client.base()).output().await;
        let output = output.unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (told, noted) = (text(&output.stdout), text(&output.stderr));
        (output, told, noted)
    }

    /// Returns when nothing waits to be indexed.
    async fn caught_up(&self) {
        tests::eventually("search has caught up with the traces", async || {
            let ready: Value = self.client.get("/readyz").await;
            (ready["search"] == json!({"waiting": 0, "oldest_seconds": null})).then_some(())
        })
        .await;
    }
}

/// A task whose last step looks for something that the page does not have.
fn lacking(site: &GateSite, agent: &str, intent: &str, css: &str) -> Value {
    let mut task = site.task(agent);
    task["goal"] = json!("get past the gate as {{inputs.who}}");
    task["agent"] = json!(agent);
    task["inputs"]["who"] = json!("Ada Lovelace");
    task["limits"] = json!({"heals": 0, "attempts": 1, "answer_seconds": 0, "seconds": 60});
    let step = json!({"intent": intent, "action": "click", "target": {"css": css},
        "timeout_ms": 300});
    task["plan"]["steps"].as_array_mut().unwrap().push(step);
    task
}

#[tokio::test]
async fn runs_are_found_by_what_went_wrong_in_any_words() {
    let (fleet, site) = (Fleet::new().await, GateSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    let asking = Asking { fleet: &fleet, client };
    let mut runs = Vec::new();
    for (agent, intent, css) in [
        ("rooms", "reserve the attic room", "#book-attic"),
        ("bills", "export the invoice to a spreadsheet", "#export"),
    ] {
        site.open(agent);
        let task = asking.client.submit(&lacking(&site, agent, intent, css)).await;
        let task = asking.client.ended_as(task.id, TaskState::Failed).await;
        runs.push(task.run_id.unwrap());
    }
    asking.caught_up().await;

    let question = "show me runs where the agent failed to find a booking button";
    for mode in ["semantic", "hybrid"] {
        let page = asking.get(&format!("q={question}&mode={mode}")).await;
        assert_eq!(page.items[0].id, runs[0], "{mode}: {page:?}");
        let matched = page.items[0].matched.as_ref().unwrap();
        assert_eq!((matched.intent.as_str(), matched.healed), ("reserve the attic room", false));
    }
    let page = asking.get("q=the bill could not be saved to excel").await;
    assert_eq!((page.items[0].id, page.mode), (runs[1], SearchMode::Hybrid));
    let page = asking.get("q=invoice export&mode=text&agent=bills").await;
    assert_eq!(page.items.iter().map(|found| found.id).collect::<Vec<_>>(), [runs[1]]);
    assert_eq!(asking.get("q=purple elephants dancing on the moon").await.items, []);
    assert_eq!(asking.get("q=Ada Lovelace&mode=text").await.items, [], "she was typed");

    shell(&asking, question, &runs.iter().map(ToString::to_string).collect::<Vec<_>>()).await;
}

async fn shell(asking: &Asking<'_>, question: &str, runs: &[String]) {
    let (_, table, _) = asking.shell(&[question]).await;
    assert!(table.contains(&runs[0]) && table.contains("reserve the attic room"), "{table}");
    assert!(table.contains("element_not_found (book attic button): "), "{table}");
    let (_, json, _) = asking.shell(&["\"attic room\"", "--json"]).await;
    let page: SearchPage = serde_json::from_str(&json).unwrap();
    assert_eq!(page.items[0].id.to_string(), runs[0]);

    let unlike = ["invoice", "--agent", "rooms", "--since", "1h"];
    let (output, table, noted) = asking.shell(&unlike).await;
    assert!(output.status.success() && table.is_empty(), "{table}");
    assert!(noted.contains("Something does without --agent rooms."), "{noted}");
    assert!(!noted.contains("--since"), "{noted}");
    let (_, _, noted) = asking.shell(&["\"booking button\""]).await;
    assert!(noted.contains("without the quotes"), "{noted}");
    let (_, _, noted) = asking.shell(&["vegetables", "--mode", "text"]).await;
    assert!(noted.contains("--mode hybrid"), "{noted}");
    let (_, _, noted) = asking.shell(&["purple elephants"]).await;
    assert!(noted.contains("other words"), "{noted}");

    for (args, code, says) in [
        (&["--since", "monday", "x"][..], 64, "--since monday: it is 90m"),
        (&["--since", "1h", "--until", "2h", "x"], 64, "--since 1h must be before --until 2h"),
        (&[], 64, "WORDS"),
        (&["book", "--mode", "fuzzy"], 65, "mode: is an unknown variant"),
        (&["book \"now"], 65, "q: has a quote that is not closed"),
    ] {
        let (output, _, noted) = asking.shell(args).await;
        assert_eq!(output.status.code(), Some(code), "{args:?}: {noted}");
        assert!(noted.contains(says), "{args:?}: {noted}");
    }
}
