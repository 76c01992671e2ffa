//! What was learnt of fills, whichever way it came.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::{ClientOrderId, Decimal, Fill, TradeId};

#[derive(Debug, Default)]
struct Book {
    /// Orders of which something is still to be learnt, and whether they may not exist.
    open: BTreeMap<ClientOrderId, bool>,
    fills: BTreeMap<TradeId, Fill>,
    traded: Decimal,
    pushed: BTreeSet<TradeId>,
    tally: Tally,
}

/// How the fills came.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    /// First heard of by a push.
    pub(crate) by_push: usize,
    /// First heard of by asking.
    pub(crate) by_asking: usize,
    /// Heard of again, and not counted again.
    pub(crate) again: usize,
    /// Delivered twice by the stream.
    pub(crate) pushed_twice: usize,
}

/// Fills by trade id, and open orders.
#[derive(Debug, Default)]
pub(crate) struct Fills(Mutex<Book>);

impl Fills {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn open(&self, id: ClientOrderId) {
        self.book().open.insert(id, false);
    }

    /// Nobody knows whether the order was placed.
    pub(crate) fn doubt(&self, id: ClientOrderId) {
        self.book().open.insert(id, true);
    }

    /// The exchange does not know the order. One that is only about to be placed stays open.
    pub(crate) fn not_found(&self, id: &ClientOrderId) {
        let mut book = self.book();
        if book.open.get(id) == Some(&true) {
            book.open.remove(id);
        }
    }

    pub(crate) fn close(&self, id: &ClientOrderId) {
        self.book().open.remove(id);
    }

    pub(crate) fn is_open(&self, id: &ClientOrderId) -> bool {
        self.book().open.contains_key(id)
    }

    pub(crate) fn open_orders(&self) -> Vec<ClientOrderId> {
        self.book().open.keys().cloned().collect()
    }

    pub(crate) fn pushed(&self, fill: &Fill) {
        let mut book = self.book();
        book.tally.pushed_twice += usize::from(!book.pushed.insert(fill.trade_id.clone()));
        book.tally.by_push += usize::from(book.take(fill));
    }

    pub(crate) fn asked(&self, fills: &[Fill]) {
        let mut book = self.book();
        for fill in fills {
            book.tally.by_asking += usize::from(book.take(fill));
        }
    }

    /// Ids of all trades, what they traded together in base units, and how they came.
    pub(crate) fn result(&self) -> (Vec<String>, Decimal, Tally) {
        let book = self.book();
        let ids = book.fills.keys().map(|id| id.as_str().to_owned()).collect();
        (ids, book.traded, book.tally)
    }
}

impl Book {
    /// Whether the fill is news.
    fn take(&mut self, fill: &Fill) -> bool {
        if let Some(known) = self.fills.get(&fill.trade_id) {
            assert_eq!((known.price, known.qty), (fill.price, fill.qty), "{}", fill.trade_id);
            self.tally.again += 1;
            return false;
        }
        self.traded += fill.qty.get();
        self.fills.insert(fill.trade_id.clone(), fill.clone());
        true
    }
}
