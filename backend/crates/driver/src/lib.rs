//! Step, journal, then release effects.
//!
//! The driver owns the engine and the journal and keeps the one order of things that every promise
//! rests on: what a step made true is written (and, before money can move, synced) before anything
//! it asks for is done or answered. It is synchronous and knows no sockets, so that simulation runs
//! exactly this code.

mod store;

use domain::{Event, Record, Timestamp};
use engine::{ApplyError, Effect, Engine, Input, Outbox, Reply};

pub use store::Store;

/// When the journal is synced to disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncMode {
    /// Before an order or cancel leaves (`JOURNAL_SYNC=before`).
    Before,
    /// While it leaves: some microseconds faster, and a power cut may lose the last decisions
    /// (`JOURNAL_SYNC=beside`).
    Beside,
}

/// Why the driver cannot go on for now, or at all.
#[derive(Debug, thiserror::Error)]
pub enum DriverError<E> {
    /// The journal cannot be written. Nothing decided since then is released; [`Driver::commit`]
    /// tries again.
    #[error("the journal cannot be written: {0}")]
    Journal(E),
    /// The engine contradicted itself. The process must stop: its state cannot be trusted.
    #[error("the engine contradicted itself: {0}")]
    Fault(ApplyError),
}

/// What may be acted on, now that it is journalled.
#[derive(Debug)]
pub struct Released<T> {
    /// What became true, in order.
    pub records: Vec<Record>,
    /// What to do.
    pub effects: Vec<Effect>,
    /// Whom to answer, and what.
    pub replies: Vec<(T, Reply)>,
}

impl<T> Default for Released<T> {
    fn default() -> Self {
        Self { records: Vec::new(), effects: Vec::new(), replies: Vec::new() }
    }
}

/// Engine and journal. `T` names whoever waits for a reply.
#[derive(Debug)]
pub struct Driver<S, T> {
    engine: Engine,
    store: S,
    sync: SyncMode,
    out: Outbox,
    /// Decided, not yet written.
    staged: Released<T>,
    /// Written, not yet released.
    written: Vec<Record>,
    last_at: Timestamp,
    unsynced: bool,
    /// What the engine was last told of the reserve.
    told_reserve: bool,
}

impl<S: Store, T> Driver<S, T> {
    /// Takes a replayed engine and its journal.
    pub fn new(engine: Engine, store: S, sync: SyncMode) -> Self {
        Self {
            engine,
            store,
            sync,
            out: Outbox::default(),
            staged: Released::default(),
            written: Vec::new(),
            last_at: Timestamp::EPOCH,
            unsynced: false,
            told_reserve: false,
        }
    }

    /// The engine, to look at.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// When [`Input::Tick`] is due at the latest.
    pub fn next_deadline(&mut self) -> Option<Timestamp> {
        self.engine.next_deadline(self.last_at)
    }

    /// Picks up what the journal left open; called once, before the first input.
    ///
    /// # Errors
    /// See [`DriverError`].
    pub fn resume(&mut self, at: Timestamp) -> Result<(), DriverError<S::Error>> {
        let at = self.begin(at)?;
        self.tell_of_reserve(at)?;
        self.engine.resume(at, &mut self.out);
        self.stage(None)
    }

    /// Runs one input through the engine. What comes of it waits for [`Self::commit`].
    ///
    /// # Errors
    /// [`DriverError::Fault`]; the journal is only written by [`Self::commit`].
    pub fn take(
        &mut self,
        at: Timestamp,
        input: Input,
        caller: Option<T>,
    ) -> Result<(), DriverError<S::Error>> {
        let at = self.begin(at)?;
        self.tell_of_reserve(at)?;
        self.engine.step(at, input, &mut self.out);
        self.stage(caller)
    }

    /// Looks at the room left for the journal and tells the engine; called every few seconds.
    ///
    /// # Errors
    /// As [`Self::take`].
    pub fn look_at_room(&mut self, at: Timestamp) -> Result<(), DriverError<S::Error>> {
        let at = self.begin(at)?;
        self.tell_of_room(at)
    }

    /// Nothing new is begun on the reserve, so the engine must know before it decides on the next
    /// input.
    fn tell_of_reserve(&mut self, at: Timestamp) -> Result<(), DriverError<S::Error>> {
        if self.store.on_reserve() == self.told_reserve { Ok(()) } else { self.tell_of_room(at) }
    }

    fn tell_of_room(&mut self, at: Timestamp) -> Result<(), DriverError<S::Error>> {
        let Some(room) = self.store.room() else { return Ok(()) };
        self.told_reserve = room.on_reserve;
        self.engine.step(at, Input::Room(room), &mut self.out);
        self.stage(None)
    }

    /// Keeps time from running backwards, and begins a batch with a checkpoint where one is due. A
    /// checkpoint that cannot be written stays due; the input is taken all the same, since answers
    /// from the exchange come only once.
    fn begin(&mut self, at: Timestamp) -> Result<Timestamp, DriverError<S::Error>> {
        self.last_at = self.last_at.max(at);
        let due = |driver: &Self| driver.store.needs_checkpoint(driver.last_at);
        // What is staged may hold the checkpoint that is due.
        if due(self) && self.write().is_ok() && due(self) {
            let record = self.engine.checkpoint(self.last_at).map_err(DriverError::Fault)?;
            self.staged.records.push(record);
        }
        Ok(self.last_at)
    }

    fn stage(&mut self, caller: Option<T>) -> Result<(), DriverError<S::Error>> {
        if let Some(fault) = self.out.fault.take() {
            return Err(DriverError::Fault(fault));
        }
        self.staged.records.append(&mut self.out.records);
        self.staged.effects.append(&mut self.out.effects);
        if let (Some(caller), Some(reply)) = (caller, self.out.reply.take()) {
            self.staged.replies.push((caller, reply));
        }
        Ok(())
    }

    /// Writes everything staged, syncs it if money can move, and releases it.
    ///
    /// # Errors
    /// [`DriverError::Journal`]: nothing was released, call again once the cause is gone.
    pub fn commit(&mut self) -> Result<Released<T>, DriverError<S::Error>> {
        self.write().map_err(DriverError::Journal)?;
        let money = self.staged.effects.iter().any(Effect::needs_sync);
        if self.kill_switch_turned() || money && self.sync == SyncMode::Before {
            self.sync().map_err(DriverError::Journal)?;
        }
        let mut released = std::mem::take(&mut self.staged);
        released.records = std::mem::take(&mut self.written);
        Ok(released)
    }

    /// Whoever pulls the kill switch is answered when it is on disk, in either sync mode: it must
    /// be pulled still when the power comes back.
    fn kill_switch_turned(&self) -> bool {
        self.written.iter().any(|record| matches!(record.event, Event::KillSwitch(_)))
    }

    /// Writes what is staged. A checkpoint that was staged but not written keeps its place.
    fn write(&mut self) -> Result<(), S::Error> {
        if self.staged.records.is_empty() {
            return Ok(());
        }
        self.store.recover()?;
        self.store.append(&self.staged.records)?;
        self.written.append(&mut self.staged.records);
        self.unsynced = true;
        Ok(())
    }

    /// Syncs what was written. Called by [`Self::commit`] where it must be, and by the caller when
    /// there is time.
    ///
    /// # Errors
    /// What the journal says.
    pub fn sync(&mut self) -> Result<(), S::Error> {
        if self.unsynced {
            self.store.recover()?;
            self.store.sync()?;
            self.unsynced = false;
        }
        Ok(())
    }

    /// Whether something written is not known to be on disk.
    pub fn is_unsynced(&self) -> bool {
        self.unsynced
    }
}
