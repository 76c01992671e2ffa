//! Lists as CSV, for spreadsheets: the same rows and digits as in JSON.

use std::collections::HashMap;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::error::ApiError;
use crate::params::Params;

/// Tells where the next page begins, which JSON says in `next_cursor`.
const NEXT: HeaderName = HeaderName::from_static("x-next-cursor");

/// Whether the caller wants CSV: by `format`, else by `Accept`.
pub(crate) fn wanted(headers: &HeaderMap, params: &Params) -> Result<bool, ApiError> {
    match params.optional("format").as_deref() {
        Some("csv") => return Ok(true),
        Some("json") => return Ok(false),
        Some(_) => return Err(ApiError::bad_parameter("format is not known: give json or csv")),
        None => {}
    }
    let mut values = headers.get_all(header::ACCEPT).iter().filter_map(|v| v.to_str().ok());
    Ok(values.any(|text| text.split(',').any(|kind| kind.trim().starts_with("text/csv"))))
}

/// The named columns of `rows`. What a row does not have, or has not yet, is an empty cell; a list
/// stays JSON.
pub(crate) fn answer<T: Serialize>(
    name: &str,
    columns: &[&str],
    rows: &[T],
    next_cursor: Option<&str>,
) -> Result<Response, ApiError> {
    let text = table(columns, rows).map_err(|error| {
        tracing::error!(%error, name, "a list could not be written as CSV");
        ApiError::internal("the list could not be written as CSV")
    })?;
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let file = HeaderValue::from_str(&format!("attachment; filename=\"levibot-{name}.csv\""));
    if let Ok(file) = file {
        headers.insert(header::CONTENT_DISPOSITION, file);
    }
    if let Some(next) = next_cursor.and_then(|next| HeaderValue::from_str(next).ok()) {
        headers.insert(NEXT, next);
    }
    Ok(response)
}

fn table<T: Serialize>(columns: &[&str], rows: &[T]) -> Result<Vec<u8>, std::io::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns)?;
    for row in rows {
        // By way of text, so that numbers keep their digits.
        let text = serde_json::to_string(row)?;
        let fields: HashMap<&str, &RawValue> = serde_json::from_str(&text)?;
        writer.write_record(columns.iter().map(|column| cell(fields.get(column).copied())))?;
    }
    writer.into_inner().map_err(|error| std::io::Error::other(error.to_string()))
}

fn cell(field: Option<&RawValue>) -> String {
    let raw = field.map_or("null", RawValue::get);
    match raw.bytes().next() {
        Some(b'"') => harmless(serde_json::from_str(raw).unwrap_or_else(|_| raw.to_owned())),
        Some(b'n') => String::new(),
        _ => raw.to_owned(),
    }
}

/// A text that a spreadsheet would run as a formula gets an apostrophe in front.
fn harmless(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Num;

    #[derive(Serialize)]
    struct Row {
        name: &'static str,
        qty: Num,
        price: Option<Num>,
        list: Vec<u8>,
    }

    #[test]
    fn no_text_is_a_formula_and_no_number_is_changed() {
        for (raw, written) in [(r#""=1+1""#, "'=1+1"), (r#""-x""#, "'-x"), ("-5", "-5")] {
            let raw = RawValue::from_string(raw.to_owned()).unwrap();
            assert_eq!(cell(Some(&raw)), written);
        }
    }

    #[test]
    fn cells_keep_digits_quotes_and_gaps() {
        let qty = Num("0.000000000000000001".parse().unwrap());
        let rows = [Row { name: "a,\"b\"", qty, price: None, list: vec![1, 2] }];
        let text = table(&["name", "qty", "price", "list", "none"], &rows).unwrap();
        assert_eq!(
            String::from_utf8(text).unwrap(),
            "name,qty,price,list,none\n\"a,\"\"b\"\"\",0.000000000000000001,,\"[1,2]\",\n"
        );
    }
}
