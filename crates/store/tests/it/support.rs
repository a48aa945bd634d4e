//! What every test here begins with: a database, a clock that stands still, a project.

pub(crate) mod memory;

use domain::artifact::{ArtifactKind, NewArtifact};
use domain::clock::Clock;
use domain::event::EventKind;
use domain::failure::TaskFailure;
use domain::id::{ArtifactId, ProjectId, RunId, TaskId};
use domain::observation::Observation;
use domain::plan::{ActionName, PlanForm, StepForm};
use domain::ports::{Claim, Lease, LeaseError, Leases};
use domain::run::{Run, RunEnd};
use domain::step::{Step, StepDecision};
use domain::task::{Limits, Task, TaskSpec};
use serde_json::json;
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::BTreeMap;
use std::time::Duration;
use store::{Inserted, NewTask, Store};
use testkit::clock::TestClock;
use testkit::database::TestDatabase;

pub(crate) const LEASE: Duration = Duration::from_secs(30);

pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) clock: TestClock,
    pub(crate) project: ProjectId,
    pub(crate) database: TestDatabase,
}

impl World {
    pub(crate) async fn new() -> Self {
        let database = TestDatabase::new().await;
        let clock = TestClock::new();
        let store = database.store(clock.clone()).await;
        let project = store.projects().get_or_create("acme").await.unwrap();
        Self { store, clock, project, database }
    }

    pub(crate) fn new_task(&self, spec: TaskSpec) -> NewTask {
        NewTask {
            id: TaskId::new(&self.clock),
            project_id: self.project,
            spec,
            secrets: BTreeMap::new(),
            idempotency: None,
            traceparent: None,
            tracestate: None,
        }
    }

    pub(crate) async fn queue(&self, spec: TaskSpec) -> TaskId {
        match self.store.tasks().insert(self.new_task(spec)).await.unwrap() {
            Inserted::New(task) => task.id,
            other => panic!("not new: {other:?}"),
        }
    }

    pub(crate) async fn task(&self, id: TaskId) -> Task {
        let task = self.store.tasks().find(self.project, id).await.unwrap();
        task.expect("the task is there")
    }

    pub(crate) async fn run(&self, id: RunId) -> Run {
        let run = self.store.runs().find(self.project, id).await.unwrap();
        run.expect("the run is there")
    }

    pub(crate) async fn events(&self, id: TaskId) -> Vec<EventKind> {
        let events = self.store.events().list_after(id, 0, 1000).await.unwrap();
        events.into_iter().map(|event| event.kind).collect()
    }

    pub(crate) async fn claim(&self, free: usize) -> Vec<Lease> {
        self.store.claim(&claim(free)).await.unwrap()
    }

    pub(crate) async fn claim_one(&self) -> Lease {
        let mut leases = self.claim(1).await;
        leases.pop().expect("a task is due")
    }

    pub(crate) fn expire_leases(&self) {
        self.clock.advance(LEASE);
    }

    /// Keeps everybody out of a table until the transaction ends.
    pub(crate) async fn hold_table(&self, table: &str) -> PgConnection {
        let mut connection = self.database.connection().await;
        let hold = format!("begin; lock table {table} in access exclusive mode");
        sqlx::raw_sql(AssertSqlSafe(hold)).execute(&mut connection).await.unwrap();
        connection
    }

    /// Waits until somebody waits for a table.
    pub(crate) async fn somebody_waits_for(&self, table: &str) {
        let waits = "select exists (
            select
            from pg_locks
            where relation = to_regclass($1) and not granted
                and database = (select oid from pg_database where datname = current_database())
        )";
        eventually(&format!("somebody waits for {table}"), || async {
            let mut connection = self.database.connection().await;
            sqlx::query_scalar(waits).bind(table).fetch_one(&mut connection).await.unwrap()
        })
        .await;
    }
}

/// A worker that may do whatever it likes on one site.
pub(crate) fn claim(free: usize) -> Claim {
    Claim { worker: "w-1".to_owned(), free, lease: LEASE, per_site: 1000, pace: Duration::ZERO }
}

pub(crate) fn spec(site: &str) -> TaskSpec {
    TaskSpec {
        goal: "see the page".to_owned(),
        start_url: format!("https://{site}/"),
        site: site.to_owned(),
        agent: "nightly".to_owned(),
        plan: Some(PlanForm { steps: vec![action()] }),
        inputs: BTreeMap::new(),
        limits: Limits { attempts: 3, ..Limits::default() },
        labels: BTreeMap::new(),
        priority: 0,
        run_after: None,
    }
}

pub(crate) fn action() -> StepForm {
    serde_json::from_value(json!({"action": ActionName::Reload})).unwrap()
}

pub(crate) fn step(clock: &dyn Clock, seq: u32) -> Step {
    Step {
        seq,
        intent: format!("step {seq}"),
        decision: StepDecision::Plan { step: seq },
        action: action(),
        failure: None,
        observation: Observation {
            url: "https://shop.example/".to_owned(),
            ..Observation::default()
        },
        fingerprint: None,
        extracted: None,
        page: "/".to_owned(),
        started_at: clock.now(),
        duration_ms: 12,
    }
}

pub(crate) fn picture(clock: &dyn Clock, content: &[u8]) -> NewArtifact {
    NewArtifact {
        id: ArtifactId::new(clock),
        kind: ArtifactKind::Screenshot,
        name: None,
        media_type: "image/png".to_owned(),
        content: content.to_owned(),
    }
}

pub(crate) fn succeeded() -> RunEnd {
    RunEnd::Succeeded(json!({"row": ["ada"]}))
}

pub(crate) fn failed() -> RunEnd {
    RunEnd::Failed(TaskFailure::infrastructure("chrome died"), json!({}))
}

#[track_caller]
pub(crate) fn assert_lost<T: std::fmt::Debug>(result: Result<T, LeaseError>) {
    let error = result.expect_err("should be lost");
    assert!(matches!(error, LeaseError::Lost), "should be lost: {error:?}");
}

/// Waits for a condition that must come true.
pub(crate) async fn eventually<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let limit = Duration::from_secs(30);
    let wait = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(tokio::time::timeout(limit, wait).await.is_ok(), "never came true: {what}");
}
