//! Webhooks against the built binary: an alert is one entry wherever its secret stands and however
//! often it comes, and what is turned away learns nothing.

use std::fs;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::http::{self, Answer};
use crate::process::{Home, PATIENCE, Process, eventually};
use crate::sandbox::pair_with;
use crate::telegram::now_micros;

const TRADINGVIEW: &str = "tradingview-secret-0123456789";
const SCANNER: &str = "scanner_secret_9876543210";

/// A service with two hooks, on a sandbox where BTC costs 50000.
struct Desk {
    home: Home,
    sandbox: Process,
    service: Process,
    _hooks: TempDir,
}

impl Desk {
    fn new() -> Self {
        let hooks = TempDir::new().unwrap();
        let (file, secret) = (hooks.path().join("hooks.json"), hooks.path().join("scanner"));
        fs::write(&secret, format!("{SCANNER}\n")).unwrap();
        let content = json!({
            "tradingview": {"secret": TRADINGVIEW, "time": "time", "id": "id"},
            "scanner": {
                "secret_file": secret,
                "template": "{order.side} {order.pair}\nEntry: {order.price}\nStop loss: {order.stop}",
                "id": "event_id", "time": "sent_at", "window_s": 2, "time_required": true,
            },
        });
        fs::write(&file, content.to_string()).unwrap();
        let (home, sandbox, service) = pair_with(&[
            ("HOOKS_FILE", file.to_str().unwrap()),
            ("LOG_LEVEL", "DEBUG"),
            ("RISK_COOLDOWN_SEC", "0"),
            ("RISK_MAX_POSITIONS_PER_SYMBOL", "100"),
            ("RISK_MAX_OPEN_POSITIONS", "100"),
            ("RISK_MAX_TOTAL_EXPOSURE", "9000"),
            ("MEXC_RECV_WINDOW_MS", "1000"),
            ("IN_DOUBT_SETTLE_MS", "1000"),
        ]);
        Self { home, sandbox, service, _hooks: hooks }
    }

    fn post(&self, target: &str, headers: &[&str], body: &str) -> Answer {
        http::request(self.service.address, "POST", target, headers, body.as_bytes())
    }

    /// The entries that the exchange took.
    fn entries(&self) -> usize {
        let orders = self.sandbox.get("/__admin/orders").json();
        let ids = orders.as_array().unwrap().iter();
        let ids = ids.filter_map(|order| order["client_order_id"].as_str());
        ids.filter(|id| id.starts_with("levi-e")).count()
    }

    fn count(&self, outcome: &str) -> String {
        self.service.metric(&format!("levibot_hooks_total{{outcome=\"{outcome}\"}}"))
    }

    /// The service's life so far, as somebody may read it later.
    fn everything_written(&self) -> String {
        let log = fs::read_to_string(self.home.path().join("service.log")).unwrap();
        format!("{log}{}", serde_json::to_string(&self.service.events()).unwrap())
    }
}

fn now_seconds() -> i64 {
    now_micros() / 1_000_000
}

/// The message of docs/webhooks.md, its placeholders filled in by TradingView.
fn strategy_alert(id: &str) -> Value {
    let now = domain::Timestamp::from_micros(now_micros()).to_string();
    json!({
        "secret": TRADINGVIEW, "id": format!("{id}-{now}"), "time": now,
        "ticker": "BINANCE:BTCUSDT", "action": "buy", "price": 50000,
    })
}

fn scanner_event(id: u32) -> Value {
    json!({
        "event_id": id, "sent_at": now_seconds(),
        "order": {"side": "BUY", "pair": "BTC/USDT", "price": 50000.0, "stop": "48000"},
    })
}

#[test]
fn alerts_of_every_kind_enter_once_wherever_their_secret_stands() {
    let desk = Desk::new();
    let in_path = format!("/hooks/tradingview/{TRADINGVIEW}");
    let in_header = format!("X-Hook-Secret: {SCANNER}");
    let plain = "BUY BTCUSDT 50000\nTP 52000\nSL 48000";
    let table = [
        (in_path.as_str(), "Content-Type: text/plain; charset=utf-8", plain.to_owned()),
        ("/hooks/tradingview", "Content-Type: application/json", strategy_alert("1").to_string()),
        ("/hooks/scanner", in_header.as_str(), scanner_event(1).to_string()),
    ];
    for (number, (target, header, body)) in table.iter().enumerate() {
        let first = desk.post(target, &[header], body).expect(200);
        assert_eq!(first["action"], "executed", "{target}: {first}");
        let again = desk.post(target, &[header], body).expect(200);
        assert_eq!(again["action"], "duplicate", "{target}: {again}");
        assert_eq!(again["trace_id"], first["trace_id"], "{target}");
        eventually("the entry is at the exchange", PATIENCE, || {
            (desk.entries() == number + 1).then_some(())
        });
    }
    let plans = eventually("three plans", PATIENCE, || {
        let positions = desk.service.positions();
        (positions.len() == 3).then_some(positions)
    });
    let stops = plans.iter().filter(|position| position["plan"]["stop"].as_f64() == Some(48_000.0));
    assert_eq!(stops.count(), 2, "the mapped stop and the written one hold: {plans:?}");
    assert_eq!(desk.count("taken"), "6");
}

#[test]
fn an_alert_repeated_over_kill_9_enters_exactly_once() {
    let mut desk = Desk::new();
    // Senders that got no answer try again; so does whoever is not sure.
    for (round, delay_ms) in [0, 2, 5, 15].into_iter().enumerate() {
        let body = strategy_alert(&round.to_string()).to_string();
        let address = desk.service.address;
        let sent = body.clone();
        let sender = thread::spawn(move || {
            // The service may be gone before it answers.
            let _ = http::try_request(address, "POST", "/hooks/tradingview", &[], sent.as_bytes());
        });
        thread::sleep(Duration::from_millis(delay_ms));
        desk.service.kill_9();
        sender.join().unwrap();
        desk.service = desk.home.start_ready();
        for _ in 0..2 {
            let answer = desk.post("/hooks/tradingview", &[], &body).expect(200);
            assert!(
                matches!(answer["action"].as_str(), Some("executed" | "duplicate")),
                "{answer}"
            );
        }
        eventually("each alert so far is one entry", PATIENCE, || {
            (desk.entries() == round + 1).then_some(())
        });
    }
    let ingested = desk.service.event_types().iter().filter(|t| *t == "SIGNAL_INGEST").count();
    assert_eq!(ingested, 4, "each alert was considered once");
}

#[test]
fn a_recorded_alert_is_worthless_after_its_window() {
    let desk = Desk::new();
    let header = format!("X-Hook-Secret: {SCANNER}");
    let recorded = scanner_event(7).to_string();
    let first = desk.post("/hooks/scanner", &[&header], &recorded).expect(200);
    assert_eq!(first["action"], "executed", "{first}");
    let refused = eventually("the window closes", PATIENCE, || {
        let answer = desk.post("/hooks/scanner", &[&header], &recorded);
        (answer.status == 403).then_some(answer)
    });
    assert!(refused.body.contains("outside the window"), "{}", refused.body);
    assert_ne!(desk.count("stale"), "0");
    assert_eq!(desk.entries(), 1);
}

#[test]
fn what_is_turned_away_is_counted_and_journalled_and_learns_nothing() {
    let desk = Desk::new();
    let (mine, other) =
        (format!("/hooks/tradingview/{TRADINGVIEW}"), format!("/hooks/x/{SCANNER}"));
    let foreign = format!("X-Hook-Secret: {SCANNER}");
    let good = strategy_alert("1");
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body.to_string()
    };
    let huge = with("text", "BUY BTCUSDT ".repeat(7_000).into());
    let undated = json!({"order": {"side": "BUY", "pair": "BTCUSDT", "price": 50000}}).to_string();
    let scanner = format!("/hooks/scanner/{SCANNER}");
    let table = [
        ("/hooks/tradingview/wrong-secret-0123456789", "", "BUY BTCUSDT".to_owned(), 401),
        ("/hooks/tradingview", foreign.as_str(), "BUY BTCUSDT".to_owned(), 401),
        ("/hooks/tradingview", "", with("secret", SCANNER.into()), 401),
        ("/hooks/tradingview", "", "BUY BTCUSDT".to_owned(), 401),
        (other.as_str(), "", "BUY BTCUSDT".to_owned(), 401),
        (mine.as_str(), "", with("time", (now_seconds() - 3_600).into()), 403),
        (mine.as_str(), "", with("time", (now_seconds() + 3_600).into()), 403),
        (mine.as_str(), "", with("time", "yesterday".into()), 403),
        (scanner.as_str(), "", undated, 403),
        (mine.as_str(), "", huge, 413),
        (mine.as_str(), "", "{}".to_owned(), 422),
    ];
    let mut told = Vec::new();
    for (target, header, body, status) in &table {
        let headers: Vec<&str> = Some(*header).filter(|h| !h.is_empty()).into_iter().collect();
        let answer = desk.post(target, &headers, body);
        assert_eq!(answer.status, *status, "{target}: {}", answer.body);
        assert!(answer.body.len() < 120, "{}", answer.body);
        told.push(answer.body);
    }
    let strangers: Vec<&String> = told[..5].iter().collect();
    assert!(strangers.iter().all(|body| *body == strangers[0]), "nobody learns which: {told:?}");
    let counts = ["secret", "stale", "huge", "unreadable"].map(|outcome| desk.count(outcome));
    assert_eq!(counts, ["5", "4", "1", "1"]);
    for reason in ["hook_secret", "hook_stale", "hook_huge", "hook_unreadable"] {
        eventually(reason, PATIENCE, || {
            let refused = |event: &Value| {
                event["event_type"] == "ACCESS_REFUSED"
                    && event["payload"]["details"]["reason"] == reason
            };
            desk.service.events().iter().any(refused).then_some(())
        });
    }
    let written = desk.everything_written();
    for secret in [TRADINGVIEW, SCANNER, "wrong-secret"] {
        assert!(!written.contains(secret), "{secret} was told");
    }
    assert_eq!(desk.entries(), 0);
}
