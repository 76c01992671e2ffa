//! The ledger as one event, so that older days of the journal are not needed to go on.

use domain::Event;
use domain::event::Checkpoint;

use super::{ApplyError, Ledger};

/// Layout of the state in a checkpoint. Raised when a field changes its meaning; a reader refuses a
/// version it does not know instead of guessing.
const VERSION: u32 = 1;

impl Ledger {
    /// The state as an event for the journal.
    ///
    /// # Errors
    /// [`ApplyError::Checkpoint`] when the state cannot be serialised.
    pub fn checkpoint(&self) -> Result<Event, ApplyError> {
        let state = serde_json::to_value(self)
            .map_err(|error| ApplyError::Checkpoint(error.to_string()))?;
        Ok(Event::Checkpoint(Box::new(Checkpoint { version: VERSION, state })))
    }

    /// The state a checkpoint holds.
    pub(super) fn restore(checkpoint: &Checkpoint) -> Result<Self, ApplyError> {
        if checkpoint.version != VERSION {
            return Err(ApplyError::CheckpointVersion(checkpoint.version));
        }
        Self::deserialize_state(checkpoint)
    }

    fn deserialize_state(checkpoint: &Checkpoint) -> Result<Self, ApplyError> {
        use serde::Deserialize;
        let mut ledger = Self::deserialize(&checkpoint.state)
            .map_err(|error| ApplyError::Checkpoint(error.to_string()))?;
        ledger.book.index();
        ledger.parked.values_mut().for_each(super::Book::index);
        Ok(ledger)
    }
}
