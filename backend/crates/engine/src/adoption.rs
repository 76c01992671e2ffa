//! Orders of ours that the journal does not know: it was lost, or restored from a backup. What they
//! hold is looked after again, where it is certain what is left of it.
//!
//! An exit's id derives from its position, and the position's from its entry, so the orders
//! themselves tell which sale belongs to which purchase.

use std::collections::{BTreeMap, BTreeSet};

use domain::event::{ExitHints, OrderNew, Origin};
use domain::ids::{Leg, digest};
use domain::{
    Check, CheckResult, ClientOrderId, Decimal, Event, Market, Notional, OrderKind, OrderSnapshot,
    PositionId, Price, Qty, Side, Symbol, TraceId,
};

use crate::step::Step;

/// Of what was bought, this much is there at least whatever fee was taken in the coin.
const AFTER_FEES: Decimal = Decimal::from_parts(998, 0, 0, false, 3);

/// An unknown order and what its id says.
struct Orphan<'a> {
    id: ClientOrderId,
    leg: Leg,
    attempt: u32,
    snapshot: &'a OrderSnapshot,
}

impl<'a> Orphan<'a> {
    fn new(snapshot: &'a OrderSnapshot) -> Option<Self> {
        let id = snapshot.client_order_id.clone()?;
        let (leg, attempt) = id.leg_and_attempt()?;
        let fits = (leg == Leg::Entry) == (snapshot.side == Side::Buy);
        fits.then_some(Self { id, leg, attempt, snapshot })
    }
}

impl Step<'_> {
    /// Takes over what can be taken over; a person is told either way, and entries stop.
    pub(crate) fn adopt_unknown(&mut self, unknown: &[&OrderSnapshot]) {
        let mut by_symbol: BTreeMap<&Symbol, Vec<&OrderSnapshot>> = BTreeMap::new();
        for snapshot in unknown {
            by_symbol.entry(&snapshot.symbol).or_default().push(snapshot);
        }
        for (symbol, mut snapshots) in by_symbol {
            snapshots.sort_by_key(|snapshot| (snapshot.created_at, snapshot.side == Side::Sell));
            let came_of_it = match self.adopt_all(symbol, &snapshots) {
                Ok(()) => "taken over: what they hold is looked after from now on".to_owned(),
                Err(reason) => format!("NOT taken over: {reason}"),
            };
            let orders: Vec<String> = snapshots.iter().map(|snapshot| describe(snapshot)).collect();
            self.stop_entries(format!(
                "the exchange shows orders of {symbol} that the journal does not know ({}), {came_of_it}",
                orders.join(", ")
            ));
        }
    }

    fn adopt_all(&mut self, symbol: &Symbol, snapshots: &[&OrderSnapshot]) -> Result<(), String> {
        let Some(market) = self.desk.market(symbol) else {
            return Err(format!("{symbol} is not on the market list"));
        };
        let orphans: Option<Vec<Orphan<'_>>> =
            snapshots.iter().map(|snapshot| Orphan::new(snapshot)).collect();
        let Some(orphans) = orphans else {
            return Err("an id is not of a form this version writes".to_owned());
        };
        let owners = self.owners(symbol, &orphans)?;
        self.is_covered(symbol, &market, &orphans)?;
        let price = self.desk.quote(symbol).map(|quote| quote.bid);
        let Some(price) = price.or_else(|| Price::new(market.rules.tick).ok()) else {
            return Err(format!("{symbol} has no price"));
        };
        for (orphan, owner) in orphans.iter().zip(owners) {
            let new = adopted(&market, price, orphan, owner);
            self.adopt(symbol, new, orphan.snapshot);
        }
        Ok(())
    }

    /// For each order the position it reduces; [`None`] for entries.
    fn owners(
        &self,
        symbol: &Symbol,
        orphans: &[Orphan<'_>],
    ) -> Result<Vec<Option<PositionId>>, String> {
        let opened = orphans.iter().filter(|orphan| orphan.leg == Leg::Entry);
        let mut positions: BTreeSet<PositionId> =
            opened.map(|orphan| PositionId::derive(&orphan.id)).collect();
        let known = self.ledger.positions().filter(|position| position.symbol == *symbol);
        positions.extend(known.map(|position| position.id.clone()));
        let owner = |orphan: &Orphan<'_>| {
            let (bot, account) = (&self.settings.bot_id, &self.settings.account);
            let derived = |position: &&PositionId| {
                let cause = position.as_str();
                ClientOrderId::derive(bot, account, cause, orphan.leg, orphan.attempt) == orphan.id
            };
            positions.iter().find(derived).cloned()
        };
        orphans
            .iter()
            .map(|orphan| match (orphan.leg, owner(orphan)) {
                (Leg::Entry, _) => Ok(None),
                (_, Some(position)) => Ok(Some(position)),
                (_, None) => Err(format!("sale {} belongs to no purchase shown", orphan.id)),
            })
            .collect()
    }

    /// The account must hold what these orders and the open positions leave; else somebody sold it
    /// by other means.
    fn is_covered(
        &self,
        symbol: &Symbol,
        market: &Market,
        orphans: &[Orphan<'_>],
    ) -> Result<(), String> {
        let executed = |side: Side| {
            orphans
                .iter()
                .filter(move |orphan| orphan.snapshot.side == side)
                .map(|orphan| orphan.snapshot.executed_qty.get())
                .sum::<Decimal>()
        };
        let held = self.ledger.positions().filter(|position| position.symbol == *symbol);
        let held: Decimal = held.map(|position| position.held().get()).sum();
        let left = held + executed(Side::Buy) * AFTER_FEES - executed(Side::Sell);
        let balance = self.desk.balances.iter().find(|balance| balance.asset == market.base);
        let there = balance.map_or(Decimal::ZERO, |balance| balance.free + balance.locked);
        match self.desk.balances_at {
            None => Err("the account's balances are not known".to_owned()),
            Some(_) if there < left => {
                Err(format!("they leave {left} {}, but the account has only {there}", market.base))
            }
            Some(_) => Ok(()),
        }
    }

    fn adopt(&mut self, symbol: &Symbol, new: OrderNew, snapshot: &OrderSnapshot) {
        let (id, leg) = (new.client_order_id.clone(), new.leg);
        let trace_id = match new.position_id.as_ref().and_then(|id| self.ledger.position(id)) {
            Some(position) => position.trace_id.clone(),
            None => TraceId::new(&digest(&["adopted", id.as_str()])[..16]),
        };
        self.emit(Some(symbol), Some(&trace_id), Event::OrderAdopted(Box::new(new)));
        self.desk.probe(&id, self.at);
        self.record_found(&id, snapshot);
        let entry = self.ledger.order(&id).filter(|_| leg == Leg::Entry).cloned();
        let Some(order) = entry else { return };
        if order.lacks_position() {
            self.open_position(&order);
        }
        self.cancel(&order, "its signal is not known any more");
    }
}

/// What the journal would have said of it, as far as the exchange's list tells.
fn adopted(
    market: &Market,
    quoted: Price,
    orphan: &Orphan<'_>,
    owner: Option<PositionId>,
) -> OrderNew {
    let snapshot = orphan.snapshot;
    let average = snapshot.executed_quote.average_price(snapshot.executed_qty);
    let detail = format!("{} found at the exchange, unknown to the journal", orphan.id);
    OrderNew {
        client_order_id: orphan.id.clone(),
        origin: Origin::Adopted,
        leg: orphan.leg,
        attempt: orphan.attempt,
        base: market.base.clone(),
        quote: market.quote.clone(),
        side: snapshot.side,
        kind: OrderKind::Market { qty: snapshot.executed_qty },
        price: average.unwrap_or(quoted),
        qty: snapshot.executed_qty,
        notional: snapshot.executed_quote,
        requested_notional: Notional::ZERO,
        position_id: owner,
        from: None,
        hints: ExitHints::default(),
        signal_at: None,
        expires_at: None,
        timestamp_ms: snapshot.created_at.as_millis(),
        recv_window_ms: 0,
        checks: vec![Check::new("adopted", CheckResult::Pass, detail)],
    }
}

fn describe(snapshot: &OrderSnapshot) -> String {
    let id = snapshot.client_order_id.as_ref().map_or("", ClientOrderId::as_str);
    let filled: Qty = snapshot.executed_qty;
    format!("{id} {} {:?}, {filled} filled", snapshot.side, snapshot.status)
}
