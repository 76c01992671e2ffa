//! Bringing a day back.

use std::fs;

use archive::ArchiveError;
use jiff::civil::date;

use crate::bench::{Bench, DAY, TODAY, now, pass};

const OLD: jiff::civil::Date = date(2026, 3, 10);

/// Everything old is in the store alone.
async fn moved_away() -> Bench {
    let bench = Bench::new();
    let archive = bench.archive(true, Some(0));
    pass(&archive).await;
    archive.run(TODAY, now() + DAY, |_, _| Ok(())).await.unwrap();
    assert!(!bench.file(OLD, "events.jsonl.zst").exists());
    bench
}

#[tokio::test]
async fn a_day_comes_back_verified_and_is_read_like_the_others() {
    let bench = moved_away().await;
    let path = bench.archive(true, Some(0)).restore(OLD).await.unwrap();
    assert_eq!(path, bench.file(OLD, "events.jsonl.zst"));
    assert!(bench.holds(OLD, &path));
    let lines = journal::Reader::new(bench.logs.path())
        .scan_forward(&journal::Filter::default(), 0, 1_000)
        .unwrap();
    assert_eq!(lines.len(), 50 + 3 * 50, "the first day and the three plain ones");
}

#[tokio::test]
async fn a_day_comes_back_where_nothing_is_left_of_it() {
    let bench = moved_away().await;
    fs::remove_dir_all(bench.logs.path().join("2026-03-10")).unwrap();
    let path = bench.archive(true, None).restore(OLD).await.unwrap();
    assert!(bench.holds(OLD, &path));
}

#[tokio::test]
async fn a_copy_that_was_altered_is_not_taken_for_the_day() {
    let bench = moved_away().await;
    let object = fs::File::create(bench.object(OLD)).unwrap();
    journal::compress(b"{\"seq\":1}\n".as_slice(), object).unwrap();
    let error = bench.archive(true, None).restore(OLD).await.unwrap_err();
    assert!(matches!(error, ArchiveError::Differs { .. }), "{error}");
    assert!(!bench.file(OLD, "events.jsonl.zst").exists());
}

#[tokio::test]
async fn what_cannot_be_brought_back_says_why() {
    let bench = moved_away().await;
    let error = bench.archive(true, None).restore(date(2020, 1, 1)).await.unwrap_err();
    assert!(matches!(error, ArchiveError::NoSuchDay { .. }), "{error}");
    let error = bench.archive(false, None).restore(OLD).await.unwrap_err();
    assert!(matches!(error, ArchiveError::NoStore { .. }), "{error}");
    let here = bench.archive(false, None).restore(TODAY).await.unwrap();
    assert_eq!(here, bench.file(TODAY, "events.jsonl"), "a day that is here is left alone");
}
