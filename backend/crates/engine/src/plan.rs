//! Exit plans: stop and targets from the signal's hints, the ATR, or the fallback.

use domain::event::{ExitHints, ExitPlan, PlanSource, Target};
use domain::{Decimal, MarketRules, Notional, Price, Qty};

use crate::policy::Policy;
use crate::settings::ExitSettings;

/// What takes the place of the ATR when candles are missing: one percent of the price.
const FALLBACK_SHARE: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// More targets than this are not followed.
const MAX_TARGETS: usize = 10;

/// What a plan is made from.
#[derive(Debug, Clone)]
pub struct PlanBasis<'a> {
    /// Average entry price, or the price expected.
    pub entry: Price,
    /// Base quantity to be left.
    pub qty: Qty,
    /// What the signal said.
    pub hints: &'a ExitHints,
    /// Average true range in quote units; [`None`] leads to the fallback.
    pub atr: Option<Decimal>,
    /// Policy in force.
    pub policy: Policy,
    /// The pair's rules.
    pub rules: &'a MarketRules,
    /// `EXIT_*`.
    pub exit: &'a ExitSettings,
}

/// Derives the plan for a long position.
///
/// Sensible hints win: a stop below and targets above the entry. A senseless hint is dropped with a
/// note. Without a stop hint the stop lies `policy.stop_atr` × ATR below the entry; without target
/// hints there is one target, `policy.reward_ratio` times the stop's distance above the entry.
pub fn derive(basis: &PlanBasis<'_>) -> ExitPlan {
    let mut notes = Vec::new();
    let hinted_stop = stop_from_hints(basis, &mut notes);
    let hinted_targets = targets_from_hints(basis, &mut notes);
    let source = match (hinted_stop.is_some() || !hinted_targets.is_empty(), basis.atr) {
        (true, _) => PlanSource::Hint,
        (false, Some(_)) => PlanSource::Atr,
        (false, None) => PlanSource::Fallback,
    };
    let stop = hinted_stop.unwrap_or_else(|| stop_from_range(basis, &mut notes));
    let prices = if hinted_targets.is_empty() {
        if source == PlanSource::Hint {
            notes.push(format!("target from the policy: {} × risk", basis.policy.reward_ratio));
        }
        vec![reward_target(basis, stop)]
    } else {
        hinted_targets
    };
    let targets = share_out(basis, prices, &mut notes);
    let policy = basis.policy.name;
    let stop_hinted = hinted_stop.is_some();
    ExitPlan { stop, stop_hinted, targets, source, atr: basis.atr, policy, notes }
}

fn stop_from_hints(basis: &PlanBasis<'_>, notes: &mut Vec<String>) -> Option<Price> {
    let hundred = Decimal::ONE_HUNDRED;
    let from_pct = basis.hints.stop_pct.and_then(|pct| {
        let factor = Decimal::ONE.checked_sub(pct.abs().checked_div(hundred)?)?;
        basis.entry.times(factor)
    });
    let hinted = basis.hints.stop.or(from_pct)?;
    let rounded = hinted.floor_to(basis.rules.tick);
    let sensible = rounded.filter(|stop| *stop < basis.entry);
    if sensible.is_none() {
        notes.push(format!("stop {hinted} dropped: not below the entry {}", basis.entry));
    }
    sensible
}

fn targets_from_hints(basis: &PlanBasis<'_>, notes: &mut Vec<String>) -> Vec<Price> {
    let hundred = Decimal::ONE_HUNDRED;
    let from_pcts = basis.hints.target_pcts.iter().filter_map(|pct| {
        let factor = Decimal::ONE.checked_add(pct.abs().checked_div(hundred)?)?;
        basis.entry.times(factor)
    });
    let hinted: Vec<Price> = if basis.hints.targets.is_empty() {
        from_pcts.collect()
    } else {
        basis.hints.targets.clone()
    };
    let mut kept = Vec::new();
    for target in hinted {
        match target.ceil_to(basis.rules.tick).filter(|rounded| *rounded > basis.entry) {
            Some(rounded) => kept.push(rounded),
            None => {
                notes.push(format!("target {target} dropped: not above the entry {}", basis.entry));
            }
        }
    }
    kept.sort_unstable();
    kept.dedup();
    kept
}

fn stop_from_range(basis: &PlanBasis<'_>, notes: &mut Vec<String>) -> Price {
    let range = basis.atr.unwrap_or_else(|| {
        notes.push("no candles: 1% of the price takes the place of the ATR".to_owned());
        basis.entry.get() * FALLBACK_SHARE
    });
    let distance = range.saturating_mul(basis.policy.stop_atr);
    let stop = basis.entry.plus(-distance).and_then(|stop| stop.floor_to(basis.rules.tick));
    stop.filter(|stop| *stop < basis.entry).unwrap_or_else(|| {
        notes.push(format!("stop distance {distance} leaves no price: half the entry is used"));
        basis.entry.times(Decimal::new(5, 1)).unwrap_or(basis.entry)
    })
}

fn reward_target(basis: &PlanBasis<'_>, stop: Price) -> Price {
    let risk = basis.entry.get() - stop.get();
    let reward = risk.saturating_mul(basis.policy.reward_ratio);
    let target = basis.entry.plus(reward).and_then(|target| target.ceil_to(basis.rules.tick));
    target.unwrap_or(basis.entry)
}

/// Gives each target its share: `EXIT_TP_SHARES` where set, else even. Targets whose share would
/// fall below the exchange's smallest order are left out, nearest kept.
fn share_out(basis: &PlanBasis<'_>, prices: Vec<Price>, notes: &mut Vec<String>) -> Vec<Target> {
    let named = prices.len();
    let configured = &basis.exit.tp_shares;
    let limit = if configured.is_empty() { MAX_TARGETS } else { configured.len() };
    let count = named.min(limit).min(affordable(basis)).max(1);
    if count < named {
        notes.push(format!("{count} of {named} targets followed, nearest first"));
    }
    let weights: Vec<Decimal> =
        (0..count).map(|i| configured.get(i).copied().unwrap_or(Decimal::ONE)).collect();
    let whole: Decimal = weights.iter().sum();
    let mut left = Decimal::ONE;
    let mut targets = Vec::with_capacity(count);
    for (i, (price, weight)) in prices.into_iter().zip(weights).enumerate() {
        let even = weight.checked_div(whole).unwrap_or(Decimal::ONE).round_dp(6);
        let share = if i + 1 == count { left } else { even.min(left) };
        left -= share;
        targets.push(Target { price, share: share.normalize() });
    }
    targets
}

/// How many equal parts of the position the exchange would still take as orders of their own.
fn affordable(basis: &PlanBasis<'_>) -> usize {
    let value = basis.entry.notional(basis.qty);
    let least = basis.rules.min_notional.max(basis.rules.min_notional_market);
    let least = least.max(basis.entry.notional(basis.rules.min_qty));
    if least == Notional::ZERO || basis.qty.is_zero() {
        return MAX_TARGETS;
    }
    let parts = value.get().checked_div(least.get()).unwrap_or(Decimal::ONE).trunc();
    usize::try_from(i64::try_from(parts).unwrap_or(1)).unwrap_or(1)
}
