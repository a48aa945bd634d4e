//! One trouble in other words: what helped is a hint, held against the words of whoever asks.

use crate::healing::{answered, asked, learnt, run};
use serde_json::{Value, json};
use tests::{Client, Fleet, ShopSite};
use wire::TaskState;

/// A task that clicks where the old release had its button, for this purpose.
fn task(site: &ShopSite, intent: &str) -> Value {
    json!({
        "goal": "work at the desk", "start_url": site.at("/desk/basket"), "site": "shop",
        "agent": "a",
        "plan": {"steps": [{"intent": intent, "action": "click", "target": {"css": ".btn"},
            "expect": {"text": "Thank you"}, "timeout_ms": 1500}]},
        "limits": {"seconds": 60, "attempts": 1, "answer_seconds": 0}
    })
}

/// The first recall of a task's run.
async fn recall(client: &Client, task: &wire::Task) -> Value {
    let steps = client.steps(task.run_id.unwrap()).await;
    let recall = steps.iter().flat_map(|step| &step.recalls).next().unwrap();
    serde_json::to_value(recall).unwrap()
}

fn pressed(site: &ShopSite) -> Vec<String> {
    site.orders().into_iter().map(|order| order.by).collect()
}

#[tokio::test]
async fn other_words_for_one_purpose_share_what_helped_and_other_purposes_do_not() {
    let (fleet, site) = (Fleet::new().await, ShopSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    let mut first = task(&site, "press the search button");
    first["limits"]["answer_seconds"] = json!(600);
    let first = client.submit(&first).await;
    let escalation = asked(&client, &first).await;
    let press = json!({"action": "click", "target": {"text": "Go"}});
    answered(&client, &escalation, &json!({"kind": "action", "action": press})).await;
    client.ended_as(first.id, TaskState::Succeeded).await;
    learnt(&client).await;

    // Nobody knows what this means without having been told, and nobody has to be told again.
    let next = run(&client, &task(&site, "search")).await;
    assert_eq!(next.state, TaskState::Succeeded, "{:?}", next.failure);
    let told = recall(&client, &next).await;
    assert_eq!(told["offered"][0]["tier"], "medium", "{told}");
    assert_eq!(told["weighed"][0]["choice"], "chosen", "{told}");
    assert_eq!(pressed(&site), ["looked", "looked"]);

    // The same locator, on the same page, for something else.
    let other = run(&client, &task(&site, "print the receipt")).await;
    assert_eq!(other.state, TaskState::Failed);
    let told = recall(&client, &other).await;
    let weighed = told["weighed"].as_array().unwrap();
    assert_eq!(weighed.len(), told["offered"].as_array().unwrap().len(), "{told}");
    assert!(!weighed.is_empty(), "{told}");
    for advice in weighed {
        assert_eq!(advice["choice"], "rejected", "{told}");
        assert!(advice["why"].as_str().unwrap().contains("\"Go\""), "{told}");
    }
    run(&client, &task(&site, "empty the basket")).await;
    let searched = pressed(&site).iter().filter(|by| *by == "looked").count();
    assert_eq!(searched, 2, "it searched where it was to do something else");
}
