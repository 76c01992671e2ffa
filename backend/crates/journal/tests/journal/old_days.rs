//! Days of which only the compressed file is left.

use std::fs::{self, File};
use std::ops::ControlFlow;
use std::path::Path;

use journal::{Damage, Filter, Follower, Order, Reader, Seen};

use crate::records::{checkpoint, day_file, fill, noon, notice, open};

const DAY: std::time::Duration = std::time::Duration::from_hours(24);

/// Replaces a day's file by a compressed one, as archiving does.
pub(crate) fn compress_day(dir: &Path, day: &str) {
    let plain = day_file(dir, day);
    let compressed = File::create(plain.with_file_name("events.jsonl.zst")).unwrap();
    journal::compress(File::open(&plain).unwrap(), compressed).unwrap();
    fs::remove_file(plain).unwrap();
}

/// Three days of a checkpoint and `count` records each.
fn three_days(dir: &Path, count: u64) {
    let (mut journal, ..) = open(dir).unwrap();
    for day in 0..3 {
        fill(&mut journal, noon().plus(DAY * day), count);
    }
}

/// What a walk saw: numbers of entries, and damages.
fn walk(dir: &Path, filter: &Filter, order: Order) -> (Vec<u64>, Vec<Damage>) {
    let (mut seqs, mut damages) = (Vec::new(), Vec::new());
    let see = |seen: Seen<'_>| {
        match seen {
            Seen::Entry(entry) => seqs.push(entry.seq),
            Seen::Damaged(damage) => damages.push(damage),
        }
        ControlFlow::Continue(())
    };
    Reader::new(dir).walk(filter, order, see).unwrap();
    (seqs, damages)
}

fn poll(follower: &mut Follower) -> Vec<u64> {
    let mut seqs = Vec::new();
    let see = |seen: Seen<'_>| {
        match seen {
            Seen::Entry(entry) => seqs.push(entry.seq),
            Seen::Damaged(damage) => assert_eq!(damage.reason, "", "{damage:?}"),
        }
        ControlFlow::Continue(())
    };
    assert!(follower.poll(&Filter::default(), see).unwrap().is_continue());
    seqs
}

#[test]
fn a_walk_sees_every_record_in_both_directions_whatever_the_form() {
    let dir = tempfile::tempdir().unwrap();
    three_days(dir.path(), 40);
    compress_day(dir.path(), "2026-03-10");
    compress_day(dir.path(), "2026-03-11");
    let all: Vec<u64> = (1..=123).collect();
    assert_eq!(walk(dir.path(), &Filter::default(), Order::OldestFirst), (all.clone(), vec![]));
    let back = walk(dir.path(), &Filter::default(), Order::NewestFirst).0;
    assert_eq!(back, all.iter().rev().copied().collect::<Vec<_>>());
}

#[test]
fn a_journal_opens_and_goes_on_when_older_days_are_compressed() {
    let dir = tempfile::tempdir().unwrap();
    three_days(dir.path(), 4);
    compress_day(dir.path(), "2026-03-10");
    compress_day(dir.path(), "2026-03-11");
    let (mut journal, opened, _) = open(dir.path()).unwrap();
    assert_eq!((opened.last_seq, opened.from_checkpoint_seq), (15, Some(11)));
    journal.append(&[notice(16, noon().plus(DAY * 2))]).unwrap();
    drop(journal);
    assert_eq!(walk(dir.path(), &Filter::default(), Order::NewestFirst).0[0], 16);
}

#[test]
fn a_damaged_line_is_named_with_its_number_and_the_rest_is_seen() {
    let dir = tempfile::tempdir().unwrap();
    three_days(dir.path(), 4);
    for day in ["2026-03-10", "2026-03-11"] {
        let path = day_file(dir.path(), day);
        let text = fs::read_to_string(&path).unwrap().replacen("\"ts\":\"2026", "\"ts\":\"20x6", 3);
        let text = text.replacen("20x6", "2026", 2);
        fs::write(&path, text).unwrap();
    }
    compress_day(dir.path(), "2026-03-10");
    for order in [Order::OldestFirst, Order::NewestFirst] {
        let (seqs, mut damages) = walk(dir.path(), &Filter::default(), order);
        assert_eq!(seqs.len(), 13);
        damages.sort_by(|one, other| one.file.cmp(&other.file));
        let named: Vec<_> = damages
            .iter()
            .map(|damage| (damage.file.strip_prefix(dir.path()).unwrap().to_owned(), damage.line))
            .collect();
        let compressed = Path::new("2026-03-10/events.jsonl.zst").to_owned();
        let plain = Path::new("2026-03-11/events.jsonl").to_owned();
        assert_eq!(named, [(compressed, 3), (plain, 3)]);
    }
}

#[test]
fn a_compressed_file_that_breaks_off_is_an_error_that_names_it() {
    let dir = tempfile::tempdir().unwrap();
    three_days(dir.path(), 4);
    compress_day(dir.path(), "2026-03-11");
    let path = dir.path().join("2026-03-11/events.jsonl.zst");
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 3]).unwrap();
    let see = |_: Seen<'_>| ControlFlow::Continue(());
    let error = Reader::new(dir.path()).walk(&Filter::default(), Order::OldestFirst, see);
    let text = error.unwrap_err().to_string();
    assert!(text.contains("2026-03-11/events.jsonl.zst") && text.contains("breaks off"), "{text}");
}

#[test]
fn following_goes_over_midnight_and_restarts_and_sees_each_record_once() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("later");
    let mut follower = Follower::new(&missing, 0);
    assert!(poll(&mut follower).is_empty());
    let (mut journal, ..) = open(&missing).unwrap();
    fill(&mut journal, noon(), 2);
    assert_eq!(poll(&mut follower), [1, 2, 3]);
    journal.append(&[notice(4, noon())]).unwrap();
    journal.append(&[notice(5, noon())]).unwrap();
    journal.append(&[checkpoint(6, noon().plus(DAY))]).unwrap();
    journal.append(&[notice(7, noon().plus(DAY))]).unwrap();
    assert_eq!(poll(&mut follower), [4, 5, 6, 7]);
    drop(journal);
    let (mut journal, ..) = open(&missing).unwrap();
    journal.append(&[notice(8, noon().plus(DAY))]).unwrap();
    assert_eq!(poll(&mut follower), [8]);
    assert!(poll(&mut follower).is_empty());
}

#[test]
fn following_begins_behind_what_was_seen_also_when_that_day_is_compressed() {
    let dir = tempfile::tempdir().unwrap();
    three_days(dir.path(), 4);
    compress_day(dir.path(), "2026-03-10");
    let mut follower = Follower::new(dir.path(), 3);
    assert_eq!(poll(&mut follower), (4..=15).collect::<Vec<_>>());
    compress_day(dir.path(), "2026-03-11");
    assert!(poll(&mut follower).is_empty());
    assert_eq!(poll(&mut Follower::new(dir.path(), 9)), (10..=15).collect::<Vec<_>>());
}

#[test]
fn records_that_the_writer_took_back_are_followed_again_when_they_come() {
    let dir = tempfile::tempdir().unwrap();
    three_days(dir.path(), 4);
    let path = day_file(dir.path(), "2026-03-12");
    let whole = fs::read(&path).unwrap();
    let mut follower = Follower::new(dir.path(), 13);
    assert_eq!(poll(&mut follower), [14, 15]);
    let last_line = whole[..whole.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    File::options().write(true).open(&path).unwrap().set_len(last_line as u64).unwrap();
    assert!(poll(&mut follower).is_empty());
    fs::write(&path, whole).unwrap();
    assert_eq!(poll(&mut follower), [15]);
}
