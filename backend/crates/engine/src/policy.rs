//! The policy table of the user's document, with the cooldowns of the design.

use std::time::Duration;

use domain::{Decimal, Notional, PolicyName};

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Its name.
    pub name: PolicyName,
    /// Stop distance in average true ranges.
    pub stop_atr: Decimal,
    /// Reward for one unit of risk: target distance over stop distance.
    pub reward_ratio: Decimal,
    /// Largest order, quote units.
    pub max_notional: Notional,
    /// Pause per symbol after an entry.
    pub cooldown: Duration,
}

impl Policy {
    /// The row of `name`.
    pub fn of(name: PolicyName) -> Self {
        let (stop_tenths, reward_tenths, max_notional, cooldown_s) = match name {
            PolicyName::Conservative => (15, 20, 100, 45),
            PolicyName::Moderate => (20, 25, 250, 30),
            PolicyName::Aggressive => (25, 30, 500, 20),
        };
        Self {
            name,
            stop_atr: Decimal::new(stop_tenths, 1),
            reward_ratio: Decimal::new(reward_tenths, 1),
            max_notional: Notional::new(Decimal::from(max_notional)).unwrap_or(Notional::ZERO),
            cooldown: Duration::from_secs(cooldown_s),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_that_of_the_users_document() {
        let rows = [
            (PolicyName::Conservative, "1.5", "2", "100", 45),
            (PolicyName::Moderate, "2", "2.5", "250", 30),
            (PolicyName::Aggressive, "2.5", "3", "500", 20),
        ];
        for (name, stop, reward, max, cooldown) in rows {
            let policy = Policy::of(name);
            assert_eq!(policy.stop_atr, stop.parse().unwrap(), "{name}");
            assert_eq!(policy.reward_ratio, reward.parse().unwrap(), "{name}");
            assert_eq!(policy.max_notional, max.parse().unwrap(), "{name}");
            assert_eq!(policy.cooldown, Duration::from_secs(cooldown), "{name}");
        }
    }
}
