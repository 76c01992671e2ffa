//! The exchange ends every connection after 24 hours: the next one is there before.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use mexc::{StreamEvent, Timings};

use crate::events::{quick, watching};
use crate::exchange::{Exchange, Peer, book, obliging, trade};

/// Connections are renewed several times a second.
fn short_lived() -> Timings {
    Timings { max_age: Duration::from_millis(300), ..quick() }
}

#[tokio::test]
async fn renewals_leave_neither_a_hole_nor_a_duplicate() {
    const TRADES: i64 = 600;
    let mut exchange = Exchange::start(obliging).await;
    let (streams, mut events) = watching(&exchange, short_lived());
    let peers: Arc<Mutex<Vec<Peer>>> = Arc::default();
    let mut first = exchange.peer().await;
    first.subscriptions(2).await;
    events.up().await;
    peers.lock().unwrap().push(first);
    let joined = Arc::clone(&peers);
    let joining = tokio::spawn(async move {
        loop {
            let mut peer = exchange.peer().await;
            peer.subscriptions(2).await;
            joined.lock().unwrap().push(peer);
        }
    });
    let mut pace = tokio::time::interval(Duration::from_millis(3));
    for number in 1..=TRADES {
        pace.tick().await;
        for peer in peers.lock().unwrap().iter() {
            peer.push(&trade("ETHUSDT", number));
            peer.push(&book("ETHUSDT", number));
        }
    }
    let (mut trades, mut tops, mut ups) = (Vec::new(), Vec::new(), 0);
    while trades.last() != Some(&TRADES) || tops.last() != Some(&TRADES) {
        match events.next().await {
            StreamEvent::Update(mexc::ws::Update::Trades(new)) => {
                trades.extend(new.iter().map(|trade| trade.at.as_millis()));
            }
            StreamEvent::Update(mexc::ws::Update::BookTop(top)) => {
                tops.push(i64::try_from(top.version.unwrap()).unwrap());
            }
            StreamEvent::Up { .. } => ups += 1,
            event => panic!("{event:?}"),
        }
    }
    joining.abort();
    // At the moment of joining, the new connection may be a trade ahead of the old one.
    trades.sort_unstable();
    assert_eq!(trades, (1..=TRADES).collect::<Vec<i64>>());
    assert!(tops.is_sorted_by(|left, right| left < right), "{tops:?}");
    assert!(ups >= 2, "{ups} renewals in {TRADES} trades");
    assert!(streams.stats().duplicates > 0, "old and new one never ran side by side");
    assert_eq!((streams.stats().lost, streams.stats().connected), (0, 1));
}

#[tokio::test]
async fn the_old_connection_ends_only_after_the_new_one_is_subscribed() {
    let mut exchange = Exchange::start(obliging).await;
    let (_streams, mut events) = watching(&exchange, short_lived());
    let mut old = exchange.peer().await;
    old.subscriptions(2).await;
    events.up().await;
    let mut new = exchange.peer().await;
    old.push(&trade("ETHUSDT", 1));
    assert_eq!(events.trade().await, 1);
    new.subscriptions(2).await;
    new.push(&trade("ETHUSDT", 2));
    assert_eq!(events.trade().await, 2);
    old.gone().await;
    events.up().await;
    new.push(&trade("ETHUSDT", 3));
    assert_eq!(events.trade().await, 3);
}

#[tokio::test]
async fn a_new_connection_that_delivers_nothing_never_replaces_one_that_does() {
    let mut exchange = Exchange::start(obliging).await;
    let timings = Timings { overlap_at_most: Duration::from_millis(200), ..short_lived() };
    let (_streams, mut events) = watching(&exchange, timings);
    let mut old = exchange.peer().await;
    old.subscriptions(2).await;
    events.up().await;
    let mut mute = exchange.peer().await;
    mute.subscriptions(2).await;
    let mut number = 0;
    let mut pace = tokio::time::interval(Duration::from_millis(10));
    let giving_up = mute.gone();
    tokio::pin!(giving_up);
    loop {
        tokio::select! {
            () = &mut giving_up => break,
            _ = pace.tick() => {
                number += 1;
                old.push(&trade("ETHUSDT", number));
                assert_eq!(events.trade().await, number);
            }
        }
    }
    assert!(number > 5, "given up after {number} trades");
    old.push(&trade("ETHUSDT", number + 1));
    assert_eq!(events.trade().await, number + 1);
}

#[tokio::test]
async fn when_the_old_one_dies_first_the_new_one_takes_over_at_once() {
    let mut exchange = Exchange::start(obliging).await;
    let timings = Timings { overlap: Duration::from_secs(5), ..short_lived() };
    let (_streams, mut events) = watching(&exchange, timings);
    let mut old = exchange.peer().await;
    old.subscriptions(2).await;
    events.up().await;
    let mut new = exchange.peer().await;
    new.subscriptions(2).await;
    new.push(&trade("ETHUSDT", 1));
    assert_eq!(events.trade().await, 1);
    old.close();
    events.down().await;
    events.up().await;
    new.push(&trade("ETHUSDT", 2));
    assert_eq!(events.trade().await, 2);
    assert!(exchange.is_quiet());
}
