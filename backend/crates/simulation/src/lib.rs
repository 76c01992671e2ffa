//! The simulator: seeded schedules of users, prices and faults against the engine and the driver,
//! the sandbox's matching model as the exchange, a virtual network and a virtual disk between them,
//! all in one thread and virtual time. Checkers that reckon for themselves look at every step.
//!
//! A seed always gives the same schedule. See `docs/simulation.md`.

mod campaign;
mod chance;
mod check;
mod disk;
mod fault;
mod feeds;
mod house;
mod nature;
mod network;
mod news;
mod plan;
mod process;
mod sabotage;
mod space;
mod three_days;
mod users;
mod world;

pub use campaign::{Tally, run_all};
pub use check::Violation;
pub use fault::{Fault, FaultCounts, FaultSet};
pub use sabotage::Sabotage;
pub use three_days::{Condition, Count, ThreeDays};

use world::World;

/// How schedules are run.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Kinds of fault that may strike.
    pub faults: FaultSet,
    /// A deliberate bug, to test the simulator itself.
    pub sabotage: Option<Sabotage>,
    /// How many of the last events are kept for a report.
    pub trace: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { faults: FaultSet::ALL, sabotage: None, trace: 0 }
    }
}

/// What came of one schedule.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Happenings.
    pub steps: u64,
    /// Orders released towards the exchange.
    pub orders: u64,
    /// Orders the exchange took.
    pub accepted: u64,
    /// Records in the journal at the end.
    pub records: u64,
    /// Starts and crashes of the process.
    pub starts: u64,
    /// How often each kind of fault struck.
    pub faults: FaultCounts,
    /// The broken promise, if one was broken.
    pub violation: Option<Violation>,
    /// The last events, when they were to be kept.
    pub trace: Vec<String>,
}

/// Runs schedules with one set of options.
#[derive(Debug, Clone)]
pub struct Simulator {
    options: Options,
    reader: signal::Reader,
}

impl Simulator {
    /// A simulator; building it loads the signal reader's word lists once.
    pub fn new(options: Options) -> Self {
        Self { options, reader: signal::Reader::embedded() }
    }

    /// Runs the schedule of a seed.
    pub fn run(&self, seed: u64) -> Outcome {
        World::new(seed, self.options, self.reader.clone()).run()
    }

    /// Seventy-two hours with a disk that fills up again and again.
    pub fn three_days(&self, seed: u64) -> ThreeDays {
        three_days::run(seed, self.options, self.reader.clone())
    }

    /// The smallest set of kinds of fault that still breaks the seed's schedule, found by leaving
    /// one kind out after the other.
    pub fn shrink(&self, seed: u64) -> FaultSet {
        let breaks = |faults| {
            let options = Options { faults, trace: 0, ..self.options };
            let simulator = Self { options, reader: self.reader.clone() };
            simulator.run(seed).violation.is_some()
        };
        Fault::ALL.iter().fold(self.options.faults, |faults, fault| {
            let fewer = faults.without(*fault);
            if breaks(fewer) { fewer } else { faults }
        })
    }
}
