//! Labels on disk: `LOG_DIR/labels.jsonl`, one JSON object a line, in the form that
//! `levibot train --labels` reads.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use api::labels::{Kept, Label, Labels, LabelsError, newest_of};
use api::ports::BoxFuture;

/// The file; it comes with the first label.
#[derive(Clone)]
pub(crate) struct LabelFile {
    path: Arc<PathBuf>,
    /// One writer at a time.
    writing: Arc<Mutex<()>>,
}

impl LabelFile {
    pub(crate) fn within(dir: &Path) -> Self {
        Self { path: Arc::new(dir.join("labels.jsonl")), writing: Arc::default() }
    }

    fn write(&self, label: &Label) -> Result<Kept, LabelsError> {
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        self.cut_torn_line().map_err(|error| self.failed(&error))?;
        let known = self.read()?;
        if newest_of(&known, label).is_some_and(|newest| newest.says_the_same(label)) {
            return Ok(Kept::Known);
        }
        let line = serde_json::to_string(label).map_err(|error| self.failed(&error))?;
        self.append(&line).map_err(|error| self.failed(&error))?;
        Ok(Kept::Stored)
    }

    fn append(&self, line: &str) -> io::Result<()> {
        let is_new = !self.path.exists();
        let mut file = OpenOptions::new().create(true).append(true).open(&*self.path)?;
        file.write_all(format!("{line}\n").as_bytes())?;
        file.sync_data()?;
        match self.path.parent().filter(|_| is_new) {
            Some(dir) => File::open(dir)?.sync_all(),
            None => Ok(()),
        }
    }

    /// A line without its end was never acknowledged.
    fn cut_torn_line(&self) -> io::Result<()> {
        let bytes = self.bytes()?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        if whole == bytes.len() {
            return Ok(());
        }
        tracing::warn!(file = %self.path.display(), bytes = bytes.len() - whole, "cut a torn label");
        let file = OpenOptions::new().write(true).open(&*self.path)?;
        file.set_len(whole as u64)?;
        file.sync_data()
    }

    fn read(&self) -> Result<Vec<Label>, LabelsError> {
        let bytes = self.bytes().map_err(|error| self.failed(&error))?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
        let lines = (1..).zip(bytes.get(..whole).unwrap_or_default().split(|byte| *byte == b'\n'));
        let lines = lines.filter(|(_, line)| !line.trim_ascii().is_empty());
        let label = |(number, line): (usize, &[u8])| {
            serde_json::from_slice(line).map_err(|error| {
                let file = self.path.display();
                LabelsError(format!(
                    "{file}: line {number} is no label, mend or remove it: {error}"
                ))
            })
        };
        lines.map(label).collect()
    }

    fn bytes(&self) -> io::Result<Vec<u8>> {
        match fs::read(&*self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            read => read,
        }
    }

    fn failed(&self, error: &dyn std::fmt::Display) -> LabelsError {
        LabelsError(format!("{}: {error}", self.path.display()))
    }

    /// Files are read and synced off the async threads.
    async fn aside<T: Send + 'static>(
        self,
        work: impl FnOnce(&Self) -> Result<T, LabelsError> + Send + 'static,
    ) -> Result<T, LabelsError> {
        let done = tokio::task::spawn_blocking(move || work(&self)).await;
        done.map_err(|error| LabelsError(error.to_string()))?
    }
}

impl Labels for LabelFile {
    fn all(&self) -> BoxFuture<'_, Result<Vec<Label>, LabelsError>> {
        Box::pin(self.clone().aside(Self::read))
    }

    fn keep(&self, label: Label) -> BoxFuture<'_, Result<Kept, LabelsError>> {
        Box::pin(self.clone().aside(move |file| file.write(&label)))
    }
}

#[cfg(test)]
mod tests {
    use domain::{Intent, Timestamp};

    use super::*;

    fn label(text: &str, intent: Intent) -> Label {
        let reading = signal::Reader::embedded().read(text, &|_| false);
        let at = Timestamp::parse("2026-01-02T03:04:05Z").unwrap();
        Label::new(at, text.to_owned(), intent, reading.signal)
    }

    const TEXT: &str = "SUI/USDT entry 1.10\ntp 1.2, 1.3\nsl 2 %";

    #[test]
    fn the_same_label_is_written_once_and_another_of_the_message_again() {
        let dir = tempfile::tempdir().unwrap();
        let file = LabelFile::within(dir.path());
        assert_eq!(file.read(), Ok(Vec::new()));
        let later = Label {
            at: Timestamp::parse("2026-01-03T00:00:00Z").unwrap(),
            ..label(TEXT, Intent::Buy)
        };
        assert_eq!(file.write(&label(TEXT, Intent::Buy)), Ok(Kept::Stored));
        assert_eq!(file.write(&later), Ok(Kept::Known));
        assert_eq!(file.write(&label(TEXT, Intent::NoTrade)), Ok(Kept::Stored));
        assert_eq!(file.write(&later), Ok(Kept::Stored), "it is not the newest any more");
        assert_eq!(file.read().map(|labels| labels.len()), Ok(3));
    }

    #[test]
    fn a_torn_line_is_not_shown_and_cut_by_the_next_label() {
        let dir = tempfile::tempdir().unwrap();
        let file = LabelFile::within(dir.path());
        file.write(&label("a", Intent::Close)).unwrap();
        let mut torn = OpenOptions::new().append(true).open(&*file.path).unwrap();
        torn.write_all(br#"{"id":"x","te"#).unwrap();
        assert_eq!(file.read().map(|labels| labels.len()), Ok(1));
        file.write(&label("b", Intent::Close)).unwrap();
        let texts = file.read().unwrap().into_iter().map(|label| label.text).collect::<Vec<_>>();
        assert_eq!(texts, ["a", "b"]);
    }

    #[test]
    fn a_line_that_is_no_label_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = LabelFile::within(dir.path());
        fs::write(&*file.path, "\nhello\n").unwrap();
        let LabelsError(sentence) = file.write(&label("a", Intent::Close)).unwrap_err();
        assert!(sentence.contains("labels.jsonl: line 2 is no label"), "{sentence}");
        assert_eq!(fs::read_to_string(&*file.path).unwrap(), "\nhello\n");
    }

    #[test]
    fn training_reads_what_was_kept_and_takes_the_newest_of_a_message() {
        let dir = tempfile::tempdir().unwrap();
        let file = LabelFile::within(dir.path());
        for intent in [Intent::NoTrade, Intent::Buy] {
            file.write(&Label { source: "vip: one".to_owned(), ..label(TEXT, intent) }).unwrap();
        }
        let read = crate::commands::train::labels(&file.path).unwrap();
        let [example] = read.as_slice() else { panic!("{read:?}") };
        let decimal = |text: &str| text.parse::<domain::Decimal>().unwrap();
        assert_eq!((example.intent, example.text.as_str()), (Intent::Buy, TEXT));
        assert_eq!(example.source, "vip");
        assert_eq!(example.fields.symbol.as_deref(), Some("SUIUSDT"));
        assert_eq!(example.fields.entries, [decimal("1.1")]);
        assert_eq!(example.fields.tps, [decimal("1.2"), decimal("1.3")]);
        assert_eq!((example.fields.sl, example.fields.sl_pct), (None, Some(decimal("2"))));
        let reading = signal::Reader::embedded().read(TEXT, &|_| false);
        assert_eq!(example.wrong_fields(&reading), [] as [String; 0]);
    }
}
