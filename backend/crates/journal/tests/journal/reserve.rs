//! A disk that is really full: a small file system of the test's own. Where none may be mounted the
//! test says so and passes.

use std::fs;
use std::process::Command;

use crate::records::{checkpoint, noon, notice, open};

const CHILD: &str = "JOURNAL_TEST_SMALL_DISK";
const MEGABYTE: u64 = 1 << 20;

fn reserve_file(dir: &std::path::Path) -> Option<u64> {
    fs::metadata(dir.join("journal.reserve")).ok().map(|meta| meta.len())
}

/// Runs on a file system of 8 MB. Does nothing unless the test below started it.
#[test]
fn child_on_a_small_disk() {
    let Some(dir) = std::env::var_os(CHILD) else {
        return;
    };
    let dir = std::path::Path::new(&dir);
    let (mut journal, ..) = open(dir).unwrap();
    journal.keep_room(MEGABYTE, 2 * MEGABYTE).unwrap();
    assert_eq!(reserve_file(dir), Some(2 * MEGABYTE));
    let room = journal.room().unwrap();
    assert!(!room.is_short() && room.free < 7 * MEGABYTE, "{room:?}");
    journal.append(&[checkpoint(1, noon())]).unwrap();

    // Somebody else takes everything, to the last byte.
    let hog = dir.join("hog");
    let mut taken = vec![0; 7 << 20];
    while fs::write(&hog, &taken).is_err() {
        taken.truncate(taken.len() - 4_096);
    }
    assert!(journal.room().unwrap().is_short());
    assert!(!journal.on_reserve());
    while !journal.on_reserve() {
        journal.append(&[notice(journal.next_seq(), noon())]).unwrap();
    }
    journal.sync().unwrap();
    assert_eq!(reserve_file(dir), None);
    for _ in 0..1_000 {
        journal.append(&[notice(journal.next_seq(), noon())]).unwrap();
    }
    journal.sync().unwrap();

    // Too little for what is wanted and the reserve beside it: it is not taken yet.
    fs::write(&hog, vec![0; 5 << 20]).unwrap();
    assert!(journal.room().unwrap().on_reserve);
    fs::remove_file(&hog).unwrap();
    assert!(!journal.room().unwrap().on_reserve);
    assert_eq!(reserve_file(dir), Some(2 * MEGABYTE));
    let last = journal.next_seq() - 1;
    drop(journal);
    let (mut journal, opened, _) = open(dir).unwrap();
    assert_eq!((opened.last_seq, opened.repaired), (last, None));
    journal.keep_room(MEGABYTE, 0).unwrap();
    assert_eq!((reserve_file(dir), journal.on_reserve()), (None, false));
    println!("the disk was full");
}

#[test]
fn the_reserve_lets_the_journal_go_on_when_the_disk_is_full() {
    let dir = tempfile::tempdir().unwrap();
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c"])
        .arg("mount -t tmpfs -o size=8m tmpfs \"$1\" && echo mounted && exec \"$2\" \"$3\" --exact --nocapture")
        .arg("sh")
        .arg(dir.path())
        .arg(std::env::current_exe().unwrap())
        .arg("reserve::child_on_a_small_disk")
        .env(CHILD, dir.path())
        .output();
    let Ok(output) = output else {
        eprintln!("SKIPPED: no unshare on this machine, so no small disk could be mounted");
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout);
    if !said.contains("mounted") {
        eprintln!("SKIPPED: no small disk could be mounted here");
        return;
    }
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("the disk was full"), "{said}");
}
