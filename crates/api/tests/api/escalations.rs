//! Questions of agents, and the answers of humans.

use crate::harness::{TestApi, body, problem};
use domain::key::Scope;
use domain::ports::{Lease, Leases as _};
use domain::run::{RunEnd, Waiting};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

/// A run that asks about a step, with two candidates.
async fn ask(api: &TestApi, changes: Value) -> (wire::Task, Lease, String) {
    let task = api.submit(changes).await;
    let lease = api.claim().await.remove(0);
    api.record(&lease, 0).await;
    wait(api, &lease, &step_question()).await;
    let escalation = waiting(api, &task).await["escalation_id"].as_str().unwrap().to_owned();
    (task, lease, escalation)
}

async fn wait(api: &TestApi, lease: &Lease, ask: &Value) {
    wait_for(api, lease, ask, 3600).await;
}

async fn wait_for(api: &TestApi, lease: &Lease, ask: &Value, seconds: u32) {
    let ask = serde_json::from_value(ask.clone()).unwrap();
    let end = RunEnd::Waiting(Box::new(Waiting { ask, session: None, seconds }));
    api.store.finish(lease, &end, None).await.unwrap();
}

/// The task, which waits.
async fn waiting(api: &TestApi, task: &wire::Task) -> Value {
    let task = api.read(&format!("/v1/tasks/{}", task.id)).await;
    assert_eq!(task["state"], "waiting", "{task}");
    task
}

fn step_question() -> Value {
    let candidate = |name: &str, score: f64| {
        json!({ "fingerprint": { "tag": "button", "role": "button", "name": name },
                "stage": "words", "score": score, "margin": 0.05,
                "target": { "role": "button", "name": name } })
    };
    json!({
        "kind": "step", "question": "Which button saves?", "after": 0, "plan_step": 0,
        "wanted": { "intent": "save", "action": "click", "target": { "css": "#save" } },
        "situation": { "site": "shop.example", "page": "/", "class": "element_not_found",
            "action": "click", "target": { "css": "#save" }, "intent": "save",
            "message": "nothing matches" },
        "candidates": [candidate("Save", 0.6), candidate("Save as", 0.55)],
        "tried": [{ "step": 0, "approach": "other_locator", "what": "click `Save`",
            "failure": { "class": "not_interactable", "message": "it is covered" } }],
        "resume": { "steps": 1, "url": "https://admin.shop.example/secret-place" },
    })
}

fn plan_question() -> Value {
    json!({ "kind": "plan", "question": "How is ada found?", "after": null, "plan_step": null,
            "wanted": null, "situation": null, "candidates": [], "tried": [], "resume": {} })
}

async fn answer(api: &TestApi, escalation: &str, answer: &Value) -> Response {
    api.post(&format!("/v1/escalations/{escalation}/answer"), answer).send().await.unwrap()
}

async fn events(api: &TestApi, task: &wire::Task, lease: &Lease) -> String {
    api.succeed(lease).await;
    api.get(&format!("/v1/tasks/{}/events", task.id)).await.text().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_shows_what_it_takes_to_answer_it() {
    let api = TestApi::start().await;
    let (task, lease, id) = ask(&api, json!({})).await;
    let shown = api.read(&format!("/v1/escalations/{id}")).await;
    assert_eq!(shown["state"], "open");
    assert_eq!(shown["kind"], "step");
    assert_eq!(shown["question"], "Which button saves?");
    assert_eq!(shown["answers"], json!(["candidate", "action", "input", "skip", "give_up"]));
    assert_eq!(shown["task_id"], json!(task.id));
    assert_eq!(shown["run_id"], json!(lease.run_id));
    assert_eq!(shown["situation"]["class"], "element_not_found");
    assert_eq!(shown["candidates"][1]["index"], 1);
    assert_eq!(shown["candidates"][1]["fingerprint"]["name"], "Save as");
    assert_eq!(shown["candidates"][1]["target"], json!({"role": "button", "name": "Save as"}));
    assert_eq!(shown["tried"][0]["what"], "click `Save`");
    assert!(shown["screenshot"].is_string(), "that of the failed step: {shown}");
    assert_eq!(shown["answer"], Value::Null);
    assert!(!shown.to_string().contains("secret-place"), "where to go on is ours: {shown}");
    assert_eq!(waiting(&api, &task).await["waiting_until"], shown["deadline"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_sends_the_task_on_and_counts_once() {
    let api = TestApi::start().await;
    let (task, lease, id) = ask(&api, json!({})).await;
    let chosen = json!({"kind": "candidate", "index": 1});
    let answered = body(answer(&api, &id, &chosen).await, StatusCode::OK).await;
    assert_eq!(answered["state"], "answered");
    assert_eq!(answered["answer"], chosen);
    assert_eq!(answered["answered_by"], "test");
    let queued = api.read(&format!("/v1/tasks/{}", task.id)).await;
    assert_eq!(queued["state"], "queued");
    assert_eq!(queued["escalation_id"], Value::Null);
    assert_eq!(queued["waiting_until"], Value::Null);

    let again = answer(&api, &id, &chosen).await;
    problem(again, StatusCode::CONFLICT, "already_answered").await;
    let resumed = api.claim().await.remove(0);
    assert_eq!(resumed.run_id, lease.run_id, "the run goes on");
    let events = events(&api, &task, &resumed).await;
    for event in ["task.waiting", "task.answered", "task.succeeded"] {
        assert!(events.contains(&format!("event: {event}\n")), "{event}: {events}");
    }
    assert!(events.contains("Which button saves?"), "{events}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_answers_the_question_for_one() {
    let api = TestApi::start().await;
    let task = api.submit(json!({"plan": null, "inputs": {"user": "ada"}})).await;
    let lease = api.claim().await.remove(0);
    assert_eq!(lease.spec.plan, None);
    wait(&api, &lease, &plan_question()).await;
    let id = waiting(&api, &task).await["escalation_id"].as_str().unwrap().to_owned();
    let bad = json!({"kind": "plan", "plan": {"steps": [
        {"intent": "i", "action": "click", "target": {"css": "#a["}}]}});
    let refused = answer(&api, &id, &bad).await;
    let refused = problem(refused, StatusCode::UNPROCESSABLE_ENTITY, "invalid_body").await;
    assert_eq!(refused.errors[0].field, "plan.steps[0].target.css");
    let good = json!({"kind": "plan", "plan": {"steps": [
        {"intent": "i", "action": "fill", "target": {"css": "#a"}, "value": "{{inputs.user}}"}]}});
    let answered = body(answer(&api, &id, &good).await, StatusCode::OK).await;
    assert_eq!(answered["answer"], good);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_reaches_the_run_and_nothing_else() {
    let api = TestApi::start().await;
    let (task, _, id) = ask(&api, json!({})).await;
    let typed = json!({"kind": "input", "value": "739155"});
    let answered = body(answer(&api, &id, &typed).await, StatusCode::OK).await;
    assert_eq!(answered["answer"], json!({"kind": "input"}));
    let lease = api.claim().await.remove(0);
    let resumed = lease.resumed.as_ref().unwrap();
    assert_eq!(resumed.inputs.values().collect::<Vec<_>>(), ["739155"]);
    let shown = api.read(&format!("/v1/escalations/{id}")).await.to_string();
    let listed = api.read("/v1/escalations").await.to_string();
    let events = events(&api, &task, &lease).await;
    for text in [shown, listed, events] {
        assert!(!text.contains("739155"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_does_not_fit_is_refused_by_its_field_and_changes_nothing() {
    let api = TestApi::start().await;
    let (task, _, id) = ask(&api, json!({"secrets": {"pw": "hunter22"}})).await;
    let action = |action: Value| json!({"kind": "action", "action": action});
    for (bad, field, says) in [
        (json!({"kind": "shrug"}), "kind", "unknown variant"),
        (json!({"index": 0}), "kind", "is missing"),
        (json!({"kind": "candidate", "index": 2}), "index", "0 to 1"),
        (json!({"kind": "candidate", "index": "1"}), "index", "expected a whole number"),
        (json!({"kind": "candidate", "number": 1}), "number", "unknown field"),
        (json!({"kind": "skip", "index": 1}), "index", "goes with `candidate`"),
        (json!({"kind": "plan", "plan": {"steps": []}}), "kind", "does not answer this"),
        (action(json!({"action": "click", "target": {"css": "#a["}})), "action.target.css", ""),
        (action(json!({"action": "click", "targt": {}})), "action.targt", "unknown field"),
        (
            action(json!({"action": "fill", "target": {"css": "a"}, "value": "{{secrets.x}}"})),
            "action.value",
            "add `x`",
        ),
        (
            action(json!({"action": "navigate", "url": "https://evil.example/"})),
            "action.url",
            "stay on the site",
        ),
    ] {
        let refused = answer(&api, &id, &bad).await;
        let refused = problem(refused, StatusCode::UNPROCESSABLE_ENTITY, "invalid_body").await;
        assert_eq!(refused.errors[0].field, field, "{refused:?}");
        assert!(refused.errors[0].message.contains(says), "{refused:?}");
    }
    assert_eq!(waiting(&api, &task).await["escalation_id"], json!(id));
    let good = action(json!({"action": "fill", "target": {"css": "a"}, "value": "{{secrets.pw}}"}));
    body(answer(&api, &id, &good).await, StatusCode::OK).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_does_not_repeat_what_is_typed() {
    let api = TestApi::start().await;
    let (_, _, id) = ask(&api, json!({})).await;
    for bad in [
        json!({"kind": "input", "value": "739155", "index": 0}),
        json!({"kind": "input", "value": "739155", "target": {"css": "#a["}}),
        json!({"kind": "input", "value": ["739155"]}),
        json!({"kind": "candidate", "index": "739155"}),
    ] {
        let refused = answer(&api, &id, &bad).await;
        let refused = problem(refused, StatusCode::UNPROCESSABLE_ENTITY, "invalid_body").await;
        assert!(!format!("{refused:?}").contains("739155"), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_is_over_takes_no_answer() {
    let api = TestApi::start().await;
    let skip = json!({"kind": "skip"});
    let (task, _, id) = ask(&api, json!({})).await;
    let cancel = api.request(Method::POST, &format!("/v1/tasks/{}/cancel", task.id));
    let cancelled = body(cancel.send().await.unwrap(), StatusCode::ACCEPTED).await;
    assert_eq!(cancelled["state"], "cancelled");
    problem(answer(&api, &id, &skip).await, StatusCode::CONFLICT, "cancelled").await;

    let task = api.submit(json!({})).await;
    let lease = api.claim().await.remove(0);
    wait_for(&api, &lease, &step_question(), 0).await;
    let id = waiting(&api, &task).await["escalation_id"].as_str().unwrap().to_owned();
    problem(answer(&api, &id, &skip).await, StatusCode::CONFLICT, "expired").await;
    api.store.reap().await.unwrap();
    let failed = api.read(&format!("/v1/tasks/{}", task.id)).await;
    assert_eq!(failed["failure"]["kind"], "unanswered");
    problem(answer(&api, &id, &skip).await, StatusCode::CONFLICT, "expired").await;
    assert_eq!(api.read(&format!("/v1/escalations/{id}")).await["state"], "expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn giving_up_ends_the_task() {
    let api = TestApi::start().await;
    let (task, _, id) = ask(&api, json!({})).await;
    let gone = json!({"kind": "give_up", "reason": "the feature is gone"});
    body(answer(&api, &id, &gone).await, StatusCode::OK).await;
    let failed = api.read(&format!("/v1/tasks/{}", task.id)).await;
    assert_eq!(failed["state"], "failed");
    let message = failed["failure"]["message"].as_str().unwrap();
    assert!(message.contains("the feature is gone"), "{failed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_lists_what_is_asked_without_what_makes_it_large() {
    let api = TestApi::start().await;
    let (a, _, first) = ask(&api, json!({"site": "a"})).await;
    let (_, _, second) = ask(&api, json!({"site": "b"})).await;
    body(answer(&api, &second, &json!({"kind": "skip"})).await, StatusCode::OK).await;
    for (query, found) in [
        (String::new(), vec![&second, &first]),
        ("state=open".into(), vec![&first]),
        ("state=answered".into(), vec![&second]),
        ("state=expired".into(), vec![]),
        ("site=a".into(), vec![&first]),
        (format!("task_id={}", a.id), vec![&first]),
    ] {
        let page: wire::Page<wire::Escalation> =
            serde_json::from_value(api.read(&format!("/v1/escalations?{query}")).await).unwrap();
        let ids: Vec<_> = page.items.iter().map(|it| it.id.to_string()).collect();
        assert_eq!(ids.iter().collect::<Vec<_>>(), found, "{query}");
        assert!(page.items.iter().all(|it| it.candidates.is_none() && it.tried.is_none()));
    }
    let first_page = api.read("/v1/escalations?limit=1").await;
    let cursor = first_page["next"].as_str().unwrap();
    let rest = api.read(&format!("/v1/escalations?limit=1&cursor={cursor}")).await;
    assert_eq!(rest["items"][0]["id"], json!(first));
    assert_eq!(rest["next"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unchanged_question_is_not_sent_again() {
    let api = TestApi::start().await;
    let (_, _, id) = ask(&api, json!({})).await;
    let path = format!("/v1/escalations/{id}");
    let tag = api.get(&path).await.headers()["etag"].clone();
    let again = || api.request(Method::GET, &path).header("if-none-match", &tag).send();
    assert_eq!(again().await.unwrap().status(), StatusCode::NOT_MODIFIED);
    body(answer(&api, &id, &json!({"kind": "skip"})).await, StatusCode::OK).await;
    assert_eq!(again().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_key_for_it_answers_and_only_in_its_project() {
    let api = TestApi::start().await;
    let (task, _, id) = ask(&api, json!({})).await;
    let path = format!("/v1/escalations/{id}/answer");
    let skip = json!({"kind": "skip"});
    let program = api.key(&[Scope::TasksWrite, Scope::TasksRead, Scope::TracesRead]).await;
    let post = api.bare(Method::POST, &path).bearer_auth(program).json(&skip);
    let refused = post.send().await.unwrap();
    problem(refused, StatusCode::FORBIDDEN, "insufficient_scope").await;

    let stranger = api.strangers_key().await;
    let post = api.bare(Method::POST, &path).bearer_auth(&stranger).json(&skip);
    problem(post.send().await.unwrap(), StatusCode::NOT_FOUND, "escalation_not_found").await;
    let get = api.bare(Method::GET, &format!("/v1/escalations/{id}")).bearer_auth(&stranger);
    problem(get.send().await.unwrap(), StatusCode::NOT_FOUND, "escalation_not_found").await;
    let list = api.bare(Method::GET, "/v1/escalations").bearer_auth(&stranger);
    let list = body(list.send().await.unwrap(), StatusCode::OK).await;
    assert_eq!(list["items"], json!([]));
    waiting(&api, &task).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_client_hears_of_a_question_once() {
    let api = TestApi::start().await;
    let (task, _, id) = ask(&api, json!({})).await;
    let path = format!("/v1/tasks/{}?wait=25", task.id);
    let response = api.get(&path).await;
    let tag = response.headers()["etag"].clone();
    assert_eq!(body(response, StatusCode::OK).await["escalation_id"], json!(id));

    // Who knows of it hears of what comes next.
    let key = api.minted(&[Scope::TasksRead]).await;
    let next = api.bare(Method::GET, &path).bearer_auth(&key.secret);
    let next = next.header("if-none-match", tag).send();
    let goes_on = async {
        api.let_in(key.key.id).await;
        let gone = json!({"kind": "give_up"});
        body(answer(&api, &id, &gone).await, StatusCode::OK).await;
    };
    let (next, ()) = tokio::join!(next, goes_on);
    assert_eq!(body(next.unwrap(), StatusCode::OK).await["state"], "failed");
}
