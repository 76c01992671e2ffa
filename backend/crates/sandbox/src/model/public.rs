//! Trades and candles as everyone sees them: those of others and those of the accounts.

use domain::{Decimal, Side, Timestamp};

use super::book::opposite;
use super::exchange::Exchange;
use super::{Trade, ids};
use crate::market::candles::{Kline, KlineRequest, klines};
use crate::market::tape::{self, PublicTrade};
use crate::market::{Listing, MarketIndex};

impl Exchange {
    /// The newest public trades in `from..=to`, newest first, at most `limit`.
    pub fn public_trades(
        &self,
        market: MarketIndex,
        (from, to): (Timestamp, Timestamp),
        limit: usize,
    ) -> Vec<PublicTrade> {
        let listing = self.listing(market);
        let mut all = tape::trades(self.prices(), (market, listing), (from, to), limit);
        let oldest = from.max(to.minus(tape::REACH));
        let own = self.own_trades(self.trades_before(oldest), listing).rev();
        all.extend(own.skip_while(|trade| trade.at > to).take(limit));
        all.sort_by_key(|trade| std::cmp::Reverse((trade.at, trade.number)));
        all.truncate(limit);
        all
    }

    /// Public trades since a moment (exclusive) and since so many trades of accounts, oldest first.
    pub fn public_trades_since(
        &self,
        market: MarketIndex,
        (since, seen): (Timestamp, usize),
        now: Timestamp,
    ) -> Vec<PublicTrade> {
        let listing = self.listing(market);
        let mut all = tape::trades(self.prices(), (market, listing), (since, now), usize::MAX);
        all.retain(|trade| trade.at > since);
        all.extend(self.own_trades(seen, listing));
        all.sort_by_key(|trade| (trade.at, trade.number));
        all
    }

    /// Executions that accounts took part in, as the public sees them, oldest first.
    fn own_trades<'a>(
        &'a self,
        seen: usize,
        listing: &'a Listing,
    ) -> impl DoubleEndedIterator<Item = PublicTrade> + 'a {
        let later = self.ledger().trades().get(seen..).unwrap_or_default();
        later.iter().filter(|trade| trade.symbol == listing.symbol).filter_map(as_public)
    }

    /// How many trades of accounts were made before a moment.
    fn trades_before(&self, at: Timestamp) -> usize {
        self.ledger().trades().partition_point(|trade| trade.at < at)
    }

    /// Candles with the accounts' own trades in volume, high and low.
    pub fn klines(&self, market: MarketIndex, request: KlineRequest, now: Timestamp) -> Vec<Kline> {
        let listing = self.listing(market);
        let mut candles = klines(self.prices(), (market, listing), request, now);
        let Some(first) = candles.first().map(|candle| candle.open_time) else {
            return candles;
        };
        for trade in self.own_trades(self.trades_before(first), listing) {
            let after = candles.partition_point(|candle| candle.open_time <= trade.at);
            let candle = after.checked_sub(1).and_then(|place| candles.get_mut(place));
            if let Some(candle) = candle.filter(|candle| trade.at < candle.close_time) {
                add(candle, &trade);
            }
        }
        candles
    }
}

fn add(candle: &mut Kline, trade: &PublicTrade) {
    candle.high = candle.high.max(trade.price);
    candle.low = candle.low.min(trade.price);
    candle.volume += trade.qty.get();
    candle.turnover += trade.price.notional(trade.qty).get();
    let plain = |value: Decimal| value.normalize();
    (candle.volume, candle.turnover) = (plain(candle.volume), plain(candle.turnover));
}

/// The execution behind an account's part in it; [`None`] for the second part of an execution
/// between accounts.
fn as_public(trade: &Trade) -> Option<PublicTrade> {
    let taker: Side = match (trade.is_maker, ids::is_second_part(&trade.id)) {
        (_, true) => return None,
        (true, false) => opposite(trade.side),
        (false, false) => trade.side,
    };
    Some(PublicTrade {
        price: trade.price,
        qty: trade.qty,
        taker,
        at: trade.at,
        number: trade.number,
    })
}
