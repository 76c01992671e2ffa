//! Risk: an ordered list of small checks. All run, so that the answer shows every figure.

pub(crate) mod checks;
mod pricing;
#[cfg(test)]
mod tests;

use domain::event::{ExitHints, MessageRef, Origin};
use domain::{
    Check, CheckResult, EntryKind, Market, Notional, OrderKind, Price, Qty, Side, Symbol, Timestamp,
};

use crate::desk::Desk;
use crate::ledger::Ledger;
use crate::policy::Policy;
use crate::settings::Settings;

/// An entry somebody wants.
#[derive(Debug, Clone)]
pub(crate) struct EntryWish {
    pub(crate) origin: Origin,
    pub(crate) symbol: Symbol,
    pub(crate) notional: Notional,
    /// The signal's entry prices; empty means at the market.
    pub(crate) entries: Vec<Price>,
    pub(crate) entry_kind: Option<EntryKind>,
    /// The message that asks for it.
    pub(crate) from: Option<MessageRef>,
    pub(crate) hints: ExitHints,
    /// Confidence, for signals.
    pub(crate) confidence: Option<f64>,
    /// When the signal was posted, if known.
    pub(crate) posted_at: Option<Timestamp>,
    /// Counts from 1. A further attempt was judged by confidence, age and cooldown before.
    pub(crate) attempt: u32,
}

/// What the checks see.
pub(crate) struct Situation<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) ledger: &'a Ledger,
    pub(crate) desk: &'a Desk,
    pub(crate) at: Timestamp,
}

/// What came of the checks.
#[derive(Debug, Clone)]
pub(crate) struct Verdict {
    pub(crate) checks: Vec<Check>,
    /// After clamping and rounding.
    pub(crate) notional: Notional,
    pub(crate) qty: Qty,
    /// The price it was judged at.
    pub(crate) price: Option<Price>,
    /// How to enter; [`None`] when a check blocks.
    pub(crate) kind: Option<OrderKind>,
}

impl Verdict {
    /// The first blocking check's sentence.
    pub(crate) fn block_reason(&self) -> Option<&str> {
        let blocking = self.checks.iter().find(|check| check.result == CheckResult::Block);
        blocking.map(|check| check.detail.as_str())
    }

    pub(crate) fn blocked(&self) -> bool {
        self.block_reason().is_some()
    }

    /// `market`, `limit` or `ioc`, also for an order that was blocked.
    pub(crate) fn kind_name(&self) -> &'static str {
        self.kind.as_ref().map_or("market", OrderKind::as_str)
    }
}

/// Judges an entry. Pure: the same situation gives the same verdict, whether it is a dry run or not.
pub(crate) fn judge(situation: &Situation<'_>, wish: &EntryWish) -> Verdict {
    let mut list = CheckList::default();
    let market = situation.desk.markets.get(&wish.symbol);
    list.add(checks::kill_switch(situation));
    list.add(checks::exchange_enabled(situation));
    list.add(checks::tradable(situation, &wish.symbol, market, Side::Buy));
    if wish.origin == Origin::Signal && wish.attempt == 1 {
        list.add(checks::signal_fresh(situation, wish.posted_at));
        list.add(checks::confidence(situation, wish.confidence));
    }
    let quote = situation.desk.quote(&wish.symbol);
    list.add(checks::price_fresh(situation, quote));
    let pricing = pricing::enter_at(situation, wish, quote);
    list.add(pricing.check);
    let (clamped, check) = checks::notional(situation, wish.notional);
    list.add(check);
    let sized = market
        .zip(pricing.price)
        .map(|(market, price)| size(situation, market, price, pricing.limit, clamped));
    let (kind, qty, notional, check) = sized.unwrap_or_else(|| {
        let check = Check::new("filters", CheckResult::Skip, "no price to size the order with");
        (None, Qty::ZERO, clamped, check)
    });
    list.add(check);
    list.add(checks::balance(situation, notional));
    if wish.attempt == 1 {
        list.add(checks::cooldown(situation, &wish.symbol));
    }
    list.add(checks::positions_per_symbol(situation, &wish.symbol));
    list.add(checks::open_positions(situation));
    list.add(checks::total_exposure(situation, notional));
    list.add(checks::daily_loss(situation));
    list.add(checks::protection(situation));
    list.add(checks::journal_room(situation));
    let kind = if list.blocks { None } else { kind };
    Verdict { checks: list.checks, notional, qty, price: pricing.price, kind }
}

/// Rounds the order to the pair's rules and checks the exchange's filters.
fn size(
    situation: &Situation<'_>,
    market: &Market,
    price: Price,
    limit: Option<Price>,
    clamped: Notional,
) -> (Option<OrderKind>, Qty, Notional, Check) {
    let rules = &market.rules;
    if let Some(limit) = limit {
        let qty = rules.round_qty(clamped.qty_at(limit));
        let kind = OrderKind::Limit { qty, price: limit };
        let notional = limit.notional(qty);
        return (Some(kind), qty, notional, checks::filters(market, limit, qty, notional, false));
    }
    if market.market_orders {
        let notional = rules.round_quote(clamped);
        let qty = rules.round_qty(notional.qty_at(price));
        let kind = OrderKind::MarketQuote { notional };
        return (Some(kind), qty, notional, checks::filters(market, price, qty, notional, true));
    }
    let bound = price.moved_by(situation.settings.entry.max_slippage);
    let bound = bound.and_then(|bound| rules.round_price(Side::Buy, bound)).unwrap_or(price);
    let qty = rules.round_qty(clamped.qty_at(bound));
    let kind = OrderKind::ImmediateOrCancel { qty, price: bound };
    let notional = bound.notional(qty);
    (Some(kind), qty, notional, checks::filters(market, bound, qty, notional, false))
}

/// Policy row in force.
pub(crate) fn policy(ledger: &Ledger) -> Policy {
    Policy::of(ledger.policy())
}

/// The largest order allowed now: the configured maximum or the policy's, whichever is smaller.
pub(crate) fn max_notional(settings: &Settings, ledger: &Ledger) -> Notional {
    let of_policy = policy(ledger).max_notional;
    settings.risk.max_notional.map_or(of_policy, |max| max.min(of_policy))
}

/// The pause per symbol in force.
pub(crate) fn cooldown(settings: &Settings, ledger: &Ledger) -> std::time::Duration {
    settings.risk.cooldown.unwrap_or_else(|| policy(ledger).cooldown)
}

#[derive(Default)]
struct CheckList {
    checks: Vec<Check>,
    blocks: bool,
}

impl CheckList {
    fn add(&mut self, check: Check) {
        self.blocks |= check.result == CheckResult::Block;
        self.checks.push(check);
    }
}
