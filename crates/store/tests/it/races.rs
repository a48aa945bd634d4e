//! Several connections at once: whatever the order, nothing happens twice and no limit is broken.

use crate::support::{World, claim, spec, step, succeeded};
use domain::id::TaskId;
use domain::ports::{Claim, Lease, LeaseError, Leases, Trace};
use domain::run::RunEnd;
use domain::task::TaskState;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use store::{Idempotency, Inserted, Store};
use tokio::task::JoinSet;

const CLAIMERS: usize = 6;

/// Several stores, as of several processes, on one database.
async fn stores(world: &World) -> Vec<Store> {
    let mut stores = Vec::new();
    for _ in 0..CLAIMERS {
        stores.push(world.database.store(world.clock.clone()).await);
    }
    stores
}

#[tokio::test(flavor = "multi_thread")]
async fn claimers_in_parallel_never_get_one_task_twice() {
    let world = World::new().await;
    let mut tasks = BTreeSet::new();
    for number in 0..200 {
        tasks.insert(world.queue(spec(&format!("site-{}.example", number % 7))).await);
    }
    let mut claimers = JoinSet::new();
    for (number, store) in stores(&world).await.into_iter().enumerate() {
        claimers.spawn(async move {
            let mut mine = Vec::new();
            loop {
                let leases = store.claim(&claim(1 + number % 3)).await.unwrap();
                if leases.is_empty() {
                    return mine;
                }
                mine.extend(leases.iter().map(|lease| lease.task_id));
            }
        });
    }
    let claimed: Vec<TaskId> = claimers.join_all().await.into_iter().flatten().collect();
    assert_eq!(claimed.len(), tasks.len());
    assert_eq!(claimed.into_iter().collect::<BTreeSet<_>>(), tasks);
}

#[tokio::test(flavor = "multi_thread")]
async fn claimers_in_parallel_keep_to_the_limit_of_a_site() {
    let world = World::new().await;
    for number in 0..120 {
        world.queue(spec(&format!("site-{}.example", number % 3))).await;
    }
    let two_per_site = Claim {
        per_site: 2,
        ..claim(5)
    };
    let mut left = 120;
    let stores = stores(&world).await;
    while left > 0 {
        let mut claimers = JoinSet::new();
        for store in stores.clone() {
            let claim = two_per_site.clone();
            claimers.spawn(async move { store.claim(&claim).await.unwrap() });
        }
        let leases: Vec<Lease> = claimers.join_all().await.into_iter().flatten().collect();
        let mut per_site = BTreeMap::new();
        for lease in &leases {
            *per_site.entry(lease.spec.site.clone()).or_insert(0) += 1;
        }
        assert_eq!(per_site.into_values().collect::<Vec<_>>(), [2, 2, 2]);
        left -= leases.len();
        for lease in leases {
            world.store.finish(&lease, &succeeded(), None).await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn claimers_in_parallel_keep_the_pace_of_a_site() {
    let world = World::new().await;
    for _ in 0..20 {
        world.queue(spec("shop.example")).await;
    }
    let paced = Claim {
        pace: Duration::from_secs(1),
        ..claim(5)
    };
    let stores = stores(&world).await;
    for _ in 0..5 {
        let mut claimers = JoinSet::new();
        for store in stores.clone() {
            let claim = paced.clone();
            claimers.spawn(async move { store.claim(&claim).await.unwrap().len() });
        }
        assert_eq!(claimers.join_all().await.into_iter().sum::<usize>(), 1);
        world.clock.advance(Duration::from_secs(1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_append_and_a_claim_never_both_win() {
    let world = World::new().await;
    let stores = stores(&world).await;
    for _ in 0..30 {
        let task = world.queue(spec("shop.example")).await;
        let zombie = world.claim_one().await;
        // The zombie reads the clock before the lease expires, and writes after.
        let late = step(&world.clock, 0);
        let (appender, claimer) = (stores[0].clone(), stores[1].clone());
        let clock = world.clock.clone();
        let lease = zombie.clone();
        let append = tokio::spawn(async move { appender.append(&lease, &late, &[]).await });
        clock.advance(crate::support::LEASE);
        let taken = tokio::spawn(async move { claimer.claim(&claim(1)).await.unwrap() });
        let (append, taken) = (append.await.unwrap(), taken.await.unwrap());

        let recorded = world
            .store
            .steps()
            .list(world.project, zombie.run_id, None, 10)
            .await
            .unwrap();
        match append {
            Ok(()) => assert_eq!(recorded.len(), 1),
            Err(LeaseError::Lost) => assert_eq!(recorded.len(), 0),
            Err(error) => panic!("{error:?}"),
        }
        // A claim that met the append's lock left the task alone; it is taken the next time.
        let holder = match taken.into_iter().next() {
            Some(lease) => lease,
            None => world.claim_one().await,
        };
        assert_eq!(holder.task_id, task);
        let run = world.run(zombie.run_id).await;
        assert_eq!(usize::try_from(run.steps).unwrap(), recorded.len());
        world.store.finish(&holder, &succeeded(), None).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_and_a_finish_leave_one_end() {
    let world = World::new().await;
    for round in 0..30 {
        let task = world.queue(spec("shop.example")).await;
        let lease = world.claim_one().await;
        let end = [succeeded(), RunEnd::Released][round % 2].clone();
        let (canceller, finisher) = (world.store.clone(), world.store.clone());
        let project = world.project;
        let cancel = tokio::spawn(async move { canceller.tasks().cancel(project, task).await });
        let finish = tokio::spawn(async move { finisher.finish(&lease, &end, None).await });
        cancel.await.unwrap().unwrap();
        finish.await.unwrap().unwrap();
        let state = world.task(task).await.state;
        assert!(state.is_terminal(), "{state:?} in round {round}");
        let ends = world.events(task).await;
        let ends = ends.into_iter().filter(|event| event.is_terminal());
        assert_eq!(ends.count(), 1);
        assert!(state == TaskState::Cancelled || round % 2 == 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_request_sent_many_times_at_once_makes_one_task() {
    let world = World::new().await;
    let mut senders = JoinSet::new();
    for store in stores(&world).await {
        for _ in 0..4 {
            let store = store.clone();
            let mut task = world.new_task(spec("shop.example"));
            task.idempotency = Some(Idempotency {
                key: "order-1".to_owned(),
                fingerprint: [1; 32],
            });
            senders.spawn(async move { store.tasks().insert(task).await.unwrap() });
        }
    }
    let answers = senders.join_all().await;
    let mut ids = BTreeSet::new();
    let mut new = 0;
    for answer in answers {
        match answer {
            Inserted::New(task) => {
                new += 1;
                ids.insert(task.id);
            }
            Inserted::Replayed(task) => {
                ids.insert(task.id);
            }
            Inserted::Conflict => panic!("the request was the same"),
        }
    }
    assert_eq!((new, ids.len()), (1, 1));
    assert_eq!(world.claim(9).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn reapers_in_parallel_end_each_task_once() {
    let world = World::new().await;
    let mut spec = spec("shop.example");
    spec.limits.attempts = 1;
    for _ in 0..40 {
        world.queue(spec.clone()).await;
    }
    assert_eq!(world.claim(40).await.len(), 40);
    world.expire_leases();
    let mut reapers = JoinSet::new();
    for store in stores(&world).await {
        reapers.spawn(async move { store.reap().await.unwrap() });
    }
    let mut reaped: Vec<TaskId> = reapers
        .join_all()
        .await
        .into_iter()
        .flatten()
        .map(|task| task.id)
        .collect();
    reaped.extend(world.store.reap().await.unwrap().iter().map(|task| task.id));
    assert_eq!(reaped.len(), 40);
    assert_eq!(reaped.into_iter().collect::<BTreeSet<_>>().len(), 40);
}
