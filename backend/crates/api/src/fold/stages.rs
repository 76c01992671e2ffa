//! One signal's life as stages, from the events of its trace.

use domain::{Event, Record, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::schema;

/// A stage and the event that reached it. In the order of a life; each is told once, at its first
/// event.
const STAGES: [(&str, &[&str]); 11] = [
    ("received", &["SIGNAL_INGEST"]),
    ("scored", &["SIGNAL_SCORED"]),
    ("checked", &["ORDER_NEW", "ORDER_BLOCKED", "AUTO_ROUTE_SKIPPED", "AUTO_ROUTE_DRYRUN"]),
    ("sent", &["ORDER_NEW"]),
    ("in_doubt", &["ORDER_IN_DOUBT"]),
    ("acknowledged", &["ORDER_ACCEPTED"]),
    ("refused", &["ORDER_ERROR"]),
    ("filled", &["ORDER_FILLED"]),
    ("protected", &["RISK_SLTP"]),
    ("leaving", &["POSITION_CLOSING"]),
    ("closed", &["POSITION_CLOSED"]),
];

/// A stage that was reached.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Stage {
    /// `received`, `scored`, `checked`, `sent`, `in_doubt`, `acknowledged`, `refused`, `filled`,
    /// `protected`, `leaving` or `closed`.
    name: &'static str,
    /// When the step that reached it began. What one step decides has one time.
    #[schema(value_type = schema::Time)]
    at: Timestamp,
    /// The event.
    seq: u64,
    #[schema(value_type = schema::EventType)]
    event_type: &'static str,
    /// Microseconds since the first stage.
    since_start_us: u64,
    /// Microseconds since the stage before.
    since_previous_us: u64,
}

/// The stages that a trace has reached. `records` oldest first.
pub(crate) fn stages(records: &[Record]) -> Vec<Stage> {
    let reached = STAGES.iter().enumerate().filter_map(|(order, (name, types))| {
        let first = records.iter().find(|record| types.contains(&record.event.event_type()))?;
        Some((first, order, *name))
    });
    let mut reached: Vec<_> = reached.collect();
    reached.sort_by_key(|(record, order, _)| (record.seq, *order));
    let start = reached.first().map_or(Timestamp::EPOCH, |(record, ..)| record.ts);
    let mut previous = start;
    let told = reached.into_iter().map(|(record, _, name)| {
        let stage = Stage {
            name,
            at: record.ts,
            seq: record.seq,
            event_type: Event::event_type(&record.event),
            since_start_us: micros(record.ts, start),
            since_previous_us: micros(record.ts, previous),
        };
        previous = record.ts;
        stage
    });
    told.collect()
}

fn micros(at: Timestamp, earlier: Timestamp) -> u64 {
    u64::try_from(at.since(earlier).as_micros()).unwrap_or(u64::MAX)
}
