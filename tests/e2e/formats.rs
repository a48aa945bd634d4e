//! A value in a format that a site does not take: one agent finds out which it does, and the next
//! one writes it so from the start.

use crate::healing::{run, sources};
use serde_json::{Value, json};
use tests::{BookingSite, Client, Fleet};
use wire::TaskState;

/// The decisions of a task's last run that went past the plan, without the plan's steps.
async fn ways(client: &Client, task: &wire::Task) -> Vec<(Value, Value)> {
    let path = format!("/v1/runs/{}/steps?limit=200", task.run_id.unwrap());
    let page: Value = client.get(&path).await;
    let steps = page["items"].as_array().unwrap();
    let past = steps.iter().filter(|step| step["decision"]["source"] != "plan").skip(1);
    past.map(|step| (step["decision"].clone(), step["action"].clone())).collect()
}

/// One agent meets the refusal and gets past it, the next one does not meet it.
async fn the_format_is_learnt(form: &str) {
    let (fleet, site) = (Fleet::new().await, BookingSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    let first = run(&client, &site.task("a", form, "2026-04-27")).await;
    assert_eq!(first.state, TaskState::Succeeded, "{form}: {:?}", first.failure);
    assert_eq!(site.days(), ["27.04.2026"]);
    let healed = ways(&client, &first).await;
    let (decision, action) = &healed[0];
    assert_eq!(decision["approach"], "other_format", "{form}: {healed:?}");
    assert_eq!(action["format"], "DD.MM.YYYY", "{form}: {healed:?}");
    assert_eq!(action["value"], "{{inputs.day}}", "{form}: {healed:?}");

    let second = run(&client, &site.task("b", form, "2026-12-03")).await;
    assert_eq!(second.state, TaskState::Succeeded, "{form}: {:?}", second.failure);
    assert_eq!(site.days(), ["27.04.2026", "03.12.2026"]);
    let told = sources(&client, &second).await;
    assert!(!told.iter().any(|source| source.ends_with('!')), "{form}: {told:?}");
    let (decision, action) = &ways(&client, &second).await[0];
    assert_eq!(
        (&decision["source"], &action["format"]),
        (&json!("foreseen"), &json!("DD.MM.YYYY"))
    );

    let memory = testkit::dump::derived(fleet.database_url()).await;
    assert!(memory.contains("DD.MM.YYYY"), "{memory}");
    for value in ["2026-04-27", "27.04.2026", "2026-12-03", "03.12.2026"] {
        assert!(!memory.contains(value), "{form}: {memory}");
    }
}

#[tokio::test]
async fn a_field_that_empties_itself_is_filled_in_as_its_placeholder_says() {
    the_format_is_learnt("typed").await;
}

#[tokio::test]
async fn a_field_that_is_marked_when_it_is_left_is_filled_in_as_its_example_shows() {
    the_format_is_learnt("left").await;
}

#[tokio::test]
async fn a_form_that_comes_back_is_filled_in_as_its_complaint_says() {
    the_format_is_learnt("sent").await;
}

#[tokio::test]
async fn a_day_that_can_be_read_in_two_ways_is_not_written_in_any_other() {
    let (fleet, site) = (Fleet::new().await, BookingSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    let task = run(&client, &site.task("a", "sent", "03/04/2026")).await;
    assert_eq!(task.state, TaskState::Failed);
    assert_eq!(site.days(), [""; 0]);
    let failure = task.failure.unwrap().message;
    assert!(failure.contains("it can be read as more than one date"), "{failure}");
}
