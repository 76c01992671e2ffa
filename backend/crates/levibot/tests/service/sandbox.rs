//! The service against `levibot sandbox` as a process of its own, with prices set by the test.

use crate::http;
use crate::process::{Home, PATIENCE, Process, eventually};

fn pair() -> (Home, Process, Process) {
    pair_with(&[])
}

/// Sandbox and service, with further settings.
pub(crate) fn pair_with(more: &[(&str, &str)]) -> (Home, Process, Process) {
    let mut home = Home::new(&settings());
    let sandbox = home.start_sandbox("scripted");
    home.set("MEXC_BASE_URL", &format!("http://{}", sandbox.address));
    for (name, value) in more {
        home.set(name, value);
    }
    set_price(&sandbox, "50000");
    let service = home.start_ready();
    (home, sandbox, service)
}

/// What a service needs to trade on `levibot sandbox`, but its address.
pub(crate) fn settings() -> [(&'static str, &'static str); 11] {
    [
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
        ("AUTO_ROUTE_ENABLED", "true"),
        ("AUTO_ROUTE_DRY_RUN", "false"),
    ]
}

pub(crate) fn set_price(sandbox: &Process, price: &str) {
    let target = format!("/__admin/price?symbol=BTCUSDT&price={price}");
    assert_eq!(http::put(sandbox.address, &target).status, 200);
}

pub(crate) const SIGNAL: &str =
    "#BTC/USDT LONG\nEntry: 49500 - 50500\nTargets: 52000\nStop loss: 48000";

fn protected(service: &Process) -> serde_json::Value {
    eventually("the position is protected", PATIENCE, || {
        service
            .positions()
            .into_iter()
            .find(|position| position["protected"] == true && position["exit_order"].is_string())
    })
}

#[test]
fn a_signal_reaches_the_exchange_signed_and_with_its_client_id() {
    let (_home, sandbox, service) = pair();
    let answer = service.ingest(SIGNAL, "1");
    assert_eq!(answer["routed"], true, "{answer}");
    let position = protected(&service);
    assert_eq!(position["plan"]["stop"].as_f64(), Some(48_000.0));
    // The target is planned before its order arrives.
    let ids = eventually("an entry and its resting target arrive", PATIENCE, || {
        let orders = sandbox.get("/__admin/orders").json();
        let id = |order: &serde_json::Value| order["client_order_id"].as_str().unwrap().to_owned();
        let ids: Vec<String> = orders.as_array().unwrap().iter().map(id).collect();
        (ids.len() >= 2).then_some(ids)
    });
    assert_eq!(ids.len(), 2, "{ids:?}");
    assert!(ids.iter().all(|id| id.starts_with("levi-")), "{ids:?}");
    let ok = r#"levibot_exec_orders_total{exchange="mexc",status="ok",type="market"}"#;
    assert_eq!(service.metric(ok), "1");
}

#[test]
fn the_target_closes_the_position_with_a_profit() {
    let (_home, sandbox, service) = pair();
    service.ingest(SIGNAL, "1");
    protected(&service);
    set_price(&sandbox, "52100");
    eventually("the position is closed", PATIENCE, || service.positions().is_empty().then_some(()));
    let closed = service.events().into_iter().rfind(|e| e["event_type"] == "POSITION_CLOSED");
    let closed = closed.unwrap();
    assert_eq!(closed["payload"]["reason"], "targets");
    assert!(!closed["payload"]["realised_pnl"].as_str().unwrap().starts_with('-'), "{closed}");
}

#[test]
fn the_stop_sells_everything_and_nothing_more() {
    let (_home, sandbox, service) = pair();
    service.ingest(SIGNAL, "1");
    protected(&service);
    set_price(&sandbox, "47900");
    eventually("the position is closed", PATIENCE, || service.positions().is_empty().then_some(()));
    let closed = service.events().into_iter().rfind(|e| e["event_type"] == "POSITION_CLOSED");
    let closed = closed.unwrap();
    assert_eq!(closed["payload"]["reason"], "stop");
    let balances = service.get("/exchange/balance").expect(200);
    let btc = balances["balances"].as_array().unwrap().iter().find(|b| b["asset"] == "BTC");
    assert!(btc.is_none_or(|btc| btc["total"].as_f64() == Some(0.0)), "{balances}");
}

#[test]
fn an_entry_above_the_zone_rests_and_is_filled_when_the_price_comes() {
    let (_home, sandbox, service) = pair();
    set_price(&sandbox, "52000");
    eventually("the new price is known", PATIENCE, || {
        let price = service.get("/exchange/ticker/BTCUSDT").json()["price"].as_f64()?;
        (price > 51_000.0).then_some(())
    });
    let answer = service.ingest(SIGNAL, "1");
    assert_eq!(answer["routed"], true, "{answer}");
    eventually("the order rests", PATIENCE, || {
        let orders = service.get("/orders").expect(200);
        orders["orders"].as_array()?.iter().find(|o| o["status"] == "working").map(|_| ())
    });
    assert!(service.positions().is_empty());
    set_price(&sandbox, "50000");
    protected(&service);
}

#[test]
fn the_exchange_going_away_is_said_and_survived() {
    let (_home, sandbox, service) = pair();
    sandbox.kill_9();
    let answer = eventually("the outage is noticed", PATIENCE, || {
        let answer = service.get("/exchange/ping");
        (answer.status == 502).then_some(answer)
    });
    assert_eq!(answer.json()["ok"], false);
    eventually("readiness says so", PATIENCE, || {
        (service.get("/readyz").status == 503).then_some(())
    });
    assert!(service.event_types().contains(&"MEXC_ERROR".to_owned()));
}
