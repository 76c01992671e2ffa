//! The service against an exchange that loses answers, lies about failure, or speaks HTML.

use std::time::Duration;

use crate::foreign::{Foreign, KEY, Manner, SECRET};
use crate::process::{Home, PATIENCE, Process, eventually};

fn against(foreign: &Foreign) -> (Home, Process) {
    let home = crate::process::against(foreign, &[]);
    let service = home.start_ready();
    (home, service)
}

const SIGNAL: &str = "#BTC/USDT LONG\nEntry: 99 - 101\nTargets: 110\nStop loss: 95";

fn entries(foreign: &Foreign) -> usize {
    foreign.orders().iter().filter(|order| order.client_id.starts_with("levi-e")).count()
}

#[test]
fn orders_are_signed_as_the_exchange_demands_and_carry_their_id() {
    let foreign = Foreign::start();
    let (_home, service) = against(&foreign);
    assert_eq!(service.ingest(SIGNAL, "1")["routed"], true);
    eventually("the target rests", PATIENCE, || (foreign.orders().len() == 2).then_some(()));
    assert_eq!(foreign.faults(), Vec::<String>::new());
    assert!(foreign.orders().iter().all(|order| order.client_id.starts_with("levi-")));
}

#[test]
fn an_order_that_never_arrived_is_proven_absent_and_then_sent_once_more() {
    let foreign = Foreign::start();
    let (_home, service) = against(&foreign);
    foreign.behave(&[Manner::CutBefore]);
    service.ingest(SIGNAL, "1");
    eventually("the absence is proven", PATIENCE, || {
        service.event_types().contains(&"ORDER_RECONCILED".to_owned()).then_some(())
    });
    let reconciled =
        service.events().into_iter().find(|e| e["event_type"] == "ORDER_RECONCILED").unwrap();
    assert_eq!(reconciled["payload"]["resolution"], "never_placed");
    eventually("the second attempt is protected", PATIENCE, || {
        service.positions().into_iter().find(|p| p["exit_order"].is_string())
    });
    assert_eq!((foreign.posts() >= 2, entries(&foreign)), (true, 1));
    assert!(foreign.orders()[0].client_id.starts_with("levi-ea2-"), "{:?}", foreign.orders());
}

#[test]
fn a_refusal_is_told_in_words_and_counted() {
    let foreign = Foreign::start();
    let (_home, service) = against(&foreign);
    foreign.behave(&[Manner::NoFunds]);
    let refused = service.buy("BTCUSDT", "20").expect(502);
    assert!(refused["error"].as_str().unwrap().contains("Insufficient"), "{refused}");
    assert!(refused["trace_id"].is_string());
    let error = r#"levibot_exec_orders_total{exchange="mexc",status="error",type="market"}"#;
    assert_eq!(service.metric(error), "1");
    assert!(service.event_types().contains(&"ORDER_ERROR".to_owned()));
}

#[test]
fn killed_in_doubt_it_finds_the_order_after_the_restart() {
    let foreign = Foreign::start();
    let (home, service) = against(&foreign);
    foreign.behave(&[Manner::CutAfter]);
    let address = service.address;
    let sender = std::thread::spawn(move || {
        let body = serde_json::json!({"text": SIGNAL, "message_id": "1"}).to_string();
        let json = ["Content-Type: application/json"];
        // The service is killed before or after it answers.
        let _ = crate::http::try_request(
            address,
            "POST",
            "/signals/ingest-and-score",
            &json,
            body.as_bytes(),
        );
    });
    eventually("the order arrived", PATIENCE, || (entries(&foreign) == 1).then_some(()));
    service.kill_9();
    sender.join().unwrap();
    let service = home.start_ready();
    eventually("the position is protected", PATIENCE, || {
        service.positions().into_iter().find(|p| p["exit_order"].is_string())
    });
    service.ingest(SIGNAL, "1");
    assert_eq!(entries(&foreign), 1);
}

#[test]
fn an_exchange_that_answers_html_or_half_a_json_is_reported_and_the_service_goes_on() {
    for body in ["<html>maintenance</html>", "{\"serverTime\":", ""] {
        let foreign = Foreign::start();
        let (_home, service) = against(&foreign);
        foreign.answer_everything_with(Some(body));
        for target in ["/exchange/ping", "/exchange/balance"] {
            let answer = service.get(target).expect(502);
            assert_eq!(answer["ok"], false, "{target} {body:?}");
            assert!(!answer["error"].as_str().unwrap().is_empty());
        }
        foreign.answer_everything_with(None);
        eventually("it answers again", Duration::from_secs(10), || {
            (service.get("/exchange/ping").status == 200).then_some(())
        });
    }
}

#[test]
fn an_exchange_that_is_down_at_the_start_is_waited_for() {
    let nobody = crate::process::free_address();
    let home = Home::new(&[
        ("EXCHANGE", "MEXC"),
        ("MEXC_SANDBOX", "true"),
        ("MEXC_API_KEY", KEY),
        ("MEXC_API_SECRET", SECRET),
        ("MEXC_BASE_URL", &format!("http://{nobody}")),
    ]);
    let service = home.start();
    assert_eq!(service.get("/livez").status, 200);
    assert_eq!(service.get("/readyz").status, 503);
    assert_eq!(service.get("/exchange/ping").status, 502);
    // The kill switch answers at once, whatever the exchange does.
    service.post("/risk/kill").expect(200);
}
