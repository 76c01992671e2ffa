//! The exchange's list of pairs: kept over restarts, and watched for what it takes away.

use std::fs;

use serde_json::{Value, json};

use crate::http;
use crate::process::{Home, PATIENCE, Process, eventually};

fn home() -> Home {
    Home::new(&[
        ("EXCHANGE", "MEXC"),
        ("MEXC_SANDBOX", "true"),
        ("MEXC_API_KEY", "mx0key"),
        ("MEXC_API_SECRET", "topsecret"),
        ("MEXC_RATE_LIMIT_MS", "5"),
        // Prices are polled far more often here than the exchange allows.
        ("MEXC_IP_WEIGHT_10S", "100000"),
        ("MEXC_UID_WEIGHT_10S", "100000"),
        ("MEXC_ACCOUNT_PER_SEC", "1000"),
        ("PRICE_POLL_MS", "100"),
    ])
}

fn sandbox(home: &mut Home) -> Process {
    let sandbox = home.start_sandbox("scripted");
    home.set("MEXC_BASE_URL", &format!("http://{}", sandbox.address));
    sandbox
}

fn lists_asked_for(sandbox: &Process) -> u64 {
    sandbox.get("/__admin/counts").json()["GET /api/v3/exchangeInfo"].as_u64().unwrap_or(0)
}

#[test]
fn a_service_that_crashes_again_and_again_asks_for_the_list_once() {
    let mut home = home();
    let sandbox = sandbox(&mut home);
    for _ in 0..3 {
        home.start_ready().kill_9();
    }
    assert_eq!(lists_asked_for(&sandbox), 1);
}

#[test]
fn an_old_list_serves_when_the_exchange_gives_none_and_its_age_is_told() {
    let mut home = home();
    let sandbox = sandbox(&mut home);
    home.start_ready().kill_9();
    let path = home.path().join("backend/data/logs/markets.json");
    let text = fs::read_to_string(&path).unwrap();
    let (head, body) = text.split_once('\n').unwrap();
    let mut head: Value = serde_json::from_str(head).unwrap();
    head["fetched_at_ms"] = (head["fetched_at_ms"].as_i64().unwrap() - 3_600_000).into();
    fs::write(&path, format!("{head}\n{body}")).unwrap();
    let fault = json!({"requests": [{
        "path": "/api/v3/exchangeInfo", "when": {}, "fault": {"error_before": {"status": 503}},
    }]});
    http::put_json(sandbox.address, "/__admin/faults", &fault).expect(200);

    let service = home.start_ready();
    let told = eventually("its age is told", PATIENCE, || {
        let mut events = service.events().into_iter();
        events.find(|event| event["payload"]["details"]["age_s"].is_string())
    });
    assert_eq!(told["event_type"], "MEXC_ERROR");
    let age: u64 = told["payload"]["details"]["age_s"].as_str().unwrap().parse().unwrap();
    assert!((3_600..3_700).contains(&age), "{told}");
    let ready = service.get("/readyz").expect(200);
    assert!(ready["degraded"].as_array().unwrap().contains(&"exchange".into()), "{ready}");
    service.buy("BTCUSDT", "10").expect(200);
}

#[test]
fn a_refused_pair_has_the_list_read_again_and_holders_of_others_are_told() {
    let mut home = home();
    let sandbox = sandbox(&mut home);
    let service = home.start_ready();
    service.buy("BTCUSDT", "10").expect(200);
    let restricted = "levibot_restricted_holdings";
    assert_eq!(service.metric(restricted), "0");
    for change in ["symbol=BTCUSDT&tradeSideType=3", "symbol=ETHUSDT&isSpotTradingAllowed=false"] {
        let target = format!("/__admin/symbol?{change}");
        assert_eq!(http::put(sandbox.address, &target).status, 200);
    }
    assert_ne!(service.buy("ETHUSDT", "10").status, 200);
    let told = eventually("the holder is told", PATIENCE, || {
        let mut events = service.events().into_iter();
        events.find(|event| event["event_type"] == "MEXC_SYMBOL_RESTRICTED")
    });
    assert_eq!(told["symbol"], "BTCUSDT");
    let details = &told["payload"]["details"];
    assert_eq!((&details["from"], &details["to"]), (&"open".into(), &"sell_only".into()));
    assert!(!details["positions"].as_str().unwrap().is_empty(), "{told}");
    eventually("it is counted", PATIENCE, || (service.metric(restricted) == "1").then_some(()));
    let refused = service.buy("ETHUSDT", "10").expect(409);
    assert!(refused.to_string().contains("closed to API orders"), "{refused}");
}
