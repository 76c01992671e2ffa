//! Looking at a journal without touching it: no lock, no repair, nothing created.

use std::path::Path;

use domain::Record;

use crate::open::{self, Opened, Progress};
use crate::tail::{self, TornEnd};
use crate::{OpenError, days, replay};

/// Hands every record from the newest checkpoint on to `each`, like [`crate::Journal::open`], and
/// writes nothing: a torn last line is passed over and told as what a start would repair. It may
/// be done while a service writes; what comes meanwhile may or may not be seen.
///
/// # Errors
/// [`OpenError`], but never [`OpenError::Locked`].
pub fn look<E>(dir: &Path, each: impl FnMut(Record) -> Result<(), E>) -> Result<Opened, OpenError>
where
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut files = days::list(dir).map_err(OpenError::io("list", dir))?;
    let tail = tail::find(&mut files, TornEnd::Leave)?;
    let start = open::newest_checkpoint(&files)?;
    let Progress { last_seq, replayed, .. } = match start {
        Some(start) => replay::replay(&files, tail.newest_len, start, each)?,
        None => Progress::default(),
    };
    let from_checkpoint_seq = start.map(|start| start.seq);
    Ok(Opened { last_seq, replayed, repaired: tail.torn, from_checkpoint_seq })
}
