//! Prints how fast the journal appends, syncs, replays and searches. Asserts nothing.
//!
//! `cargo run --release -p journal --example throughput [RECORDS]`

use std::convert::Infallible;
use std::error::Error;
use std::time::{Duration, Instant};

use domain::event::{Checkpoint, Event, OrderAccepted};
use domain::{ClientOrderId, ExchangeOrderId, Record, Symbol, Timestamp, TraceId};
use jiff::tz::TimeZone;
use journal::{Filter, Journal, Reader};

const AT: Timestamp = Timestamp::from_millis(1_773_144_000_000);

fn main() -> Result<(), Box<dyn Error>> {
    let records: u64 = std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse())?;
    let dir = tempfile::tempdir()?;
    append(dir.path(), records)?;
    replay(dir.path())?;
    search(dir.path(), records)?;
    for group in [1, 16, 256] {
        let dir = tempfile::tempdir()?;
        synced(dir.path(), group)?;
    }
    Ok(())
}

fn record(seq: u64) -> Record {
    let event = if seq == 1 {
        Event::Checkpoint(Box::new(Checkpoint { version: 1, state: serde_json::Value::Null }))
    } else {
        Event::OrderAccepted(OrderAccepted {
            client_order_id: ClientOrderId::new(format!("levi-ea1-{seq:020}")),
            order_id: ExchangeOrderId::new(format!("C02__{seq:021}")),
        })
    };
    Record {
        seq,
        ts: AT.plus(Duration::from_micros(seq)),
        symbol: Some(Symbol::from_exchange("BTCUSDT")),
        trace_id: Some(TraceId::new(format!("{:016x}", seq / 8))),
        event,
    }
}

fn open(dir: &std::path::Path) -> Result<Journal, Box<dyn Error>> {
    Ok(Journal::open(dir, TimeZone::UTC, |_| Ok::<_, Infallible>(()))?.0)
}

fn append(dir: &std::path::Path, records: u64) -> Result<(), Box<dyn Error>> {
    let mut journal = open(dir)?;
    let all: Vec<Record> = (1..=records).map(record).collect();
    let start = Instant::now();
    for batch in all.chunks(4) {
        journal.append(batch)?;
    }
    report("append, 4 a write, unsynced", records, start.elapsed());
    let start = Instant::now();
    journal.sync()?;
    report("the sync after that", 1, start.elapsed());
    Ok(())
}

fn replay(dir: &std::path::Path) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let (_, opened) = Journal::open(dir, TimeZone::UTC, |_| Ok::<_, Infallible>(()))?;
    report("open and replay, one checkpoint at the start", opened.replayed, start.elapsed());
    Ok(())
}

fn search(dir: &std::path::Path, records: u64) -> Result<(), Box<dyn Error>> {
    let reader = Reader::new(dir);
    let of_trace = |seq: u64| Filter {
        trace_ids: vec![TraceId::new(format!("{:016x}", seq / 8))],
        ..Filter::default()
    };
    let start = Instant::now();
    let found = reader.scan_back(&of_trace(records / 100), None, 1_000)?.len();
    report(&format!("one trace ({found} found), all records searched"), records, start.elapsed());
    let start = Instant::now();
    let found = reader.scan_forward(&Filter::default(), records / 2, 100)?.len();
    report(&format!("a page of {found} from the middle"), found as u64, start.elapsed());
    let start = Instant::now();
    let filter = Filter { event_type_contains: Some("NONE".into()), ..Filter::default() };
    reader.scan_back(&filter, None, 100)?;
    report("a filter without bytes to look for", records, start.elapsed());
    Ok(())
}

fn synced(dir: &std::path::Path, group: u64) -> Result<(), Box<dyn Error>> {
    let mut journal = open(dir)?;
    let mut written = 0;
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(1) {
        for _ in 0..group {
            journal.append(&[record(journal.next_seq())])?;
        }
        journal.sync()?;
        written += group;
    }
    report(&format!("append, one sync for {group} writes"), written, start.elapsed());
    Ok(())
}

fn report(what: &str, count: u64, took: Duration) {
    let nanos = took.as_nanos().max(1);
    let rate = u128::from(count) * 1_000_000_000 / nanos;
    println!("{what:<52} {count:>9} in {took:>12.3?} = {rate:>11} /s");
}
