//! `/events`, `/trace`, `/orders`, `/trades`: paging, filters, folding.

use engine::Input;

use crate::desk::{self, Fate};
use crate::service::Service;

async fn with_notices(count: usize) -> Service {
    let service = Service::start().await;
    for number in 1..=count {
        service.bench.step(Input::Report(desk::notice(&format!("notice {number}"))));
    }
    service
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_overlap_while_the_journal_grows() {
    let service = with_notices(25).await;
    let (mut seen, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let json = service.get(&format!("/events?limit=10{cursor}")).await.success();
        let events = json["events"].as_array().unwrap();
        seen.extend(events.iter().map(|event| event["seq"].as_u64().unwrap()));
        pages += 1;
        service.bench.step(Input::Report(desk::notice("in between")));
        match json["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(pages, 3);
    assert_eq!(seen, (1..=25).rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn the_last_page_has_no_next_cursor_also_when_it_is_full() {
    let service = with_notices(10).await;
    let json = service.get("/events?limit=10").await.success();
    assert!(json["events"].as_array().map(Vec::len) == Some(10) && json["next_cursor"].is_null());
}

#[tokio::test]
async fn events_are_the_journals_lines_and_can_be_filtered() {
    let service = with_notices(1).await;
    let order = service.buy("BTCUSDT").await.success();
    service.buy("ETHUSDT").await.success();
    let trace = order["trace_id"].as_str().unwrap();
    let types = |json: serde_json::Value| -> Vec<String> {
        let events = json["events"].as_array().unwrap();
        events.iter().map(|event| event["event_type"].as_str().unwrap().to_owned()).collect()
    };
    let alarms = service.get("/events?type=ALARM").await;
    assert!(alarms.body.contains(r#""event_type":"ALARM","payload":{"message":"notice 1"}"#));
    let new = types(service.get("/events?type=order_new,RISK_*&symbol=btc/usdt").await.success());
    assert!(new.contains(&"ORDER_NEW".to_owned()) && new.contains(&"RISK_SLTP".to_owned()));
    assert!(new.iter().all(|name| name == "ORDER_NEW" || name.starts_with("RISK_")));
    let traced = service.get(&format!("/trace/{trace}")).await.success();
    assert_eq!(traced["trace_id"], trace);
    let by_filter = service.get(&format!("/events?trace_id={trace}")).await.success();
    assert_eq!(traced["events"], by_filter["events"]);
    let first = types(traced).pop();
    assert_eq!(first.as_deref(), Some("ORDER_NEW"), "newest first, so the decision is last");
}

#[tokio::test]
async fn orders_are_folded_with_what_became_of_them() {
    let service = Service::start().await;
    service.buy("BTCUSDT").await.success();
    service.bench.set_fate(Fate::Refused(domain::RefusalClass::Funds));
    service.buy("ETHUSDT").await;
    service.bench.set_fate(Fate::InDoubt);
    service.buy("SOLUSDT").await.success();
    let answer = service.get("/orders").await;
    let json = answer.success();
    let entry = |symbol: &str| {
        let orders = json["orders"].as_array().unwrap();
        orders.iter().find(|o| o["symbol"] == symbol && o["leg"] == "entry").unwrap().clone()
    };
    let (filled, refused, doubted) = (entry("BTCUSDT"), entry("ETHUSDT"), entry("SOLUSDT"));
    assert!(filled["status"] == "filled" && filled["type"] == "market", "{filled}");
    assert!(filled["executed_qty"].is_number() && filled["order_id"].is_string());
    assert!(answer.body.contains(r#""executed_qty":0.000231"#), "{}", answer.body);
    assert_eq!(refused["status"], "failed");
    assert_eq!(refused["error"]["message"], "Insufficient balance");
    assert_eq!(doubted["status"], "in_doubt");
    let only = service.get("/orders?symbol=ETHUSDT").await.success();
    assert_eq!(only["orders"].as_array().map(Vec::len), Some(1));
    let open = service.get("/orders?status=open&symbol=SOLUSDT").await.success();
    assert_eq!(open["orders"][0]["status"], "in_doubt");
}

#[tokio::test]
async fn trades_are_what_each_step_added() {
    let service = Service::start().await;
    service.buy("BTCUSDT").await.success();
    service.buy("ETHUSDT").await.success();
    let answer = service.get("/trades?symbol=BTCUSDT").await;
    let json = answer.success();
    let trades = json["trades"].as_array().unwrap();
    assert_eq!(trades.len(), 1, "{}", answer.body);
    assert!(trades[0]["side"] == "buy" && trades[0]["order_fees_complete"] == true);
    assert!(
        answer.body.contains(r#""qty":0.000231,"price":43250.5,"quote":9.9908655"#),
        "{}",
        answer.body
    );
    let first = service.get("/trades?limit=1").await.success();
    assert_eq!(first["trades"][0]["symbol"], "ETHUSDT");
    let next = first["next_cursor"].as_str().unwrap();
    let second = service.get(&format!("/trades?limit=1&cursor={next}")).await.success();
    assert!(second["trades"][0]["symbol"] == "BTCUSDT" && second["next_cursor"].is_null());
}
