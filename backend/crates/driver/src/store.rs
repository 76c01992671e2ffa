//! Where records go: the journal, or a simulated disk.

use domain::{Record, Room, Timestamp};

/// An append-only store of records.
pub trait Store {
    /// Why it failed.
    type Error: std::error::Error;

    /// Whether a batch that begins at `at` must begin with a checkpoint.
    fn needs_checkpoint(&self, at: Timestamp) -> bool;

    /// Appends a batch: all of it or nothing. What was appended survives a kill of the process.
    ///
    /// # Errors
    /// Nothing was appended.
    fn append(&mut self, batch: &[Record]) -> Result<(), Self::Error>;

    /// Makes everything appended survive a power cut.
    ///
    /// # Errors
    /// It is not known what would survive.
    fn sync(&mut self) -> Result<(), Self::Error>;

    /// Tries to end an earlier failure; without one it does nothing.
    ///
    /// # Errors
    /// The cause is still there.
    fn recover(&mut self) -> Result<(), Self::Error>;

    /// Looks at the room left; [`None`] where that cannot be known.
    fn room(&mut self) -> Option<Room>;

    /// Whether the room kept for exits is being used up. Cheap: asked before every input.
    fn on_reserve(&self) -> bool;
}

impl Store for journal::Journal {
    type Error = journal::AppendError;

    fn needs_checkpoint(&self, at: Timestamp) -> bool {
        Self::needs_checkpoint(self, at)
    }

    fn append(&mut self, batch: &[Record]) -> Result<(), Self::Error> {
        Self::append(self, batch)
    }

    fn sync(&mut self) -> Result<(), Self::Error> {
        Self::sync(self)
    }

    fn recover(&mut self) -> Result<(), Self::Error> {
        Self::recover(self)
    }

    fn room(&mut self) -> Option<Room> {
        Self::room(self).ok()
    }

    fn on_reserve(&self) -> bool {
        Self::on_reserve(self)
    }
}
