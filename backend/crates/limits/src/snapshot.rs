//! How a budget stands, for metrics.

use std::time::Duration;

use crate::Lane;
use crate::budget::State;
use crate::core::{Kind, Micros};

/// How a budget stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetSnapshot {
    /// Every window.
    pub windows: Vec<WindowLevel>,
    /// How many requests wait, by lane, the most urgent first.
    pub waiting: [(Lane, usize); Lane::COUNT],
    /// Whether the budget is shared with other processes (or meant to be).
    pub is_shared: bool,
    /// Whether it should be shared but the store is lost.
    pub is_degraded: bool,
    /// How much longer the exchange wants silence.
    pub paused_for: Duration,
    /// How often the store was asked.
    pub questions: u64,
}

/// How one window stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowLevel {
    /// Its name, such as `ip_weight_10s`.
    pub name: &'static str,
    /// What may be used within it.
    pub limit: u32,
    /// How much of that is left; of a shared budget, as last heard.
    pub left: u32,
}

impl State {
    pub(crate) fn snapshot(&mut self, now: Micros) -> BudgetSnapshot {
        let used = match &self.remote {
            Some(remote) if remote.is_joined() => remote.used(),
            _ => self.meter.used(now),
        };
        let windows = Kind::ALL.into_iter().map(|kind| {
            let limit = self.meter.plan().rule(kind.index()).limit();
            let left = u64::from(limit).saturating_sub(used[kind.index()]);
            WindowLevel { name: kind.as_str(), limit, left: u32::try_from(left).unwrap_or(limit) }
        });
        let waiting = self.queue.waiting();
        let remote = self.remote.as_ref();
        BudgetSnapshot {
            windows: windows.collect(),
            waiting: Lane::ALL.map(|lane| (lane, waiting[lane.index()])),
            is_shared: remote.is_some(),
            is_degraded: remote.is_some_and(crate::shared::Remote::is_lost),
            paused_for: Duration::from_micros(self.meter.paused_until().saturating_sub(now)),
            questions: remote.map_or(0, crate::shared::Remote::questions),
        }
    }
}
