//! What a pass does, and what it leaves alone.

use std::fs::{self, File};
use std::path::Path;

use archive::{Archive, ArchiveError, Keep, stored_only};
use jiff::civil::date;

use crate::bench::{Bench, DAY, TODAY, now, pass};

const OLD: jiff::civil::Date = date(2026, 3, 10);
const KEPT: jiff::civil::Date = date(2026, 3, 12);

#[tokio::test]
async fn days_older_than_those_to_keep_are_compressed_in_their_place() {
    let bench = Bench::new();
    let done = pass(&bench.archive(false, None)).await;
    let days: Vec<String> = done.iter().map(|done| done.due.date.to_string()).collect();
    assert_eq!(days, ["2026-03-10", "2026-03-11"]);
    assert!(done.iter().all(|done| done.result.is_ok() && done.compressed_bytes > 0));
    assert_eq!(bench.files(OLD), ["events.jsonl.sha256", "events.jsonl.zst"]);
    assert!(bench.holds(OLD, &bench.file(OLD, "events.jsonl.zst")));
    assert_eq!(bench.files(KEPT), ["events.jsonl"]);
}

#[tokio::test]
async fn with_a_store_the_copy_there_is_read_back_and_noted() {
    let bench = Bench::new();
    pass(&bench.archive(true, None)).await;
    let names = ["events.jsonl.sha256", "events.jsonl.stored", "events.jsonl.zst"];
    assert_eq!(bench.files(OLD), names);
    assert!(bench.holds(OLD, &bench.object(OLD)));
    let noted = fs::read_to_string(bench.file(OLD, "events.jsonl.stored")).unwrap();
    assert_eq!(noted, "file:///store/desk/2026-03-10/events.jsonl.zst\n");
    let digest = fs::read(bench.object(OLD).with_file_name("events.jsonl.sha256")).unwrap();
    assert_eq!(digest, fs::read(bench.file(OLD, "events.jsonl.sha256")).unwrap());
}

#[tokio::test]
async fn a_second_pass_finds_nothing_to_do() {
    let bench = Bench::new();
    for store in [false, true] {
        let archive = bench.archive(store, None);
        assert_eq!(
            pass(&archive).await.len(),
            2,
            "a store set later gets what was compressed before"
        );
        assert!(pass(&archive).await.is_empty());
        assert!(archive.due(TODAY, now()).unwrap().is_empty());
    }
}

#[tokio::test]
async fn compressed_days_leave_when_their_time_is_up_and_the_store_has_them() {
    let bench = Bench::new();
    let archive = bench.archive(true, Some(3));
    pass(&archive).await;
    assert!(archive.due(TODAY, now() + DAY * 2).unwrap().is_empty());
    let done = archive.run(TODAY, now() + DAY * 4, |_, _| Ok(())).await.unwrap();
    assert!(done.len() == 2 && done.iter().all(|done| done.due.delete_here && done.result.is_ok()));
    assert_eq!(bench.files(OLD), ["events.jsonl.sha256", "events.jsonl.stored"]);
    assert!(bench.is_safe(OLD));
    let gone: Vec<String> =
        stored_only(bench.logs.path()).iter().map(|(day, _)| day.to_string()).collect();
    assert_eq!(gone, ["2026-03-10", "2026-03-11"]);
}

#[tokio::test]
async fn a_compressed_day_stays_when_the_store_lost_its_copy() {
    let bench = Bench::new();
    let archive = bench.archive(true, Some(3));
    pass(&archive).await;
    fs::write(bench.object(OLD), b"rotten").unwrap();
    let done = archive.run(TODAY, now() + DAY * 4, |_, _| Ok(())).await.unwrap();
    assert!(done[0].result.is_err(), "{done:?}");
    assert!(bench.holds(OLD, &bench.file(OLD, "events.jsonl.zst")));
}

#[test]
fn never_due_are_the_newest_day_and_days_that_a_start_would_replay() {
    let bench = Bench::new();
    let much_later = date(2027, 1, 1);
    let due = || {
        let days = bench.archive(false, None).due(much_later, now()).unwrap();
        days.iter().map(|due| due.date.day()).collect::<Vec<_>>()
    };
    assert_eq!(due(), [10, 11, 12, 13]);
    // A crash between the creation of a day's file and its checkpoint leaves the day before needed.
    let newest = bench.file(TODAY, "events.jsonl");
    for text in ["", "{\"seq\":201,\"ts\":\"2026", "no record\n"] {
        fs::write(&newest, text).unwrap();
        assert_eq!(due(), [10, 11, 12], "{text:?}");
    }
}

#[test]
fn nothing_is_due_when_nothing_is_to_be_archived() {
    let bench = Bench::new();
    let keep = Keep { plain_days: None, compressed_days: Some(0) };
    let archive = Archive::new(bench.logs.path(), keep, Some(bench.store()));
    assert!(archive.due(date(2027, 1, 1), now()).unwrap().is_empty());
    let keep = Keep { plain_days: Some(0), compressed_days: None };
    let missing = Archive::new(Path::new("no-such-folder"), keep, None);
    assert!(missing.due(TODAY, now()).unwrap().is_empty());
}

#[tokio::test]
async fn another_services_day_in_the_store_is_never_overwritten() {
    let bench = Bench::new();
    let object = bench.object(OLD);
    fs::create_dir_all(object.parent().unwrap()).unwrap();
    journal::compress(b"{\"another\":\"desk\"}\n".as_slice(), File::create(&object).unwrap())
        .unwrap();
    let before = fs::read(&object).unwrap();
    let done = pass(&bench.archive(true, None)).await;
    assert!(matches!(done[0].result, Err(ArchiveError::Taken { .. })), "{done:?}");
    assert!(done[1].result.is_ok(), "one day's trouble does not keep the others");
    assert_eq!(fs::read(&object).unwrap(), before);
    assert!(bench.file(OLD, "events.jsonl").exists());
}

#[tokio::test]
async fn a_plain_file_that_changes_meanwhile_is_kept() {
    let bench = Bench::new();
    let plain = bench.file(OLD, "events.jsonl");
    let watch = |day, step| {
        if (day, step) == (OLD, archive::Step::Name) {
            fs::write(&plain, "changed\n").unwrap();
        }
        Ok(())
    };
    let done = bench.archive(false, None).run(TODAY, now(), watch).await.unwrap();
    assert!(matches!(done[0].result, Err(ArchiveError::Changed { .. })), "{done:?}");
    assert_eq!(fs::read_to_string(&plain).unwrap(), "changed\n");
}

#[tokio::test]
async fn two_archivers_do_not_work_at_once() {
    let bench = Bench::new();
    let lock = File::create(bench.logs.path().join(".archive.lock")).unwrap();
    lock.lock().unwrap();
    let run = bench.archive(false, None).run(TODAY, now(), |_, _| Ok(())).await;
    assert!(matches!(run, Err(ArchiveError::Busy { .. })), "{run:?}");
}
