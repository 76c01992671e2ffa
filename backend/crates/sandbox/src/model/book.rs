//! The order book as everyone sees it: resting orders of accounts between the levels of others.

use domain::{Price, Qty, Side, Timestamp};

use super::exchange::Exchange;
use super::ladder;
use super::matching::Offer;
use crate::market::MarketIndex;

/// A price and what is offered there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// Price.
    pub price: Price,
    /// Base.
    pub qty: Qty,
}

/// The side that an order of `side` trades with.
pub(super) const fn opposite(side: Side) -> Side {
    match side {
        Side::Buy => Side::Sell,
        Side::Sell => Side::Buy,
    }
}

impl Exchange {
    /// What rests on one side, best first; accounts come before others at one price, and older
    /// orders before younger ones.
    pub(super) fn offers(&self, market: MarketIndex, side: Side, now: Timestamp) -> Vec<Offer> {
        let listing = self.listing(market);
        let resting = self.ledger().resting(&listing.symbol, side);
        let accounts = resting.into_iter().map(|order| Offer {
            level: Level { price: order.price, qty: order.remaining() },
            maker: Some(order.id.clone()),
        });
        let others = self.ladder(market, side, now).into_iter();
        let others = others.map(|level| Offer { level, maker: None });
        let mut offers: Vec<Offer> = accounts.chain(others).collect();
        match side {
            Side::Sell => offers.sort_by_key(|offer| offer.level.price),
            Side::Buy => offers.sort_by_key(|offer| std::cmp::Reverse(offer.level.price)),
        }
        offers
    }

    /// The levels of others on one side, best first.
    pub(super) fn ladder(&self, market: MarketIndex, side: Side, now: Timestamp) -> Vec<Level> {
        let missing = self.depletion(market, side).missing(now);
        ladder::levels(self.listing(market), side, (self.mid(market, now), now), missing)
    }

    /// One side of the book by price, best first, at most `limit` levels.
    pub fn depth(
        &self,
        market: MarketIndex,
        side: Side,
        limit: usize,
        now: Timestamp,
    ) -> Vec<Level> {
        let mut levels: Vec<Level> = Vec::new();
        for Offer { level, .. } in self.offers(market, side, now) {
            if let Some(last) = levels.last_mut().filter(|last| last.price == level.price) {
                last.qty = last.qty.saturating_add(level.qty);
            } else if levels.len() < limit {
                levels.push(level);
            } else {
                break;
            }
        }
        levels
    }
}
