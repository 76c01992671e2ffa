//! Each risk rule's own account: what the signals it blocked would have come to.

use std::collections::BTreeMap;

use domain::{Decimal, Pnl};
use serde::{Deserialize, Serialize};

use super::channels::Ending;

/// UTC days kept.
const DAYS: i64 = 90;

/// What signals blocked by one rule came to, as shadows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleAccount {
    /// First target before stop: what the rule cost.
    pub won: u64,
    /// Stop before first target: what it saved.
    pub lost: u64,
    /// Ended otherwise.
    pub neither: u64,
    /// The price never came to the entry.
    pub not_entered: u64,
    /// Results in units of risk, summed.
    pub sum_r: Decimal,
    /// Reckoned results at the requested size before fees, quote units.
    pub pnl: Pnl,
    /// The part of it of signals that no other rule blocked.
    pub pnl_alone: Pnl,
}

impl RuleAccount {
    /// Signals that were entered and are over.
    pub const fn ended(&self) -> u64 {
        self.won + self.lost + self.neither
    }

    /// Mean result in units of risk; [`None`] before the first.
    pub fn mean_r(&self) -> Option<Decimal> {
        Some(self.sum_r.checked_div(Decimal::from(self.ended()))?.round_dp(4).normalize())
    }

    fn add(&mut self, other: &Self) {
        self.won += other.won;
        self.lost += other.lost;
        self.neither += other.neither;
        self.not_entered += other.not_entered;
        self.sum_r = self.sum_r.saturating_add(other.sum_r);
        self.pnl = self.pnl.saturating_add(other.pnl);
        self.pnl_alone = self.pnl_alone.saturating_add(other.pnl_alone);
    }
}

/// The accounts, by rule and the UTC day on which a shadow ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rules(BTreeMap<String, BTreeMap<i64, RuleAccount>>);

impl Rules {
    /// A shadow that `rules` blocked came to its end; [`None`] says that it was never entered.
    pub(super) fn take(
        &mut self,
        rules: &[String],
        day: i64,
        ending: Option<Ending>,
        r: Decimal,
        pnl: Pnl,
    ) {
        let mut one = RuleAccount { sum_r: r, pnl, ..RuleAccount::default() };
        match ending {
            Some(Ending::Won) => one.won = 1,
            Some(Ending::Lost) => one.lost = 1,
            Some(Ending::Neither) => one.neither = 1,
            None => one.not_entered = 1,
        }
        if rules.len() == 1 {
            one.pnl_alone = pnl;
        }
        for rule in rules {
            let days = self.0.entry(rule.clone()).or_default();
            days.entry(day).or_default().add(&one);
            days.retain(|kept, _| *kept > day - DAYS);
        }
    }

    /// The sums since a UTC day, by rule.
    pub(super) fn since(&self, day: i64) -> BTreeMap<&str, RuleAccount> {
        let sum = |days: &BTreeMap<i64, RuleAccount>| {
            days.range(day..).fold(RuleAccount::default(), |mut sum, (_, account)| {
                sum.add(account);
                sum
            })
        };
        self.0.iter().map(|(rule, days)| (rule.as_str(), sum(days))).collect()
    }
}
