//! Lets requests in, or turns them away.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use domain::Timestamp;
use serde::Serialize;

use super::silence::{Silence, TooMany};
use super::window::Window;
use super::{Cost, Limits};
use crate::model::AccountId;

const SECOND: Duration = Duration::from_secs(1);
const TEN_SECONDS: Duration = Duration::from_secs(10);

/// All windows of all callers.
#[derive(Debug)]
pub(in crate::server) struct Gate {
    limits: Limits,
    /// Whether a request too many is turned away or only counted.
    enforced: bool,
    addresses: HashMap<IpAddr, Scope>,
    accounts: HashMap<AccountId, Scope>,
    usage: Usage,
}

/// The largest use of each window that any caller ever asked for, refused requests included.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(in crate::server) struct Usage {
    pub(in crate::server) ip_weight_10s: u32,
    pub(in crate::server) uid_weight_10s: u32,
    pub(in crate::server) orders_per_second: u32,
    pub(in crate::server) batches_per_second: u32,
    pub(in crate::server) account_per_second: u32,
    /// Requests answered with 429.
    pub(in crate::server) refused: u64,
    /// Requests answered with 418.
    pub(in crate::server) banned: u64,
}

/// The windows of one address (the first of them) or account (all of them).
#[derive(Debug)]
struct Scope {
    weight: Window,
    orders: Window,
    batches: Window,
    account: Window,
    silence: Silence,
}

impl Scope {
    fn new(limits: &Limits, weight: u32) -> Self {
        Self {
            weight: Window::new(TEN_SECONDS, weight),
            orders: Window::new(SECOND, limits.orders_per_second),
            batches: Window::new(SECOND, limits.batches_per_second),
            account: Window::new(SECOND, limits.account_per_second),
            silence: Silence::default(),
        }
    }

    /// The windows with what a request takes of each.
    fn windows(&mut self, cost: Cost, weight: u32) -> [(&mut Window, u32); 4] {
        [
            (&mut self.weight, weight),
            (&mut self.orders, u32::from(cost.order)),
            (&mut self.batches, u32::from(cost.batch)),
            (&mut self.account, u32::from(cost.account)),
        ]
    }

    /// Until when the fullest window has no room.
    fn full_until(&mut self, cost: Cost, weight: u32, now: Timestamp) -> Option<Timestamp> {
        let asked = self.windows(cost, weight).into_iter().filter(|(_, part)| *part > 0);
        asked.filter_map(|(window, part)| window.full_until(part, now)).max()
    }

    fn spend(&mut self, cost: Cost, weight: u32, now: Timestamp) {
        for (window, part) in self.windows(cost, weight) {
            window.spend(part, now);
        }
    }
}

impl Gate {
    /// A gate with these limits; without any it only counts, against the default ones.
    pub(in crate::server) fn new(limits: Option<Limits>) -> Self {
        Self {
            enforced: limits.is_some(),
            limits: limits.unwrap_or_default(),
            addresses: HashMap::new(),
            accounts: HashMap::new(),
            usage: Usage::default(),
        }
    }

    pub(in crate::server) fn usage(&self) -> Usage {
        self.usage.clone()
    }

    /// Lets a request in and counts it, or turns it away without counting it in any window.
    pub(in crate::server) fn admit(
        &mut self,
        caller: (IpAddr, Option<AccountId>),
        cost: Cost,
        now: Timestamp,
    ) -> Result<(), TooMany> {
        let outcome = self.weigh(caller, cost, now);
        match outcome {
            Ok(()) => {}
            Err(TooMany { banned: false, .. }) => self.usage.refused += 1,
            Err(TooMany { banned: true, .. }) => self.usage.banned += 1,
        }
        outcome
    }

    fn weigh(
        &mut self,
        (ip, account): (IpAddr, Option<AccountId>),
        cost: Cost,
        now: Timestamp,
    ) -> Result<(), TooMany> {
        let limits = &self.limits;
        let at_address = Cost { ip: cost.ip, ..Cost::default() };
        let address = self.addresses.entry(ip);
        let address = address.or_insert_with(|| Scope::new(limits, limits.ip_weight_10s));
        let account = account.map(|id| {
            let scope = self.accounts.entry(id);
            scope.or_insert_with(|| Scope::new(limits, limits.uid_weight_10s))
        });
        let mut scopes = vec![(address, at_address, cost.ip)];
        scopes.extend(account.map(|scope| (scope, cost, cost.uid)));
        note(&mut self.usage, &mut scopes, now);
        if self.enforced {
            for (scope, cost, weight) in &mut scopes {
                scope.silence.check(limits, now)?;
                if let Some(until) = scope.full_until(*cost, *weight, now) {
                    return Err(scope.silence.begin(until, now));
                }
            }
        }
        for (scope, cost, weight) in scopes {
            scope.spend(cost, weight, now);
        }
        Ok(())
    }
}

fn note(usage: &mut Usage, scopes: &mut [(&mut Scope, Cost, u32)], now: Timestamp) {
    for (place, (scope, cost, weight)) in scopes.iter_mut().enumerate() {
        let [weight, orders, batches, account] =
            scope.windows(*cost, *weight).map(|(window, part)| window.usage_with(part, now));
        let of_weight =
            if place == 0 { &mut usage.ip_weight_10s } else { &mut usage.uid_weight_10s };
        *of_weight = weight.max(*of_weight);
        usage.orders_per_second = usage.orders_per_second.max(orders);
        usage.batches_per_second = usage.batches_per_second.max(batches);
        usage.account_per_second = usage.account_per_second.max(account);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const AWAY: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(1_000_000 + ms)
    }

    fn order() -> Cost {
        Cost { uid: 1, order: true, ..Cost::default() }
    }

    #[test]
    fn an_address_shares_its_weight_among_all_endpoints() {
        let mut gate = Gate::new(Some(Limits::default()));
        let info = Cost { ip: 25, uid: 25, ..Cost::default() };
        for _ in 0..12 {
            gate.admit((HOME, None), info, at(0)).unwrap();
        }
        let one = Cost { ip: 1, ..Cost::default() };
        let refused = gate.admit((HOME, None), one, at(1_500)).unwrap_err();
        assert_eq!(refused, TooMany { banned: false, retry_after_s: 9 });
        gate.admit((AWAY, None), one, at(1_500)).unwrap();
        gate.admit((HOME, Some(AccountId(0))), order(), at(1_600)).unwrap_err();
        gate.admit((HOME, None), one, at(10_000)).unwrap();
        assert_eq!((gate.usage().ip_weight_10s, gate.usage().refused), (301, 2));
    }

    #[test]
    fn an_account_has_its_own_buckets_wherever_it_calls_from() {
        let mut gate = Gate::new(Some(Limits::default()));
        let mine = |ip| (ip, Some(AccountId(0)));
        for n in 0..12 {
            gate.admit(mine(if n % 2 == 0 { HOME } else { AWAY }), order(), at(n)).unwrap();
        }
        let refused = gate.admit(mine(HOME), order(), at(500)).unwrap_err();
        assert_eq!(refused.retry_after_s, 1);
        gate.admit((HOME, Some(AccountId(1))), order(), at(500)).unwrap();
        gate.admit(mine(HOME), order(), at(1_000)).unwrap();
        let account = Cost { ip: 10, uid: 10, account: true, ..Cost::default() };
        for _ in 0..2 {
            gate.admit(mine(HOME), account, at(5_000)).unwrap();
        }
        gate.admit(mine(HOME), account, at(5_000)).unwrap_err();
        assert_eq!(gate.usage().account_per_second, 3);
        assert_eq!(gate.usage().orders_per_second, 13);
    }

    #[test]
    fn a_gate_without_limits_counts_and_refuses_nothing() {
        let mut gate = Gate::new(None);
        for _ in 0..40 {
            gate.admit((HOME, Some(AccountId(0))), order(), at(0)).unwrap();
        }
        assert_eq!(gate.usage().orders_per_second, 40);
        assert_eq!(gate.usage().refused, 0);
    }
}
