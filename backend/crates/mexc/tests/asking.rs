//! Questions: orders, lists, market data, and what stays secret.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod server;

use std::time::Duration;

use domain::{CancelOutcome, Interval, OrderStatus, QueryOutcome};
use mexc::{Client, ClientConfig, ClientError, ConfigError, Lane, TransportError};
use mexc_wire::ErrorClass;
use server::fixture::{
    ACK, EXCHANGE_INFO, KLINES, ORDER, TRADES, client, client_with, order, our_id, place, symbol,
    unhurried,
};
use server::{Act, KEY, Request, SECRET, Server, error, ok};

const TIME: &str = r#"{"serverTime":1760000099000}"#;

fn missing() -> Act {
    error(-2013, "Order does not exist.")
}

/// An exchange that knows no order.
fn nowhere(request: &Request) -> Act {
    match request.path.as_str() {
        "/api/v3/order" => missing(),
        "/api/v3/time" => ok(TIME),
        _ => ok("[]"),
    }
}

async fn query(client: &Client, search_lists: bool) -> QueryOutcome {
    client.query(&symbol(), &our_id(), None, search_lists).await
}

fn paths(server: &Server) -> Vec<String> {
    server.requests().iter().map(|r| r.path.replace("/api/v3/", "")).collect()
}

#[tokio::test]
async fn a_known_order_comes_with_its_fills() {
    let server = Server::start(|request, _| match request.path.as_str() {
        "/api/v3/order" => ok(ORDER),
        _ => ok(TRADES),
    })
    .await;
    let QueryOutcome::Found { order, fills } = query(&client(&server.url), false).await else {
        panic!("not found")
    };
    assert_eq!(order.status, OrderStatus::Filled);
    assert_eq!(fills.len(), 2);
    assert!(server.requests().iter().all(Request::is_signed));
    assert_eq!(server.requests()[0].param("origClientOrderId"), our_id().as_str());
    assert_eq!(server.requests()[1].param("orderId"), order.order_id.as_str());
}

#[tokio::test]
async fn an_order_is_asked_for_by_the_exchanges_id_when_it_is_known() {
    let server = Server::start(|_, _| ok(ORDER)).await;
    let id = domain::ExchangeOrderId::new("C02__700000000000000001021");
    client(&server.url).query(&symbol(), &our_id(), Some(&id), false).await;
    assert_eq!(server.requests()[0].param("orderId"), id.as_str());
    assert_eq!(server.requests()[0].param("origClientOrderId"), "");
}

#[tokio::test]
async fn fills_that_cannot_be_read_do_not_hide_the_order() {
    let server = Server::start(|request, _| match request.path.as_str() {
        "/api/v3/order" => ok(ORDER),
        _ => Act::Reply(503, String::new()),
    })
    .await;
    let outcome = query(&client(&server.url), false).await;
    assert!(matches!(outcome, QueryOutcome::Found { ref fills, .. } if fills.is_empty()));
}

#[tokio::test]
async fn foreign_trades_are_no_fills_of_ours() {
    let server = Server::start(|request, _| match request.path.as_str() {
        "/api/v3/order" => ok(ORDER),
        _ => ok(TRADES.replace("001021", "999021")),
    })
    .await;
    let outcome = query(&client(&server.url), false).await;
    assert!(matches!(outcome, QueryOutcome::Found { ref fills, .. } if fills.is_empty()));
}

#[tokio::test]
async fn not_found_carries_a_time_read_after_the_answer() {
    let server = Server::start(|request, _| nowhere(request)).await;
    let outcome = query(&client(&server.url), false).await;
    let expected =
        QueryOutcome::NotFound { server_time_ms: 1_760_000_099_000, searched_lists: false };
    assert_eq!(outcome, expected);
    assert_eq!(paths(&server), ["order", "time"]);
}

#[tokio::test]
async fn searching_the_lists_looks_everywhere_after_the_time_was_read() {
    let server = Server::start(|request, _| nowhere(request)).await;
    let outcome = query(&client(&server.url), true).await;
    let expected =
        QueryOutcome::NotFound { server_time_ms: 1_760_000_099_000, searched_lists: true };
    assert_eq!(outcome, expected);
    assert_eq!(paths(&server), ["order", "time", "order", "openOrders", "allOrders", "myTrades"]);
}

#[tokio::test]
async fn an_order_in_any_list_is_found() {
    for place in ["openOrders", "allOrders"] {
        let server = Server::start(move |request, _| match request.path.as_str() {
            path if path.ends_with(place) => ok(format!("[{ORDER}]")),
            "/api/v3/myTrades" => ok(TRADES),
            _ => nowhere(request),
        })
        .await;
        let outcome = query(&client(&server.url), true).await;
        assert!(
            matches!(outcome, QueryOutcome::Found { ref fills, .. } if fills.len() == 2),
            "{place}"
        );
    }
}

#[tokio::test]
async fn an_order_that_appears_on_the_second_look_is_found() {
    let server = Server::start(|request, before| match (request.path.as_str(), before) {
        ("/api/v3/order", 1) => ok(ORDER),
        ("/api/v3/myTrades", _) => ok(TRADES),
        _ => nowhere(request),
    })
    .await;
    assert!(matches!(query(&client(&server.url), true).await, QueryOutcome::Found { .. }));
}

#[tokio::test]
async fn a_trade_proves_an_order_that_nothing_else_shows() {
    let server = Server::start(|request, _| match request.path.as_str() {
        "/api/v3/myTrades" => ok(TRADES),
        "/api/v3/order" if !request.param("orderId").is_empty() => ok(ORDER),
        _ => nowhere(request),
    })
    .await;
    assert!(matches!(query(&client(&server.url), true).await, QueryOutcome::Found { .. }));

    let hidden = Server::start(|request, _| match request.path.as_str() {
        "/api/v3/myTrades" => ok(TRADES),
        _ => nowhere(request),
    })
    .await;
    assert!(matches!(query(&client(&hidden.url), true).await, QueryOutcome::Failed { .. }));
}

#[tokio::test]
async fn any_unanswered_part_makes_the_question_fail_and_proves_nothing() {
    for broken in ["order", "time", "openOrders", "allOrders", "myTrades"] {
        for act in [Act::Reply(503, String::new()), Act::Cut, ok("<html>"), error(10072, "key")] {
            let server = Server::start(move |request, _| {
                if request.path.ends_with(&format!("/{broken}")) {
                    act.clone()
                } else {
                    nowhere(request)
                }
            })
            .await;
            let outcome = query(&client(&server.url), true).await;
            assert!(matches!(outcome, QueryOutcome::Failed { .. }), "{broken}: {outcome:?}");
        }
    }
}

#[tokio::test]
async fn cancelling_tells_taken_done_and_failed_apart() {
    for (act, expected) in [
        (
            ok(r#"{"symbol":"SOLUSDT","orderId":"C02__1","status":"NEW"}"#),
            Some(CancelOutcome::Accepted),
        ),
        (error(-2011, "Order filled."), Some(CancelOutcome::AlreadyDone)),
        (Act::Cut, None),
        (Act::Reply(503, String::new()), None),
    ] {
        let server = Server::start(move |_, _| act.clone()).await;
        let client = client(&server.url);
        let outcome = client.cancel(&symbol(), &our_id(), None, Lane::Exit).await;
        match expected {
            Some(expected) => assert_eq!(outcome, expected),
            None => assert!(matches!(outcome, CancelOutcome::Failed { .. }), "{outcome:?}"),
        }
        let request = &server.requests()[0];
        assert!(request.is("DELETE", "/order") && request.is_signed());
        assert_eq!(request.param("origClientOrderId"), our_id().as_str());
    }
}

#[tokio::test]
async fn a_strange_order_blocks_the_list_only_if_it_may_be_ours() {
    let strange = ORDER.replace("\"FILLED\"", "\"MELTED\"");
    let foreign = strange.replace("\"levi-ea1-0011223344\"", "null");
    for (list, expected) in
        [(format!("[{ORDER},{foreign}]"), Some(1)), (format!("[{strange}]"), None)]
    {
        let server = Server::start(move |_, _| ok(&list)).await;
        let orders = client(&server.url).open_orders(None).await;
        assert_eq!(orders.ok().map(|orders| orders.len()), expected);
        assert_eq!(server.requests()[0].param("symbol"), "");
    }
}

#[tokio::test]
async fn balances_are_sized_by_the_smaller_of_free_and_available() {
    let body = r#"{"balances":[{"asset":"USDT","free":"50","locked":"7","available":"49.5"}]}"#;
    let server = Server::start(move |_, _| ok(body)).await;
    let balances = client(&server.url).account().await.unwrap();
    assert_eq!(balances[0].asset.as_str(), "USDT");
    assert_eq!(
        (balances[0].free.to_string(), balances[0].locked.to_string()),
        ("49.5".into(), "7".into())
    );
}

#[tokio::test]
async fn signed_reads_follow_the_offset_and_the_window() {
    let server = Server::start(|_, _| ok(r#"{"balances":[]}"#)).await;
    let client = client(&server.url);
    client.set_offset_ms(-3_600_000);
    client.account().await.unwrap();
    let request = &server.requests()[0];
    let signed: i64 = request.param("timestamp").parse().unwrap();
    assert!((client.exchange_now_ms() - signed).abs() < 60_000, "{signed}");
    assert_eq!(request.param("recvWindow"), "5000");
}

#[tokio::test]
async fn the_offset_is_the_median_of_several_answers() {
    let start = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let ahead = i64::try_from(start.as_millis()).unwrap() + 3_600_000;
    let server = Server::start(move |_, before| match before {
        1 => ok(r#"{"serverTime":1}"#),
        3 => Act::Reply(503, String::new()),
        _ => ok(format!("{{\"serverTime\":{ahead}}}")),
    })
    .await;
    let offset = client(&server.url).clock_offset_ms().await.unwrap();
    assert!((3_540_000..=3_600_000).contains(&offset), "{offset}");
    assert_eq!(server.requests().len(), 5);
}

#[tokio::test]
async fn markets_prices_and_candles_are_read() {
    let server = Server::start(|request, _| match request.path.as_str() {
        "/api/v3/exchangeInfo" => ok(EXCHANGE_INFO),
        "/api/v3/ticker/price" => {
            ok(r#"[{"symbol":"AUSDT","price":"1"},{"symbol":"SOLUSDT","price":"150.50"}]"#)
        }
        "/api/v3/klines" => ok(KLINES),
        _ => ok(
            r#"[{"symbol":"SOLUSDT","bidPrice":"150","bidQty":"1","askPrice":"151","askQty":"1"},
                {"symbol":"EMPTYUSDT","bidPrice":"","bidQty":"","askPrice":null,"askQty":null},
                {"symbol":"ZEROUSDT","bidPrice":"0","bidQty":"0","askPrice":"1","askQty":"1"}]"#,
        ),
    })
    .await;
    let client = client(&server.url);
    let list = client.exchange_info().await.unwrap();
    assert_eq!((list.markets.len(), list.skipped), (2, 5));
    assert_eq!(client.ticker_price(&symbol()).await.unwrap().to_string(), "150.5");
    let books = client.book_tickers().await.unwrap();
    assert_eq!(books.len(), 1);
    assert_eq!(client.book_ticker(&symbol()).await.unwrap(), books[0]);
    let candles = client.klines(&symbol(), Interval::M15, 1).await.unwrap();
    assert_eq!(candles[0].close.to_string(), "149");
    assert_eq!(server.requests().last().unwrap().query, "symbol=SOLUSDT&interval=15m&limit=2");
}

#[tokio::test]
async fn an_unfinished_candle_is_left_out() {
    let server = Server::start(|_, _| ok(KLINES)).await;
    let client = client(&server.url);
    client.set_offset_ms(1_760_001_300_000 - client.exchange_now_ms());
    let candles = client.klines(&symbol(), Interval::M15, 10).await.unwrap();
    assert_eq!(candles.len(), 1);
}

#[tokio::test]
async fn an_unlisted_pair_is_called_unknown() {
    let refused = Server::start(|_, _| error(-1121, "Invalid symbol.")).await;
    let ignored = Server::start(|_, _| ok(r#"[{"symbol":"AUSDT","price":"1"}]"#)).await;
    for server in [refused, ignored] {
        let failure = client(&server.url).ticker_price(&symbol()).await.unwrap_err();
        assert!(failure.to_string().contains("Unknown symbol for MEXC"), "{failure}");
        assert!(matches!(failure, ClientError::Api(e) if e.class == ErrorClass::Symbol));
    }
}

#[tokio::test]
async fn a_checked_order_reaches_only_the_check() {
    let server = Server::start(|_, _| ok("{}")).await;
    let client = client(&server.url);
    client.order_test(&order(&client)).await.unwrap();
    assert!(server.requests()[0].is("POST", "/order/test") && server.requests()[0].is_signed());
}

/// A server that quotes the whole request back, in each kind of answer.
#[tokio::test]
async fn key_secret_and_signature_appear_in_no_text() {
    for status in [200, 400, 401, 403, 503] {
        let server = Server::start(move |request, _| {
            let quoted =
                format!("{} {} {SECRET}", request.query, request.head.replace("\r\n", " "));
            let body = match status {
                400 => serde_json::json!({ "code": 10072, "msg": quoted }).to_string(),
                _ => format!("<html>{quoted}</html>"),
            };
            Act::ReplyWith(status, "retry-after: 0", body)
        })
        .await;
        let client = client(&server.url);
        let texts = [
            format!("{:?}", place(&client).await),
            format!("{:?}", client.account().await.unwrap_err()),
            client.account().await.unwrap_err().to_string(),
            format!("{:?}", query(&client, true).await),
            format!("{:?}", client.cancel(&symbol(), &our_id(), None, Lane::Exit).await),
        ];
        let signatures = server.requests().iter().map(|r| r.param("signature")).collect::<Vec<_>>();
        for text in &texts {
            assert!(!text.contains(KEY) && !text.contains(SECRET), "{status}: {text}");
            assert!(signatures.iter().all(|s| s.is_empty() || !text.contains(s)), "{text}");
        }
    }
}

#[tokio::test]
async fn a_key_that_occurs_in_an_id_changes_nothing_that_is_read() {
    let server = Server::start(|request, _| match request.path.as_str() {
        "/api/v3/order" => ok(ORDER),
        _ => ok(TRADES),
    })
    .await;
    let config = ClientConfig::new(&server.url, unhurried(Duration::ZERO));
    let client = Client::new(&config.with_keys("levi".into(), "SOL".into())).unwrap();
    let outcome = query(&client, false).await;
    assert!(
        matches!(outcome, QueryOutcome::Found { ref order, .. }
            if order.client_order_id == Some(our_id()) && order.symbol == symbol()),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn transport_errors_name_no_query() {
    let server = Server::start(|_, _| Act::Hang).await;
    let client = client_with(&server.url, Duration::from_millis(200), Duration::ZERO);
    let failure = client.account().await.unwrap_err();
    assert!(matches!(failure, ClientError::Transport(TransportError::NoAnswer(_))), "{failure:?}");
    assert!(!format!("{failure} {failure:?}").contains("signature"), "{failure:?}");
}

#[tokio::test]
async fn debug_shows_no_secret() {
    let config = ClientConfig::new("http://127.0.0.1:1", unhurried(Duration::ZERO))
        .with_keys(KEY.into(), SECRET.into());
    let text = format!("{config:?} {:?}", Client::new(&config).unwrap());
    assert!(!text.contains(KEY) && !text.contains(SECRET), "{text}");
    assert!(text.contains("127.0.0.1"), "{text}");
}

#[tokio::test]
async fn a_configuration_that_cannot_work_says_which_setting() {
    let good = ClientConfig::new("http://127.0.0.1:1", unhurried(Duration::ZERO));
    let with = |change: &dyn Fn(&mut ClientConfig)| {
        let mut config = good.clone();
        change(&mut config);
        Client::new(&config).unwrap_err()
    };
    assert_eq!(with(&|c| c.api_key = Some(KEY.into())), ConfigError::HalfAKey);
    assert_eq!(with(&|c| *c = c.clone().with_keys("".into(), "".into())), ConfigError::HalfAKey);
    assert_eq!(
        with(&|c| *c = c.clone().with_keys("a\nb".into(), "s".into())),
        ConfigError::UnusableKey
    );
    assert_eq!(with(&|c| c.recv_window_ms = 60_001), ConfigError::RecvWindow(60_001));
    assert!(matches!(with(&|c| c.base_url = "mexc".into()), ConfigError::BaseUrl(_)));
}

#[tokio::test]
async fn the_exchange_is_read_whole_and_an_acknowledgement_is_no_order() {
    let server = Server::start(|_, _| ok(ACK)).await;
    let outcome = query(&client(&server.url), false).await;
    assert!(matches!(outcome, QueryOutcome::Failed { .. }), "{outcome:?}");
}
