//! Why events could not be shown, and what to do about it.

use std::io;
use std::path::PathBuf;

use journal::{Damage, WalkError};

/// Why events could not be shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EventsError {
    /// A value on the command line.
    #[error("--{option} {value:?} {problem}")]
    Argument {
        /// Which option.
        option: &'static str,
        /// What was given.
        value: String,
        /// What is wrong with it, and what would be right.
        problem: String,
    },
    /// A file cannot be read.
    #[error(
        "{0}. If it is damaged, restore it from a backup or the archive (levibot archive --restore \
         DAY), or leave its day out with --from and --until"
    )]
    Walk(#[from] WalkError),
    /// A line is no record.
    #[error(
        "{}:{}: this line is no record: {}. Restore it from a backup, or go on without such lines: \
         --skip-damaged", .0.file.display(), .0.line, .0.reason
    )]
    Damaged(Damage),
    /// The result cannot be written.
    #[error("cannot write the result: {0}")]
    Output(#[from] io::Error),
    /// The Parquet file cannot be written.
    #[error("cannot write {}: {reason}", file.display())]
    Parquet {
        /// Which file.
        file: PathBuf,
        /// What went wrong.
        reason: String,
    },
}
