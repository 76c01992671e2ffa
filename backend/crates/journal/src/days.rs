//! Days and their files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use domain::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The name of a day's events in its folder.
pub const FILE_NAME: &str = "events.jsonl";
/// The name of the same events, compressed.
pub const COMPRESSED_NAME: &str = "events.jsonl.zst";

/// How a day's events are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// As they were written. Where both forms are there, this one counts.
    Plain,
    /// Only compressed, after some time.
    Compressed,
}

/// The file of one day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DayFile {
    /// The day, on a wall clock in the service's time zone.
    pub date: Date,
    /// Its plain file, whether or not it is still there.
    pub path: PathBuf,
    /// How it is kept.
    pub form: Form,
}

impl DayFile {
    pub(crate) fn new(dir: &Path, date: Date) -> Self {
        let path = dir.join(date.to_string()).join(FILE_NAME);
        Self { date, path, form: Form::Plain }
    }

    /// Its compressed file, whether or not it is there.
    pub fn compressed_path(&self) -> PathBuf {
        self.path.with_file_name(COMPRESSED_NAME)
    }

    /// The file that counts.
    pub fn file(&self) -> PathBuf {
        match self.form {
            Form::Plain => self.path.clone(),
            Form::Compressed => self.compressed_path(),
        }
    }
}

/// The folders named as days, oldest first, whatever is in them.
///
/// # Errors
/// What the file system says.
pub fn folders(dir: &Path) -> io::Result<Vec<Date>> {
    let mut dates = Vec::new();
    for entry in fs::read_dir(dir)? {
        dates.extend(entry?.file_name().to_str().and_then(parse_date));
    }
    dates.sort_unstable();
    Ok(dates)
}

/// The days as the writer knows them, oldest first: those with a plain file.
pub(crate) fn list(dir: &Path) -> io::Result<Vec<DayFile>> {
    let mut files = list_all(dir)?;
    files.retain(|file| file.form == Form::Plain);
    Ok(files)
}

/// Every day that can be read here, oldest first. Folders without events (those of days that are
/// in the archive alone) do not count.
///
/// # Errors
/// What the file system says.
pub fn list_all(dir: &Path) -> io::Result<Vec<DayFile>> {
    let mut files = Vec::new();
    for date in folders(dir)? {
        // A day that is compressed just now has its plain file until the other one is complete.
        let file = DayFile::new(dir, date);
        if file.path.try_exists()? {
            files.push(file);
        } else if file.compressed_path().try_exists()? {
            files.push(DayFile { form: Form::Compressed, ..file });
        }
    }
    Ok(files)
}

/// Only the spelling that [`DayFile::new`] writes, so that no two folders are the same day.
fn parse_date(name: &str) -> Option<Date> {
    let date: Date = name.parse().ok()?;
    (date.to_string() == name).then_some(date)
}

/// The day of `at` on a wall clock in `tz`.
pub fn day_of(at: Timestamp, tz: &TimeZone) -> Date {
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

    #[test]
    fn the_plain_file_counts_until_it_is_gone() {
        let root = tempfile::tempdir().unwrap();
        let days = [
            ("2026-01-01", vec![COMPRESSED_NAME]),
            ("2026-01-02", vec![COMPRESSED_NAME, FILE_NAME]),
            ("2026-01-03", vec![FILE_NAME]),
            ("2026-01-04", vec![]),
        ];
        for (day, files) in &days {
            fs::create_dir(root.path().join(day)).unwrap();
            for file in files {
                fs::write(root.path().join(day).join(file), "").unwrap();
            }
        }
        let found: Vec<Form> = list_all(root.path()).unwrap().iter().map(|day| day.form).collect();
        assert_eq!(found, [Form::Compressed, Form::Plain, Form::Plain]);
        assert_eq!(list(root.path()).unwrap().len(), 2, "the writer knows plain files only");
        assert_eq!(folders(root.path()).unwrap().len(), 4);
    }
}
