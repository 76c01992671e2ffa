//! Whole services that send as fast as they can, against an exchange that counts by itself: two of
//! them with one Redis between them that dies and comes back empty, and one alone.
//!
//! Takes some 15 s; `LEVIBOT_BUDGET_TEST_SECONDS=60` makes it a longer look.

use std::env;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::foreign::{Foreign, KEY, SECRET};
use crate::http;
use crate::process::{Home, Process};
use crate::redis_server::RedisServer;

const SECOND: Duration = Duration::from_secs(1);

/// What one request costs: weight of the address and of the account, an order, an account read.
type Cost = [u32; 4];

/// Contract 5, the newer edition; an order or cancel also counts 1 by weight, as in the older one.
fn cost(request: &str) -> Cost {
    let (method, target) = request.split_once(' ').unwrap();
    let path = target.split('?').next().unwrap().trim_start_matches("/api/v3");
    match (method, path) {
        ("POST" | "DELETE", "/order") => [1, 1, 1, 0],
        (_, "/account") => [10, 10, 0, 1],
        (_, "/myTrades" | "/allOrders") => [10, 10, 0, 0],
        (_, "/openOrders") => [3, 3, 0, 0],
        (_, "/order") => [2, 2, 0, 0],
        (_, "/userDataStream") => [1, 1, 0, 0],
        (_, "/exchangeInfo") => [25, 0, 0, 0],
        (_, "/ticker/bookTicker" | "/ticker/price") => [10, 0, 0, 0],
        (_, "/ping" | "/time" | "/klines") => [1, 0, 0, 0],
        // Opening a stream, which this exchange has none of, counts in no window.
        (_, "/ws") => [0; 4],
        unknown => panic!("{unknown:?} has no price in this test"),
    }
}

fn arrivals(exchange: &Foreign) -> Vec<(Instant, Cost)> {
    exchange.arrivals().iter().map(|(at, request)| (*at, cost(request))).collect()
}

/// In no window more than the exchange allows; gives the most that was used of each.
fn fullest_windows(seen: &[(Instant, Cost)]) -> Cost {
    let limits = [(10 * SECOND, 300), (10 * SECOND, 500), (SECOND, 12), (SECOND, 2)];
    let mut fullest = Cost::default();
    for (what, (span, limit)) in limits.into_iter().enumerate() {
        let (mut first, mut sum) = (0, 0);
        for (at, cost) in seen {
            sum += cost[what];
            while seen[first].0 + span <= *at {
                sum -= seen[first].1[what];
                first += 1;
            }
            assert!(sum <= limit, "{sum} of {limit} in a window of {span:?} (limit {what})");
            fullest[what] = fullest[what].max(sum);
        }
    }
    fullest
}

fn home(exchange: &Foreign, redis: &RedisServer, bot_id: &str) -> Home {
    Home::new(&[
        ("EXCHANGE", "MEXC"),
        ("MEXC_SANDBOX", "true"),
        ("MEXC_API_KEY", KEY),
        ("MEXC_API_SECRET", SECRET),
        ("MEXC_BASE_URL", &format!("http://{}", exchange.address)),
        ("MEXC_RATE_LIMIT_MS", "0"),
        ("REDIS_URL", &redis.url()),
        // Each leaves the other's orders alone.
        ("BOT_ID", bot_id),
        ("RISK_COOLDOWN_SEC", "0"),
        ("RISK_MAX_POSITIONS_PER_SYMBOL", "1000"),
        ("RISK_MAX_OPEN_POSITIONS", "1000"),
        ("RISK_MAX_TOTAL_EXPOSURE", "1000000"),
    ])
}

/// What callers ask for without a pause, and how many of them.
const QUESTIONS: &[(&str, &str, usize)] = &[("GET", "/exchange/ping", 24)];
const EVERYTHING: &[(&str, &str, usize)] = &[
    ("GET", "/exchange/ping", 12),
    ("GET", "/exchange/balance", 3),
    ("GET", "/exchange/ticker/BTCUSDT", 1),
    ("POST", "/exchange/test-order?symbol=BTCUSDT&side=buy&notional_usd=10&dry_run=false", 8),
    ("POST", "/exchange/test-order?symbol=BTCUSDT&side=buy&notional_usd=10&dry_run=true", 1),
];

/// Runs `meanwhile` while the callers of each service ask again as soon as they are answered; gives
/// how many answers there were.
fn flood(services: &[&Process], callers: &[(&str, &str, usize)], meanwhile: impl FnOnce()) -> u64 {
    let (stop, answers) = (AtomicBool::new(false), AtomicU64::new(0));
    thread::scope(|scope| {
        for (service, (method, target, count)) in
            services.iter().flat_map(|service| callers.iter().map(move |caller| (service, caller)))
        {
            for _ in 0..*count {
                scope.spawn(|| {
                    while !stop.load(Ordering::Relaxed) {
                        // A service under pressure may also say 429 or 503.
                        let answer = http::try_request(service.address, method, target, &[], b"");
                        answers.fetch_add(u64::from(answer.is_ok()), Ordering::Relaxed);
                    }
                });
            }
        }
        meanwhile();
        stop.store(true, Ordering::Relaxed);
    });
    answers.into_inner()
}

fn length() -> Duration {
    let seconds = env::var("LEVIBOT_BUDGET_TEST_SECONDS");
    seconds.map_or(12, |text| text.parse().unwrap()) * SECOND
}

#[test]
fn two_services_never_pass_the_budget_though_redis_dies_and_comes_back_empty() {
    let (exchange, mut redis, length) = (Foreign::start(), RedisServer::start(), length());
    let homes = ["levia", "levib"].map(|bot_id| home(&exchange, &redis, bot_id));
    let services = homes.each_ref().map(Home::start);
    services.iter().for_each(Process::until_ready);
    let answers = flood(&services.each_ref(), EVERYTHING, || {
        thread::sleep(length * 2 / 5);
        redis.kill();
        thread::sleep(length / 6);
        redis.restart();
        thread::sleep(length * 13 / 30);
    });
    let seen = arrivals(&exchange);
    let fullest = fullest_windows(&seen);
    let total = |what: usize| seen.iter().map(|(_, cost)| cost[what]).sum::<u32>();
    println!(
        "two services, {length:?}: {answers} answers; {} requests, weight {}, {} orders; fullest \
         windows: {} of 300, {} of 500, {} of 12 orders, {} of 2 account reads",
        seen.len(),
        total(0),
        total(2),
        fullest[0],
        fullest[1],
        fullest[2],
        fullest[3]
    );
    assert_eq!(exchange.faults(), Vec::<String>::new());
    let seconds = u32::try_from(length.as_secs()).unwrap();
    assert!(total(0) > 6 * seconds && total(2) > seconds, "hardly anything was sent");
    for home in &homes {
        let told = crate::process::types(&crate::process::events(home.path()));
        let told = told.iter().filter(|name| *name == "MEXC_BUDGET").count();
        assert!(told >= 2, "the loss of Redis and its return were told {told} times");
    }
}

/// A machine that is busy with something else for 50 ms makes Redis slow and the budget small,
/// which is right and not what is looked for here: it gets another chance.
#[test]
fn one_service_uses_nearly_all_of_the_budget() {
    let best = (0..3).map(|_| percentage_used_by_one(length())).find(|used| *used >= 95);
    assert!(best.is_some(), "less than 95 % three times");
}

fn percentage_used_by_one(length: Duration) -> u32 {
    let (exchange, redis) = (Foreign::start(), RedisServer::start());
    let home = home(&exchange, &redis, "levi");
    let service = home.start_ready();
    flood(&[&service], QUESTIONS, || thread::sleep(length + 2 * SECOND));
    let seen = arrivals(&exchange);
    fullest_windows(&seen);
    // The end of the flood, when the budget was under way all the time.
    let end = seen.last().unwrap().0;
    let within = seen.iter().filter(|(at, _)| *at + length > end);
    let weight: u32 = within.map(|(_, cost)| cost[0]).sum();
    let allowed = 30 * u32::try_from(length.as_secs()).unwrap();
    println!("one service: weight {weight} of {allowed} in {length:?}");
    weight * 100 / allowed
}
