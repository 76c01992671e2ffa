//! Webhooks: what is taken, and what is turned away without a word.

use std::time::Duration;

use api::{ApiKeys, Hook, Hooks};
use serde_json::json;

use crate::client::{self, Answer};
use crate::service::{Service, Setup};

const SECRET: &str = "0123456789abcdefSECRET";
/// The service's own present.
const NOW: &str = "2025-10-07T12:00:00Z";

fn hook() -> Hook {
    Hook {
        name: "tv".into(),
        secret: ApiKeys::new([SECRET]),
        template: None,
        id: Some("id".into()),
        time: Some("time".into()),
        window: Duration::from_mins(5),
        time_required: false,
    }
}

/// Reached by a name of its own, from far away, with keys in force.
async fn service() -> Service {
    let hooks = Hooks::new(vec![hook()]);
    let peer = Some("203.0.113.7:4711".parse().unwrap());
    let setup = Setup { hooks, peer, keys: vec!["key"], bound: "0.0.0.0", ..Setup::default() };
    let service = Service::with(setup).await;
    service.bench.quote_btc();
    service
}

async fn call(service: &Service, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let host = [("Host", "bot.example")];
    let headers: Vec<(&str, &str)> = host.iter().chain(headers).copied().collect();
    client::raw(service.at, "POST", target, &headers, body.as_bytes()).await
}

fn orders(service: &Service) -> usize {
    service.bench.journal.types().iter().filter(|name| **name == "ORDER_NEW").count()
}

#[tokio::test]
async fn the_secret_may_stand_in_path_header_or_body() {
    let service = service().await;
    let body = json!({"ticker": "BINANCE:BTCUSDT", "action": "buy", "price": 43250.5, "tp": 44000, "sl": 42500, "id": "1", "time": NOW});
    let with_secret = |id: &str| {
        let mut body = body.clone();
        body["secret"] = SECRET.into();
        body["id"] = id.into();
        body.to_string()
    };
    let path = format!("/hooks/tv/{SECRET}");
    let in_path = call(&service, &path, &[], &body.to_string()).await.success();
    assert_eq!(in_path["action"], "executed", "{in_path}");
    let in_header =
        call(&service, "/hooks/tv", &[("X-Hook-Secret", SECRET)], &body.to_string()).await;
    assert_eq!(in_header.success()["action"], "duplicate", "the same id");
    assert_eq!(in_header.json()["trace_id"], in_path["trace_id"]);
    assert_eq!(call(&service, "/hooks/tv", &[], &with_secret("2")).await.status, 200);
}

#[tokio::test]
async fn plain_text_is_a_signal_and_the_same_text_enters_once() {
    let service = service().await;
    let path = format!("/hooks/tv/{SECRET}");
    let text = "BUY BTCUSDT 43250 TP 44000 SL 42500";
    assert_eq!(call(&service, &path, &[], text).await.success()["action"], "executed");
    assert_eq!(call(&service, &path, &[], text).await.success()["action"], "duplicate");
}

#[tokio::test]
async fn what_is_not_theirs_is_refused_counted_and_journalled_without_a_word() {
    let service = service().await;
    let good = format!("/hooks/tv/{SECRET}");
    let old = json!({"text": "BUY BTCUSDT 43250", "time": "2025-10-07T11:00:00Z"}).to_string();
    let huge = "x".repeat(70_000);
    let table = [
        ("/hooks/tv/wrong", "BUY BTCUSDT", 401, "secret"),
        ("/hooks/tv", "BUY BTCUSDT", 401, "secret"),
        ("/hooks/other/0123456789abcdefSECRET", "BUY BTCUSDT", 401, "secret"),
        (good.as_str(), old.as_str(), 403, "stale"),
        (good.as_str(), huge.as_str(), 413, "huge"),
        (good.as_str(), "{}", 422, "unreadable"),
    ];
    for (target, body, status, reason) in table {
        let answer = call(&service, target, &[], body).await;
        assert_eq!(answer.status, status, "{target}: {}", answer.body);
        assert!(answer.body.len() < 120 && !answer.body.contains("tv"), "{}", answer.body);
        let told = service.bench.journal.text();
        assert!(told.contains(&format!("hook_{reason}")), "{told}");
        assert!(!told.contains(SECRET));
    }
    assert_eq!(orders(&service), 0);
    let metrics = client::raw(
        service.at,
        "GET",
        "/metrics/prom",
        &[("Host", "x"), ("X-API-Key", "key")],
        b"",
    )
    .await;
    for line in ["secret\"} 3", "stale\"} 1", "huge\"} 1", "unreadable\"} 1", "taken\"} 0"] {
        let line = format!("levibot_hooks_total{{outcome=\"{line}");
        assert!(metrics.body.contains(&line), "{line} in {}", metrics.body);
    }
}

#[tokio::test]
async fn a_secret_opens_nothing_but_its_hook() {
    let service = service().await;
    for (method, target) in [("POST", "/risk/resume"), ("GET", "/positions"), ("GET", "/hooks/tv")]
    {
        let headers = [("Host", "bot.example"), ("X-Hook-Secret", SECRET)];
        let answer = client::raw(service.at, method, target, &headers, b"").await;
        assert!(matches!(answer.status, 401 | 405), "{method} {target}: {}", answer.status);
    }
}
