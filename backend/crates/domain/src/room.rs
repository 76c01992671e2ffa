//! The room that is left for the journal.

/// What a look at the disk said. Sizes are bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// What may still be written, the reserve not counted.
    pub free: u64,
    /// With less than this nothing new is begun.
    pub wanted: u64,
    /// The reserve is given up or could not be taken: what is written now is the last there is room
    /// for.
    pub on_reserve: bool,
}

impl Room {
    /// Too little to begin anything new.
    pub const fn is_short(&self) -> bool {
        self.on_reserve || self.free < self.wanted
    }

    /// Enough to end a shortage: a quarter more than is wanted, so that a disk at the brim does not
    /// come and go.
    pub const fn is_ample(&self) -> bool {
        !self.on_reserve && self.free >= self.wanted.saturating_add(self.wanted / 4)
    }
}
