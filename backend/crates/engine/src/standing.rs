//! What a pair lets us do, and how that changes from one market list to the next.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::event::{Event, Notice};
use domain::{Market, Markets, Side, Symbol, TradeSides};

use crate::step::Step;

/// What a pair lets us do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Buy and sell.
    Open,
    /// Only one side.
    Only(Side),
    /// Listed, and closed to API orders or on both sides.
    Closed,
    /// Not listed any more.
    Gone,
}

impl Standing {
    fn of(market: Option<&Market>) -> Self {
        let Some(market) = market else { return Self::Gone };
        match market.sides {
            _ if !market.open => Self::Closed,
            TradeSides::Both => Self::Open,
            TradeSides::BuyOnly => Self::Only(Side::Buy),
            TradeSides::SellOnly => Self::Only(Side::Sell),
            TradeSides::Closed => Self::Closed,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Only(Side::Buy) => "buy_only",
            Self::Only(Side::Sell) => "sell_only",
            Self::Closed => "closed",
            Self::Gone => "gone",
        }
    }

    /// What it means for a holding.
    const fn consequence(self) -> &'static str {
        match self {
            Self::Open => "its exits work again, and it may be bought",
            Self::Only(Side::Sell) => "it cannot be bought; its exits go on",
            Self::Only(Side::Buy) | Self::Closed => {
                "its exits are refused until the exchange opens it; look after it by hand"
            }
            Self::Gone => {
                "it is gone from the exchange's market list; its exits go on by the last known \
                 rules, and may be refused"
            }
        }
    }
}

impl Step<'_> {
    /// Takes a new market list. Whoever holds a pair is told once when it is restricted, when that
    /// changes, and when it ends.
    pub(crate) fn on_markets(&mut self, markets: Arc<Markets>) {
        let held: BTreeSet<Symbol> =
            self.ledger.positions().map(|position| position.symbol.clone()).collect();
        let mut changes = Vec::new();
        let known = &mut self.desk.restricted;
        known.retain(|symbol, _| held.contains(symbol));
        for symbol in &held {
            let now = Standing::of(markets.get(symbol));
            let before = known.get(symbol).copied().unwrap_or(Standing::Open);
            if now != before {
                changes.push((symbol.clone(), before, now));
            }
            if now == Standing::Open {
                known.remove(symbol);
            } else {
                known.insert(symbol.clone(), now);
            }
        }
        self.desk.set_markets(markets, held.iter());
        for (symbol, before, now) in changes {
            self.tell_restriction(&symbol, before, now);
        }
    }

    fn tell_restriction(&mut self, symbol: &Symbol, before: Standing, now: Standing) {
        let positions = self.ledger.positions().filter(|position| position.symbol == *symbol);
        let positions: Vec<String> = positions.map(|position| position.id.to_string()).collect();
        let message = format!(
            "{symbol} is held and {} at the exchange now: {}",
            now.as_str().replace('_', " "),
            now.consequence()
        );
        let details = BTreeMap::from([
            ("from".to_owned(), before.as_str().to_owned()),
            ("to".to_owned(), now.as_str().to_owned()),
            ("positions".to_owned(), positions.join(",")),
        ]);
        let notice = Notice { message: message.clone(), details };
        self.emit(Some(symbol), None, Event::MexcSymbolRestricted(notice));
        if now != Standing::Open {
            self.alarm(Some(symbol), None, message);
        }
    }
}
