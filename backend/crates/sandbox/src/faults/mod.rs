//! Things that go wrong on purpose: a plan says what, when and how often; a schedule decides for
//! each request and push. Pure: the same plan and the same sequence give the same faults.

mod plan;
mod schedule;

pub use plan::{FaultPlan, PushFault, PushRule, RequestFault, RequestRule, Visibility, When};
pub use schedule::Schedule;
