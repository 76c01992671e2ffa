//! Messages: scored, routed, or not, and why.

use crate::client;
use crate::desk;
use crate::service::{Service, Setup};

const BUY: &str = "BUY #BTC/USDT\nEntry: 43000 - 43500\nTP1: 45000\nTP2: 47000\nSL: 41000";

fn body(extra: &str) -> String {
    format!(r#"{{"text":{}{extra}}}"#, serde_json::to_string(BUY).unwrap())
}

#[tokio::test]
async fn a_buy_message_becomes_an_order_and_the_same_message_none() {
    let service = Service::start().await;
    service.bench.quote_btc();
    let message = body(r#","source":"telegram","channel":"vip","message_id":"17""#);
    let answer = service.send("POST", "/signals/ingest-and-score", &message).await;
    let json = answer.success();
    assert!(json["routed"] == true && json["route"]["action"] == "executed", "{json}");
    assert!(json["score"]["label"] == "BUY" && json["score"]["confidence"].is_number());
    assert!(json["score"]["reasons"].is_array() && json["route"]["checks"].is_array());
    assert!(json["signal"]["symbol"] == "BTCUSDT" && json["signal"]["side"] == "buy");
    assert!(answer.body.contains(r#""tps":[45000,47000]"#), "{}", answer.body);
    assert!(answer.body.contains(r#""sl":41000"#), "{}", answer.body);

    let again = service.send("POST", "/signals/ingest-and-score", &message).await.success();
    assert!(again["routed"] == false && again["route"]["action"] == "duplicate");
    assert_eq!(again["trace_id"], json["trace_id"]);
    let types = service.bench.journal.types();
    for wanted in [
        "SIGNAL_INGEST",
        "SIGNAL_SCORED",
        "ORDER_NEW",
        "ORDER_FILLED",
        "RISK_SLTP",
        "AUTO_ROUTE_EXECUTED",
    ] {
        assert!(types.contains(&wanted), "{wanted} in {types:?}");
    }
    let metrics = service.get("/metrics/prom").await.body;
    for line in [
        "levibot_signals_total{outcome=\"received\"} 1\n",
        "levibot_signals_total{outcome=\"executed\"} 1\n",
        "levibot_signals_total{outcome=\"duplicate\"} 1\n",
    ] {
        assert!(metrics.contains(line), "{line}");
    }
}

#[tokio::test]
async fn what_is_not_traded_is_200_and_says_why() {
    let service = Service::start().await;
    service.bench.quote_btc();
    let idle = service
        .send("POST", "/signals/ingest-and-score", r#"{"text":"good morning everyone"}"#)
        .await;
    let json = idle.success();
    assert!(json["routed"] == false && json["route"]["action"] == "skipped");
    assert!(json["route"]["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
    service.send("POST", "/signals/ingest-and-score", &body("")).await.success();
    let blocked =
        service.send("POST", "/signals/ingest-and-score", &body(r#","message_id":"2""#)).await;
    let json = blocked.success();
    assert!(json["routed"] == false && json["route"]["action"] == "blocked", "{json}");
}

#[tokio::test]
async fn a_dry_route_is_not_routed() {
    let mut settings = desk::settings();
    settings.auto_route.dry_run = true;
    let service = Service::with(Setup { settings, ..Setup::default() }).await;
    service.bench.quote_btc();
    let json = service.send("POST", "/signals/ingest-and-score", &body("")).await.success();
    assert!(json["routed"] == false && json["route"]["action"] == "dry_run", "{json}");
    assert!(!service.bench.journal.types().contains(&"ORDER_NEW"));
}

#[tokio::test]
async fn scoring_only_leaves_no_trace() {
    let service = Service::start().await;
    service.bench.quote_btc();
    let json = service.send("POST", "/signals/score", &body("")).await.success();
    assert!(json["routed"] == false && json["route"]["action"] == "scored_only");
    assert_eq!(json["score"]["label"], "BUY");
    assert!(service.bench.journal.types().is_empty());
}

/// The pieces of `text` that the spans name, with their fields.
fn pieces(text: &str, spans: &serde_json::Value) -> Vec<(String, String)> {
    let characters: Vec<char> = text.chars().collect();
    let bound = |value: &serde_json::Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    let piece = |span: &serde_json::Value| {
        let (start, end) = (bound(&span["start"]), bound(&span["end"]));
        (span["field"].as_str().unwrap().to_owned(), characters[start..end].iter().collect())
    };
    spans.as_array().unwrap().iter().map(piece).collect()
}

#[tokio::test]
async fn spans_are_counted_in_characters_whatever_emoji_stand_before() {
    let service = Service::start().await;
    let text = "🚀👨‍👩‍👧 LONG #BTC/USDT\n🎯 TP: 45000, 5 %\n🛑 СТОП 41000";
    let message = serde_json::json!({"text": text, "message_id": "spans"}).to_string();
    let expected =
        [("side", "LONG"), ("symbol", "#BTC/USDT"), ("target", "45000"), ("stop", "41000")]
            .map(|(field, piece)| (field.to_owned(), piece.to_owned()));
    for target in ["/signals/score", "/signals/ingest-and-score"] {
        let json = service.send("POST", target, &message).await.success();
        assert_eq!(pieces(text, &json["spans"]), expected, "{target}");
    }
    let list = service.get("/signals").await.success();
    assert_eq!(pieces(text, &list["signals"][0]["spans"]), expected);
}

#[tokio::test]
async fn query_and_form_carry_a_message_too() {
    let service = Service::start().await;
    service.bench.quote_btc();
    let target =
        "/signals/score?text=BUY%20%23BTC%2FUSDT%20entry%2043000%20TP%2045000%20SL%2041000";
    let by_query = service.post(target).await.success();
    let headers = [("Host", "localhost"), ("Content-Type", "application/x-www-form-urlencoded")];
    let form = target.split_once('?').unwrap().1.as_bytes();
    let by_form = client::raw(service.at, "POST", "/signals/score", &headers, form).await.success();
    assert_eq!(by_query["signal"], by_form["signal"]);
    assert_eq!(by_query["signal"]["symbol"], "BTCUSDT");
}

#[tokio::test]
async fn a_key_of_the_caller_identifies_a_message() {
    let service = Service::start().await;
    service.bench.quote_btc();
    let json =
        [("Host", "localhost"), ("Content-Type", "application/json"), ("Idempotency-Key", "m")];
    for (text, action) in [("hello", "skipped"), ("something else", "duplicate")] {
        let body = format!(r#"{{"text":"{text}"}}"#);
        let answer =
            client::raw(service.at, "POST", "/signals/ingest-and-score", &json, body.as_bytes())
                .await;
        assert_eq!(answer.success()["route"]["action"], action);
    }
}

#[tokio::test]
async fn the_list_shows_each_message_with_its_fate() {
    let service = Service::start().await;
    service.bench.quote_btc();
    service.send("POST", "/signals/ingest-and-score", r#"{"text":"good morning"}"#).await.success();
    service.send("POST", "/signals/ingest-and-score", &body(r#","channel":"vip""#)).await.success();
    let json = service.get("/signals").await.success();
    let signals = json["signals"].as_array().unwrap();
    assert_eq!(signals.len(), 2);
    assert!(
        signals[0]["text"] == BUY && signals[0]["channel"] == "vip" && signals[0]["routed"] == true
    );
    assert_eq!(signals[0]["signal"]["symbol"], "BTCUSDT");
    assert!(signals[1]["routed"] == false && signals[1]["route"]["action"] == "skipped");
    let of_pair = service.get("/signals?symbol=btc-usdt").await.success();
    assert_eq!(of_pair["signals"], serde_json::json!([signals[0]]));
    let trace = signals[0]["trace_id"].as_str().unwrap();
    let one = service.get(&format!("/signals?trace_id={trace}")).await.success();
    assert_eq!(one["signals"].as_array().map(Vec::len), Some(1));
}
