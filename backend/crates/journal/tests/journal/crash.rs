//! kill -9 at a random moment: what was acknowledged is there.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use journal::Reader;

use crate::records::{checkpoint, noon, notice, open};

const CHILD: &str = "JOURNAL_TEST_CRASH_DIR";

/// Appends batches of growing size and acknowledges each on stdout, until it is killed. Does
/// nothing unless a test below started it.
#[test]
fn child_that_appends_until_killed() {
    let Some(dir) = std::env::var_os(CHILD) else {
        return;
    };
    let (mut journal, ..) = open(dir.as_ref()).unwrap();
    let mut out = std::io::stdout();
    let mut batches = 0;
    loop {
        let next = journal.next_seq();
        let mut batch: Vec<_> =
            (next..=next + batches % 7).map(|seq| notice(seq, noon())).collect();
        if journal.needs_checkpoint(noon()) || batches % 100 == 0 {
            batch[0] = checkpoint(next, noon());
        }
        journal.append(&batch).unwrap();
        if batches % 3 == 0 {
            journal.sync().unwrap();
        }
        batches += 1;
        writeln!(out, "\nack {}", journal.next_seq() - 1).unwrap();
        out.flush().unwrap();
    }
}

fn run_and_kill(dir: &std::path::Path, after: Duration) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["crash::child_that_appends_until_killed", "--exact", "--nocapture"])
        .env(CHILD, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("ack ") {
        line.clear();
        assert_ne!(out.read_line(&mut line).unwrap(), 0, "the child ended before its first record");
    }
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    line.push_str(&rest);
    let acks = line.split_inclusive('\n').filter(|ack| ack.ends_with('\n'));
    acks.filter_map(|ack| ack.trim().strip_prefix("ack ")?.parse().ok()).max().unwrap()
}

#[test]
fn every_acknowledged_record_survives_kill_nine() {
    let dir = tempfile::tempdir().unwrap();
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos();
    for round in 0..6_u32 {
        let after = Duration::from_micros(u64::from((nanos / 1_000 + round * 7_919) % 40_000));
        let acknowledged = run_and_kill(dir.path(), after);
        let (journal, opened, replayed) = open(dir.path()).unwrap();
        let context = format!("round {round}, killed after {after:?}: {opened:?}");
        assert!(opened.last_seq >= acknowledged, "{acknowledged} acknowledged; {context}");
        assert_eq!(replayed.last().unwrap().seq, opened.last_seq, "{context}");
        let all = Reader::new(dir.path()).scan_forward(&<_>::default(), 0, usize::MAX).unwrap();
        assert_eq!(all.len() as u64, opened.last_seq, "{context}");
        drop(journal);
    }
}
