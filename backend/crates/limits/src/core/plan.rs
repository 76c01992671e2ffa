//! From what the exchange allows to what each lane may use.

use super::{Micros, SECOND};
use crate::{BudgetSettings, Cost, Lane};

/// How many windows there are.
pub(crate) const WINDOWS: usize = 5;
/// What a request adds to each window, by [`Kind::index`].
pub(crate) type Charges = [u32; WINDOWS];
/// As many processes may fall back to their shares at once without passing a limit.
pub(crate) const SHARES: u32 = 4;

/// Longest span of a weight window (contract 5).
const TEN_SECONDS: Micros = 10 * SECOND;
/// Weight of the heaviest request, the market list (contract 5).
const HEAVIEST: u32 = 25;

/// The windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Weight of the address in 10 s.
    Ip,
    /// Of that, what questions may use in 2.5 s: a burst of them must not lock the window for the
    /// rest of its 10 s.
    Pace,
    /// Weight of the account in 10 s.
    Uid,
    /// Orders and cancels in a second.
    Orders,
    /// Reads of the account in a second.
    Account,
}

impl Kind {
    pub(crate) const ALL: [Self; WINDOWS] =
        [Self::Ip, Self::Pace, Self::Uid, Self::Orders, Self::Account];

    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Ip => "ip_weight_10s",
            Self::Pace => "query_weight_2_5s",
            Self::Uid => "uid_weight_10s",
            Self::Orders => "orders_1s",
            Self::Account => "account_1s",
        }
    }
}

/// A set of windows, a bit for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Kinds(pub(crate) u8);

impl Kinds {
    pub(crate) fn of(charges: &Charges) -> Self {
        let used = (0..WINDOWS).filter(|index| charges[*index] > 0);
        Self(used.fold(0, |bits, index| bits | 1 << index))
    }

    pub(crate) const fn only(index: usize) -> Self {
        Self(1 << index)
    }

    pub(crate) const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// One window's law.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rule {
    /// How long an amount counts after its request.
    pub(crate) span: Micros,
    /// How much may be used in all when a request of each lane starts, by [`Lane::index`].
    pub(crate) ceilings: [u32; Lane::COUNT],
}

impl Rule {
    /// The whole window.
    pub(crate) const fn limit(&self) -> u32 {
        self.ceilings[0]
    }

    /// What is left to the least urgent lane.
    pub(crate) const fn floor(&self) -> u32 {
        self.ceilings[Lane::COUNT - 1]
    }
}

/// All windows and the spacing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) rules: [Rule; WINDOWS],
    pub(crate) spacing: Micros,
}

impl Plan {
    /// The whole budget.
    pub(crate) fn whole(settings: &BudgetSettings) -> Self {
        Self::new(settings, reserve)
    }

    /// The whole budget for several processes. What an idle one of them keeps for its exits, should
    /// it lose the others, is used by nobody.
    pub(crate) fn shared(settings: &BudgetSettings) -> Self {
        let (mut plan, share) = (Self::whole(settings), Self::share(settings));
        for (rule, kept) in plan.rules.iter_mut().zip(share.rules) {
            if kept.span > SECOND {
                let kept = kept.limit() - kept.floor();
                let least = rule.ceilings[1];
                rule.ceilings[0] = rule.ceilings[0].saturating_sub(kept).max(least);
            }
        }
        plan
    }

    /// What a process may use on its own when it cannot ask the others.
    pub(crate) fn share(settings: &BudgetSettings) -> Self {
        let share = |limit: u32| (limit / SHARES).max(1);
        let shared = BudgetSettings {
            ip_weight_10s: share(settings.ip_weight_10s),
            uid_weight_10s: share(settings.uid_weight_10s),
            orders_per_sec: share(settings.orders_per_sec),
            account_per_sec: share(settings.account_per_sec),
            spacing: settings.spacing * SHARES,
        };
        // The reserve that all of them together leave must not be more than the whole one.
        Self::new(&shared, |limit| share(reserve(limit.saturating_mul(SHARES))))
    }

    fn new(settings: &BudgetSettings, reserve: impl Fn(u32) -> u32) -> Self {
        let weight = |limit: u32| {
            let kept = reserve(limit);
            let below = |kept: u32| limit.saturating_sub(kept).max(1);
            Rule { span: TEN_SECONDS, ceilings: [limit, below(kept / 2), below(kept)] }
        };
        let second = |ceilings| Rule { span: SECOND, ceilings };
        let ip = weight(settings.ip_weight_10s);
        let (orders, account) = (settings.orders_per_sec, settings.account_per_sec);
        let half = (orders / 2).max(1);
        let rules = [
            ip,
            pace(ip.floor()),
            weight(settings.uid_weight_10s),
            second([orders, half, half]),
            second([account; Lane::COUNT]),
        ];
        let spacing = Micros::try_from(settings.spacing.as_micros()).unwrap_or(Micros::MAX);
        Self { rules, spacing }
    }

    pub(crate) const fn rule(&self, index: usize) -> &Rule {
        &self.rules[index]
    }

    /// What a request adds to each window. A request that is larger than what its lane may ever
    /// use counts as that much: it then waits for an empty window instead of for ever.
    pub(crate) fn charges(&self, lane: Lane, cost: Cost) -> Charges {
        let pace = if lane == Lane::Query { cost.ip_weight } else { 0 };
        let whole =
            [cost.ip_weight, pace, cost.uid_weight, u32::from(cost.order), u32::from(cost.account)];
        std::array::from_fn(|index| whole[index].min(self.rules[index].ceilings[lane.index()]))
    }
}

/// What questions leave to orders: 3 % of a weight window, and at least two cancels with the sales
/// that follow.
fn reserve(limit: u32) -> u32 {
    (limit.saturating_mul(3)).div_ceil(100).max(4)
}

/// 30 % in a quarter of the time: room for a burst such as the start, and the window never stays
/// locked for longer than 2.5 s.
fn pace(floor: u32) -> Rule {
    let ceiling = u64::from(floor) * 3 / 10;
    let ceiling = u32::try_from(ceiling).unwrap_or(u32::MAX).max(HEAVIEST).min(floor);
    Rule { span: TEN_SECONDS / 4, ceilings: [ceiling; Lane::COUNT] }
}
