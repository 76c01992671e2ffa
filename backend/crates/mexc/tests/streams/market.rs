//! Subscribing and receiving.

use domain::Interval;
use mexc::ws::{Channel, Method, Reply, Request, Update};
use mexc::{MarketStreams, StreamConfig, StreamEvent};

use crate::events::{Events, config, quick, symbol, watching};
use crate::exchange::{Exchange, book, book_channel, deals_channel, obliging, trade};

#[tokio::test]
async fn prices_of_a_watched_pair_arrive_in_the_domains_terms() {
    let mut exchange = Exchange::start(obliging).await;
    let (streams, mut events) = watching(&exchange, quick());
    let mut peer = exchange.peer().await;
    let expected = [book_channel("ETHUSDT"), deals_channel("ETHUSDT")];
    assert_eq!(peer.subscriptions(2).await, expected);
    events.up().await;
    assert_eq!(streams.heard_at(&symbol("ETHUSDT")), None);

    peer.push(&trade("ETHUSDT", 7));
    peer.push(&book("ETHUSDT", 8));
    assert_eq!(events.trade().await, 7);
    let Update::BookTop(top) = events.update().await else { panic!("no top of the book") };
    assert_eq!((top.bid.unwrap().price.to_string(), top.version), ("99".to_owned(), Some(8)));
    assert!(streams.heard_at(&symbol("ETHUSDT")).is_some());
    assert_eq!((streams.stats().connected, streams.stats().pushes), (1, 2));
}

#[tokio::test]
async fn candles_are_a_channel_like_any_other() {
    let mut exchange = Exchange::start(obliging).await;
    let (sink, mut events) = Events::sink();
    let streams = MarketStreams::start(config(&exchange, quick()), sink).unwrap();
    streams.subscribe(Channel::Kline(symbol("ETHUSDT"), Interval::M15.into()));
    let mut peer = exchange.peer().await;
    assert_eq!(peer.subscriptions(1).await, ["spot@public.kline.v3.api.pb@ETHUSDT@Min15"]);
    events.up().await;
}

#[tokio::test]
async fn wanting_a_pair_twice_asks_once_and_giving_it_back_ends_the_connection() {
    let mut exchange = Exchange::start(obliging).await;
    let (streams, mut events) = watching(&exchange, quick());
    streams.watch(&symbol("ETHUSDT"));
    streams.watch(&symbol("BTCUSDT"));
    let mut peer = exchange.peer().await;
    assert_eq!(peer.subscriptions(4).await.len(), 4);
    events.up().await;

    streams.unwatch(&symbol("BTCUSDT"));
    for _ in 0..2 {
        let request = peer.request().await.unwrap();
        assert_eq!(request.method, Method::Unsubscription);
        assert!(request.params[0].ends_with("BTCUSDT"), "{request:?}");
    }
    streams.unwatch(&symbol("ETHUSDT"));
    peer.gone().await;
    assert!(exchange.is_quiet());
    assert_eq!(streams.stats().connected, 0);
}

#[tokio::test]
async fn channels_beyond_the_limit_open_further_connections() {
    let mut exchange = Exchange::start(obliging).await;
    let (sink, mut events) = Events::sink();
    let limited = StreamConfig { channels_per_connection: 3, ..config(&exchange, quick()) };
    let streams = MarketStreams::start(limited, sink).unwrap();
    for pair in ["AUSDT", "BUSDT"] {
        streams.watch(&symbol(pair));
    }
    let (mut first, mut second) = (exchange.peer().await, exchange.peer().await);
    events.up().await;
    events.up().await;
    // Connections race, so the smaller one may have come first.
    let (a, b) = tokio::join!(first.subscriptions(1), second.subscriptions(1));
    assert_ne!(a, b);
    assert_eq!(streams.stats().connected, 2);
    assert!(exchange.is_quiet());
}

fn without_books(request: &Request) -> Option<Reply> {
    match request.params.first() {
        Some(channel) if channel.contains("bookTicker") => Some(Reply::blocked(0, channel)),
        _ => obliging(request),
    }
}

#[tokio::test]
async fn a_refused_channel_is_told_once_and_not_asked_for_again() {
    let mut exchange = Exchange::start(without_books).await;
    let (streams, mut events) = watching(&exchange, quick());
    let mut peer = exchange.peer().await;
    peer.subscriptions(2).await;
    let refused =
        StreamEvent::Refused { channel: book_channel("ETHUSDT"), reason: "Blocked".to_owned() };
    let told = [events.next().await, events.next().await];
    assert!(told.contains(&refused) && told.contains(&StreamEvent::Up { connection: 0 }));

    streams.watch(&symbol("ETHUSDT"));
    peer.close();
    events.down().await;
    let mut peer = exchange.peer().await;
    assert_eq!(peer.subscriptions(1).await, [deals_channel("ETHUSDT")]);
    events.up().await;
    peer.push(&trade("ETHUSDT", 1));
    assert_eq!(events.trade().await, 1);
    assert!(events.is_quiet());
}

fn without_anything(request: &Request) -> Option<Reply> {
    request.params.first().map(|channel| Reply::blocked(0, channel))
}

#[tokio::test]
async fn a_connection_without_a_single_channel_is_given_up_until_another_is_wanted() {
    let mut exchange = Exchange::start(without_anything).await;
    let (streams, mut events) = watching(&exchange, quick());
    let mut peer = exchange.peer().await;
    for _ in 0..2 {
        assert!(matches!(events.next().await, StreamEvent::Refused { .. }));
    }
    assert!(events.down().await.contains("refuses every channel"));
    peer.gone().await;
    assert!(exchange.is_quiet());
    streams.watch(&symbol("BTCUSDT"));
    let mut peer = exchange.peer().await;
    assert!(peer.subscriptions(1).await[0].ends_with("BTCUSDT"));
}

#[tokio::test]
async fn what_is_said_twice_is_told_once() {
    let mut exchange = Exchange::start(obliging).await;
    let (streams, mut events) = watching(&exchange, quick());
    let peer = exchange.peer().await;
    events.up().await;
    for push in [trade("ETHUSDT", 1), book("ETHUSDT", 5)] {
        peer.push(&push);
        peer.push(&push);
        events.update().await;
    }
    peer.push(&book("ETHUSDT", 4));
    peer.push(&trade("ETHUSDT", 2));
    assert_eq!(events.trade().await, 2);
    assert_eq!(streams.stats().duplicates, 3);
}
