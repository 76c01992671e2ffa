//! The journalled state: what the events say is so. It changes only by applying a record.

pub mod order;
pub mod position;
