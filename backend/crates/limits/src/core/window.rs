//! One sliding window.

use super::{Log, Micros};

/// A window's log is kept in this many steps, so that its size does not grow with the traffic.
const STEPS: u64 = 256;

/// What one window has seen. An amount is open from before its request leaves until its answer is
/// there, and counts for one span more from then on. So however long a request is on its way, two
/// requests that the exchange sees within one span were never let through on the same amount.
#[derive(Debug, Clone)]
pub(crate) struct Window {
    span: Micros,
    open: u64,
    spent: Log,
    /// What somebody else may have spent.
    assumed: Log,
}

impl Window {
    pub(crate) fn new(span: Micros) -> Self {
        Self { span, open: 0, spent: Log::default(), assumed: Log::default() }
    }

    pub(crate) fn used(&mut self, now: Micros) -> u64 {
        let until = now.saturating_sub(self.span);
        self.spent.forget(until);
        self.assumed.forget(until);
        self.open + self.spent.sum(until) + self.assumed.sum(until)
    }

    /// What was let through by this process itself.
    pub(crate) fn own(&self, now: Micros) -> u64 {
        self.open + self.spent.sum(now.saturating_sub(self.span))
    }

    pub(crate) fn open(&mut self, amount: u32) {
        self.open += u64::from(amount);
    }

    /// The request has been answered, or given up.
    pub(crate) fn close(&mut self, now: Micros, amount: u32) {
        self.release(amount);
        if amount > 0 {
            self.spent.add(self.step(now), amount);
        }
    }

    /// The request never left.
    pub(crate) fn release(&mut self, amount: u32) {
        self.open = self.open.saturating_sub(u64::from(amount));
    }

    pub(crate) const fn opened(&self) -> u64 {
        self.open
    }

    /// Takes for granted that somebody spent this.
    pub(crate) fn assume(&mut self, at: Micros, amount: u32) {
        if amount > 0 {
            self.assumed.add(self.step(at), amount);
        }
    }

    pub(crate) fn assume_nothing(&mut self) {
        self.assumed.clear();
    }

    pub(crate) fn spent(&self) -> impl Iterator<Item = (Micros, u32)> {
        self.spent.iter()
    }

    /// When `excess` of what is used will have left the window; [`None`] if that depends on
    /// answers that are still to come.
    pub(crate) fn free_at(&self, excess: u64) -> Option<Micros> {
        let mut entries: Vec<_> = self.spent.iter().chain(self.assumed.iter()).collect();
        entries.sort_unstable();
        let mut freed = 0;
        let enough = entries.into_iter().find(|(_, amount)| {
            freed += u64::from(*amount);
            freed >= excess
        });
        enough.map(|(at, _)| at + self.span)
    }

    /// The end of the step that `at` lies in: later, so that it counts no shorter.
    fn step(&self, at: Micros) -> Micros {
        let step = (self.span / STEPS).max(1);
        at.div_ceil(step) * step
    }
}
