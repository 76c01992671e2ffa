//! What the store has granted to this process and what it has refused.

use std::collections::VecDeque;

use crate::Lane;
use crate::core::{Charges, Micros, SECOND, WINDOWS};

/// How long a granted amount may wait for somebody who uses it.
pub(crate) const LEASE: Micros = 3 * SECOND / 20;

/// Shortest pause before the store is asked the same again.
const LEAST_WAIT: Micros = 1_000;

/// Granted amounts and start times, and refusals.
#[derive(Debug, Clone, Default)]
pub(crate) struct Leases {
    amounts: Charges,
    until: Micros,
    /// With spacing: when the next requests may start.
    slots: VecDeque<Micros>,
    spacing: Micros,
    /// Until when a window is closed to a lane.
    closed: [[Micros; WINDOWS]; Lane::COUNT],
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

    /// Notes how long windows stay closed to lanes; zero says nothing.
    pub(crate) fn deny(&mut self, now: Micros, waits: &[[Micros; WINDOWS]; Lane::COUNT]) {
        for (closed, wait) in self.closed.as_flattened_mut().iter_mut().zip(waits.as_flattened()) {
            if *wait > 0 {
                *closed = now + (*wait).max(LEAST_WAIT);
            }
        }
    }

    /// Until when this kind of request need not be asked for; [`None`] if it may.
    pub(crate) fn denied_until(
        &self,
        lane: Lane,
        charges: &Charges,
        now: Micros,
    ) -> Option<Micros> {
        // What is closed to a lane is closed to every less urgent one.
        let lanes = self.closed[..=lane.index()].iter();
        let windows = lanes.flat_map(|closed| closed.iter().zip(charges));
        let closed = windows.filter(|(until, charge)| **charge > 0 && **until > now);
        closed.map(|(until, _)| *until).max()
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
