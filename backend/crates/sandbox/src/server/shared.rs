//! What all requests share: the exchange behind a lock, its log, keys and counters.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::Timestamp;

use super::clock;
use super::limits::Gate;
use super::listen_keys::ListenKeys;
use super::refused::Refused;
use crate::market::scripted::Scripted;
use crate::market::{Listing, MarketIndex, PriceSource};
use crate::model::{AccountId, Exchange};
use crate::store::{Store, StoreError};

/// Shared by all requests.
pub(super) struct Shared {
    house: Mutex<House>,
    /// The pairs; the same list as the exchange's, readable without its lock.
    pub(super) listings: Vec<Listing>,
    pub(super) prices: Arc<dyn PriceSource>,
    pub(super) script: Option<Scripted>,
    credentials: HashMap<String, Credentials>,
    counts: Mutex<BTreeMap<String, u64>>,
    gate: Mutex<Gate>,
    listen_keys: Mutex<ListenKeys>,
}

/// Who may sign for which account.
pub(super) struct Credentials {
    pub(super) account: AccountId,
    pub(super) secret: String,
}

struct House {
    exchange: Exchange,
    store: Option<Store>,
    /// Set when the sandbox is let go, so that requests in flight cannot write any more.
    closed: bool,
}

pub(super) struct Parts {
    pub(super) exchange: Exchange,
    pub(super) store: Option<Store>,
    pub(super) prices: Arc<dyn PriceSource>,
    pub(super) script: Option<Scripted>,
    pub(super) credentials: HashMap<String, Credentials>,
    pub(super) gate: Gate,
    pub(super) listen_keys: ListenKeys,
}

impl Shared {
    pub(super) fn new(parts: Parts) -> Self {
        Self {
            listings: parts.exchange.listings().to_vec(),
            prices: parts.prices,
            script: parts.script,
            credentials: parts.credentials,
            house: Mutex::new(House {
                exchange: parts.exchange,
                store: parts.store,
                closed: false,
            }),
            counts: Mutex::default(),
            gate: Mutex::new(parts.gate),
            listen_keys: Mutex::new(parts.listen_keys),
        }
    }

    /// Lets time pass, then runs `work`. What changed is in the log before this returns.
    ///
    /// # Errors
    /// What `work` refuses; an internal error when the log cannot be written: the outcome is then
    /// unknown to the caller, as with any HTTP 500 of the real exchange.
    pub(super) fn with<T, E: Into<Refused>>(
        &self,
        work: impl FnOnce(&mut Exchange, Timestamp) -> Result<T, E>,
    ) -> Result<T, Refused> {
        let mut house = self.lock();
        if house.closed {
            return Err(Refused::unavailable());
        }
        let now = clock::now();
        house.exchange.advance(now);
        let result = work(&mut house.exchange, now);
        if let Err(error) = house.keep() {
            tracing::error!(%error, "the sandbox could not keep its state");
            return Err(Refused::internal());
        }
        result.map_err(Into::into)
    }

    /// As [`Shared::with`], for work that cannot be refused.
    pub(super) fn look<T>(
        &self,
        work: impl FnOnce(&mut Exchange, Timestamp) -> T,
    ) -> Result<T, Refused> {
        self.with(|exchange, now| Ok::<T, Refused>(work(exchange, now)))
    }

    /// Refuses everything from now on.
    pub(super) fn close(&self) {
        self.lock().closed = true;
    }

    pub(super) fn credentials(&self, key: &str) -> Option<&Credentials> {
        self.credentials.get(key)
    }

    /// The pair with this name, found without the exchange's lock.
    pub(super) fn market(&self, symbol: &str) -> Option<(MarketIndex, &Listing)> {
        let mut all = self.listings.iter().enumerate();
        let found = all.find(|(_, listing)| listing.symbol.as_str() == symbol);
        found.map(|(index, listing)| (MarketIndex(index), listing))
    }

    pub(super) fn count(&self, request: String) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(request).or_default() += 1;
    }

    pub(super) fn counts(&self) -> BTreeMap<String, u64> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The request limits.
    pub(super) fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The keys of user data streams.
    pub(super) fn listen_keys(&self) -> MutexGuard<'_, ListenKeys> {
        self.listen_keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, House> {
        self.house.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl House {
    fn keep(&mut self) -> Result<(), StoreError> {
        let changes = self.exchange.take_changes();
        let Some(store) = self.store.as_mut().filter(|_| !changes.is_empty()) else {
            return Ok(());
        };
        store.append(&changes)?;
        store.compact_if_large(self.exchange.ledger())
    }
}
