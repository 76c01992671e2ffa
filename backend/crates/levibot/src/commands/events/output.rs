//! Where entries go, and in which shape.

use std::io::{self, BufWriter, IsTerminal as _, Write};

use jiff::tz::TimeZone;
use journal::Entry;

use super::csv::CsvRows;
use super::error::EventsError;
use super::parquet::ParquetFile;
use super::table::Table;
use crate::cli::EventsArgs;

type Out = BufWriter<anstream::AutoStream<io::Stdout>>;

/// The shape that was asked for.
pub(super) enum Output {
    Table(Table, Out),
    Json(Out),
    Csv(Box<CsvRows<Out>>),
    Parquet(Box<ParquetFile>),
}

impl Output {
    pub(super) fn new(args: &EventsArgs, tz: &TimeZone) -> Result<Self, EventsError> {
        if let Some(file) = &args.parquet {
            return Ok(Self::Parquet(Box::new(ParquetFile::create(file)?)));
        }
        // Colours go only to terminals, and not where NO_COLOR is set.
        let out = BufWriter::with_capacity(1 << 16, anstream::AutoStream::auto(io::stdout()));
        if args.json {
            return Ok(Self::Json(out));
        }
        if args.csv {
            return Ok(Self::Csv(Box::new(CsvRows::new(out)?)));
        }
        let width = io::stdout().is_terminal().then(terminal_size::terminal_size).flatten();
        let width = width.map(|(terminal_size::Width(columns), _)| usize::from(columns));
        Ok(Self::Table(Table::new(tz.clone(), width), out))
    }

    pub(super) fn entry(&mut self, entry: &Entry<'_>) -> Result<(), EventsError> {
        match self {
            Self::Table(table, out) => table.row(entry, out)?,
            Self::Json(out) => writeln!(out, "{}", entry.line)?,
            Self::Csv(rows) => rows.row(entry)?,
            Self::Parquet(file) => file.row(entry)?,
        }
        Ok(())
    }

    /// Everything so far is with the reader afterwards.
    pub(super) fn flush(&mut self) -> Result<(), EventsError> {
        match self {
            Self::Table(_, out) | Self::Json(out) => out.flush()?,
            Self::Csv(rows) => rows.flush()?,
            Self::Parquet(_) => {}
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<(), EventsError> {
        self.flush()?;
        match self {
            Self::Parquet(file) => file.finish(),
            Self::Table(..) | Self::Json(_) | Self::Csv(_) => Ok(()),
        }
    }
}
