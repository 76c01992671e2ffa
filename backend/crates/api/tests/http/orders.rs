//! Direct orders: tried, sent, blocked, refused, repeated, and looked after.

use api::ports::ExchangeError;
use domain::RefusalClass;

use crate::client;
use crate::desk::{self, Fate};
use crate::service::{Service, Setup};

const DRY: &str = "/exchange/test-order?symbol=BTCUSDT&side=buy&notional_usd=10&dry_run=true";
const REAL: &str = "/exchange/test-order?symbol=BTCUSDT&side=buy&notional_usd=10&dry_run=false";

#[tokio::test]
async fn a_dry_run_answers_as_documented_and_sends_nothing() {
    let service = Service::start().await;
    for (method, target) in
        [("GET", DRY), ("POST", DRY), ("GET", DRY.trim_end_matches("&dry_run=true"))]
    {
        let answer = service.send(method, target, "").await;
        let json = answer.success();
        for (field, value) in [("mode", "dry_run"), ("symbol", "BTCUSDT"), ("side", "buy")] {
            assert_eq!(json[field], value, "{method}");
        }
        assert!(
            answer.body.contains(r#""qty":0.000231,"price":43250.6,"notional":10,"#),
            "{}",
            answer.body
        );
        assert!(json["filled"] == true && json["would_block"] == false);
        assert!(json["trace_id"].is_string() && json["checks"][0]["name"].is_string());
        assert!(
            json["plan"]["stop"].is_number() && json["plan"]["targets"][0]["price"].is_number()
        );
        assert!(json["plan"]["source"].is_string());
    }
    assert_eq!(service.bench.journal.types(), ["ORDER_DRYRUN"; 3]);
    let metrics = service.get("/metrics/prom").await.body;
    assert!(
        !metrics
            .lines()
            .any(|line| line.starts_with("levibot_exec_orders_total") && !line.ends_with(" 0"))
    );
}

#[tokio::test]
async fn a_dry_run_that_would_be_blocked_is_still_200_and_says_why() {
    let service = Service::start().await;
    service.post("/risk/kill").await.success();
    let json = service.get(DRY).await.success();
    assert!(json["would_block"] == true && json["filled"] == false);
    assert!(json["reason"].as_str().is_some_and(|reason| reason.contains("kill switch")));
}

#[tokio::test]
async fn a_get_never_trades_and_says_how_to() {
    let service = Service::start().await;
    let answer = service.get(REAL).await;
    assert_eq!((answer.status, answer.code().as_str()), (405, "method_not_allowed"));
    assert_eq!(answer.header("allow").as_deref(), Some("POST"));
    assert!(answer.json()["error"].as_str().is_some_and(|e| e.contains("curl -X POST")));
    assert!(service.bench.journal.types().is_empty());
}

#[tokio::test]
async fn a_real_order_waits_for_its_fill_and_is_counted() {
    let service = Service::start().await;
    let answer = service.buy("BTC/USDT").await;
    let json = answer.success();
    assert!(json["mode"] == "paper" && json["filled"] == true && json["status"] == "filled");
    assert!(answer.body.contains(r#""qty":0.000231,"price":43250.5,"#), "{}", answer.body);
    assert!(json["client_order_id"].as_str().is_some_and(|id| id.starts_with("levi-")));
    assert!(json["order_id"].is_string() && json["plan"]["stop"].is_number());
    let types = service.bench.journal.types();
    for wanted in ["ORDER_NEW", "ORDER_ACCEPTED", "ORDER_FILLED", "POSITION_OPENED", "RISK_SLTP"] {
        assert!(types.contains(&wanted), "{wanted} in {types:?}");
    }
    let metrics = service.get("/metrics/prom").await;
    let counted = r#"levibot_exec_orders_total{exchange="paper",status="ok",type="market"} 1"#;
    assert!(metrics.body.lines().any(|line| line == counted), "{}", metrics.body);
    assert!(metrics.body.contains("levibot_positions 1\n"));
    assert!(
        metrics
            .header("content-type")
            .is_some_and(|t| t.starts_with("application/openmetrics-text"))
    );
}

#[tokio::test]
async fn an_order_against_a_limit_is_409_with_every_check() {
    let service = Service::start().await;
    service.buy("BTCUSDT").await.success();
    let answer = service.buy("BTCUSDT").await;
    assert_eq!((answer.status, answer.code().as_str()), (409, "order_blocked"));
    let json = answer.json();
    assert!(json["error"].as_str().is_some_and(|e| e.starts_with("Order blocked by risk check")));
    assert!(json["trace_id"].is_string() && json["reason"].is_string());
    let blocked = json["checks"].as_array().is_some_and(|checks| {
        checks.iter().any(|check| check["name"] == "cooldown" && check["result"] == "block")
    });
    assert!(blocked, "{}", answer.body);
    assert!(service.bench.journal.types().contains(&"ORDER_BLOCKED"));
    let metrics = service.get("/metrics/prom").await.body;
    assert!(metrics.contains(r#"{exchange="paper",status="blocked",type="market"} 1"#));
}

#[tokio::test]
async fn a_refusal_is_the_exchanges_and_keeps_its_words() {
    let table = [
        (RefusalClass::Funds, 502, "insufficient_funds"),
        (RefusalClass::Filter, 502, "exchange_filter"),
        (RefusalClass::Auth, 502, "exchange_auth"),
        (RefusalClass::Rate, 429, "exchange_rate_limited"),
        (RefusalClass::Withheld, 503, "order_not_sent"),
    ];
    for (class, status, code) in table {
        let service = Service::start().await;
        service.bench.set_fate(Fate::Refused(class));
        let answer = service.buy("BTCUSDT").await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{class:?}");
        assert!(answer.json()["error"] == "Insufficient balance");
        assert!(answer.json()["trace_id"].is_string());
        let metrics = service.get("/metrics/prom").await.body;
        assert!(metrics.contains(r#"{exchange="paper",status="error",type="market"} 1"#));
    }
}

#[tokio::test]
async fn an_order_that_does_not_end_in_time_says_how_it_stands() {
    for (fate, status) in [(Fate::Rests, "working"), (Fate::InDoubt, "in_doubt")] {
        let service = Service::start().await;
        service.bench.set_fate(fate);
        let json = service.buy("BTCUSDT").await.success();
        assert!(json["filled"] == false && json["status"] == status, "{json}");
    }
}

#[tokio::test]
async fn a_fill_that_comes_later_is_still_waited_for() {
    let setup = Setup { fill_wait: std::time::Duration::from_secs(15), ..Setup::default() };
    let service = Service::with(setup).await;
    service.bench.set_fate(Fate::Rests);
    let bench = service.bench.clone();
    let order = service.buy("BTCUSDT");
    let fill = async {
        while !bench.journal.types().contains(&"ORDER_ACCEPTED") {
            tokio::task::yield_now().await;
        }
        bench.set_fate(Fate::Fills);
        bench.pass(std::time::Duration::from_secs(3));
        bench.step(engine::Input::Tick);
    };
    let (answer, ()) = tokio::join!(order, fill);
    assert_eq!(answer.success()["filled"], true);
}

#[tokio::test]
async fn the_same_idempotency_key_enters_once() {
    let service = Service::start().await;
    let headers = [("Host", "localhost"), ("Idempotency-Key", "k-1")];
    // A dry run with the same key does not use it up.
    client::raw(service.at, "POST", DRY, &headers, b"").await.success();
    let first = client::raw(service.at, "POST", REAL, &headers, b"").await.success();
    let again = client::raw(service.at, "POST", REAL, &headers, b"").await.success();
    assert!(first.get("duplicate").is_none() && again["duplicate"] == true);
    assert_eq!(first["client_order_id"], again["client_order_id"]);
    assert!(again["filled"] == true && again["price"] == first["price"]);
    let types = service.bench.journal.types();
    assert_eq!(types.iter().filter(|t| **t == "POSITION_OPENED").count(), 1, "{types:?}");
    let other = REAL.replace("BTCUSDT", "ETHUSDT");
    let answer = client::raw(service.at, "POST", &other, &headers, b"").await;
    assert_eq!((answer.status, answer.code().as_str()), (422, "idempotency_key_mismatch"));
    for bad in ["", &"x".repeat(129)] {
        let headers = [("Host", "localhost"), ("Idempotency-Key", bad)];
        let answer = client::raw(service.at, "POST", REAL, &headers, b"").await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "bad_parameter"));
    }
}

#[tokio::test]
async fn a_sell_reduces_what_is_held_and_nothing_else() {
    let service = Service::start().await;
    let target = REAL.replace("side=buy", "side=sell");
    let nothing = service.post(&target).await;
    assert_eq!((nothing.status, nothing.code().as_str()), (409, "order_blocked"));
    service.buy("BTCUSDT").await.success();
    let exits = service.get("/orders?status=open").await.success();
    let target_order = exits["orders"][0]["client_order_id"].clone();
    assert!(target_order.is_string(), "{exits}");
    let answer = service.post(&target).await;
    let json = answer.success();
    // Not the resting target, which is taken off the book first, but the sale itself.
    assert!(json["side"] == "sell" && json["filled"] == true, "{json}");
    assert_ne!(json["client_order_id"], target_order);
    assert!(answer.body.contains(r#""qty":0.000231,"price":43250.5,"#), "{}", answer.body);
    let held = service.get("/positions").await.success();
    assert_eq!(held["positions"].as_array().map(Vec::len), Some(0), "{held}");
}

#[tokio::test]
async fn a_repeated_request_for_a_refused_order_gets_the_same_refusal() {
    let service = Service::start().await;
    service.bench.set_fate(Fate::Refused(RefusalClass::Funds));
    let headers = [("Host", "localhost"), ("Idempotency-Key", "k-1")];
    for _ in 0..2 {
        let answer = client::raw(service.at, "POST", REAL, &headers, b"").await;
        assert_eq!((answer.status, answer.code().as_str()), (502, "insufficient_funds"));
        assert_eq!(answer.json()["error"], "Insufficient balance");
    }
}

#[tokio::test]
async fn an_exchange_without_a_price_is_its_failure_not_the_callers() {
    let service = Service::start().await;
    service.bench.set_exchange_error(ExchangeError::Unreadable("answered HTML".to_owned()));
    let answer = service.buy("BTCUSDT").await;
    assert_eq!((answer.status, answer.code().as_str()), (502, "exchange_unreadable"));
    assert!(service.bench.journal.types().contains(&"ORDER_BLOCKED"));
    let json = service.get(DRY).await.success();
    assert!(json["would_block"] == true && json["price"].is_null());
}

#[tokio::test]
async fn parameters_may_come_as_json() {
    let service = Service::start().await;
    let body = r#"{"symbol":"ETH-USDT","side":"buy","notional_usd":10.00,"dry_run":false}"#;
    let json = service.send("POST", "/exchange/test-order", body).await.success();
    assert!(json["symbol"] == "ETHUSDT" && json["filled"] == true);
}

#[tokio::test]
async fn a_resting_entry_can_be_cancelled_but_an_exit_cannot() {
    let service = Service::start().await;
    service.bench.set_fate(Fate::Rests);
    service.buy("BTCUSDT").await.success();
    let open = service.get("/orders?status=open").await.success();
    let id = open["orders"][0]["client_order_id"].as_str().unwrap().to_owned();
    let cancelled = service.post(&format!("/orders/{id}/cancel")).await.success();
    assert_eq!(cancelled["status"], "cancel_requested");

    let service = Service::start().await;
    service.buy("ETHUSDT").await.success();
    service.bench.pass(std::time::Duration::from_secs(3));
    service.bench.step(engine::Input::Quote {
        symbol: desk::symbol("ETHUSDT"),
        quote: desk::quote(desk::start_of_time().plus(std::time::Duration::from_secs(3))),
    });
    service.bench.step(engine::Input::Tick);
    let open = service.get("/orders?status=open&symbol=ETHUSDT").await.success();
    let exit = open["orders"][0].clone();
    assert!(exit["leg"] == "target_1" && exit["side"] == "sell", "{open}");
    let id = exit["client_order_id"].as_str().unwrap();
    let answer = service.post(&format!("/orders/{id}/cancel")).await;
    assert_eq!((answer.status, answer.code().as_str()), (409, "protects_position"));
}

#[tokio::test]
async fn a_position_shows_its_plan_and_can_be_closed() {
    let service = Service::start().await;
    service.buy("BTCUSDT").await.success();
    let answer = service.get("/positions").await;
    let json = answer.success();
    let position = &json["positions"][0];
    assert!(answer.body.contains(r#""qty":0.000231,"entry_price":43250.5,"#), "{}", answer.body);
    assert!(position["symbol"] == "BTCUSDT" && position["protected"] == true);
    assert!(position["plan"]["stop"].is_number() && position["opened_at"].is_string());
    assert!(position["unrealised_pnl"].is_number() && position["trace_id"].is_string());
    let id = position["id"].as_str().unwrap().to_owned();
    let closing = service.post(&format!("/positions/{id}/close")).await.success();
    assert_eq!(closing["status"], "closing");
    assert!(service.bench.journal.types().contains(&"POSITION_CLOSING"));
    let closed = service.get("/positions?status=closed&symbol=BTCUSDT").await.success();
    let was = &closed["positions"][0];
    assert!(
        was["id"] == *id && was["reason"] == "manual" && was["realised_pnl"].is_number(),
        "{closed}"
    );
    assert_eq!(
        service.get("/positions").await.body,
        r#"{"ok":true,"positions":[],"next_cursor":null}"#
    );
}
