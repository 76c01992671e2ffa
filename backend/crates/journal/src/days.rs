//! Days and their files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use domain::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

const FILE_NAME: &str = "events.jsonl";

/// The file of one day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct DayFile {
    pub(crate) date: Date,
    pub(crate) path: PathBuf,
}

impl DayFile {
    pub(crate) fn new(dir: &Path, date: Date) -> Self {
        Self { date, path: dir.join(date.to_string()).join(FILE_NAME) }
    }
}

/// The files there are, oldest first. Folders that are no day, and days without an event file
/// (archived ones), do not count.
pub(crate) fn list(dir: &Path) -> io::Result<Vec<DayFile>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir)? {
        let name = entry?.file_name();
        let Some(date) = name.to_str().and_then(parse_date) else {
            continue;
        };
        let file = DayFile::new(dir, date);
        if file.path.try_exists()? {
            files.push(file);
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// Only the spelling that [`DayFile::new`] writes, so that no two folders are the same day.
fn parse_date(name: &str) -> Option<Date> {
    let date: Date = name.parse().ok()?;
    (date.to_string() == name).then_some(date)
}

/// The day of `at` on a wall clock in `tz`.
pub(crate) fn day_of(at: Timestamp, tz: &TimeZone) -> Date {
    tz.to_datetime(at.to_jiff()).date()
}

/// The first instant after `date` on a wall clock in `tz`.
pub(crate) fn end_of(date: Date, tz: &TimeZone) -> Timestamp {
    let midnight = date.tomorrow().and_then(|next| next.to_zoned(tz.clone()));
    let micros = midnight.map_or(i64::MAX, |zoned| zoned.timestamp().as_microsecond());
    Timestamp::from_micros(micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_where_the_next_begins_in_any_zone() {
        let zones =
            ["UTC", "Europe/Istanbul", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"];
        for zone in zones {
            let tz = TimeZone::get(zone).unwrap();
            for day in 0..800 {
                let at = Timestamp::from_millis((14_900 + day) * 86_400_000 + 12_345_678);
                let date = day_of(at, &tz);
                let end = end_of(date, &tz);
                assert!(at < end, "{zone} {at}");
                let last = Timestamp::from_micros(end.as_micros() - 1);
                assert_eq!(day_of(last, &tz), date, "{zone} {at}");
                assert!(day_of(end, &tz) > date, "{zone} {at}");
            }
        }
    }

    #[test]
    fn only_folders_spelled_as_days_count() {
        let root = tempfile::tempdir().unwrap();
        for name in ["2026-01-02", "2025-12-31", "20260103", "2026-1-4", "notes", "2026-13-01"] {
            fs::create_dir(root.path().join(name)).unwrap();
            fs::write(root.path().join(name).join(FILE_NAME), "").unwrap();
        }
        fs::create_dir(root.path().join("2026-01-05")).unwrap();
        let found: Vec<String> =
            list(root.path()).unwrap().iter().map(|file| file.date.to_string()).collect();
        assert_eq!(found, ["2025-12-31", "2026-01-02"]);
    }
}
