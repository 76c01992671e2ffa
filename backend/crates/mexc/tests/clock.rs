//! What happens when the exchange refuses our time: its clock is measured once, and what was
//! refused is asked once more. Orders are not.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod server;

use std::time::{SystemTime, UNIX_EPOCH};

use domain::{CancelOutcome, PlaceOutcome, RefusalClass};
use mexc::{ClientError, ErrorClass, Lane};
use server::fixture::{client, our_id, place, symbol};
use server::{Act, Request, Server, error, ok};

fn system_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_millis()).unwrap()
}

/// An exchange whose clock is `ahead_ms` ahead of ours.
fn clock(request: &Request, ahead_ms: i64) -> Act {
    let now_ms = system_ms() + ahead_ms;
    if request.path.ends_with("/time") {
        return ok(serde_json::json!({ "serverTime": now_ms }));
    }
    let stamp: i64 = request.param("timestamp").parse().unwrap();
    let window: i64 = request.param("recvWindow").parse().unwrap();
    if stamp >= now_ms + 1_000 || now_ms - stamp > window {
        return error(700_003, "Timestamp for this request is outside of the recvWindow.");
    }
    match request.path.as_str() {
        "/api/v3/account" => ok(r#"{"balances":[]}"#),
        "/api/v3/openOrders" => ok("[]"),
        "/api/v3/userDataStream" => ok(r#"{"listenKey":"abc"}"#),
        _ => ok(r#"{"orderId":"C02__1"}"#),
    }
}

fn count(server: &Server, path: &str) -> usize {
    server.requests().iter().filter(|request| request.path.ends_with(path)).count()
}

#[tokio::test]
async fn a_question_refused_for_its_time_is_asked_again_with_the_measured_clock() {
    for ahead_ms in [30_000, -30_000] {
        let server = Server::start(move |request, _| clock(request, ahead_ms)).await;
        let client = client(&server.url);
        let resynced = client.resynced();
        assert_eq!(client.account().await.unwrap(), []);
        assert!((client.offset_ms() - ahead_ms).abs() < 5_000, "{}", client.offset_ms());
        assert_eq!(*resynced.borrow(), client.offset_ms());
        assert!(resynced.has_changed().unwrap());
        assert_eq!((count(&server, "/time"), count(&server, "/account")), (5, 2));
    }
}

#[tokio::test]
async fn a_listen_key_refused_for_its_time_is_had_with_the_next_attempt() {
    let server = Server::start(|request, _| clock(request, 30_000)).await;
    let client = client(&server.url);
    client.create_listen_key().await.unwrap_err();
    assert_eq!((count(&server, "/time"), count(&server, "/userDataStream")), (5, 1));
    client.create_listen_key().await.unwrap();
}

#[tokio::test]
async fn a_cancel_refused_for_its_time_is_asked_again() {
    let server = Server::start(|request, _| clock(request, 30_000)).await;
    let client = client(&server.url);
    let outcome = client.cancel(&symbol(), &our_id(), None, Lane::Exit).await;
    assert_eq!((outcome, count(&server, "/order")), (CancelOutcome::Accepted, 2));
}

#[tokio::test]
async fn an_order_refused_for_its_time_is_not_sent_again() {
    let server = Server::start(|request, _| clock(request, 70_000)).await;
    let outcome = place(&client(&server.url)).await;
    let PlaceOutcome::Refused(refusal) = outcome else { panic!("{outcome:?}") };
    assert_eq!((refusal.class, server.orders()), (RefusalClass::Clock, 1));
}

#[tokio::test]
async fn refusals_at_the_same_time_lead_to_one_measurement() {
    let server = Server::start(|request, _| clock(request, 30_000)).await;
    let client = client(&server.url);
    let symbol = symbol();
    let questions = (0..10).map(|_| client.open_orders(Some(&symbol)));
    for answer in futures_util::future::join_all(questions).await {
        answer.unwrap();
    }
    assert_eq!(count(&server, "/time"), 5);
}

#[tokio::test]
async fn a_clock_that_stays_wrong_is_told_after_one_more_attempt() {
    let server = Server::start(|request, _| match request.path.as_str() {
        "/api/v3/time" => ok(serde_json::json!({ "serverTime": system_ms() })),
        _ => error(700_003, "Timestamp for this request is outside of the recvWindow."),
    })
    .await;
    let outcome = client(&server.url).account().await;
    let Err(ClientError::Api(error)) = outcome else { panic!("{outcome:?}") };
    assert_eq!((error.class, count(&server, "/account")), (ErrorClass::Clock, 2));
}

#[tokio::test]
async fn without_a_measurement_the_refusal_stands() {
    let server = Server::start(|request, _| match request.path.as_str() {
        "/api/v3/time" => Act::Cut,
        _ => error(700_003, "Timestamp for this request is outside of the recvWindow."),
    })
    .await;
    let outcome = client(&server.url).account().await;
    let Err(ClientError::Api(error)) = outcome else { panic!("{outcome:?}") };
    assert_eq!((error.class, count(&server, "/account")), (ErrorClass::Clock, 1));
}
