//! Paper mode with no configuration at all: the user's document, command by command.

use serde_json::Value;

use crate::http;
use crate::process::{Home, PATIENCE, eventually, types};

#[test]
fn every_safe_command_of_the_users_document_answers_as_written() {
    let home = Home::new(&[]);
    let service = home.start_ready();

    let ping = service.get("/exchange/ping").expect(200);
    assert_eq!((&ping["ok"], &ping["exchange"]), (&Value::Bool(true), &"paper".into()));
    assert!(ping["markets_count"].as_u64().unwrap() >= 50);

    let markets = service.get("/exchange/markets?limit=10").expect(200);
    assert_eq!(markets["markets"].as_array().unwrap().len(), 10);
    assert_eq!(markets["markets"][0], "BTC/USDT");

    for spelling in ["BTCUSDT", "btcusdt", "BTC/USDT", "BTC-USDT", "BTC_USDT", "BTC%2FUSDT"] {
        let ticker = service.get(&format!("/exchange/ticker/{spelling}")).expect(200);
        assert_eq!(ticker["symbol"], "BTC/USDT", "{spelling}");
        assert!(ticker["price"].as_f64().unwrap() > 0.0, "{spelling}");
    }

    let balance = service.get("/exchange/balance").expect(200);
    assert_eq!(balance["balances"][0]["asset"], "USDT");

    let dry = "/exchange/test-order?symbol=BTCUSDT&side=buy&notional_usd=10&dry_run=true";
    let order = service.get(dry).expect(200);
    assert_eq!(order["mode"], "dry_run");
    assert_eq!(order["symbol"], "BTCUSDT");
    assert_eq!(order["side"], "buy");
    assert_eq!(order["filled"], true);
    assert!(order["qty"].as_f64().unwrap() > 0.0);
    assert_eq!(order["plan"]["source"], "atr");

    let live = "/exchange/test-order?symbol=BTCUSDT&side=buy&notional_usd=5&dry_run=false";
    let refused = service.get(live);
    assert!(refused.headers.to_ascii_lowercase().contains("allow: post"), "{}", refused.headers);
    assert!(refused.expect(405)["error"].as_str().unwrap().contains("POST"));
    assert_eq!(
        service.metric(r#"levibot_exec_orders_total{exchange="paper",status="ok",type="market"}"#),
        "0"
    );
}

#[test]
fn a_direct_order_is_filled_protected_counted_and_closed_again() {
    let home = Home::new(&[]);
    let service = home.start_ready();
    let order = service.buy("BTCUSDT", "10").expect(200);
    assert_eq!((&order["mode"], &order["filled"]), (&"paper".into(), &Value::Bool(true)));
    let trace = order["trace_id"].as_str().unwrap();
    let position = eventually("the position is protected", PATIENCE, || {
        service.positions().into_iter().find(|position| position["protected"] == true)
    });
    assert_eq!(position["trace_id"], trace);
    let ok = r#"levibot_exec_orders_total{exchange="paper",status="ok",type="market"}"#;
    assert_eq!(service.metric(ok), "1");

    let again = service.buy("BTCUSDT", "10");
    let blocked = again.expect(409);
    assert!(
        blocked["error"].as_str().unwrap().contains("Order blocked by risk check"),
        "{blocked}"
    );
    let blocked_metric =
        r#"levibot_exec_orders_total{exchange="paper",status="blocked",type="market"}"#;
    assert_eq!(service.metric(blocked_metric), "1");

    let id = position["id"].as_str().unwrap();
    service.post(&format!("/positions/{id}/close")).expect(200);
    eventually("the position is closed", PATIENCE, || service.positions().is_empty().then_some(()));
    let story = service.get(&format!("/trace/{trace}")).expect(200);
    let story = story.to_string();
    for event in ["ORDER_NEW", "ORDER_FILLED", "RISK_SLTP", "POSITION_CLOSING", "POSITION_CLOSED"] {
        assert!(story.contains(event), "{event}");
    }
}

/// Bare of figures that depend on the synthetic market, so that it enters at any price.
const BUY: &str = "LONG #ETH/USDT\nEntry: market now\nLeverage: 5x\nTP: +3%\nSL: -2%";

#[test]
fn a_message_becomes_a_protected_order_under_one_trace() {
    let home = Home::new(&[("AUTO_ROUTE_ENABLED", "true"), ("AUTO_ROUTE_DRY_RUN", "false")]);
    let service = home.start_ready();
    let first = service.ingest(BUY, "1");
    assert_eq!(first["routed"], true, "{first}");
    assert_eq!(first["score"]["label"], "BUY");
    let trace = first["trace_id"].as_str().unwrap().to_owned();
    eventually("the plan is in force", PATIENCE, || {
        service.event_types().contains(&"RISK_SLTP".to_owned()).then_some(())
    });
    let events = service.events();
    let traced: Vec<Value> =
        events.into_iter().filter(|event| event["trace_id"] == trace.as_str()).collect();
    for event in [
        "SIGNAL_INGEST",
        "SIGNAL_SCORED",
        "ORDER_NEW",
        "ORDER_FILLED",
        "RISK_SLTP",
        "AUTO_ROUTE_EXECUTED",
    ] {
        assert!(types(&traced).iter().any(|found| found == event), "{event}");
    }

    let again = service.ingest(BUY, "1");
    assert_eq!(
        (&again["routed"], &again["trace_id"]),
        (&Value::Bool(false), &trace.as_str().into())
    );
    let other = service.ingest(&format!("{BUY} "), "2");
    assert_eq!(other["routed"], false);
    assert_eq!(other["route"]["action"], "blocked");
    let checks = other["route"]["checks"].as_array().unwrap();
    assert!(checks.iter().any(|check| check["name"] == "cooldown" && check["result"] == "block"));
    let entries = service
        .events()
        .iter()
        .filter(|e| e["event_type"] == "ORDER_NEW" && e["payload"]["leg"] == "entry")
        .count();
    assert_eq!(entries, 1);
}

#[test]
fn by_default_messages_are_scored_and_not_traded() {
    let home = Home::new(&[]);
    let service = home.start_ready();
    let answer = service.ingest(BUY, "1");
    assert_eq!(answer["routed"], false);
    assert!(answer["route"]["reason"].as_str().unwrap().contains("AUTO_ROUTE_ENABLED"), "{answer}");

    let mut home = Home::new(&[("AUTO_ROUTE_ENABLED", "true")]);
    home.set("LOG_LEVEL", "DEBUG");
    let service = home.start_ready();
    let answer = service.ingest(BUY, "1");
    assert_eq!(
        (&answer["routed"], &answer["route"]["action"]),
        (&Value::Bool(false), &"dry_run".into())
    );
    assert!(service.event_types().contains(&"AUTO_ROUTE_DRYRUN".to_owned()));
    assert!(!service.event_types().contains(&"ORDER_NEW".to_owned()));
}

#[test]
fn the_kill_switch_works_at_once_survives_a_restart_and_is_released() {
    let home = Home::new(&[]);
    let service = home.start_ready();
    service.post("/risk/kill").expect(200);
    assert_eq!(service.buy("BTCUSDT", "10").status, 409);
    service.kill_9();
    let service = home.start_ready();
    assert_eq!(service.buy("BTCUSDT", "10").status, 409);
    service.post("/risk/resume").expect(200);
    service.buy("BTCUSDT", "10").expect(200);
}

#[test]
fn the_smallest_order_and_the_largest_are_clamped_and_both_figures_told() {
    let home = Home::new(&[]);
    let service = home.start_ready();
    for (asked, granted) in [("1", 5.0), ("100000", 250.0)] {
        let target = format!(
            "/exchange/test-order?symbol=ETHUSDT&side=buy&notional_usd={asked}&dry_run=true"
        );
        let order = service.get(&target).expect(200);
        assert_eq!(order["notional"].as_f64(), Some(granted), "{order}");
        assert_eq!(order["requested_notional"].to_string(), asked);
    }
}

#[test]
fn it_ends_in_good_order_and_says_what_is_configured() {
    let home = Home::new(&[]);
    let service = home.start_ready();
    assert_eq!(service.terminate(), Some(0));
    let last = types(&crate::process::events(home.path())).pop();
    assert_eq!(last.as_deref(), Some("SERVICE_STOPPED"));

    let home = Home::new(&[("MEXC_API_KEY", "mx0verysecret"), ("RISK_POLICY", "aggressive")]);
    let (status, said) = home.run(&["config"]);
    assert_eq!(status, Some(0));
    assert!(said.contains("RISK_POLICY") && said.contains("aggressive"), "{said}");
    assert!(!said.contains("mx0verysecret"), "{said}");
}

#[test]
fn keys_guard_everything_but_health() {
    let home = Home::new(&[("API_KEYS", "first-long-key-0001,second-long-key-02")]);
    let service = home.start_ready();
    assert_eq!(service.get("/positions").status, 401);
    let with = |key: &str| {
        http::request(service.address, "GET", "/positions", &[&format!("X-API-Key: {key}")], b"")
    };
    assert_eq!(with("wrong").status, 401);
    assert_eq!(with("second-long-key-02").status, 200);
    assert_eq!(service.get("/livez").status, 200);
}

#[test]
fn a_shell_can_look_close_kill_and_resume() {
    let mut home = Home::new(&[("PRICE_POLL_MS", "200")]);
    let service = home.start_ready();
    home.set("API_BASE", &format!("http://{}", service.address));
    service.buy("BTCUSDT", "10").expect(200);
    let position = eventually("the position is protected", PATIENCE, || {
        service.positions().into_iter().find(|position| position["protected"] == true)
    });
    let id = position["id"].as_str().unwrap();
    let said = |args: &[&str]| {
        let (status, said) = home.run(args);
        assert_eq!(status, Some(0), "{args:?}: {said}");
        said
    };
    let listed = said(&["positions"]);
    assert!(listed.contains(id) && listed.contains("protected"), "{listed}");
    said(&["close", id]);
    eventually("the position is closed", PATIENCE, || service.positions().is_empty().then_some(()));
    assert!(said(&["kill"]).contains("cancel"));
    assert!(said(&["status"]).contains("ON (cancel)"));
    said(&["resume"]);
    assert!(said(&["status"]).contains("kill switch     off"));
    let (status, words) = home.run(&["close", "pos-nothing"]);
    assert!(status == Some(1) && words.contains("no open position"), "{words}");
    drop(service);
    let (status, words) = home.run(&["status"]);
    assert!(status == Some(1) && words.contains("Is it running?"), "{words}");
}
