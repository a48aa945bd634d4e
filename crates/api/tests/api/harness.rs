//! A server on a loopback port, a database of its own, and a client with every scope.

use api::{ApiLimits, AppState};
use async_trait::async_trait;
use domain::artifact::{ArtifactKind, NewArtifact};
use domain::clock::{Clock, SystemClock};
use domain::id::{ArtifactId, KeyId, ProjectId};
use domain::key::Scope;
use domain::observation::Observation;
use domain::plan::StepForm;
use domain::ports::{Claim, EmbedError, Embedder, EmbeddingModel, Lease, Leases as _, Trace as _};
use domain::run::RunEnd;
use domain::step::{Step, StepDecision};
use reqwest::header::AUTHORIZATION;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use store::{MemoryStore, MintedKey, NewKey, Store};
use testkit::database::TestDatabase;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Longer than anything here takes; what is still missing then will never come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A running API.
pub(crate) struct TestApi {
    pub(crate) store: Store,
    pub(crate) memory: Arc<MemoryStore>,
    pub(crate) project: ProjectId,
    pub(crate) stop: CancellationToken,
    base: String,
    secret: String,
    client: Client,
    server: JoinSet<std::io::Result<()>>,
    _database: TestDatabase,
}

impl TestApi {
    /// With the safety poll off, so that whoever waits is woken by announcements or not at all.
    pub(crate) async fn start() -> Self {
        let poll = Duration::from_hours(1);
        Self::start_with(ApiLimits { poll, ..ApiLimits::default() }).await
    }

    pub(crate) async fn start_with(limits: ApiLimits) -> Self {
        Self::start_at(limits, SystemClock).await
    }

    /// With another clock.
    pub(crate) async fn start_at(limits: ApiLimits, clock: impl Clock + Clone) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let database = TestDatabase::new().await;
        let store = database.store(clock.clone()).await;
        let project = store.projects().get_or_create("default").await.unwrap();
        let listener = Arc::new(store.listen().await.unwrap());
        let stop = CancellationToken::new();
        let memory = Arc::new(MemoryStore::new(store.clone(), Arc::new(Speechless::new())));
        let state = AppState::new(store.clone(), Arc::new(clock), listener, stop.clone(), limits)
            .with_memory(memory.clone())
            .with_embedder(Arc::new(Speechless::new()));
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", socket.local_addr().unwrap());
        let mut server = JoinSet::new();
        server.spawn(api::serve(socket, state, stop.clone()));
        let mut api = Self {
            store,
            memory,
            project,
            stop,
            base,
            secret: String::new(),
            client: Client::builder().timeout(PATIENCE).build().unwrap(),
            server,
            _database: database,
        };
        api.secret = api.key(&Scope::ALL).await;
        api
    }

    /// The secret of a new key of the project.
    pub(crate) async fn key(&self, scopes: &[Scope]) -> String {
        self.minted(scopes).await.secret
    }

    /// A new key of the project.
    pub(crate) async fn minted(&self, scopes: &[Scope]) -> MintedKey {
        let (name, scopes) = ("test".to_owned(), scopes.to_vec());
        let new = NewKey { name, scopes, expires_at: None };
        self.store.keys().mint(self.project, new).await.unwrap()
    }

    /// The secret of a key of another project.
    pub(crate) async fn strangers_key(&self) -> String {
        let other = self.store.projects().get_or_create("other").await.unwrap();
        let (name, scopes) = ("stranger".to_owned(), Scope::ALL.to_vec());
        let new = NewKey { name, scopes, expires_at: None };
        self.store.keys().mint(other, new).await.unwrap().secret
    }

    /// A request without a key.
    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    /// A request with a key that may do everything.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path).header(AUTHORIZATION, format!("Bearer {}", self.secret))
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    /// The JSON at a path.
    #[track_caller]
    pub(crate) fn read(&self, path: &str) -> impl Future<Output = Value> {
        let request = self.request(Method::GET, path);
        async move { body(request.send().await.unwrap(), StatusCode::OK).await }
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.request(Method::POST, path).json(body)
    }

    /// Submits the plain task with changes; returns it.
    pub(crate) async fn submit(&self, changes: Value) -> wire::Task {
        let response = self.post("/v1/tasks", &task(changes)).send().await.unwrap();
        serde_json::from_value(body(response, StatusCode::ACCEPTED).await).unwrap()
    }

    /// Returns once a request with this key has been let in.
    pub(crate) async fn let_in(&self, key: KeyId) {
        let mut tries = tokio::time::interval(Duration::from_millis(5));
        loop {
            tries.tick().await;
            let keys = self.store.keys().list(self.project).await.unwrap();
            let used = keys.iter().find(|known| known.id == key);
            if used.is_some_and(|key| key.last_used_at.is_some()) {
                return;
            }
        }
    }

    /// How many tasks there are.
    pub(crate) async fn count_tasks(&self) -> usize {
        self.read("/v1/tasks?limit=200").await["items"].as_array().unwrap().len()
    }

    /// Leases every task that is due, as a worker would.
    pub(crate) async fn claim(&self) -> Vec<Lease> {
        let claim = Claim {
            worker: "test".into(),
            free: 100,
            lease: Duration::from_mins(1),
            per_site: 100,
            pace: Duration::ZERO,
        };
        self.store.claim(&claim).await.unwrap()
    }

    /// Records a step with a screenshot and a download.
    pub(crate) async fn record(&self, lease: &Lease, seq: u32) -> [ArtifactId; 2] {
        let ids = [(); 2].map(|()| ArtifactId::new(&SystemClock));
        let artifact = |id, kind, name: &str, media_type: &str, content: &[u8]| NewArtifact {
            id,
            kind,
            name: Some(name.into()),
            media_type: media_type.into(),
            content: content.into(),
        };
        let artifacts = [
            artifact(ids[0], ArtifactKind::Screenshot, "after", "image/png", b"\x89PNG"),
            artifact(ids[1], ArtifactKind::Download, "r\u{fc}n.html", "text/html", b"<script>"),
        ];
        self.store.append(lease, &step(seq), &artifacts).await.unwrap();
        ids
    }

    /// Records a step without artifacts, changed as told.
    pub(crate) async fn record_step(&self, lease: &Lease, change: impl FnOnce(Step) -> Step) {
        self.store.append(lease, &change(step(0)), &[]).await.unwrap();
    }

    /// Ends a run well.
    pub(crate) async fn succeed(&self, lease: &Lease) {
        let end = RunEnd::Succeeded(json!({"row": ["ada"]}));
        self.store.finish(lease, &end, None).await.unwrap();
    }

    /// Stops the server and waits until it has.
    pub(crate) async fn stop(mut self) {
        self.stop.cancel();
        let ended = tokio::time::timeout(PATIENCE, self.server.join_next()).await;
        ended.expect("the server stops").unwrap().unwrap().unwrap();
    }
}

/// An embedder that is away: memory is asked by words alone.
struct Speechless(EmbeddingModel);

impl Speechless {
    fn new() -> Self {
        Self(EmbeddingModel { name: "none".into(), dimensions: 384 })
    }
}

#[async_trait]
impl Embedder for Speechless {
    fn model(&self) -> &EmbeddingModel {
        &self.0
    }

    async fn embed(&self, _: &[String]) -> Result<Vec<Vec<f32>>, EmbedError> {
        Err(EmbedError { message: "not in these tests".into(), cause: None })
    }
}

/// A task without anything special, with changes.
pub(crate) fn task(changes: Value) -> Value {
    let mut task = json!({
        "goal": "find ada",
        "start_url": "https://admin.shop.example/",
        "plan": { "steps": [
            { "intent": "read the first row", "action": "extract", "as": "row",
              "target": { "css": "#result_list tbody tr" }, "shape": "list" },
        ] },
    });
    let (Value::Object(task), Value::Object(changes)) = (&mut task, changes) else {
        panic!("changes are an object");
    };
    task.extend(changes);
    task.retain(|key, value| key != "plan" || !value.is_null());
    Value::Object(std::mem::take(task))
}

fn step(seq: u32) -> Step {
    let action = json!({ "action": "upload", "target": { "css": "#file" },
                         "files": [{ "name": "a.txt", "text": "megabytes" }] });
    Step {
        seq,
        intent: format!("step {seq}"),
        decision: StepDecision::Plan { step: seq },
        action: serde_json::from_value::<StepForm>(action).unwrap(),
        failure: None,
        observation: Observation {
            url: "https://admin.shop.example/".into(),
            ..Observation::default()
        },
        fingerprint: None,
        extracted: None,
        page: "/".into(),
        started_at: SystemClock.now(),
        duration_ms: 5,
    }
}

/// The JSON of an answer that has this status.
#[track_caller]
pub(crate) fn body(response: Response, status: StatusCode) -> impl Future<Output = Value> {
    let at = std::panic::Location::caller();
    async move {
        let found = response.status();
        let text = response.text().await.unwrap();
        assert_eq!(found, status, "{at}: {text}");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{at}: {error}: {text}"))
    }
}

/// The problem of an answer that has this status and code.
#[track_caller]
pub(crate) fn problem(
    response: Response,
    status: StatusCode,
    code: &str,
) -> impl Future<Output = wire::Problem> {
    let (at, code) = (std::panic::Location::caller(), code.to_owned());
    async move {
        assert_eq!(response.headers()["content-type"], "application/problem+json", "{at}");
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let problem: wire::Problem = serde_json::from_value(body(response, status).await).unwrap();
        assert_eq!(problem.code, code, "{at}: {problem:?}");
        assert_eq!(problem.status, status.as_u16(), "{at}");
        assert_eq!(problem.trace_id, id, "{at}");
        problem
    }
}
