//! `/risk`: policy, status, kill switch.

use std::time::Duration;

use crate::service::Service;

#[tokio::test]
async fn the_policy_is_shown_with_the_documented_table_and_can_be_changed() {
    let service = Service::start().await;
    let answer = service.get("/risk/policy").await;
    assert_eq!(answer.success()["policy"], "moderate");
    for row in [
        r#"{"name":"conservative","sl_atr_multiple":1.5,"tp_rr":2,"max_notional":100,"cooldown_sec":45}"#,
        r#"{"name":"moderate","sl_atr_multiple":2,"tp_rr":2.5,"max_notional":250,"cooldown_sec":30}"#,
        r#"{"name":"aggressive","sl_atr_multiple":2.5,"tp_rr":3,"max_notional":500,"cooldown_sec":20}"#,
    ] {
        assert!(answer.body.contains(row), "{row} in {}", answer.body);
    }
    let by_json =
        service.send("PUT", "/risk/policy", r#"{"policy":"conservative"}"#).await.success();
    assert!(by_json["policy"] == "conservative" && by_json["max_notional"] == 100);
    let by_query = service.send("PUT", "/risk/policy?policy=AGGRESSIVE", "").await.success();
    assert_eq!(by_query["policy"], "aggressive");
    assert_eq!(service.bench.journal.types(), ["RISK_POLICY_CHANGED"; 2]);
}

#[tokio::test]
async fn the_status_gives_limits_cooldowns_and_what_is_used() {
    let service = Service::start().await;
    service.buy("BTCUSDT").await.success();
    service.bench.pass(Duration::from_secs(10));
    let json = service.get("/risk/status").await.success();
    assert!(json["policy"] == "moderate" && json["killed"] == false && json["kill_mode"].is_null());
    assert_eq!(json["open_positions"], 1);
    let limit = |name: &str| {
        let limits = json["limits"].as_array().unwrap();
        limits.iter().find(|limit| limit["name"] == name).unwrap().clone()
    };
    assert!(limit("open_positions")["used"] == 1 && limit("open_positions")["limit"] == 10);
    assert!(limit("positions_per_symbol")["used"] == 1 && limit("daily_loss")["limit"] == 100);
    assert_eq!(limit("total_exposure")["limit"], 1000);
    assert_eq!(limit("total_exposure")["used"], json["exposure"]);
    let cooldown = &json["cooldowns"][0];
    let left = cooldown["seconds_left"].as_u64().unwrap();
    assert!(cooldown["symbol"] == "BTCUSDT" && (15..=20).contains(&left), "{cooldown}");
    service.bench.pass(Duration::from_secs(20));
    let later = service.get("/risk/status").await.success();
    assert_eq!(later["cooldowns"].as_array().map(Vec::len), Some(0));
}

#[tokio::test]
async fn the_kill_switch_stops_entries_until_trading_resumes() {
    let service = Service::start().await;
    for (body, mode) in [
        ("", "cancel"),
        ("{}", "cancel"),
        (r#"{"mode":"entries"}"#, "entries"),
        (r#"{"mode":"FLATTEN","reason":"storm"}"#, "flatten"),
    ] {
        let json = service.send("POST", "/risk/kill", body).await.success();
        assert!(json["killed"] == true && json["kill_mode"] == mode, "{body}");
        let blocked = service.buy("BTCUSDT").await;
        assert_eq!((blocked.status, blocked.code().as_str()), (409, "order_blocked"));
    }
    assert_eq!(service.post("/risk/resume").await.success()["killed"], false);
    service.buy("BTCUSDT").await.success();
}
