//! `levibot events`: the journal read back, beside a running service or without one. Nothing here
//! locks, cuts or writes in `LOG_DIR`.

mod csv;
mod error;
mod output;
mod parquet;
mod point;
mod select;
mod summary;
mod table;

use std::ops::ControlFlow;
use std::thread;
use std::time::Duration;

use journal::{Damage, Entry, Filter, Follower, Order, Reader, Seen};

use crate::cli::EventsArgs;
use crate::clock;
use crate::config::JournalPlace;
use error::EventsError;
use output::Output;

/// How long a follower waits between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// Where following begins when nothing else is said.
const FOLLOW_LAST: usize = 10;

/// Prints what is asked for. A reader that has gone away (`| head`) ends it quietly.
pub(crate) fn run(args: &EventsArgs, place: &JournalPlace) -> Result<(), EventsError> {
    match print(args, place) {
        Err(EventsError::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        ended => ended,
    }
}

fn print(args: &EventsArgs, place: &JournalPlace) -> Result<(), EventsError> {
    let filter = select::filter(args, &place.time_zone, clock::now())?;
    let output = Output::new(args, &place.time_zone)?;
    let mut printer = Printer { output, skip_damaged: args.skip_damaged, failed: None };
    tell_missing(place, &filter);
    let last_seq = match args.last.or((args.follow && args.from.is_none()).then_some(FOLLOW_LAST)) {
        Some(count) => print_last(place, &filter, count, &mut printer)?,
        None => print_all(place, &filter, &mut printer)?,
    };
    if args.follow {
        follow(place, &filter, last_seq, &mut printer)?;
    }
    printer.output.finish()
}

/// Days of the wanted time that are in the archive alone are not shown, which must not go unsaid.
fn tell_missing(place: &JournalPlace, filter: &Filter) {
    for (date, url) in archive::stored_only(&place.dir) {
        if filter.may_hold(date) {
            eprintln!(
                "levibot: {date} is not here but in the archive ({url}): \
                 `levibot archive --restore {date}` brings it back"
            );
        }
    }
}

fn print_all(
    place: &JournalPlace,
    filter: &Filter,
    printer: &mut Printer,
) -> Result<u64, EventsError> {
    let see = |seen: Seen<'_>| printer.see(seen);
    let walked = Reader::new(&place.dir).walk(filter, Order::OldestFirst, see)?;
    printer.outcome()?;
    Ok(walked.last_seq)
}

/// The newest `count`, in the order they were written.
fn print_last(
    place: &JournalPlace,
    filter: &Filter,
    count: usize,
    printer: &mut Printer,
) -> Result<u64, EventsError> {
    let mut lines: Vec<String> = Vec::new();
    let see = |seen: Seen<'_>| {
        match seen {
            Seen::Entry(entry) if lines.len() < count => lines.push(entry.line.to_owned()),
            Seen::Entry(_) => return ControlFlow::Break(()),
            Seen::Damaged(damage) => return printer.damaged(damage),
        }
        if lines.len() < count { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let walked = Reader::new(&place.dir).walk(filter, Order::NewestFirst, see)?;
    for line in lines.iter().rev() {
        // It was an entry a moment ago.
        if let Ok(entry) = Entry::parse(line.as_bytes()) {
            printer.output.entry(&entry)?;
        }
    }
    printer.outcome()?;
    Ok(walked.last_seq)
}

fn follow(
    place: &JournalPlace,
    filter: &Filter,
    after: u64,
    printer: &mut Printer,
) -> Result<(), EventsError> {
    let mut follower = Follower::new(&place.dir, after);
    loop {
        let flow = follower.poll(filter, |seen| printer.see(seen))?;
        printer.outcome()?;
        printer.output.flush()?;
        if flow.is_break() {
            return Ok(());
        }
        thread::sleep(LOOK_EVERY);
    }
}

/// Puts out entries, and judges what to do about the rest.
struct Printer {
    output: Output,
    skip_damaged: bool,
    failed: Option<EventsError>,
}

impl Printer {
    fn see(&mut self, seen: Seen<'_>) -> ControlFlow<()> {
        match seen {
            Seen::Entry(entry) => match self.output.entry(&entry) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => self.fail(error),
            },
            Seen::Damaged(damage) => self.damaged(damage),
        }
    }

    fn damaged(&mut self, damage: Damage) -> ControlFlow<()> {
        if self.skip_damaged {
            eprintln!(
                "levibot: skipped {}:{}: {}",
                damage.file.display(),
                damage.line,
                damage.reason
            );
            return ControlFlow::Continue(());
        }
        self.fail(EventsError::Damaged(damage))
    }

    fn fail(&mut self, error: EventsError) -> ControlFlow<()> {
        self.failed = Some(error);
        ControlFlow::Break(())
    }

    /// What stopped the walk, if anything did.
    fn outcome(&mut self) -> Result<(), EventsError> {
        self.failed.take().map_or(Ok(()), |error| {
            // What was found before it is still shown.
            self.output.flush()?;
            Err(error)
        })
    }
}
