//! Who waits, and who is next.

use std::collections::VecDeque;

use crate::Lane;
use crate::core::{Charges, Kinds, Meter, Micros};
use crate::shared::Leases;

/// A waiting request; `T` wakes it.
#[derive(Debug)]
pub(crate) struct Waiting<T> {
    pub(crate) lane: Lane,
    pub(crate) charges: Charges,
    pub(crate) caller: T,
    ticket: u64,
}

/// A place in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    lane: Lane,
    index: usize,
}

/// What happens next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// This one may start.
    Start(Place),
    /// Nobody before this time.
    At(Micros),
    /// Nobody before an answer arrives.
    AfterAnAnswer,
    /// The store has to be asked first.
    Ask,
    /// Nobody waits.
    Nobody,
}

/// First come first served within a lane and a window: a request is overtaken only by such as do
/// not need the window it waits for, and by less urgent ones only if that does not delay it.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    lanes: [VecDeque<Waiting<T>>; Lane::COUNT],
    next_ticket: u64,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self { lanes: Default::default(), next_ticket: 0 }
    }
}

impl<T> Queue<T> {
    /// Takes a place; returns the ticket with which it can be given up.
    pub(crate) fn join(&mut self, lane: Lane, charges: Charges, caller: T) -> u64 {
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        self.lanes[lane.index()].push_back(Waiting { lane, charges, caller, ticket });
        ticket
    }

    /// Gives a place up, if it is still held.
    pub(crate) fn leave(&mut self, lane: Lane, ticket: u64) {
        self.lanes[lane.index()].retain(|waiting| waiting.ticket != ticket);
    }

    pub(crate) fn take(&mut self, place: Place) -> Option<Waiting<T>> {
        self.lanes[place.lane.index()].remove(place.index)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lanes.iter().all(VecDeque::is_empty)
    }

    pub(crate) fn waiting(&self) -> [usize; Lane::COUNT] {
        std::array::from_fn(|lane| self.lanes[lane].len())
    }

    /// In the order in which they start if nothing holds them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Waiting<T>> {
        self.lanes.iter().flatten()
    }

    fn places(&self) -> impl Iterator<Item = (Place, &Waiting<T>)> {
        Lane::ALL.into_iter().flat_map(|lane| {
            let waiting = self.lanes[lane.index()].iter().enumerate();
            waiting.map(move |(index, waiting)| (Place { lane, index }, waiting))
        })
    }

    /// Who is next when this process spends on its own account.
    pub(crate) fn next_by(&self, meter: &mut Meter, now: Micros) -> Next {
        if self.is_empty() {
            return Next::Nobody;
        }
        if now < meter.quiet_until() {
            return Next::At(meter.quiet_until());
        }
        let mut scan = Scan::default();
        for (place, waiting) in self.places() {
            let windows = Kinds::of(&waiting.charges);
            if windows.meets(scan.blocked) || scan.delays_a_more_urgent(waiting.lane, meter, now) {
                continue;
            }
            match meter.shortage(now, waiting.lane, &waiting.charges) {
                None => return Next::Start(place),
                Some(shortage) => scan.hold(waiting.lane, shortage.windows, shortage.until),
            }
        }
        scan.wake.map_or(Next::AfterAnAnswer, |at| Next::At(at.max(now + 1)))
    }

    /// Who is next when the store decides and `leases` is what it has granted.
    pub(crate) fn next_leased(&self, leases: &mut Leases, meter: &Meter, now: Micros) -> Next {
        if self.is_empty() {
            return Next::Nobody;
        }
        if now < meter.quiet_until() {
            return Next::At(meter.quiet_until());
        }
        leases.forget_lapsed(now);
        let mut wake = None;
        for (place, waiting) in self.places() {
            match leases.start_of(&waiting.charges) {
                Some(start) if start > now => return Next::At(start),
                Some(_) => return Next::Start(place),
                None => {}
            }
            match leases.denied_until(waiting.lane, &waiting.charges, now) {
                Some(until) => wake = earlier(wake, Some(until)),
                // Who has not been asked for goes before who is less urgent.
                None => return Next::Ask,
            }
        }
        wake.map_or(Next::Ask, Next::At)
    }
}

/// What a look through the queue has found so far.
#[derive(Default)]
struct Scan {
    /// Windows that somebody further ahead waits for.
    blocked: Kinds,
    /// When the first of them may start.
    wake: Option<Micros>,
    /// The same of the lanes before the current one.
    urgent: Option<Micros>,
    lane: Option<Lane>,
}

impl Scan {
    fn hold(&mut self, lane: Lane, windows: Kinds, until: Option<Micros>) {
        self.enter(lane);
        self.blocked = self.blocked.union(windows);
        self.wake = earlier(self.wake, until);
    }

    fn enter(&mut self, lane: Lane) {
        if self.lane != Some(lane) {
            self.urgent = self.wake;
            self.lane = Some(lane);
        }
    }

    /// Whether the spacing after a start now would hold up somebody more urgent.
    fn delays_a_more_urgent(&mut self, lane: Lane, meter: &Meter, now: Micros) -> bool {
        self.enter(lane);
        self.urgent.is_some_and(|at| now + meter.plan().spacing > at)
    }
}

fn earlier(a: Option<Micros>, b: Option<Micros>) -> Option<Micros> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
