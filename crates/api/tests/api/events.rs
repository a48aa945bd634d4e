//! Following a task through server-sent events.

use crate::harness::{PATIENCE, TestApi, problem};
use futures::StreamExt as _;
use reqwest::{Method, Response, StatusCode};
use serde_json::json;

/// A stream of events, read one by one.
struct Events {
    response: futures::stream::BoxStream<'static, reqwest::Result<Vec<u8>>>,
    text: String,
}

impl Events {
    fn of(response: Response) -> Self {
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        let response = response.bytes_stream().map(|chunk| chunk.map(|bytes| bytes.to_vec()));
        Self { response: response.boxed(), text: String::new() }
    }

    /// The next event; `None` at the end of the stream.
    async fn next(&mut self) -> Option<wire::TaskEvent> {
        loop {
            if let Some((frame, rest)) = self.text.split_once("\n\n") {
                let frame = frame.to_owned();
                self.text = rest.into();
                match read(&frame) {
                    Some(event) => return Some(event),
                    None => continue, // a comment
                }
            }
            let chunk = tokio::time::timeout(PATIENCE, self.response.next()).await;
            let chunk = chunk.expect("the stream goes on or ends")?;
            self.text.push_str(&String::from_utf8(chunk.unwrap()).unwrap());
        }
    }

    async fn names(mut self) -> Vec<String> {
        let mut names = Vec::new();
        while let Some(event) = self.next().await {
            names.push(event.event.as_str().to_owned());
        }
        names
    }
}

fn read(frame: &str) -> Option<wire::TaskEvent> {
    let field = |name: &str| frame.lines().find_map(|line| line.strip_prefix(name));
    let event: wire::TaskEvent = serde_json::from_str(field("data: ")?).unwrap();
    assert_eq!(field("id: ").unwrap(), event.id.to_string());
    assert_eq!(field("event: ").unwrap(), event.event.as_str());
    assert!(field("retry: ").is_some());
    Some(event)
}

async fn follow(api: &TestApi, path: &str, after: Option<i64>) -> Response {
    let mut request = api.request(Method::GET, path);
    if let Some(after) = after {
        request = request.header("last-event-id", after);
    }
    request.send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn events_come_as_they_happen_and_end_with_the_task() {
    let api = TestApi::start().await;
    let task = api.submit(json!({})).await;
    let path = format!("/v1/tasks/{}/events", task.id);
    let mut events = Events::of(follow(&api, &path, None).await);
    assert_eq!(events.next().await.unwrap().event.as_str(), "task.queued");
    let lease = api.claim().await.remove(0);
    assert_eq!(events.next().await.unwrap().event.as_str(), "run.started");
    api.record(&lease, 0).await;
    let step = events.next().await.unwrap();
    assert_eq!(step.event.as_str(), "step.recorded");
    assert_eq!(step.data["seq"], 0);
    assert_eq!(step.data["intent"], "step 0");
    api.succeed(&lease).await;
    assert_eq!(events.next().await.unwrap().event.as_str(), "task.succeeded");
    assert!(events.next().await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_resumes_after_the_last_event_seen() {
    let api = TestApi::start().await;
    let task = api.submit(json!({})).await;
    let lease = api.claim().await.remove(0);
    api.record(&lease, 0).await;
    api.succeed(&lease).await;
    let path = format!("/v1/tasks/{}/events", task.id);
    let mut all = Events::of(follow(&api, &path, None).await);
    let first = all.next().await.unwrap();
    let mut last = first.id;
    while let Some(event) = all.next().await {
        assert!(event.id > last);
        last = event.id;
    }
    let rest = Events::of(follow(&api, &path, Some(first.id)).await).names().await;
    assert_eq!(rest, ["run.started", "step.recorded", "task.succeeded"]);
    let nothing = follow(&api, &path, Some(last)).await;
    assert_eq!(nothing.status(), StatusCode::NO_CONTENT);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_reads_on_when_there_are_more_events_than_one_reading_takes() {
    let api = TestApi::start().await;
    let task = api.submit(json!({})).await;
    let lease = api.claim().await.remove(0);
    for seq in 0..120 {
        api.record(&lease, seq).await;
    }
    api.succeed(&lease).await;
    let path = format!("/v1/tasks/{}/events", task.id);
    let names = Events::of(follow(&api, &path, None).await).names().await;
    assert_eq!(names.len(), 123);
    assert_eq!(names[122], "task.succeeded");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_when_the_service_stops() {
    let api = TestApi::start().await;
    let task = api.submit(json!({})).await;
    let path = format!("/v1/tasks/{}/events", task.id);
    let mut events = Events::of(follow(&api, &path, None).await);
    assert!(events.next().await.is_some());
    api.stop.cancel();
    assert!(events.next().await.is_none());
    drop(events);
    api.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_last_event_id_that_is_none_is_refused() {
    let api = TestApi::start().await;
    let task = api.submit(json!({})).await;
    let path = format!("/v1/tasks/{}/events", task.id);
    for bad in ["abc", "-1", "1.5", "99999999999999999999"] {
        let request = api.request(Method::GET, &path).header("last-event-id", bad);
        let response = request.send().await.unwrap();
        let refused = problem(response, StatusCode::BAD_REQUEST, "invalid_header").await;
        assert_eq!(refused.errors[0].field, "Last-Event-ID");
    }
}
