//! Applications other people wrote: the plan goes through the public API, and the check asks the
//! application's own database, not its pages.

use serde_json::{Value, json};
use testkit::apps::{App, RunningApp};
use tests::{Fleet, eventually};
use wire::TaskState;

/// Runs the application's committed plan; returns the ended task.
async fn run_plan(app: &RunningApp) -> wire::Task {
    let fleet = Fleet::new().await;
    let (_serve, client) = fleet.serve(&[]).await;
    let task = client.submit(&app.task().unwrap()).await;
    let task = eventually("the task ends", async || {
        let task = client.task(task.id).await;
        task.state.is_terminal().then_some(task)
    })
    .await;
    assert_eq!(task.state, TaskState::Succeeded, "{:?}\n{}", task.failure, app.complaints());
    let steps = client.steps(task.run_id.unwrap()).await;
    assert!(steps.iter().all(|step| step.ok), "no fallback was needed");
    let password = app.password();
    assert!(!serde_json::to_string(&steps).unwrap().contains(password), "the trace holds it");
    task
}

fn texts(row: &Value) -> Vec<&str> {
    row.as_array().unwrap().iter().map(|cell| cell.as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_user_is_added_edited_and_found_in_djangos_admin() {
    let app = RunningApp::start(App::DjangoAdmin).await.unwrap();
    let task = run_plan(&app).await;
    let query = "select first_name, last_name, email, is_staff from auth_user where username = ?";
    let rows = app.ask(query, &["ada"]).await.unwrap();
    let ada = json!({"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com",
        "is_staff": 1});
    assert_eq!(rows, [ada]);
    let result = task.result.unwrap();
    let row = texts(&result["row"]);
    assert!(row.contains(&"ada") && row.contains(&"Lovelace"), "{row:?}");
}

#[tokio::test]
async fn a_user_is_added_edited_and_found_in_flask_admin() {
    let app = RunningApp::start(App::FlaskAdmin).await.unwrap();
    let task = run_plan(&app).await;
    let inputs = app.task().unwrap()["inputs"].clone();
    let rows = app.ask("select * from user", &[]).await.unwrap();
    let email = inputs["email"].as_str().unwrap();
    let ours: Vec<&Value> = rows.iter().filter(|row| row["email"] == email).collect();
    assert_eq!(ours.len(), 1, "{rows:?}");
    let result = task.result.unwrap();
    assert!(result.to_string().contains(email), "{result}");
}
