//! Agents outside ask, and report: facts that count, apart from what our own workers saw.

use crate::support::World;
use crate::support::memory::{Told as Run, content, memory, situations_of};
use domain::clock::Clock;
use domain::id::RecallId;
use domain::memory::{
    Approach, KnownRemedy, Origin, Question, Remedy, RemedyStep, Tier, Trust, judge,
};
use domain::plan::{ActionName, StepForm, TargetForm};
use domain::ports::{Distillery, Memory, Retention as _, Swept};
use domain::recall::{AdviceOutcome, Asked, Outcome, OutsideRecall, Told, ToldRemedy, answer};
use domain::retention::{Keep, Removed};
use std::time::Duration;
use store::{MemoryStore, Reported, ReportedOutcome};
use testkit::embedder::WordEmbedder;
use tokio::task::JoinSet;

/// What an agent outside asks about a run's trouble, and what it is answered.
async fn ask(
    world: &World,
    memory: &MemoryStore,
    agent: &str,
    question: Question,
) -> OutsideRecall {
    let asked = Asked { agent: agent.into(), goal: None, origin: None, tried: vec![], limit: 3 };
    let remembered = memory.recall(world.project, &question).await.unwrap();
    let now = world.clock.now();
    let recall = OutsideRecall {
        id: RecallId::new(&world.clock),
        project_id: world.project,
        answer: answer(&question, remembered, &asked, now),
        asked,
        situation: question.situation,
        asked_at: now,
        took_ms: 1,
    };
    world.store.recalls().insert_outside(&recall).await.unwrap();
    recall
}

fn outcome(rank: u32, outcome: AdviceOutcome) -> Told {
    Told { outcomes: vec![Outcome { rank, outcome, note: None }], remedy: None }
}

/// A remedy that an agent outside found: a click on something else.
fn own(selector: &str) -> Told {
    let target = TargetForm { css: Some(selector.into()), ..TargetForm::default() };
    let form = StepForm { target: Some(target), ..StepForm::of(ActionName::Click) };
    let steps = vec![RemedyStep { form, fingerprint: None, own: true, renamed: None }];
    let remedy = Remedy { approach: Approach::OtherLocator, steps };
    Told { outcomes: vec![], remedy: Some(ToldRemedy { remedy, note: None }) }
}

async fn report(world: &World, recall: &OutsideRecall, told: &Told) -> Reported {
    world.store.recalls().report(recall, told).await.unwrap()
}

/// What the same report is answered when it comes again.
fn known_by_now(first: &Reported) -> Reported {
    let Reported::Done(kept) = first else { panic!("{first:?}") };
    let kept = kept.iter().cloned();
    Reported::Done(kept.map(|it| ReportedOutcome { is_new: false, ..it }).collect())
}

/// The one remedy that is known of a run's trouble.
async fn known(memory: &MemoryStore, world: &World, run: &Run<'_>) -> KnownRemedy {
    let known = situations_of(memory, world, run).await;
    assert_eq!((known.len(), known[0].remedies.len()), (1, 1));
    known[0].remedies[0].clone()
}

#[tokio::test]
async fn questions_go_with_traces_of_their_time_unless_something_was_reported() {
    let world = World::new().await;
    let embedder = WordEmbedder::new();
    let memory = memory(&world, &embedder);
    memory.learn(Run::default().run(&world).await).await.unwrap();
    let ask =
        async |agent| ask(&world, &memory, agent, Run::default().question(Some(&embedder))).await;
    let (old, reported) = (ask("one").await, ask("another").await);
    report(&world, &reported, &outcome(1, AdviceOutcome::Worked)).await;
    world.clock.advance(Duration::from_hours(72));
    let new = ask("one").await;
    let keep = Keep { trace_days: Some(2), ..Keep::default() };
    let retentions = world.store.retentions();
    let overdue = retentions.count_overdue(world.project, keep).await.unwrap();
    assert_eq!((overdue.tasks, overdue.recalls), (1, 1));
    retentions.set(world.project, keep, "ops").await.unwrap();
    let removed = loop {
        if let Swept::All(report) = world.store.sweep().await.unwrap() {
            break report.removed;
        }
    };
    assert_eq!((removed.tasks, removed.recalls), (1, 1));
    let recalls = world.store.recalls();
    for (recall, is_there) in [(old, false), (reported, true), (new, true)] {
        let found = recalls.find_outside(world.project, recall.id).await.unwrap();
        assert_eq!(found.is_some(), is_there, "{recall:?}");
    }
}

/// Sweeps until all is removed, with traces that are kept for a day.
async fn sweep(world: &World) -> Removed {
    let keep = Keep { trace_days: Some(1), ..Keep::default() };
    world.store.retentions().set(world.project, keep, "ops").await.unwrap();
    loop {
        if let Swept::All(report) = world.store.sweep().await.unwrap() {
            return report.removed;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_does_not_take_away_what_is_being_reported() {
    let world = World::new().await;
    let embedder = WordEmbedder::new();
    let memory = memory(&world, &embedder);
    memory.learn(Run::default().run(&world).await).await.unwrap();
    world.clock.advance(Duration::from_hours(72));
    assert_eq!(sweep(&world).await.tasks, 1, "nothing is left that waits for the site");
    let asked = ask(&world, &memory, "one", Run::default().question(Some(&embedder))).await;
    world.clock.advance(Duration::from_hours(72));
    // The report is written, and waits before it ends.
    let counting = world.hold_table("remedy_mark").await;
    let (store, recall) = (world.store.clone(), asked.clone());
    let mut reporting = JoinSet::new();
    reporting.spawn(async move {
        store.recalls().report(&recall, &outcome(1, AdviceOutcome::Worked)).await.unwrap()
    });
    world.somebody_waits_for("remedy_mark").await;
    let removed = tokio::time::timeout(Duration::from_secs(10), sweep(&world)).await;
    assert_eq!(removed.expect("the sweep waits for the report").recalls, 0);
    drop(counting);
    let reported = reporting.join_next().await.unwrap().unwrap();
    assert!(matches!(reported, Reported::Done(_)), "{reported:?}");
    let again = report(&world, &asked, &outcome(1, AdviceOutcome::Worked)).await;
    assert_eq!(again, known_by_now(&reported));
}

#[tokio::test]
async fn a_report_of_a_question_that_was_removed_meanwhile_is_told_so() {
    let world = World::new().await;
    let embedder = WordEmbedder::new();
    let memory = memory(&world, &embedder);
    memory.learn(Run::default().run(&world).await).await.unwrap();
    let asked = ask(&world, &memory, "one", Run::default().question(Some(&embedder))).await;
    world.clock.advance(Duration::from_hours(72));
    assert_eq!(sweep(&world).await.recalls, 1);
    let before = content(&world).await;
    let told = report(&world, &asked, &outcome(1, AdviceOutcome::Worked)).await;
    assert_eq!(told, Reported::Missing);
    assert_eq!(content(&world).await, before);
}

#[tokio::test]
async fn a_question_is_kept_with_what_was_answered() {
    let world = World::new().await;
    let embedder = WordEmbedder::new();
    let memory = memory(&world, &embedder);
    memory.learn(Run::default().run(&world).await).await.unwrap();
    let asked = ask(&world, &memory, "outside", Run::default().question(Some(&embedder))).await;
    assert_eq!(asked.answer.served()[0].tier, Tier::High);
    let recalls = world.store.recalls();
    let found = recalls.find_outside(world.project, asked.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&asked));
    let other = world.store.projects().get_or_create("other").await.unwrap();
    assert_eq!(recalls.find_outside(other, asked.id).await.unwrap(), None);
    let site = memory.site(world.project, "shop.example", &Run::default().targets()).await.unwrap();
    assert_eq!(site.heals_today, 0, "nobody of ours has healed anything");
}

#[tokio::test]
async fn a_report_counts_once_and_is_not_taken_back() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    memory.learn(Run::default().run(&world).await).await.unwrap();
    let asked = ask(&world, &memory, "outside", Run::default().question(None)).await;
    let worked = outcome(1, AdviceOutcome::Worked);
    let first = report(&world, &asked, &worked).await;
    world.clock.advance(Duration::from_mins(1));
    assert_eq!(report(&world, &asked, &worked).await, known_by_now(&first), "the same again");
    let Reported::Done(kept) = first else { panic!("{first:?}") };
    assert!(kept[0].is_new);
    let (trust, proof) = kept[0].known.clone().unwrap();
    assert_eq!((trust, proof.worked, proof.reported.worked), (Trust::Verified, 1, 1));
    assert!(kept[0].counts);
    assert_eq!((proof.reported.agents, proof.runs, proof.agents), (1, 1, 1));

    let other = report(&world, &asked, &outcome(1, AdviceOutcome::Failed)).await;
    assert_eq!(other, Reported::Conflict { rank: 1, known: AdviceOutcome::Worked });
    let proof = known(&memory, &world, &Run::default()).await.proof;
    assert_eq!((proof.reported.worked, proof.reported.failed), (1, 0));
}

#[tokio::test]
async fn what_was_not_tried_is_kept_and_does_not_count() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    memory.learn(Run::default().run(&world).await).await.unwrap();
    let asked = ask(&world, &memory, "outside", Run::default().question(None)).await;
    let kept = report(&world, &asked, &outcome(1, AdviceOutcome::NotTried)).await;
    assert!(matches!(kept, Reported::Done(kept) if !kept[0].counts));
    assert!(known(&memory, &world, &Run::default()).await.proof.reported.is_empty());
    let other = report(&world, &asked, &outcome(1, AdviceOutcome::Worked)).await;
    assert!(matches!(other, Reported::Conflict { .. }));
}

#[tokio::test]
async fn of_another_site_an_approach_is_tried_and_no_remedy_is_blamed() {
    let world = World::new().await;
    let embedder = WordEmbedder::new();
    let memory = memory(&world, &embedder);
    memory.learn(Run::default().run(&world).await).await.unwrap();
    let there = Run { site: "other.example", ..Run::default() };
    let asked = ask(&world, &memory, "outside", there.question(Some(&embedder))).await;
    assert_eq!(asked.answer.served()[0].tier, Tier::Low);
    let kept = report(&world, &asked, &outcome(1, AdviceOutcome::Failed)).await;
    assert!(matches!(kept, Reported::Done(kept) if !kept[0].counts));
    assert!(known(&memory, &world, &Run::default()).await.proof.reported.is_empty());
}

#[tokio::test]
async fn what_an_agent_outside_found_is_a_hint_until_it_has_worked_here() {
    let world = World::new().await;
    let embedder = WordEmbedder::new();
    let memory = memory(&world, &embedder);
    let run = Run { heals: false, ..Run::default() };
    for agent in ["one", "two", "three", "four"] {
        let asked = ask(&world, &memory, agent, run.question(Some(&embedder))).await;
        let Reported::Done(kept) = report(&world, &asked, &own("#save-it")).await else { panic!() };
        assert_eq!(kept[0].known.as_ref().unwrap().0, Trust::Reported);
    }
    let question = run.question(Some(&embedder));
    let remembered = memory.recall(world.project, &question).await.unwrap();
    assert_eq!((remembered[0].exact, remembered[0].seen), (true, 0));
    let hint = &remembered[0].remedies[0];
    assert_eq!(
        (hint.trust, hint.proof.worked, hint.proof.reported.worked),
        (Trust::Reported, 0, 4)
    );
    assert!(matches!(hint.origin, Origin::Report { .. }));
    let judged = judge(&question, remembered, world.clock.now());
    assert_eq!(judged.offered[0].tier, Tier::Medium, "said by four, seen by none");

    // A run of ours does the very same, and it works.
    let found = Run { heals_with: Some("#save-it"), ..Run::default() };
    let id = found.run(&world).await;
    memory.learn(id).await.unwrap();
    let proven = known(&memory, &world, &run).await;
    assert_eq!((proven.trust, proven.proof.worked), (Trust::Verified, 1));
    assert_eq!(proven.origin, Origin::Run { run_id: id, step: 3 });
    let remembered = memory.recall(world.project, &question).await.unwrap();
    let judged = judge(&question, remembered, world.clock.now());
    assert_eq!(judged.offered[0].tier, Tier::High);
}

#[tokio::test]
async fn one_recall_takes_one_remedy_of_an_agents_own() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    let asked = ask(&world, &memory, "outside", Run::default().question(None)).await;
    let first = report(&world, &asked, &own("#a")).await;
    assert_eq!(report(&world, &asked, &own("#a")).await, known_by_now(&first));
    let other = report(&world, &asked, &own("#b")).await;
    assert_eq!(other, Reported::Conflict { rank: 0, known: AdviceOutcome::Worked });
}

#[tokio::test]
async fn memory_with_reports_is_the_same_after_a_rebuild() {
    let world = World::new().await;
    let embedder = WordEmbedder::new();
    let memory = memory(&world, &embedder);
    // Rebuilt, reports come before runs. Here one comes before any run, some between runs, and one
    // is about what no run has met.
    let asked = ask(&world, &memory, "one", Run::default().question(Some(&embedder))).await;
    report(&world, &asked, &own("#save-it")).await;
    for (agent, heals_with) in [("a", None), ("one", Some("#save-it")), ("b", None)] {
        world.clock.advance(Duration::from_mins(1));
        let run = Run { agent, heals_with, ..Run::default() };
        memory.learn(run.run(&world).await).await.unwrap();
        let asked = ask(&world, &memory, agent, run.question(Some(&embedder))).await;
        report(&world, &asked, &outcome(1, AdviceOutcome::Worked)).await;
        let asked = ask(&world, &memory, "two", run.question(Some(&embedder))).await;
        report(&world, &asked, &outcome(1, AdviceOutcome::Failed)).await;
    }
    let nowhere = Run { page: "/nowhere", ..Run::default() };
    let asked = ask(&world, &memory, "one", nowhere.question(Some(&embedder))).await;
    report(&world, &asked, &own("#save-it")).await;
    while memory.catch_up().await.unwrap() > 0 {}
    let expected = content(&world).await;
    assert!(expected.contains("reported"), "{expected}");

    for _ in 0..2 {
        memory.reindex(Some(world.project)).await.unwrap();
        assert_eq!(content(&world).await, expected, "after a rebuild");
    }
}
