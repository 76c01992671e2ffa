//! A simulated disk: what is written survives a kill, what is synced survives a power cut.

use std::cell::RefCell;
use std::rc::Rc;

use domain::{Event, Record, Room, Timestamp};

use crate::chance::Chance;
use crate::fault::{Fault, Faults};
use crate::plan::Plan;
use crate::sabotage::Sabotage;
use crate::space::Space;

/// Why the disk refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DiskError {
    #[error("no space left")]
    Full,
    #[error("input/output error while syncing")]
    Sync,
    #[error("stopped after a failed sync")]
    Stopped,
    #[error("the machine is down")]
    Down,
    #[error("records are out of sequence: {0} after {1}")]
    OutOfSequence(u64, u64),
    #[error("record {0} does not read back as it was written")]
    ReadsDifferently(u64),
}

/// Where the next crash strikes the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    Before,
    During,
    After,
}

/// A crash that is due at a disk operation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trap {
    pub(crate) operations_left: u32,
    pub(crate) moment: Moment,
    pub(crate) power: bool,
}

/// The surface of the disk, shared by the process and the world.
#[derive(Debug)]
pub(crate) struct Platter {
    records: Vec<Record>,
    synced: usize,
    stopped: bool,
    down: bool,
    /// A process holds the lock; the system lets go of it when the process dies.
    locked: bool,
    failing_until: Timestamp,
    checkpoint_every: usize,
    since_checkpoint: usize,
    trap: Option<Trap>,
    sabotage: Option<Sabotage>,
    /// What the store contradicted, for the checkers.
    broken: Option<DiskError>,
    at: Timestamp,
    space: Space,
}

/// The process's handle.
#[derive(Debug, Clone)]
pub(crate) struct Disk {
    platter: Rc<RefCell<Platter>>,
    faults: Rc<RefCell<Faults>>,
}

impl Disk {
    pub(crate) fn new(
        faults: Rc<RefCell<Faults>>,
        plan: &Plan,
        sabotage: Option<Sabotage>,
    ) -> Self {
        let platter = Platter {
            records: Vec::new(),
            synced: 0,
            stopped: false,
            down: false,
            locked: false,
            failing_until: Timestamp::EPOCH,
            checkpoint_every: plan.checkpoint_every,
            since_checkpoint: 0,
            trap: None,
            sabotage,
            broken: None,
            at: Timestamp::EPOCH,
            space: Space::new(plan.disk),
        };
        Self { platter: Rc::new(RefCell::new(platter)), faults }
    }

    /// Takes the lock that each process needs before it reads; whether it was free.
    pub(crate) fn lock(&self) -> bool {
        let platter = &mut *self.platter.borrow_mut();
        let ignored = platter.sabotage == Some(Sabotage::LockIgnored);
        !std::mem::replace(&mut platter.locked, true) || ignored
    }

    /// What would be read after a kill.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&[Record]) -> T) -> T {
        look(&self.platter.borrow().records)
    }

    pub(crate) fn written_seq(&self) -> u64 {
        self.platter.borrow().records.last().map_or(0, |record| record.seq)
    }

    pub(crate) fn synced_seq(&self) -> u64 {
        let platter = self.platter.borrow();
        platter.synced.checked_sub(1).map_or(0, |last| platter.records[last].seq)
    }

    pub(crate) fn set_time(&self, at: Timestamp) {
        self.platter.borrow_mut().at = at;
    }

    pub(crate) fn set_trap(&self, trap: Trap) {
        self.platter.borrow_mut().trap = Some(trap);
    }

    pub(crate) fn broken(&self) -> Option<DiskError> {
        self.platter.borrow().broken
    }

    /// The room on it.
    pub(crate) fn space<T>(&self, look: impl FnOnce(&mut Space) -> T) -> T {
        look(&mut self.platter.borrow_mut().space)
    }

    /// Whether a trap has struck, and whether it took the power.
    pub(crate) fn is_down(&self) -> Option<bool> {
        let platter = self.platter.borrow();
        platter.down.then(|| platter.trap.is_some_and(|trap| trap.power))
    }

    /// No fault lasts any longer.
    pub(crate) fn heal(&self) {
        let mut platter = self.platter.borrow_mut();
        platter.failing_until = Timestamp::EPOCH;
        platter.trap = None;
        platter.space.leave(u64::MAX);
    }

    /// The machine comes back. After a power cut any end that was not synced may be gone.
    pub(crate) fn reboot(&self, power_lost: bool, chance: &mut Chance) {
        let mut platter = self.platter.borrow_mut();
        if power_lost {
            let (synced, written) = (platter.synced, platter.records.len());
            let kept = synced + chance.index(written - synced + 1);
            platter.records.truncate(kept);
        }
        // Opening the journal makes what was replayed durable.
        platter.synced = platter.records.len();
        (platter.stopped, platter.down, platter.trap) = (false, false, None);
        platter.locked = false;
        let is_checkpoint = |record: &Record| matches!(record.event, Event::Checkpoint(_));
        platter.since_checkpoint =
            platter.records.iter().rev().take_while(|record| !is_checkpoint(record)).count();
    }

    fn springs(platter: &mut Platter, moment: Moment) -> bool {
        let Some(trap) = &mut platter.trap else { return false };
        if trap.moment != moment {
            return false;
        }
        if trap.operations_left > 0 {
            trap.operations_left -= 1;
            return false;
        }
        platter.down = true;
        true
    }
}

impl Platter {
    fn failing(&mut self, faults: &mut Faults, fault: Fault) -> bool {
        if self.at < self.failing_until {
            return true;
        }
        if faults.strikes_at_rate(fault, 15) {
            let lasts = faults.details(fault).millis(1..=4_000);
            self.failing_until = self.at.plus(lasts);
            return true;
        }
        false
    }

    fn write(&mut self, batch: &[Record], lines: &[String]) -> Result<(), DiskError> {
        for (record, line) in batch.iter().zip(lines) {
            let last = self.records.last().map_or(0, |last| last.seq);
            if record.seq != last + 1 {
                let error = DiskError::OutOfSequence(record.seq, last);
                self.broken = Some(error);
                return Err(error);
            }
            // A score is a float: its last digit may read back otherwise. It decides nothing then.
            let scored = matches!(record.event, Event::SignalScored(_));
            if Record::parse(line).map_or(true, |read| read != *record && !scored) {
                let error = DiskError::ReadsDifferently(record.seq);
                self.broken = Some(error);
                return Err(error);
            }
            let checkpoint = matches!(record.event, Event::Checkpoint(_));
            self.since_checkpoint = if checkpoint { 0 } else { self.since_checkpoint + 1 };
            let altered = self.sabotage.and_then(|sabotage| sabotage.record(record));
            self.records.push(altered.unwrap_or_else(|| record.clone()));
        }
        Ok(())
    }
}

/// The lines as the journal writes them; one that cannot be written reads back as nothing.
fn lines(batch: &[Record]) -> Vec<String> {
    let line = |record| serde_json::to_string(record).unwrap_or_default() + "\n";
    batch.iter().map(line).collect()
}

impl driver::Store for Disk {
    type Error = DiskError;

    fn needs_checkpoint(&self, _: Timestamp) -> bool {
        let platter = self.platter.borrow();
        platter.records.is_empty() || platter.since_checkpoint >= platter.checkpoint_every
    }

    fn append(&mut self, batch: &[Record]) -> Result<(), DiskError> {
        let platter = &mut *self.platter.borrow_mut();
        if platter.down || Self::springs(platter, Moment::Before) {
            return Err(DiskError::Down);
        }
        if platter.stopped {
            return Err(DiskError::Stopped);
        }
        let faults = &mut *self.faults.borrow_mut();
        if platter.failing(faults, Fault::AppendFails) {
            return Err(DiskError::Full);
        }
        let last = batch.last().map_or(0, |record| record.seq);
        let lines = lines(batch);
        let bytes = lines.iter().map(|line| line.len() as u64).sum();
        if !platter.space.take(bytes, last) {
            return Err(DiskError::Full);
        }
        if Self::springs(platter, Moment::During) {
            let kept = faults.details(Fault::TornWrite).index(batch.len() + 1);
            platter.write(&batch[..kept], &lines)?;
            return Err(DiskError::Down);
        }
        platter.write(batch, &lines)?;
        if Self::springs(platter, Moment::After) { Err(DiskError::Down) } else { Ok(()) }
    }

    fn sync(&mut self) -> Result<(), DiskError> {
        let platter = &mut *self.platter.borrow_mut();
        if platter.down || Self::springs(platter, Moment::Before) {
            return Err(DiskError::Down);
        }
        if platter.failing(&mut self.faults.borrow_mut(), Fault::SyncFails) {
            platter.stopped = true;
            return Err(DiskError::Sync);
        }
        if platter.sabotage != Some(Sabotage::SyncLies) {
            platter.synced = platter.records.len();
        }
        if Self::springs(platter, Moment::After) { Err(DiskError::Down) } else { Ok(()) }
    }

    fn recover(&mut self) -> Result<(), DiskError> {
        let platter = &mut *self.platter.borrow_mut();
        if platter.down {
            return Err(DiskError::Down);
        }
        if platter.stopped {
            if platter.at < platter.failing_until {
                return Err(DiskError::Stopped);
            }
            platter.stopped = false;
            platter.synced = platter.records.len();
        }
        Ok(())
    }

    fn room(&mut self) -> Option<Room> {
        let mut platter = self.platter.borrow_mut();
        (platter.sabotage != Some(Sabotage::RoomIgnored)).then(|| platter.space.look())
    }

    fn on_reserve(&self) -> bool {
        let platter = self.platter.borrow();
        platter.sabotage != Some(Sabotage::RoomIgnored) && platter.space.on_reserve()
    }
}
