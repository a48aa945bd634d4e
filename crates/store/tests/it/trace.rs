//! Appending to a trace.

use crate::support::{World, assert_lost, picture, spec, step, succeeded};
use domain::artifact::{ArtifactKind, NewArtifact};
use domain::event::EventKind;
use domain::failure::{ErrorClass, Failure};
use domain::id::ArtifactId;
use domain::observation::{ConsoleLine, Observation};
use domain::ports::{Lease, Leases, Trace};
use domain::snapshot::Fingerprint;
use domain::step::{Step, StepDecision};
use serde_json::json;
use store::{NewStep, RecordedStep};

async fn recorded(world: &World, lease: &Lease) -> Vec<RecordedStep> {
    world.store.steps().list(world.project, lease.run_id, None, 100).await.unwrap()
}

/// A step with everything a step can have.
fn full(world: &World, seq: u32) -> Step {
    Step {
        decision: StepDecision::Fallback { step: 1, fallback: 0, after: 1 },
        failure: Some(Failure {
            matched: vec!["<button> Log in".to_owned()],
            blocked_by: Some("<div> Cookies".to_owned()),
            ..Failure::new(ErrorClass::NotInteractable, "the button is covered")
        }),
        observation: Observation {
            url: "https://shop.example/login".to_owned(),
            title: "Log in – Shöp".to_owned(),
            console: vec![ConsoleLine {
                level: "error".to_owned(),
                text: "x is not a function".to_owned(),
            }],
            ..Observation::default()
        },
        fingerprint: Some(Fingerprint {
            tag: "button".to_owned(),
            name: "Log in".to_owned(),
            ..Fingerprint::default()
        }),
        extracted: Some(json!(null)),
        ..step(&world.clock, seq)
    }
}

#[tokio::test]
async fn a_step_is_read_as_it_was_written() {
    let world = World::new().await;
    let task = world.queue(spec("shop.example")).await;
    let lease = world.claim_one().await;
    let screenshot = picture(&world.clock, &[0, 159, 146, 150]);
    let snapshot = NewArtifact {
        kind: ArtifactKind::Snapshot,
        name: Some("page.json".to_owned()),
        media_type: "application/json".to_owned(),
        ..picture(&world.clock, b"{}")
    };
    let artifacts = [screenshot, snapshot];
    let steps = [step(&world.clock, 0), full(&world, 1)];
    world.store.append(&lease, &steps[0], &[]).await.unwrap();
    world.store.append(&lease, &steps[1], &artifacts).await.unwrap();

    let recorded = recorded(&world, &lease).await;
    assert_eq!(recorded.len(), 2);
    assert_eq!(recorded[0].step, steps[0]);
    assert_eq!(recorded[1].step, steps[1]);
    assert_eq!(recorded[0].artifacts, []);
    let kept = &recorded[1].artifacts;
    assert_eq!(kept.len(), 2);
    assert_eq!((kept[0].id, kept[0].bytes), (artifacts[0].id, 4));
    assert_eq!(kept[1].name.as_deref(), Some("page.json"));
    let found = world.store.artifacts().find(world.project, kept[0].id).await;
    assert_eq!(found.unwrap(), Some((kept[0].clone(), artifacts[0].content.clone())));

    assert_eq!(world.run(lease.run_id).await.steps, 2);
    let events = world.store.events().list_after(task, 0, 10).await.unwrap();
    assert_eq!(events[3].kind, EventKind::StepRecorded);
    assert_eq!(
        events[3].data,
        json!({
            "run_id": lease.run_id, "attempt": 1, "seq": 1, "intent": "step 1",
            "action": "reload", "ok": false, "error_class": "not_interactable",
            "message": "the button is covered", "duration_ms": 12,
            "url": "https://shop.example/login",
        })
    );
}

#[tokio::test]
async fn appending_again_changes_nothing() {
    let world = World::new().await;
    let task = world.queue(spec("shop.example")).await;
    let lease = world.claim_one().await;
    let first = full(&world, 0);
    let artifacts = [picture(&world.clock, b"png")];
    world.store.append(&lease, &first, &artifacts).await.unwrap();
    let before = recorded(&world, &lease).await;
    let changed = Step { intent: "something else".to_owned(), ..first.clone() };
    let more = [picture(&world.clock, b"png"), artifacts[0].clone()];
    world.store.append(&lease, &first, &artifacts).await.unwrap();
    world.store.append(&lease, &changed, &more).await.unwrap();
    assert_eq!(recorded(&world, &lease).await, before);
    assert_eq!(world.events(task).await.len(), 3);
}

#[tokio::test]
async fn each_attempt_has_a_trace_of_its_own() {
    let world = World::new().await;
    world.queue(spec("shop.example")).await;
    let first = world.claim_one().await;
    world.store.append(&first, &step(&world.clock, 0), &[]).await.unwrap();
    world.expire_leases();
    let second = world.claim_one().await;
    for seq in 0..2 {
        world.store.append(&second, &step(&world.clock, seq), &[]).await.unwrap();
    }
    world.store.finish(&second, &succeeded(), None).await.unwrap();
    assert_eq!(recorded(&world, &first).await.len(), 1);
    assert_eq!(recorded(&world, &second).await.len(), 2);
    assert_eq!(world.run(first.run_id).await.steps, 1);
    assert_eq!(world.run(second.run_id).await.steps, 2);
}

#[tokio::test]
async fn nothing_is_appended_after_the_end() {
    let world = World::new().await;
    world.queue(spec("shop.example")).await;
    let lease = world.claim_one().await;
    world.store.finish(&lease, &succeeded(), None).await.unwrap();
    let artifacts = [picture(&world.clock, b"png")];
    assert_lost(world.store.append(&lease, &step(&world.clock, 0), &artifacts).await);
    assert_eq!(recorded(&world, &lease).await, []);
    let found = world.store.artifacts().find(world.project, artifacts[0].id);
    assert_eq!(found.await.unwrap(), None);
}

#[tokio::test]
async fn many_steps_are_appended_at_once() {
    let world = World::new().await;
    let task = world.queue(spec("shop.example")).await;
    let lease = world.claim_one().await;
    let steps: Vec<Step> = (0..300).map(|seq| step(&world.clock, seq)).collect();
    let picture = [picture(&world.clock, b"png")];
    let batch: Vec<NewStep<'_>> = steps
        .iter()
        .map(|step| NewStep { step, artifacts: if step.seq == 7 { &picture } else { &[] } })
        .collect();
    world.store.append_all(&lease, &batch[..200]).await.unwrap();
    world.store.append_all(&lease, &batch).await.unwrap();
    assert_eq!(world.run(lease.run_id).await.steps, 300);
    let events = world.store.events().list_after(task, 0, 1000).await.unwrap();
    let seqs: Vec<_> = events.iter().filter_map(|it| it.data["seq"].as_u64()).collect();
    assert_eq!(seqs, (0..300).collect::<Vec<_>>());
    let artifacts = world.store.artifacts().list(world.project, lease.run_id);
    let artifacts = artifacts.await.unwrap();
    assert_eq!(artifacts.len(), 1);
    assert_eq!(artifacts[0].step, 7);
}

#[tokio::test]
async fn steps_are_read_in_pages() {
    let world = World::new().await;
    world.queue(spec("shop.example")).await;
    let lease = world.claim_one().await;
    for seq in 0..5 {
        let artifacts = [picture(&world.clock, b"png")];
        world.store.append(&lease, &step(&world.clock, seq), &artifacts).await.unwrap();
    }
    let page = |after, limit| {
        let steps = world.store.clone();
        async move {
            let steps = steps.steps().list(world.project, lease.run_id, after, limit);
            steps.await.unwrap()
        }
    };
    let seqs = |steps: &[RecordedStep]| steps.iter().map(|it| it.step.seq).collect::<Vec<_>>();
    assert_eq!(seqs(&page(None, 2).await), [0, 1]);
    let rest = page(Some(1), 9).await;
    assert_eq!(seqs(&rest), [2, 3, 4]);
    assert!(rest.iter().all(|it| it.artifacts.len() == 1));
    assert!(page(Some(4), 9).await.is_empty());
}

#[tokio::test]
async fn what_postgres_cannot_hold_does_not_end_a_run() {
    let world = World::new().await;
    world.queue(spec("shop.example")).await;
    let lease = world.claim_one().await;
    let mut odd = full(&world, 0);
    odd.observation.title = "a\0b".to_owned();
    odd.extracted = Some(json!({"k\0": ["\0"]}));
    odd.intent = "\0".to_owned();
    let named = NewArtifact { name: Some("a\0.pdf".to_owned()), ..picture(&world.clock, b"\0") };
    world.store.append(&lease, &odd, &[named]).await.unwrap();
    let recorded = recorded(&world, &lease).await;
    assert_eq!(recorded[0].step.observation.title, "a\u{fffd}b");
    assert_eq!(recorded[0].step.extracted, Some(json!({"k\u{fffd}": ["\u{fffd}"]})));
    assert_eq!(recorded[0].artifacts[0].name.as_deref(), Some("a\u{fffd}.pdf"));
}

#[tokio::test]
async fn traces_do_not_cross_projects() {
    let world = World::new().await;
    world.queue(spec("shop.example")).await;
    let lease = world.claim_one().await;
    let artifacts = [picture(&world.clock, b"png")];
    world.store.append(&lease, &step(&world.clock, 0), &artifacts).await.unwrap();
    let other = world.store.projects().get_or_create("other").await.unwrap();
    let store = &world.store;
    assert_eq!(store.runs().find(other, lease.run_id).await.unwrap(), None);
    let steps = store.steps().list(other, lease.run_id, None, 9).await;
    assert_eq!(steps.unwrap(), []);
    let list = store.artifacts().list(other, lease.run_id).await;
    assert_eq!(list.unwrap(), []);
    let found = store.artifacts().find(other, artifacts[0].id).await;
    assert_eq!(found.unwrap(), None);
    let unknown = ArtifactId::new(&world.clock);
    let found = store.artifacts().find(world.project, unknown).await;
    assert_eq!(found.unwrap(), None);
}
