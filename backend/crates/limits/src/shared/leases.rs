//! What the store has granted to this process and what it has refused.

use std::collections::VecDeque;

use crate::Lane;
use crate::core::{Charges, Kinds, Micros, SECOND, WINDOWS};

/// How long a granted amount may wait for somebody who uses it.
pub(crate) const LEASE: Micros = 3 * SECOND / 20;

/// Granted amounts and start times, and refusals.
#[derive(Debug, Clone, Default)]
pub(crate) struct Leases {
    amounts: Charges,
    until: Micros,
    /// With spacing: when the next requests may start.
    slots: VecDeque<Micros>,
    spacing: Micros,
    denied: [Kinds; Lane::COUNT],
    denied_until: Micros,
}

impl Leases {
    pub(crate) fn new(spacing: Micros) -> Self {
        Self { spacing, ..Self::default() }
    }

    /// Adds what was granted at `now`.
    pub(crate) fn grant(&mut self, now: Micros, amounts: &Charges, slots: &[Micros]) {
        self.slots.extend(slots);
        let last = self.slots.back().map_or(now, |slot| slot + self.spacing);
        self.until = self.until.max(last).max(now + LEASE);
        for (held, amount) in self.amounts.iter_mut().zip(amounts) {
            *held = held.saturating_add(*amount);
        }
    }

    /// Replaces the refusals.
    pub(crate) fn deny(&mut self, denied: [Kinds; Lane::COUNT], until: Micros) {
        self.denied = denied;
        self.denied_until = until;
    }

    /// Whether the store has said no to this kind of request.
    pub(crate) fn is_denied(&self, lane: Lane, charges: &Charges, now: Micros) -> bool {
        // What is refused to a lane is refused to every less urgent one.
        let refused = self.denied[..=lane.index()].iter().fold(Kinds::default(), |a, b| a.union(*b));
        now < self.denied_until && Kinds::of(charges).meets(refused)
    }

    pub(crate) const fn denied_until(&self) -> Micros {
        self.denied_until
    }

    /// When a request with these charges may start; [`None`] if not enough is there.
    pub(crate) fn start_of(&self, charges: &Charges) -> Option<Micros> {
        let covered = (0..WINDOWS).all(|index| charges[index] <= self.amounts[index]);
        let slot = if self.spacing == 0 { Some(0) } else { self.slots.front().copied() };
        slot.filter(|_| covered)
    }

    /// Uses a lease up.
    pub(crate) fn spend(&mut self, charges: &Charges) {
        self.slots.pop_front();
        for (held, amount) in self.amounts.iter_mut().zip(charges) {
            *held = held.saturating_sub(*amount);
        }
    }

    /// Drops what nobody used in time.
    pub(crate) fn forget_lapsed(&mut self, now: Micros) {
        while self.slots.front().is_some_and(|slot| slot + self.spacing <= now) {
            self.slots.pop_front();
        }
        if self.until <= now {
            self.amounts = Charges::default();
        }
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::new(self.spacing);
    }

    pub(crate) const fn amounts(&self) -> &Charges {
        &self.amounts
    }

    pub(crate) fn slots(&self) -> usize {
        self.slots.len()
    }
}
