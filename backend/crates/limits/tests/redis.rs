//! Several budgets on one real Redis server.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod redis_server;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use limits::{Budget, BudgetEvent, BudgetSettings, Cost, Lane, RedisStore};
use redis_server::RedisServer;
use tokio::time::{Instant, sleep, timeout};

const ONE: Cost = Cost { ip_weight: 1, uid_weight: 1, order: false, account: false };
const ORDER: Cost = Cost { order: true, ..ONE };
const PATIENCE: Duration = Duration::from_secs(20);

type Events = Arc<Mutex<Vec<BudgetEvent>>>;

/// As if in a process of its own.
fn join(server: &RedisServer, settings: &BudgetSettings) -> (Budget, Events) {
    join_as(server, settings, "account")
}

fn join_as(server: &RedisServer, settings: &BudgetSettings, account: &str) -> (Budget, Events) {
    let store = RedisStore::new(&server.url(), "test", "exchange", account).unwrap();
    let events = Events::default();
    let seen = events.clone();
    let budget = Budget::shared(settings, store, move |event| seen.lock().unwrap().push(event));
    (budget, events)
}

/// Large enough to be out of the way.
fn wide() -> BudgetSettings {
    BudgetSettings {
        ip_weight_10s: 100_000,
        uid_weight_10s: 100_000,
        orders_per_sec: 1_000,
        account_per_sec: 1_000,
        spacing: Duration::ZERO,
    }
}

async fn spend(budget: &Budget, lane: Lane, cost: Cost) {
    drop(timeout(PATIENCE, budget.acquire(lane, cost)).await.expect("its turn never came"));
}

async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < PATIENCE, "{what} did not happen");
        sleep(Duration::from_millis(5)).await;
    }
}

async fn until_joined(budget: &Budget) {
    eventually("the budget is joined", || {
        let now = budget.snapshot();
        now.questions > 1 && !now.is_degraded
    })
    .await;
}

fn left(budget: &Budget, window: &str) -> u32 {
    let now = budget.snapshot();
    now.windows.iter().find(|level| level.name == window).unwrap().left
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_state_is_empty_and_fills_up() {
    let server = RedisServer::start();
    let (budget, _) = join(&server, &BudgetSettings::default());
    let started = Instant::now();
    for _ in 0..15 {
        spend(&budget, Lane::Exit, ONE).await;
    }
    let waited = started.elapsed();
    assert!(waited >= Duration::from_millis(350), "{waited:?}");
    assert!(waited <= Duration::from_secs(5), "{waited:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_joins_later_finds_what_the_others_left() {
    let server = RedisServer::start();
    let settings = BudgetSettings { ip_weight_10s: 200, ..wide() };
    let (first, _) = join(&server, &settings);
    until_joined(&first).await;
    // The budget fills up by 20 a second.
    eventually("there is some weight", || left(&first, "ip_weight_10s") >= 60).await;
    for _ in 0..40 {
        spend(&first, Lane::Query, ONE).await;
    }
    let (second, _) = join(&server, &settings);
    until_joined(&second).await;
    eventually("the second knows", || left(&second, "ip_weight_10s") < 150).await;
    let started = Instant::now();
    for _ in 0..100 {
        spend(&second, Lane::Query, ONE).await;
    }
    let waited = started.elapsed();
    assert!(waited >= Duration::from_secs(2), "{waited:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_share_the_address_and_not_each_others_orders() {
    let server = RedisServer::start();
    let settings = BudgetSettings { orders_per_sec: 4, ..wide() };
    let (first, _) = join_as(&server, &settings, "one");
    let (second, _) = join_as(&server, &settings, "two");
    until_joined(&first).await;
    until_joined(&second).await;
    let started = Instant::now();
    let run = async |budget: &Budget| {
        for _ in 0..12 {
            spend(budget, Lane::Exit, ORDER).await;
        }
        started.elapsed()
    };
    let (one, two) = tokio::join!(run(&first), run(&second));
    for took in [one, two] {
        assert!(took >= Duration::from_millis(1_900), "{took:?}");
        assert!(took < Duration::from_secs(5), "{took:?}");
    }
    let used = 100_000 - left(&first, "uid_weight_10s");
    assert!(used <= 90_000, "{used}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_spacing_holds_for_all_processes_together() {
    let server = RedisServer::start();
    let settings = BudgetSettings { spacing: Duration::from_millis(20), ..wide() };
    let (first, _) = join(&server, &settings);
    let (second, _) = join(&server, &settings);
    until_joined(&first).await;
    until_joined(&second).await;
    let starts = Mutex::new(Vec::new());
    let run = async |budget: &Budget| {
        for _ in 0..30 {
            spend(budget, Lane::Query, ONE).await;
            starts.lock().unwrap().push(Instant::now());
        }
    };
    let before = Instant::now();
    tokio::join!(run(&first), run(&second));
    let waited = before.elapsed();
    // 60 starts, 59 pauses between them; the first of each may have been leased before.
    assert!(waited >= Duration::from_millis(57 * 20), "{waited:?}");
    assert_eq!(starts.lock().unwrap().len(), 60);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_reaches_every_process() {
    let server = RedisServer::start();
    let (first, _) = join(&server, &wide());
    let (second, _) = join(&server, &wide());
    until_joined(&first).await;
    until_joined(&second).await;
    let silence = Duration::from_millis(1_500);
    let asked = Instant::now();
    first.pause_until(asked + silence);
    eventually("the other keeps silent", || !second.snapshot().paused_for.is_zero()).await;
    assert!(asked.elapsed() < Duration::from_millis(1_200), "{:?}", asked.elapsed());
    spend(&second, Lane::Exit, ORDER).await;
    let waited = asked.elapsed();
    assert!(waited + Duration::from_millis(100) >= silence, "{waited:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leases_spare_most_round_trips() {
    let server = RedisServer::start();
    let (budget, _) = join(&server, &wide());
    until_joined(&budget).await;
    eventually("there is plenty", || left(&budget, "ip_weight_10s") > 60_000).await;
    let before = budget.snapshot().questions;
    let requests = 2_000;
    for _ in 0..requests {
        spend(&budget, Lane::Query, ONE).await;
    }
    let asked = budget.snapshot().questions - before;
    assert!(asked * 4 < requests, "{asked} questions for {requests} requests");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_redis_is_told_once_and_never_opens_the_gates() {
    let mut server = RedisServer::start();
    let settings = BudgetSettings::default();
    let (budget, events) = join(&server, &settings);
    until_joined(&budget).await;
    server.kill();
    eventually("the loss is noticed", || budget.snapshot().is_degraded).await;
    let lost = Instant::now();
    // What is kept for exits is there at once; questions wait for a window.
    spend(&budget, Lane::Exit, ONE).await;
    assert!(lost.elapsed() < Duration::from_secs(2), "{:?}", lost.elapsed());
    let question = timeout(Duration::from_secs(2), budget.acquire(Lane::Query, ONE)).await;
    assert!(question.is_err(), "a question passed");
    assert!(matches!(events.lock().unwrap()[..], [BudgetEvent::Degraded { .. }]));

    server.restart();
    eventually("the budget is shared again", || !budget.snapshot().is_degraded).await;
    eventually("it is told", || events.lock().unwrap().len() == 2).await;
    assert!(matches!(events.lock().unwrap()[1], BudgetEvent::Recovered { .. }));
    // Redis came back empty, which must not be taken for an unspent budget.
    eventually("the others' part is taken", || left(&budget, "ip_weight_10s") <= 80).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_redis_is_as_good_as_none() {
    let server = RedisServer::start();
    let (budget, events) = join(&server, &BudgetSettings::default());
    until_joined(&budget).await;
    let mut connection = redis::Client::open(server.url())
        .unwrap()
        .get_multiplexed_async_connection()
        .await
        .unwrap();
    let pause: () =
        redis::cmd("CLIENT").arg("PAUSE").arg(700).query_async(&mut connection).await.unwrap();
    eventually("the delay is noticed", || budget.snapshot().is_degraded).await;
    spend(&budget, Lane::Exit, ONE).await;
    eventually("the budget is shared again", || !budget.snapshot().is_degraded).await;
    let told = format!("{:?}", events.lock().unwrap());
    assert!(told.contains("Slow") && told.contains("Recovered"), "{told} {pause:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_redis_at_the_start_the_budget_still_serves() {
    let mut server = RedisServer::start();
    server.kill();
    let (budget, events) = join(&server, &BudgetSettings::default());
    let started = Instant::now();
    spend(&budget, Lane::Exit, ORDER).await;
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    eventually("the loss is told", || events.lock().unwrap().len() == 1).await;
    server.restart();
    eventually("it joins", || !budget.snapshot().is_degraded).await;
}

#[test]
fn an_address_that_is_none_is_refused_without_being_repeated() {
    for bad in ["localhost:6379", "http://hunter2@host", "redis://", "redis://:hunter2@"] {
        let error = RedisStore::new(bad, "p", "e", "a").unwrap_err().to_string();
        assert!(error.contains("REDIS_URL") && !error.contains("hunter2"), "{bad}: {error}");
        assert!(!RedisStore::accepts(bad), "{bad}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_shows_the_password() {
    let server = RedisServer::start();
    let url = server.url().replace("redis://", "redis://:hunter2@");
    let store = RedisStore::new(&url, "p", "e", "a").unwrap();
    let shown = format!("{store:?}");
    let events = Events::default();
    let seen = events.clone();
    let budget =
        Budget::shared(&BudgetSettings::default(), store, move |e| seen.lock().unwrap().push(e));
    // The server has no password, so the login fails.
    eventually("the login fails", || !events.lock().unwrap().is_empty()).await;
    let seen = events.lock().unwrap().clone();
    let told = format!("{shown} {budget:?} {seen:?} {}", seen[0]);
    assert!(!told.contains("hunter2"), "{told}");
}
