//! The tasks that are queued: of the usual size, and as many as are wanted.

use crate::bench::database::Database;
use anyhow::{Result, ensure};
use domain::clock::SystemClock;
use domain::id::TaskId;
use serde_json::{Value, json};
use store::{Inserted, NewTask, Store};
use wire::CreateTask;

/// What single commits are measured on.
pub(super) const COMMIT_TABLE: &str = "create table if not exists bench_commit (
    id bigint generated always as identity, at timestamptz not null default now()
)";

/// Over how many sites the tasks are spread.
const SITES: usize = 10;

/// A task as a client posts it and as the store keeps it.
pub(super) struct Template {
    /// The body of the request.
    pub(super) body: String,
    /// The JSON of its specification in the database.
    pub(super) spec: String,
    pub(super) site: String,
    pub(super) labels: String,
}

impl Template {
    pub(super) async fn make(database: &mut Database) -> Result<Self> {
        let store = database.store().await?;
        let task = new_task(database)?;
        let template = Self {
            body: body().to_string(),
            spec: serde_json::to_string(&task.spec)?,
            site: task.spec.site.clone(),
            labels: serde_json::to_string(&task.spec.labels)?,
        };
        store.close().await;
        Ok(template)
    }
}

/// Submits the usual task.
pub(in crate::bench) async fn submit(store: &Store, new: NewTask) -> Result<TaskId> {
    match store.tasks().insert(new).await? {
        Inserted::New(task) => Ok(task.id),
        other => anyhow::bail!("the task was not queued: {other:?}"),
    }
}

/// The usual task, ready to be submitted.
pub(in crate::bench) fn new_task(database: &Database) -> Result<NewTask> {
    let form: CreateTask = serde_json::from_value(body())?;
    let (spec, secrets) = form.check().map_err(|faults| anyhow::anyhow!("{faults:?}"))?;
    Ok(NewTask {
        id: TaskId::new(&SystemClock),
        project_id: database.project,
        spec,
        secrets,
        idempotency: None,
        traceparent: None,
        tracestate: None,
    })
}

/// A queue of this many tasks and nothing else, as it is when the database has come to rest.
pub(super) async fn fill(database: &mut Database, tasks: usize) -> Result<()> {
    database.clear().await?;
    add(database, tasks).await?;
    database.run("vacuum analyze task").await?;
    database.run("checkpoint").await
}

/// Queues so many more tasks, spread over sites.
pub(in crate::bench) async fn add(database: &mut Database, tasks: usize) -> Result<()> {
    let store = database.store().await?;
    let first = submit(&store, new_task(database)?).await?;
    store.close().await;
    let others = tasks - 1;
    let copy = format!(
        "insert into task (
            id, project_id, spec, site, agent, labels, priority, secret_names, state, run_after,
            max_attempts, created_at
        )
        select uuidv7(), project_id, spec, 'site-' || number % {SITES}, agent, labels, priority,
            secret_names, state, run_after, max_attempts, created_at
        from task cross join generate_series(1, {others}) as number
        where id = '{first}'"
    );
    database.run(copy).await
}

/// Fails unless all of these tasks succeeded in exactly one run.
pub(super) async fn expect_drained(database: &mut Database, tasks: usize) -> Result<()> {
    let wanted = i64::try_from(tasks)?;
    let done = database.number("select count(*) from task where state = 'succeeded'").await?;
    let left = database.number("select count(*) from task where state <> 'succeeded'").await?;
    let runs = database.number("select count(*) from run where outcome = 'succeeded'").await?;
    ensure!(
        (done, left, runs) == (wanted, 0, wanted),
        "of {tasks} tasks {done} succeeded in {runs} runs, and {left} are left"
    );
    Ok(())
}

/// A task of the usual size.
fn body() -> Value {
    json!({
        "goal": "add the user ada and find her in the list",
        "start_url": "https://shop.example/admin/",
        "inputs": { "admin": "root", "user": "ada", "email": "ada@shop.example" },
        "labels": { "team": "checkout" },
        "plan": { "steps": [
            { "intent": "type the name", "action": "fill",
              "target": { "label": "Username" }, "value": "{{inputs.user}}" },
            { "intent": "type the address", "action": "fill",
              "target": { "css": "#id_email" }, "value": "{{inputs.email}}" },
            { "intent": "save", "action": "click",
              "target": { "role": "button", "name": "Save" },
              "expect": { "url": "**/admin/users/*", "text": "was added" },
              "fallbacks": [{ "action": "press", "key": "Enter" }] },
            { "intent": "read the first row", "action": "extract", "as": "row",
              "target": { "css": "#result_list tbody tr" }, "shape": "list" },
        ] },
    })
}
