//! Runs, their steps and their artifacts.

use crate::harness::TestApi;
use domain::clock::{Clock as _, SystemClock};
use domain::failure::{ErrorClass, Failure, TaskFailure};
use domain::id::RecallId;
use domain::ports::{Leases as _, Memory as _};
use domain::recall::Recall;
use domain::run::RunEnd;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_names_its_artifacts_and_contains_none() {
    let api = TestApi::start().await;
    let task = api.submit(json!({})).await;
    let lease = api.claim().await.remove(0);
    let [shot, page] = api.record(&lease, 0).await;
    api.succeed(&lease).await;

    let run = api.read(&format!("/v1/runs/{}", lease.run_id)).await;
    assert_eq!(run["task_id"], json!(task.id));
    assert_eq!(run["outcome"], "succeeded");
    assert_eq!(run["steps"], 1);
    let steps = api.read(&format!("/v1/runs/{}/steps", lease.run_id)).await;
    let step = &steps["items"][0];
    assert_eq!(step["ok"], true);
    assert_eq!(step["decision"], json!({"source": "plan", "step": 0}));
    assert_eq!(step["action"]["files"], json!([{"name": "a.txt"}]));
    assert_eq!(step["artifacts"][0], json!({"id": shot, "kind": "screenshot", "name": "after"}));
    let artifacts = api.read(&format!("/v1/runs/{}/artifacts", lease.run_id)).await;
    assert_eq!(artifacts["items"][1]["id"], json!(page));
    assert_eq!(artifacts["items"][1]["bytes"], 8);
    assert_eq!(artifacts["next"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_artifact_is_served_so_that_it_can_do_no_harm() {
    let api = TestApi::start().await;
    api.submit(json!({})).await;
    let lease = api.claim().await.remove(0);
    let [shot, page] = api.record(&lease, 0).await;

    let response = api.get(&format!("/v1/artifacts/{shot}")).await;
    let headers = response.headers().clone();
    assert_eq!(headers["content-type"], "image/png");
    assert_eq!(headers["cache-control"], "private, max-age=31536000, immutable");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert!(headers["content-disposition"].to_str().unwrap().starts_with("inline"));
    assert_eq!(response.bytes().await.unwrap().as_ref(), b"\x89PNG");
    let again = api.request(Method::GET, &format!("/v1/artifacts/{shot}"));
    let again = again.header("if-none-match", &headers["etag"]).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);

    let response = api.get(&format!("/v1/artifacts/{page}")).await;
    let headers = response.headers();
    assert_eq!(headers["content-security-policy"], "default-src 'none'; sandbox");
    assert_eq!(
        headers["content-disposition"],
        "attachment; filename=\"r_n.html\"; filename*=UTF-8''r%C3%BCn%2Ehtml"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unchanged_run_is_not_sent_again() {
    let api = TestApi::start().await;
    api.submit(json!({})).await;
    let lease = api.claim().await.remove(0);
    let path = format!("/v1/runs/{}", lease.run_id);
    let tag = api.get(&path).await.headers()["etag"].clone();
    let again = || api.request(Method::GET, &path).header("if-none-match", &tag).send();
    assert_eq!(again().await.unwrap().status(), StatusCode::NOT_MODIFIED);
    api.record(&lease, 0).await;
    assert_eq!(again().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_are_found_by_how_they_went() {
    let api = TestApi::start().await;
    let good = api.submit(json!({"agent": "good", "labels": {"team": "a"}})).await;
    let good_run = api.claim().await.remove(0);
    api.succeed(&good_run).await;
    api.submit(json!({"agent": "bad", "site": "elsewhere", "limits": {"attempts": 1}})).await;
    let bad_run = api.claim().await.remove(0);
    let failure = Failure::new(ErrorClass::ElementNotFound, "nothing matches");
    let end = RunEnd::Failed(TaskFailure::of_step(0, &failure), json!({}));
    api.store.finish(&bad_run, &end, None).await.unwrap();
    api.submit(json!({})).await;
    let open_run = api.claim().await.remove(0);
    let [good_id, bad_id, open_id] = [&good_run, &bad_run, &open_run].map(|lease| lease.run_id);
    for (query, found) in [
        (String::new(), vec![open_id, bad_id, good_id]),
        (format!("task_id={}", good.id), vec![good_id]),
        ("outcome=failed".into(), vec![bad_id]),
        ("running=true".into(), vec![open_id]),
        ("running=false".into(), vec![bad_id, good_id]),
        ("error_class=element_not_found".into(), vec![bad_id]),
        ("error_class=timeout".into(), vec![]),
        ("agent=good".into(), vec![good_id]),
        ("site=elsewhere".into(), vec![bad_id]),
        ("label=team:a".into(), vec![good_id]),
        ("started_before=2020-01-01T00:00:00Z".into(), vec![]),
    ] {
        let page = api.read(&format!("/v1/runs?{query}")).await;
        let page: wire::Page<wire::Run> = serde_json::from_value(page).unwrap();
        let ids: Vec<_> = page.items.iter().map(|run| run.id).collect();
        assert_eq!(ids, found, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_step_shows_what_memory_was_asked_and_said() {
    let api = TestApi::start().await;
    api.submit(json!({})).await;
    let lease = api.claim().await.remove(0);
    api.record(&lease, 0).await;
    api.record(&lease, 1).await;
    let id = RecallId::new(&SystemClock);
    let remedy = json!({"id": id, "trust": "verified", "proof": {"worked": 3},
        "remedy": {"approach": "other_locator", "steps": []},
        "origin": {"run_id": lease.run_id, "step": 2}});
    let asked = json!({"site": "shop.example", "page": "/", "class": "element_not_found",
        "action": "click", "intent": "save", "message": "nothing matches"});
    let answer = json!({
        "judged": {
            "offered": [{"tier": "high", "confidence": 0.82, "situation_id": id,
                "situation": asked, "remedy": remedy}],
            "rejected": [{"remedy_id": id, "situation_id": id, "tier": "low", "confidence": 0.1,
                "why": "below the floor"}],
            "dead_ends": [] },
        "chosen": [{"approach": "other_locator", "what": "click `#save`", "by": "advice",
            "situation_id": id, "remedy_id": id, "tier": "high", "confidence": 0.82}],
        "weighed": [{"situation_id": id, "remedy_id": id, "choice": "rejected",
            "why": "the remembered element is not here"}],
        "abstained": "nothing else is good enough",
    });
    let recall = Recall {
        id,
        project_id: lease.project_id,
        run_id: lease.run_id,
        after: 1,
        situation: serde_json::from_value(asked.clone()).unwrap(),
        answer: serde_json::from_value(answer).unwrap(),
        asked_at: SystemClock.now(),
        took_ms: 12,
    };
    api.memory.record(&recall).await.unwrap();

    let steps = api.read(&format!("/v1/runs/{}/steps", lease.run_id)).await;
    assert_eq!(steps["items"][0]["recalls"], json!([]));
    let [shown] = steps["items"][1]["recalls"].as_array().unwrap().as_slice() else { panic!() };
    assert_eq!(shown["id"], json!(id));
    assert_eq!(shown["asked"], asked);
    assert_eq!(shown["offered"][0]["tier"], "high");
    assert_eq!(shown["offered"][0]["remedy"]["remedy"]["approach"], "other_locator");
    assert_eq!(shown["rejected"][0]["why"], "below the floor");
    assert_eq!(shown["chosen"][0]["what"], "click `#save`");
    let why = "the remembered element is not here";
    let weighed = json!([{"situation_id": id, "remedy_id": id, "choice": "rejected", "why": why}]);
    assert_eq!(shown["weighed"], weighed);
    assert_eq!(shown["abstained"], "nothing else is good enough");
    assert_eq!(shown["took_ms"], 12);
}
