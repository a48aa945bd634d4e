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

/// Lets every store do the same at once.
async fn together<T, F>(stores: &[Store], act: impl Fn(Store) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let mut acting = JoinSet::new();
    for store in stores {
        acting.spawn(act(store.clone()));
    }
    acting.join_all().await
}

/// Claims at once with every store.
async fn claim_together(stores: &[Store], claim: &Claim) -> Vec<Lease> {
    let claimed = together(stores, |store| {
        let claim = claim.clone();
        async move { store.claim(&claim).await.unwrap() }
    });
    claimed.await.into_iter().flatten().collect()
}

/// Claims until nothing is left.
async fn claim_all(store: Store) -> Vec<TaskId> {
    let mut claimed = Vec::new();
    loop {
        let leases = store.claim(&claim(3)).await.unwrap();
        if leases.is_empty() {
            return claimed;
        }
        claimed.extend(leases.iter().map(|lease| lease.task_id));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn claimers_in_parallel_never_get_one_task_twice() {
    let world = World::new().await;
    let mut tasks = BTreeSet::new();
    for number in 0..200 {
        tasks.insert(world.queue(spec(&format!("site-{}.example", number % 7))).await);
    }
    let claimed = together(&stores(&world).await, claim_all).await;
    let claimed: Vec<TaskId> = claimed.into_iter().flatten().collect();
    assert_eq!(claimed.len(), tasks.len());
    assert_eq!(claimed.into_iter().collect::<BTreeSet<_>>(), tasks);
}

#[tokio::test(flavor = "multi_thread")]
async fn claimers_in_parallel_keep_to_the_limit_of_a_site() {
    let world = World::new().await;
    for number in 0..120 {
        world.queue(spec(&format!("site-{}.example", number % 3))).await;
    }
    let two_per_site = Claim { per_site: 2, ..claim(5) };
    let mut left = 120;
    let stores = stores(&world).await;
    while left > 0 {
        let leases = claim_together(&stores, &two_per_site).await;
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
    let paced = Claim { pace: Duration::from_secs(1), ..claim(5) };
    let stores = stores(&world).await;
    for _ in 0..5 {
        assert_eq!(claim_together(&stores, &paced).await.len(), 1);
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
        // The zombie reads the clock while its lease holds, and writes while it is taken.
        let late = step(&world.clock, 0);
        let append = stores[0].append(&zombie, &late, &[]);
        let take = async {
            world.expire_leases();
            stores[1].claim(&claim(1)).await.unwrap()
        };
        let (append, taken) = tokio::join!(append, take);

        let recorded =
            world.store.steps().list(world.project, zombie.run_id, None, 10).await.unwrap();
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
        let tasks = world.store.tasks();
        let cancel = tasks.cancel(world.project, task);
        let finish = world.store.finish(&lease, &end, None);
        let (cancelled, finished) = tokio::join!(cancel, finish);
        cancelled.unwrap();
        finished.unwrap();
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
    let mut stores = stores(&world).await;
    stores.extend(stores.clone());
    let answers = together(&stores, |store| {
        let mut task = world.new_task(spec("shop.example"));
        task.idempotency = Some(Idempotency { key: "order-1".to_owned(), fingerprint: [1; 32] });
        async move { store.tasks().insert(task).await.unwrap() }
    })
    .await;
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
    let stores = stores(&world).await;
    let reaped = together(&stores, |store| async move { store.reap().await.unwrap() });
    let reaped = reaped.await.into_iter().flatten();
    let mut reaped: Vec<TaskId> = reaped.map(|task| task.id).collect();
    reaped.extend(world.store.reap().await.unwrap().iter().map(|task| task.id));
    assert_eq!(reaped.len(), 40);
    assert_eq!(reaped.into_iter().collect::<BTreeSet<_>>().len(), 40);
}
