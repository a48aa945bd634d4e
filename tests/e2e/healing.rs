//! The fleet learns: what one agent found out, the next one does not have to.

use serde_json::{Value, json};
use tests::{Client, Fleet, ShopSite, eventually};
use wire::{ErrorClass, TaskState};

/// Runs a task to its end, and waits until memory has learnt from it.
pub(crate) async fn run(client: &Client, body: &Value) -> wire::Task {
    let task = client.submit(body).await;
    let task = client.ended(task.id).await;
    learnt(client).await;
    task
}

/// Waits until memory has learnt from every run that has ended.
pub(crate) async fn learnt(client: &Client) {
    eventually("memory has caught up", async || {
        let ready: Value = client.get("/readyz").await;
        (ready["memory"]["behind"] == 0).then_some(())
    })
    .await;
}

/// Where the steps of a task's last run came from, one word each.
pub(crate) async fn sources(client: &Client, task: &wire::Task) -> Vec<String> {
    let steps = client.steps(task.run_id.unwrap()).await;
    steps
        .iter()
        .map(|step| {
            let decision = serde_json::to_value(&step.decision).unwrap();
            let source = decision["source"].as_str().unwrap().to_owned();
            if step.ok { source } else { format!("{source}!") }
        })
        .collect()
}

/// The recalls of a task's last run.
async fn recalls(client: &Client, task: &wire::Task) -> Vec<Value> {
    let path = format!("/v1/runs/{}/steps?limit=200", task.run_id.unwrap());
    let page: Value = client.get(&path).await;
    let steps = page["items"].as_array().unwrap();
    steps.iter().filter_map(|step| step["recalls"].as_array()).flatten().cloned().collect()
}

#[tokio::test]
async fn one_agent_heals_and_the_next_never_meets_the_failure() {
    let (fleet, site) = (Fleet::new().await, ShopSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    let first = run(&client, &site.task("a", "new")).await;
    assert_eq!(first.state, TaskState::Succeeded, "{:?}", first.failure);
    assert_eq!(first.result, Some(json!({"number": "K-1"})));
    let told = sources(&client, &first).await;
    assert!(told.contains(&"plan!".to_owned()) && told.contains(&"heal".to_owned()), "{told:?}");

    let second = run(&client, &site.task("b", "new")).await;
    assert_eq!(second.state, TaskState::Succeeded, "{:?}", second.failure);
    let told = sources(&client, &second).await;
    assert!(!told.iter().any(|source| source.ends_with('!')), "a failure was met again: {told:?}");
    assert!(told.contains(&"foreseen".to_owned()), "{told:?}");

    let ordered: Vec<String> = site.orders().into_iter().map(|order| order.by).collect();
    assert_eq!(ordered, ["order", "order"], "the wrong button was pressed");
    assert!(site.orders().iter().all(|order| order.name == "Ada Lovelace"));
}

#[tokio::test]
async fn an_agent_without_memory_repeats_the_failure_each_time() {
    let (fleet, site) = (Fleet::new().await, ShopSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    run(&client, &site.task("a", "new")).await;
    let mut stateless = site.task("stateless", "new");
    stateless["limits"]["heals"] = json!(0);
    for _ in 0..2 {
        let task = run(&client, &stateless).await;
        assert_eq!(task.state, TaskState::Failed);
        assert_eq!(sources(&client, &task).await, ["start", "plan!"]);
    }
}

#[tokio::test]
async fn what_is_gone_is_asked_about_once_and_the_answer_is_remembered() {
    let (fleet, site) = (Fleet::new().await, ShopSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    let mut body = site.task("a", "gone");
    body["limits"]["answer_seconds"] = json!(600);
    let task = client.submit(&body).await;
    let escalation = asked(&client, &task).await;
    assert_eq!(escalation["state"], "open");
    assert!(!escalation["tried"].as_array().unwrap().is_empty(), "{escalation}");
    assert!(escalation["screenshot"].is_object() || escalation["screenshot"].is_string());
    assert_eq!(site.orders(), [], "something was pressed that was not meant");

    let answer = json!({"kind": "action",
        "action": {"action": "click", "target": {"role": "link", "name": "Continue"}}});
    answered(&client, &escalation, &answer).await;
    let task = client.ended(task.id).await;
    assert_eq!(task.state, TaskState::Succeeded, "{:?}", task.failure);
    assert_eq!(client.runs(task.id).await.len(), 1, "it went on in the same run");
    learnt(&client).await;

    let second = run(&client, &site.task("b", "gone")).await;
    assert_eq!(second.state, TaskState::Succeeded, "{:?}", second.failure);
    let told = sources(&client, &second).await;
    assert!(!told.iter().any(|source| source.ends_with('!')), "{told:?}");
}

/// The open question of a task.
pub(crate) async fn asked(client: &Client, task: &wire::Task) -> Value {
    let id = eventually("the run asks", async || {
        let task: Value = client.get(&format!("/v1/tasks/{}", task.id)).await;
        assert_ne!(task["state"], "failed", "{}", task["failure"]);
        task["escalation_id"].as_str().map(ToOwned::to_owned)
    })
    .await;
    client.get(&format!("/v1/escalations/{id}")).await
}

pub(crate) async fn answered(client: &Client, escalation: &Value, answer: &Value) {
    let path = format!("/v1/escalations/{}/answer", escalation["id"].as_str().unwrap());
    let sent = client.request(reqwest::Method::POST, &path).json(answer).send().await.unwrap();
    let status = sent.status();
    assert!(status.is_success(), "{status} {}", sent.text().await.unwrap());
}

#[tokio::test]
async fn what_a_human_gave_up_is_not_asked_about_again_on_this_site() {
    let (fleet, site) = (Fleet::new().await, ShopSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    let asking = |agent: &str| {
        let mut body = site.task(agent, "gone");
        body["limits"]["answer_seconds"] = json!(600);
        body
    };
    let first = client.submit(&asking("a")).await;
    let escalation = asked(&client, &first).await;
    answered(&client, &escalation, &json!({"kind": "give_up", "reason": "taken away"})).await;
    client.ended_as(first.id, TaskState::Failed).await;
    learnt(&client).await;

    for round in ["learnt", "rebuilt"] {
        let next = client.submit(&asking("b")).await;
        let next = client.ended_as(next.id, TaskState::Failed).await;
        let failure = next.failure.clone().unwrap();
        assert_eq!(serde_json::to_value(failure.kind).unwrap(), "blocked", "{round}");
        let run = escalation["run_id"].as_str().unwrap();
        assert!(failure.message.contains("a human gave this up on"), "{}", failure.message);
        assert!(failure.message.contains(run), "{}", failure.message);
        let recalls = recalls(&client, &next).await;
        assert_eq!(recalls[0]["chosen"][0]["approach"], "give_up", "{recalls:?}");
        assert_eq!(recalls[0]["settled"]["remedy"]["trust"], "human");
        learnt(&client).await;
        let output = fleet.command("reindex").output().await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(site.orders(), [], "something was pressed that was not meant");

    let mut elsewhere = asking("c");
    elsewhere["site"] = json!("museum");
    let elsewhere = client.submit(&elsewhere).await;
    asked(&client, &elsewhere).await;
}

#[tokio::test]
async fn what_a_human_had_done_first_is_copied_in_order() {
    let (fleet, site) = (Fleet::new().await, ShopSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    let asking = |agent: &str| {
        let mut body = site.task(agent, "hidden");
        body["limits"]["answer_seconds"] = json!(600);
        body
    };
    let first = client.submit(&asking("a")).await;
    let escalation = asked(&client, &first).await;
    let answer = json!({"kind": "action",
        "first": [
            {"action": "click", "target": {"text": "K"}},
            {"action": "fill", "target": {"label": "Word"}, "value": "{{inputs.name}}"}
        ],
        "action": {"action": "click", "target": {"text": "Continue"}}});
    answered(&client, &escalation, &answer).await;
    let first = client.ended(first.id).await;
    assert_eq!(first.state, TaskState::Succeeded, "{:?}", first.failure);
    learnt(&client).await;
    let memory = testkit::dump::derived(fleet.database_url()).await;
    assert!(memory.contains("{{inputs.name}}") && !memory.contains("Ada Lovelace"), "{memory}");

    let mut next = asking("b");
    next["inputs"]["name"] = json!("Grace Hopper");
    let next = run(&client, &next).await;
    assert_eq!(next.state, TaskState::Succeeded, "{:?}", next.failure);
    let told = sources(&client, &next).await;
    let expected = ["start", "foreseen", "foreseen", "foreseen"];
    assert_eq!(told[..4], expected, "{told:?}");
    assert_eq!(site.orders().last().unwrap().name, "Grace Hopper");
}

#[tokio::test]
async fn a_step_that_a_human_left_out_is_left_out_by_the_next_agent() {
    let (fleet, site) = (Fleet::new().await, ShopSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    let asking = |agent: &str| {
        let mut body = site.task(agent, "old");
        let parcel = json!({"intent": "fetch the parcel", "action": "click",
            "target": {"css": "#parcel"}, "timeout_ms": 500});
        body["plan"]["steps"].as_array_mut().unwrap().insert(0, parcel);
        body["limits"]["answer_seconds"] = json!(600);
        body
    };
    let first = client.submit(&asking("a")).await;
    let escalation = asked(&client, &first).await;
    answered(&client, &escalation, &json!({"kind": "skip"})).await;
    let first = client.ended(first.id).await;
    assert_eq!(first.state, TaskState::Succeeded, "{:?}", first.failure);
    learnt(&client).await;

    let next = run(&client, &asking("b")).await;
    assert_eq!(next.state, TaskState::Succeeded, "{:?}", next.failure);
    let recalls = recalls(&client, &next).await;
    assert_eq!(recalls[0]["chosen"][0]["approach"], "leave_out", "{recalls:?}");
    let before = testkit::dump::derived(fleet.database_url()).await;
    let output = fleet.command("reindex").output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(testkit::dump::derived(fleet.database_url()).await, before);
}

#[tokio::test]
async fn what_a_human_presses_where_a_step_reads_leads_on_to_reading() {
    let (fleet, site) = (Fleet::new().await, ShopSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    let mut body = json!({
        "goal": "see what the form asks for", "start_url": site.at("/gone/"), "site": "shop",
        "agent": "a",
        "plan": {"steps": [{"intent": "read what is asked for", "action": "extract", "as": "asks",
            "target": {"css": "form label"}, "timeout_ms": 1500}]},
        "limits": {"seconds": 60, "attempts": 1, "answer_seconds": 600}
    });
    let task = client.submit(&body).await;
    let escalation = asked(&client, &task).await;
    let press = json!({"action": "click", "target": {"text": "Continue"}});
    answered(&client, &escalation, &json!({"kind": "action", "action": press})).await;
    let task = client.ended_as(task.id, TaskState::Succeeded).await;
    assert_eq!(task.result, Some(json!({"asks": "Customer name"})));
    learnt(&client).await;
    body["agent"] = json!("b");
    body["limits"]["answer_seconds"] = json!(0);
    let task = run(&client, &body).await;
    assert_eq!(task.state, TaskState::Succeeded, "{:?}", task.failure);
    assert_eq!(task.result, Some(json!({"asks": "Customer name"})));
}

#[tokio::test]
async fn a_link_to_another_site_is_not_followed_whatever_it_is_called() {
    let fleet = Fleet::new().await;
    let (site, other) = (ShopSite::start().await, ShopSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    let mut body = site.task("a", "lured");
    body["start_url"] = json!(site.at(&format!("/lured/?to={}", other.at("/old/basket"))));
    for agent in ["a", "b"] {
        body["agent"] = json!(agent);
        let task = run(&client, &body).await;
        assert_eq!(task.state, TaskState::Failed, "{agent}");
        assert_eq!(other.orders().len(), 0, "{agent}: it was typed on the other site");
    }
}

#[tokio::test]
async fn silence_is_never_approval() {
    let (fleet, site) = (Fleet::new().await, ShopSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    let mut body = site.task("a", "gone");
    body["limits"]["answer_seconds"] = json!(1);
    let task = client.submit(&body).await;
    let task = client.ended_as(task.id, TaskState::Failed).await;
    let failure = task.failure.unwrap();
    assert_eq!(serde_json::to_value(failure.kind).unwrap(), "unanswered");
    assert_eq!(site.orders(), []);
}

#[tokio::test]
async fn a_run_whose_worker_died_while_it_waited_goes_on_elsewhere() {
    let (fleet, site) = (Fleet::new().await, ShopSite::start().await);
    let (_api, client) = fleet.api().await;
    let mut first = fleet.work("first", &["--lease-seconds", "3"]);
    let mut body = site.task("a", "gone");
    // The trouble comes with the form filled in, in a field that had to be found: that has to be
    // done again, where it was found.
    body["start_url"] = json!(site.at("/covered/basket"));
    body["plan"]["steps"][0] = json!({"intent": "type the name of the customer", "action": "fill",
        "target": {"css": "#client"}, "value": "{{inputs.name}}", "timeout_ms": 500});
    body["plan"]["steps"][1] = json!({"intent": "fetch the parcel", "action": "click",
        "target": {"css": "#parcel"}, "timeout_ms": 500});
    body["limits"]["answer_seconds"] = json!(600);
    let task = client.submit(&body).await;
    let escalation = asked(&client, &task).await;
    first.signal(nix::sys::signal::Signal::SIGKILL);
    first.wait().await;
    let _second = fleet.work("second", &["--lease-seconds", "3"]);
    answered(&client, &escalation, &json!({"kind": "skip"})).await;
    let task = client.ended(task.id).await;
    assert_eq!(task.state, TaskState::Succeeded, "{:?}", task.failure);
    let orders = site.orders();
    assert_eq!(orders.len(), 1, "{orders:?}");
    assert_eq!(orders[0].name, "Ada Lovelace");
    let told = sources(&client, &task).await;
    assert!(told.contains(&"restore".to_owned()), "{told:?}");
}

#[tokio::test]
async fn a_code_that_a_human_gives_is_used_once_and_kept_nowhere() {
    let (fleet, site) = (Fleet::new().await, ShopSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    let body = json!({
        "goal": "look into the inbox", "start_url": site.at("/code/"), "site": "shop", "agent": "a",
        "plan": {"steps": [{"intent": "read what the inbox says", "action": "extract", "as": "says",
            "target": {"css": "#inbox"}, "timeout_ms": 1500}]},
        "limits": {"seconds": 60, "attempts": 1, "answer_seconds": 600}
    });
    let task = client.submit(&body).await;
    let escalation = asked(&client, &task).await;
    // It goes into the field for it, and not into what the step reads.
    answered(&client, &escalation, &json!({"kind": "input", "value": "903177"})).await;
    let task = client.ended(task.id).await;
    assert_eq!(task.state, TaskState::Succeeded, "{:?}", task.failure);
    assert_eq!(task.result, Some(json!({"says": "Inbox"})));
    learnt(&client).await;
    let dump = testkit::dump::dump(fleet.database_url()).await;
    assert!(!dump.contains("903177"), "the code is in the database");
    assert!(!fleet.logs().contains("903177"), "the code is in a log");
}

#[tokio::test]
async fn every_code_that_a_run_was_given_stays_out_of_its_trace() {
    let (fleet, site) = (Fleet::new().await, ShopSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    let body = json!({
        "goal": "look into the inbox", "start_url": site.at("/codes/1"), "site": "shop",
        "agent": "a",
        "plan": {"steps": [
            {"intent": "open the inbox", "action": "click", "target": {"css": "#inbox"},
             "timeout_ms": 1500, "screenshot": true},
            {"intent": "read what it says", "action": "extract", "as": "says",
             "target": {"css": "#inbox"}}
        ]},
        "limits": {"seconds": 60, "attempts": 1, "answer_seconds": 600}
    });
    let task = client.submit(&body).await;
    for code in ["903177", "551208"] {
        let escalation = asked(&client, &task).await;
        let answer = json!({"kind": "input", "value": code, "target": {"label": "Code"}});
        answered(&client, &escalation, &answer).await;
    }
    let task = client.ended(task.id).await;
    assert_eq!(task.state, TaskState::Succeeded, "{:?}", task.failure);
    let marks = "Inbox {{secrets.waymark_answer}} {{secrets.waymark_answer_2}}";
    assert_eq!(task.result, Some(json!({"says": marks})));
    learnt(&client).await;
    let dump = testkit::dump::dump(fleet.database_url()).await;
    for code in ["903177", "551208"] {
        assert!(!dump.contains(code), "a code is in the database");
        assert!(!fleet.logs().contains(code), "a code is in a log");
    }
}

#[tokio::test]
async fn a_goal_that_was_reached_needs_no_plan_any_more() {
    let (fleet, site) = (Fleet::new().await, ShopSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    let mut body = site.task("a", "new");
    let first = run(&client, &body).await;
    assert_eq!(first.state, TaskState::Succeeded, "{:?}", first.failure);

    body.as_object_mut().unwrap().remove("plan");
    body["inputs"] = json!({"name": "Grace Hopper"});
    let replayed = run(&client, &body).await;
    assert_eq!(replayed.state, TaskState::Succeeded, "{:?}", replayed.failure);
    assert_eq!(site.orders().last().unwrap().name, "Grace Hopper");
    let told = sources(&client, &replayed).await;
    assert!(!told.iter().any(|source| source.ends_with('!')), "{told:?}");

    body["inputs"] = json!({});
    let sent = client.request(reqwest::Method::POST, "/v1/tasks").json(&body).send().await.unwrap();
    let (status, text) = (sent.status(), sent.text().await.unwrap());
    assert_eq!(status, 422, "{text}");
    assert!(text.contains("inputs.name"), "{text}");
}

#[tokio::test]
async fn a_goal_that_nobody_reached_is_asked_about() {
    let (fleet, site) = (Fleet::new().await, ShopSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    let mut body = site.task("a", "old");
    let plan = body.as_object_mut().unwrap().remove("plan").unwrap();
    body["limits"]["answer_seconds"] = json!(600);
    let task = client.submit(&body).await;
    let escalation = asked(&client, &task).await;
    assert_eq!(escalation["kind"], "plan");
    answered(&client, &escalation, &json!({"kind": "plan", "plan": plan})).await;
    let task = client.ended(task.id).await;
    assert_eq!(task.state, TaskState::Succeeded, "{:?}", task.failure);
    learnt(&client).await;
    let again = run(&client, &body).await;
    assert_eq!(again.state, TaskState::Succeeded, "nobody has to ask again: {:?}", again.failure);
}

#[tokio::test]
async fn of_another_site_only_the_approach_carries_over() {
    let (fleet, site) = (Fleet::new().await, ShopSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    let covered = |site_name: &str, agent: &str| {
        let mut body = site.task(agent, "covered");
        body["start_url"] = json!(site.at("/covered/basket"));
        body["site"] = json!(site_name);
        body["plan"]["steps"].as_array_mut().unwrap().remove(0);
        body
    };
    let first = run(&client, &covered("shop", "a")).await;
    assert_eq!(first.state, TaskState::Succeeded, "{:?}", first.failure);
    let second = run(&client, &covered("museum", "b")).await;
    assert_eq!(second.state, TaskState::Succeeded, "{:?}", second.failure);
    let recalls = recalls(&client, &second).await;
    let offered = recalls[0]["offered"].as_array().unwrap();
    assert_eq!(offered[0]["tier"], "low", "{recalls:?}");
    assert_eq!(offered[0]["remedy"]["remedy"]["approach"], "dismiss_overlay");
    assert_eq!(offered[0]["remedy"]["remedy"]["steps"], json!([]), "a locator crossed sites");
}

#[tokio::test]
async fn a_failure_says_what_was_tried_when_nobody_may_be_asked() {
    let (fleet, site) = (Fleet::new().await, ShopSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    let task = run(&client, &site.task("a", "gone")).await;
    let failure = task.failure.clone().unwrap();
    assert_eq!(failure.class, Some(ErrorClass::ElementNotFound));
    assert!(failure.message.contains("not healed"), "{}", failure.message);
    let recalls = recalls(&client, &task).await;
    assert!(recalls[0]["abstained"].is_string(), "{recalls:?}");
    assert_eq!(site.orders(), []);
}

#[tokio::test]
async fn reindexing_leaves_the_same_memory() {
    let (fleet, site) = (Fleet::new().await, ShopSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    run(&client, &site.task("a", "new")).await;
    run(&client, &site.task("b", "new")).await;
    let before = testkit::dump::derived(fleet.database_url()).await;
    let output = fleet.command("reindex").output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(testkit::dump::derived(fleet.database_url()).await, before);
    let third = run(&client, &site.task("c", "new")).await;
    let told = sources(&client, &third).await;
    assert!(!told.iter().any(|source| source.ends_with('!')), "{told:?}");
}
