//! What a stream told, and the timings tests run with.

use std::sync::Arc;
use std::time::Duration;

use domain::Symbol;
use mexc::ws::Update;
use mexc::{MarketStreams, Sink, StreamConfig, StreamEvent, Timings};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::exchange::{Exchange, PATIENCE};

/// Everything a stream told, in order.
pub(crate) struct Events(mpsc::UnboundedReceiver<StreamEvent>);

impl Events {
    pub(crate) fn sink() -> (Sink, Self) {
        let (tell, told) = mpsc::unbounded_channel();
        let sink = move |event| {
            let _ = tell.send(event);
        };
        (Arc::new(sink), Self(told))
    }

    pub(crate) async fn next(&mut self) -> StreamEvent {
        timeout(PATIENCE, self.0.recv()).await.expect("nothing is told").unwrap()
    }

    pub(crate) async fn up(&mut self) {
        let event = self.next().await;
        assert!(matches!(event, StreamEvent::Up { .. }), "{event:?}");
    }

    /// Why the stream is down.
    pub(crate) async fn down(&mut self) -> String {
        let event = self.next().await;
        let StreamEvent::Down { why, .. } = event else { panic!("{event:?}") };
        why
    }

    pub(crate) async fn update(&mut self) -> Update {
        let event = self.next().await;
        let StreamEvent::Update(update) = event else { panic!("{event:?}") };
        update
    }

    /// The number of the next trade.
    pub(crate) async fn trade(&mut self) -> i64 {
        let update = self.update().await;
        let Update::Trades(trades) = update else { panic!("{update:?}") };
        assert_eq!(trades.len(), 1);
        trades[0].id.as_ref().unwrap().as_str().parse().unwrap()
    }

    pub(crate) fn is_quiet(&mut self) -> bool {
        self.0.try_recv().is_err()
    }

    /// What was told and not taken yet.
    pub(crate) fn rest(&mut self) -> Vec<StreamEvent> {
        std::iter::from_fn(|| self.0.try_recv().ok()).collect()
    }
}

/// No pause longer than a test wants to wait, and no connection too old.
pub(crate) fn quick() -> Timings {
    Timings {
        ping_every: Duration::from_millis(50),
        dead_after: PATIENCE,
        answer_within: PATIENCE,
        overlap: Duration::from_millis(50),
        overlap_at_most: PATIENCE,
        first_pause: Duration::from_millis(5),
        longest_pause: Duration::from_millis(20),
        ..Timings::default()
    }
}

pub(crate) fn config(exchange: &Exchange, timings: Timings) -> StreamConfig {
    StreamConfig { timings, ..StreamConfig::new(&exchange.url) }
}

pub(crate) fn symbol(name: &str) -> Symbol {
    Symbol::from_exchange(name)
}

/// A stream that watches one pair.
pub(crate) fn watching(exchange: &Exchange, timings: Timings) -> (MarketStreams, Events) {
    let (sink, events) = Events::sink();
    let streams = MarketStreams::start(config(exchange, timings), sink).unwrap();
    streams.watch(&symbol("ETHUSDT"));
    (streams, events)
}
