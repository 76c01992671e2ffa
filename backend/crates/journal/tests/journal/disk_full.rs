//! A file that cannot grow: the system takes a part of the write and refuses the rest.

use std::fs;
use std::process::Command;

use journal::AppendError;

use crate::records::{checkpoint, day_file, noon, notice, open};

const CHILD: &str = "JOURNAL_TEST_FULL_DIR";

/// Fills a journal up to the file size limit it was started with. Does nothing unless the test
/// below started it.
#[test]
fn child_that_runs_out_of_space() {
    let Some(dir) = std::env::var_os(CHILD) else {
        return;
    };
    let (mut journal, ..) = open(dir.as_ref()).unwrap();
    journal.append(&[checkpoint(1, noon())]).unwrap();
    let refused = loop {
        let next = journal.next_seq();
        let batch: Vec<_> = (next..next + 5).map(|seq| notice(seq, noon())).collect();
        if let Err(error) = journal.append(&batch) {
            break error;
        }
    };
    assert!(matches!(refused, AppendError::Write { .. }), "{refused}");
    let last = journal.next_seq() - 1;
    let again = journal.append(&[notice(last + 1, noon())]);
    assert!(journal.stopped().is_none());
    // One record may still fit where five did not.
    println!("\nlast {}", if again.is_ok() { last + 1 } else { last });
}

#[test]
fn a_write_cut_short_is_taken_back_whole() {
    let dir = tempfile::tempdir().unwrap();
    let exe = std::env::current_exe().unwrap();
    // The limit is in blocks of 512 bytes; the signal that goes with it is ignored, so that the
    // write fails as it does on a full disk.
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 16; exec \"$@\"", "sh"])
        .arg(exe)
        .args(["disk_full::child_that_runs_out_of_space", "--exact", "--nocapture"])
        .env(CHILD, dir.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let last =
        said.lines().find_map(|line| line.strip_prefix("last ")?.parse::<u64>().ok()).unwrap();
    let size = fs::metadata(day_file(dir.path(), "2026-03-10")).unwrap().len();
    assert!(size < 16 * 1_024, "{size} bytes");
    let (mut journal, opened, _) = open(dir.path()).unwrap();
    assert_eq!((opened.repaired, opened.last_seq), (None, last));
    journal.append(&[notice(last + 1, noon())]).unwrap();
}
