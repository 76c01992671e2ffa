//! The room on the simulated disk: the journal, its reserve, and everything of others.

use domain::Room;

/// A disk as it is bought and configured, in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) capacity: u64,
    pub(crate) wanted: u64,
    pub(crate) reserve: u64,
}

/// How it stands, in bytes.
#[derive(Debug)]
pub(crate) struct Space {
    size: Size,
    journal: u64,
    others: u64,
    holds_reserve: bool,
    /// The last record of the batch that found the disk full and had the reserve given up.
    given_up_at: u64,
}

impl Space {
    pub(crate) const fn new(size: Size) -> Self {
        Self { size, journal: 0, others: 0, holds_reserve: true, given_up_at: 0 }
    }

    fn free(&self) -> u64 {
        let reserve = if self.holds_reserve { self.size.reserve } else { 0 };
        self.size.capacity.saturating_sub(self.journal + self.others + reserve)
    }

    pub(crate) const fn wanted(&self) -> u64 {
        self.size.wanted
    }

    /// Others take what they can, but for this much.
    pub(crate) fn leave(&mut self, free: u64) {
        self.others = 0;
        self.others = self.free().saturating_sub(free);
    }

    pub(crate) fn is_short(&self) -> bool {
        self.on_reserve() || self.free() < self.size.wanted
    }

    pub(crate) const fn on_reserve(&self) -> bool {
        !self.holds_reserve
    }

    /// After which record the journal lives on its reserve, if it does.
    pub(crate) fn on_reserve_after(&self) -> Option<u64> {
        self.on_reserve().then_some(self.given_up_at)
    }

    /// As the journal looks at its room.
    pub(crate) fn look(&mut self) -> Room {
        if self.on_reserve() && self.free() >= self.size.wanted + self.size.reserve {
            self.holds_reserve = true;
        }
        Room { free: self.free(), wanted: self.size.wanted, on_reserve: self.on_reserve() }
    }

    /// Takes room for a batch that ends with record `last`; false when there is none.
    pub(crate) fn take(&mut self, bytes: u64, last: u64) -> bool {
        if self.free() < bytes && self.holds_reserve {
            (self.holds_reserve, self.given_up_at) = (false, last);
        }
        let fits = self.free() >= bytes;
        self.journal += if fits { bytes } else { 0 };
        fits
    }
}
