//! Everything a network and a server can do to a stream.

use std::time::Duration;

use mexc::ws::{Method, Reply, Request};
use mexc::{MarketStreams, StreamConfig, StreamError, Timings};
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::Message;

use crate::events::{Events, quick, symbol, watching};
use crate::exchange::{Exchange, book_channel, deals_channel, obliging, trade};

#[tokio::test]
async fn a_lost_connection_is_told_and_everything_is_subscribed_again() {
    let mut exchange = Exchange::start(obliging).await;
    let (streams, mut events) = watching(&exchange, quick());
    for number in 0..20 {
        let mut peer = exchange.peer().await;
        let expected = [book_channel("ETHUSDT"), deals_channel("ETHUSDT")];
        assert_eq!(peer.subscriptions(2).await, expected);
        events.up().await;
        peer.push(&trade("ETHUSDT", number));
        assert_eq!(events.trade().await, number);
        peer.close();
        events.down().await;
    }
    assert_eq!(streams.stats().lost, 20);
}

#[tokio::test]
async fn a_frame_cut_in_the_middle_is_nothing_and_the_stream_comes_back() {
    let mut exchange = Exchange::start(obliging).await;
    let (streams, mut events) = watching(&exchange, quick());
    let peer = exchange.peer().await;
    events.up().await;
    let whole = trade("ETHUSDT", 1).to_frame();
    // A BINARY frame that promises all and brings half.
    let mut half = vec![0x82, u8::try_from(whole.len()).unwrap()];
    half.extend(&whole[..whole.len() / 2]);
    peer.break_off_after(&half);
    events.down().await;
    exchange.peer().await;
    events.up().await;
    assert_eq!(streams.stats().pushes, 0);
}

#[tokio::test]
async fn garbage_is_counted_and_harms_nothing() {
    let mut exchange = Exchange::start(obliging).await;
    let (streams, mut events) = watching(&exchange, quick());
    let peer = exchange.peer().await;
    events.up().await;
    let whole = trade("ETHUSDT", 1).to_frame();
    let mut senseless = trade("ETHUSDT", 1);
    if let Some(mexc::ws::Body::PublicAggreDeals(body)) = &mut senseless.body {
        body.deals[0].price = "a lot".to_owned();
        body.deals[0].trade_id = "another".to_owned();
    }
    for garbage in [
        Message::binary(vec![0xff; 40]),
        Message::binary(whole[..whole.len() - 3].to_vec()),
        Message::binary(senseless.to_frame()),
        Message::text("not json"),
        Message::text("{\"msg\":[]}"),
    ] {
        peer.send(garbage);
    }
    // Neither a push for a channel nobody wants nor an unknown reply is an error.
    peer.push(&trade("OTHERUSDT", 1));
    peer.send(Message::text("{\"id\":0,\"code\":9,\"msg\":\"who knows\"}"));
    peer.push(&trade("ETHUSDT", 2));
    assert_eq!(events.trade().await, 2);
    assert_eq!(streams.stats().unreadable, 5);
}

#[tokio::test]
async fn an_unreachable_address_is_told_once_and_tried_until_somebody_answers() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let (sink, mut events) = Events::sink();
    let url = format!("ws://{address}/ws");
    let config = StreamConfig { timings: quick(), ..StreamConfig::new(url) };
    let streams = MarketStreams::start(config, sink).unwrap();
    streams.watch(&symbol("ETHUSDT"));
    let why = events.down().await;
    assert!(why.contains(&address.to_string()), "{why}");
    let listener = TcpListener::bind(address).await.unwrap();
    let mut exchange = Exchange::listen(listener, obliging);
    exchange.peer().await.subscriptions(2).await;
    // Attempts failed meanwhile, but nothing was told twice.
    events.up().await;
}

fn silent(request: &Request) -> Option<Reply> {
    (request.method != Method::Ping).then(|| obliging(request)).flatten()
}

fn impatient() -> Timings {
    Timings { dead_after: Duration::from_millis(300), ..quick() }
}

#[tokio::test]
async fn a_connection_without_a_frame_is_dead() {
    let mut exchange = Exchange::start(silent).await;
    let (_streams, mut events) = watching(&exchange, impatient());
    let mut peer = exchange.peer().await;
    events.up().await;
    let why = events.down().await;
    assert!(why.contains("silent"), "{why}");
    peer.gone().await;
    exchange.peer().await;
    events.up().await;
}

#[tokio::test]
async fn answered_pings_keep_a_quiet_connection() {
    let mut exchange = Exchange::start(obliging).await;
    let (_streams, mut events) = watching(&exchange, impatient());
    let peer = exchange.peer().await;
    events.up().await;
    tokio::time::sleep(2 * impatient().dead_after).await;
    assert!(events.is_quiet());
    peer.push(&trade("ETHUSDT", 1));
    assert_eq!(events.trade().await, 1);
}

fn deaf(request: &Request) -> Option<Reply> {
    (request.method == Method::Ping).then(|| Reply::pong(0))
}

#[tokio::test]
async fn a_subscription_without_reply_is_repeated_until_a_push_proves_it() {
    let mut exchange = Exchange::start(deaf).await;
    let timings = Timings { answer_within: Duration::from_millis(100), ..quick() };
    let (_streams, mut events) = watching(&exchange, timings);
    let mut peer = exchange.peer().await;
    let (first, second) = (peer.subscriptions(2).await, peer.subscriptions(2).await);
    assert_eq!(first, second);
    assert!(events.is_quiet());
    peer.push(&trade("ETHUSDT", 1));
    peer.push(&crate::exchange::book("ETHUSDT", 1));
    events.update().await;
    // The last channel is settled before its push is told.
    let rest = [events.next().await, events.next().await];
    assert!(rest.iter().any(|event| matches!(event, mexc::StreamEvent::Up { .. })), "{rest:?}");
}

#[test]
fn an_address_that_is_none_is_refused_at_once() {
    let (sink, _events) = Events::sink();
    let started = MarketStreams::start(StreamConfig::new("https://wbs-api.mexc.com/ws"), sink);
    assert!(matches!(started.err(), Some(StreamError::Address(_))));
}
