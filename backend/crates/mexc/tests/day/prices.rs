//! The public streams of the day.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use domain::{Price, Symbol, TradeId};
use mexc::ws::Update;
use mexc::{MarketStreams, StreamConfig, StreamEvent};
use tokio::sync::watch;

use crate::keeper::Link;

#[derive(Debug, Default)]
struct Heard {
    trades: BTreeSet<TradeId>,
    twice: usize,
    bid: Option<Price>,
}

/// Prices of the pair, and what came twice.
pub(crate) struct Prices {
    pub(crate) link: watch::Receiver<Link>,
    pub(crate) streams: MarketStreams,
    heard: Arc<Mutex<Heard>>,
}

impl Prices {
    pub(crate) fn start(config: StreamConfig, symbol: &Symbol) -> Self {
        let (tell, link) = watch::channel(Link::default());
        let heard = Arc::<Mutex<Heard>>::default();
        let hearing = heard.clone();
        let sink = move |event| match event {
            StreamEvent::Update(update) => {
                hearing.lock().unwrap_or_else(PoisonError::into_inner).take(update);
            }
            StreamEvent::Up { .. } => tell.send_modify(Link::up),
            StreamEvent::Down { .. } => tell.send_modify(Link::down),
            StreamEvent::Refused { channel, reason } => panic!("{channel}: {reason}"),
        };
        let streams = MarketStreams::start(config, Arc::new(sink)).unwrap();
        streams.watch(symbol);
        Self { link, streams, heard }
    }

    /// The last best bid, how many trades were told, and how many of them twice.
    pub(crate) fn heard(&self) -> (Option<Price>, usize, usize) {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        (heard.bid, heard.trades.len(), heard.twice)
    }
}

impl Heard {
    fn take(&mut self, update: Update) {
        match update {
            Update::Trades(trades) => {
                for trade in trades {
                    self.twice += usize::from(!self.trades.insert(trade.id.unwrap()));
                }
            }
            Update::BookTop(top) => self.bid = top.bid.map(|level| level.price),
            update => panic!("{update:?}"),
        }
    }
}
