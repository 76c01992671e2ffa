//! The machine: room on the disk, and how fast it keeps its word.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::finding::Finding;

/// A busy month of journal.
const ROOM_WANTED: u64 = 1 << 30;
const SYNCS: usize = 20;
/// An order waits for one sync by default.
const SLOW_SYNC: Duration = Duration::from_millis(10);

/// `needed` is `DISK_MIN_FREE_MB`, in bytes.
pub(super) fn findings(log_dir: &Path, needed: u64) -> Vec<Finding> {
    let folder = nearest(log_dir);
    vec![disk_space(&folder, needed), sync_speed(&folder)]
}

/// The folder itself, or the nearest one above it that is there already.
fn nearest(dir: &Path) -> PathBuf {
    let there = dir.ancestors().find(|folder| folder.is_dir());
    match there {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn disk_space(folder: &Path, needed: u64) -> Finding {
    const CHECK: &str = "disk space";
    let stat = match rustix::fs::statvfs(folder) {
        Ok(stat) => stat,
        Err(error) => {
            let detail = format!("{}: {error}", folder.display());
            return Finding::failed(CHECK, detail, "set LOG_DIR to a folder that can be read");
        }
    };
    let free = stat.f_bavail.saturating_mul(stat.f_frsize);
    let detail = format!("{} MB free at {}", free >> 20, folder.display());
    let advice = "free some: below DISK_MIN_FREE_MB nothing new is bought";
    match free {
        _ if free < needed => Finding::failed(CHECK, detail, advice),
        _ if free < ROOM_WANTED => Finding::warning(CHECK, detail, advice),
        _ => Finding::ok(CHECK, detail),
    }
}

fn sync_speed(folder: &Path) -> Finding {
    const CHECK: &str = "disk sync";
    match median_sync(folder) {
        Ok(took) if took <= SLOW_SYNC => {
            Finding::ok(CHECK, format!("{} µs for a synced write", took.as_micros()))
        }
        Ok(took) => Finding::warning(
            CHECK,
            format!("{} ms for a synced write: each order waits for one", took.as_millis()),
            "put LOG_DIR on a local disk, or set JOURNAL_SYNC=beside and read what it costs",
        ),
        Err(error) => Finding::failed(
            CHECK,
            format!("{} cannot be written: {error}", folder.display()),
            "give the service's user write access to LOG_DIR",
        ),
    }
}

fn median_sync(folder: &Path) -> io::Result<Duration> {
    let path = folder.join(format!(".levibot-check-{}", std::process::id()));
    let timed = time_syncs(&path);
    // It is ours, and may not have been created.
    let _ = std::fs::remove_file(&path);
    let mut times = timed?;
    times.sort();
    Ok(times[SYNCS / 2])
}

fn time_syncs(path: &Path) -> io::Result<Vec<Duration>> {
    let mut file = File::create_new(path)?;
    let mut one = || {
        let start = Instant::now();
        file.write_all(&[b'x'; 512])?;
        file.sync_data()?;
        Ok(start.elapsed())
    };
    (0..SYNCS).map(|_| one()).collect()
}
