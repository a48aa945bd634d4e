//! Whether the fleet learns, as the store counts it.

use crate::support::memory::{Told, memory};
use crate::support::{World, failed, spec, succeeded};
use chrono::NaiveDate;
use domain::fleet::{Figures, Removed, Span, Stats};
use domain::id::ProjectId;
use domain::memory::{HealedBy, Tactic};
use domain::ports::{Distillery, Leases, Retention, Swept};
use domain::retention::Keep;
use std::collections::BTreeMap;
use std::time::Duration;
use store::{MemoryStore, StatFilter};
use testkit::embedder::WordEmbedder;

const DAY: Duration = Duration::from_hours(24);

fn date(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, day).unwrap()
}

fn filter(since: u32, until: u32) -> StatFilter {
    StatFilter { span: Span { since: date(since), until: date(until) }, site: None, agent: None }
}

async fn stats_of(world: &World, project: ProjectId, filter: &StatFilter) -> Stats {
    world.store.stats().get(project, filter).await.unwrap()
}

async fn stats(world: &World, filter: &StatFilter) -> Stats {
    stats_of(world, world.project, filter).await
}

/// A run that takes so many seconds.
async fn run(world: &World, memory: &MemoryStore, told: &Told<'_>, seconds: u64, well: bool) {
    let lease = told.begin(world).await;
    world.clock.advance(Duration::from_secs(seconds));
    let end = if well { succeeded() } else { failed() };
    world.store.finish(&lease, &end, None).await.unwrap();
    memory.learn(lease.run_id).await.unwrap();
}

/// Two agents on two sites, on three days: it gets better.
async fn history(world: &World) -> MemoryStore {
    let memory = memory(world, &WordEmbedder::new());
    let a = Told { agent: "a", site: "one.example", ..Told::default() };
    let b = Told { agent: "b", site: "two.example", ..Told::default() };
    for (seconds, well) in [(5, true), (10, false), (15, true)] {
        run(world, &memory, &a, seconds, well).await;
    }
    world.clock.advance(2 * DAY);
    run(world, &memory, &b, 4, true).await;
    world.clock.advance(DAY);
    for _ in 0..2 {
        run(world, &memory, &b, 2, true).await;
    }
    memory
}

#[tokio::test]
async fn figures_are_counted_by_day_and_in_all() {
    let world = World::new().await;
    history(&world).await;
    let stats = stats(&world, &filter(1, 5)).await;
    let told: Vec<_> = stats.days.iter().map(|day| (day.day, day.figures.told())).collect();
    assert_eq!(
        told,
        [1, 2, 3, 4, 5].map(date).into_iter().zip([3, 0, 1, 2, 0]).collect::<Vec<_>>()
    );
    let first = &stats.days[0].figures;
    assert_eq!((first.succeeded, first.failed, first.attempts), (2, 1, 3));
    assert_eq!((first.median_seconds, first.p95_seconds), (Some(10.0), Some(14.5)));
    let retried = (HealedBy::Routine, Tactic::RetryWithVariation);
    assert_eq!(first.tally.heals, BTreeMap::from([(retried, 3)]));
    assert_eq!((first.tally.failures, first.tally.overcome), (3, 3));
    let total = &stats.total;
    assert_eq!((total.succeeded, total.failed, total.tally.healed()), (5, 1, 6));
    assert_eq!(total.median_seconds, Some(4.5));
    assert_eq!(stats.days[1].figures.median_seconds, None);
}

#[tokio::test]
async fn the_earlier_half_stands_beside_the_later_one() {
    let world = World::new().await;
    history(&world).await;
    let halves = stats(&world, &filter(1, 5)).await.halves.unwrap();
    assert_eq!(halves.split, date(3));
    assert_eq!((halves.first.told(), halves.second.told()), (3, 3));
    assert_eq!(halves.first.median_seconds, Some(10.0));
    assert_eq!((halves.second.median_seconds, halves.second.success()), (Some(2.0), Some(1.0)));
    assert_eq!(stats(&world, &filter(4, 5)).await.halves, None);
}

#[tokio::test]
async fn figures_are_of_the_days_the_site_and_the_agent_that_were_asked_for() {
    let world = World::new().await;
    history(&world).await;
    let of = async |filter: StatFilter| {
        let total = stats(&world, &filter).await.total;
        (total.told(), total.tally.healed())
    };
    assert_eq!(of(filter(1, 4)).await, (6, 6));
    assert_eq!(of(filter(2, 3)).await, (1, 1));
    assert_eq!(of(filter(2, 2)).await, (0, 0));
    let site = |site: &str| StatFilter { site: Some(site.to_owned()), ..filter(1, 4) };
    let agent = |agent: &str| StatFilter { agent: Some(agent.to_owned()), ..filter(1, 4) };
    assert_eq!(of(site("one.example")).await, (3, 3));
    assert_eq!(of(agent("b")).await, (3, 3));
    assert_eq!(of(StatFilter { agent: Some("a".into()), ..site("two.example") }).await, (0, 0));
    assert_eq!(of(agent("x\0")).await, (0, 0));
    let other = world.store.projects().get_or_create("other").await.unwrap();
    let theirs = stats_of(&world, other, &filter(1, 5)).await;
    assert_eq!((theirs.total.told(), theirs.total.tally.healed()), (0, 0));
    assert!(theirs.days.iter().all(|day| day.figures == Figures::default()));
}

#[tokio::test]
async fn what_was_cancelled_or_given_back_tells_nothing_and_attempts_add_up() {
    let world = World::new().await;
    let cancelled = world.queue(spec("one.example")).await;
    world.store.tasks().cancel(world.project, cancelled).await.unwrap();
    world.queue(spec("one.example")).await;
    let first = world.claim_one().await;
    let at = domain::clock::Clock::now(&world.clock);
    world.store.finish(&first, &failed(), Some(at)).await.unwrap();
    let second = world.claim_one().await;
    world.store.finish(&second, &domain::run::RunEnd::Released, None).await.unwrap();
    let third = world.claim_one().await;
    assert_eq!(third.attempt, 2);
    world.store.finish(&third, &succeeded(), None).await.unwrap();
    let total = stats(&world, &filter(1, 1)).await.total;
    assert_eq!((total.told(), total.cancelled, total.attempts), (1, 1, 2));
    assert_eq!(total.attempts_per_task(), Some(2.0));
}

#[tokio::test]
async fn what_removed_traces_taught_is_counted_and_blamed_on_no_task() {
    let world = World::new().await;
    let memory = history(&world).await;
    let before = stats(&world, &filter(1, 5)).await.total;
    assert_eq!((before.removed.runs, before.failures_per_task()), (0, Some(1.0)));
    // The first day goes, and the other two stay.
    let keep = Keep { trace_days: Some(2), ..Keep::default() };
    world.store.retentions().set(world.project, keep, "ops").await.unwrap();
    while world.store.sweep().await.unwrap() != Swept::Nothing {}
    for _ in 0..2 {
        let stats = stats(&world, &filter(1, 5)).await;
        let first = &stats.days[0].figures;
        assert_eq!((first.told(), first.tally.failures), (0, 3));
        assert_eq!(first.removed, Removed { runs: 3, failures: 3 });
        assert_eq!(first.failures_per_task(), None);
        let total = &stats.total;
        assert_eq!((total.told(), total.tally.failures, total.removed.runs), (3, 6, 3));
        assert_eq!(total.failures_per_task(), Some(1.0));
        assert_eq!(stats.days[3].figures.removed, Removed::default());
        memory.reindex(Some(world.project)).await.unwrap();
    }
    let two = StatFilter { site: Some("two.example".to_owned()), ..filter(1, 5) };
    assert_eq!(stats(&world, &two).await.total.removed, Removed::default());
    let b = StatFilter { agent: Some("b".to_owned()), ..filter(1, 5) };
    assert_eq!(stats(&world, &b).await.total.removed, Removed::default());
}

#[tokio::test]
async fn figures_outlive_a_rebuild() {
    let world = World::new().await;
    let memory = history(&world).await;
    let before = stats(&world, &filter(1, 5)).await;
    memory.reindex(Some(world.project)).await.unwrap();
    assert_eq!(stats(&world, &filter(1, 5)).await, before);
}
