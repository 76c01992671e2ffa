//! Paper trading at the prices of another exchange. That other one is a sandbox here.

use std::net::TcpListener;
use std::time::Instant;

use serde_json::Value;

use crate::http;
use crate::process::{Home, PATIENCE, Process, eventually, free_address};

const SIGNAL: &str = "#BTC/USDT LONG\nEntry: 49500 - 50500\nTargets: 52000\nStop loss: 48000";

fn set_price(original: &Process, price: &str) {
    let target = format!("/__admin/price?symbol=BTCUSDT&price={price}");
    assert_eq!(http::put(original.address, &target).status, 200);
}

fn best(exchange: &Process) -> Value {
    exchange.get("/api/v3/ticker/bookTicker?symbol=BTCUSDT").json()
}

/// An exchange, and a paper service that mirrors it.
fn pair() -> (Home, Process, Process) {
    let mut home = Home::new(&[
        ("PAPER_MARKET", "live"),
        ("PRICE_POLL_MS", "500"),
        ("PRICE_MAX_AGE_MS", "2000"),
        ("AUTO_ROUTE_ENABLED", "true"),
        ("AUTO_ROUTE_DRY_RUN", "false"),
    ]);
    let original = home.start_sandbox("scripted");
    set_price(&original, "50000");
    home.set("MEXC_BASE_URL", &format!("http://{}", original.address));
    let service = home.start_ready();
    (home, original, service)
}

#[test]
fn paper_orders_are_traded_at_the_prices_of_the_mirrored_exchange() {
    let (home, original, service) = pair();
    let ping = service.get("/exchange/ping").expect(200);
    assert_eq!((&ping["exchange"], &ping["market_source"]), (&"paper".into(), &"live".into()));
    assert_eq!(service.metric(r#"levibot_market_source{source="live"}"#), "1");

    let answer = service.ingest(SIGNAL, "1");
    assert_eq!(answer["routed"], true, "{answer}");
    let position = eventually("the position is protected", PATIENCE, || {
        service.positions().into_iter().find(|position| position["exit_order"].is_string())
    });
    let ask: f64 = best(&original)["askPrice"].as_str().unwrap().parse().unwrap();
    assert_eq!(position["entry_price"].as_f64(), Some(ask));
    assert_eq!(original.get("/__admin/orders").json(), Value::Array(Vec::new()));

    set_price(&original, "52100");
    let closed = eventually("the position is closed", PATIENCE, || {
        service.events().into_iter().rfind(|event| event["event_type"] == "POSITION_CLOSED")
    });
    assert_eq!(closed["payload"]["reason"], "targets", "{closed}");
    assert!(home.path().join("backend/data/paper/live").is_dir());
}

#[test]
fn a_mirrored_exchange_that_is_lost_leaves_no_price_to_trade_at() {
    let (_home, original, service) = pair();
    original.kill_9();
    let unready = eventually("the prices are too old", PATIENCE, || {
        let answer = service.get("/readyz");
        (answer.status == 503).then(|| answer.json())
    });
    assert!(unready["error"].as_str().unwrap().contains("prices"), "{unready}");
    let refused = service.buy("BTCUSDT", "10");
    assert_ne!(refused.status, 200, "{}", refused.body);
    assert!(!service.event_types().contains(&"ORDER_FILLED".to_owned()));
}

#[test]
fn a_sandbox_of_its_own_mirrors_pairs_prices_trades_and_candles() {
    let home = Home::new(&[]);
    let original = home.start_sandbox_with("synthetic", "original", &[]);
    let (rest, ws) =
        (format!("http://{}", original.address), format!("ws://{}/ws", original.address));
    let copy = home.start_sandbox_with("live", "copy", &["--live-rest", &rest, "--live-ws", &ws]);

    let symbols =
        |exchange: &Process| exchange.get("/api/v3/exchangeInfo").json()["symbols"].clone();
    assert_eq!(symbols(&copy), symbols(&original));
    // The original moves on between two looks, though not far.
    eventually("the best prices are the same", PATIENCE, || {
        let bid = |exchange: &Process| best(exchange)["bidPrice"].as_str()?.parse::<f64>().ok();
        let (copied, original) = (bid(&copy)?, bid(&original)?);
        ((copied / original - 1.0).abs() < 0.002).then_some(())
    });
    // All but the present candle are what they will be for ever.
    eventually("finished candles are the same", PATIENCE, || {
        let finished = |exchange: &Process| {
            let target = "/api/v3/klines?symbol=BTCUSDT&interval=15m&limit=100";
            exchange.get(target).json().as_array().map(|all| all[..99].to_vec())
        };
        let (copied, original) = (finished(&copy)?, finished(&original)?);
        (copied == original).then_some(())
    });
    eventually("trades are mirrored", PATIENCE, || {
        let trades = copy.get("/api/v3/trades?symbol=BTCUSDT").json();
        trades.as_array().filter(|trades| !trades.is_empty()).map(|_| ())
    });
    let day = copy.get("/api/v3/ticker/24hr?symbol=ETHUSDT").json();
    let original = original.get("/api/v3/ticker/24hr?symbol=ETHUSDT").json();
    assert_eq!(day["openPrice"].is_string(), original["openPrice"].is_string());
}

#[test]
fn without_an_answer_auto_takes_the_synthetic_market_and_says_so() {
    // One that nobody listens at, and one where somebody listens and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    for address in [free_address(), silent.local_addr().unwrap()] {
        let mut home = Home::new(&[("PAPER_MARKET", "auto")]);
        home.set("MEXC_BASE_URL", &format!("http://{address}"));
        let started = Instant::now();
        let service = home.start_ready();
        assert!(started.elapsed() < PATIENCE / 2, "{:?}", started.elapsed());
        assert_eq!(service.get("/exchange/ping").expect(200)["market_source"], "sim");
        assert_eq!(service.metric(r#"levibot_market_source{source="sim"}"#), "1");
        let log = std::fs::read_to_string(home.path().join("service.log")).unwrap();
        assert!(log.contains("paper trading at synthetic prices"), "{log}");
    }
}

#[test]
fn a_live_market_that_cannot_be_had_is_a_mistake_that_says_what_to_do() {
    let mut home = Home::new(&[("PAPER_MARKET", "live"), ("PORT", "0")]);
    home.set("MEXC_BASE_URL", &format!("http://{}", free_address()));
    let (status, said) = home.run(&[]);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("PAPER_MARKET=auto or sim"), "{said}");
}
