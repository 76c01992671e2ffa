//! The exchange: listings, prices, the books of the house, and what was taken of the market lately.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::{Asset, Decimal, Price, Side, Timestamp};

use super::event::{self, Before};
use super::ladder::Depletion;
use super::{AccountId, Change, Event, Ledger, Rejection};
use crate::market::{Catalogue, Listing, MarketIndex, PriceSource};

/// What an exchange starts with.
pub struct ExchangeConfig {
    /// The pairs.
    pub listings: Vec<Listing>,
    /// Where prices come from; made for exactly these listings.
    pub prices: Arc<dyn PriceSource>,
    /// Accounts to open unless the ledger knows their key.
    pub accounts: Vec<AccountSeed>,
    /// State of an earlier run.
    pub ledger: Ledger,
}

/// An account to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountSeed {
    /// API key.
    pub key: String,
    /// Free balances.
    pub balances: BTreeMap<Asset, Decimal>,
}

/// The exchange.
pub struct Exchange {
    catalogue: Catalogue,
    prices: Arc<dyn PriceSource>,
    ledger: Ledger,
    pub(super) flows: Vec<Flow>,
    /// Until when resting orders have met the market.
    pub(super) advanced_at: Option<Timestamp>,
    changes: Vec<Change>,
    events: Vec<Event>,
}

/// What orders of accounts took of one pair's market lately. Not kept over restarts.
#[derive(Debug, Clone, Default)]
pub(super) struct Flow {
    bids: Depletion,
    asks: Depletion,
    /// Flow of past moments that was too small for a step.
    pub(super) carry: Decimal,
}

impl Exchange {
    /// Opens the exchange. Newly opened accounts are among the first changes.
    pub fn new(config: ExchangeConfig) -> Self {
        let ExchangeConfig { listings, prices, accounts, ledger } = config;
        let mut exchange = Self {
            flows: vec![Flow::default(); listings.len()],
            catalogue: Catalogue::new(listings),
            prices,
            ledger,
            advanced_at: None,
            changes: Vec::new(),
            events: Vec::new(),
        };
        for seed in accounts {
            exchange.open_account(seed);
        }
        exchange
    }

    fn open_account(&mut self, seed: AccountSeed) {
        if self.account_by_key(&seed.key).is_some() {
            return;
        }
        let id = AccountId(u16::try_from(self.ledger.accounts().len()).unwrap_or(u16::MAX));
        self.record(Change::AccountOpened { id, key: seed.key, balances: seed.balances });
    }

    /// The account of an API key.
    pub fn account_by_key(&self, key: &str) -> Option<AccountId> {
        let found = self.ledger.accounts().iter().find(|account| account.key == key);
        found.map(|account| account.id)
    }

    /// Everything the house knows.
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The changes since this was last called, in order. They must be kept before their effects
    /// are told to anyone.
    pub fn take_changes(&mut self) -> Vec<Change> {
        self.take_recorded().0
    }

    /// As [`Exchange::take_changes`], with what the accounts are to be told of them, in order.
    pub fn take_recorded(&mut self) -> (Vec<Change>, Vec<Event>) {
        (std::mem::take(&mut self.changes), std::mem::take(&mut self.events))
    }

    /// All pairs, by place and by name.
    pub const fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// All pairs.
    pub fn listings(&self) -> &[Listing] {
        self.catalogue.listings()
    }

    /// Takes new rules for pairs that are known, and new pairs behind them. The price source knows
    /// them by the same places.
    pub fn relist(&mut self, listings: Vec<Listing>) {
        self.catalogue.update(listings);
        self.flows.resize_with(self.catalogue.listings().len(), Flow::default);
    }

    /// Pairs with resting orders, by place, so that what follows has one order only.
    pub(super) fn resting_markets(&self) -> BTreeSet<MarketIndex> {
        let symbols = self.ledger.resting_symbols();
        symbols.filter_map(|symbol| self.catalogue.place(symbol.as_str())).collect()
    }

    /// Where prices come from.
    pub fn prices(&self) -> &dyn PriceSource {
        self.prices.as_ref()
    }

    /// The pair with this name.
    ///
    /// # Errors
    /// [`Rejection::InvalidSymbol`] when there is none.
    pub fn market(&self, symbol: &str) -> Result<MarketIndex, Rejection> {
        self.catalogue.place(symbol).ok_or(Rejection::InvalidSymbol)
    }

    /// The pair at this place. An index comes from [`Exchange::market`] only.
    pub fn listing(&self, market: MarketIndex) -> &Listing {
        self.catalogue.listing(market)
    }

    /// The mid price.
    pub fn mid(&self, market: MarketIndex, now: Timestamp) -> Price {
        self.prices.mid(market, now)
    }

    pub(super) fn depletion(&self, market: MarketIndex, side: Side) -> &Depletion {
        let flow = &self.flows[market.0];
        if side == Side::Buy { &flow.bids } else { &flow.asks }
    }

    pub(super) fn depletion_mut(&mut self, market: MarketIndex, side: Side) -> &mut Depletion {
        let flow = &mut self.flows[market.0];
        if side == Side::Buy { &mut flow.bids } else { &mut flow.asks }
    }

    /// Makes a change true and remembers it for the log and the accounts.
    pub(super) fn record(&mut self, change: Change) {
        let before = Before::of(&change, &self.ledger);
        self.ledger.apply(&change);
        self.events.extend(event::events(&change, before, &self.ledger));
        self.changes.push(change);
    }
}
