//! A day's files in its folder, and how they are written so that a crash leaves whole ones.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::civil::Date;

/// The folder of one day.
#[derive(Debug, Clone)]
pub(crate) struct Day {
    pub(crate) date: Date,
    folder: PathBuf,
}

impl Day {
    pub(crate) fn new(dir: &Path, date: Date) -> Self {
        Self { date, folder: dir.join(date.to_string()) }
    }

    pub(crate) fn plain(&self) -> PathBuf {
        self.folder.join(journal::FILE_NAME)
    }

    pub(crate) fn compressed(&self) -> PathBuf {
        self.folder.join(journal::COMPRESSED_NAME)
    }

    /// Holds the digest of the content.
    pub(crate) fn sha256(&self) -> PathBuf {
        self.folder.join("events.jsonl.sha256")
    }

    /// Holds the address of the object that was read back.
    pub(crate) fn stored(&self) -> PathBuf {
        self.folder.join("events.jsonl.stored")
    }

    /// Creates its folder, which an archived day may have lost.
    pub(crate) fn create(&self) -> io::Result<()> {
        if self.folder.is_dir() {
            return Ok(());
        }
        fs::create_dir_all(&self.folder)?;
        self.folder.parent().map_or(Ok(()), sync_folder)
    }

    /// Deletes a file for good.
    pub(crate) fn delete(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)?;
        sync_folder(&self.folder)
    }
}

/// A file under construction.
pub(crate) fn begin(path: &Path) -> io::Result<Partial> {
    let mut name = path.as_os_str().to_owned();
    name.push(".partial");
    let begun = PathBuf::from(name);
    Ok(Partial { file: File::create(&begun)?, begun, path: path.to_owned() })
}

/// Writes a small file: it is there whole, or not at all.
pub(crate) fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut partial = begin(path)?;
    partial.file.write_all(text.as_bytes())?;
    partial.complete()
}

/// A file that gets its name when it is complete.
pub(crate) struct Partial {
    pub(crate) file: File,
    /// The file until then.
    pub(crate) begun: PathBuf,
    path: PathBuf,
}

impl Partial {
    /// On disk under its name afterwards.
    pub(crate) fn complete(self) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.begun, &self.path)?;
        self.path.parent().map_or(Ok(()), sync_folder)
    }
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// A small file's text; [`None`] when there is none.
pub(crate) fn read(path: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        text => text.map(Some),
    }
}

/// The days of the journal in `dir` that are in the archive alone, with their addresses, oldest
/// first. What cannot be read is left out.
pub fn stored_only(dir: &Path) -> Vec<(Date, String)> {
    let dates = journal::folders(dir).unwrap_or_default();
    let days = dates.into_iter().map(|date| Day::new(dir, date));
    let gone = days.filter(|day| !day.plain().exists() && !day.compressed().exists());
    gone.filter_map(|day| Some((day.date, read(&day.stored()).ok()??.trim().to_owned()))).collect()
}
