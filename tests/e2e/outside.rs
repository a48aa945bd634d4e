//! An agent that is not ours learns from a run of ours, and says what became of it.

use crate::healing::run;
use reqwest::Method;
use serde_json::{Value, json};
use std::process::Output;
use tests::{Client, Fleet, ShopSite, binary};
use wire::TaskState;

const README: &str = include_str!("../../README.md");

async fn ask(client: &Client, question: &Value) -> Value {
    let request = client.request(Method::POST, "/v1/recall").json(question);
    let response = request.send().await.unwrap();
    let (status, text) = (response.status(), response.text().await.unwrap());
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).unwrap()
}

async fn shell(fleet: &Fleet, client: &Client, args: &[&str]) -> Output {
    let mut command = fleet.command("recall");
    command.args(args).env("WAYMARK_URL", client.base()).output().await.unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What Playwright says about the link that is called otherwise in the new release.
fn question(site: &ShopSite) -> Value {
    json!({
        "url": site.at("/new/?from=mail"), "site": "shop", "intent": "open the basket",
        "agent": "their-playwright",
        "message": "TimeoutError: locator.click: Timeout 30000ms exceeded.\nCall log:\n\
                    \u{1b}[2m  - waiting for locator('#basket')\u{1b}[22m\n",
    })
}

#[tokio::test]
async fn what_a_run_of_ours_healed_helps_an_agent_outside_and_its_report_counts() {
    let (fleet, site) = (Fleet::new().await, ShopSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    let task = run(&client, &site.task("a", "new")).await;
    assert_eq!(task.state, TaskState::Succeeded, "{:?}", task.failure);

    let mut asked = question(&site);
    asked["url"] = json!(site.at("/new/"));
    let answer = ask(&client, &asked).await;
    let advice = &answer["advice"][0];
    assert_eq!(
        (&advice["tier"], &advice["trust"]),
        (&json!("high"), &json!("verified")),
        "{answer}"
    );
    assert!(advice["text"].as_str().unwrap().contains("Your basket"), "{answer}");
    assert_eq!(advice["provenance"]["run_id"], json!(task.run_id));
    assert_eq!((&answer["trouble"], &answer["notes"]), (&Value::Null, &json!([])), "{answer}");
    // On a page that is not the same, it is no copy.
    let elsewhere = ask(&client, &question(&site)).await;
    assert_ne!(elsewhere["advice"][0]["tier"], "high", "{elsewhere}");

    let id = answer["id"].as_str().unwrap();
    for _ in 0..2 {
        let kept = shell(&fleet, &client, &["outcome", id, "--advice", "1", "--worked"]).await;
        assert!(kept.status.success(), "{}", text(&kept.stderr));
        let told = text(&kept.stdout);
        assert!(told.contains("worked 1, failed 0; agents outside: worked 1, failed 0"), "{told}");
    }
    let contradicts = shell(&fleet, &client, &["outcome", id, "--advice", "1", "--failed"]).await;
    assert_eq!(contradicts.status.code(), Some(65), "{}", text(&contradicts.stderr));

    let before = testkit::dump::derived(fleet.database_url()).await;
    let again = ask(&client, &asked).await;
    assert_eq!(again["advice"][0]["proof"]["worked"], 1, "what was only told was not seen");
    assert_eq!(again["advice"][0]["proof"]["reported"]["worked"], 1, "{again}");
    let reindex = fleet.command("reindex").output().await.unwrap();
    assert!(reindex.status.success(), "{}", text(&reindex.stderr));
    assert_eq!(testkit::dump::derived(fleet.database_url()).await, before);
    assert_eq!(ask(&client, &asked).await["advice"][0]["proof"], again["advice"][0]["proof"]);
}

#[tokio::test]
async fn a_hint_from_outside_is_a_hint_to_our_runs_too() {
    let (fleet, site) = (Fleet::new().await, ShopSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    let mut asked = question(&site);
    asked["url"] = json!(site.at("/new/"));
    let answer = ask(&client, &asked).await;
    assert_eq!(answer["advice"], json!([]), "{answer}");
    let id = answer["id"].as_str().unwrap();
    // Wrong, and said with confidence: the link to the help.
    let lie = r#"{"action": {"action": "click", "target": {"role": "link", "name": "Help"}}}"#;
    let kept = shell(&fleet, &client, &["outcome", id, "--remedy", lie]).await;
    assert!(kept.status.success(), "{}", text(&kept.stderr));
    let hint = ask(&client, &asked).await["advice"][0].take();
    assert_eq!((&hint["tier"], &hint["trust"]), (&json!("medium"), &json!("reported")), "{hint}");

    let task = run(&client, &site.task("a", "new")).await;
    assert_eq!(task.state, TaskState::Succeeded, "{:?}", task.failure);
    let best = ask(&client, &asked).await["advice"][0].take();
    assert_eq!((&best["tier"], &best["trust"]), (&json!("high"), &json!("verified")), "{best}");
    assert!(best["text"].as_str().unwrap().contains("Your basket"), "{best}");
}

#[tokio::test]
async fn the_recall_of_the_readme_finds_the_link() {
    let (fleet, site) = (Fleet::new().await, ShopSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    run(&client, &site.task("a", "new")).await;
    let shown = README.split_once("waymark recall --url ").expect("a command").1;
    let (command, rest) = shown.split_once("\n```").expect("its end");
    let (recall, report) = command.split_once("\nwaymark recall outcome ID").expect("the report");
    let binary = binary();
    let waymark = |args: &str| {
        let line = format!("{} {args}", binary.display());
        let mut sh = tokio::process::Command::new("sh");
        sh.arg("-c").arg(line).env("WAYMARK_URL", client.base());
        sh.env("WAYMARK_DATA_DIR", fleet.dir());
        sh
    };
    let recall = recall.replace("https://shop.example", &site.at(""));
    let asked = waymark(&format!("recall --url {recall}")).output().await.unwrap();
    assert!(asked.status.success(), "{}", text(&asked.stderr));
    let told = text(&asked.stdout);
    let line = rest.lines().find(|line| line.contains("high")).expect("the README shows advice");
    let what = line.split('"').nth(1).expect("what is clicked");
    let best = told.lines().find(|line| line.contains("high"));
    assert!(best.expect(&told).contains(what), "{told}");
    let id = told.split("waymark recall outcome ").nth(1).expect("how to report").split(' ').next();
    let report = waymark(&format!("recall outcome {}{report}", id.unwrap()));
    let mut report = report;
    let kept = report.output().await.unwrap();
    assert!(kept.status.success(), "{}", text(&kept.stderr));
}
