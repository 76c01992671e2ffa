//! The journalled state: what the events say is so. It changes only by applying a record, so
//! replaying the journal gives the state.

mod apply;
pub mod channels;
mod checkpoint;
pub mod followed;
pub mod order;
pub mod position;
pub mod rules;
mod seen;
pub mod shadows;

use std::collections::{BTreeMap, BTreeSet};

use domain::event::KillMode;
use domain::ids::Leg;
use domain::{
    ClientOrderId, Notional, Pnl, PolicyName, PositionId, Qty, Symbol, Timestamp, TraceId,
};
use serde::{Deserialize, Serialize};

pub use apply::ApplyError;
pub use followed::Followed;
pub use order::{Order, OrderState, OrderStep};
pub use position::{Closing, Position};
use seen::Seen;

/// What the journal says is so. Orders and positions are those of the selected account; the books
/// of other accounts are kept aside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ledger {
    seq: u64,
    policy: PolicyName,
    kill: Option<KillMode>,
    account: String,
    book: Book,
    parked: BTreeMap<String, Book>,
    /// What became of signals, whichever account was in use.
    #[serde(default)]
    followed: Followed,
}

/// The state of one account.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Book {
    orders: BTreeMap<ClientOrderId, Order>,
    /// Which of them are open: they are looked at with every price, the others hardly ever.
    #[serde(skip)]
    open: BTreeSet<ClientOrderId>,
    positions: BTreeMap<PositionId, Position>,
    last_entries: BTreeMap<Symbol, Timestamp>,
    seen: Seen,
    /// Realised profit or loss by UTC day, the last few days.
    realised: BTreeMap<i64, Pnl>,
    /// Remainders too small to sell, by pair.
    dust: BTreeMap<Symbol, Qty>,
    /// When ended orders are looked through again; a checkpoint from before this existed lacks it.
    #[serde(default)]
    next_prune: Timestamp,
}

impl Book {
    /// Finds the open orders again after a checkpoint, which does not tell them apart.
    fn index(&mut self) {
        let open = self.orders.values().filter(|order| order.is_open());
        self.open = open.map(|order| order.client_order_id.clone()).collect();
    }

    /// Whether something with this trace is held or on its way in.
    fn is_busy_with(&self, trace_id: &TraceId) -> bool {
        let entering = |order: &Order| order.leg == Leg::Entry && order.is_open();
        self.positions.values().any(|position| position.trace_id == *trace_id)
            || self.orders.values().any(|order| order.trace_id == *trace_id && entering(order))
    }
}

impl Ledger {
    /// An empty ledger under the configured policy.
    pub fn new(policy: PolicyName) -> Self {
        Self {
            seq: 0,
            policy,
            kill: None,
            account: String::new(),
            book: Book::default(),
            parked: BTreeMap::new(),
            followed: Followed::default(),
        }
    }

    /// The selected account; empty before the first one is.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// Open positions of other accounts, which this engine does not look after.
    pub fn positions_elsewhere(&self) -> impl Iterator<Item = (&str, &Position)> {
        self.parked.iter().flat_map(|(account, book)| {
            book.positions.values().map(move |position| (account.as_str(), position))
        })
    }

    /// Whether an order belongs to the book of another account.
    pub fn is_known_elsewhere(&self, id: &ClientOrderId) -> bool {
        self.parked.values().any(|book| book.orders.contains_key(id))
    }

    /// What became of signals, traded or not.
    pub const fn followed(&self) -> &Followed {
        &self.followed
    }

    /// Whether an earlier signal of the channel for this pair is still open, traded or not.
    pub(crate) fn is_following(&self, source: &str, channel: &str, symbol: &Symbol) -> bool {
        self.followed.is_following(&self.book, source, channel, symbol)
    }

    /// Number of the last applied record.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The risk policy in force.
    pub fn policy(&self) -> PolicyName {
        self.policy
    }

    /// The kill switch, when it is pulled.
    pub fn kill_mode(&self) -> Option<KillMode> {
        self.kill
    }

    /// Open positions, by id.
    pub fn positions(&self) -> impl Iterator<Item = &Position> {
        self.book.positions.values()
    }

    /// An open position.
    pub fn position(&self, id: &PositionId) -> Option<&Position> {
        self.book.positions.get(id)
    }

    /// Orders that have not ended, in doubt included.
    pub fn open_orders(&self) -> impl Iterator<Item = &Order> {
        self.book.open.iter().filter_map(|id| self.book.orders.get(id))
    }

    /// All orders remembered: open ones, those of open positions, and those ended within two days or
    /// an hour more.
    pub fn all_orders(&self) -> impl Iterator<Item = &Order> {
        self.book.orders.values()
    }

    /// An order, open or ended within the last day.
    pub fn order(&self, id: &ClientOrderId) -> Option<&Order> {
        self.book.orders.get(id)
    }

    /// When the last entry of each symbol was decided.
    pub fn last_entries(&self) -> impl Iterator<Item = (&Symbol, Timestamp)> {
        self.book.last_entries.iter().map(|(symbol, at)| (symbol, *at))
    }

    /// When the last entry of `symbol` was decided.
    pub fn last_entry(&self, symbol: &Symbol) -> Option<Timestamp> {
        self.book.last_entries.get(symbol).copied()
    }

    /// Cost of everything held, plus what open entries may still spend.
    pub fn exposure(&self) -> Notional {
        let held = self.positions().map(Position::cost_of_held);
        let on_their_way =
            self.open_entries().map(|order| order.notional.saturating_sub(order.executed_quote));
        held.chain(on_their_way).fold(Notional::ZERO, Notional::saturating_add)
    }

    /// Realised profit or loss of a UTC day (days since the epoch).
    pub fn realised_on(&self, utc_day: i64) -> Pnl {
        self.book.realised.get(&utc_day).copied().unwrap_or(Pnl::ZERO)
    }

    /// Remainders too small to sell, by pair.
    pub fn dust(&self) -> impl Iterator<Item = (&Symbol, Qty)> {
        self.book.dust.iter().map(|(symbol, qty)| (symbol, *qty))
    }

    /// When something with this trace was first considered, if it was.
    pub fn first_seen(&self, trace_id: &TraceId) -> Option<Timestamp> {
        self.book.seen.first_seen(trace_id)
    }

    /// The trace under which the same content was last considered, and when.
    pub fn seen_content(&self, content_hash: &str) -> Option<(&TraceId, Timestamp)> {
        self.book.seen.content(content_hash)
    }

    /// Positions plus entries on their way that have none yet.
    pub fn open_position_count(&self, symbol: Option<&Symbol>) -> usize {
        let of_symbol = |other: &Symbol| symbol.is_none_or(|wanted| wanted == other);
        let held = self.positions().filter(|position| of_symbol(&position.symbol)).count();
        let on_their_way = self
            .open_entries()
            .filter(|order| order.position_id.is_none() && of_symbol(&order.symbol))
            .count();
        held + on_their_way
    }

    /// Entries that have not ended.
    pub fn open_entries(&self) -> impl Iterator<Item = &Order> {
        self.open_orders().filter(|order| order.leg == Leg::Entry)
    }

    /// The first order with this trace.
    pub fn order_of(&self, trace_id: &TraceId) -> Option<&Order> {
        self.entry_of(trace_id)
            .or_else(|| self.book.orders.values().find(|order| order.trace_id == *trace_id))
    }

    /// The order with this trace that opens a position, if there is one.
    pub fn entry_of(&self, trace_id: &TraceId) -> Option<&Order> {
        self.book
            .orders
            .values()
            .find(|order| order.leg == Leg::Entry && order.trace_id == *trace_id)
    }
}
