//! The budget that requests draw on.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, sleep_until};

use crate::core::{Charges, Meter, Micros, Plan, SECOND};
use crate::queue::{Next, Queue};
use crate::shared::{Remote, StoreError, drive};
use crate::snapshot::BudgetSnapshot;
use crate::{BudgetSettings, Cost, Lane, Start, Store};

/// Our own time begins here, so that what was spent before has a time too.
const ORIGIN: Micros = 3_600 * SECOND;

/// Who waits.
pub(crate) type Callers = Queue<oneshot::Sender<Permit>>;

/// What became true of a shared budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BudgetEvent {
    /// The store is lost: this process goes on alone with a conservative share. Said once.
    Degraded {
        /// What happened.
        why: StoreError,
    },
    /// The budget is shared again.
    Recovered {
        /// How long it was not.
        after: Duration,
    },
}

impl fmt::Display for BudgetEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Degraded { why } => write!(
                f,
                "the request budget is not shared any more: {why}. Going on alone with a quarter of it; look at REDIS_URL and the Redis server"
            ),
            Self::Recovered { after } => {
                write!(f, "the request budget is shared again, after {} ms", after.as_millis())
            }
        }
    }
}

/// A request budget. Cheap to clone; clones share it.
#[derive(Clone)]
pub struct Budget {
    inner: Arc<Inner>,
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget").field("now", &self.snapshot()).finish_non_exhaustive()
    }
}

impl Budget {
    /// The budget of this process alone.
    pub fn local(settings: &BudgetSettings, start: Start) -> Self {
        let plan = Plan::whole(settings);
        let meter = match start {
            Start::Empty => Meter::empty(plan, ORIGIN),
            Start::Full => Meter::full(plan),
        };
        Self { inner: Arc::new(Inner::new(meter, None, None)) }
    }

    /// The budget of all processes that use the same store. What they spent before is known there;
    /// where it is not, the budget starts empty. Call it inside a runtime, which keeps it going.
    pub fn shared(
        settings: &BudgetSettings,
        store: Arc<dyn Store>,
        on_event: impl Fn(BudgetEvent) + Send + Sync + 'static,
    ) -> Self {
        let (remote, meter) = Remote::new(settings, ORIGIN);
        let inner = Arc::new(Inner::new(meter, Some(remote), Some(Box::new(on_event))));
        tokio::spawn(drive(Arc::downgrade(&inner), store));
        Self { inner }
    }

    /// Waits for the caller's turn. When this returns the request may start at once; the permit is
    /// kept until its answer is there, or until nobody waits for that any more. Dropping the future
    /// while it waits gives the place up and costs nobody anything.
    pub async fn acquire(&self, lane: Lane, cost: Cost) -> Permit {
        let mut place = Place::join(&self.inner, lane, cost);
        loop {
            match (&mut place.turn).await {
                Ok(mut permit) => {
                    permit.is_used = true;
                    return permit;
                }
                // The runtime that served the queue has ended; ours goes on.
                Err(_) => place = Place::join(&self.inner, lane, cost),
            }
        }
    }

    /// Nothing starts before `until`, in any lane and any process: the exchange asked for silence.
    /// An earlier instant than one set before changes nothing.
    pub fn pause_until(&self, until: Instant) {
        let now = self.inner.now();
        let until = self.inner.micros(until);
        self.inner.with(|state| {
            state.meter.pause_until(until);
            if let Some(remote) = &mut state.remote {
                remote.paused(now);
            }
        });
        self.inner.changed.notify_one();
    }

    /// How things stand.
    pub fn snapshot(&self) -> BudgetSnapshot {
        let now = self.inner.now();
        self.inner.with(|state| state.snapshot(now))
    }
}

/// Leave to send one request, valid until it is dropped.
#[must_use = "the request counts as answered when this is dropped"]
pub struct Permit {
    inner: Weak<Inner>,
    charges: Charges,
    is_used: bool,
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").field("charges", &self.charges).finish_non_exhaustive()
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let Some(inner) = self.inner.upgrade() else { return };
        let now = inner.now();
        inner.with(|state| state.finish(now, &self.charges, self.is_used));
        inner.changed.notify_one();
    }
}

/// A place in the queue; leaving it lets the others move up.
struct Place {
    inner: Arc<Inner>,
    lane: Lane,
    ticket: u64,
    turn: oneshot::Receiver<Permit>,
}

impl Place {
    fn join(inner: &Arc<Inner>, lane: Lane, cost: Cost) -> Self {
        let (caller, turn) = oneshot::channel();
        let now = inner.now();
        let (ticket, must_drive) = inner.with(|state| {
            let charges = state.meter.plan().charges(lane, cost);
            let ticket = state.queue.join(lane, charges, caller);
            let next = state.pump(inner, now);
            (ticket, state.must_drive(next))
        });
        if must_drive {
            tokio::spawn(drive_alone(Driver { inner: Arc::clone(inner), is_done: false }));
        }
        inner.changed.notify_one();
        Self { inner: Arc::clone(inner), lane, ticket, turn }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.inner.with(|state| state.queue.leave(self.lane, self.ticket));
        self.inner.changed.notify_one();
    }
}

/// What the callers and the driver share.
pub(crate) struct Inner {
    state: Mutex<State>,
    /// Wakes the driver.
    pub(crate) changed: Arc<Notify>,
    origin: Instant,
    on_event: Option<Box<dyn Fn(BudgetEvent) + Send + Sync>>,
}

impl Inner {
    fn new(
        meter: Meter,
        remote: Option<Remote>,
        on_event: Option<Box<dyn Fn(BudgetEvent) + Send + Sync>>,
    ) -> Self {
        let state = State { queue: Queue::default(), meter, remote, is_driven: false };
        Self { state: Mutex::new(state), changed: Arc::default(), origin: Instant::now(), on_event }
    }

    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let mut state: MutexGuard<'_, State> =
            self.state.lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut state)
    }

    pub(crate) fn now(&self) -> Micros {
        self.micros(Instant::now())
    }

    fn micros(&self, instant: Instant) -> Micros {
        let since = instant.saturating_duration_since(self.origin).as_micros();
        ORIGIN.saturating_add(Micros::try_from(since).unwrap_or(Micros::MAX))
    }

    pub(crate) fn instant(&self, at: Micros) -> Instant {
        self.origin + Duration::from_micros(at.saturating_sub(ORIGIN))
    }

    pub(crate) fn tell(&self, event: Option<BudgetEvent>) {
        if let (Some(event), Some(on_event)) = (event, &self.on_event) {
            on_event(event);
        }
    }
}

/// Everything that changes.
pub(crate) struct State {
    pub(crate) queue: Callers,
    /// What this process spends; without a store, or without hearing from it, also what it may.
    pub(crate) meter: Meter,
    pub(crate) remote: Option<Remote>,
    /// Without a store: whether somebody serves the queue already.
    is_driven: bool,
}

impl State {
    /// Lets everybody start who may; says what is next.
    pub(crate) fn pump(&mut self, inner: &Arc<Inner>, now: Micros) -> Next {
        loop {
            let next = match &mut self.remote {
                Some(remote) if remote.is_joined() => {
                    self.queue.next_leased(&mut remote.leases, &self.meter, now)
                }
                _ => self.queue.next_by(&mut self.meter, now),
            };
            let Next::Start(place) = next else { return next };
            let Some(waiting) = self.queue.take(place) else { continue };
            let charges = waiting.charges;
            self.start(now, &charges);
            let permit = Permit { inner: Arc::downgrade(inner), charges, is_used: false };
            if let Err(mut unwanted) = waiting.caller.send(permit) {
                // Its own end would wait for the lock that is held here.
                unwanted.inner = Weak::new();
                self.meter.take_back(&charges);
            }
        }
    }

    fn start(&mut self, now: Micros, charges: &Charges) {
        self.meter.start(now, charges);
        if let Some(remote) = self.remote.as_mut().filter(|remote| remote.is_joined()) {
            remote.started(charges);
        }
    }

    fn finish(&mut self, now: Micros, charges: &Charges, is_used: bool) {
        if !is_used {
            self.meter.take_back(charges);
            return;
        }
        self.meter.finish(now, charges);
        if let Some(remote) = &mut self.remote {
            remote.finished(now, charges);
        }
    }

    fn must_drive(&mut self, next: Next) -> bool {
        let must = self.remote.is_none() && next != Next::Nobody && !self.is_driven;
        self.is_driven |= must;
        must
    }
}

/// Serves the queue of a budget without a store; while it lives, nobody else does.
struct Driver {
    inner: Arc<Inner>,
    is_done: bool,
}

impl Drop for Driver {
    fn drop(&mut self) {
        if self.is_done {
            return;
        }
        // The runtime ends. Who still waits joins again and is served by another one.
        let orphans = self.inner.with(|state| {
            state.is_driven = false;
            std::mem::take(&mut state.queue)
        });
        drop(orphans);
    }
}

async fn drive_alone(mut driver: Driver) {
    let inner = Arc::clone(&driver.inner);
    loop {
        let now = inner.now();
        let next = inner.with(|state| {
            let next = state.pump(&inner, now);
            state.is_driven = next != Next::Nobody;
            next
        });
        match next {
            Next::Nobody => {
                driver.is_done = true;
                return;
            }
            Next::At(at) => tokio::select! {
                () = sleep_until(inner.instant(at)) => {}
                () = inner.changed.notified() => {}
            },
            _ => inner.changed.notified().await,
        }
    }
}
