//! What is appended comes back, and what is missing is noticed.

use std::fs;
use std::io;

use domain::event::{Checkpoint, Event, KillSwitch, Notice, SignalIngest};
use domain::{Record, SignalKey, Symbol, Timestamp, TraceId};
use jiff::tz::TimeZone;
use journal::{AppendError, CHECKPOINT_EVERY, Journal, OpenError};
use proptest::prelude::*;

use crate::records::{checkpoint, day_file, fill, noon, notice, open};

#[test]
fn an_empty_folder_is_an_empty_journal() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("not/there/yet");
    let (journal, opened, replayed) = open(&dir).unwrap();
    assert_eq!((opened.last_seq, opened.replayed, opened.from_checkpoint_seq), (0, 0, None));
    assert_eq!((journal.next_seq(), replayed.len(), opened.repaired), (1, 0, None));
    assert!(journal.needs_checkpoint(noon()));
}

#[test]
fn replay_begins_with_the_newest_checkpoint() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, ..) = open(dir.path()).unwrap();
    fill(&mut journal, noon(), 7);
    let expected = fill(&mut journal, noon(), 4);
    drop(journal);
    let (journal, opened, replayed) = open(dir.path()).unwrap();
    assert_eq!(replayed, expected);
    assert_eq!((opened.last_seq, opened.replayed, opened.from_checkpoint_seq), (13, 5, Some(9)));
    assert_eq!(journal.next_seq(), 14);
}

#[test]
fn a_text_that_looks_like_a_checkpoint_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, ..) = open(dir.path()).unwrap();
    fill(&mut journal, noon(), 1);
    let state =
        serde_json::json!({ "event_type": "CHECKPOINT", "text": "\"event_type\":\"CHECKPOINT\"" });
    let nested = Notice { message: state.to_string(), details: <_>::default() };
    let record = Record { event: Event::Alarm(nested), ..notice(3, noon()) };
    journal.append(&[record]).unwrap();
    drop(journal);
    assert_eq!(open(dir.path()).unwrap().1.from_checkpoint_seq, Some(1));
}

#[test]
fn a_checkpoint_is_due_after_fifty_thousand_records_also_across_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, ..) = open(dir.path()).unwrap();
    fill(&mut journal, noon(), 0);
    let batch = |from: u64, count: u64| {
        (from..from + count).map(|seq| notice(seq, noon())).collect::<Vec<_>>()
    };
    journal.append(&batch(2, CHECKPOINT_EVERY - 1)).unwrap();
    assert!(!journal.needs_checkpoint(noon()));
    drop(journal);
    let (mut journal, ..) = open(dir.path()).unwrap();
    assert!(!journal.needs_checkpoint(noon()));
    journal.append(&batch(journal.next_seq(), 1)).unwrap();
    assert!(journal.needs_checkpoint(noon()));
    journal.append(&[checkpoint(journal.next_seq(), noon())]).unwrap();
    assert!(!journal.needs_checkpoint(noon()));
}

#[test]
fn numbers_must_follow_each_other_and_a_refused_batch_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, ..) = open(dir.path()).unwrap();
    fill(&mut journal, noon(), 2);
    for seqs in [vec![3], vec![5], vec![4, 6], vec![4, 5, 5], vec![0]] {
        let batch: Vec<Record> = seqs.iter().map(|seq| notice(*seq, noon())).collect();
        let refused = journal.append(&batch);
        assert!(matches!(refused, Err(AppendError::OutOfSequence { .. })), "{seqs:?} {refused:?}");
    }
    journal.append(&[]).unwrap();
    journal.append(&[notice(4, noon()), notice(5, noon())]).unwrap();
    drop(journal);
    assert_eq!(open(dir.path()).unwrap().1.last_seq, 5);
}

#[test]
fn the_first_record_of_all_is_a_checkpoint() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, ..) = open(dir.path()).unwrap();
    let refused = journal.append(&[notice(1, noon())]);
    assert!(matches!(refused, Err(AppendError::CheckpointMissing { seq: 1 })));
    journal.append(&[checkpoint(1, noon()), notice(2, noon())]).unwrap();
}

#[test]
fn missing_and_doubled_lines_are_named_with_file_and_line() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, ..) = open(dir.path()).unwrap();
    fill(&mut journal, noon(), 2);
    fill(&mut journal, noon(), 5);
    drop(journal);
    let path = day_file(dir.path(), "2026-03-10");
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    for (wrong, at, numbers) in [
        ([&lines[..5], &lines[6..]].concat(), 6, (6, 7)),
        ([&lines[..6], &lines[5..]].concat(), 7, (7, 6)),
    ] {
        fs::write(&path, wrong.join("\n") + "\n").unwrap();
        let error = open(dir.path()).unwrap_err();
        let OpenError::Gap { file, line, expected, found } = &error else { panic!("{error}") };
        assert_eq!((file, *line, (*expected, *found)), (&path, at, numbers));
        assert!(error.to_string().contains(&format!("events.jsonl:{at}: ")), "{error}");
    }
}

#[test]
fn a_line_broken_in_the_middle_is_an_error_and_stays_in_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, ..) = open(dir.path()).unwrap();
    fill(&mut journal, noon(), 5);
    drop(journal);
    let path = day_file(dir.path(), "2026-03-10");
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    for broken in ["", "{\"seq\":4", "garbage", &lines[3].replace("MEXC_ERROR", "FROM_THE_FUTURE")]
    {
        let wrong = [&lines[..3], &[broken], &lines[4..]].concat().join("\n") + "\n";
        fs::write(&path, &wrong).unwrap();
        let error = open(dir.path()).unwrap_err();
        assert!(matches!(error, OpenError::Broken { line: 4, .. }), "{broken:?}: {error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), wrong);
    }
}

#[test]
fn a_last_line_of_a_newer_version_is_not_cut() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, ..) = open(dir.path()).unwrap();
    fill(&mut journal, noon(), 1);
    drop(journal);
    let path = day_file(dir.path(), "2026-03-10");
    let text = fs::read_to_string(&path).unwrap().replace("MEXC_ERROR", "FROM_THE_FUTURE");
    fs::write(&path, &text).unwrap();
    let error = open(dir.path()).unwrap_err().to_string();
    assert!(error.contains("FROM_THE_FUTURE") && error.contains("newer"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_record_the_state_refuses_stops_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, ..) = open(dir.path()).unwrap();
    fill(&mut journal, noon(), 3);
    drop(journal);
    let refuse = |record: Record| {
        if record.seq == 3 { Err(io::Error::other("no")) } else { Ok(()) }
    };
    let error = Journal::open(dir.path(), TimeZone::UTC, refuse).unwrap_err();
    assert!(matches!(error, OpenError::Replay { line: 3, seq: 3, .. }), "{error}");
}

#[test]
fn a_second_writer_is_refused_and_told_who_holds_the_lock() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, ..) = open(dir.path()).unwrap();
    let error = open(dir.path()).unwrap_err();
    assert!(matches!(error, OpenError::Locked { .. }), "{error}");
    let told = error.to_string();
    assert!(told.contains(&std::process::id().to_string()) && told.contains("LOG_DIR"), "{told}");
    drop(journal);
    open(dir.path()).unwrap();
}

fn any_event() -> impl Strategy<Value = Event> {
    let text = prop_oneof!["\\PC{0,40}", "[\n\r\t\"\\\\\u{0}-\u{1f}\u{2028}🚀]{0,12}"];
    prop_oneof![
        (text.clone(), text.clone()).prop_map(|(key, text)| {
            Event::SignalIngest(SignalIngest {
                key: SignalKey::new(&key),
                source: "api".into(),
                channel: Some(key),
                message_id: None,
                reply_to: None,
                content_hash: None,
                posted_at: None,
                text,
            })
        }),
        (text.clone(), text.clone()).prop_map(|(message, value)| {
            let details = [("figure".to_owned(), value)].into();
            Event::Alarm(Notice { message, details })
        }),
        (text.clone()).prop_map(|by| {
            Event::KillSwitch(KillSwitch { mode: None, reason: String::new(), by })
        }),
        text.prop_map(|state| {
            let state = serde_json::json!({ "text": state });
            Event::Checkpoint(Box::new(Checkpoint { version: 1, state }))
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_was_appended_is_replayed_from_its_newest_checkpoint(
        events in prop::collection::vec((any_event(), any::<bool>(), 0_i64..200_000), 0..40),
        batch_size in 1_usize..8,
    ) {
        let dir = tempfile::tempdir().unwrap();
        let (mut journal, ..) = open(dir.path()).unwrap();
        let mut records = vec![checkpoint(1, noon())];
        for ((event, named, seconds), seq) in events.into_iter().zip(2..) {
            records.push(Record {
                seq,
                ts: Timestamp::from_millis(noon().as_millis() + seconds * 1_000),
                symbol: named.then(|| Symbol::from_exchange("币安人生USDT")),
                trace_id: named.then(|| TraceId::new("a \"quoted\" trace")),
                event,
            });
        }
        for batch in records.chunks(batch_size) {
            journal.append(batch).unwrap();
        }
        journal.sync().unwrap();
        prop_assert_eq!(journal.synced_seq(), records.len() as u64);
        drop(journal);
        let newest = records.iter().rposition(|record| matches!(record.event, Event::Checkpoint(_)));
        let (_, opened, replayed) = open(dir.path()).unwrap();
        prop_assert_eq!(opened.repaired, None);
        prop_assert_eq!(&replayed, &records[newest.unwrap()..]);
    }
}
