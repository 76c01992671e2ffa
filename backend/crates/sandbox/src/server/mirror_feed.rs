//! The door through which a mirrored market is told what the other exchange says, and through
//! which it says what it wants to know.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::{Decimal, Price, Qty, Side, Symbol, Timestamp};
use mexc_wire::rest::{self, BookTicker, DecimalText, SymbolInfo, Ticker24h};
use mexc_wire::ws::{Channel, KlineUpdate, Level, PushSpeed, Update};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::clock;
use crate::market::candles::{Kline, KlineRequest};
use crate::market::day::Day;
use crate::market::mirror::{Mirror, ToldTrade};
use crate::market::{Best, listed};

/// How long something asked for is wanted.
const WANTED_FOR: Duration = Duration::from_mins(2);
/// Most channels wanted at a time, so that looking at every pair does not subscribe to every pair.
const MOST_WANTED: usize = 150;
/// Candles that are asked for at a time; more are turned away.
const WISHES: usize = 32;
/// Longest wait for candles.
const CANDLES_WITHIN: Duration = Duration::from_secs(5);

/// Tells a mirrored market, and asks what it wants. Cheap to clone.
#[derive(Debug, Clone)]
pub struct MirrorFeed {
    pub(super) mirror: Arc<Mirror>,
    wanted: Arc<Mutex<HashMap<Channel, Timestamp>>>,
    wishes: mpsc::Sender<CandleWish>,
}

/// Candles that somebody waits for.
#[derive(Debug)]
pub struct CandleWish {
    /// The pair.
    pub symbol: Symbol,
    /// Which candles.
    pub request: KlineRequest,
    /// Takes the exchange's answer, oldest first; dropped when there is none.
    pub answer: oneshot::Sender<Vec<rest::Kline>>,
}

impl MirrorFeed {
    /// A mirror of an exchange with these pairs, and what will be wished for.
    pub fn new(symbols: &[SymbolInfo]) -> (Self, mpsc::Receiver<CandleWish>) {
        let (wishes, taken) = mpsc::channel(WISHES);
        let feed = Self { mirror: Arc::default(), wanted: Arc::default(), wishes };
        feed.list(symbols);
        (feed, taken)
    }

    /// Takes the whole list of pairs again.
    pub fn list(&self, symbols: &[SymbolInfo]) {
        self.mirror.list(symbols.iter().filter_map(listed::listing).collect());
    }

    /// Takes the best prices of pairs; asking for them took so long.
    pub fn book_tickers(&self, tickers: &[BookTicker], took: Duration) {
        let at = clock::now();
        let when = (at.minus(took), at);
        for ticker in tickers {
            let bid = best(ticker.bid_price, ticker.bid_qty);
            let ask = best(ticker.ask_price, ticker.ask_qty);
            self.mirror.quote(&ticker.symbol, (bid, ask), when);
        }
    }

    /// Takes the last days of pairs.
    pub fn days(&self, tickers: &[Ticker24h]) {
        let at = clock::now();
        for ticker in tickers {
            if let Some(day) = day(ticker) {
                self.mirror.day(&ticker.symbol, day, at);
            }
        }
    }

    /// Takes what a stream says; other things than public market data mean nothing here.
    pub fn update(&self, update: &Update) {
        let at = clock::now();
        match update {
            Update::Trades(trades) => {
                for trade in trades {
                    let taker = trade.taker.unwrap_or(Side::Buy);
                    let told = ToldTrade { price: trade.price, qty: trade.qty, taker };
                    self.mirror.traded(trade.symbol.as_str(), &[told], at);
                }
            }
            Update::BookTop(top) => {
                let best = |level: Level| Best { price: level.price, qty: level.qty };
                let sides = (top.bid.map(best), top.ask.map(best));
                self.mirror.quote(top.symbol.as_str(), sides, (at, at));
            }
            Update::Kline(update) => {
                self.mirror.candle(update.symbol.as_str(), update.interval, candle(update), at);
            }
            Update::Depth(_) | Update::Order(_) | Update::Deal(_) | Update::Balance(_) => {}
        }
    }

    /// The channels that somebody has use for.
    pub fn wanted(&self) -> BTreeSet<Channel> {
        let now = clock::now();
        let mut wanted = self.lock();
        wanted.retain(|_, at| now.since(*at) < WANTED_FOR);
        wanted.keys().cloned().collect()
    }

    /// Notes that somebody looks at a pair.
    pub(super) fn look(&self, symbol: &Symbol) {
        self.want(Channel::AggreBookTicker(PushSpeed::Ms100, symbol.clone()));
        self.want(Channel::AggreDeals(PushSpeed::Ms100, symbol.clone()));
    }

    /// Notes that somebody listens to a channel.
    pub(super) fn listen(&self, channel: &Channel) {
        if let Some(symbol) = channel.symbol() {
            self.look(symbol);
        }
        if matches!(channel, Channel::Kline(..)) {
            self.want(channel.clone());
        }
    }

    /// The other exchange's candles; [`None`] when they cannot be had in time.
    pub(super) async fn candles(
        &self,
        symbol: Symbol,
        request: KlineRequest,
    ) -> Option<Vec<rest::Kline>> {
        let (answer, answered) = oneshot::channel();
        self.wishes.try_send(CandleWish { symbol, request, answer }).ok()?;
        timeout(CANDLES_WITHIN, answered).await.ok()?.ok()
    }

    fn want(&self, channel: Channel) {
        let mut wanted = self.lock();
        if wanted.len() < MOST_WANTED || wanted.contains_key(&channel) {
            wanted.insert(channel, clock::now());
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Channel, Timestamp>> {
        // A map of times cannot be left half changed.
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An empty side has no price; a price without a quantity offers nothing.
fn best(price: Option<DecimalText>, qty: Option<DecimalText>) -> Option<Best> {
    let (price, qty) = (Price::new(price?.0).ok()?, Qty::new(qty?.0).ok()?);
    (!qty.is_zero()).then_some(Best { price, qty })
}

fn day(ticker: &Ticker24h) -> Option<Day> {
    let price = |value: Option<DecimalText>| Price::new(value?.0).ok();
    let figure = |value: Option<DecimalText>| value.and_then(|v| f64::try_from(v.0).ok());
    let last = price(ticker.last_price)?;
    let volume = figure(ticker.volume).unwrap_or(0.0);
    let of_volume = || volume * f64::try_from(last.get()).unwrap_or(0.0);
    Some(Day {
        open: price(ticker.open_price).unwrap_or(last),
        high: price(ticker.high_price).unwrap_or(last),
        low: price(ticker.low_price).unwrap_or(last),
        last,
        volume,
        turnover: figure(ticker.quote_volume).unwrap_or_else(of_volume),
    })
}

/// Its turnover is not told; it is taken as volume at the last price.
fn candle(update: &KlineUpdate) -> Kline {
    let candle = &update.candle;
    let turnover: Decimal = candle.close.notional(candle.volume).get();
    Kline {
        open_time: candle.open_time,
        close_time: update.closes_at,
        open: candle.open,
        high: candle.high,
        low: candle.low,
        close: candle.close,
        volume: candle.volume.get(),
        turnover,
    }
}
