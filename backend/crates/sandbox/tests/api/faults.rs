//! Faults on purpose, seen from outside.

use std::time::{Duration, Instant};

use crate::stream::Stream;
use crate::support::{Client, now_ms, scripted, scripted_with};
use mexc_wire::ws::Body;
use serde_json::{Value, json};

const MARKET: [(&str, &str); 4] =
    [("symbol", "BTCUSDT"), ("side", "BUY"), ("type", "MARKET"), ("quantity", "0.001")];
const RESTING: [(&str, &str); 5] = [
    ("symbol", "BTCUSDT"),
    ("side", "BUY"),
    ("type", "LIMIT"),
    ("quantity", "0.001"),
    ("price", "62500"),
];

async fn orders(client: &Client) -> usize {
    client.get("/__admin/orders").await.ok().as_array().unwrap().len()
}

fn on_order(fault: &Value) -> Value {
    json!({"requests": [{"method": "POST", "path": "/api/v3/order", "fault": fault}]})
}

#[tokio::test]
async fn an_unknown_outcome_is_done_or_not_as_planned() {
    let (_sandbox, client) = scripted().await;
    // Fault, what the answer begins with, whether the order is there.
    let cases = [
        (json!("drop_before"), "", false),
        (json!("drop_after"), "", true),
        (json!({"error_before": {"status": 503}}), "HTTP/1.1 503", false),
        (json!({"error_after": {"status": 503}}), "HTTP/1.1 503", true),
        (json!({"error_before": {"status": 500}}), "HTTP/1.1 500", false),
        (json!({"error_after": {"status": 504}}), "HTTP/1.1 504", true),
        (json!({"too_many": {"retry_after_s": 3}}), "HTTP/1.1 429", false),
        (json!({"html_body": {"status": 403, "executed": false}}), "HTTP/1.1 403", false),
        (json!({"html_body": {"status": 200, "executed": true}}), "HTTP/1.1 200", true),
        (json!({"truncated_body": {"cut": false}}), "HTTP/1.1 200", true),
        (json!({"truncated_body": {"cut": true}}), "HTTP/1.1 200", true),
    ];
    let mut expected = 0;
    for (fault, beginning, executed) in cases {
        client.faults(&on_order(&fault)).await;
        let answer = client.raw("POST", "/order", &MARKET).await;
        let fits =
            if beginning.is_empty() { answer.is_empty() } else { answer.starts_with(beginning) };
        assert!(fits, "{fault}: {answer}");
        expected += usize::from(executed);
        assert_eq!(orders(&client).await, expected, "{fault}");
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let readable = serde_json::from_str::<Value>(body).is_ok();
        let error_text = ["503", "500", "429"].iter().any(|status| beginning.ends_with(status));
        assert_eq!(readable, error_text, "{fault}: {body}");
    }
    client.send("DELETE", "/__admin/faults", &[], "").await.ok();
    client.order(&MARKET).await.ok();
}

#[tokio::test]
async fn an_answer_cut_in_its_middle_announces_more_than_it_sends() {
    let (_sandbox, client) = scripted().await;
    client.faults(&on_order(&json!({"truncated_body": {"cut": true}}))).await;
    let answer = client.raw("POST", "/order", &MARKET).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let head = head.to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    assert_eq!(length.parse::<usize>().unwrap() / 2, body.len());
}

#[tokio::test]
async fn rules_strike_by_number_and_are_counted() {
    let (_sandbox, client) = scripted().await;
    client
        .faults(&json!({"requests": [
            {"path": "/api/v3/time", "when": {"every": 2}, "fault": {"error_before": {"status": 500}}},
            {"when": {"nth": 1}, "fault": {"delay": {"before_ms": 30, "after_ms": 30}}},
        ]}))
        .await;
    let begun = Instant::now();
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(client.get("/api/v3/time").await.status);
    }
    assert_eq!(statuses, [200, 500, 200, 500]);
    assert!(begun.elapsed() >= Duration::from_millis(60));
    let report = client.get("/__admin/faults").await.ok();
    assert_eq!(report["requests_struck"], json!([2, 1]));
    let bad = client.send("PUT", "/__admin/faults", &[], r#"{"fault": 1}"#).await;
    assert!(bad.body["msg"].as_str().unwrap().contains("no fault plan"), "{}", bad.body);
}

#[tokio::test]
async fn orders_and_trades_can_be_seen_later() {
    let (_sandbox, client) = scripted().await;
    let late = 86_400_000;
    client.faults(&json!({"visibility": {"order_ms": late, "trades_ms": late}})).await;
    let id = client.order(&MARKET).await.ok()["orderId"].as_str().unwrap().to_owned();
    let query = [("symbol", "BTCUSDT"), ("orderId", id.as_str())];
    assert_eq!(client.signed("GET", "/order", &query).await.refused(), (400, -2013));
    let trades = || client.signed("GET", "/myTrades", &query[..1]);
    assert_eq!(trades().await.ok(), json!([]));
    client.faults(&json!({})).await;
    assert_eq!(client.signed("GET", "/order", &query).await.ok()["status"], "FILLED");
    assert_eq!(trades().await.ok().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_clock_can_go_wrong_and_maintenance_begin() {
    let (_sandbox, client) = scripted().await;
    client.faults(&json!({"clock_skew_ms": 30_000})).await;
    let time = client.get("/api/v3/time").await.ok()["serverTime"].as_i64().unwrap();
    assert!((time - now_ms() - 30_000).abs() < 5_000);
    assert_eq!(client.order(&MARKET).await.refused(), (400, 700_003));
    client.faults(&json!({"maintenance": true})).await;
    assert_eq!(client.order(&MARKET).await.refused(), (400, 11_444));
    client.get("/api/v3/time").await.ok();
    assert_eq!(orders(&client).await, 0);
}

#[tokio::test]
async fn orders_can_fill_in_part() {
    let (_sandbox, client) = scripted().await;
    client.faults(&on_order(&json!({"partial_fill": {"percent": 40}}))).await;
    let id = client.order(&MARKET).await.ok()["orderId"].as_str().unwrap().to_owned();
    let query = [("symbol", "BTCUSDT"), ("orderId", id.as_str())];
    let order = client.signed("GET", "/order", &query).await.ok();
    assert_eq!(
        (&order["status"], &order["executedQty"]),
        (&"PARTIALLY_CANCELED".into(), &"0.0004".into())
    );
}

#[tokio::test]
async fn faults_can_be_there_from_the_start() {
    let plan =
        json!({"requests": [{"path": "/api/v3/*", "fault": {"error_before": {"status": 502}}}]});
    let plan = serde_json::from_value(plan).unwrap();
    let (_sandbox, client) = scripted_with(|config| config.faults = Some(plan)).await;
    assert_eq!(client.get("/api/v3/ping").await.status, 502);
}

/// The statuses of an order that is placed and cancelled, as its owner is told.
async fn told(client: &Client, fault: Value, count: usize) -> Vec<i32> {
    let rule = json!({"channel": "private.orders", "when": {"nth": 1}, "fault": fault});
    client.faults(&json!({"pushes": [rule]})).await;
    let mut stream = Stream::private(client).await;
    stream.subscribe("spot@private.orders.v3.api.pb").await;
    client.order(&RESTING).await.ok();
    client.signed("DELETE", "/openOrders", &[("symbol", "BTCUSDT")]).await.ok();
    let mut statuses = Vec::new();
    while statuses.len() < count {
        let status = stream.find(|body| match body {
            Body::PrivateOrders(order) => Some(order.status),
            _ => None,
        });
        statuses.push(status.await);
    }
    statuses
}

#[tokio::test]
async fn pushes_are_doubled_swapped_late_and_lost() {
    let (_sandbox, client) = scripted().await;
    let (new, canceled) = (1, 4);
    assert_eq!(told(&client, json!("duplicate"), 3).await, [new, new, canceled]);
    assert_eq!(told(&client, json!("reorder"), 2).await, [canceled, new]);
    assert_eq!(told(&client, json!({"late": {"ms": 1500}}), 2).await, [canceled, new]);
    assert_eq!(told(&client, json!("lose"), 1).await, [canceled]);
}

#[tokio::test]
async fn a_push_can_end_its_connection() {
    let (_sandbox, client) = scripted().await;
    client.faults(&json!({"pushes": [{"channel": "private", "fault": "disconnect"}]})).await;
    let mut stream = Stream::private(&client).await;
    stream.subscribe_private().await;
    client.order(&RESTING).await.ok();
    assert_eq!(stream.closed().await, 0);
}
