//! One signal's life as stages, from the events of its trace.

use domain::ids::Leg;
use domain::{Event, Record, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::schema;

/// A stage and the event that reached it. In the order of a life; each is told once, at its first
/// event. Before them all stands `posted`.
const STAGES: [(&str, &[&str]); 16] = [
    ("received", &["SIGNAL_INGEST"]),
    ("scored", &["SIGNAL_SCORED"]),
    ("checked", &["ORDER_NEW", "ORDER_BLOCKED", "AUTO_ROUTE_DRYRUN"]),
    ("blocked", &["ORDER_BLOCKED"]),
    ("not_traded", &["AUTO_ROUTE_SKIPPED"]),
    ("dry_run", &["AUTO_ROUTE_DRYRUN"]),
    ("sent", &["ORDER_NEW"]),
    ("in_doubt", &["ORDER_IN_DOUBT"]),
    ("settled", &["ORDER_RECONCILED"]),
    ("acknowledged", &["ORDER_ACCEPTED"]),
    ("refused", &["ORDER_ERROR"]),
    ("partly_filled", &["ORDER_PARTIAL_FILL"]),
    ("filled", &["ORDER_FILLED"]),
    ("protected", &["RISK_SLTP"]),
    ("leaving", &["POSITION_CLOSING"]),
    ("closed", &["POSITION_CLOSED"]),
];

/// A stage that was reached.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Stage {
    #[schema(value_type = schema::StageName)]
    name: &'static str,
    /// When the step that reached it began; what one step decides has one time. Of `posted`, what
    /// the source said.
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
    let enters = records.iter().any(|record| leg(&record.event) == Some(Leg::Entry));
    let counts = |event: &Event| !enters || leg(event).is_none_or(|leg| leg == Leg::Entry);
    let reached = STAGES.iter().enumerate().filter_map(|(order, (name, types))| {
        let reaches = |event: &Event| types.contains(&event.event_type()) && counts(event);
        let first = records.iter().find(|record| reaches(&record.event))?;
        Some((first, order, *name))
    });
    let mut reached: Vec<_> = reached.collect();
    reached.sort_by_key(|(record, order, _)| (record.seq, *order));
    let posted = records.iter().find_map(posted);
    let reached = reached.into_iter().map(|(record, _, name)| (record, record.ts, name));
    timed(posted.into_iter().chain(reached))
}

/// Which part of a position's life an answer or fill is about. What exits are answered is no stage
/// of the entry.
fn leg(event: &Event) -> Option<Leg> {
    let id = match event {
        Event::OrderAccepted(accepted) => &accepted.client_order_id,
        Event::OrderPartialFill(progress) | Event::OrderFilled(progress) => {
            &progress.client_order_id
        }
        _ => return None,
    };
    Some(id.leg_and_attempt()?.0)
}

/// When the message was posted, where its source says so and the clocks agree.
fn posted(record: &Record) -> Option<(&Record, Timestamp, &'static str)> {
    let Event::SignalIngest(ingest) = &record.event else { return None };
    let at = ingest.posted_at.filter(|at| *at <= record.ts)?;
    Some((record, at, "posted"))
}

fn timed<'a>(reached: impl Iterator<Item = (&'a Record, Timestamp, &'static str)>) -> Vec<Stage> {
    let (mut start, mut previous) = (None, None);
    let told = reached.map(|(record, at, name)| {
        let start = *start.get_or_insert(at);
        let before = previous.replace(at).unwrap_or(start);
        Stage {
            name,
            at,
            seq: record.seq,
            event_type: Event::event_type(&record.event),
            since_start_us: micros(at, start),
            since_previous_us: micros(at, before),
        }
    });
    told.collect()
}

fn micros(at: Timestamp, earlier: Timestamp) -> u64 {
    u64::try_from(at.since(earlier).as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(seq: u64, event_type: &str, leg: &str) -> Record {
        let line = format!(
            r#"{{"seq":{seq},"ts":"2026-01-02T03:04:0{seq}.000000Z","event_type":"{event_type}","payload":{{
            "client_order_id":"levi-{leg}a1-0f","order_id":"o","side":"buy","executed_qty":"1",
            "executed_quote":"2","fees_complete":true}}}}"#
        );
        serde_json::from_str(&line.replace('\n', "")).unwrap()
    }

    #[test]
    fn what_exits_are_answered_is_no_stage_of_the_entry() {
        let records = [
            fill(1, "ORDER_PARTIAL_FILL", "e"),
            fill(2, "ORDER_PARTIAL_FILL", "t1"),
            fill(3, "ORDER_FILLED", "e"),
        ];
        let told = |records: &[Record]| -> Vec<_> {
            stages(records).into_iter().map(|stage| (stage.name, stage.seq)).collect()
        };
        assert_eq!(told(&records), [("partly_filled", 1), ("filled", 3)]);
        assert_eq!(told(&[records[2].clone(), records[1].clone()]), [("filled", 3)]);
        assert_eq!(told(&records[1..2]), [("partly_filled", 2)], "a sale of its own");
    }
}
