//! The running service: the driver and what the service keeps beside it. It does what the loop of
//! the real one does, in the same order.

use std::time::Duration;

use domain::{Event, Record, Timestamp};
use driver::{Driver, DriverError, Released, SyncMode};
use engine::{Engine, Input};

use crate::check::{Verdict, Violation};
use crate::disk::{Disk, DiskError};
use crate::fault::Fault;
use crate::news::{Doing, Happening, News, Stage};
use crate::sabotage::{Sabotage, ended};
use crate::world::World;

const JOURNAL_RETRY: Duration = Duration::from_millis(250);
/// Each failure asks for another attempt; on a disk that stays full so many at a time are enough.
const MOST_RETRIES: u32 = 8;

/// The process as it runs.
pub(crate) struct Process {
    pub(crate) driver: Driver<Disk, ()>,
    /// The client's estimate: exchange clock minus local clock.
    pub(crate) offset_ms: i64,
    /// Counts the revocations.
    pub(crate) generation: u64,
    pub(crate) ready: bool,
    pub(crate) journal_fails: bool,
    /// Attempts to write the journal that are due.
    retries: u32,
    /// Something was taken and waits to be committed with what comes next.
    pub(crate) holds: bool,
    wake_at: Option<Timestamp>,
}

impl World {
    /// Starts the process on what the disk holds.
    pub(crate) fn start(&mut self) -> Verdict {
        if !self.disk.lock() {
            return Err(Violation::new("one process", "the journal is locked by nobody alive"));
        }
        let engine = self.replayed()?;
        let sync = self.plan.sync;
        self.process = Some(Process {
            driver: Driver::new(engine, self.disk.clone(), sync),
            offset_ms: 0,
            generation: 0,
            ready: false,
            journal_fails: false,
            retries: 0,
            holds: false,
            wake_at: None,
        });
        self.balances_wanted = false;
        self.epoch += 1;
        self.note(|| "the service starts".to_owned());
        self.process_after(Duration::from_millis(20), Doing::Startup(Stage::Clock));
        if self.options.sabotage == Some(Sabotage::SkipResume) && self.epoch > 1 {
            return Ok(());
        }
        let at = self.local();
        self.disk.set_time(self.now);
        if let Some(process) = &mut self.process {
            let looked = process.driver.look_at_room(at);
            let resumed = looked.and_then(|()| process.driver.resume(at));
            self.settle_driver(resumed)?;
        }
        self.commit()
    }

    /// A second process is started while this one runs. The lock turns it away; without one it
    /// would take messages of its own and write them into the same journal.
    pub(crate) fn second_process(&mut self) -> Verdict {
        if self.process.is_none() || !self.disk.lock() {
            self.note(|| "a second process is turned away".to_owned());
            return Ok(());
        }
        let mut second = Driver::new(self.replayed()?, self.disk.clone(), self.plan.sync);
        let (at, message) = (self.local(), self.stray_message());
        self.disk.set_time(self.now);
        let done = second.take(at, message, Some(())).and_then(|()| second.commit());
        self.settle_driver(done.map(|_| ()))
    }

    /// An engine that knows what the disk holds.
    fn replayed(&self) -> Result<Engine, Violation> {
        let mut engine = Engine::new(self.plan.settings.clone(), self.reader.clone());
        // Replay begins at the newest checkpoint.
        let replayed = self.disk.read(|records| {
            let is_checkpoint = |record: &Record| matches!(record.event, Event::Checkpoint(_));
            let start = records.iter().rposition(is_checkpoint).unwrap_or(0);
            records[start..].iter().try_for_each(|record| engine.replay(record))
        });
        let broken = |error: engine::ApplyError| Violation::new("replay", error.to_string());
        replayed.map_err(broken)?;
        Ok(engine)
    }

    /// Replaying the journal gives the state.
    pub(crate) fn check_replay(&mut self) -> Verdict {
        let Some(process) = &self.process else { return Ok(()) };
        if process.holds || process.journal_fails {
            return Ok(());
        }
        let replayed = self.replayed()?;
        if replayed.ledger() != process.driver.engine().ledger() {
            let message = first_difference(replayed.ledger(), process.driver.engine().ledger());
            return Err(Violation::new("replay(journal) = state", message));
        }
        Ok(())
    }

    /// Hands inputs to the driver and commits, now or together with what comes next.
    pub(crate) fn tell(&mut self, inputs: Vec<(Input, bool)>) -> Verdict {
        self.disk.set_time(self.now);
        for (input, caller) in inputs {
            self.note_input(&input);
            let decides = matches!(input, Input::Message(_) | Input::ManualOrder(_));
            let at = self.local();
            let Some(process) = &mut self.process else { return Ok(()) };
            if process.journal_fails && decides {
                continue;
            }
            let taken = process.driver.take(at, input, caller.then_some(()));
            self.settle_driver(taken)?;
        }
        let waits = self.process.as_ref().is_some_and(|process| !process.holds);
        if waits && self.network.percent(8) && !self.is_calm() {
            if let Some(process) = &mut self.process {
                process.holds = true;
            }
            let pause = self.network.millis(0..=2);
            self.process_after(pause, Doing::Commit);
            return Ok(());
        }
        self.commit()
    }

    pub(crate) fn settle_driver(&mut self, result: Result<(), DriverError<DiskError>>) -> Verdict {
        if let Some(power) = self.disk.is_down() {
            return self.crash(power);
        }
        match result {
            Ok(()) => Ok(()),
            Err(DriverError::Fault(fault)) => {
                Err(Violation::new("no fault in the outbox", fault.to_string()))
            }
            Err(DriverError::Journal(_)) => {
                self.journal_fails();
                Ok(())
            }
        }
    }

    fn journal_fails(&mut self) {
        let Some(process) = &mut self.process else { return };
        process.journal_fails = true;
        if process.retries < MOST_RETRIES {
            process.retries += 1;
            self.process_after(JOURNAL_RETRY, Doing::RetryJournal);
        }
    }

    fn retry_journal(&mut self) -> Verdict {
        if let Some(process) = &mut self.process {
            process.retries = process.retries.saturating_sub(1);
        }
        self.commit()
    }

    pub(crate) fn commit(&mut self) -> Verdict {
        self.disk.set_time(self.now);
        let Some(process) = &mut self.process else { return Ok(()) };
        process.holds = false;
        match process.driver.commit() {
            Ok(released) => {
                process.journal_fails = false;
                if let Some(power) = self.disk.is_down() {
                    return self.crash(power);
                }
                self.release(released)
            }
            Err(error) => self.settle_driver(Err(error)),
        }
    }

    fn release(&mut self, mut released: Released<()>) -> Verdict {
        for record in &released.records {
            let text = if self.options.trace > 0 { short(record) } else { String::new() };
            self.note(|| text);
        }
        self.check_released(&released)?;
        let effects = std::mem::take(&mut released.effects);
        let cut = self.faults().strikes_at_rate(Fault::Kill, 10);
        let kept = if cut { self.nature.index(effects.len() + 1) } else { effects.len() };
        for effect in effects.into_iter().take(kept) {
            self.note(|| format!("effect: {effect:?}"));
            self.carry_out(effect);
        }
        if cut {
            return self.crash(false);
        }
        self.after_commit(!released.records.is_empty());
        Ok(())
    }

    fn check_released(&mut self, released: &Released<()>) -> Verdict {
        let clock_ms = self.house.clock_ms(self.now);
        let (house, now) = (&self.house, self.now);
        let place = |symbol: &domain::Symbol| {
            house.listings().iter().position(|listing| listing.symbol == *symbol)
        };
        let mids = |symbol: &domain::Symbol| {
            place(symbol).map_or(domain::Decimal::ZERO, |place| house.mid(place, now).get())
        };
        let moment = crate::check::Moment { house, disk: &self.disk, clock_ms, mids: &mids };
        self.checks.released(released, &moment)?;
        self.checks.exchange(&self.house)?;
        if self.process.as_ref().is_some_and(|process| process.ready) {
            self.checks.protected()?;
        }
        Ok(())
    }

    fn after_commit(&mut self, wrote: bool) {
        if wrote && self.process.as_ref().is_some_and(|process| process.driver.is_unsynced()) {
            let pause = self.network.millis(0..=3);
            self.process_after(pause, Doing::Sync);
        }
        let local = self.local();
        let Some(process) = &mut self.process else { return };
        let Some(due) = process.driver.next_deadline() else { return };
        let at = self.now.plus(due.since(local));
        if process.wake_at.is_none_or(|known| at < known || known <= self.now) {
            process.wake_at = Some(at);
            self.queue_wake(at);
        }
    }

    fn queue_wake(&mut self, at: Timestamp) {
        let pause = at.since(self.now);
        self.process_after(pause, Doing::Wake);
    }

    /// The timer rings. A timer that rings for nothing must not ring again at once.
    fn wake(&mut self) -> Verdict {
        let Some(process) = &mut self.process else { return Ok(()) };
        process.wake_at = None;
        let before = process.driver.engine().ledger().seq();
        self.tell(vec![(Input::Tick, false)])?;
        let local = self.local();
        let Some(process) = &mut self.process else { return Ok(()) };
        if process.holds || process.journal_fails {
            return Ok(());
        }
        let due = process.driver.next_deadline();
        let silent = process.driver.engine().ledger().seq() == before;
        if silent && due.is_some_and(|due| due <= local) {
            let message = format!("a tick at {local} did nothing, the next is due at {due:?}");
            return Err(Violation::new("no busy waiting", message));
        }
        Ok(())
    }

    pub(crate) fn process_does(&mut self, doing: Doing) -> Verdict {
        match doing {
            Doing::Leave { order, revocable, generation } => {
                self.leave(order, revocable, generation)
            }
            Doing::Hear(news) => self.hear(news),
            Doing::Wake => self.wake(),
            Doing::Commit => self.commit(),
            Doing::RetryJournal => self.retry_journal(),
            Doing::Sync => self.sync(),
            Doing::Startup(stage) => self.startup(stage),
            Doing::Prices => self.feed_prices(),
            Doing::Balances => self.feed_balances(),
            Doing::BalancesNow => self.balances_now(),
            Doing::Clock => self.feed_clock(),
            Doing::Room => self.look_at_room(),
        }
    }

    fn sync(&mut self) -> Verdict {
        self.disk.set_time(self.now);
        let failed = self.process.as_mut().is_some_and(|process| process.driver.sync().is_err());
        if let Some(power) = self.disk.is_down() {
            return self.crash(power);
        }
        if failed {
            self.journal_fails();
        }
        Ok(())
    }

    fn hear(&mut self, mut news: News) -> Verdict {
        if let Some(sabotage) = self.options.sabotage {
            sabotage.news(&mut news);
            let swallowed = sabotage == Sabotage::AnswersSwallowed
                || (sabotage == Sabotage::SkipReconcile && self.epoch > 1);
            if swallowed && matches!(news, News::Queried(..)) {
                return Ok(());
            }
        }
        let lie = self.lie_after(&news);
        self.tell(vec![(news.into_input(), false)])?;
        match lie {
            Some(input) => self.tell(vec![(input, false)]),
            None => Ok(()),
        }
    }

    /// What a sabotage adds to an answer.
    fn lie_after(&self, news: &News) -> Option<Input> {
        let ledger = self.process.as_ref()?.driver.engine().ledger();
        let (id, outcome) = match (self.options.sabotage?, news) {
            (Sabotage::CancelIsFinal, News::Cancelled(id, domain::CancelOutcome::Accepted)) => {
                (id, ended(ledger.order(id)?)?)
            }
            (
                Sabotage::ForgetReservation,
                News::Placed(id, domain::PlaceOutcome::Accepted { order_id }),
            ) => {
                let order =
                    ledger.order(id).filter(|order| order.leg == domain::ids::Leg::Entry)?;
                let known = engine::Order { order_id: Some(order_id.clone()), ..order.clone() };
                (id, ended(&known)?)
            }
            _ => return None,
        };
        Some(Input::Queried { client_order_id: id.clone(), outcome })
    }

    /// The process dies; with `power` the machine as well.
    pub(crate) fn crash(&mut self, power: bool) -> Verdict {
        let power = power && self.plan.sync == SyncMode::Before;
        self.note(|| format!("crash, power lost: {power}"));
        self.process = None;
        self.epoch += 1;
        self.disk.reboot(power, &mut self.nature);
        let checks = &mut self.checks;
        self.disk.read(|records| checks.survive(records, power))?;
        if self.faults().strikes_at_rate(Fault::ClockJump, 100) {
            let jump =
                self.faults().details(Fault::ClockJump).signed(-3_600_000_000..=3_600_000_000);
            self.local_ahead += jump;
            self.note(|| format!("the local clock jumps by {jump} µs"));
        }
        let pause = self.nature.millis(30..=12_000);
        self.after(pause, Happening::Start);
        Ok(())
    }

    pub(crate) fn generation(&self) -> u64 {
        self.process.as_ref().map_or(0, |process| process.generation)
    }

    pub(crate) fn revoke(&mut self) {
        if let Some(process) = &mut self.process {
            process.generation += 1;
        }
    }

    pub(crate) fn client_clock_ms(&self) -> i64 {
        self.local().as_millis() + self.process.as_ref().map_or(0, |process| process.offset_ms)
    }

    /// Somebody wants balances soon; one question serves all who do.
    pub(crate) fn want_balances(&mut self) {
        if !std::mem::replace(&mut self.balances_wanted, true) {
            let pause = self.network.millis(5..=100);
            self.process_after(pause, Doing::BalancesNow);
        }
    }
}

fn short(record: &Record) -> String {
    let text = format!("{:?}", record.event);
    let text: String = text.chars().take(420).collect();
    format!("  #{} {text}", record.seq)
}

fn first_difference(replayed: &engine::Ledger, held: &engine::Ledger) -> String {
    let (left, right) = (format!("{replayed:?}"), format!("{held:?}"));
    let at = left.bytes().zip(right.bytes()).position(|(a, b)| a != b).unwrap_or(0);
    let around =
        |text: &str| text.chars().skip(at.saturating_sub(120)).take(240).collect::<String>();
    format!("replayed: … {} … held: … {} …", around(&left), around(&right))
}
