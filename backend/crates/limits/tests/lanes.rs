//! Spacing, priority, pauses and cancellation, in virtual time.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use limits::{Budget, BudgetSettings, Cost, Lane, Start};
use tokio::task::{JoinHandle, yield_now};
use tokio::time::{Instant, advance, sleep};

const STEP: Duration = Duration::from_millis(100);
const ONE: Cost = Cost { ip_weight: 1, uid_weight: 0, order: false, account: false };

fn spaced(spacing: Duration) -> Budget {
    Budget::local(&BudgetSettings::with_spacing(spacing), Start::Full)
}

type Log = Arc<Mutex<Vec<(&'static str, Duration)>>>;

struct Bench {
    budget: Budget,
    log: Log,
    start: Instant,
}

impl Bench {
    fn new() -> Self {
        Self { budget: spaced(STEP), log: Log::default(), start: Instant::now() }
    }

    /// Queues a request and waits until it stands in line.
    async fn request(&self, name: &'static str, lane: Lane) -> JoinHandle<()> {
        let (budget, log, start) = (self.budget.clone(), self.log.clone(), self.start);
        let task = tokio::spawn(async move {
            drop(budget.acquire(lane, ONE).await);
            log.lock().unwrap().push((name, start.elapsed()));
        });
        yield_now().await;
        task
    }

    fn log(&self) -> Vec<(&'static str, u128)> {
        self.log.lock().unwrap().iter().map(|(name, at)| (*name, at.as_millis())).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn starts_are_spaced_and_in_order_within_a_lane() {
    let bench = Bench::new();
    for name in ["a", "b", "c"] {
        bench.request(name, Lane::Query).await;
    }
    sleep(STEP * 5).await;
    assert_eq!(bench.log(), [("a", 0), ("b", 100), ("c", 200)]);
}

#[tokio::test(start_paused = true)]
async fn an_idle_budget_lets_the_first_start_at_once() {
    let bench = Bench::new();
    drop(bench.budget.acquire(Lane::Query, ONE).await);
    sleep(STEP * 3).await;
    let before = Instant::now();
    drop(bench.budget.acquire(Lane::Query, ONE).await);
    assert_eq!(before.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn exits_go_before_entries_and_entries_before_questions() {
    let bench = Bench::new();
    drop(bench.budget.acquire(Lane::Query, ONE).await);
    for (name, lane) in [
        ("query 1", Lane::Query),
        ("entry 1", Lane::Entry),
        ("query 2", Lane::Query),
        ("exit 1", Lane::Exit),
        ("entry 2", Lane::Entry),
        ("exit 2", Lane::Exit),
    ] {
        bench.request(name, lane).await;
    }
    sleep(STEP * 10).await;
    let names: Vec<_> = bench.log().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["exit 1", "exit 2", "entry 1", "entry 2", "query 1", "query 2"]);
}

#[tokio::test(start_paused = true)]
async fn a_late_exit_overtakes_who_already_waits() {
    let bench = Bench::new();
    drop(bench.budget.acquire(Lane::Query, ONE).await);
    bench.request("query", Lane::Query).await;
    sleep(STEP / 2).await;
    bench.request("exit", Lane::Exit).await;
    sleep(STEP * 5).await;
    assert_eq!(bench.log(), [("exit", 100), ("query", 200)]);
}

#[tokio::test(start_paused = true)]
async fn a_pause_holds_every_lane_and_never_shortens_another() {
    let bench = Bench::new();
    bench.budget.pause_until(bench.start + STEP * 7);
    bench.budget.pause_until(bench.start + STEP * 2);
    bench.request("query", Lane::Query).await;
    bench.request("exit", Lane::Exit).await;
    sleep(STEP * 20).await;
    assert_eq!(bench.log(), [("exit", 700), ("query", 800)]);
}

#[tokio::test(start_paused = true)]
async fn a_pause_reaches_who_already_waits() {
    let bench = Bench::new();
    drop(bench.budget.acquire(Lane::Query, ONE).await);
    bench.request("exit", Lane::Exit).await;
    bench.budget.pause_until(bench.start + STEP * 7);
    sleep(STEP * 20).await;
    assert_eq!(bench.log(), [("exit", 700)]);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_waiter_costs_nobody_a_slot() {
    let bench = Bench::new();
    drop(bench.budget.acquire(Lane::Query, ONE).await);
    let cancelled = bench.request("cancelled", Lane::Exit).await;
    bench.request("next", Lane::Query).await;
    cancelled.abort();
    sleep(STEP * 5).await;
    assert_eq!(bench.log(), [("next", 100)]);
}

#[tokio::test(start_paused = true)]
async fn a_waiter_cancelled_when_its_turn_has_come_passes_it_on() {
    let bench = Bench::new();
    drop(bench.budget.acquire(Lane::Query, ONE).await);
    let cancelled = bench.request("cancelled", Lane::Exit).await;
    bench.request("next", Lane::Query).await;
    cancelled.abort();
    advance(STEP * 3).await;
    yield_now().await;
    sleep(STEP).await;
    assert_eq!(bench.log(), [("next", 300)]);
}

#[tokio::test(start_paused = true)]
async fn without_spacing_a_burst_starts_at_once() {
    let budget = spaced(Duration::ZERO);
    let before = Instant::now();
    for _ in 0..80 {
        drop(budget.acquire(Lane::Query, ONE).await);
    }
    assert_eq!(before.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_request_counts_until_a_window_after_its_answer() {
    let budget = Budget::local(
        &BudgetSettings { account_per_sec: 1, ..BudgetSettings::default() },
        Start::Full,
    );
    let account = Cost { account: true, ..ONE };
    let before = Instant::now();
    let slow = budget.acquire(Lane::Query, account).await;
    let answer = tokio::spawn(async move {
        sleep(STEP * 7).await;
        drop(slow);
    });
    drop(budget.acquire(Lane::Query, account).await);
    let waited = before.elapsed();
    answer.await.unwrap();
    let expected = Duration::from_millis(1_700);
    assert!(waited >= expected && waited < expected + STEP, "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn an_empty_budget_fills_up_evenly() {
    let budget = Budget::local(&BudgetSettings::default(), Start::Empty);
    let before = Instant::now();
    let mut started = Vec::new();
    for _ in 0..60 {
        drop(budget.acquire(Lane::Exit, ONE).await);
        started.push(before.elapsed().as_millis());
    }
    assert!(started[0] <= 150, "{started:?}");
    assert!((900..=1_100).contains(&started[29]), "{started:?}");
    assert!((1_900..=2_100).contains(&started[59]), "{started:?}");
}

#[tokio::test(start_paused = true)]
async fn entries_use_at_most_half_of_a_seconds_orders() {
    let budget = spaced(Duration::ZERO);
    let order = Cost { order: true, ..ONE };
    let before = Instant::now();
    for _ in 0..6 {
        drop(budget.acquire(Lane::Entry, order).await);
    }
    let entry = tokio::spawn({
        let budget = budget.clone();
        async move { drop(budget.acquire(Lane::Entry, order).await) }
    });
    yield_now().await;
    for _ in 0..6 {
        drop(budget.acquire(Lane::Exit, order).await);
    }
    assert_eq!(before.elapsed(), Duration::ZERO);
    entry.await.unwrap();
    assert!(before.elapsed() >= Duration::from_secs(1), "{:?}", before.elapsed());
}

#[tokio::test(start_paused = true)]
async fn the_snapshot_tells_what_is_left_and_who_waits() {
    let bench = Bench::new();
    let heavy = Cost { ip_weight: 25, uid_weight: 10, order: true, account: false };
    let _held = bench.budget.acquire(Lane::Exit, heavy).await;
    bench.request("query", Lane::Query).await;
    bench.budget.pause_until(bench.start + STEP * 3);
    let now = bench.budget.snapshot();
    let left: Vec<_> = now.windows.iter().map(|window| (window.name, window.left)).collect();
    assert_eq!(
        left,
        [
            ("ip_weight_10s", 275),
            ("query_weight_2_5s", 87),
            ("uid_weight_10s", 490),
            ("orders_1s", 11),
            ("account_1s", 2)
        ]
    );
    assert_eq!(now.waiting, [(Lane::Exit, 0), (Lane::Entry, 0), (Lane::Query, 1)]);
    assert_eq!(now.paused_for, STEP * 3);
    assert!(!now.is_shared && !now.is_degraded);
}

#[test]
fn who_waits_when_a_runtime_ends_is_served_by_another() {
    let budget = spaced(Duration::from_millis(300));
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let (first, second) = (runtime(), runtime());
    drop(first.block_on(budget.acquire(Lane::Query, ONE)));
    // The queue is served from the first runtime, which ends while somebody else waits.
    let short = async { tokio::time::timeout(STEP / 100, budget.acquire(Lane::Exit, ONE)).await };
    first.block_on(short).map(drop).unwrap_err();
    let waiter = budget.clone();
    let waiting = std::thread::spawn(move || {
        let turn =
            async { tokio::time::timeout(STEP * 200, waiter.acquire(Lane::Query, ONE)).await };
        second.block_on(turn).map(drop).unwrap();
    });
    while budget.snapshot().waiting[2].1 == 0 && !waiting.is_finished() {
        std::thread::yield_now();
    }
    drop(first);
    waiting.join().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_callers_on_many_threads_all_get_their_turn() {
    let budget = spaced(Duration::from_micros(10));
    let tasks: Vec<_> = (0..60)
        .map(|i| {
            let budget = budget.clone();
            let lane = [Lane::Exit, Lane::Entry, Lane::Query][i % 3];
            tokio::spawn(async move { drop(budget.acquire(lane, ONE).await) })
        })
        .collect();
    let all = async {
        for task in tasks {
            task.await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(30), all).await.unwrap();
}
