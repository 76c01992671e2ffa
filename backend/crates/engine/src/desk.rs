//! What the engine knows of the outside right now. None of it is journalled: it is asked for again
//! after a restart.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use domain::{
    Asset, Candle, ClientOrderId, Decimal, Market, Markets, PositionId, Room, Symbol, Timestamp,
};

use crate::atr;
use crate::input::{Balance, Quote};
use crate::standing::Standing;

/// When to ask for an order next.
#[derive(Debug, Clone)]
pub(crate) struct Probe {
    /// Not before this.
    pub(crate) next_at: Timestamp,
    /// Questions asked so far without news.
    pub(crate) tries: u32,
    /// Answers that showed a fill without its fees.
    pub(crate) fee_looks: u32,
    /// A question is on its way.
    pub(crate) in_flight: bool,
    /// News came while it was: ask again at once.
    pub(crate) ask_again: bool,
    /// When the last cancel was sent.
    pub(crate) cancel_sent_at: Option<Timestamp>,
    /// The person was told that the order stays hidden.
    pub(crate) alarmed: bool,
}

/// What candles said of a symbol.
#[derive(Debug, Clone)]
struct Range {
    atr: Option<Decimal>,
    fetched_at: Timestamp,
}

/// Longest age of candles before they are fetched anew.
const CANDLES_KEEP: Duration = Duration::from_mins(5);

#[derive(Debug, Default)]
pub(crate) struct Desk {
    pub(crate) markets: Arc<Markets>,
    quotes: HashMap<Symbol, Quote>,
    ranges: HashMap<Symbol, Range>,
    candles_asked: HashSet<Symbol>,
    pub(crate) balances: Vec<Balance>,
    pub(crate) balances_at: Option<Timestamp>,
    pub(crate) clock_offset_ms: i64,
    pub(crate) resumed_at: Option<Timestamp>,
    pub(crate) probes: BTreeMap<ClientOrderId, Probe>,
    /// Pairs whose market orders the exchange refused by type.
    pub(crate) without_market_orders: BTreeSet<Symbol>,
    /// The room left for the journal, and whether it was short when last judged.
    pub(crate) room: Option<Room>,
    pub(crate) room_is_short: bool,
    /// Held pairs that do not let us buy and sell, as the person was told.
    pub(crate) restricted: BTreeMap<Symbol, Standing>,
    /// Positions a person was told of because less is free than is held.
    pub(crate) short_of: BTreeSet<PositionId>,
    /// Since when a position's stop could not fire, and whether a person was told.
    pub(crate) unprotected_since: BTreeMap<PositionId, (Timestamp, bool)>,
}

impl Desk {
    /// A pair with its rules. Where the exchange refused market orders by type, it takes none.
    pub(crate) fn market(&self, symbol: &Symbol) -> Option<Market> {
        let mut market = self.markets.get(symbol).cloned()?;
        market.market_orders &= !self.without_market_orders.contains(symbol);
        Some(market)
    }

    /// Takes a new market list. A held pair that it lacks is kept, closed, so that its exits still
    /// know its rules.
    pub(crate) fn set_markets<'a>(
        &mut self,
        markets: Arc<Markets>,
        held: impl Iterator<Item = &'a Symbol>,
    ) {
        let known = std::mem::replace(&mut self.markets, markets);
        let missing = held.filter(|symbol| self.markets.get(symbol).is_none());
        let kept: Vec<Market> = missing.filter_map(|symbol| known.get(symbol).cloned()).collect();
        if kept.is_empty() {
            return;
        }
        let kept = kept.into_iter().map(|market| Market { open: false, ..market });
        let all = self.markets.iter().cloned().chain(kept);
        self.markets = Arc::new(Markets::new(all.collect::<Vec<_>>()));
    }

    /// Takes a quote; allocates only for a symbol never seen before. Gives the time of the one
    /// before it.
    pub(crate) fn set_quote(&mut self, symbol: &Symbol, quote: Quote) -> Option<Timestamp> {
        if let Some(known) = self.quotes.get_mut(symbol) {
            return Some(std::mem::replace(known, quote).at);
        }
        self.quotes.insert(symbol.clone(), quote);
        None
    }

    /// Whether market list and prices have come in since the start.
    pub(crate) fn knows_the_market(&self) -> bool {
        !self.markets.is_empty() && !self.quotes.is_empty()
    }

    pub(crate) fn quote(&self, symbol: &Symbol) -> Option<&Quote> {
        self.quotes.get(symbol)
    }

    /// Takes finished candles; an empty list means they could not be had.
    pub(crate) fn set_candles(
        &mut self,
        symbol: &Symbol,
        candles: &[Candle],
        lookback: usize,
        at: Timestamp,
    ) {
        self.candles_asked.remove(symbol);
        let atr = atr::wilder(candles, lookback);
        self.ranges.insert(symbol.clone(), Range { atr, fetched_at: at });
    }

    /// The ATR in quote units, where recent candles gave one.
    pub(crate) fn atr(&self, symbol: &Symbol, at: Timestamp) -> Option<Decimal> {
        let range = self.ranges.get(symbol)?;
        (at.since(range.fetched_at) < CANDLES_KEEP * 2).then_some(range.atr).flatten()
    }

    /// Whether candles should be fetched now; remembers that they are.
    pub(crate) fn ask_candles(&mut self, symbol: &Symbol, at: Timestamp) -> bool {
        let fresh = self
            .ranges
            .get(symbol)
            .is_some_and(|range| range.atr.is_some() && at.since(range.fetched_at) < CANDLES_KEEP);
        !fresh && self.candles_asked.insert(symbol.clone())
    }

    /// Whether candles are on their way.
    pub(crate) fn awaits_candles(&self, symbol: &Symbol) -> bool {
        self.candles_asked.contains(symbol)
    }

    /// The free amount of an asset; [`None`] before balances are known.
    pub(crate) fn free(&self, asset: &Asset) -> Option<Decimal> {
        self.balances_at?;
        let held = self.balances.iter().find(|balance| balance.asset == *asset);
        Some(held.map_or(Decimal::ZERO, |balance| balance.free))
    }

    /// Asks for an order from `next_at` on.
    pub(crate) fn probe(&mut self, id: &ClientOrderId, next_at: Timestamp) {
        let fresh = Probe {
            next_at,
            tries: 0,
            fee_looks: 0,
            in_flight: false,
            ask_again: false,
            cancel_sent_at: None,
            alarmed: false,
        };
        let probe = self.probes.entry(id.clone()).or_insert(fresh);
        if probe.in_flight {
            probe.ask_again = true;
        } else {
            probe.next_at = probe.next_at.min(next_at);
        }
    }
}
