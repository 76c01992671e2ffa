//! `/channels`, `/risk/report`, and a blocked signal's trace.

use std::time::Duration;

use engine::{Input, Quote, Settings};
use serde_json::Value;

use crate::desk;
use crate::service::{Service, Setup};

async fn with(change: impl FnOnce(&mut Settings)) -> Service {
    let mut settings = desk::settings();
    settings.auto_route.dry_run = true;
    change(&mut settings);
    let service = Service::with(Setup { settings, ..Setup::default() }).await;
    service.bench.quote_btc();
    service
}

fn price(service: &Service, price: &str) {
    use api::ports::Core;
    let (bid, ask) = (price.parse().unwrap(), price.parse().unwrap());
    let quote = Quote { bid, ask, last: None, at: service.bench.now() };
    service.bench.step(Input::Quote { symbol: desk::symbol("BTCUSDT"), quote });
}

/// Entered at once: the zone holds the present ask of 43250.60.
async fn say(service: &Service, channel: &str, id: &str) -> Value {
    let text = "BUY #BTC/USDT\\nEntry: 43000 - 43500\\nTP1: 45000\\nTP2: 47000\\nSL: 41000";
    let body = format!(
        r#"{{"text":"{text}","source":"telegram","channel":"{channel}","message_id":"{id}"}}"#
    );
    service.send("POST", "/signals/ingest-and-score", &body).await.success()
}

/// A signal that ends at `end`.
async fn outcome(service: &Service, channel: &str, id: &str, end: &str) {
    service.bench.pass(Duration::from_secs(1));
    service.bench.quote_btc();
    say(service, channel, id).await;
    price(service, end);
}

#[tokio::test]
async fn a_channel_is_listed_with_its_record_its_trust_and_its_curve() {
    let service = with(|_| {}).await;
    for id in ["1", "2", "3"] {
        outcome(&service, "alpha", id, "45000").await;
    }
    outcome(&service, "alpha", "4", "41000").await;
    outcome(&service, "beta", "1", "41000").await;
    let answer = service.get("/channels").await;
    let json = answer.success();
    assert_eq!(json["total"], 2);
    let (beta, alpha) = (&json["channels"][0], &json["channels"][1]);
    assert_eq!((&beta["channel"], &alpha["channel"]), (&"beta".into(), &"alpha".into()));
    assert_eq!(alpha["source"], "telegram");
    assert!(alpha["signals"] == 4 && alpha["won"] == 3 && alpha["lost"] == 1, "{alpha}");
    assert!(alpha["trust"].as_f64() > Some(1.0) && beta["trust"].as_f64() < Some(1.0));
    assert!(alpha["prior"] == 1 && alpha["weight"].as_f64() > Some(3.9));
    let curve = alpha["curve"].as_array().unwrap();
    assert_eq!(curve.len(), 4);
    assert_eq!(curve[3]["shadow"], alpha["pnl_shadow"]);
    assert!(curve[3]["shadow"].as_f64() < curve[2]["shadow"].as_f64());
    let first = service.get("/channels?limit=1").await.success();
    assert!(first["channels"].as_array().map(Vec::len) == Some(1) && first["total"] == 2);
    assert_eq!(service.get("/channels?limit=501").await.status, 400);
}

#[tokio::test]
async fn trust_is_in_the_score_and_its_reasons() {
    let service = with(|_| {}).await;
    for id in 0..30 {
        outcome(&service, "alpha", &id.to_string(), "41000").await;
    }
    service.bench.quote_btc();
    let json = say(&service, "alpha", "last").await;
    let reasons = json["score"]["reasons"].to_string();
    assert!(reasons.contains("channel alpha: 0 of 30 signals reached"), "{reasons}");
    let listed = service.get("/signals?limit=1").await.success();
    let trust = &listed["signals"][0]["trust"];
    assert_eq!((&trust["won"], &trust["decided"]), (&0.into(), &30.into()));
    let (own, whole) = (trust["model_confidence"].as_f64(), json["score"]["confidence"].as_f64());
    assert!(whole < own, "{listed}");
}

#[tokio::test]
async fn a_blocked_signals_trace_shows_what_it_would_have_come_to_and_so_does_the_rules_account() {
    let service = with(|settings| {
        settings.auto_route.dry_run = false;
        settings.risk.max_total_exposure = "1".parse().unwrap();
    })
    .await;
    let blocked = say(&service, "alpha", "1").await;
    assert_eq!(blocked["route"]["action"], "blocked", "{blocked}");
    let open = service.get("/risk/report").await.success();
    assert_eq!(open["days"], 30);
    assert!(open["rules"][0]["name"] == "total_exposure" && open["rules"][0]["following"] == 1);
    price(&service, "45000");
    let trace = blocked["trace_id"].as_str().unwrap();
    let events = service.get(&format!("/trace/{trace}")).await.success()["events"].clone();
    let of = |name: &str| {
        let events = events.as_array().unwrap();
        events.iter().find(|event| event["event_type"] == name).cloned().unwrap_or_default()
    };
    assert_eq!(of("SHADOW_OPENED")["payload"]["blocked_by"][0], "total_exposure", "{events}");
    assert_eq!(of("SHADOW_CLOSED")["payload"]["outcome"], "target");
    let report = service.get("/risk/report?days=1").await.success();
    let rule = &report["rules"][0];
    assert!(rule["won"] == 1 && rule["lost"] == 0 && rule["following"] == 0, "{rule}");
    assert!(rule["pnl"].as_f64() > Some(0.0) && rule["pnl"] == rule["pnl_alone"]);
    assert_eq!(service.get("/risk/report?days=91").await.status, 400);
}

#[tokio::test]
async fn figures_name_few_channels_and_sum_up_the_others() {
    let service = with(|settings| settings.auto_route.min_confidence = 0.0).await;
    let before = service.get("/metrics/prom").await.body;
    for line in [
        "levibot_shadows_open 0\n",
        "levibot_channel_outcomes{channel=\"other\",outcome=\"won\"} 0\n",
        "levibot_channel_trust{channel=\"other\"} 1.0\n",
    ] {
        assert!(before.contains(line), "{line} in {before}");
    }
    for channel in 0..25 {
        outcome(&service, &format!("c{channel}"), "1", "45000").await;
    }
    service.bench.quote_btc();
    say(&service, "c0", "2").await;
    let text = service.get("/metrics/prom").await.body;
    let won =
        |line: &&str| line.starts_with("levibot_channel_outcomes{") && line.contains("\"won\"");
    assert_eq!(text.lines().filter(won).count(), 21, "{text}");
    assert!(text.contains("levibot_channel_outcomes{channel=\"other\",outcome=\"won\"} 5\n"));
    assert!(text.contains("levibot_channel_outcomes{channel=\"telegram/c0\",outcome=\"won\"} 1\n"));
    assert!(text.contains("levibot_shadows_open 1\n"));
}
