//! The simulated world of one schedule: one thread, virtual time.

use std::cell::{RefCell, RefMut};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use domain::{ClientOrderId, Qty, Timestamp};
use engine::Input;

use crate::chance::Chance;
use crate::check::{Checks, Verdict, Violation};
use crate::disk::Disk;
use crate::fault::Faults;
use crate::house::House;
use crate::news::{Doing, Happening, News, Queue};
use crate::plan::Plan;
use crate::process::Process;
use crate::sabotage::Sabotage;
use crate::users::Users;
use crate::{Options, Outcome};

/// Virtual time at the beginning.
const BEGIN: Timestamp = Timestamp::from_millis(1_790_000_000_000);
/// Fewest orders attempted in a schedule.
const FEWEST_ORDERS: u64 = 3;
/// Virtual time within which all must settle once faults stop.
const SETTLES_WITHIN: Duration = Duration::from_mins(6);

/// What a schedule is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Storm,
    /// Faults stopped at this time; everything must settle.
    Calm(Timestamp),
    /// Everything was told to be sold at this time.
    Flattening(Timestamp),
    Done,
}

/// Everything there is.
pub(crate) struct World {
    pub(crate) options: Options,
    pub(crate) now: Timestamp,
    pub(crate) plan: Plan,
    pub(crate) house: House,
    pub(crate) disk: Disk,
    pub(crate) process: Option<Process>,
    /// Counts the starts of the process.
    pub(crate) epoch: u32,
    pub(crate) network: Chance,
    pub(crate) nature: Chance,
    pub(crate) users: Users,
    pub(crate) checks: Checks,
    pub(crate) reader: signal::Reader,
    /// Local clock minus true time, microseconds.
    pub(crate) local_ahead: i64,
    pub(crate) out_until: Timestamp,
    pub(crate) quotes_missing_until: Timestamp,
    /// Until when others fill the disk, while they do.
    pub(crate) disk_full_until: Option<Timestamp>,
    /// A question for balances is on its way out.
    pub(crate) balances_wanted: bool,
    faults: Rc<RefCell<Faults>>,
    queue: Queue,
    phase: Phase,
    steps: u64,
    orders: u64,
    trace: Option<VecDeque<String>>,
}

impl World {
    pub(crate) fn new(seed: u64, options: Options, reader: signal::Reader) -> Self {
        Self::planned(seed, options, reader, |_| {})
    }

    /// A world whose plan is changed after it was drawn.
    pub(crate) fn planned(
        seed: u64,
        options: Options,
        reader: signal::Reader,
        change: impl FnOnce(&mut Plan),
    ) -> Self {
        let faults = Rc::new(RefCell::new(Faults::new(seed, options.faults)));
        let mut plan = Plan::draw(seed, &mut faults.borrow_mut());
        change(&mut plan);
        if options.sabotage == Some(Sabotage::NoSettling) {
            plan.settings.in_doubt_settle = Duration::ZERO;
        }
        let disk = Disk::new(Rc::clone(&faults), &plan, options.sabotage);
        let mut world = Self {
            options,
            now: BEGIN,
            house: House::open(&plan, BEGIN),
            disk,
            process: None,
            epoch: 0,
            network: Chance::stream(seed, 3),
            nature: Chance::stream(seed, 4),
            users: Users::new(seed),
            checks: Checks::new(plan.settings.clone(), plan.sync),
            reader,
            local_ahead: 0,
            out_until: Timestamp::EPOCH,
            quotes_missing_until: Timestamp::EPOCH,
            disk_full_until: None,
            balances_wanted: false,
            plan,
            faults,
            queue: Queue::default(),
            phase: Phase::Storm,
            steps: 0,
            orders: 0,
            trace: (options.trace > 0).then(VecDeque::new),
        };
        for first in [Happening::Start, Happening::Market, Happening::Users, Happening::Nature] {
            world.after(Duration::from_millis(1), first);
        }
        world
    }

    /// Runs the schedule to its end.
    pub(crate) fn run(mut self) -> Outcome {
        let mut violation = None;
        while !self.is_done() && violation.is_none() {
            violation = self.step().err();
        }
        self.outcome(violation)
    }

    pub(crate) fn is_done(&self) -> bool {
        self.phase == Phase::Done
    }

    pub(crate) fn outcome(self, violation: Option<Violation>) -> Outcome {
        let faults = *self.faults.borrow().counts();
        Outcome {
            steps: self.steps,
            orders: self.orders,
            accepted: self.house.accepted.len() as u64,
            records: self.disk.written_seq(),
            starts: u64::from(self.epoch),
            faults,
            violation,
            trace: self.trace.map(Vec::from).unwrap_or_default(),
        }
    }

    pub(crate) fn step(&mut self) -> Verdict {
        let Some((at, happening)) = self.queue.next() else {
            return Err(Violation::new("simulation", "nothing happens any more"));
        };
        self.now = self.now.max(at);
        self.steps += 1;
        self.happen(happening)?;
        if let Some(error) = self.disk.broken() {
            return Err(Violation::new("sequence", error.to_string()));
        }
        self.turn_phase()?;
        let most = self.plan.most_steps;
        if self.steps > most {
            return Err(Violation::new("liveness", format!("{most} steps and no end")));
        }
        Ok(())
    }

    fn happen(&mut self, happening: Happening) -> Verdict {
        match happening {
            Happening::Process(epoch, doing) if epoch == self.epoch => self.process_does(doing),
            Happening::Process(..) => Ok(()),
            Happening::PlaceArrives { epoch, order, passage, left_at } => {
                self.place_arrives((epoch, order), passage, left_at)
            }
            Happening::CancelArrives { epoch, symbol, id, passage, left_at, .. } => {
                self.cancel_arrives(epoch, (&symbol, &id), passage, left_at)
            }
            Happening::QuestionArrives { epoch, question } => {
                self.question_arrives(epoch, question);
                self.check_exchange()
            }
            Happening::Market => self.market_moves(),
            Happening::Users => self.users_act(),
            Happening::Nature => self.nature_strikes(),
            Happening::Start => self.start(),
        }
    }

    fn turn_phase(&mut self) -> Verdict {
        match self.phase {
            Phase::Storm => {
                let done = self.steps >= self.plan.storm_steps && self.age() >= self.plan.storm;
                if done && self.orders >= FEWEST_ORDERS || self.steps > self.plan.most_steps / 2 {
                    self.calm_down();
                }
                Ok(())
            }
            Phase::Calm(since) => {
                let unsettled = self.unsettled(|world, ledger| {
                    world.checks.unsettled(ledger, &world.house, world.now)
                });
                if unsettled.is_some() || self.steps < 200 {
                    return self.patience(since, unsettled);
                }
                self.checks.dust_is_told(&self.house)?;
                self.check_replay()?;
                self.phase = Phase::Flattening(self.now);
                self.flatten()
            }
            Phase::Flattening(since) => {
                let left = self.unsettled(|world, ledger| {
                    world.checks.not_flat(ledger, &world.house, world.now)
                });
                if left.is_some() {
                    return self.patience(since, left);
                }
                self.checks.dust_is_told(&self.house)?;
                self.check_replay()?;
                self.phase = Phase::Done;
                Ok(())
            }
            Phase::Done => Ok(()),
        }
    }

    fn unsettled(&self, look: impl Fn(&Self, &engine::Ledger) -> Option<String>) -> Option<String> {
        match &self.process {
            Some(process) if process.ready && !process.journal_fails && !process.holds => {
                look(self, process.driver.engine().ledger())
            }
            _ => Some("the service is not ready".to_owned()),
        }
    }

    fn patience(&self, since: Timestamp, unsettled: Option<String>) -> Verdict {
        match unsettled {
            Some(what) if self.now.since(since) > SETTLES_WITHIN => {
                let phase = if matches!(self.phase, Phase::Calm(_)) { "calm" } else { "flatten" };
                let message = format!("{phase} for {SETTLES_WITHIN:?}, and still: {what}");
                Err(Violation::new("liveness", message))
            }
            _ => Ok(()),
        }
    }

    fn calm_down(&mut self) {
        self.faults.borrow_mut().calm_down();
        self.disk.heal();
        self.disk_full_until = None;
        self.process_after(Duration::ZERO, Doing::Room);
        self.out_until = Timestamp::EPOCH;
        self.quotes_missing_until = Timestamp::EPOCH;
        self.house.unlock_coins();
        self.phase = Phase::Calm(self.now);
        self.note(|| "faults stop".to_owned());
    }

    pub(crate) fn is_calm(&self) -> bool {
        self.phase != Phase::Storm
    }

    /// Virtual time since the beginning.
    pub(crate) fn age(&self) -> Duration {
        self.now.since(BEGIN)
    }

    // Time and the queue.

    pub(crate) fn local(&self) -> Timestamp {
        Timestamp::from_micros(self.now.as_micros() + self.local_ahead)
    }

    pub(crate) fn is_out(&self) -> bool {
        self.now < self.out_until
    }

    pub(crate) fn after(&mut self, pause: Duration, happening: Happening) {
        self.queue.put(self.now.plus(pause), happening);
    }

    pub(crate) fn process_after(&mut self, pause: Duration, doing: Doing) {
        self.after(pause, Happening::Process(self.epoch, doing));
    }

    pub(crate) fn hear_after(&mut self, pause: Duration, news: News) {
        self.process_after(pause, Doing::Hear(news));
    }

    pub(crate) fn faults(&self) -> RefMut<'_, Faults> {
        self.faults.borrow_mut()
    }

    pub(crate) fn count_order(&mut self) {
        self.orders += 1;
    }

    /// Notes a line for the report, if one is wanted.
    pub(crate) fn note(&mut self, line: impl FnOnce() -> String) {
        let (now, begin, most) = (self.now, BEGIN, self.options.trace);
        if let Some(trace) = &mut self.trace {
            if trace.len() == most {
                trace.pop_front();
            }
            let at = now.since(begin).as_secs_f64();
            trace.push_back(format!("{:6} {at:12.6} {}", self.steps, line()));
        }
    }

    pub(crate) fn note_input(&mut self, input: &Input) {
        if self.trace.is_some() && !matches!(input, Input::Quote { .. } | Input::Markets(_)) {
            let text = format!("{input:?}");
            let text: String = text.chars().take(300).collect();
            self.note(|| format!("in: {text}"));
        }
    }

    pub(crate) fn check_exchange(&mut self) -> Verdict {
        self.checks.exchange(&self.house)
    }

    /// What the position that this order sells for was bought as.
    pub(crate) fn bought_for(&self, id: &ClientOrderId) -> Qty {
        let holding = self.checks.view.holdings.values().find(|h| h.exits.contains(id));
        let entry = holding.and_then(|holding| self.house.truth(&holding.entry));
        entry.map_or(Qty::ZERO, |entry| entry.executed_qty)
    }
}
