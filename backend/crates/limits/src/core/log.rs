//! What was spent when.

use std::collections::VecDeque;

use super::Micros;

/// Amounts with their times, oldest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log {
    entries: VecDeque<(Micros, u32)>,
}

impl Log {
    /// Notes an amount. Times may come in any order.
    pub(crate) fn add(&mut self, at: Micros, amount: u32) {
        let later = self.entries.iter().rev().take_while(|(known, _)| *known > at).count();
        let place = self.entries.len() - later;
        match place.checked_sub(1).and_then(|before| self.entries.get_mut(before)) {
            Some((known, sum)) if *known == at => *sum = sum.saturating_add(amount),
            _ => self.entries.insert(place, (at, amount)),
        }
    }

    /// The sum of what was noted after `since`.
    pub(crate) fn sum(&self, since: Micros) -> u64 {
        let recent = self.entries.iter().rev().take_while(|(at, _)| *at > since);
        recent.map(|(_, amount)| u64::from(*amount)).sum()
    }

    /// Forgets what was noted at `until` or before.
    pub(crate) fn forget(&mut self, until: Micros) {
        while self.entries.front().is_some_and(|(at, _)| *at <= until) {
            self.entries.pop_front();
        }
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Micros, u32)> {
        self.entries.iter().copied()
    }
}
