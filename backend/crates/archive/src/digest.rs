//! SHA-256 of a day's plain content, whatever form it is in.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use sha2::{Digest as _, Sha256};

/// SHA-256, in hex.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Digest(String);

impl Digest {
    /// Of a plain file.
    pub(crate) fn of_plain(path: &Path) -> io::Result<Self> {
        Self::of(File::open(path)?)
    }

    /// Of what a compressed file holds. An unreadable one is an error of kind
    /// [`io::ErrorKind::InvalidData`] or [`io::ErrorKind::UnexpectedEof`].
    pub(crate) fn of_compressed(path: &Path) -> io::Result<Self> {
        Self::of(zstd::Decoder::new(File::open(path)?)?)
    }

    fn of(from: impl Read) -> io::Result<Self> {
        let mut content = Content::default();
        io::copy(&mut BufReader::with_capacity(1 << 20, from), &mut content)?;
        Ok(content.digest())
    }

    /// Reads what [`Self::line`] wrote.
    pub(crate) fn from_line(text: &str) -> Option<Self> {
        let hex = text.split_whitespace().next()?;
        let is_digest = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_digest.then(|| Self(hex.to_ascii_lowercase()))
    }

    /// As `sha256sum` writes it, so that `sha256sum -c` can check it.
    pub(crate) fn line(&self) -> String {
        format!("{}  {}\n", self.0, journal::FILE_NAME)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Content on its way to a digest.
#[derive(Default)]
pub(crate) struct Content(Sha256);

impl Content {
    pub(crate) fn digest(self) -> Digest {
        Digest(hex::encode(self.0.finalize()))
    }
}

impl Write for Content {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
