//! CSV as RFC 4180 has it.

use std::io::{self, Write};

use csv::{Terminator, Writer, WriterBuilder};
use journal::Entry;

/// The columns: the record's own, the payload as JSON.
const COLUMNS: [&str; 6] = ["seq", "ts", "event_type", "symbol", "trace_id", "payload"];

/// Rows behind a header.
pub(super) struct CsvRows<W: Write>(Writer<W>);

impl<W: Write> CsvRows<W> {
    pub(super) fn new(out: W) -> io::Result<Self> {
        let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
        writer.write_record(COLUMNS).map_err(io_error)?;
        Ok(Self(writer))
    }

    pub(super) fn row(&mut self, entry: &Entry<'_>) -> io::Result<()> {
        let (seq, ts) = (entry.seq.to_string(), entry.ts.to_string());
        let symbol = entry.symbol.as_ref().map_or("", |symbol| symbol.as_str());
        let trace_id = entry.trace_id.as_ref().map_or("", |trace| trace.as_str());
        let row = [&seq, &ts, entry.event_type.as_ref(), symbol, trace_id, entry.payload.get()];
        self.0.write_record(row).map_err(io_error)
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The kind must stay what it was: a closed pipe is no failure.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_quotes_and_line_ends_are_quoted_and_read_back() {
        let line = r#"{"seq":7,"ts":"2026-03-10T12:00:00.000001Z","event_type":"ALARM","payload":{"message":"a, \"b\"\r\nc"}}"#;
        let mut rows = CsvRows::new(Vec::new()).unwrap();
        rows.row(&Entry::parse(line.as_bytes()).unwrap()).unwrap();
        let bytes = rows.0.into_inner().unwrap();
        let text = std::str::from_utf8(&bytes).unwrap();
        let expected = "seq,ts,event_type,symbol,trace_id,payload\r\n\
            7,2026-03-10T12:00:00.000001Z,ALARM,,,\"{\"\"message\"\":\"\"a, \\\"\"b\\\"\"\\r\\nc\"\"}\"\r\n";
        assert_eq!(text, expected);
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let record = reader.records().next().unwrap().unwrap();
        assert_eq!(&record[5], r#"{"message":"a, \"b\"\r\nc"}"#);
    }
}
