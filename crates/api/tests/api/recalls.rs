//! Agents outside, in trouble: what they ask, what they are told, what they report.

use crate::harness::{TestApi, body, problem};
use domain::failure::{ErrorClass, Failure};
use domain::key::Scope;
use domain::memory::Approach;
use domain::plan::StepForm;
use domain::ports::{Distillery as _, Lease, Leases as _};
use domain::run::{RunEnd, Waiting};
use domain::snapshot::Fingerprint;
use domain::step::{HealSource, Step, StepDecision};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

const MESSAGE: &str = "locator.click: Timeout 30000ms exceeded.\nCall log:\n\
                       \u{1b}[2m  - waiting for locator('#save')\u{1b}[22m\n";

fn form(form: Value) -> StepForm {
    serde_json::from_value(form).unwrap()
}

/// A run of ours that could not find what saves, and found it under another name; remembered.
async fn heal(api: &TestApi) {
    let planned = json!({ "intent": "save the user", "action": "click", "target": { "css": "#save" },
                          "expect": { "text": "saved" } });
    api.submit(json!({ "plan": { "steps": [planned] } })).await;
    let lease = api.claim().await.remove(0);
    let page = "/users/add";
    api.record_step(&lease, |step| Step {
        decision: StepDecision::Start,
        action: form(json!({"action": "navigate", "url": "https://admin.shop.example/users/add"})),
        ..step
    })
    .await;
    api.record_step(&lease, |step| Step {
        seq: 1,
        intent: "save the user".into(),
        decision: StepDecision::Plan { step: 0 },
        action: form(planned.clone()),
        failure: Some(Failure::new(ErrorClass::ElementNotFound, "nothing matches")),
        page: page.into(),
        ..step
    })
    .await;
    let mut healed = planned.clone();
    healed["target"] = json!({"role": "button", "name": "Save user"});
    api.record_step(&lease, |step| Step {
        seq: 2,
        intent: "save the user".into(),
        decision: StepDecision::Heal {
            step: 0,
            after: 1,
            attempt: 0,
            approach: Approach::OtherLocator,
            by: HealSource::Routine,
            own: true,
            recall_id: None,
        },
        action: form(healed),
        page: page.into(),
        ..step
    })
    .await;
    api.succeed(&lease).await;
    api.memory.learn(lease.run_id).await.unwrap();
}

/// The plan's own step on its page, with whatever became of it.
async fn own_step(api: &TestApi, lease: &Lease, planned: &Value, failure: Option<Failure>) {
    let button =
        Fingerprint { tag: "button".into(), name: "Save".into(), ..Fingerprint::default() };
    api.record_step(lease, |step| Step {
        intent: "save the user".into(),
        action: form(planned.clone()),
        fingerprint: failure.is_none().then_some(button),
        failure,
        page: "/users/add".into(),
        ..step
    })
    .await;
}

/// A run of ours that a human told to give the step up; remembered.
async fn give_up(api: &TestApi, planned: &Value) {
    let task = api.submit(json!({ "plan": { "steps": [planned] } })).await;
    let lease = api.claim().await.remove(0);
    let failure = Failure::new(ErrorClass::ElementNotFound, "nothing matches");
    own_step(api, &lease, planned, Some(failure)).await;
    let ask = json!({
        "kind": "step", "question": "Which button saves?", "after": 0, "plan_step": 0,
        "wanted": planned, "candidates": [], "tried": [], "resume": { "steps": 1 },
        "situation": { "site": "admin.shop.example", "page": "/users/add",
            "class": "element_not_found", "action": "click", "target": { "css": "#save" },
            "intent": "save the user", "message": "nothing matches" },
    });
    let ask = serde_json::from_value(ask).unwrap();
    let end = RunEnd::Waiting(Box::new(Waiting { ask, session: None, seconds: 3600 }));
    api.store.finish(&lease, &end, None).await.unwrap();
    let task = api.read(&format!("/v1/tasks/{}", task.id)).await;
    let path = format!("/v1/escalations/{}/answer", task["escalation_id"].as_str().unwrap());
    let answered = api.post(&path, &json!({"kind": "give_up"})).send().await.unwrap();
    body(answered, StatusCode::OK).await;
    api.memory.learn(lease.run_id).await.unwrap();
}

fn question(changes: Value) -> Value {
    let mut question = json!({
        "url": "https://admin.shop.example/users/add", "message": MESSAGE,
        "intent": "save the user", "agent": "nightly-playwright",
    });
    let (Value::Object(question), Value::Object(changes)) = (&mut question, changes) else {
        panic!("changes are an object");
    };
    question.extend(changes);
    Value::Object(std::mem::take(question))
}

#[track_caller]
fn ask(api: &TestApi, changes: Value) -> impl Future<Output = Value> {
    let request = api.post("/v1/recall", &question(changes));
    async move { body(request.send().await.unwrap(), StatusCode::OK).await }
}

async fn report(api: &TestApi, answer: &Value, report: Value) -> Response {
    let path = format!("/v1/recalls/{}/outcome", answer["id"].as_str().unwrap());
    api.post(&path, &report).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_raw_message_gets_the_remedy_that_a_run_of_ours_found() {
    let api = TestApi::start().await;
    heal(&api).await;
    let answer = ask(&api, json!({})).await;
    assert_eq!(answer["error_class"], "element_not_found");
    assert_eq!(answer["asked"]["target"], json!({"css": "#save"}));
    let advice = &answer["advice"][0];
    assert_eq!((&advice["rank"], &advice["tier"]), (&json!(1), &json!("high")), "{answer}");
    assert_eq!(advice["tactic"], "retry_with_variation");
    assert_eq!(advice["steps"][0]["own"], true);
    assert_eq!(
        advice["steps"][0]["action"],
        json!({"action": "click", "target": {"role": "button", "name": "Save user"}})
    );
    assert_eq!(advice["text"], "click the button named \"Save user\" instead");
    assert_eq!((&advice["proof"]["worked"], &advice["proof"]["agents"]), (&json!(1), &json!(1)));
    assert_eq!((&advice["trust"], &advice["provenance"]["step"]), (&json!("verified"), &json!(2)));
    assert!(advice["provenance"]["run_id"].is_string());
    assert!(!advice["when_not"].as_array().unwrap().is_empty());
    assert!(answer["text"].as_str().unwrap().contains("1. [high"), "{answer}");
    assert_eq!(answer["abstained"], Value::Null);
    let trouble = answer["trouble"].as_str().unwrap();
    assert!(trouble.contains("words only"), "the embedder is away: {trouble}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_human_gave_up_is_told_until_the_step_works_again_whatever_is_reported() {
    let api = TestApi::start().await;
    let planned =
        json!({ "intent": "save the user", "action": "click", "target": { "css": "#save" } });
    give_up(&api, &planned).await;
    for reported in ["worked", "failed", "unverified"] {
        let answer = ask(&api, json!({})).await;
        let advice = &answer["advice"][0];
        let told = (&advice["approach"], &advice["tier"], &advice["trust"]);
        assert_eq!(told, (&json!("give_up"), &json!("high"), &json!("human")), "{answer}");
        let outcomes = json!({"outcomes": [{"rank": 1, "outcome": reported}]});
        body(report(&api, &answer, outcomes).await, StatusCode::OK).await;
    }

    api.submit(json!({ "plan": { "steps": [planned] } })).await;
    let lease = api.claim().await.remove(0);
    own_step(&api, &lease, &planned, None).await;
    api.succeed(&lease).await;
    api.memory.learn(lease.run_id).await.unwrap();
    let answer = ask(&api, json!({})).await;
    assert_eq!(answer["advice"], json!([]), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_another_site_no_locator_address_or_value_is_told() {
    let api = TestApi::start().await;
    heal(&api).await;
    let answer = ask(&api, json!({"url": "https://elsewhere.example/users/add"})).await;
    let advice = &answer["advice"][0];
    assert_eq!((&advice["tier"], &advice["steps"]), (&json!("low"), &json!([])), "{answer}");
    for said in ["Save user", "shop.example"] {
        assert!(!answer.to_string().contains(said), "{said}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_crosses_a_project() {
    let api = TestApi::start().await;
    heal(&api).await;
    let stranger = api.strangers_key().await;
    let request = api.bare(Method::POST, "/v1/recall").bearer_auth(&stranger);
    let nothing = request.json(&question(json!({}))).send().await.unwrap();
    let nothing = body(nothing, StatusCode::OK).await;
    assert_eq!(nothing["advice"], json!([]));
    assert_eq!(nothing["abstained"], "nothing like this has been met before");

    let answer = ask(&api, json!({})).await;
    let path = format!("/v1/recalls/{}/outcome", answer["id"].as_str().unwrap());
    let worked = json!({"outcomes": [{"rank": 1, "outcome": "worked"}]});
    let request = api.bare(Method::POST, &path).bearer_auth(&stranger).json(&worked);
    problem(request.send().await.unwrap(), StatusCode::NOT_FOUND, "recall_not_found").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_tried_is_not_offered_again() {
    let api = TestApi::start().await;
    heal(&api).await;
    let id = ask(&api, json!({})).await["advice"][0]["remedy_id"].clone();
    let click = json!({"action": "click", "target": {"role": "button", "name": "Save user"}});
    for tried in [json!({"remedy_id": id}), json!({"action": click})] {
        let answer = ask(&api, json!({"tried": [tried]})).await;
        assert_eq!(answer["advice"], json!([]));
        let why = answer["abstained"].as_str().unwrap();
        assert!(why.contains("tried already"), "{why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_cuts_the_text_and_nothing_else() {
    let api = TestApi::start().await;
    heal(&api).await;
    let whole = ask(&api, json!({})).await;
    let answer = ask(&api, json!({"token_budget": 60})).await;
    let said = |answer: &Value| {
        let advice = answer["advice"].as_array().unwrap().iter();
        // Confidence wanes with every second.
        advice.map(|it| (it["remedy_id"].clone(), it["when_not"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(said(&answer), said(&whole));
    assert!(answer["text_tokens"].as_u64().unwrap() <= 60, "{answer}");
    assert!(whole["text_tokens"].as_u64().unwrap() > 60, "{whole}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_answered_alike_and_another_one_is_refused() {
    let api = TestApi::start().await;
    heal(&api).await;
    let answer = ask(&api, json!({})).await;
    let worked = json!({"outcomes": [{"rank": 1, "outcome": "worked", "note": "at once"}]});
    let first = body(report(&api, &answer, worked.clone()).await, StatusCode::OK).await;
    let proof = &first["outcomes"][0]["proof"];
    assert_eq!((&proof["worked"], &proof["reported"]["worked"]), (&json!(1), &json!(1)), "{first}");
    assert_eq!(first["outcomes"][0]["trust"], "verified");
    assert_eq!(body(report(&api, &answer, worked).await, StatusCode::OK).await, first);

    let failed = json!({"outcomes": [{"rank": 1, "outcome": "failed"}]});
    let refused = report(&api, &answer, failed).await;
    let refused = problem(refused, StatusCode::CONFLICT, "outcome_conflict").await;
    assert!(refused.detail.contains("`worked`"), "{}", refused.detail);
    let wrong = json!({"outcomes": [{"rank": 2, "outcome": "worked"}]});
    let wrong = report(&api, &answer, wrong).await;
    let wrong = problem(wrong, StatusCode::UNPROCESSABLE_ENTITY, "invalid_body").await;
    assert_eq!(wrong.errors[0].field, "outcomes[0].rank");

    let again = ask(&api, json!({})).await;
    assert_eq!(again["advice"][0]["proof"]["reported"]["worked"], 1, "{again}");
    assert_eq!(again["advice"][0]["tier"], "high");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agents_own_remedy_is_served_as_a_hint() {
    let api = TestApi::start().await;
    let answer = ask(&api, json!({})).await;
    assert_eq!(answer["advice"], json!([]));
    let own = json!({"remedy": {"action":
        {"action": "click", "target": {"role": "button", "name": "Store"}}}});
    let kept = body(report(&api, &answer, own.clone()).await, StatusCode::OK).await;
    assert_eq!(kept["remedy"]["trust"], "reported");
    assert_eq!(body(report(&api, &answer, own).await, StatusCode::OK).await, kept);

    let again = ask(&api, json!({"agent": "another"})).await;
    let hint = &again["advice"][0];
    assert_eq!((&hint["tier"], &hint["trust"]), (&json!("medium"), &json!("reported")), "{again}");
    assert_eq!(hint["provenance"], json!({"recall_id": answer["id"]}));
    let not = hint["when_not"].to_string();
    assert!(not.contains("only an agent outside says"), "{not}");
    let path = format!("/v1/memories/{}", hint["remedy_id"].as_str().unwrap());
    let memory: Value = api.get(&path).await.json().await.unwrap();
    assert_eq!((&memory["seen"], &memory["last_seen_at"]), (&json!(0), &Value::Null), "{memory}");

    for (remedy, field) in [
        (
            json!({"action": {"action": "navigate", "url": "https://evil.example/"}}),
            "remedy.action.url",
        ),
        (
            json!({"action": {"action": "navigate", "url": "javascript:alert(1)"}}),
            "remedy.action.url",
        ),
        (
            json!({"action": {"action": "fill", "target": {"css": "#a"}, "value": "hunter2"}}),
            "remedy.action.value",
        ),
        (json!({"action": {"action": "evaluate"}}), "remedy.action.action"),
    ] {
        let refused = report(&api, &again, json!({"remedy": remedy})).await;
        let refused = problem(refused, StatusCode::UNPROCESSABLE_ENTITY, "invalid_body").await;
        assert!(refused.errors.iter().any(|fault| fault.field == field), "{refused:?}");
        assert!(!format!("{refused:?}").contains("hunter2"), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_question_is_refused_by_its_fields() {
    let api = TestApi::start().await;
    let asked = json!({"intent": "", "limit": 4, "agent": "two words"});
    let response = api.post("/v1/recall", &asked).send().await.unwrap();
    let refused = problem(response, StatusCode::UNPROCESSABLE_ENTITY, "invalid_body").await;
    let fields: Vec<_> = refused.errors.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["intent", "agent", "message", "url", "limit"]);
    let unknown = question(json!({"selector": "#a"}));
    let response = api.post("/v1/recall", &unknown).send().await.unwrap();
    let refused = problem(response, StatusCode::UNPROCESSABLE_ENTITY, "invalid_body").await;
    assert_eq!(refused.errors[0].field, "selector");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_scope_is_all_that_an_agent_outside_needs() {
    let api = TestApi::start().await;
    heal(&api).await;
    let outside = api.key(&[Scope::MemoryAsk]).await;
    let post = |path: String, json: Value| {
        api.bare(Method::POST, &path).bearer_auth(&outside).json(&json).send()
    };
    let answer = post("/v1/recall".into(), question(json!({}))).await.unwrap();
    let answer = body(answer, StatusCode::OK).await;
    let path = format!("/v1/recalls/{}/outcome", answer["id"].as_str().unwrap());
    let kept = post(path, json!({"outcomes": [{"rank": 1, "outcome": "unverified"}]})).await;
    body(kept.unwrap(), StatusCode::OK).await;
    let runs = api.bare(Method::GET, "/v1/runs").bearer_auth(&outside).send().await.unwrap();
    problem(runs, StatusCode::FORBIDDEN, "insufficient_scope").await;
}
