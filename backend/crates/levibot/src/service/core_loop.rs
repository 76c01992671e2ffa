//! The thread that owns the engine: takes jobs, commits them in groups, releases what follows.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use api::Metrics;
use domain::Record;
use driver::{Driver, DriverError, Released};
use engine::{ApplyError, Effect, Engine, Input, Reply};
use journal::{AppendError, Journal};
use tokio::sync::{broadcast, mpsc, oneshot};

use super::health::Health;
use super::revoker::{Generation, Revoker};
use crate::clock;

/// Jobs taken before the group is committed.
const GROUP: usize = 512;
/// Longest sleep without a job.
const IDLE: Duration = Duration::from_millis(500);
/// Pause between two looks at the room left on the disk.
const ROOM_EVERY: Duration = Duration::from_secs(5);
/// Pause between attempts to write a journal that cannot be written.
const JOURNAL_RETRY: Duration = Duration::from_millis(250);

/// Whoever waits for a reply.
pub(crate) type Caller = oneshot::Sender<Reply>;

/// Something for the loop to do.
pub(crate) enum Job {
    /// One input, perhaps with somebody waiting for the reply.
    Input(Input, Option<Caller>),
    /// Several inputs nobody waits for.
    Inputs(Vec<Input>),
    /// A look at the engine between two steps.
    Look(Box<dyn FnOnce(&Engine) + Send>),
    /// Commit, sync and end.
    Stop,
}

/// Where the loop's results go.
pub(crate) struct Outlets {
    pub(crate) effects: mpsc::UnboundedSender<(Effect, Generation)>,
    pub(crate) records: broadcast::Sender<Arc<Record>>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) revoker: Arc<Revoker>,
    pub(crate) health: Arc<Health>,
}

/// Why the loop ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoopEnd {
    /// Asked to.
    #[error("stopped")]
    Stopped,
    /// The journal could not be written at the start.
    #[error("the journal cannot be written ({0}); free the disk or set LOG_DIR, then restart")]
    Journal(AppendError),
    /// The engine contradicted itself; nothing more was released.
    #[error("the engine contradicted itself ({0}); the journal up to here is intact, restart")]
    Fault(ApplyError),
}

/// Engine, journal and outlets.
pub(crate) struct CoreLoop {
    driver: Driver<Journal, Caller>,
    jobs: Receiver<Job>,
    outlets: Outlets,
    journal_fails: bool,
    looked_at_room: Option<Instant>,
}

impl CoreLoop {
    pub(crate) fn new(
        driver: Driver<Journal, Caller>,
        jobs: Receiver<Job>,
        outlets: Outlets,
    ) -> Self {
        Self { driver, jobs, outlets, journal_fails: false, looked_at_room: None }
    }

    /// Runs until it is stopped or cannot go on.
    pub(crate) fn run(mut self) -> LoopEnd {
        if let Err(end) = self.resume() {
            return end;
        }
        loop {
            match self.turn() {
                Ok(true) => {}
                Ok(false) => return LoopEnd::Stopped,
                Err(end) => return end,
            }
        }
    }

    /// Nothing may happen before what the journal left open is picked up, and that is journalled.
    fn resume(&mut self) -> Result<(), LoopEnd> {
        self.look_at_room()?;
        let resumed = self.driver.resume(clock::now());
        self.note(resumed)?;
        match self.driver.commit() {
            Ok(released) => {
                self.release(released);
                Ok(())
            }
            Err(DriverError::Fault(fault)) => Err(LoopEnd::Fault(fault)),
            Err(DriverError::Journal(error)) => Err(LoopEnd::Journal(error)),
        }
    }

    /// One group of jobs. False after a stop.
    fn turn(&mut self) -> Result<bool, LoopEnd> {
        let patience = self.patience();
        let mut job = match self.jobs.recv_timeout(patience) {
            Ok(job) => Some(job),
            Err(RecvTimeoutError::Timeout) => {
                let ticked = self.driver.take(clock::now(), Input::Tick, None);
                self.note(ticked)?;
                None
            }
            Err(RecvTimeoutError::Disconnected) => Some(Job::Stop),
        };
        self.outlets.health.journal_pending();
        let mut goes_on = true;
        for _ in 0..GROUP {
            let Some(next) = job.take() else { break };
            goes_on &= self.run_job(next)?;
            job = self.jobs.try_recv().ok();
        }
        if let Some(last) = job {
            goes_on &= self.run_job(last)?;
        }
        self.look_at_room()?;
        self.commit()?;
        if !goes_on {
            self.sync_quietly();
        }
        Ok(goes_on)
    }

    /// Known before the first input is taken, and every few seconds from then on.
    fn look_at_room(&mut self) -> Result<(), LoopEnd> {
        let now = Instant::now();
        if self.looked_at_room.is_some_and(|at| now.duration_since(at) < ROOM_EVERY) {
            return Ok(());
        }
        self.looked_at_room = Some(now);
        let looked = self.driver.look_at_room(clock::now());
        self.outlets.health.room(self.driver.engine().room());
        self.note(looked)
    }

    fn patience(&mut self) -> Duration {
        if self.journal_fails {
            return JOURNAL_RETRY;
        }
        if self.driver.is_unsynced() {
            self.sync_quietly();
        }
        let due = self.driver.next_deadline();
        due.map_or(IDLE, |at| at.since(clock::now()).min(IDLE))
    }

    fn run_job(&mut self, job: Job) -> Result<bool, LoopEnd> {
        match job {
            Job::Stop => return Ok(false),
            Job::Look(look) => look(self.driver.engine()),
            Job::Input(input, caller) => self.take(input, caller)?,
            Job::Inputs(inputs) => {
                for input in inputs {
                    self.take(input, None)?;
                }
            }
        }
        Ok(true)
    }

    fn take(&mut self, input: Input, caller: Option<Caller>) -> Result<(), LoopEnd> {
        // Dropping the caller tells it that the input was not taken.
        if self.journal_fails && matches!(input, Input::Message(_) | Input::ManualOrder(_)) {
            return Ok(());
        }
        let decides = matches!(input, Input::Message(_) | Input::ManualOrder(_));
        let started = Instant::now();
        let taken = self.driver.take(clock::now(), input, caller);
        if decides {
            self.outlets.metrics.observe_decision(started.elapsed());
        }
        self.note(taken)
    }

    fn commit(&mut self) -> Result<(), LoopEnd> {
        match self.driver.commit() {
            Ok(released) => {
                self.journal_works();
                self.outlets.health.journal_done();
                self.release(released);
                Ok(())
            }
            Err(error) => self.note(Err(error)),
        }
    }

    /// What is journalled may now be acted on, in the order it was decided; answers come last. What
    /// was decided before a revocation of the same group carries the generation it revokes.
    fn release(&self, released: Released<Caller>) {
        for effect in released.effects {
            if effect == Effect::RevokeQueued {
                self.outlets.revoker.revoke();
                continue;
            }
            let generation = self.outlets.revoker.generation();
            if self.outlets.effects.send((effect, generation)).is_err() {
                tracing::error!("an effect could not be handed on: the service is shutting down");
            }
        }
        for record in released.records {
            self.outlets.metrics.observe(&record);
            // Nobody may be listening.
            let _ = self.outlets.records.send(Arc::new(record));
        }
        for (caller, reply) in released.replies {
            // The caller may have gone away.
            let _ = caller.send(reply);
        }
    }

    fn note(&mut self, result: Result<(), DriverError<AppendError>>) -> Result<(), LoopEnd> {
        match result {
            Ok(()) => Ok(()),
            Err(DriverError::Fault(fault)) => Err(LoopEnd::Fault(fault)),
            Err(DriverError::Journal(error)) => {
                if !self.journal_fails {
                    tracing::error!(%error, "the journal cannot be written: nothing is traded until it can");
                }
                self.journal_fails = true;
                self.outlets.health.journal(Some(error.to_string()));
                Ok(())
            }
        }
    }

    fn journal_works(&mut self) {
        if std::mem::take(&mut self.journal_fails) {
            tracing::info!("the journal can be written again");
            self.outlets.health.journal(None);
        }
    }

    fn sync_quietly(&mut self) {
        if let Err(error) = self.driver.sync() {
            tracing::error!(%error, "the journal cannot be synced");
            self.journal_fails = true;
            self.outlets.health.journal(Some(error.to_string()));
        }
    }
}
