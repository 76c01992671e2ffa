//! Spacing, priority, pauses and cancellation, in virtual time.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use limits::{Lane, Throttle};
use tokio::task::{JoinHandle, yield_now};
use tokio::time::{Instant, advance, sleep};

const STEP: Duration = Duration::from_millis(100);

type Log = Arc<Mutex<Vec<(&'static str, Duration)>>>;

struct Bench {
    throttle: Arc<Throttle>,
    log: Log,
    start: Instant,
}

impl Bench {
    fn new() -> Self {
        Self { throttle: Arc::new(Throttle::new(STEP)), log: Log::default(), start: Instant::now() }
    }

    /// Queues a request and waits until it stands in line.
    async fn request(&self, name: &'static str, lane: Lane) -> JoinHandle<()> {
        let (throttle, log, start) = (self.throttle.clone(), self.log.clone(), self.start);
        let task = tokio::spawn(async move {
            throttle.acquire(lane).await;
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
async fn an_idle_throttle_lets_the_first_start_at_once() {
    let bench = Bench::new();
    bench.throttle.acquire(Lane::Query).await;
    sleep(STEP * 3).await;
    let before = Instant::now();
    bench.throttle.acquire(Lane::Query).await;
    assert_eq!(before.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn exits_go_before_entries_and_entries_before_questions() {
    let bench = Bench::new();
    bench.throttle.acquire(Lane::Query).await;
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
    bench.throttle.acquire(Lane::Query).await;
    bench.request("query", Lane::Query).await;
    sleep(STEP / 2).await;
    bench.request("exit", Lane::Exit).await;
    sleep(STEP * 5).await;
    assert_eq!(bench.log(), [("exit", 100), ("query", 200)]);
}

#[tokio::test(start_paused = true)]
async fn a_pause_holds_every_lane_and_never_shortens_another() {
    let bench = Bench::new();
    bench.throttle.pause_until(bench.start + STEP * 7);
    bench.throttle.pause_until(bench.start + STEP * 2);
    bench.request("query", Lane::Query).await;
    bench.request("exit", Lane::Exit).await;
    sleep(STEP * 20).await;
    assert_eq!(bench.log(), [("exit", 700), ("query", 800)]);
}

#[tokio::test(start_paused = true)]
async fn a_pause_reaches_who_already_waits() {
    let bench = Bench::new();
    bench.throttle.acquire(Lane::Query).await;
    bench.request("exit", Lane::Exit).await;
    bench.throttle.pause_until(bench.start + STEP * 7);
    sleep(STEP * 20).await;
    assert_eq!(bench.log(), [("exit", 700)]);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_waiter_costs_nobody_a_slot() {
    let bench = Bench::new();
    bench.throttle.acquire(Lane::Query).await;
    let cancelled = bench.request("cancelled", Lane::Exit).await;
    bench.request("next", Lane::Query).await;
    cancelled.abort();
    sleep(STEP * 5).await;
    assert_eq!(bench.log(), [("next", 100)]);
}

#[tokio::test(start_paused = true)]
async fn a_waiter_cancelled_when_its_turn_has_come_passes_it_on() {
    let bench = Bench::new();
    bench.throttle.acquire(Lane::Query).await;
    let cancelled = bench.request("cancelled", Lane::Exit).await;
    bench.request("next", Lane::Query).await;
    cancelled.abort();
    advance(STEP * 3).await;
    yield_now().await;
    sleep(STEP).await;
    assert_eq!(bench.log(), [("next", 300)]);
}

#[tokio::test(start_paused = true)]
async fn a_zero_interval_holds_nobody_back() {
    let throttle = Throttle::new(Duration::ZERO);
    let before = Instant::now();
    for _ in 0..1_000 {
        throttle.acquire(Lane::Query).await;
    }
    assert_eq!(before.elapsed(), Duration::ZERO);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_callers_on_many_threads_all_get_their_turn() {
    let throttle = Arc::new(Throttle::new(Duration::from_micros(10)));
    let tasks: Vec<_> = (0..60)
        .map(|i| {
            let throttle = throttle.clone();
            let lane = [Lane::Exit, Lane::Entry, Lane::Query][i % 3];
            tokio::spawn(async move { throttle.acquire(lane).await })
        })
        .collect();
    let all = async {
        for task in tasks {
            task.await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(30), all).await.unwrap();
}
