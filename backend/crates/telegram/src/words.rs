//! Events in words, for people.

use domain::event::{
    AutoRoute, ExitPlan, OrderNew, OrderProgress, PlanSource, PositionClosed, RiskSltp,
};
use domain::{Check, CheckResult, Decimal, Event, Price, Record, Side};

/// One event as a sentence without its time.
pub(crate) fn sentence(record: &Record) -> String {
    let symbol = record.symbol.as_ref().map_or("", domain::Symbol::as_str);
    match &record.event {
        Event::SignalIngest(ingest) => {
            let channel = ingest.channel.as_deref().unwrap_or("-");
            format!("message from {} {channel}: {}", ingest.source, first_line(&ingest.text))
        }
        Event::SignalScored(scored) => {
            let score = &scored.score;
            let named = scored.signal.symbol.as_deref().unwrap_or("no pair");
            format!("read as {} of {named}, confidence {:.2}", score.label, score.confidence)
        }
        Event::SignalDuplicate(_) => "came again: nothing follows".to_owned(),
        Event::AutoRouteExecuted(route) => format!("traded: {}", routed(route)),
        Event::AutoRouteSkipped(route) => format!("not traded: {}", routed(route)),
        Event::AutoRouteDryRun(route) => format!("tried only: {}", routed(route)),
        Event::OrderNew(order) => format!("order: {}", ordered(order)),
        Event::OrderBlocked(blocked) => format!("blocked: {}", blocked.reason),
        Event::OrderError(error) => format!("refused: {}", error.refusal.message),
        Event::OrderInDoubt(doubt) => format!("in doubt: {}", doubt.seen),
        Event::OrderReconciled(found) => format!("doubt settled: {}", found.evidence),
        Event::OrderPartialFill(progress) => format!("partly filled: {}", filled(progress)),
        Event::OrderFilled(progress) => format!("filled: {}", filled(progress)),
        Event::OrderCanceled(progress) => format!("cancelled: {}", filled(progress)),
        Event::OrderCancelRequested(cancel) => format!("cancel wanted: {}", cancel.reason),
        Event::PositionOpened(opened) => format!("position {} opened", opened.position_id),
        Event::RiskSltp(plan) => planned(plan),
        Event::PositionClosing(closing) => match closing.reason {
            Some(reason) => format!("leaving: {}", close_reason(reason)),
            None => "a partial sale is done".to_owned(),
        },
        Event::PositionClosed(closed) => closed_at(closed),
        Event::KillSwitch(kill) => match kill.mode {
            Some(mode) => format!("kill switch {} by {}: {}", mode.as_str(), kill.by, kill.reason),
            None => format!("kill switch released by {}", kill.by),
        },
        Event::RiskPolicyChanged(changed) => {
            format!("policy {} instead of {}, by {}", changed.to, changed.from, changed.by)
        }
        event => format!("{} {symbol}", event.event_type()).trim_end().to_owned(),
    }
}

/// A check that did not simply pass.
pub(crate) fn check(check: &Check) -> Option<String> {
    let word = match check.result {
        CheckResult::Pass | CheckResult::Skip => return None,
        CheckResult::Clamp => "changed",
        CheckResult::Block => "blocked",
    };
    Some(format!("{word} by {}: {}", check.name, check.detail))
}

fn routed(route: &AutoRoute) -> String {
    let checks = route.checks.iter().filter_map(check).map(|line| format!("\n   {line}"));
    format!("{}{}", route.reason, checks.collect::<String>())
}

fn ordered(order: &OrderNew) -> String {
    let (side, kind) = (side(order.side), order.kind.as_str());
    format!("{side} {kind} of {} at {}", plain(order.notional.get()), plain(order.price.get()))
}

fn filled(progress: &OrderProgress) -> String {
    let price = progress.average_price.map_or_else(String::new, |price| format!(" at {price}"));
    format!("{} {}{price}", side(progress.side), plain(progress.executed_qty.get()))
}

const fn side(side: Side) -> &'static str {
    match side {
        Side::Buy => "buy",
        Side::Sell => "sell",
    }
}

/// The plan of a position.
pub(crate) fn planned(sltp: &RiskSltp) -> String {
    let why = sltp.reason.as_deref().map_or_else(String::new, |reason| format!(" ({reason})"));
    format!("plan {}{why}: {}", sltp.revision, plan(&sltp.plan))
}

/// Stop and targets.
pub(crate) fn plan(plan: &ExitPlan) -> String {
    let targets: Vec<String> = plan.targets.iter().map(|target| target.price.to_string()).collect();
    let source = match plan.source {
        PlanSource::Hint => "from the signal",
        PlanSource::Atr => "from the ATR",
        PlanSource::Fallback => "without candles",
    };
    format!("stop {}, targets {}, {source}", plan.stop, targets.join(" "))
}

/// What came of a position.
pub(crate) fn closed_at(closed: &PositionClosed) -> String {
    let exit =
        closed.exit_price.map_or_else(|| "nothing sold".to_owned(), |price| price.to_string());
    let reason = close_reason(closed.reason);
    let pnl = signed(closed.realised_pnl.get());
    format!("closed by {reason}: {} → {exit}, result {pnl}", closed.entry_price)
}

/// Why a position was left.
pub(crate) const fn close_reason(reason: domain::event::CloseReason) -> &'static str {
    use domain::event::CloseReason as R;
    match reason {
        R::Stop => "its stop",
        R::Targets => "its targets",
        R::Manual => "a person",
        R::Signal => "a signal",
        R::KillSwitch => "the kill switch",
        R::Dust => "being dust",
        R::Time => "its time stop",
        R::Twin => "being a late twin",
    }
}

/// The result in units of what was risked: entry to first stop. [`None`] where nothing was.
pub(crate) fn risk_multiple(closed: &PositionClosed, stop: Price) -> Option<Decimal> {
    let distance = closed.entry_price.get() - stop.get();
    let risked = distance.checked_mul(closed.qty.get())?;
    (risked > Decimal::ZERO).then_some(())?;
    Some(closed.realised_pnl.get().checked_div(risked)?.round_dp(2))
}

/// At most two decimals for large amounts, all that matter for small ones.
pub(crate) fn plain(amount: Decimal) -> String {
    let places = if amount.abs() >= Decimal::ONE { 2 } else { 8 };
    amount.round_dp(places).normalize().to_string()
}

/// With a plus where it is a profit.
pub(crate) fn signed(amount: Decimal) -> String {
    let plus = if amount > Decimal::ZERO { "+" } else { "" };
    format!("{plus}{}", plain(amount))
}

/// The first line that says something, bounded.
pub(crate) fn first_line(text: &str) -> String {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    line.trim().chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::event::CloseReason;
    use domain::{PositionId, Timestamp};

    fn closed(pnl: &str) -> PositionClosed {
        PositionClosed {
            position_id: PositionId::new("pos-1"),
            reason: CloseReason::Targets,
            qty: "2".parse().unwrap(),
            entry_price: "100".parse().unwrap(),
            exit_price: Some("110".parse().unwrap()),
            realised_pnl: pnl.parse().unwrap(),
            dust: "0".parse().unwrap(),
            opened_at: Timestamp::EPOCH,
        }
    }

    #[test]
    fn the_result_is_told_in_units_of_what_was_risked() {
        let stop = "95".parse().unwrap();
        assert_eq!(risk_multiple(&closed("20"), stop).unwrap(), Decimal::TWO);
        assert_eq!(risk_multiple(&closed("-10"), stop).unwrap(), Decimal::NEGATIVE_ONE);
        assert_eq!(risk_multiple(&closed("20"), "100".parse().unwrap()), None, "nothing risked");
    }

    #[test]
    fn a_close_tells_prices_reason_and_result() {
        let text = closed_at(&closed("19.987"));
        assert_eq!(text, "closed by its targets: 100 → 110, result +19.99");
    }

    #[test]
    fn amounts_are_short_and_small_ones_keep_what_matters() {
        let of = |text: &str| plain(text.parse().unwrap());
        assert_eq!((of("1234.5678"), of("0.00001234")), ("1234.57".into(), "0.00001234".into()));
        assert_eq!(signed("3".parse().unwrap()), "+3");
    }
}
