//! `levibot archive`: what the service does with old days by itself, now.

use std::time::SystemTime;

use archive::{Archive, ArchiveError, Done, Due, Step};
use jiff::civil::Date;

use crate::archiving;
use crate::cli::ArchiveArgs;
use crate::clock;
use crate::config::JournalPlace;

/// Why not everything was done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArchiveCommandError {
    /// The archive said no.
    #[error("{0}")]
    Archive(#[from] ArchiveError),
    /// Not a day.
    #[error("--restore {0:?} is no day: give it as 2026-01-31")]
    Day(String),
    /// Some days failed; each was told.
    #[error("{0} day(s) could not be archived; nothing was lost")]
    Failed(usize),
}

/// Archives what is due, or brings days back.
pub(crate) async fn run(args: ArchiveArgs, place: JournalPlace) -> Result<(), ArchiveCommandError> {
    let store = archiving::store(&place.archiving)?;
    let archive = Archive::new(&place.dir, place.archiving.keep, store);
    if !args.restore.is_empty() {
        return restore(&archive, &args.restore).await;
    }
    let (today, now) = (journal::day_of(clock::now(), &place.time_zone), SystemTime::now());
    let due = archive.due(today, now)?;
    if due.is_empty() {
        println!("nothing is due in {}", place.dir.display());
        return Ok(());
    }
    if args.dry_run {
        for due in &due {
            println!("{}", planned(due));
        }
        return Ok(());
    }
    let done = archive.run(today, now, |_: Date, _: Step| Ok(())).await?;
    for done in &done {
        println!("{}", told(done));
    }
    match done.iter().filter(|done| done.result.is_err()).count() {
        0 => Ok(()),
        failed => Err(ArchiveCommandError::Failed(failed)),
    }
}

async fn restore(archive: &Archive, days: &[String]) -> Result<(), ArchiveCommandError> {
    for day in days {
        let date: Date = day.parse().map_err(|_| ArchiveCommandError::Day(day.clone()))?;
        println!("{date} is in {}", archive.restore(date).await?.display());
    }
    Ok(())
}

fn steps(due: &Due) -> String {
    let steps =
        [(due.compress, "compress"), (due.store, "store"), (due.delete_here, "delete here")];
    let wanted: Vec<&str> =
        steps.iter().filter(|(wanted, _)| *wanted).map(|(_, step)| *step).collect();
    wanted.join(", ")
}

fn planned(due: &Due) -> String {
    format!("{}  {} bytes: {}", due.date, due.bytes, steps(due))
}

fn told(done: &Done) -> String {
    let Done { due, compressed_bytes, result } = done;
    match result {
        Err(error) => format!("{}  failed: {error}", due.date),
        Ok(()) if due.delete_here => format!("{}  deleted here, the archive has it", due.date),
        Ok(()) => format!(
            "{}  {}: {} bytes, {compressed_bytes} compressed",
            due.date,
            steps(due),
            due.bytes
        ),
    }
}
