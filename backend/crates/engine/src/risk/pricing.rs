//! At what price an entry goes in: at the market, resting at the signal's price, or not at all.

use domain::{Bps, Check, CheckResult, EntryKind, Price, Side};

use super::{EntryWish, Situation};
use crate::input::Quote;

/// The outcome of pricing.
pub(super) struct Pricing {
    pub(super) check: Check,
    /// The price the order is judged at.
    pub(super) price: Option<Price>,
    /// The limit price of an entry that rests; [`None`] for entries at the market.
    pub(super) limit: Option<Price>,
}

/// One order, whatever the signal names. Its entry prices are taken as a zone:
/// inside it (or within `ENTRY_MAX_SLIPPAGE_BPS` of it) one market order; above it one limit order
/// at the zone's upper edge; further below it, or at or under the signal's stop, none. A signal
/// that says "market" and names a price never rests: it enters near that price or not at all.
pub(super) fn enter_at(
    situation: &Situation<'_>,
    wish: &EntryWish,
    quote: Option<&Quote>,
) -> Pricing {
    let Some(ask) = quote.map(|quote| quote.ask) else {
        let check = Check::new("entry_price", CheckResult::Skip, "no price to compare with");
        return Pricing { check, price: None, limit: None };
    };
    if let Some(stop) = crossed_stop(wish, ask) {
        return blocked(ask, format!("price {ask} is at or below the signal's stop {stop}"));
    }
    if let Some(last) = passed_targets(wish, ask) {
        return blocked(ask, format!("price {ask} is at or above every target (up to {last})"));
    }
    let (Some(low), Some(high)) = (wish.entries.iter().min(), wish.entries.iter().max()) else {
        return at_market(ask, format!("at the market: {ask}"));
    };
    let slippage = situation.settings.entry.max_slippage;
    let above = high.moved_by(slippage).unwrap_or(*high);
    let below = low.moved_by(Bps(-slippage.0)).unwrap_or(*low);
    let zone = format!("price {ask}, entry {low} to {high}, slippage {} bps", slippage.0);
    if ask < below {
        return blocked(ask, format!("{zone}: too far below the entry"));
    }
    if ask <= above {
        return at_market(ask, format!("{zone}: at the market"));
    }
    if wish.entry_kind == Some(EntryKind::Market) {
        return blocked(ask, format!("{zone}: a market entry this far above is not taken"));
    }
    resting(situation, wish, *high, &zone)
}

fn resting(situation: &Situation<'_>, wish: &EntryWish, edge: Price, zone: &str) -> Pricing {
    let market = situation.desk.markets.get(&wish.symbol);
    let limit = market.map_or(Some(edge), |market| market.rules.round_price(Side::Buy, edge));
    let Some(limit) = limit else {
        return blocked(edge, format!("{zone}: the entry rounds to zero"));
    };
    let ttl = situation.settings.entry.ttl.as_secs();
    let detail = format!("{zone}: rests at {limit} for up to {ttl} s");
    let check = Check::new("entry_price", CheckResult::Pass, detail);
    Pricing { check, price: Some(limit), limit: Some(limit) }
}

/// The signal's stop, when it is coherent (below the signal's own entries or targets) and the price
/// has already fallen to it.
fn crossed_stop(wish: &EntryWish, ask: Price) -> Option<Price> {
    let stop = wish.hints.stop?;
    let reference = wish.entries.iter().max().or(wish.hints.targets.iter().min());
    let coherent = reference.is_none_or(|reference| stop < *reference);
    (coherent && ask <= stop).then_some(stop)
}

/// The signal's highest target, when it names no entry and the price has already passed them all:
/// the move it speaks of is over. Targets below the signal's own stop are no targets (the plan drops
/// them with a reason).
fn passed_targets(wish: &EntryWish, ask: Price) -> Option<Price> {
    let (low, high) = (wish.hints.targets.iter().min()?, wish.hints.targets.iter().max()?);
    let coherent = wish.hints.stop.is_none_or(|stop| stop < *low);
    (wish.entries.is_empty() && coherent && ask >= *high).then_some(*high)
}

fn at_market(ask: Price, detail: String) -> Pricing {
    let check = Check::new("entry_price", CheckResult::Pass, detail);
    Pricing { check, price: Some(ask), limit: None }
}

fn blocked(price: Price, detail: String) -> Pricing {
    let check = Check::new("entry_price", CheckResult::Block, detail);
    Pricing { check, price: Some(price), limit: None }
}
