//! Questions to a human: a run that waits, its answer, and what becomes of both.

use crate::support::{
    LEASE, World, action, assert_lost, claim, failed, picture, spec, step, succeeded,
};
use domain::clock::Clock;
use domain::escalation::{
    Answer, Ask, Escalation, EscalationKind, EscalationState, ResumePoint, SavedSession,
};
use domain::event::EventKind;
use domain::failure::FailureKind;
use domain::id::{EscalationId, TaskId};
use domain::plan::{PlanForm, TargetForm};
use domain::ports::{Claim, Lease, Leases, Trace};
use domain::run::{Outcome, RunEnd, Waiting};
use domain::task::{Limits, TaskSpec, TaskState};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use store::{Answered, Cancelled, EscalationFilter, PageRequest};

/// One second less than an answer counts.
const ALMOST: Duration = Duration::from_secs(3599);
const CODE: &str = "271828";
const COOKIE: &str = "session-cookie-value";

pub(crate) fn waiting() -> RunEnd {
    RunEnd::Waiting(Box::new(Waiting {
        ask: Ask {
            kind: EscalationKind::Challenge,
            question: "what does the phone say?".to_owned(),
            after: Some(1),
            plan_step: Some(0),
            wanted: Some(action()),
            situation: None,
            candidates: Vec::new(),
            tried: Vec::new(),
            resume: ResumePoint {
                steps: 2,
                url: "https://shop.example/code".to_owned(),
                result: [("row".to_owned(), json!("ada"))].into_iter().collect(),
                asked: 1,
                ..ResumePoint::default()
            },
        },
        session: Some(SavedSession {
            url: "https://shop.example/code".to_owned(),
            cookies: vec![json!({"value": COOKIE})],
            storage: json!({}),
        }),
        seconds: 3600,
    }))
}

fn input() -> Answer {
    let target = TargetForm { css: Some("#code".to_owned()), ..TargetForm::default() };
    Answer::Input { value: Some(CODE.to_owned()), target: Some(target) }
}

fn other_worker() -> Claim {
    Claim { worker: "w-2".to_owned(), ..claim(9) }
}

/// A task that asked, with two steps behind it.
async fn asking(world: &World) -> (TaskId, Lease, EscalationId) {
    let task = world.queue(spec("shop.example")).await;
    let lease = world.claim_one().await;
    for seq in 0..2 {
        let picture = picture(&world.clock, b"png");
        world.store.append(&lease, &step(&world.clock, seq), &[picture]).await.unwrap();
    }
    world.store.finish(&lease, &waiting(), None).await.unwrap();
    let id = world.task(task).await.waiting.expect("it waits").escalation_id;
    (task, lease, id)
}

async fn answer(world: &World, id: EscalationId, answer: &Answer) -> Answered {
    world.store.escalations().answer(world.project, id, answer, "ops").await.unwrap()
}

async fn found(world: &World, id: EscalationId) -> Escalation {
    world.store.escalations().find(world.project, id).await.unwrap().expect("it is there")
}

async fn answered(world: &World, id: EscalationId) {
    assert!(matches!(answer(world, id, &input()).await, Answered::Done(_)));
}

/// Everything that is kept about questions, bytes included.
async fn kept(world: &World) -> (String, bool) {
    let mut connection = world.database.connection().await;
    let text: String = sqlx::query_scalar(
        "select string_agg(escalation::text || coalesce(encode(session, 'escape'), '')
            || coalesce(encode(input, 'escape'), ''), ' ') from escalation",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    let secret: bool = sqlx::query_scalar(
        "select bool_or(session is not null or input is not null) from escalation",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    (text, secret)
}

/// The run asks its second question.
async fn ask_again(world: &World, task: TaskId, lease: &Lease) -> EscalationId {
    let RunEnd::Waiting(mut again) = waiting() else { unreachable!() };
    again.ask.resume.asked = 2;
    world.store.finish(lease, &RunEnd::Waiting(again), None).await.unwrap();
    world.task(task).await.waiting.expect("it waits").escalation_id
}

/// Whether a session and whether something typed is kept.
async fn secrets(world: &World) -> (bool, bool) {
    let mut connection = world.database.connection().await;
    sqlx::query_as(
        "select bool_or(session is not null), bool_or(input is not null) from escalation",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap()
}

async fn has_secrets(world: &World) -> bool {
    kept(world).await.1
}

#[tokio::test]
async fn the_oldest_open_question_is_told_and_no_answered_one() {
    let world = World::new().await;
    let lag = async || world.store.load().await.unwrap().oldest_question.map(|it| it.num_seconds());
    assert_eq!(lag().await, None);
    let (_, _, first) = asking(&world).await;
    world.clock.advance(Duration::from_mins(1));
    let (_, _, second) = asking(&world).await;
    world.clock.advance(Duration::from_secs(30));
    assert_eq!(lag().await, Some(90));
    answered(&world, first).await;
    assert_eq!(lag().await, Some(30));
    answered(&world, second).await;
    assert_eq!(lag().await, None);
}

#[tokio::test]
async fn a_run_that_goes_on_with_an_answer_keeps_the_trace_it_began_in() {
    let world = World::new().await;
    let (_, lease, id) = asking(&world).await;
    assert_eq!(world.run(lease.run_id).await.trace_id, None);
    answered(&world, id).await;
    let lease = world.claim_one().await;
    world.store.traced(&lease, "0af7651916cd43dd8448eb211c80319c").await.unwrap();
    let again = ask_again(&world, lease.task_id, &lease).await;
    answered(&world, again).await;
    let resumed = world.claim_one().await;
    assert_eq!(resumed.run_id, lease.run_id);
    world.store.traced(&resumed, "4bf92f3577b34da6a3ce929d0e0e4736").await.unwrap();
    let run = world.run(resumed.run_id).await;
    assert_eq!(run.trace_id.as_deref(), Some("0af7651916cd43dd8448eb211c80319c"));
}

#[tokio::test]
async fn a_run_that_asks_stays_open_and_its_task_waits_without_a_lease() {
    let world = World::new().await;
    let (task, lease, id) = asking(&world).await;
    let waits = world.task(task).await;
    assert_eq!(
        (waits.state, waits.attempt, waits.run_id),
        (TaskState::Waiting, 1, Some(lease.run_id))
    );
    let asked = found(&world, id).await;
    assert_eq!(
        (asked.state, &*asked.agent, &*asked.goal),
        (EscalationState::Open, "nightly", "see the page")
    );
    assert_eq!(waits.waiting.unwrap().until, asked.deadline);
    assert_eq!(asked.ask.question, "what does the phone say?");
    let pictures = world.store.artifacts().list(world.project, lease.run_id).await.unwrap();
    assert_eq!(asked.screenshot, pictures.last().map(|picture| picture.id));
    let run = world.run(lease.run_id).await;
    assert_eq!((run.outcome, run.steps), (None, 2));
    assert_eq!(world.events(task).await.last(), Some(&EventKind::Waiting));

    assert_lost(world.store.append(&lease, &step(&world.clock, 2), &[]).await);
    world.clock.advance(LEASE * 10);
    assert!(world.claim(9).await.is_empty());
    assert!(world.store.reap().await.unwrap().is_empty());
    // The same call again, because its answer got lost, is no zombie's; another one's is.
    world.store.finish(&lease, &waiting(), None).await.unwrap();
    assert_lost(world.store.finish(&lease, &succeeded(), None).await);
}

#[tokio::test]
async fn the_answer_goes_on_with_the_same_run_and_costs_no_attempt() {
    let world = World::new().await;
    let (task, first, id) = asking(&world).await;
    answered(&world, id).await;
    let queued = world.task(task).await;
    assert_eq!((queued.state, queued.waiting), (TaskState::Queued, None));
    assert_eq!(world.events(task).await.last(), Some(&EventKind::Answered));

    let lease = world.claim_one().await;
    assert_eq!((lease.run_id, lease.attempt), (first.run_id, 1));
    assert_ne!(lease.token, first.token);
    let resumed = lease.resumed.as_ref().expect("it goes on");
    assert_eq!(resumed.inputs.get(&1).map(String::as_str), Some(CODE));
    assert_eq!(resumed.session.as_ref().unwrap().cookies[0]["value"], COOKIE);
    assert_eq!(resumed.escalation.ask.resume.steps, 2);
    let Some(Answer::Input { value: None, target: Some(_) }) = &resumed.escalation.answer else {
        panic!("{:?}", resumed.escalation.answer)
    };
    world.store.append(&lease, &step(&world.clock, 2), &[]).await.unwrap();
    world.store.finish(&lease, &succeeded(), None).await.unwrap();
    let run = world.run(first.run_id).await;
    assert_eq!((run.outcome, run.steps), (Some(Outcome::Succeeded), 3));
    assert_eq!(world.task(task).await.state, TaskState::Succeeded);
}

#[tokio::test]
async fn what_is_secret_is_never_in_clear_and_wiped_when_it_is_used() {
    let world = World::new().await;
    let (_, _, id) = asking(&world).await;
    answered(&world, id).await;
    let (text, secret) = kept(&world).await;
    assert!(secret && !text.contains(COOKIE) && !text.contains(CODE), "{text}");
    let lease = world.claim_one().await;
    assert!(has_secrets(&world).await, "it is not used up yet");
    assert!(!format!("{lease:?}").contains(CODE));
    world.store.append(&lease, &step(&world.clock, 2), &[]).await.unwrap();
    assert_eq!(secrets(&world).await, (false, true), "the page may say the code until the end");
    world.store.finish(&lease, &succeeded(), None).await.unwrap();
    assert!(!has_secrets(&world).await);
}

#[tokio::test]
async fn what_was_typed_at_an_earlier_question_is_known_until_the_run_ends() {
    let world = World::new().await;
    let (task, _, first) = asking(&world).await;
    answered(&world, first).await;
    let lease = world.claim_one().await;
    let known = |lease: &Lease| lease.resumed.as_ref().unwrap().inputs.clone();
    assert_eq!(known(&lease), BTreeMap::from([(1, CODE.to_owned())]));
    world.store.append(&lease, &step(&world.clock, 2), &[]).await.unwrap();
    let second = ask_again(&world, task, &lease).await;
    let other = Answer::Input { value: Some("314159".to_owned()), target: None };
    assert!(matches!(answer(&world, second, &other).await, Answered::Done(_)));
    let lease = world.claim_one().await;
    let both = BTreeMap::from([(1, CODE.to_owned()), (2, "314159".to_owned())]);
    assert_eq!(known(&lease), both);
    assert!(!format!("{:?}", lease.resumed).contains("314159"));
    let (text, _) = kept(&world).await;
    assert!(!text.contains(CODE) && !text.contains("314159"), "{text}");
}

#[tokio::test]
async fn however_a_run_ends_what_was_typed_in_it_is_wiped() {
    for end in ["given up", "unanswered", "cancelled", "lost"] {
        let world = World::new().await;
        let (task, _, first) = asking(&world).await;
        answered(&world, first).await;
        let lease = world.claim_one().await;
        world.store.append(&lease, &step(&world.clock, 2), &[]).await.unwrap();
        if end == "lost" {
            world.expire_leases();
            world.claim_one().await;
        } else {
            let second = ask_again(&world, task, &lease).await;
            assert_eq!(secrets(&world).await, (true, true));
            match end {
                "given up" => {
                    answer(&world, second, &Answer::GiveUp { reason: None }).await;
                }
                "cancelled" => {
                    world.store.tasks().cancel(world.project, task).await.unwrap();
                }
                _ => {
                    world.clock.advance(ALMOST + Duration::from_secs(1));
                    world.store.reap().await.unwrap();
                }
            }
        }
        assert!(!has_secrets(&world).await, "{end}");
    }
}

#[tokio::test]
async fn for_a_moment_only_the_worker_with_the_session_may_go_on() {
    let world = World::new().await;
    let (_, _, id) = asking(&world).await;
    answered(&world, id).await;
    assert!(world.store.claim(&other_worker()).await.unwrap().is_empty());
    world.clock.advance(Duration::from_secs(3));
    let leases = world.store.claim(&other_worker()).await.unwrap();
    assert!(leases[0].resumed.is_some());
    assert_eq!(world.run(leases[0].run_id).await.worker, "w-2");
}

#[tokio::test]
async fn a_worker_that_dies_before_it_used_the_answer_loses_nothing() {
    let world = World::new().await;
    let (task, first, id) = asking(&world).await;
    answered(&world, id).await;
    world.claim_one().await;
    world.expire_leases();
    assert!(world.store.reap().await.unwrap().is_empty());
    let again = world.claim_one().await;
    assert_eq!((again.run_id, again.attempt), (first.run_id, 1));
    assert_eq!(again.resumed.as_ref().unwrap().inputs.get(&1).map(String::as_str), Some(CODE));

    // After its first step it is an attempt like any other.
    world.store.append(&again, &step(&world.clock, 2), &[]).await.unwrap();
    world.expire_leases();
    let fresh = world.claim_one().await;
    assert_eq!((fresh.attempt, fresh.resumed.is_none()), (2, true));
    assert_ne!(fresh.run_id, first.run_id);
    assert_eq!(world.run(first.run_id).await.outcome, Some(Outcome::Lost));
    assert_eq!(world.task(task).await.run_id, Some(fresh.run_id));
}

#[tokio::test]
async fn an_answer_that_kills_every_worker_does_not_go_round_for_ever() {
    let world = World::new().await;
    let (_, first, id) = asking(&world).await;
    answered(&world, id).await;
    for _ in 0..3 {
        assert_eq!(world.claim_one().await.run_id, first.run_id);
        world.expire_leases();
    }
    let fresh = world.claim_one().await;
    assert_eq!((fresh.attempt, fresh.resumed.is_none()), (2, true));
    assert_eq!(world.run(first.run_id).await.outcome, Some(Outcome::Lost));
    assert!(!has_secrets(&world).await);
}

#[tokio::test]
async fn the_last_attempt_may_go_on_too() {
    let world = World::new().await;
    let limits = Limits { attempts: 1, ..Limits::default() };
    let task = world.queue(domain::task::TaskSpec { limits, ..spec("shop.example") }).await;
    let lease = world.claim_one().await;
    world.store.finish(&lease, &waiting(), None).await.unwrap();
    let id = world.task(task).await.waiting.unwrap().escalation_id;
    answered(&world, id).await;
    for _ in 0..3 {
        assert_eq!(world.claim_one().await.attempt, 1);
        world.expire_leases();
    }
    assert!(world.claim(9).await.is_empty());
    let ended = world.store.reap().await.unwrap();
    assert_eq!((ended[0].id, ended[0].state), (task, TaskState::Failed));
    assert!(!has_secrets(&world).await);
}

#[tokio::test]
async fn an_attempt_that_is_given_back_before_the_answer_was_used_keeps_it() {
    let world = World::new().await;
    let (task, first, id) = asking(&world).await;
    answered(&world, id).await;
    let lease = world.claim_one().await;
    for _ in 0..2 {
        world.store.finish(&lease, &RunEnd::Released, None).await.unwrap();
    }
    assert_eq!((world.task(task).await.attempt, world.run(first.run_id).await.outcome), (1, None));
    let again = world.claim_one().await;
    assert_eq!(again.run_id, first.run_id);
    assert_eq!(again.resumed.as_ref().unwrap().inputs.get(&1).map(String::as_str), Some(CODE));
    // A failure uses it up, with a step or without.
    world.store.finish(&again, &failed(), Some(world.clock.now())).await.unwrap();
    assert!(world.claim_one().await.resumed.is_none());
    assert!(!has_secrets(&world).await);
}

#[tokio::test]
async fn a_question_takes_one_answer() {
    let world = World::new().await;
    let (_, _, id) = asking(&world).await;
    answered(&world, id).await;
    let Answered::Closed(late) = answer(&world, id, &Answer::Skip).await else { panic!("twice") };
    assert_eq!((late.state, late.answered_by.as_deref()), (EscalationState::Answered, Some("ops")));
    let unknown = EscalationId::new(&world.clock);
    assert_eq!(answer(&world, unknown, &Answer::Skip).await, Answered::NotFound);
    let other = world.store.projects().get_or_create("other").await.unwrap();
    let there = world.store.escalations();
    assert_eq!(there.answer(other, id, &Answer::Skip, "x").await.unwrap(), Answered::NotFound);
    assert_eq!(there.find(other, id).await.unwrap(), None);
}

#[tokio::test]
async fn silence_ends_the_task_as_unanswered() {
    let world = World::new().await;
    let (task, lease, id) = asking(&world).await;
    world.clock.advance(ALMOST);
    assert!(world.store.reap().await.unwrap().is_empty());
    world.clock.advance(Duration::from_secs(1));
    // Nobody has come round to it, but its time is over.
    assert!(matches!(answer(&world, id, &input()).await, Answered::Closed(_)));
    let ended = world.store.reap().await.unwrap();
    assert_eq!(ended.len(), 1);
    let failure = ended[0].failure.as_ref().unwrap();
    assert_eq!((ended[0].id, failure.kind, failure.step), (task, FailureKind::Unanswered, Some(1)));
    assert!(failure.message.contains("what does the phone say?"), "{}", failure.message);
    assert_eq!(ended[0].result, Some(json!({"row": "ada"})));
    let run = world.run(lease.run_id).await;
    assert_eq!(
        (run.outcome, run.steps, run.failure.as_ref()),
        (Some(Outcome::Failed), 2, Some(failure))
    );
    assert_eq!(found(&world, id).await.state, EscalationState::Expired);
    assert!(!has_secrets(&world).await);
    assert!(world.store.reap().await.unwrap().is_empty());
    assert_eq!(world.events(task).await.last(), Some(&EventKind::Failed));
}

#[tokio::test]
async fn giving_up_ends_the_task_with_the_reason() {
    let world = World::new().await;
    let (task, lease, id) = asking(&world).await;
    let reason = Some("the feature is gone".to_owned());
    let Answered::Done(done) = answer(&world, id, &Answer::GiveUp { reason }).await else {
        panic!("not done")
    };
    assert_eq!((done.state, done.answered_by.as_deref()), (EscalationState::Answered, Some("ops")));
    let ended = world.task(task).await;
    let failure = ended.failure.unwrap();
    assert_eq!((ended.state, failure.kind), (TaskState::Failed, FailureKind::Blocked));
    assert!(failure.message.contains("the feature is gone"), "{}", failure.message);
    assert_eq!(world.run(lease.run_id).await.outcome, Some(Outcome::Failed));
    assert!(!has_secrets(&world).await);
}

#[tokio::test]
async fn cancelling_a_task_that_waits_closes_run_and_question() {
    for answered_before in [false, true] {
        let world = World::new().await;
        let (task, lease, id) = asking(&world).await;
        if answered_before {
            answered(&world, id).await;
        }
        let cancelled = world.store.tasks().cancel(world.project, task).await.unwrap();
        assert!(matches!(cancelled, Cancelled::Ended(_)), "{cancelled:?}");
        assert_eq!(world.run(lease.run_id).await.outcome, Some(Outcome::Cancelled));
        let state = found(&world, id).await.state;
        let expected =
            if answered_before { EscalationState::Answered } else { EscalationState::Cancelled };
        assert_eq!(state, expected);
        assert!(!has_secrets(&world).await);
        assert!(matches!(answer(&world, id, &input()).await, Answered::Closed(_)));
        assert!(world.claim(9).await.is_empty());
    }
}

#[tokio::test]
async fn a_worker_can_tell_which_of_the_runs_it_keeps_have_ended() {
    let world = World::new().await;
    let (task, cancelled, _) = asking(&world).await;
    let (_, waiting, _) = asking(&world).await;
    let runs = [cancelled.run_id, waiting.run_id];
    assert_eq!(world.store.ended(&runs).await.unwrap(), []);
    world.store.tasks().cancel(world.project, task).await.unwrap();
    assert_eq!(world.store.ended(&runs).await.unwrap(), [cancelled.run_id]);
}

#[tokio::test]
async fn nobody_is_asked_about_a_task_that_was_to_be_cancelled() {
    let world = World::new().await;
    let task = world.queue(spec("shop.example")).await;
    let lease = world.claim_one().await;
    world.store.tasks().cancel(world.project, task).await.unwrap();
    for _ in 0..2 {
        world.store.finish(&lease, &waiting(), None).await.unwrap();
    }
    assert_eq!(world.task(task).await.state, TaskState::Cancelled);
    assert_eq!(world.run(lease.run_id).await.outcome, Some(Outcome::Cancelled));
    let request = PageRequest { limit: 9, after: None };
    let filter = EscalationFilter::default();
    let page = world.store.escalations().list(world.project, &filter, &request).await.unwrap();
    assert!(page.items.is_empty());
}

#[tokio::test]
async fn a_run_may_ask_again_and_the_desk_shows_what_is_open() {
    let world = World::new().await;
    let (task, _, first) = asking(&world).await;
    answered(&world, first).await;
    let lease = world.claim_one().await;
    world.store.finish(&lease, &waiting(), None).await.unwrap();
    let second = world.task(task).await.waiting.unwrap().escalation_id;
    let desk = world.store.escalations();
    let ids = |filter: EscalationFilter, limit, after| async move {
        let request = PageRequest { limit, after };
        let page = desk.list(world.project, &filter, &request).await.unwrap();
        let ids: Vec<_> = page.items.iter().map(|item| item.id).collect();
        (ids, page.next)
    };
    let open = EscalationFilter { state: Some(EscalationState::Open), ..Default::default() };
    assert_eq!(ids(open, 9, None).await.0, [second]);
    let of_task = EscalationFilter { task: Some(task), ..Default::default() };
    let (page, next) = ids(of_task.clone(), 1, None).await;
    assert_eq!((page, next.is_some()), (vec![second], true));
    assert_eq!(ids(of_task, 1, next).await, (vec![first], None));
    let elsewhere = EscalationFilter { site: Some("x.example".to_owned()), ..Default::default() };
    assert_eq!(ids(elsewhere, 9, None).await.0, []);
}

#[tokio::test]
async fn the_plan_that_a_human_gave_is_there_at_the_next_attempt() {
    let world = World::new().await;
    let task = world.queue(TaskSpec { plan: None, ..spec("shop.example") }).await;
    let lease = world.claim_one().await;
    assert_eq!(lease.told, None);
    world.store.finish(&lease, &waiting(), None).await.unwrap();
    let id = world.task(task).await.waiting.unwrap().escalation_id;
    let plan = PlanForm { steps: vec![action(), action()] };
    answer(&world, id, &Answer::Plan { plan: plan.clone() }).await;
    let lease = world.claim_one().await;
    world.store.append(&lease, &step(&world.clock, 2), &[]).await.unwrap();
    world.expire_leases();
    let next = world.claim_one().await;
    assert_ne!(next.run_id, lease.run_id);
    assert_eq!((next.told, next.resumed), (Some(plan), None));
}

#[tokio::test]
async fn of_an_answer_a_cancel_and_the_deadline_one_wins() {
    let world = World::new().await;
    for _ in 0..20 {
        let (task, _, id) = asking(&world).await;
        let (project, store) = (world.project, &world.store);
        let give_up = Answer::GiveUp { reason: None };
        let (a, b, c) = tokio::join!(
            store.escalations().answer(project, id, &Answer::Skip, "a"),
            store.escalations().answer(project, id, &give_up, "b"),
            store.tasks().cancel(project, task),
        );
        let done = [a.unwrap(), b.unwrap()];
        let done = done.iter().filter(|it| matches!(it, Answered::Done(_))).count();
        c.unwrap();
        let (state, asked) = (world.task(task).await.state, found(&world, id).await.state);
        assert!(done <= 1);
        assert_eq!(done == 1, asked == EscalationState::Answered);
        assert!(matches!(state, TaskState::Cancelled | TaskState::Failed), "{state:?}");
        assert!(!has_secrets(&world).await);
    }
}
