//! One queue per lane, one start per interval.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// How urgent a request is. Lower lanes start only while all higher ones are empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Protects or closes a position.
    Exit,
    /// Opens a position.
    Entry,
    /// Asks a question.
    Query,
}

impl Lane {
    const COUNT: usize = 3;

    const fn index(self) -> usize {
        match self {
            Self::Exit => 0,
            Self::Entry => 1,
            Self::Query => 2,
        }
    }
}

/// Spaces the starts of requests. Strict priority between lanes, first come first served within
/// one. Share it with an `Arc` among all who spend the same budget.
#[derive(Debug)]
pub struct Throttle {
    min_interval: Duration,
    queues: Mutex<Queues>,
    changed: Notify,
}

#[derive(Debug)]
struct Queues {
    waiting: [VecDeque<u64>; Lane::COUNT],
    next_ticket: u64,
    /// No request starts before this.
    free_at: Instant,
}

impl Queues {
    fn head(&self) -> Option<u64> {
        self.waiting.iter().find_map(|lane| lane.front().copied())
    }
}

/// A place in a queue; leaving it (served or cancelled) lets the others move up.
struct Ticket<'a> {
    throttle: &'a Throttle,
    lane: Lane,
    number: u64,
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.throttle.lock().waiting[self.lane.index()].retain(|number| *number != self.number);
        self.throttle.changed.notify_waiters();
    }
}

impl Throttle {
    /// At least `min_interval` lies between two starts; zero means no spacing.
    pub fn new(min_interval: Duration) -> Self {
        Self {
            min_interval,
            queues: Mutex::new(Queues {
                waiting: Default::default(),
                next_ticket: 0,
                free_at: Instant::now(),
            }),
            changed: Notify::new(),
        }
    }

    /// Waits for the caller's turn. When this returns the request may start at once, and the slot
    /// is spent. Dropping the future while it waits gives the place up and costs nobody a slot.
    pub async fn acquire(&self, lane: Lane) {
        let ticket = self.enqueue(lane);
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // Registered before looking, so that no change falls in between.
            changed.as_mut().enable();
            match self.try_start(&ticket) {
                Turn::Now => return,
                Turn::At(instant) => tokio::select! {
                    () = sleep_until(instant) => {}
                    () = changed => {}
                },
                Turn::Behind => changed.await,
            }
        }
    }

    /// Nothing starts before `until`, in any lane: the exchange asked for silence. An earlier
    /// instant than one set before changes nothing.
    pub fn pause_until(&self, until: Instant) {
        let mut queues = self.lock();
        queues.free_at = queues.free_at.max(until);
        drop(queues);
        self.changed.notify_waiters();
    }

    fn enqueue(&self, lane: Lane) -> Ticket<'_> {
        let mut queues = self.lock();
        let number = queues.next_ticket;
        queues.next_ticket += 1;
        queues.waiting[lane.index()].push_back(number);
        Ticket { throttle: self, lane, number }
    }

    fn try_start(&self, ticket: &Ticket<'_>) -> Turn {
        let mut queues = self.lock();
        if queues.head() != Some(ticket.number) {
            return Turn::Behind;
        }
        let now = Instant::now();
        if now < queues.free_at {
            return Turn::At(queues.free_at);
        }
        queues.free_at = now + self.min_interval;
        Turn::Now
    }

    fn lock(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Turn {
    Now,
    At(Instant),
    Behind,
}
