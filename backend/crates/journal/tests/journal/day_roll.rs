//! Days, their files, and what may be archived.

use std::fs;

use domain::{Record, Timestamp};
use jiff::tz::TimeZone;
use journal::OpenError;

use crate::records::{checkpoint, day_file, fill, noon, notice, open, open_in};

fn seqs(dir: &std::path::Path, day: &str) -> Vec<u64> {
    let text = fs::read_to_string(day_file(dir, day)).unwrap_or_default();
    text.lines().map(|line| Record::parse(line).unwrap().seq).collect()
}

#[test]
fn the_file_changes_at_midnight_of_the_zone() {
    let cases = [
        ("UTC", "2026-03-10T23:59:59.999999Z", "2026-03-11T00:00:00Z", "2026-03-10", "2026-03-11"),
        (
            "Europe/Istanbul",
            "2026-03-10T20:59:59.999999Z",
            "2026-03-10T21:00:00Z",
            "2026-03-10",
            "2026-03-11",
        ),
        (
            "America/New_York",
            "2026-03-11T03:59:59.999999Z",
            "2026-03-11T04:00:00Z",
            "2026-03-10",
            "2026-03-11",
        ),
        // The night in which New York's clocks are set back: the day has 25 hours.
        (
            "America/New_York",
            "2026-11-02T04:59:59.999999Z",
            "2026-11-02T05:00:00Z",
            "2026-11-01",
            "2026-11-02",
        ),
    ];
    for (zone, last, first, old_day, new_day) in cases {
        let dir = tempfile::tempdir().unwrap();
        let tz = TimeZone::get(zone).unwrap();
        let (mut journal, ..) = open_in(dir.path(), tz.clone()).unwrap();
        let [last, first] = [last, first].map(|at| Timestamp::parse(at).unwrap());
        fill(&mut journal, last, 1);
        assert!(!journal.needs_checkpoint(last), "{zone}");
        assert!(journal.needs_checkpoint(first), "{zone}");
        journal.append(&[checkpoint(3, first), notice(4, first)]).unwrap();
        assert_eq!(seqs(dir.path(), old_day), [1, 2], "{zone}");
        assert_eq!(seqs(dir.path(), new_day), [3, 4], "{zone}");
        drop(journal);
        let (journal, opened, _) = open_in(dir.path(), tz).unwrap();
        assert_eq!((opened.last_seq, opened.from_checkpoint_seq), (4, Some(3)), "{zone}");
        assert!(!journal.needs_checkpoint(first), "{zone}");
    }
}

#[test]
fn without_a_checkpoint_first_a_batch_stays_in_the_present_file() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, ..) = open(dir.path()).unwrap();
    fill(&mut journal, noon(), 1);
    let tomorrow = noon().plus(std::time::Duration::from_hours(24));
    journal.append(&[notice(3, tomorrow), checkpoint(4, tomorrow)]).unwrap();
    assert!(journal.needs_checkpoint(tomorrow));
    journal.append(&[checkpoint(5, tomorrow)]).unwrap();
    assert_eq!(seqs(dir.path(), "2026-03-10"), [1, 2, 3, 4]);
    assert_eq!(seqs(dir.path(), "2026-03-11"), [5]);
}

#[test]
fn a_clock_set_back_does_not_go_back_to_an_older_file() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, ..) = open(dir.path()).unwrap();
    fill(&mut journal, noon(), 1);
    let yesterday = noon().minus(std::time::Duration::from_hours(24));
    assert!(!journal.needs_checkpoint(yesterday));
    journal.append(&[checkpoint(3, yesterday), notice(4, yesterday)]).unwrap();
    drop(journal);
    assert_eq!(seqs(dir.path(), "2026-03-10"), [1, 2, 3, 4]);
    assert_eq!(open(dir.path()).unwrap().1.last_seq, 4);
}

#[test]
fn days_before_the_newest_checkpoint_may_be_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, ..) = open(dir.path()).unwrap();
    let day = |number: u64| noon().plus(std::time::Duration::from_hours(24 * number));
    for number in 0..4 {
        fill(&mut journal, day(number), 2);
    }
    drop(journal);
    fs::remove_dir_all(dir.path().join("2026-03-10")).unwrap();
    fs::remove_file(day_file(dir.path(), "2026-03-12")).unwrap();
    let (journal, opened, replayed) = open(dir.path()).unwrap();
    assert_eq!((opened.last_seq, opened.from_checkpoint_seq, replayed.len()), (12, Some(10), 3));
    assert_eq!(journal.next_seq(), 13);
}

#[test]
fn a_day_missing_after_the_checkpoint_is_a_gap() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, ..) = open(dir.path()).unwrap();
    let day = |number: u64| noon().plus(std::time::Duration::from_hours(24 * number));
    fill(&mut journal, day(0), 2);
    drop(journal);
    let later = day_file(dir.path(), "2026-03-12");
    fs::create_dir(later.parent().unwrap()).unwrap();
    fs::write(&later, serde_json::to_string(&notice(7, day(2))).unwrap() + "\n").unwrap();
    let error = open(dir.path()).unwrap_err();
    assert!(
        matches!(&error, OpenError::Gap { file, line: 1, expected: 4, found: 7 } if *file == later),
        "{error}"
    );
}

#[test]
fn without_any_checkpoint_nothing_is_guessed() {
    let dir = tempfile::tempdir().unwrap();
    let path = day_file(dir.path(), "2026-03-10");
    fs::create_dir(path.parent().unwrap()).unwrap();
    fs::write(&path, serde_json::to_string(&notice(1, noon())).unwrap() + "\n").unwrap();
    let error = open(dir.path()).unwrap_err();
    assert!(matches!(&error, OpenError::NoCheckpoint { file } if *file == path), "{error}");
}
