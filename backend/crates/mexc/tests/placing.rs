//! Placing an order: what is sent, how often, and what each answer or its absence means.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod server;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use domain::{OrderKind, PlaceOutcome, RefusalClass, Side};
use mexc::{Client, ClientConfig, Lane};
use server::fixture::{ACK, client, client_with, order, place, unhurried};
use server::{Act, KEY, Server, error, header, ok};

#[tokio::test]
async fn an_order_is_sent_as_the_exchange_wants_it() {
    let server = Server::start(|_, _| ok(ACK)).await;
    let client = client(&server.url);
    let mut sent = order(&client);
    sent.timestamp_ms -= 1_234;
    sent.recv_window_ms = 54_321;
    let outcome = client.place(&sent, Lane::Entry, || true).await;
    assert!(
        matches!(outcome, PlaceOutcome::Accepted { order_id } if order_id.as_str() == "C02__700000000000000001021")
    );

    let request = &server.requests()[0];
    assert!(request.is("POST", "/order") && request.is_signed(), "{request:?}");
    assert_eq!(request.param("timestamp"), sent.timestamp_ms.to_string());
    assert_eq!(request.param("recvWindow"), "54321");
    assert_eq!(request.param("newClientOrderId"), sent.client_order_id.as_str());
    assert_eq!(request.body, "");
    assert_eq!(header(&request.head, "content-type"), Some("application/json"));
    assert_eq!(header(&request.head, "x-mexc-apikey"), Some(KEY));
    assert_eq!(header(&request.head, "accept-encoding"), None);
    assert_eq!(header(&request.head, "content-length").unwrap_or("0"), "0");
}

#[tokio::test]
async fn a_market_buy_sends_a_cost_and_a_market_sell_a_quantity() {
    let server = Server::start(|_, _| ok(ACK)).await;
    let client = client(&server.url);
    let mut sell = order(&client);
    sell.side = Side::Sell;
    sell.kind = OrderKind::Market { qty: "0.166".parse().unwrap() };
    place(&client).await;
    client.place(&sell, Lane::Exit, || true).await;
    let requests = server.requests();
    let sent: Vec<_> = requests
        .iter()
        .map(|r| (r.param("side"), r.param("type"), r.param("quoteOrderQty"), r.param("quantity")))
        .collect();
    let row = |side: &str, cost: &str, qty: &str| {
        (side.to_owned(), "MARKET".to_owned(), cost.to_owned(), qty.to_owned())
    };
    assert_eq!(sent, [row("BUY", "25", ""), row("SELL", "", "0.166")]);
}

#[tokio::test]
async fn an_acknowledgement_without_average_or_fills_is_accepted() {
    // The original crashed on `average: null` when the exchange already had the order.
    for body in
        [ACK, r#"{"orderId":"C02__1"}"#, r#"{"orderId":"C02__1","average":null,"fills":[]}"#]
    {
        let server = Server::start(move |_, _| ok(body)).await;
        let outcome = place(&client(&server.url)).await;
        assert!(matches!(outcome, PlaceOutcome::Accepted { .. }), "{body}: {outcome:?}");
        assert_eq!(server.orders(), 1);
    }
}

/// Every way to leave an order's fate open: in doubt, and exactly one request on the wire.
#[tokio::test]
async fn what_is_not_proven_is_in_doubt_and_sent_once() {
    let half = ACK[..ACK.len() / 2].to_owned();
    let cases = [
        ("503", Act::Reply(503, r#"{"code":-1003,"msg":"Unknown error"}"#.into())),
        ("504", Act::Reply(504, "<html>Gateway Time-out</html>".into())),
        ("500 after acceptance", Act::Reply(500, ACK.into())),
        ("429", Act::ReplyWith(429, "retry-after: 0", r#"{"code":429,"msg":"Too Many"}"#.into())),
        ("418", Act::ReplyWith(418, "retry-after: 0", String::new())),
        ("403", Act::ReplyWith(403, "retry-after: 0", "<html>firewall</html>".into())),
        ("408", Act::Reply(408, String::new())),
        ("html", Act::Reply(200, "<html>hello</html>".into())),
        ("empty", Act::Reply(200, String::new())),
        ("half a JSON", Act::Reply(200, half.clone())),
        ("half a body", Act::HalfBody(200, half)),
        ("unknown code", error(987_654, "new")),
        ("ambiguous code", error(700_022, "Internal Server Error")),
        ("duplicate", error(400, "duplicate client order id")),
        ("307", Act::ReplyWith(307, "location: /api/v3/order", String::new())),
        ("308", Act::ReplyWith(308, "location: /api/v3/order", String::new())),
        ("cut", Act::Cut),
        ("cut inside the head", Act::Raw("HTTP/1.1 200 OK\r\ncontent-le")),
        ("no HTTP at all", Act::Raw("SSH-2.0-OpenSSH\r\n\r\n")),
        ("too large", Act::Reply(200, format!("{}{ACK}", " ".repeat(2 << 20)))),
    ];
    for (name, act) in cases {
        let server = Server::start(move |_, _| act.clone()).await;
        let outcome = place(&client(&server.url)).await;
        assert!(matches!(outcome, PlaceOutcome::InDoubt { .. }), "{name}: {outcome:?}");
        assert_eq!(server.requests().len(), 1, "{name}");
    }
}

#[tokio::test]
async fn no_answer_in_time_is_in_doubt_and_sent_once() {
    let server = Server::start(|_, _| Act::Hang).await;
    let client = client_with(&server.url, Duration::from_millis(300), Duration::ZERO);
    let outcome = place(&client).await;
    assert!(matches!(outcome, PlaceOutcome::InDoubt { .. }), "{outcome:?}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_documented_refusal_is_final_and_sent_once() {
    for (code, text, class) in [
        (30004, "Insufficient position", RefusalClass::Funds),
        (30002, "The minimum transaction volume cannot be less than：1USDT", RefusalClass::Filter),
        (10007, "symbol not support api", RefusalClass::Symbol),
        (10072, "Api key info invalid", RefusalClass::Auth),
        (700_003, "Timestamp for this request is outside of the recvWindow.", RefusalClass::Clock),
        (700_011, "This interface is not allowed", RefusalClass::Account),
    ] {
        let server = Server::start(move |_, _| error(code, text)).await;
        let outcome = place(&client(&server.url)).await;
        let PlaceOutcome::Refused(refusal) = outcome else { panic!("{code}: {outcome:?}") };
        assert_eq!((refusal.class, refusal.code), (class, Some(code)));
        assert_eq!(server.requests().len(), 1, "{code}");
    }
}

#[tokio::test]
async fn a_refused_connection_proves_that_nothing_was_sent() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let outcome = place(&client(&url)).await;
    assert!(matches!(outcome, PlaceOutcome::NotSent { .. }), "{outcome:?}");
}

/// The server closes the kept-alive connection, before, while and after the next order arrives.
/// Whatever the race does, the order is on the wire at most once and the outcome tells the truth.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kept_alive_connection_that_dies_never_doubles_an_order() {
    for round in 0..60_u32 {
        let server = Server::start(|request, before| match (request.method.as_str(), before) {
            ("GET", _) => Act::ReplyAndClose(200, r#"{"serverTime":1}"#.into()),
            _ => ok(ACK),
        })
        .await;
        let client = client(&server.url);
        client.time().await.unwrap();
        // Vary where in the close the order falls.
        for _ in 0..round {
            tokio::task::yield_now().await;
        }
        let outcome = place(&client).await;
        match outcome {
            PlaceOutcome::Accepted { .. } => assert_eq!(server.orders(), 1),
            PlaceOutcome::InDoubt { .. } => assert!(server.orders() <= 1),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn an_order_cut_off_on_a_reused_connection_is_in_doubt_and_sent_once() {
    let server = Server::start(|request, _| match request.method.as_str() {
        "GET" => ok(r#"{"serverTime":1}"#),
        _ => Act::Cut,
    })
    .await;
    let client = client(&server.url);
    client.time().await.unwrap();
    let outcome = place(&client).await;
    assert!(matches!(outcome, PlaceOutcome::InDoubt { .. }), "{outcome:?}");
    assert_eq!(server.orders(), 1);
}

#[tokio::test]
async fn an_order_past_its_window_is_not_sent() {
    let server = Server::start(|_, _| ok(ACK)).await;
    let client = client(&server.url);
    let mut late = order(&client);
    late.timestamp_ms -= 5_001;
    late.recv_window_ms = 5_000;
    let outcome = client.place(&late, Lane::Entry, || true).await;
    assert!(matches!(outcome, PlaceOutcome::NotSent { .. }), "{outcome:?}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn the_window_is_judged_by_the_exchanges_clock() {
    let server = Server::start(|_, _| ok(ACK)).await;
    let client = client(&server.url);
    let mut sent = order(&client);
    sent.recv_window_ms = 5_000;
    client.set_offset_ms(3_600_000);
    assert!(matches!(
        client.place(&sent, Lane::Entry, || true).await,
        PlaceOutcome::NotSent { .. }
    ));
    sent.timestamp_ms += 3_600_000;
    assert!(matches!(
        client.place(&sent, Lane::Entry, || true).await,
        PlaceOutcome::Accepted { .. }
    ));
    assert_eq!(server.orders(), 1);
}

#[tokio::test]
async fn an_order_that_expires_in_the_queue_is_not_sent() {
    let server = Server::start(|_, _| ok(ACK)).await;
    let client = client_with(&server.url, Duration::from_secs(20), Duration::from_millis(400));
    let mut sent = order(&client);
    sent.recv_window_ms = 100;
    // The first takes the slot; the second waits longer than its window.
    assert!(matches!(place(&client).await, PlaceOutcome::Accepted { .. }));
    let outcome = client.place(&sent, Lane::Entry, || true).await;
    assert!(matches!(outcome, PlaceOutcome::NotSent { .. }), "{outcome:?}");
    assert_eq!(server.orders(), 1);
}

#[tokio::test]
async fn an_order_does_not_wait_out_a_long_silence() {
    let server = Server::start(|request, _| match request.method.as_str() {
        "POST" => ok(ACK),
        _ => Act::ReplyWith(418, "retry-after: 600", String::new()),
    })
    .await;
    let client = client(&server.url);
    client.time().await.unwrap_err();
    let mut sent = order(&client);
    sent.recv_window_ms = 100;
    let before = std::time::Instant::now();
    let outcome = client.place(&sent, Lane::Exit, || true).await;
    assert!(matches!(outcome, PlaceOutcome::NotSent { .. }), "{outcome:?}");
    assert!(before.elapsed() < Duration::from_secs(10), "{:?}", before.elapsed());
    assert_eq!(server.orders(), 0);
}

#[tokio::test]
async fn a_revoked_order_is_not_sent_and_is_asked_about_once_its_turn_has_come() {
    let server = Server::start(|_, _| ok(ACK)).await;
    let client = client_with(&server.url, Duration::from_secs(20), Duration::from_millis(200));
    let (allowed, asked) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicUsize::new(0)));
    client.place(&order(&client), Lane::Entry, || true).await;
    let queued = {
        let (client, allowed, asked) = (client.clone(), allowed.clone(), asked.clone());
        let sent = order(&client);
        tokio::spawn(async move {
            let may_send = || {
                asked.fetch_add(1, Ordering::SeqCst);
                allowed.load(Ordering::SeqCst)
            };
            client.place(&sent, Lane::Entry, may_send).await
        })
    };
    tokio::task::yield_now().await;
    assert_eq!(asked.load(Ordering::SeqCst), 0, "asked before its turn");
    allowed.store(false, Ordering::SeqCst);
    assert!(matches!(queued.await.unwrap(), PlaceOutcome::NotSent { .. }));
    assert_eq!((asked.load(Ordering::SeqCst), server.orders()), (1, 1));
}

#[tokio::test]
async fn without_keys_nothing_is_sent() {
    let server = Server::start(|_, _| ok(ACK)).await;
    let config = ClientConfig::new(&server.url, unhurried(Duration::ZERO));
    let client = Client::new(&config).unwrap();
    let outcome = place(&client).await;
    assert!(
        matches!(&outcome, PlaceOutcome::NotSent { why } if why.contains("MEXC_API_KEY")),
        "{outcome:?}"
    );
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn the_exchanges_wish_for_silence_holds_the_next_request() {
    let server = Server::start(|request, _| match request.method.as_str() {
        "POST" => Act::ReplyWith(429, "retry-after: 1", String::new()),
        _ => ok(r#"{"serverTime":1}"#),
    })
    .await;
    let client = client(&server.url);
    place(&client).await;
    let before = std::time::Instant::now();
    client.time().await.unwrap();
    assert!(before.elapsed() >= Duration::from_millis(900), "{:?}", before.elapsed());
}
