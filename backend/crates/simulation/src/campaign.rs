//! Many schedules on all cores.

use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::{Fault, FaultCounts, Outcome, Simulator, Violation};

/// The sum over many schedules.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Schedules run.
    pub seeds: u64,
    /// Happenings in all.
    pub steps: u64,
    /// Fewest happenings of a schedule that ended well.
    pub fewest_steps: Option<u64>,
    /// Orders released in all.
    pub orders: u64,
    /// Fewest orders of a schedule that ended well.
    pub fewest_orders: Option<u64>,
    /// Orders the exchange took.
    pub accepted: u64,
    /// Records journalled.
    pub records: u64,
    /// Starts and crashes of the process.
    pub starts: u64,
    /// How often each kind of fault struck.
    pub faults: FaultCounts,
    /// Seeds that broke a promise, lowest first.
    pub violations: Vec<(u64, Violation)>,
}

impl Tally {
    fn add(&mut self, seed: u64, outcome: Outcome) {
        self.seeds += 1;
        self.steps += outcome.steps;
        self.orders += outcome.orders;
        self.accepted += outcome.accepted;
        self.records += outcome.records;
        self.starts += outcome.starts;
        for (sum, count) in self.faults.iter_mut().zip(outcome.faults) {
            *sum += count;
        }
        if let Some(violation) = outcome.violation {
            return self.violations.push((seed, violation));
        }
        self.fewest_steps = least(self.fewest_steps, Some(outcome.steps));
        self.fewest_orders = least(self.fewest_orders, Some(outcome.orders));
    }

    fn merge(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.steps += other.steps;
        self.orders += other.orders;
        self.accepted += other.accepted;
        self.records += other.records;
        self.starts += other.starts;
        self.fewest_steps = least(self.fewest_steps, other.fewest_steps);
        self.fewest_orders = least(self.fewest_orders, other.fewest_orders);
        for (sum, count) in self.faults.iter_mut().zip(other.faults) {
            *sum += count;
        }
        self.violations.extend(other.violations);
    }

    /// How often each kind of fault struck, by name.
    pub fn faults_by_name(&self) -> impl Iterator<Item = (&'static str, u64)> {
        Fault::ALL.iter().map(|fault| fault.name()).zip(self.faults)
    }
}

fn least(left: Option<u64>, right: Option<u64>) -> Option<u64> {
    left.into_iter().chain(right).min()
}

/// Runs the seeds `from .. from + count` on all cores. It stops early, without a promise where,
/// once `most_violations` were found.
pub fn run_all(simulator: &Simulator, from: u64, count: u64, most_violations: u64) -> Tally {
    let next = AtomicU64::new(0);
    let found = AtomicU64::new(0);
    let work = || {
        let mut tally = Tally::default();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= count || found.load(Ordering::Relaxed) >= most_violations {
                return tally;
            }
            let seed = from + index;
            let outcome = simulator.run(seed);
            found.fetch_add(u64::from(outcome.violation.is_some()), Ordering::Relaxed);
            tally.add(seed, outcome);
        }
    };
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let mut tally = Tally::default();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            if let Ok(part) = worker.join() {
                tally.merge(part);
            }
        }
    });
    tally.violations.sort_by_key(|(seed, _)| *seed);
    tally
}
