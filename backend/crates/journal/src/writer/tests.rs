//! What happens when the file system fails in ways a test cannot cause from outside.

use std::convert::Infallible;

use domain::event::{Checkpoint, Notice};

use super::*;

const AT: Timestamp = Timestamp::from_millis(1_773_144_000_000);

fn record(seq: u64) -> Record {
    let notice = Notice { message: format!("record {seq}"), details: <_>::default() };
    let event = if seq == 1 {
        Event::Checkpoint(Box::new(Checkpoint { version: 1, state: seq.into() }))
    } else {
        Event::Alarm(notice)
    };
    Record { seq, ts: AT, symbol: None, trace_id: None, event }
}

fn open(dir: &Path) -> (Journal, Opened) {
    Journal::open(dir, TimeZone::UTC, |_| Ok::<_, Infallible>(())).unwrap()
}

/// A journal of three records, the last one unsynced.
fn journal(dir: &Path) -> Journal {
    let (mut journal, _) = open(dir);
    journal.append(&[record(1), record(2)]).unwrap();
    journal.sync().unwrap();
    journal.append(&[record(3)]).unwrap();
    journal
}

fn log(journal: &mut Journal) -> &mut DayLog {
    journal.log.as_mut().unwrap()
}

fn read_only(journal: &mut Journal) -> File {
    let path = log(journal).path.clone();
    log(journal).swap_file(File::open(path).unwrap())
}

#[test]
fn a_write_that_cannot_be_taken_back_stops_the_journal_until_recovered() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = journal(dir.path());
    let good = read_only(&mut journal);
    assert!(matches!(journal.append(&[record(4)]), Err(AppendError::Stopped { .. })));
    assert!(matches!(journal.append(&[record(4)]), Err(AppendError::StillStopped { .. })));
    assert!(matches!(journal.sync(), Err(AppendError::StillStopped { .. })));
    assert!(matches!(journal.recover(), Err(AppendError::Stopped { .. })));
    assert!(journal.stopped().is_some_and(|reason| reason.contains("recover")));

    log(&mut journal).swap_file(good);
    journal.recover().unwrap();
    assert_eq!((journal.stopped(), journal.synced_seq(), journal.next_seq()), (None, 3, 4));
    journal.append(&[record(4)]).unwrap();
    drop(journal);
    let (_, opened) = open(dir.path());
    assert_eq!((opened.last_seq, opened.repaired), (4, None));
}

#[test]
fn recovery_cuts_what_a_failed_write_left_behind() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = journal(dir.path());
    let path = log(&mut journal).path.clone();
    let before = fs::read(&path).unwrap();
    fs::write(&path, [before.as_slice(), b"{\"seq\":4,\"ts\":\"20"].concat()).unwrap();
    journal.stop("write", io::Error::other("half a write"));
    journal.recover().unwrap();
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn recovery_refuses_when_unsynced_records_are_gone() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = journal(dir.path());
    let path = log(&mut journal).path.clone();
    let mut bytes = fs::read(&path).unwrap();
    let hole = bytes.len() - 20;
    bytes[hole - 100..hole].fill(0);
    fs::write(&path, &bytes).unwrap();
    journal.stop("sync", io::Error::other("lost pages"));
    let error = journal.recover().unwrap_err();
    assert!(error.to_string().contains("record 3"), "{error}");
    assert!(matches!(journal.append(&[record(4)]), Err(AppendError::StillStopped { .. })));
}

#[test]
fn recovering_a_healthy_journal_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = journal(dir.path());
    journal.recover().unwrap();
    assert_eq!((journal.synced_seq(), journal.next_seq()), (2, 4));
}
