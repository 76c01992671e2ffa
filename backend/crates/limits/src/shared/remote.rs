//! This process's side of the shared budget.

use std::future::pending;
use std::mem;
use std::sync::{Arc, Weak};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::sleep_until;

use super::leases::{LEASE, Leases};
use super::protocol::{Ask, Extra, Reply, SCOPES, Spent, StoreError};
use super::store::{Answer, Store, question, reply};
use crate::BudgetSettings;
use crate::budget::{BudgetEvent, Inner, State};
use crate::core::{Charges, Meter, Micros, Plan, SECOND, WINDOWS};
use crate::queue::Next;

/// How often the store hears from us when nothing happens.
const HEARTBEAT: Micros = SECOND / 2;
/// How soon it learns what was spent when nobody waits.
const FLUSH: Micros = SECOND / 20;
/// Pause between attempts to reach a lost store: the first, and the longest.
const RETRY: (Micros, Micros) = (SECOND / 20, SECOND);
/// Most requests in one question.
const BATCH: usize = 16;

/// Whether the store decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Not yet.
    Joining,
    /// Yes.
    Joined,
    /// Not any more, since then.
    Lost(Micros),
}

/// What this process knows of the shared state.
pub(crate) struct Remote {
    standing: Standing,
    pub(crate) leases: Leases,
    /// The law as long as the store decides, and without it.
    plans: (Plan, Plan),
    process: String,
    epochs: [u64; SCOPES],
    /// What the store has not been told: window, time, amount.
    unsent: Vec<(usize, Micros, u32)>,
    sending: Vec<(usize, Micros, u32)>,
    pause_unsent: bool,
    /// Everybody's use, as last heard.
    used: [u64; WINDOWS],
    /// Served since the last question, for which leases were used.
    served: (usize, Charges),
    asked_at: Micros,
    ask_at: Micros,
    retry: Micros,
    questions: u64,
}

impl Remote {
    /// Nothing is known yet; `meter` becomes what holds until then.
    pub(crate) fn new(settings: &BudgetSettings, now: Micros) -> (Self, Meter) {
        let plans = (Plan::shared(settings), Plan::share(settings));
        let remote = Self {
            standing: Standing::Joining,
            leases: Leases::new(plans.0.spacing),
            plans,
            process: process_name(),
            epochs: [0; SCOPES],
            unsent: Vec::new(),
            sending: Vec::new(),
            pause_unsent: false,
            used: [0; WINDOWS],
            served: (0, Charges::default()),
            asked_at: 0,
            ask_at: now,
            retry: RETRY.0,
            questions: 0,
        };
        (remote, Meter::empty(plans.1, now))
    }

    pub(crate) fn is_joined(&self) -> bool {
        self.standing == Standing::Joined
    }

    pub(crate) fn is_lost(&self) -> bool {
        matches!(self.standing, Standing::Lost(_))
    }

    pub(crate) const fn used(&self) -> [u64; WINDOWS] {
        self.used
    }

    pub(crate) const fn questions(&self) -> u64 {
        self.questions
    }

    /// A request starts on a lease.
    pub(crate) fn started(&mut self, charges: &Charges) {
        self.leases.spend(charges);
        self.served.0 += 1;
        for (sum, charge) in self.served.1.iter_mut().zip(charges) {
            *sum = sum.saturating_add(*charge);
        }
    }

    /// A request has been answered.
    pub(crate) fn finished(&mut self, now: Micros, charges: &Charges) {
        if self.is_joined() && self.unsent.is_empty() {
            self.ask_at = self.ask_at.min(now + FLUSH);
        }
        let spent = charges.iter().enumerate().filter(|(_, amount)| **amount > 0);
        self.unsent.extend(spent.map(|(window, amount)| (window, now, *amount)));
    }

    /// The exchange asked for silence: the others must hear of it.
    pub(crate) fn paused(&mut self, now: Micros) {
        self.pause_unsent = true;
        if self.is_joined() {
            self.ask_at = now;
        }
    }

    fn ask(&mut self, state: &Waiters<'_>, now: Micros) -> Ask {
        self.questions += 1;
        self.leases.forget_lapsed(now);
        let oldest = now.saturating_sub(
            self.plans.0.rules.map(|rule| rule.span).into_iter().max().unwrap_or(0),
        );
        self.unsent.retain(|(_, at, _)| *at > oldest);
        self.sending = mem::take(&mut self.unsent);
        let spent = self.sending.iter();
        let held = state.meter.opened();
        let leased = self.leases.amounts();
        let ask = Ask {
            process: self.process.clone(),
            number: self.questions,
            epochs: self.epochs,
            plan: self.plans.0,
            holding: std::array::from_fn(|index| held[index].saturating_add(leased[index])),
            spent: spent
                .map(|(window, at, amount)| Spent {
                    window: *window,
                    ago: now.saturating_sub(*at),
                    amount: *amount,
                })
                .collect(),
            pause: if self.pause_unsent {
                state.meter.paused_until().saturating_sub(now)
            } else {
                0
            },
            wants: self.wants(state, now),
            extra: self.extra(now),
            slots_held: self.leases.slots(),
        };
        self.pause_unsent = false;
        self.served = (0, Charges::default());
        self.asked_at = now;
        self.ask_at = now + HEARTBEAT;
        ask
    }

    fn wants(&self, state: &Waiters<'_>, now: Micros) -> Vec<(crate::Lane, Charges)> {
        if !self.is_joined() {
            return Vec::new();
        }
        let spacing = self.plans.0.spacing;
        let fit = LEASE.checked_div(spacing).map_or(BATCH, |fit| usize::try_from(fit).unwrap_or(1));
        let waiting = state.queue.iter().map(|waiting| (waiting.lane, waiting.charges));
        let open = waiting
            .filter(|(lane, charges)| self.leases.denied_until(*lane, charges, now).is_none());
        open.take(fit.clamp(1, BATCH)).collect()
    }

    /// As much again as was used since the last question, if that was within a lease's life.
    fn extra(&self, now: Micros) -> Option<Extra> {
        let (requests, mut charges) = self.served;
        let busy = requests > 0 && now.saturating_sub(self.asked_at) <= LEASE;
        // Orders and account reads are few, and too precious to lie about.
        charges[crate::core::Kind::Orders.index()] = 0;
        charges[crate::core::Kind::Account.index()] = 0;
        let slots = requests.min(
            usize::try_from(LEASE.checked_div(self.plans.0.spacing).unwrap_or(BATCH as u64))
                .unwrap_or(1),
        );
        busy.then_some(Extra { charges, slots })
    }

    fn accept(
        &mut self,
        meter: &mut Meter,
        ask: &Ask,
        reply: &Reply,
        now: Micros,
    ) -> Option<BudgetEvent> {
        self.epochs = reply.epochs;
        self.sending.clear();
        if reply.moved {
            self.unsent = meter.spent().collect();
            self.pause_unsent = meter.paused_until() > now;
            self.ask_at = now;
            return None;
        }
        self.used = reply.used;
        meter.pause_until(now + reply.pause);
        let granted = ask.wants.iter().enumerate().filter(|(n, _)| reply.granted >> n & 1 == 1);
        let extra = ask.extra.filter(|_| reply.extra).map(|extra| extra.charges);
        let mut sum = Charges::default();
        for charges in granted.map(|(_, (_, charges))| *charges).chain(extra) {
            sum = std::array::from_fn(|index| sum[index].saturating_add(charges[index]));
        }
        let first = now + reply.first_slot;
        let spacing = self.plans.0.spacing;
        let slots: Vec<Micros> = (0..reply.slots as u64).map(|n| first + n * spacing).collect();
        self.leases.grant(now, &sum, &slots);
        self.leases.deny(now, &reply.waits);
        self.joined(meter, now)
    }

    fn joined(&mut self, meter: &mut Meter, now: Micros) -> Option<BudgetEvent> {
        self.retry = RETRY.0;
        let before = mem::replace(&mut self.standing, Standing::Joined);
        if before != Standing::Joined {
            meter.set_plan(self.plans.0);
            meter.assume_nothing();
            self.ask_at = now;
        }
        match before {
            Standing::Lost(since) => {
                let after = Duration::from_micros(now.saturating_sub(since));
                Some(BudgetEvent::Recovered { after })
            }
            _ => None,
        }
    }

    fn fail(&mut self, meter: &mut Meter, why: StoreError, now: Micros) -> Option<BudgetEvent> {
        self.unsent.append(&mut self.sending);
        self.pause_unsent |= meter.paused_until() > now;
        self.leases.clear();
        self.ask_at = now + self.retry;
        self.retry = (self.retry * 2).min(RETRY.1);
        match mem::replace(&mut self.standing, Standing::Lost(now)) {
            Standing::Lost(since) => {
                self.standing = Standing::Lost(since);
                return None;
            }
            Standing::Joined => {
                meter.set_plan(self.plans.1);
                meter.assume_the_rest(now);
            }
            Standing::Joining => {}
        }
        Some(BudgetEvent::Degraded { why })
    }
}

/// What a question is about.
struct Waiters<'a> {
    queue: &'a crate::budget::Callers,
    meter: &'a Meter,
}

enum Step {
    Ask(Box<Ask>, String),
    WaitUntil(Micros),
}

impl State {
    fn step(&mut self, next: Next, asking: bool, now: Micros) -> Step {
        let Some(remote) = &mut self.remote else { return Step::WaitUntil(now + SECOND) };
        let must = next == Next::Ask || now >= remote.ask_at;
        if must && !asking {
            let ask = remote.ask(&Waiters { queue: &self.queue, meter: &self.meter }, now);
            let text = question(&ask, None);
            return Step::Ask(Box::new(ask), text);
        }
        let due = if asking { now + SECOND } else { remote.ask_at };
        match next {
            Next::At(at) => Step::WaitUntil(at.min(due)),
            _ => Step::WaitUntil(due),
        }
    }

    fn learn(
        &mut self,
        ask: &Ask,
        answer: Result<Vec<i64>, StoreError>,
        now: Micros,
    ) -> Option<BudgetEvent> {
        let remote = self.remote.as_mut()?;
        match answer.and_then(|numbers| reply(&numbers)) {
            Ok(reply) => remote.accept(&mut self.meter, ask, &reply, now),
            Err(why) => remote.fail(&mut self.meter, why, now),
        }
    }
}

/// Asks the store on behalf of all who wait, until the budget is dropped.
pub(crate) async fn drive(budget: Weak<Inner>, store: Arc<dyn Store>) {
    let mut asking: Option<(Box<Ask>, Answer<'_>)> = None;
    loop {
        let Some(inner) = budget.upgrade() else { return };
        let now = inner.now();
        let step = inner.with(|state| {
            let next = state.pump(&inner, now);
            state.step(next, asking.is_some(), now)
        });
        let until = match step {
            Step::Ask(ask, text) => {
                asking = Some((ask, store.ask(text)));
                continue;
            }
            Step::WaitUntil(until) => inner.instant(until),
        };
        let changed = inner.changed.clone();
        drop(inner);
        tokio::select! {
            answer = answered(&mut asking) => {
                let Some((ask, _)) = asking.take() else { continue };
                let Some(inner) = budget.upgrade() else { return };
                let now = inner.now();
                let event = inner.with(|state| state.learn(&ask, answer, now));
                inner.tell(event);
            }
            () = sleep_until(until) => {}
            () = changed.notified() => {}
        }
    }
}

async fn answered(asking: &mut Option<(Box<Ask>, Answer<'_>)>) -> Result<Vec<i64>, StoreError> {
    match asking {
        Some((_, answer)) => answer.as_mut().await,
        None => pending().await,
    }
}

/// Different for every process that can share a store, and for every start.
fn process_name() -> String {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let salt = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), since_epoch);
    format!("{}-{salt:016x}", std::process::id())
}
