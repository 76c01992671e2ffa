//! What is the same signal: the caller's key, the source's message id, or the content for a while.
//! Over HTTP, and over a kill -9.

use serde_json::{Value, json};

use crate::foreign::Foreign;
use crate::http;
use crate::process::{Home, PATIENCE, Process, against, eventually};

const BUY: &str = "#BTC/USDT LONG\nEntry: 99 - 101\nTargets: 110\nStop loss: 95";
const EDITED: &str = "#BTC/USDT LONG\nEntry: 99 - 101\nTargets: 112, 115\nStop loss: 96";

/// A message as a caller sends it.
#[derive(Clone)]
struct Sent {
    key: Option<&'static str>,
    body: Value,
}

fn sent(body: Value) -> Sent {
    Sent { key: None, body }
}

fn keyed(key: &'static str, body: Value) -> Sent {
    Sent { key: Some(key), body }
}

/// Nothing but its identity keeps a signal from entering again.
fn home(foreign: &Foreign) -> Home {
    against(
        foreign,
        &[
            ("RISK_COOLDOWN_SEC", "0"),
            ("RISK_MAX_POSITIONS_PER_SYMBOL", "100"),
            ("RISK_MAX_OPEN_POSITIONS", "100"),
            ("SIGNAL_DEDUP_WINDOW", "2"),
            ("SIGNAL_MAX_AGE_SEC", "2"),
        ],
    )
}

fn post(service: &Process, sent: &Sent) -> Value {
    let header = sent.key.map(|key| format!("Idempotency-Key: {key}"));
    let mut headers = vec!["Content-Type: application/json"];
    headers.extend(header.as_deref());
    let (target, body) = ("/signals/ingest-and-score", sent.body.to_string());
    http::request(service.address, "POST", target, &headers, body.as_bytes()).expect(200)
}

/// Sends the first and then each other one; all of them are the first one's.
fn same_signal() -> Vec<Vec<Sent>> {
    let message =
        |text: &str| json!({"text": text, "source": "t", "channel": "a", "message_id": "7"});
    vec![
        // The caller's key wins over everything else.
        vec![
            keyed("order-1", json!({"text": BUY})),
            keyed("order-1", json!({"text": BUY})),
            keyed("order-1", json!({"text": EDITED, "source": "t", "message_id": "99"})),
        ],
        // The source's id, also when the message was edited.
        vec![sent(message(BUY)), sent(message(BUY)), sent(message(EDITED))],
        // Without either the content, whatever its spaces and case.
        vec![
            sent(json!({"text": BUY, "channel": "b"})),
            sent(json!({"text": BUY, "channel": "b"})),
        ],
    ]
}

/// Each of these is a signal of its own.
fn different_signals() -> Vec<Sent> {
    let id = |source: &str, channel: &str, id: &str| {
        sent(json!({"text": BUY, "source": source, "channel": channel, "message_id": id}))
    };
    vec![
        keyed("order-2", json!({"text": BUY})),
        keyed("order-3", json!({"text": BUY})),
        id("t", "x", "1"),
        id("t", "x", "2"),
        id("t", "y", "1"),
        id("u", "x", "1"),
        sent(json!({"text": BUY, "channel": "x"})),
        sent(json!({"text": BUY, "channel": "y"})),
    ]
}

fn until_entered(foreign: &Foreign, count: usize) {
    eventually("all entries arrived", PATIENCE, || {
        (foreign.orders_of("e").len() == count).then_some(())
    });
}

#[test]
fn the_same_signal_enters_once_however_it_is_sent_and_after_a_kill_too() {
    let foreign = Foreign::start();
    let home = home(&foreign);
    let mut service = home.start_ready();
    let groups = same_signal();
    for (count, group) in groups.iter().enumerate() {
        let first = post(&service, &group[0]);
        assert_eq!(first["routed"], true, "{first}");
        until_entered(&foreign, count + 1);
        for again in &group[1..] {
            let answer = post(&service, again);
            assert_eq!(answer["route"]["action"], "duplicate", "{answer}");
            assert_eq!(answer["trace_id"], first["trace_id"]);
        }
    }
    service.kill_9();
    service = home.start_ready();
    for again in groups.iter().take(2).flatten() {
        assert_eq!(post(&service, again)["route"]["action"], "duplicate", "{}", again.body);
    }
    assert_eq!(foreign.orders_of("e").len(), groups.len());
    let duplicates = service.event_types().iter().filter(|t| *t == "SIGNAL_DUPLICATE").count();
    assert_eq!(duplicates, 5 + 6, "each redelivery is told");
}

#[test]
fn signals_that_differ_in_key_source_channel_or_id_enter_each() {
    let foreign = Foreign::start();
    let home = home(&foreign);
    let service = home.start_ready();
    let signals = different_signals();
    for (index, signal) in signals.iter().enumerate() {
        let answer = post(&service, signal);
        assert_eq!(answer["routed"], true, "{}: {answer}", signal.body);
        until_entered(&foreign, index + 1);
    }
}

#[test]
fn the_same_text_is_a_new_signal_once_the_window_is_over_and_not_before_even_after_a_kill() {
    let foreign = Foreign::start();
    let mut home = home(&foreign);
    home.set("SIGNAL_DEDUP_WINDOW", "6");
    let service = home.start_ready();
    let message = sent(json!({"text": BUY, "channel": "b"}));
    assert_eq!(post(&service, &message)["routed"], true);
    until_entered(&foreign, 1);
    service.kill_9();
    let service = home.start_ready();
    assert_eq!(post(&service, &message)["route"]["action"], "duplicate");
    eventually("the window is over", PATIENCE, || {
        (post(&service, &message)["routed"] == true).then_some(())
    });
    until_entered(&foreign, 2);
    let ingested: Vec<i64> = service
        .events()
        .iter()
        .filter(|event| event["event_type"] == "SIGNAL_INGEST")
        .map(|event| millis(event["ts"].as_str().unwrap()))
        .collect();
    assert!(ingested[1] - ingested[0] >= 6_000, "{ingested:?}");
}

fn millis(time: &str) -> i64 {
    let time: jiff::Timestamp = time.parse().unwrap();
    time.as_millisecond()
}
