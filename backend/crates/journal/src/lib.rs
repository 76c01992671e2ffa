//! The durable event log: append, sync, replay, read back.
