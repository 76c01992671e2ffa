//! A crash in the middle of a write leaves part of a line.

use std::fs;

use crate::records::{checkpoint, day_file, fill, noon, notice, open};

#[test]
fn the_last_line_may_tear_at_every_byte() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, ..) = open(dir.path()).unwrap();
    let records = fill(&mut journal, noon(), 3);
    drop(journal);
    let path = day_file(dir.path(), "2026-03-10");
    let whole = fs::read(&path).unwrap();
    let last = serde_json::to_string(&records[3]).unwrap().len() + 1;
    let keep = whole.len() - last;
    for torn in 1..last {
        fs::write(&path, &whole[..keep + torn]).unwrap();
        let (mut journal, opened, replayed) = open(dir.path()).unwrap();
        let repair = opened.repaired.unwrap();
        assert_eq!((&repair.file, repair.bytes_cut), (&path, torn as u64), "at byte {torn}");
        assert_eq!(replayed, records[..3], "at byte {torn}");
        assert_eq!(fs::read(&path).unwrap(), &whole[..keep], "at byte {torn}");
        journal.append(&records[3..]).unwrap();
        assert_eq!(fs::read(&path).unwrap(), whole, "at byte {torn}");
    }
}

#[test]
fn a_last_line_with_a_hole_is_torn_though_it_has_its_newline() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, ..) = open(dir.path()).unwrap();
    fill(&mut journal, noon(), 2);
    drop(journal);
    let path = day_file(dir.path(), "2026-03-10");
    let mut bytes = fs::read(&path).unwrap();
    let sound = bytes.len();
    bytes.extend_from_slice(b"{\"seq\":4,\0\0\0\0\0\0\0\0\0}\n");
    fs::write(&path, &bytes).unwrap();
    let (_, opened, _) = open(dir.path()).unwrap();
    assert_eq!(opened.repaired.unwrap().bytes_cut, (bytes.len() - sound) as u64);
    assert_eq!((opened.last_seq, fs::read(&path).unwrap().len()), (3, sound));
}

#[test]
fn a_new_day_may_tear_anywhere_inside_its_checkpoint() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, ..) = open(dir.path()).unwrap();
    let records = fill(&mut journal, noon(), 2);
    drop(journal);
    let tomorrow = noon().plus(std::time::Duration::from_hours(24));
    let line = serde_json::to_string(&checkpoint(4, tomorrow)).unwrap();
    let path = day_file(dir.path(), "2026-03-11");
    fs::create_dir(path.parent().unwrap()).unwrap();
    for torn in 0..=line.len() {
        fs::write(&path, &line[..torn]).unwrap();
        let (mut journal, opened, replayed) = open(dir.path()).unwrap();
        assert_eq!(opened.repaired.is_some(), torn > 0, "at byte {torn}");
        assert_eq!((replayed.as_slice(), opened.last_seq), (records.as_slice(), 3));
        assert!(!journal.needs_checkpoint(noon()) && journal.needs_checkpoint(tomorrow));
        journal.append(&[checkpoint(4, tomorrow), notice(5, tomorrow)]).unwrap();
        drop(journal);
        assert_eq!(open(dir.path()).unwrap().1.from_checkpoint_seq, Some(4));
    }
}

#[test]
fn looking_passes_over_a_torn_line_and_changes_nothing_beside_a_writer_too() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, ..) = open(dir.path()).unwrap();
    let records = fill(&mut journal, noon(), 3);
    let path = day_file(dir.path(), "2026-03-10");
    assert_eq!(journal::holder(dir.path()), Some(std::process::id().to_string()));
    let mut bytes = fs::read(&path).unwrap();
    for torn in [&b""[..], b"{\"seq\":5,\"ts\":\"20", b"{\"seq\":5,\0\0\0\0}\n"] {
        let sound = bytes.len();
        bytes.extend_from_slice(torn);
        fs::write(&path, &bytes).unwrap();
        let mut seen = Vec::new();
        let looked = journal::look(dir.path(), |record| {
            seen.push(record);
            Ok::<(), std::io::Error>(())
        });
        let looked = looked.unwrap();
        assert_eq!((seen, looked.last_seq), (records.clone(), 4));
        let told = looked.repaired.map_or(0, |repair| repair.bytes_cut);
        assert_eq!(told, torn.len() as u64);
        assert_eq!(fs::read(&path).unwrap(), bytes, "it was left as it is");
        bytes.truncate(sound);
    }
    drop(journal);
    assert_eq!(journal::holder(dir.path()), None);
}

#[test]
fn looking_creates_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let looked = journal::look(dir.path(), |_| Ok::<(), std::io::Error>(())).unwrap();
    assert_eq!((looked.last_seq, journal::holder(dir.path())), (0, None));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}
