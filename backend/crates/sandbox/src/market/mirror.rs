//! The market of another exchange, as far as it was told: best prices, trades, candles, days.
//!
//! What is told counts from the moment it is told. A pair that nothing was told of for
//! [`FRESH_FOR`] is quoted by nobody, so that no order meets a price that may be gone.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use domain::{Decimal, Price, Qty, Side, Timestamp};
use mexc_wire::ws::KlineInterval;

use super::candles::Kline;
use super::day::Day;
use super::tape::PublicTrade;
use super::{
    Best, Catalogue, Listing, MarketIndex, PriceRange, PriceSource, Quoting, SymbolStatus,
};

/// How long best prices count after they were told.
pub const FRESH_FOR: Duration = Duration::from_secs(6);
/// How long prices are remembered.
const PRICES_KEPT: Duration = Duration::from_mins(1);
/// Trades and candles that are remembered of a pair.
const TRADES_KEPT: usize = 1_000;
const CANDLES_KEPT: usize = 3;

/// A market that is told from outside.
#[derive(Debug)]
pub struct Mirror {
    told: RwLock<Told>,
    /// Until when anyone has looked: what is told later happens later.
    looked_at: AtomicI64,
}

#[derive(Debug)]
struct Told {
    catalogue: Catalogue,
    /// Grows with each list.
    version: u64,
    pairs: Vec<Pair>,
    /// When the latest thing was told.
    latest: Timestamp,
}

#[derive(Debug, Default)]
struct Pair {
    bid: Option<Best>,
    ask: Option<Best>,
    quoted_at: Option<Timestamp>,
    /// Mids, each from its time on.
    mids: VecDeque<(Timestamp, Price)>,
    trades: VecDeque<PublicTrade>,
    candles: HashMap<KlineInterval, VecDeque<Kline>>,
    day: Option<Day>,
}

/// A trade as the other exchange told it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToldTrade {
    /// Price.
    pub price: Price,
    /// Base.
    pub qty: Qty,
    /// Who took.
    pub taker: Side,
}

impl Default for Mirror {
    fn default() -> Self {
        let told = Told {
            catalogue: Catalogue::default(),
            version: 0,
            pairs: Vec::new(),
            latest: Timestamp::EPOCH,
        };
        Self { told: RwLock::new(told), looked_at: AtomicI64::new(0) }
    }
}

impl Mirror {
    fn read(&self) -> RwLockReadGuard<'_, Told> {
        // Each thing told is taken in whole before the next one.
        self.told.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Told> {
        self.told.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the whole list of pairs. A known pair that is missing from it is off.
    pub fn list(&self, listings: Vec<Listing>) {
        let mut told = self.write();
        let listed = Catalogue::new(listings);
        let known = told.catalogue.listings().iter();
        let missing = known.filter(|known| listed.place(known.symbol.as_str()).is_none());
        let off = |listing: &Listing| Listing { status: SymbolStatus::Offline, ..listing.clone() };
        let off: Vec<Listing> = missing.map(off).collect();
        told.catalogue.update(off.into_iter().chain(listed.listings().iter().cloned()));
        told.version += 1;
        let count = told.catalogue.listings().len();
        told.pairs.resize_with(count, Pair::default);
    }

    /// The pairs and the version of the list, if it is later than `version`.
    pub fn listed_after(&self, version: u64) -> Option<(u64, Vec<Listing>)> {
        let told = self.read();
        let later = told.version > version;
        later.then(|| (told.version, told.catalogue.listings().to_vec()))
    }

    /// The place of a pair.
    pub fn place(&self, symbol: &str) -> Option<MarketIndex> {
        self.read().catalogue.place(symbol)
    }

    /// Takes the best prices of a pair as they were at some time after `since`. What was told
    /// since then is later and stays.
    pub fn quote(
        &self,
        symbol: &str,
        (bid, ask): (Option<Best>, Option<Best>),
        (since, at): (Timestamp, Timestamp),
    ) {
        self.take(symbol, at, |pair, listing, at| {
            if pair.quoted_at.is_some_and(|quoted| quoted > since) {
                return;
            }
            (pair.bid, pair.ask, pair.quoted_at) = (bid, ask, Some(at));
            if let Some(mid) = mid_of(listing, bid, ask) {
                pair.moved(mid, at);
            }
        });
    }

    /// Takes trades of a pair, oldest first.
    pub fn traded(&self, symbol: &str, trades: &[ToldTrade], at: Timestamp) {
        self.take(symbol, at, |pair, _, at| {
            for trade in trades {
                let after = pair.trades.back().map_or(0, |last| last.number + 1);
                let number = after.max(at.as_millis().cast_unsigned() << 18);
                let ToldTrade { price, qty, taker } = *trade;
                pair.trades.push_back(PublicTrade { price, qty, taker, at, number });
            }
            let surplus = pair.trades.len().saturating_sub(TRADES_KEPT);
            pair.trades.drain(..surplus);
        });
    }

    /// Takes the present candle of a pair.
    pub fn candle(&self, symbol: &str, interval: KlineInterval, candle: Kline, at: Timestamp) {
        self.take(symbol, at, |pair, _, _| {
            let candles = pair.candles.entry(interval).or_default();
            candles.retain(|known| known.open_time < candle.open_time);
            candles.push_back(candle);
            if candles.len() > CANDLES_KEPT {
                candles.pop_front();
            }
        });
    }

    /// Takes the last day of a pair.
    pub fn day(&self, symbol: &str, day: Day, at: Timestamp) {
        self.take(symbol, at, |pair, _, _| pair.day = Some(day));
    }

    fn take(
        &self,
        symbol: &str,
        at: Timestamp,
        change: impl FnOnce(&mut Pair, &Listing, Timestamp),
    ) {
        let mut told = self.write();
        let looked_at = Timestamp::from_micros(self.looked_at.load(Ordering::Relaxed));
        told.latest = at.max(told.latest).max(looked_at.plus(Duration::from_micros(1)));
        let Told { catalogue, pairs, latest, .. } = &mut *told;
        if let Some((place, listing)) = catalogue.find(symbol) {
            change(&mut pairs[place.0], listing, *latest);
        }
    }

    /// Looks at a pair up to `to`.
    fn look<T>(&self, market: MarketIndex, to: Timestamp, look: impl FnOnce(&Pair) -> T) -> T {
        let told = self.read();
        self.looked_at.fetch_max(to.as_micros(), Ordering::Relaxed);
        look(&told.pairs[market.0])
    }

    fn first_price(&self, market: MarketIndex) -> Price {
        self.read().catalogue.listing(market).base_price
    }
}

/// The middle of the best prices, a multiple of the tick; that of one side where the other is
/// empty.
fn mid_of(listing: &Listing, bid: Option<Best>, ask: Option<Best>) -> Option<Price> {
    let (bid, ask) = (bid.or(ask)?.price, ask.or(bid)?.price);
    let mid = Price::new((bid.get() + ask.get()) / Decimal::TWO).ok()?;
    mid.floor_to(listing.tick()).or(Some(bid))
}

impl Pair {
    fn moved(&mut self, mid: Price, at: Timestamp) {
        if self.mids.back().is_none_or(|(_, last)| *last != mid) {
            self.mids.push_back((at, mid));
        }
        while self.mids.get(1).is_some_and(|(next, _)| at.since(*next) > PRICES_KEPT) {
            self.mids.pop_front();
        }
    }

    fn mid(&self, at: Timestamp) -> Option<Price> {
        let after = self.mids.partition_point(|(since, _)| *since <= at);
        self.mids.get(after.saturating_sub(1)).map(|(_, mid)| *mid)
    }

    /// Trades after `from`, up to `to`: spans that follow each other share none.
    fn trades(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = &PublicTrade> {
        let first = self.trades.partition_point(|trade| trade.at <= from);
        self.trades.range(first..).take_while(move |trade| trade.at <= to)
    }

    /// Prices at the start of the span and within it.
    fn prices(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = Price> {
        let mids = self.mids.iter().filter(move |(at, _)| from < *at && *at <= to);
        let traded = self.trades(from, to).map(|trade| trade.price);
        self.mid(from).into_iter().chain(mids.map(|(_, mid)| *mid)).chain(traded)
    }

    fn is_fresh(&self, at: Timestamp) -> bool {
        self.quoted_at.is_some_and(|quoted| at.since(quoted) <= FRESH_FOR)
    }

    /// Quote units behind the best prices: more where more is traded.
    fn level_quote(&self) -> Decimal {
        let turnover = self.day.map_or(0.0, |day| day.turnover);
        Decimal::from(match turnover {
            t if t >= 1e8 => 1_500,
            t if t >= 1e7 => 500,
            t if t >= 1e6 => 250,
            t if t >= 1e5 => 60,
            _ => 15,
        })
    }
}

impl PriceSource for Mirror {
    fn mid(&self, market: MarketIndex, at: Timestamp) -> Price {
        let told = self.look(market, at, |pair| pair.mid(at));
        told.unwrap_or_else(|| self.first_price(market))
    }

    fn range(&self, market: MarketIndex, from: Timestamp, to: Timestamp) -> PriceRange {
        let start = self.mid(market, from);
        self.look(market, to, |pair| {
            pair.prices(from, to).fold(PriceRange { low: start, high: start }, |range, price| {
                PriceRange { low: range.low.min(price), high: range.high.max(price) }
            })
        })
    }

    fn turnover(&self, market: MarketIndex, from: Timestamp, to: Timestamp) -> f64 {
        let quote: Decimal = self.look(market, to, |pair| {
            pair.trades(from, to).map(|trade| trade.price.notional(trade.qty).get()).sum()
        });
        f64::try_from(quote).unwrap_or(0.0)
    }

    fn quoting(&self, market: MarketIndex, at: Timestamp) -> Quoting {
        self.look(market, at, |pair| {
            if pair.is_fresh(at) {
                Quoting::From { bid: pair.bid, ask: pair.ask, level_quote: pair.level_quote() }
            } else {
                Quoting::Nobody
            }
        })
    }

    fn seen_trades(
        &self,
        market: MarketIndex,
        from: Timestamp,
        to: Timestamp,
    ) -> Option<Vec<PublicTrade>> {
        Some(self.look(market, to, |pair| pair.trades(from, to).cloned().collect()))
    }

    fn told_candles(&self, market: MarketIndex, interval: KlineInterval) -> Option<Vec<Kline>> {
        let candles = |pair: &Pair| pair.candles.get(&interval).cloned().unwrap_or_default();
        Some(self.look(market, Timestamp::EPOCH, candles).into())
    }

    fn told_day(&self, market: MarketIndex) -> Option<Day> {
        self.look(market, Timestamp::EPOCH, |pair| pair.day)
    }
}
