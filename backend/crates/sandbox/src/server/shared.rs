//! What all requests share: the exchange behind a lock, its log, keys and counters.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use domain::Timestamp;
use tokio::sync::{broadcast, watch};

use super::clock;
use super::faults::Faults;
use super::limits::Gate;
use super::listen_keys::ListenKeys;
use super::mirror_feed::MirrorFeed;
use super::refused::Refused;
use super::ws::StreamLimits;
use crate::market::scripted::Scripted;
use crate::market::{Catalogue, Listing, MarketIndex, PriceSource};
use crate::model::{AccountId, Event, Exchange, VersionedBook};
use crate::store::{Store, StoreError};

/// How far a WebSocket connection may fall behind, events.
const EVENTS_KEPT: usize = 8_192;

/// Shared by all requests.
pub(super) struct Shared {
    house: Mutex<House>,
    /// The pairs; the same as the exchange's, readable without its lock.
    catalogue: RwLock<Arc<Catalogue>>,
    pub(super) prices: Arc<dyn PriceSource>,
    pub(super) script: Option<Scripted>,
    pub(super) mirror: Option<MirrorFeed>,
    credentials: HashMap<String, Credentials>,
    counts: Mutex<BTreeMap<String, u64>>,
    gate: Mutex<Gate>,
    listen_keys: Mutex<ListenKeys>,
    pub(super) streams: StreamLimits,
    pub(super) faults: Faults,
    events: broadcast::Sender<Arc<Event>>,
    closing: watch::Sender<()>,
}

/// Who may sign for which account.
pub(super) struct Credentials {
    pub(super) account: AccountId,
    pub(super) secret: String,
}

struct House {
    exchange: Exchange,
    /// The book of each pair as it was shown last.
    books: Vec<VersionedBook>,
    store: Option<Store>,
    /// The version of the mirrored list of pairs that is in force.
    listed: u64,
    /// Set when the sandbox is let go, so that requests in flight cannot write any more.
    closed: bool,
}

pub(super) struct Parts {
    pub(super) exchange: Exchange,
    pub(super) store: Option<Store>,
    pub(super) prices: Arc<dyn PriceSource>,
    pub(super) script: Option<Scripted>,
    pub(super) mirror: Option<MirrorFeed>,
    pub(super) credentials: HashMap<String, Credentials>,
    pub(super) gate: Gate,
    pub(super) listen_keys: ListenKeys,
    pub(super) streams: StreamLimits,
    pub(super) faults: Faults,
}

impl Shared {
    pub(super) fn new(parts: Parts) -> Self {
        Self {
            catalogue: RwLock::new(Arc::new(parts.exchange.catalogue().clone())),
            prices: parts.prices,
            script: parts.script,
            mirror: parts.mirror,
            credentials: parts.credentials,
            house: Mutex::new(House {
                books: vec![VersionedBook::default(); parts.exchange.listings().len()],
                exchange: parts.exchange,
                store: parts.store,
                listed: 0,
                closed: false,
            }),
            counts: Mutex::default(),
            gate: Mutex::new(parts.gate),
            listen_keys: Mutex::new(parts.listen_keys),
            streams: parts.streams,
            faults: parts.faults,
            events: broadcast::Sender::new(EVENTS_KEPT),
            closing: watch::Sender::new(()),
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
        self.enter(|house, now| work(&mut house.exchange, now))
    }

    /// As [`Shared::look`], with the books as they were shown last.
    pub(super) fn look_at_books<T>(
        &self,
        work: impl FnOnce(&Exchange, &mut [VersionedBook], Timestamp) -> T,
    ) -> Result<T, Refused> {
        self.enter(|house, now| Ok::<T, Refused>(work(&house.exchange, &mut house.books, now)))
    }

    fn enter<T, E: Into<Refused>>(
        &self,
        work: impl FnOnce(&mut House, Timestamp) -> Result<T, E>,
    ) -> Result<T, Refused> {
        let mut house = self.lock();
        if house.closed {
            return Err(Refused::unavailable());
        }
        self.relist_mirrored(&mut house);
        let now = clock::now();
        house.exchange.advance(now);
        let result = work(&mut house, now);
        match house.keep() {
            // Told while the lock is held, so that the order of telling is that of happening.
            Ok(events) => events.into_iter().for_each(|event| self.publish(event)),
            Err(error) => {
                tracing::error!(%error, "the sandbox could not keep its state");
                return Err(Refused::internal());
            }
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
        self.close_connections();
    }

    fn publish(&self, event: Event) {
        // An error means that nobody listens.
        let _ = self.events.send(Arc::new(event));
    }

    /// What accounts are told from now on.
    pub(super) fn events(&self) -> broadcast::Receiver<Arc<Event>> {
        self.events.subscribe()
    }

    /// Changes when all WebSocket connections are to end.
    pub(super) fn closing(&self) -> watch::Receiver<()> {
        self.closing.subscribe()
    }

    /// Ends all WebSocket connections; returns how many.
    pub(super) fn close_connections(&self) -> usize {
        let open = self.closing.receiver_count();
        self.closing.send_replace(());
        open
    }

    pub(super) fn credentials(&self, key: &str) -> Option<&Credentials> {
        self.credentials.get(key)
    }

    /// All pairs, read without the exchange's lock.
    pub(super) fn catalogue(&self) -> Arc<Catalogue> {
        Arc::clone(&self.catalogue.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The pair with this name.
    pub(super) fn market(&self, symbol: &str) -> Option<(MarketIndex, Listing)> {
        let catalogue = self.catalogue();
        let (market, listing) = catalogue.find(symbol)?;
        if let Some(mirror) = &self.mirror {
            mirror.look(&listing.symbol);
        }
        Some((market, listing.clone()))
    }

    /// Takes the pairs of a mirrored exchange, so that the first request finds them.
    pub(super) fn take_mirrored_pairs(&self) {
        self.relist_mirrored(&mut self.lock());
    }

    /// Puts new rules of pairs in force, and new pairs.
    pub(super) fn relist(&self, listings: Vec<Listing>) -> Result<(), Refused> {
        self.enter(|house, _| {
            self.put_in_force(house, listings);
            Ok::<(), Refused>(())
        })
    }

    fn relist_mirrored(&self, house: &mut House) {
        let Some(feed) = &self.mirror else { return };
        if let Some((version, listings)) = feed.mirror.listed_after(house.listed) {
            house.listed = version;
            self.put_in_force(house, listings);
        }
        for symbol in house.exchange.ledger().resting_symbols() {
            feed.look(symbol);
        }
    }

    fn put_in_force(&self, house: &mut House, listings: Vec<Listing>) {
        house.exchange.relist(listings);
        let catalogue = house.exchange.catalogue().clone();
        house.books.resize_with(catalogue.listings().len(), VersionedBook::default);
        *self.catalogue.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(catalogue);
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
    /// Writes what changed; returns what to tell of it.
    fn keep(&mut self) -> Result<Vec<Event>, StoreError> {
        let (changes, events) = self.exchange.take_recorded();
        if let Some(store) = self.store.as_mut().filter(|_| !changes.is_empty()) {
            store.append(&changes)?;
            store.compact_if_large(self.exchange.ledger())?;
        }
        Ok(events)
    }
}
