//! The order book as everyone sees it: resting orders of accounts between the levels of others.

use domain::{Price, Qty, Side, Timestamp};

use super::exchange::Exchange;
use super::ladder::{self, Front};
use super::matching::Offer;
use crate::market::{MarketIndex, Quoting};

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
        let others = self.ladder(market, side, now);
        let others = others.map(|level| Offer { level, maker: None });
        let mut offers: Vec<Offer> = accounts.chain(others).collect();
        match side {
            Side::Sell => offers.sort_by_key(|offer| offer.level.price),
            Side::Buy => offers.sort_by_key(|offer| std::cmp::Reverse(offer.level.price)),
        }
        offers
    }

    /// The levels of others on one side, best first; none where nobody knows the price.
    pub(super) fn ladder(
        &self,
        market: MarketIndex,
        side: Side,
        now: Timestamp,
    ) -> impl Iterator<Item = Level> {
        let listing = self.listing(market);
        let front = self.front(market, side, now);
        let missing = self.depletion(market, side).missing(now);
        let levels = front.map(|front| ladder::levels(listing, side, (front, now), missing));
        levels.into_iter().flatten()
    }

    fn front(&self, market: MarketIndex, side: Side, now: Timestamp) -> Option<Front> {
        let mid = self.mid(market, now);
        match self.prices().quoting(market, now) {
            Quoting::AroundMid => Some(Front::around(mid, self.listing(market))),
            Quoting::From { bid, ask, level_quote } => {
                let best = if side == Side::Buy { bid } else { ask };
                best.map(|best| Front { mid, best: Some(best), level_quote })
            }
            Quoting::Nobody => None,
        }
    }

    /// The first level of one side: what [`Exchange::depth`] begins with, in less time.
    pub(super) fn best(&self, market: MarketIndex, side: Side, now: Timestamp) -> Option<Level> {
        let others = self.ladder(market, side, now).next();
        let resting = self.ledger().resting(&self.listing(market).symbol, side);
        let own = resting.first().map(|order| order.price);
        let better = |price: Price, than: Price| match side {
            Side::Sell => price < than,
            Side::Buy => price > than,
        };
        let price = match (own, others.map(|level| level.price)) {
            (Some(own), Some(others)) if better(others, own) => others,
            (own, others) => own.or(others)?,
        };
        let at_best = resting.iter().take_while(|order| order.price == price);
        let others = others.filter(|level| level.price == price).map_or(Qty::ZERO, |l| l.qty);
        let qty = at_best.fold(others, |sum, order| sum.saturating_add(order.remaining()));
        Some(Level { price, qty })
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
