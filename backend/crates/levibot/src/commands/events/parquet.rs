//! A Parquet file for `DuckDB`, pandas and the like.
//!
//! Columns: the record's own fields, the fields of payloads that one asks for most (null where a
//! payload has none of that name), and the whole payload as JSON. Amounts are `DECIMAL(38, 18)`:
//! every amount of the journal has at most 18 decimal places, so none is rounded.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::Decimal;
use domain::decimal::parse_decimal;
use journal::Entry;
use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{
    ByteArray, ByteArrayType, DataType, FixedLenByteArray, FixedLenByteArrayType, Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use serde_json::value::RawValue;

use super::error::EventsError;

/// Texts of payloads that have a column of their own.
const TEXTS: [&str; 4] = ["client_order_id", "position_id", "side", "reason"];
/// Amounts of payloads that have a column of their own.
const AMOUNTS: [&str; 9] = [
    "price",
    "qty",
    "notional",
    "executed_qty",
    "executed_quote",
    "average_price",
    "entry_price",
    "exit_price",
    "realised_pnl",
];
/// Decimal places of an amount's column.
const SCALE: u32 = 18;
/// Rows held in memory at a time.
const GROUP_ROWS: usize = 50_000;
/// Bytes of payloads held in memory at a time.
const GROUP_BYTES: usize = 64 << 20;

fn schema() -> String {
    let texts = TEXTS.map(|name| format!("optional binary {name} (STRING);\n"));
    let amounts = AMOUNTS
        .map(|name| format!("optional fixed_len_byte_array(16) {name} (DECIMAL(38,{SCALE}));\n"));
    format!(
        "message event {{
            required int64 seq;
            required int64 ts (TIMESTAMP(MICROS,true));
            required binary event_type (STRING);
            optional binary symbol (STRING);
            optional binary trace_id (STRING);
            {}{}
            required binary payload (STRING);
        }}",
        texts.concat(),
        amounts.concat()
    )
}

/// Values of a column that may be missing.
#[derive(Default)]
struct Optional<T> {
    values: Vec<T>,
    /// One for each row: 1 where there is a value.
    defined: Vec<i16>,
}

impl<T> Optional<T> {
    fn push(&mut self, value: Option<T>) {
        self.defined.push(i16::from(value.is_some()));
        self.values.extend(value);
    }
}

/// Rows not yet written.
#[derive(Default)]
struct Group {
    seq: Vec<i64>,
    ts: Vec<i64>,
    event_type: Vec<ByteArray>,
    symbol: Optional<ByteArray>,
    trace_id: Optional<ByteArray>,
    texts: [Optional<ByteArray>; TEXTS.len()],
    amounts: [Optional<FixedLenByteArray>; AMOUNTS.len()],
    payload: Vec<ByteArray>,
    payload_bytes: usize,
}

/// The file being written. It gets its name when it is complete.
pub(super) struct ParquetFile {
    path: PathBuf,
    partial: PathBuf,
    writer: SerializedFileWriter<File>,
    group: Group,
}

impl ParquetFile {
    pub(super) fn create(path: &Path) -> Result<Self, EventsError> {
        let failed = |reason: String| EventsError::Parquet { file: path.to_owned(), reason };
        let mut partial = path.as_os_str().to_owned();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        let schema = parse_message_type(&schema()).map_err(|error| failed(error.to_string()))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_created_by(format!("levibot {}", env!("CARGO_PKG_VERSION")))
            .build();
        let file = File::create(&partial).map_err(|error| failed(error.to_string()))?;
        let writer = SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties));
        let writer = writer.map_err(|error| failed(error.to_string()))?;
        Ok(Self { path: path.to_owned(), partial, writer, group: Group::default() })
    }

    pub(super) fn row(&mut self, entry: &Entry<'_>) -> Result<(), EventsError> {
        self.group.push(entry).map_err(|reason| self.failed(reason))?;
        if self.group.seq.len() >= GROUP_ROWS || self.group.payload_bytes >= GROUP_BYTES {
            self.write_group()?;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<(), EventsError> {
        if !self.group.seq.is_empty() {
            self.write_group()?;
        }
        let closed = self.writer.finish();
        closed.map_err(|error| self.failed(error.to_string()))?;
        let synced = self.writer.inner().sync_all();
        let named = synced.and_then(|()| std::fs::rename(&self.partial, &self.path));
        named.map_err(|error| self.failed(error.to_string()))
    }

    fn write_group(&mut self) -> Result<(), EventsError> {
        let group = std::mem::take(&mut self.group);
        let written = group.write(&mut self.writer);
        written.map_err(|error| self.failed(error.to_string()))
    }

    fn failed(&self, reason: String) -> EventsError {
        EventsError::Parquet { file: self.path.clone(), reason }
    }
}

impl Group {
    fn push(&mut self, entry: &Entry<'_>) -> Result<(), String> {
        let fields: BTreeMap<Cow<'_, str>, &RawValue> =
            serde_json::from_str(entry.payload.get()).unwrap_or_default();
        let text = |name: &str| {
            fields.get(name).and_then(|raw| serde_json::from_str::<String>(raw.get()).ok())
        };
        self.seq.push(i64::try_from(entry.seq).map_err(|error| error.to_string())?);
        self.ts.push(entry.ts.as_micros());
        self.event_type.push(entry.event_type.as_ref().into());
        self.symbol.push(entry.symbol.as_ref().map(|symbol| symbol.as_str().into()));
        self.trace_id.push(entry.trace_id.as_ref().map(|trace| trace.as_str().into()));
        for (column, name) in self.texts.iter_mut().zip(TEXTS) {
            column.push(text(name).map(|text| text.into_bytes().into()));
        }
        for (column, name) in self.amounts.iter_mut().zip(AMOUNTS) {
            let amount = text(name).and_then(|text| parse_decimal(&text).ok());
            column.push(amount.map(|amount| unscaled(amount, entry.seq, name)).transpose()?);
        }
        self.payload_bytes += entry.payload.get().len();
        self.payload.push(entry.payload.get().into());
        Ok(())
    }

    fn write(&self, file: &mut SerializedFileWriter<File>) -> Result<(), ParquetError> {
        let mut rows = file.next_row_group()?;
        write_column::<Int64Type>(&mut rows, &self.seq, None)?;
        write_column::<Int64Type>(&mut rows, &self.ts, None)?;
        write_column::<ByteArrayType>(&mut rows, &self.event_type, None)?;
        for Optional { values, defined } in
            [&self.symbol, &self.trace_id].into_iter().chain(&self.texts)
        {
            write_column::<ByteArrayType>(&mut rows, values, Some(defined))?;
        }
        for Optional { values, defined } in &self.amounts {
            write_column::<FixedLenByteArrayType>(&mut rows, values, Some(defined))?;
        }
        write_column::<ByteArrayType>(&mut rows, &self.payload, None)?;
        rows.close()?;
        Ok(())
    }
}

fn write_column<T: DataType>(
    rows: &mut SerializedRowGroupWriter<'_, File>,
    values: &[T::T],
    defined: Option<&[i16]>,
) -> Result<(), ParquetError> {
    let column = rows.next_column()?;
    let mut column =
        column.ok_or_else(|| ParquetError::General("a column has no place".to_owned()))?;
    column.typed::<T>().write_batch(values, defined, None)?;
    column.close()
}

/// An amount as Parquet keeps it: the digits with [`SCALE`] decimal places, big-endian.
fn unscaled(amount: Decimal, seq: u64, name: &str) -> Result<FixedLenByteArray, String> {
    let misfit = || format!("record {seq}: {name} {amount} does not fit DECIMAL(38,{SCALE})");
    let amount = amount.normalize();
    let missing = SCALE.checked_sub(amount.scale()).ok_or_else(misfit)?;
    let digits = amount.mantissa().checked_mul(10_i128.pow(missing)).ok_or_else(misfit)?;
    if digits.unsigned_abs() >= 10_u128.pow(38) {
        return Err(misfit());
    }
    Ok(digits.to_be_bytes().to_vec().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::{Field, Row};

    fn line(seq: u64, payload: &str) -> String {
        let ts = "2026-03-10T12:00:00.000001Z";
        format!(
            r#"{{"seq":{seq},"ts":"{ts}","event_type":"ORDER_FILLED","symbol":"BTCUSDT","payload":{payload}}}"#
        )
    }

    fn written(lines: &[String]) -> Vec<Row> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("events.parquet");
        let mut file = ParquetFile::create(&path).unwrap();
        for line in lines {
            file.row(&Entry::parse(line.as_bytes()).unwrap()).unwrap();
        }
        assert!(!path.exists(), "it has no name before it is complete");
        file.finish().unwrap();
        let reader = SerializedFileReader::new(File::open(&path).unwrap()).unwrap();
        reader.get_row_iter(None).unwrap().map(Result::unwrap).collect()
    }

    fn fields(row: &Row) -> BTreeMap<String, Field> {
        row.get_column_iter().map(|(name, field)| (name.clone(), field.clone())).collect()
    }

    #[test]
    fn rows_come_back_with_their_types() {
        let payload = r#"{"side":"SELL","qty":"0.5","price":"64000.123456789012345678","fees":[]}"#;
        let rows = written(&[line(1, payload), line(2, r#"{"realised_pnl":"-1.25","price":7}"#)]);
        let first = fields(&rows[0]);
        assert_eq!(first["seq"], Field::Long(1));
        assert_eq!(first["ts"], Field::TimestampMicros(1_773_144_000_000_001));
        assert_eq!(first["event_type"], Field::Str("ORDER_FILLED".into()));
        assert_eq!(first["trace_id"], Field::Null);
        assert_eq!(first["side"], Field::Str("SELL".into()));
        assert_eq!(first["qty"].to_string(), "0.500000000000000000");
        assert_eq!(first["price"].to_string(), "64000.123456789012345678");
        assert_eq!(first["payload"], Field::Str(payload.into()));
        let second = fields(&rows[1]);
        assert_eq!(second["realised_pnl"].to_string(), "-1.250000000000000000");
        assert_eq!((&second["price"], &second["qty"]), (&Field::Null, &Field::Null));
    }

    #[test]
    fn more_rows_than_a_group_holds_come_back_in_order() {
        let lines: Vec<String> = (1..=GROUP_ROWS as u64 + 3).map(|seq| line(seq, "{}")).collect();
        let rows = written(&lines);
        assert_eq!(rows.len(), lines.len());
        assert!(
            rows.iter()
                .zip(1..)
                .all(|(row, seq)| row.get_column_iter().next().unwrap().1 == &Field::Long(seq))
        );
    }

    #[test]
    fn an_amount_that_would_not_be_exact_is_refused() {
        let largest = "99999999999999999999";
        assert!(unscaled(parse_decimal(largest).unwrap(), 1, "qty").is_ok());
        for text in ["100000000000000000000", "0.0000000000000000001"] {
            let reason = unscaled(parse_decimal(text).unwrap(), 9, "qty").unwrap_err();
            assert!(reason.contains("record 9") && reason.contains(text), "{reason}");
        }
    }

    #[test]
    fn no_entries_give_a_file_without_rows() {
        assert!(written(&[]).is_empty());
    }
}
