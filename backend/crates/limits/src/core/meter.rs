//! All windows of one process together, with spacing and pauses.

use super::{Charges, Kinds, Micros, Plan, SECOND, WINDOWS, Window};
use crate::Lane;

/// Why a request cannot start yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shortage {
    /// The window that has room for it last. The others without room are left to who comes after.
    pub(crate) windows: Kinds,
    /// When it will have room; [`None`] if that depends on answers to come.
    pub(crate) until: Option<Micros>,
}

/// What may be spent, and what was.
#[derive(Debug, Clone)]
pub(crate) struct Meter {
    plan: Plan,
    windows: [Window; WINDOWS],
    next_start: Micros,
    paused_until: Micros,
}

impl Meter {
    /// Everything may be spent.
    pub(crate) fn full(plan: Plan) -> Self {
        let windows = std::array::from_fn(|index| Window::new(plan.rule(index).span));
        Self { plan, windows, next_start: 0, paused_until: 0 }
    }

    /// Nothing may be spent yet; the windows fill up evenly over their spans.
    pub(crate) fn empty(plan: Plan, now: Micros) -> Self {
        let mut meter = Self::full(plan);
        for (window, rule) in meter.windows.iter_mut().zip(plan.rules) {
            for (ago, amount) in even_use(rule.span, rule.limit()) {
                window.assume(now.saturating_sub(ago), amount);
            }
        }
        meter
    }

    pub(crate) const fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(crate) fn set_plan(&mut self, plan: Plan) {
        self.plan = plan;
    }

    /// What stands against a start in this lane; [`None`] if nothing does.
    pub(crate) fn shortage(
        &mut self,
        now: Micros,
        lane: Lane,
        charges: &Charges,
    ) -> Option<Shortage> {
        let mut last: Option<(Micros, usize, Option<Micros>)> = None;
        for (index, charge) in charges.iter().enumerate().filter(|(_, charge)| **charge > 0) {
            let ceiling = u64::from(self.plan.rules[index].ceilings[lane.index()]);
            let excess =
                (self.windows[index].used(now) + u64::from(*charge)).saturating_sub(ceiling);
            if excess > 0 {
                let until = self.windows[index].free_at(excess);
                // Answers are expected soon.
                let order = until.unwrap_or(now);
                if last.is_none_or(|(known, ..)| order > known) {
                    last = Some((order, index, until));
                }
            }
        }
        last.map(|(_, index, until)| Shortage { windows: Kinds::only(index), until })
    }

    /// Counts a request that starts now.
    pub(crate) fn start(&mut self, now: Micros, charges: &Charges) {
        self.next_start = now + self.plan.spacing;
        self.each(charges, Window::open);
    }

    /// Its answer is there, or it was given up.
    pub(crate) fn finish(&mut self, now: Micros, charges: &Charges) {
        self.each(charges, |window, charge| window.close(now, charge));
    }

    /// It never left.
    pub(crate) fn take_back(&mut self, charges: &Charges) {
        self.each(charges, Window::release);
    }

    fn each(&mut self, charges: &Charges, act: impl Fn(&mut Window, u32)) {
        for (window, charge) in self.windows.iter_mut().zip(charges) {
            act(window, *charge);
        }
    }

    /// Nothing may start before this.
    pub(crate) fn quiet_until(&self) -> Micros {
        self.next_start.max(self.paused_until)
    }

    pub(crate) const fn paused_until(&self) -> Micros {
        self.paused_until
    }

    /// The exchange asked for silence. An earlier time than one set before changes nothing.
    pub(crate) fn pause_until(&mut self, until: Micros) {
        self.paused_until = self.paused_until.max(until);
    }

    /// Takes for granted that others have just spent whatever this process did not, so that it may
    /// only go on at its own pace until a window has passed. The reserve for exits stays, except
    /// where a second's wait brings the window back.
    pub(crate) fn assume_the_rest(&mut self, now: Micros) {
        for (window, rule) in self.windows.iter_mut().zip(self.plan.rules) {
            window.assume_nothing();
            let most = if rule.span > SECOND { rule.floor() } else { rule.limit() };
            let rest = u64::from(most).saturating_sub(window.own(now));
            window.assume(now, u32::try_from(rest).unwrap_or(u32::MAX));
        }
    }

    pub(crate) fn assume_nothing(&mut self) {
        self.windows.iter_mut().for_each(Window::assume_nothing);
    }

    /// What is on its way.
    pub(crate) fn opened(&self) -> Charges {
        std::array::from_fn(|index| u32::try_from(self.windows[index].opened()).unwrap_or(u32::MAX))
    }

    pub(crate) fn used(&mut self, now: Micros) -> [u64; WINDOWS] {
        std::array::from_fn(|index| self.windows[index].used(now))
    }

    /// Everything this process spent that may still count: window, time, amount.
    pub(crate) fn spent(&self) -> impl Iterator<Item = (usize, Micros, u32)> {
        let windows = self.windows.iter().enumerate();
        windows
            .flat_map(|(index, window)| window.spent().map(move |(at, amount)| (index, at, amount)))
    }
}

/// A limit spent evenly over the span that ends now: how long ago, and how much.
pub(crate) fn even_use(span: Micros, limit: u32) -> impl Iterator<Item = (Micros, u32)> {
    let parts = limit.clamp(1, 100);
    (0..parts).map(move |part| {
        let upto = |part: u32| u64::from(limit) * u64::from(part) / u64::from(parts);
        let amount = u32::try_from(upto(part + 1) - upto(part)).unwrap_or(u32::MAX);
        let since_start = span * u64::from(part + 1) / u64::from(parts);
        (span - since_start, amount)
    })
}
