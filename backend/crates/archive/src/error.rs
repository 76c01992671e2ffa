//! What can go wrong, and what to do about it. Nothing was lost in any of these cases.

use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

/// Why a day could not be archived or brought back.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The file system refused.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// `ARCHIVE_URL` names no store that can be used.
    #[error("ARCHIVE_URL={url}: {reason}")]
    Url {
        /// As given, without user and password.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The store refused or could not be reached.
    #[error("{url}: cannot {doing}: {reason}")]
    Store {
        /// Which object.
        url: String,
        /// What was tried.
        doing: &'static str,
        /// What the store said.
        reason: String,
    },
    /// A copy does not hold what it should.
    #[error(
        "{what} holds other content (SHA-256 {found}) than it should ({expected}): it is damaged, or \
         not this journal's. The other copy was kept; move this one away and run again"
    )]
    Differs {
        /// Which copy.
        what: String,
        /// What it should hold.
        expected: String,
        /// What it does.
        found: String,
    },
    /// The store has another journal's day in this place. Nothing was overwritten.
    #[error(
        "{url} is already there with other content: another service uses this ARCHIVE_URL, or \
         {date} was archived and then written anew. Give each service a folder of its own in \
         ARCHIVE_URL, or move the object away"
    )]
    Taken {
        /// Which object.
        url: String,
        /// The day.
        date: Date,
    },
    /// A file of a finished day changed while it was being archived.
    #[error("{} changed while it was being archived; it was kept", path.display())]
    Changed {
        /// Which.
        path: PathBuf,
    },
    /// The archive does not have the day.
    #[error("{url} does not exist: the archive has no {date}")]
    NoSuchDay {
        /// Which object.
        url: String,
        /// The day.
        date: Date,
    },
    /// There is no archive to bring a day back from.
    #[error("ARCHIVE_URL is not set: there is no archive to bring {date} back from")]
    NoStore {
        /// The day.
        date: Date,
    },
    /// Somebody else is at it.
    #[error("another process archives {} at present; wait for it", dir.display())]
    Busy {
        /// `LOG_DIR`.
        dir: PathBuf,
    },
    /// Whoever watches asked it to stop.
    #[error("stopped before the work was done; the next run goes on from here")]
    Stopped,
}

impl ArchiveError {
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }
}
