//! Reading beside the writer.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use domain::{Record, Symbol, Timestamp, TraceId};
use journal::{Filter, Reader};

use crate::old_days::compress_day;
use crate::records::{day_file, fill, noon, open};

const DAY: std::time::Duration = std::time::Duration::from_hours(24);

/// Three days of 400 records and a checkpoint each, one second apart within a day.
fn three_days(dir: &Path) -> Vec<Record> {
    let (mut journal, ..) = open(dir).unwrap();
    let mut records = Vec::new();
    let mut at = noon();
    for _ in 0..3 {
        records.extend(fill(&mut journal, at, 400));
        at = at.plus(DAY);
    }
    records
}

fn seqs(lines: &[String]) -> Vec<u64> {
    lines.iter().map(|line| Record::parse(line).unwrap().seq).collect()
}

fn filters() -> [Filter; 11] {
    [
        Filter::default(),
        Filter { event_types: vec!["ALARM".into()], ..Filter::default() },
        Filter { event_types: vec!["ALARM".into(), "CHECKPOINT".into()], ..Filter::default() },
        Filter { event_type_contains: Some("MEXC".into()), ..Filter::default() },
        Filter { symbol: Some(Symbol::from_exchange("ETHUSDT")), ..Filter::default() },
        Filter { trace_ids: vec![TraceId::new("trace-200")], ..Filter::default() },
        Filter {
            trace_ids: vec![TraceId::new("trace-7")],
            symbol: Some(Symbol::from_exchange("BTCUSDT")),
            ..Filter::default()
        },
        Filter { trace_ids: vec![TraceId::new("none")], ..Filter::default() },
        Filter { since: Some(noon().plus(DAY)), ..Filter::default() },
        Filter { until: Some(noon()), ..Filter::default() },
        Filter {
            since: Some(noon().plus(DAY)),
            until: Some(noon().plus(DAY)),
            ..Filter::default()
        },
    ]
}

#[test]
fn every_filter_finds_what_a_full_search_finds_in_both_directions() {
    let dir = tempfile::tempdir().unwrap();
    let records = three_days(dir.path());
    finds_what_a_full_search_finds(dir.path(), &records);
}

#[test]
fn compressed_days_are_searched_like_plain_ones() {
    let dir = tempfile::tempdir().unwrap();
    let records = three_days(dir.path());
    for day in ["2026-03-11", "2026-03-10"] {
        compress_day(dir.path(), day);
        finds_what_a_full_search_finds(dir.path(), &records);
    }
}

fn finds_what_a_full_search_finds(dir: &Path, records: &[Record]) {
    let reader = Reader::new(dir);
    for filter in filters() {
        let all: Vec<u64> = records
            .iter()
            .filter(|record| filter.accepts(record))
            .map(|record| record.seq)
            .collect();
        for (cursor, limit) in
            [(0, 5_000), (1, 10), (399, 5), (401, 1), (800, 3), (1_203, 9), (9_999, 9), (0, 0)]
        {
            let forward: Vec<u64> =
                all.iter().copied().filter(|seq| *seq > cursor).take(limit).collect();
            assert_eq!(
                seqs(&reader.scan_forward(&filter, cursor, limit).unwrap()),
                forward,
                "{filter:?} {cursor}"
            );
            let back: Vec<u64> =
                all.iter().rev().copied().filter(|seq| *seq < cursor).take(limit).collect();
            assert_eq!(
                seqs(&reader.scan_back(&filter, Some(cursor), limit).unwrap()),
                back,
                "{filter:?} {cursor}"
            );
        }
        let newest: Vec<u64> = all.iter().rev().copied().take(4).collect();
        assert_eq!(seqs(&reader.scan_back(&filter, None, 4).unwrap()), newest, "{filter:?}");
    }
}

#[test]
fn pages_follow_each_other_without_gap_or_double() {
    let dir = tempfile::tempdir().unwrap();
    let records = three_days(dir.path());
    let reader = Reader::new(dir.path());
    let mut cursor = None;
    let mut seen = Vec::new();
    loop {
        let page = seqs(&reader.scan_back(&Filter::default(), cursor, 37).unwrap());
        let Some(last) = page.last() else { break };
        cursor = Some(*last);
        seen.extend(page);
    }
    seen.reverse();
    assert_eq!(seen, (1..=records.len() as u64).collect::<Vec<_>>());
}

#[test]
fn the_lines_come_as_they_were_written() {
    let dir = tempfile::tempdir().unwrap();
    let records = three_days(dir.path());
    let lines = Reader::new(dir.path()).scan_forward(&Filter::default(), 0, 9_999).unwrap();
    let written: Vec<String> =
        records.iter().map(|record| serde_json::to_string(record).unwrap()).collect();
    assert_eq!(lines, written);
}

#[test]
fn a_torn_end_and_a_missing_folder_are_no_errors() {
    let dir = tempfile::tempdir().unwrap();
    let missing = Reader::new(dir.path().join("missing"));
    assert_eq!(missing.scan_back(&Filter::default(), None, 9).unwrap().len(), 0);
    assert_eq!(missing.scan_forward(&Filter::default(), 0, 9).unwrap().len(), 0);
    let (mut journal, ..) = open(dir.path()).unwrap();
    fill(&mut journal, noon(), 2);
    let path = day_file(dir.path(), "2026-03-10");
    let mut file = fs::File::options().append(true).open(&path).unwrap();
    file.write_all(
        br#"{"seq":4,"ts":"2026-03-10T12:00:00.000000Z","event_type":"ALARM","payload":{"mes"#,
    )
    .unwrap();
    let reader = Reader::new(dir.path());
    assert_eq!(seqs(&reader.scan_back(&Filter::default(), None, 9).unwrap()), [3, 2, 1]);
    assert_eq!(seqs(&reader.scan_forward(&Filter::default(), 0, 9).unwrap()), [1, 2, 3]);
}

#[test]
fn a_time_limit_holds_also_for_records_stamped_out_of_order() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, ..) = open(dir.path()).unwrap();
    let back = Timestamp::from_micros(noon().as_micros() - 60_000_000);
    fill(&mut journal, noon(), 1);
    fill(&mut journal, back, 1);
    fill(&mut journal, noon(), 1);
    let filter = Filter { since: Some(noon()), ..Filter::default() };
    assert_eq!(seqs(&Reader::new(dir.path()).scan_back(&filter, None, 9).unwrap()), [6, 5, 2, 1]);
}
