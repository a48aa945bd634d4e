//! How sites are.

use crate::harness::{TestApi, problem};
use crate::learning::Healed;
use crate::pages::walk;
use reqwest::header::AUTHORIZATION;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn the_site_that_needs_somebody_comes_first() {
    let api = TestApi::start().await;
    assert_eq!(api.read("/v1/sites").await, json!({"items": [], "next": null}));
    for site in ["a.example", "b.example"] {
        Healed { site, ..Healed::default() }.run(&api).await;
    }
    for _ in 0..3 {
        Healed { site: "z.example", helps: false, ..Healed::default() }.run(&api).await;
    }
    let sites = api.read("/v1/sites").await;
    let told: Vec<_> = sites["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|site| (site["site"].as_str().unwrap(), site["state"].as_str().unwrap()))
        .collect();
    let expected = [("z.example", "action_needed"), ("a.example", "ok"), ("b.example", "ok")];
    assert_eq!(told, expected);
    let bad = &sites["items"][0];
    assert_eq!(bad["reason"], "most runs fail: 0 of 3 runs succeeded in 7 days");
    assert_eq!(bad["reasons"][0]["code"], "most_fail");
    assert_eq!((&bad["runs"], &bad["recent"]["success"]), (&json!(3), &json!(0.0)));
    assert_eq!(bad["before"]["success"], Value::Null);

    for limit in [1, 2, 3] {
        let names = walk(&api, &format!("/v1/sites?limit={limit}"), "site").await;
        assert_eq!(names, expected.map(|(site, _)| json!(site)), "limit {limit}");
    }
    assert_eq!(walk(&api, "/v1/sites?limit=1&state=ok", "site").await.len(), 2);
    assert_eq!(api.read("/v1/sites?state=watch").await["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_says_what_works_and_what_to_avoid() {
    let api = TestApi::start().await;
    let site = "127.0.0.1:80/a";
    Healed { site, ..Healed::default() }.run(&api).await;
    let gone = Healed { site, intent: "send the letter", helps: false, ..Healed::default() };
    gone.run(&api).await;
    let report = api.read("/v1/sites/127.0.0.1:80%2Fa").await;
    assert_eq!((&report["site"], &report["state"]), (&json!(site), &json!("ok")));
    let works = report["works"].as_array().unwrap();
    assert_eq!(
        (works.len(), &works[0]["works"]),
        (1, &json!("click the button named \"Store\" instead"))
    );
    let avoid = report["avoid"].as_array().unwrap();
    let what = avoid[0]["what"].as_str().unwrap();
    assert!(what.starts_with("send the letter: click") && what.contains("never helped"), "{what}");
    assert_eq!((avoid.len(), &avoid[0]["state"]), (1, &json!("dead_end")));
    let unsolved = report["unsolved"].as_array().unwrap();
    assert_eq!((unsolved.len(), &unsolved[0]["intent"]), (1, &json!("send the letter")));
    let fails =
        "send the letter: click the element with the selector \"#save\" (element_not_found)";
    assert_eq!(unsolved[0]["fails"], fails);
    assert_eq!((&unsolved[0]["seen"], &unsolved[0]["runs"]), (&json!(1), &json!(1)));
    let last = unsolved[0]["last_run_id"].as_str().unwrap();
    let run = api.read(&format!("/v1/runs/{last}")).await;
    assert_eq!((&run["site"], &run["outcome"]), (&json!(site), &json!("failed")));
    let days = report["days"].as_array().unwrap();
    assert_eq!((&days[0]["failures"], &days[0]["heal_rate"]), (&json!(2), &json!(0.5)));
}

#[tokio::test(flavor = "multi_thread")]
async fn sites_of_others_do_not_exist() {
    let api = TestApi::start().await;
    Healed::default().run(&api).await;
    let stranger = api.strangers_key().await;
    let theirs = |path: &str| {
        api.bare(Method::GET, path).header(AUTHORIZATION, format!("Bearer {stranger}")).send()
    };
    let refused = theirs("/v1/sites/shop.example").await.unwrap();
    problem(refused, StatusCode::NOT_FOUND, "site_not_found").await;
    let sites: Value = theirs("/v1/sites").await.unwrap().json().await.unwrap();
    assert_eq!(sites["items"], json!([]));
    problem(api.get("/v1/sites/a%20b").await, StatusCode::BAD_REQUEST, "invalid_path").await;
}
