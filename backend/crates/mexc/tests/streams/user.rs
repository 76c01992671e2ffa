//! The user stream: listen keys, private pushes, and what becomes of both in trouble.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use domain::OrderStatus;
use mexc::ws::{
    Body, PrivateAccount, PrivateDeals, PrivateOrders, PushDataV3ApiWrapper, Reply, Request, Update,
};
use mexc::{StreamEvent, Timings, UserStream};

use crate::events::{Events, config, quick};
use crate::exchange::{Exchange, PATIENCE, Peer, obliging};
use crate::server::fixture::client;
use crate::server::{Act, Request as RestRequest, Server, error, ok};

const CHANNELS: [&str; 3] = [
    "spot@private.account.v3.api.pb",
    "spot@private.deals.v3.api.pb",
    "spot@private.orders.v3.api.pb",
];

fn key(number: usize) -> String {
    format!("{number:064x}")
}

/// Every new key has the next number; everything else succeeds.
fn generous(request: &RestRequest, before: usize) -> Act {
    assert!(request.is_signed(), "{request:?}");
    match request.method.as_str() {
        "POST" => ok(serde_json::json!({ "listenKey": key(before + 1) })),
        _ => ok(serde_json::json!({ "listenKey": request.param("listenKey") })),
    }
}

fn start(exchange: &Exchange, rest: &Server, timings: Timings) -> (UserStream, Events) {
    let (sink, events) = Events::sink();
    let stream = UserStream::start(&config(exchange, timings), client(&rest.url), sink).unwrap();
    (stream, events)
}

/// The keys that a method was used with, in order.
fn keys(rest: &Server, method: &str) -> Vec<String> {
    let all = rest.requests();
    let matching = all.iter().filter(|request| request.is(method, "/userDataStream"));
    matching.map(|request| request.param("listenKey")).collect()
}

async fn subscribed(exchange: &mut Exchange, events: &mut Events) -> Peer {
    let mut peer = exchange.peer().await;
    assert_eq!(peer.subscriptions(3).await, CHANNELS);
    events.up().await;
    peer
}

fn push(channel: &str, body: Body) -> PushDataV3ApiWrapper {
    PushDataV3ApiWrapper {
        channel: channel.to_owned(),
        symbol: Some("SOLUSDT".to_owned()),
        send_time: Some(1_760_000_000_000),
        body: Some(body),
        ..PushDataV3ApiWrapper::default()
    }
}

fn order() -> PushDataV3ApiWrapper {
    let body = PrivateOrders {
        id: "C02__1".to_owned(),
        client_id: "levi-ea1-0011223344".to_owned(),
        trade_type: 1,
        cumulative_quantity: "0.5".to_owned(),
        cumulative_amount: "12.5".to_owned(),
        status: 3,
        ..PrivateOrders::default()
    };
    push(CHANNELS[2], Body::PrivateOrders(body))
}

fn deal(number: usize) -> PushDataV3ApiWrapper {
    let body = PrivateDeals {
        price: "25".to_owned(),
        quantity: "0.5".to_owned(),
        amount: "12.5".to_owned(),
        trade_type: 1,
        trade_id: format!("{number}X1"),
        order_id: "C02__1".to_owned(),
        client_order_id: "levi-ea1-0011223344".to_owned(),
        ..PrivateDeals::default()
    };
    push(CHANNELS[1], Body::PrivateDeals(body))
}

fn balance() -> PushDataV3ApiWrapper {
    let body = PrivateAccount {
        vcoin_name: "USDT".to_owned(),
        balance_amount: "87.5".to_owned(),
        frozen_amount: "1".to_owned(),
        ..PrivateAccount::default()
    };
    PushDataV3ApiWrapper { symbol: None, ..push(CHANNELS[0], Body::PrivateAccount(body)) }
}

#[tokio::test]
async fn orders_deals_and_balances_arrive_behind_a_listen_key_which_is_given_back() {
    let (mut exchange, rest) = (Exchange::start(obliging).await, Server::start(generous).await);
    let (stream, mut events) = start(&exchange, &rest, quick());
    let mut peer = subscribed(&mut exchange, &mut events).await;
    assert_eq!(peer.target, format!("/ws?listenKey={}", key(1)));

    peer.push(&order());
    let Update::Order(order) = events.update().await else { panic!("no order") };
    assert_eq!((order.status, order.executed_qty.to_string().as_str()), {
        (OrderStatus::PartiallyFilled, "0.5")
    });
    // The same deal twice is one deal.
    peer.push(&deal(1));
    peer.push(&deal(1));
    let Update::Deal(deal) = events.update().await else { panic!("no deal") };
    assert_eq!(deal.fill.trade_id.as_str(), "1X1");
    assert_eq!(deal.client_order_id.unwrap().as_str(), "levi-ea1-0011223344");
    peer.push(&balance());
    let Update::Balance(balance) = events.update().await else { panic!("no balance") };
    assert_eq!((balance.free.to_string(), balance.locked.to_string()), ("87.5".into(), "1".into()));

    stream.stop().await;
    peer.gone().await;
    assert_eq!(keys(&rest, "DELETE"), [key(1)]);
}

#[tokio::test]
async fn a_key_is_extended_as_long_as_its_connection_lives() {
    let (mut exchange, rest) = (Exchange::start(obliging).await, Server::start(generous).await);
    let timings = Timings { keep_key_every: Duration::from_millis(50), ..quick() };
    let (stream, mut events) = start(&exchange, &rest, timings);
    let _peer = subscribed(&mut exchange, &mut events).await;
    until(|| keys(&rest, "PUT").len() >= 3).await;
    assert!(keys(&rest, "PUT").iter().all(|extended| *extended == key(1)));
    assert!(events.is_quiet());
    stream.stop().await;
}

/// Waits for something that must come true.
async fn until(is_true: impl Fn() -> bool) {
    let wait = async {
        while !is_true() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("it never came true");
}

#[tokio::test]
async fn a_lapsed_key_is_replaced_together_with_its_connection() {
    let mut exchange = Exchange::start(obliging).await;
    let rest = Server::start(|request, before| {
        let lapsed = request.method == "PUT" && request.param("listenKey") == key(1);
        if lapsed { error(700_004, "listenKey is expired") } else { generous(request, before) }
    })
    .await;
    let timings = Timings { keep_key_every: Duration::from_millis(200), ..quick() };
    let (stream, mut events) = start(&exchange, &rest, timings);
    let mut first = subscribed(&mut exchange, &mut events).await;
    let why = events.down().await;
    assert!(why.contains("lapsed"), "{why}");
    first.gone().await;
    let second = subscribed(&mut exchange, &mut events).await;
    assert_eq!(second.target, format!("/ws?listenKey={}", key(2)));
    stream.stop().await;
}

#[tokio::test]
async fn trouble_while_extending_a_key_is_no_reason_to_give_it_up() {
    let mut exchange = Exchange::start(obliging).await;
    let rest = Server::start(|request, before| match (request.method.as_str(), before) {
        ("PUT", 0) => Act::Cut,
        ("PUT", 1) => Act::Reply(503, "busy".to_owned()),
        _ => generous(request, before),
    })
    .await;
    let pause = Duration::from_millis(50);
    let timings = Timings { keep_key_every: pause, keep_key_again: pause, ..quick() };
    let (stream, mut events) = start(&exchange, &rest, timings);
    let _peer = subscribed(&mut exchange, &mut events).await;
    until(|| keys(&rest, "PUT").len() >= 4).await;
    assert!(events.is_quiet());
    stream.stop().await;
}

#[tokio::test]
async fn every_connection_has_a_key_of_its_own_and_old_ones_are_given_back() {
    let (mut exchange, rest) = (Exchange::start(obliging).await, Server::start(generous).await);
    let (stream, mut events) = start(&exchange, &rest, quick());
    for number in 1..=50 {
        let peer = subscribed(&mut exchange, &mut events).await;
        assert_eq!(peer.target, format!("/ws?listenKey={}", key(number)));
        peer.push(&deal(number));
        let Update::Deal(deal) = events.update().await else { panic!("no deal") };
        assert_eq!(deal.fill.trade_id.as_str(), format!("{number}X1"));
        peer.close();
        events.down().await;
    }
    stream.stop().await;
    let (mut given, mut taken) = (keys(&rest, "DELETE"), Vec::new());
    given.sort();
    taken.extend((1..=rest.requests().iter().filter(|r| r.method == "POST").count()).map(key));
    assert_eq!(given, taken);
}

#[tokio::test]
async fn the_daily_renewal_loses_nothing_and_asks_for_reconciliation() {
    let (mut exchange, rest) = (Exchange::start(obliging).await, Server::start(generous).await);
    let timings = Timings { max_age: Duration::from_millis(200), ..quick() };
    let (stream, mut events) = start(&exchange, &rest, timings);
    let mut old = subscribed(&mut exchange, &mut events).await;
    let mut new = exchange.peer().await;
    new.subscriptions(3).await;
    assert_ne!(old.target, new.target);
    for peer in [&old, &new] {
        peer.push(&deal(1));
    }
    let Update::Deal(_) = events.update().await else { panic!("no deal") };
    old.gone().await;
    events.up().await;
    stream.stop().await;
}

#[tokio::test]
async fn without_a_listen_key_there_is_no_stream_until_there_is_one() {
    let mut exchange = Exchange::start(obliging).await;
    let rest = Server::start(|request, before| match (request.method.as_str(), before) {
        ("POST", 0) => error(700_002, "Signature for this request is not valid."),
        ("POST", 1) => Act::Reply(503, "busy".to_owned()),
        ("POST", 2) => ok("{}"),
        ("POST", 3) => Act::Cut,
        _ => generous(request, before),
    })
    .await;
    let (stream, mut events) = start(&exchange, &rest, quick());
    let why = events.down().await;
    assert!(why.contains("no listen key") && why.contains("MEXC_API"), "{why}");
    subscribed(&mut exchange, &mut events).await;
    stream.stop().await;
}

#[tokio::test]
async fn a_key_whose_connection_failed_is_given_back() {
    let rest = Server::start(generous).await;
    // It speaks HTTP, but no WebSocket.
    let nobody = Server::start(|_, _| Act::Reply(404, String::new())).await;
    let (sink, mut events) = Events::sink();
    let url = nobody.url.replace("http://", "ws://");
    let config = mexc::StreamConfig { timings: quick(), ..mexc::StreamConfig::new(url) };
    let stream = UserStream::start(&config, client(&rest.url), sink).unwrap();
    let why = events.down().await;
    assert!(why.contains("404"), "{why}");
    until(|| !keys(&rest, "DELETE").is_empty()).await;
    stream.stop().await;
    assert_eq!(events.rest(), []);
}

static REFUSE_ORDERS: AtomicBool = AtomicBool::new(true);

fn without_orders(request: &Request) -> Option<Reply> {
    match request.params.first() {
        Some(channel) if channel.contains("orders") && REFUSE_ORDERS.load(Ordering::Relaxed) => {
            Some(Reply::blocked(0, channel))
        }
        _ => obliging(request),
    }
}

#[tokio::test]
async fn a_refused_private_channel_leaves_the_others_and_is_asked_for_again_at_renewal() {
    let mut exchange = Exchange::start(without_orders).await;
    let rest = Server::start(generous).await;
    let timings = Timings { max_age: Duration::from_millis(300), ..quick() };
    let (stream, mut events) = start(&exchange, &rest, timings);
    let mut peer = exchange.peer().await;
    assert_eq!(peer.subscriptions(3).await, CHANNELS);
    let told = [events.next().await, events.next().await];
    assert!(told.iter().any(|event| matches!(event, StreamEvent::Refused { .. })), "{told:?}");
    REFUSE_ORDERS.store(false, Ordering::Relaxed);
    let mut renewed = exchange.peer().await;
    assert_eq!(renewed.subscriptions(3).await, CHANNELS);
    events.up().await;
    stream.stop().await;
}

#[tokio::test]
async fn no_listen_key_appears_in_what_is_told() {
    let exchange = Exchange::start(obliging).await;
    let rest = Server::start(|request, before| match request.method.as_str() {
        "PUT" => error(990_001, &format!("key {} is gone", request.param("listenKey"))),
        _ => generous(request, before),
    })
    .await;
    let pause = Duration::from_millis(60);
    let timings = Timings { keep_key_every: pause, keep_key_again: pause, ..quick() };
    let (stream, mut events) = start(&exchange, &rest, timings);
    events.up().await;
    let why = events.down().await;
    assert!(why.contains("key ") && !why.contains(&key(1)), "{why}");
    stream.stop().await;
    let made = client(&rest.url).create_listen_key().await.unwrap();
    assert_eq!(format!("{made:?}"), "ListenKey([hidden])");
}
