//! Placing and cancelling orders.

use domain::{Decimal, ExchangeOrderId, Notional, OrderStatus, Price, Side, Symbol, Timestamp};

use super::book::opposite;
use super::exchange::Exchange;
use super::matching::{self, Offer, Plan};
use super::order::{NewOrder, Order, OrderType, Size};
use super::queries::OrderSelector;
use super::{AccountId, Change, MAX_OPEN_ORDERS, Rejection, TAKER_FEE, Trade, filters, ids};
use crate::market::MarketIndex;

/// An order that passed every check, with what it would take right now.
struct Checked {
    market: MarketIndex,
    worst: Price,
    plan: Plan,
}

impl Exchange {
    /// Places an order. It may be filled, in part or whole, or be over already when this returns;
    /// the reply of the real exchange does not tell.
    ///
    /// # Errors
    /// The [`Rejection`] of the first rule it breaks; nothing is changed then.
    pub fn place(
        &mut self,
        account: AccountId,
        new: &NewOrder,
        now: Timestamp,
    ) -> Result<Order, Rejection> {
        self.place_thin(account, new, 100, now)
    }

    /// As [`Exchange::place`], but the order takes at once only so many percent of what it would:
    /// someone else was quicker.
    ///
    /// # Errors
    /// As [`Exchange::place`].
    pub fn place_thin(
        &mut self,
        account: AccountId,
        new: &NewOrder,
        percent: u8,
        now: Timestamp,
    ) -> Result<Order, Rejection> {
        let Checked { market, worst, plan } = self.checked(account, new, now)?;
        let plan = plan.thinned(percent, self.listing(market).step());
        let order = self.open_order(account, new, (market, worst), now);
        let taken = match new.order_type {
            // A post-only order that would take is cancelled untouched.
            OrderType::LimitMaker if !plan.fills.is_empty() => None,
            OrderType::FillOrKill if !plan.complete => None,
            _ => Some(&plan),
        };
        for fill in taken.iter().flat_map(|plan| &plan.fills) {
            self.execute(&order, market, fill, now);
        }
        self.finish(&order.id, taken, now);
        Ok(self.ledger().order(&order.id).cloned().unwrap_or(order))
    }

    /// Checks an order as [`Exchange::place`] would, and does nothing.
    ///
    /// # Errors
    /// The [`Rejection`] of the first rule it breaks.
    pub fn check(
        &self,
        account: AccountId,
        new: &NewOrder,
        now: Timestamp,
    ) -> Result<(), Rejection> {
        self.checked(account, new, now).map(|_| ())
    }

    /// Cancels what is left of an order. Returns the order as it was BEFORE, which is what the
    /// exchange's reply shows (contract 10.4).
    ///
    /// # Errors
    /// A [`Rejection`] with code −2011 when it is unknown or over.
    pub fn cancel(
        &mut self,
        account: AccountId,
        selector: &OrderSelector,
        now: Timestamp,
    ) -> Result<Order, Rejection> {
        let order = self.find(account, selector).ok_or(Rejection::UnknownOrder)?.clone();
        match order.status {
            OrderStatus::Filled => Err(Rejection::AlreadyFilled),
            OrderStatus::Canceled | OrderStatus::PartiallyCanceled => {
                Err(Rejection::AlreadyCancelled)
            }
            OrderStatus::New | OrderStatus::PartiallyFilled => {
                self.end(&order.id, order.cancelled_status(), now);
                Ok(order)
            }
        }
    }

    /// Cancels every open order of the account in a pair; returns them as they were before.
    pub fn cancel_open(
        &mut self,
        account: AccountId,
        symbol: Option<&Symbol>,
        now: Timestamp,
    ) -> Vec<Order> {
        let open: Vec<Order> = self.open_orders(account, symbol).into_iter().cloned().collect();
        for order in &open {
            self.end(&order.id, order.cancelled_status(), now);
        }
        open
    }

    fn checked(
        &self,
        account: AccountId,
        new: &NewOrder,
        now: Timestamp,
    ) -> Result<Checked, Rejection> {
        let market = self.market(new.symbol.as_str())?;
        let listing = self.listing(market);
        let worst = filters::check(listing, new, self.mid(market, now))?;
        if let Some(id) = &new.client_order_id
            && self.ledger().order_by_client_id(account, id).is_some()
        {
            return Err(Rejection::DuplicateClientOrderId);
        }
        if new.order_type.rests() && self.open_orders(account, None).len() >= MAX_OPEN_ORDERS {
            return Err(Rejection::TooManyOrders);
        }
        let size = self.affordable(account, new, market)?;
        let offers = self.offers(market, opposite(new.side), now);
        let plan = matching::plan(offers, new.side, worst, size, listing.step());
        self.check_funds(account, new, (market, worst), &plan)?;
        Ok(Checked { market, worst, plan })
    }

    /// An order that spends the whole balance leaves room for its fee, so that the balance never
    /// goes below zero.
    fn affordable(
        &self,
        account: AccountId,
        new: &NewOrder,
        market: MarketIndex,
    ) -> Result<Size, Rejection> {
        let (Size::Quote(amount), Side::Buy) = (new.size, new.side) else {
            return Ok(new.size);
        };
        let free = self.free(account, market, Side::Buy);
        if free < amount.get() {
            return Err(Rejection::InsufficientFunds);
        }
        let room = (free / (Decimal::ONE + TAKER_FEE)).trunc_with_scale(12);
        let amount = Notional::new(amount.get().min(room)).unwrap_or(Notional::ZERO);
        Ok(Size::Quote(amount))
    }

    fn check_funds(
        &self,
        account: AccountId,
        new: &NewOrder,
        (market, worst): (MarketIndex, Price),
        plan: &Plan,
    ) -> Result<(), Rejection> {
        let free = self.free(account, market, new.side);
        let enough = match (new.side, new.size) {
            (Side::Buy, Size::Quote(_)) => plan.cost() <= free,
            (Side::Buy, Size::Base(qty)) => {
                let rest =
                    if new.order_type.rests() { qty.get() - plan.qty } else { Decimal::ZERO };
                let cost = plan.cost() + worst.get() * rest;
                worst.notional(qty).get().max(cost) <= free
            }
            (Side::Sell, Size::Base(qty)) => qty.get() <= free,
            (Side::Sell, Size::Quote(_)) => plan.qty <= free && !free.is_zero(),
        };
        match (enough, new.side) {
            (true, _) => Ok(()),
            (false, Side::Buy) => Err(Rejection::InsufficientFunds),
            (false, Side::Sell) => Err(Rejection::Oversold),
        }
    }

    /// What is free of the asset that an order of `side` gives away.
    fn free(&self, account: AccountId, market: MarketIndex, side: Side) -> Decimal {
        let listing = self.listing(market);
        let asset = if side == Side::Buy { &listing.quote } else { &listing.base };
        self.ledger().account(account).map_or(Decimal::ZERO, |found| found.balance(asset).free)
    }

    fn open_order(
        &mut self,
        account: AccountId,
        new: &NewOrder,
        (market, worst): (MarketIndex, Price),
        now: Timestamp,
    ) -> Order {
        let number = ids::next_number(self.ledger().last_number(), now);
        let (qty, quote_amount) = filters::stored_size(new, worst);
        let listing = self.listing(market);
        let order = Order {
            id: ids::order_id(number, account),
            number,
            account,
            client_order_id: new.client_order_id.clone(),
            symbol: new.symbol.clone(),
            base: listing.base.clone(),
            quote: listing.quote.clone(),
            side: new.side,
            order_type: new.order_type,
            price: worst,
            qty,
            quote_amount,
            executed_qty: domain::Qty::ZERO,
            executed_quote: Notional::ZERO,
            status: OrderStatus::New,
            created_at: now,
            updated_at: None,
        };
        self.record(Change::OrderPlaced { order: order.clone() });
        order
    }

    fn execute(&mut self, taker: &Order, market: MarketIndex, fill: &Offer, now: Timestamp) {
        let number = ids::next_number(self.ledger().last_number(), now);
        let maker = fill.maker.as_ref().and_then(|id| self.ledger().order(id)).cloned();
        let is_self_trade = maker.as_ref().is_some_and(|maker| maker.account == taker.account);
        let taken = Trade { is_self_trade, ..Trade::of(taker, fill.level, (number, 1), now) };
        let fee = matching::fee(taken.quote.get());
        self.record(Change::Traded { trade: Trade { fee, is_maker: false, ..taken } });
        if let Some(maker) = maker {
            let trade = Trade::of(&maker, fill.level, (number, 2), now);
            self.record(Change::Traded { trade: Trade { is_self_trade, ..trade } });
        } else {
            let side = opposite(taker.side);
            self.depletion_mut(market, side).take(fill.level.qty, now);
        }
    }

    /// Ends what does not go on after its own request.
    fn finish(&mut self, id: &ExchangeOrderId, taken: Option<&Plan>, now: Timestamp) {
        let Some(order) = self.ledger().order(id).filter(|order| order.is_open()) else {
            return;
        };
        let spent = taken.is_some_and(|plan| plan.complete) && !order.executed_qty.is_zero();
        let goes_on = taken.is_some() && order.order_type.rests();
        if goes_on {
            return;
        }
        let status = if spent { OrderStatus::Filled } else { order.cancelled_status() };
        self.end(id, status, now);
    }

    fn end(&mut self, id: &ExchangeOrderId, status: OrderStatus, now: Timestamp) {
        self.record(Change::OrderEnded { id: id.clone(), status, at: now });
    }
}
