//! The journal's files, whatever became of them on a disk.

use std::fs;

use domain::Record;
use journal::{Filter, Reader};

/// The content of one day's file. Both directions find the same lines, each of them a line of the
/// file; a record that can be read is written back the same.
pub fn journal_lines(bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder");
    let day = folder.path().join("2026-01-02");
    fs::create_dir(&day).expect("a day");
    fs::write(day.join("events.jsonl"), bytes).expect("a file");
    let reader = Reader::new(folder.path());
    let mut back = reader.scan_back(&Filter::default(), None, usize::MAX).expect("readable");
    back.reverse();
    let forward = reader.scan_forward(&Filter::default(), 0, usize::MAX).expect("readable");
    for line in back.iter().chain(&forward) {
        assert!(bytes.split(|byte| *byte == b'\n').any(|known| known == line.as_bytes()));
    }
    for filter in [with_type("ORDER"), with_type("CHECKPOINT")] {
        let found = reader.scan_back(&filter, Some(9), 3).expect("readable");
        assert!(found.len() <= 3 && found.iter().all(|line| back.contains(line)));
    }
    String::from_utf8_lossy(bytes).lines().for_each(record);
}

fn with_type(part: &str) -> Filter {
    Filter { event_type_contains: Some(part.to_owned()), ..Filter::default() }
}

fn record(line: &str) {
    if let Ok(record) = Record::parse(line) {
        let written = serde_json::to_string(&record).expect("what was read can be written");
        assert_eq!(Record::parse(&written), Ok(record), "{line}");
    }
}
