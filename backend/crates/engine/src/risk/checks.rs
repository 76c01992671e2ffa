//! The checks, one function each: pass, clamp, block or skip, with the figures used.

use domain::{
    Asset, Check, CheckResult, Decimal, Market, Notional, Price, Qty, Side, Symbol, Timestamp,
};

use super::{Situation, cooldown as cooldown_in_force, max_notional};
use crate::guards;
use crate::input::Quote;
use crate::room::megabytes;
use crate::settings::NotionalMode;

fn verdict(name: &'static str, ok: bool, detail: String) -> Check {
    Check::new(name, if ok { CheckResult::Pass } else { CheckResult::Block }, detail)
}

pub(super) fn kill_switch(situation: &Situation<'_>) -> Check {
    match situation.ledger.kill_mode() {
        None => verdict("kill_switch", true, "kill switch is off".to_owned()),
        Some(mode) => {
            let detail = format!(
                "kill switch is on (mode {}): no new entries until POST /risk/resume",
                mode.as_str()
            );
            verdict("kill_switch", false, detail)
        }
    }
}

pub(crate) fn exchange_enabled(situation: &Situation<'_>) -> Check {
    let detail = if situation.settings.executor_enabled {
        "executor is enabled"
    } else {
        "executor is off: MEXC_ENABLE is false"
    };
    verdict("exchange_enabled", situation.settings.executor_enabled, detail.to_owned())
}

/// The pair is listed, open to API orders, and open for this side.
pub(crate) fn tradable(
    situation: &Situation<'_>,
    symbol: &Symbol,
    market: Option<&Market>,
    side: Side,
) -> Check {
    let Some(market) = market else {
        return verdict("symbol", false, format!("Unknown symbol for MEXC: {symbol}"));
    };
    if !market.open {
        return verdict("symbol", false, format!("{symbol} is closed to API orders at present"));
    }
    let quote = &situation.settings.quote_asset;
    if side == Side::Buy && market.quote != *quote {
        let detail = format!(
            "{symbol} is paid in {}, but sizes, limits and balances are in {quote} (QUOTE_ASSET)",
            market.quote
        );
        return verdict("symbol", false, detail);
    }
    if !market.sides.allows(side) {
        let detail =
            format!("{symbol} does not take {side} orders at present ({:?})", market.sides);
        return verdict("symbol", false, detail);
    }
    verdict("symbol", true, format!("{symbol} is open for {side} orders"))
}

pub(super) fn signal_fresh(situation: &Situation<'_>, posted_at: Option<Timestamp>) -> Check {
    let most = situation.settings.signal_max_age.as_secs();
    let Some(posted_at) = posted_at else {
        return verdict("signal_fresh", true, "not seen before; no posting time given".to_owned());
    };
    let age = situation.at.since(posted_at).as_secs();
    verdict(
        "signal_fresh",
        age <= most,
        format!("not seen before; posted {age} s ago, at most {most} s"),
    )
}

pub(super) fn confidence(situation: &Situation<'_>, confidence: Option<f64>) -> Check {
    let least = situation.settings.auto_route.min_confidence;
    let found = confidence.unwrap_or(0.0);
    verdict("confidence", found >= least, format!("confidence {found:.3}, at least {least}"))
}

/// A price is known and recent.
pub(crate) fn price_fresh(situation: &Situation<'_>, quote: Option<&Quote>) -> Check {
    let most = situation.settings.risk.price_max_age.as_millis();
    match quote {
        None => verdict("price", false, "no price known".to_owned()),
        Some(quote) => {
            let age = situation.at.since(quote.at).as_millis();
            let detail =
                format!("bid {} ask {}, {age} ms old, at most {most} ms", quote.bid, quote.ask);
            verdict("price", age <= most, detail)
        }
    }
}

/// Brings the size inside `RISK_MIN_NOTIONAL` … min(`RISK_MAX_NOTIONAL`, policy), or refuses it.
pub(super) fn notional(situation: &Situation<'_>, requested: Notional) -> (Notional, Check) {
    let risk = &situation.settings.risk;
    let (least, most) = (risk.min_notional, max_notional(situation.settings, situation.ledger));
    let bounds = format!("limits {least} to {most} ({})", situation.ledger.policy());
    if least > most {
        let detail = format!("RISK_MIN_NOTIONAL {least} is above the largest order {most}");
        return (most, verdict("notional", false, detail));
    }
    let fitted = requested.clamp(least, most);
    if fitted == requested {
        return (fitted, verdict("notional", true, format!("{requested}, {bounds}")));
    }
    let detail = format!("requested {requested}, final {fitted}, {bounds}");
    match risk.notional_mode {
        NotionalMode::Clamp => (fitted, Check::new("notional", CheckResult::Clamp, detail)),
        NotionalMode::Reject => {
            let detail = format!("requested {requested} is outside the {bounds}");
            (requested, verdict("notional", false, detail))
        }
    }
}

/// The exchange's own limits: quantity step and minimum, smallest and largest notional.
pub(crate) fn filters(
    market: &Market,
    price: Price,
    qty: Qty,
    notional: Notional,
    at_market: bool,
) -> Check {
    let rules = &market.rules;
    let (least, most) = if at_market {
        (rules.min_notional_market, rules.max_notional_market)
    } else {
        (rules.min_notional, rules.max_notional)
    };
    let problem = if qty.is_zero() {
        Some(format!("{notional} buys less than one step of {} at {price}", rules.step))
    } else if qty < rules.min_qty {
        Some(format!("quantity {qty} is below the exchange's minimum {}", rules.min_qty))
    } else if notional < least {
        Some(format!("notional {notional} is below the exchange's minimum {least}"))
    } else if notional > most {
        Some(format!("notional {notional} is above the exchange's maximum {most}"))
    } else {
        None
    };
    let fits = problem.is_none();
    let detail = problem.unwrap_or_else(|| {
        format!("qty {qty} at {price}, notional {notional} in {least} to {most}")
    });
    verdict("filters", fits, detail)
}

pub(super) fn balance(situation: &Situation<'_>, notional: Notional) -> Check {
    let quote = &situation.settings.quote_asset;
    let Some(free) = situation.desk.free(quote) else {
        let detail = "balance not known yet: the exchange will judge";
        return Check::new("balance", CheckResult::Skip, detail);
    };
    let in_flight = spent_since_balances(situation);
    let left = (free - in_flight.get()).max(Decimal::ZERO);
    verdict("balance", notional.get() <= left, format!("needs {notional} of {left} {quote} free"))
}

/// What entries decided after the last balance answer may take from it.
fn spent_since_balances(situation: &Situation<'_>) -> Notional {
    let known_at = situation.desk.balances_at.unwrap_or(Timestamp::EPOCH);
    let newer = situation.ledger.open_entries().filter(|order| order.created_at >= known_at);
    newer.map(|order| order.notional).fold(Notional::ZERO, Notional::saturating_add)
}

pub(crate) fn cooldown(situation: &Situation<'_>, symbol: &Symbol) -> Check {
    let pause = cooldown_in_force(situation.settings, situation.ledger);
    let Some(last) = situation.ledger.last_entry(symbol) else {
        return verdict("cooldown", true, format!("no earlier entry, pause {} s", pause.as_secs()));
    };
    let passed = situation.at.since(last);
    let detail = format!(
        "last entry {:.1} s ago, pause {} s, {:.1} s left",
        passed.as_secs_f64(),
        pause.as_secs(),
        pause.saturating_sub(passed).as_secs_f64()
    );
    verdict("cooldown", passed >= pause, detail)
}

pub(super) fn positions_per_symbol(situation: &Situation<'_>, symbol: &Symbol) -> Check {
    let most = situation.settings.risk.max_positions_per_symbol;
    let open = situation.ledger.open_position_count(Some(symbol));
    let detail = format!("{open} open in {symbol}, at most {most}");
    verdict("positions_per_symbol", open < most as usize, detail)
}

pub(super) fn open_positions(situation: &Situation<'_>) -> Check {
    let most = situation.settings.risk.max_open_positions;
    let open = situation.ledger.open_position_count(None);
    verdict("open_positions", open < most as usize, format!("{open} open, at most {most}"))
}

pub(super) fn total_exposure(situation: &Situation<'_>, notional: Notional) -> Check {
    let most = situation.settings.risk.max_total_exposure;
    let exposure = situation.ledger.exposure();
    let after = exposure.saturating_add(notional);
    let detail = format!("{exposure} now, {after} with this order, at most {most}");
    verdict("total_exposure", after <= most, detail)
}

/// Entries pause while a position that is already open could not be stopped out.
pub(super) fn protection(situation: &Situation<'_>) -> Check {
    let Situation { settings, ledger, desk, at } = *situation;
    match guards::unprotected(settings, ledger, desk, at).next() {
        None => verdict("protection", true, "every open position has a working stop".to_owned()),
        Some((position, reason)) => {
            let detail = format!("{} is unprotected ({reason}): no new entries", position.id);
            verdict("protection", false, detail)
        }
    }
}

/// Entries stop before the journal does.
pub(super) fn journal_room(situation: &Situation<'_>) -> Check {
    const NAME: &str = "journal_room";
    let Some(room) = situation.desk.room else {
        return Check::new(NAME, CheckResult::Skip, "the disk was not looked at");
    };
    let (free, wanted) = (megabytes(room.free), megabytes(room.wanted));
    let reserve = if room.on_reserve { ", on the journal's reserve" } else { "" };
    let detail = format!("{free} MB free on the journal's disk{reserve}, at least {wanted} MB");
    verdict(NAME, !situation.desk.room_is_short, detail)
}

pub(super) fn daily_loss(situation: &Situation<'_>) -> Check {
    let most = situation.settings.risk.max_daily_loss;
    let loss = situation.ledger.realised_on(situation.at.utc_day()).loss();
    if most == Notional::ZERO {
        return Check::new("daily_loss", CheckResult::Skip, format!("no limit; lost {loss} today"));
    }
    verdict("daily_loss", loss < most, format!("lost {loss} today (UTC), at most {most}"))
}

/// Whether a sale of `qty` at `price` is large enough for the exchange.
pub(crate) fn sellable(market: &Market, price: Price, qty: Qty, at_market: bool) -> bool {
    let check = filters(market, price, qty, price.notional(qty), at_market);
    let too_large = price.notional(qty) > market.rules.max_notional_market;
    check.result == CheckResult::Pass || too_large
}

/// The free amount of `asset` as a quantity.
pub(crate) fn free_qty(situation: &Situation<'_>, asset: &Asset) -> Option<Qty> {
    situation.desk.free(asset).and_then(|free| Qty::new(free).ok())
}
