//! The fault plan in force, shared by requests and connections.

use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::Timestamp;
use serde::Serialize;

use super::clock;
use crate::faults::{FaultPlan, PushFault, RequestFault, Schedule, Visibility};

/// The plan in force.
#[derive(Debug)]
pub(super) struct Faults(Mutex<Schedule>);

/// The plan and how often each of its rules struck.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    plan: FaultPlan,
    requests_struck: Vec<u64>,
    pushes_struck: Vec<u64>,
}

impl Faults {
    pub(super) fn new(plan: FaultPlan) -> Self {
        Self(Mutex::new(Schedule::new(plan, clock::now())))
    }

    /// Replaces the plan; the new one begins now.
    pub(super) fn set(&self, plan: FaultPlan) {
        *self.lock() = Schedule::new(plan, clock::now());
    }

    pub(super) fn strike(&self, method: &str, path: &str) -> Vec<RequestFault> {
        self.lock().request(method, path, clock::now())
    }

    pub(super) fn strike_push(&self, channel: &str) -> Option<PushFault> {
        self.lock().push(channel, clock::now())
    }

    pub(super) fn visibility(&self) -> Visibility {
        self.lock().plan().visibility
    }

    pub(super) fn is_under_maintenance(&self) -> bool {
        self.lock().plan().maintenance
    }

    /// The time as the exchange's clock tells it.
    pub(super) fn exchange_time(&self) -> Timestamp {
        let skew_ms = self.lock().plan().clock_skew_ms;
        Timestamp::from_millis(clock::now().as_millis().saturating_add(skew_ms))
    }

    pub(super) fn report(&self) -> Report {
        let schedule = self.lock();
        let (requests_struck, pushes_struck) = schedule.struck();
        Report { plan: schedule.plan().clone(), requests_struck, pushes_struck }
    }

    fn lock(&self) -> MutexGuard<'_, Schedule> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
