//! Answers as JSON. Amounts are numbers, printed from decimals without a float in between.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use domain::{Decimal, Notional, Pnl, Price, Qty};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// A decimal that serialises as a JSON number with exactly its digits. Only for `serde_json`
/// serialised straight to text; a `serde_json::Value` in between would make it a float.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Num(pub Decimal);

impl Serialize for Num {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let digits = if self.0.is_zero() { "0".to_owned() } else { self.0.normalize().to_string() };
        RawValue::from_string(digits).map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

macro_rules! num_from {
    ($($amount:ident),*) => {
        $(impl From<$amount> for Num {
            fn from(amount: $amount) -> Self {
                Self(amount.get())
            }
        })*
    };
}
num_from!(Price, Qty, Notional, Pnl);

#[derive(Serialize)]
struct Success<'a, T> {
    ok: bool,
    #[serde(flatten)]
    body: &'a T,
}

/// `200` with `ok: true` and the fields of `body`.
pub(crate) fn ok<T: Serialize>(body: &T) -> Response {
    answer(StatusCode::OK, &Success { ok: true, body })
}

/// Any status with `body` as it is.
pub(crate) fn answer<T: Serialize>(status: StatusCode, body: &T) -> Response {
    match serde_json::to_vec(body) {
        Ok(bytes) => with_bytes(status, bytes),
        Err(error) => {
            tracing::error!(%error, "an answer could not be serialised");
            let text = br#"{"ok":false,"error":"the answer could not be written as JSON","code":"internal"}"#;
            with_bytes(StatusCode::INTERNAL_SERVER_ERROR, text.to_vec())
        }
    }
}

fn with_bytes(status: StatusCode, bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Serialize)]
    struct Quote {
        price: Num,
        size: Option<Num>,
    }

    #[test]
    fn amounts_print_as_plain_numbers_also_inside_the_envelope() {
        let cases = [
            ("0.000232", "0.000232"),
            ("43250.50", "43250.5"),
            ("100", "100"),
            ("1000000000000000000000000000", "1000000000000000000000000000"),
            ("0.000000000000000001", "0.000000000000000001"),
            ("-12.30", "-12.3"),
            ("0.000", "0"),
            ("-0.0", "0"),
        ];
        for (written, printed) in cases {
            let quote = Quote { price: Num(written.parse().unwrap()), size: None };
            let text = serde_json::to_string(&Success { ok: true, body: &quote }).unwrap();
            assert_eq!(text, format!(r#"{{"ok":true,"price":{printed},"size":null}}"#));
        }
    }

    proptest! {
        #[test]
        fn no_digit_is_lost(units in any::<i64>(), scale in 0_u32..=18) {
            let value = Decimal::new(units, scale);
            let text = serde_json::to_string(&Num(value)).unwrap();
            prop_assert_eq!(text.parse::<Decimal>().unwrap(), value);
            prop_assert!(text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-'));
        }
    }
}
