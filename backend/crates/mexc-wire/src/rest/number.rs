//! Numbers as MEXC writes them: decimals as text (contract 6), now and then as JSON numbers.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use domain::Decimal;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// Longest number text that is looked at; MEXC's longest have some 30 characters.
const MAX_LEN: usize = 64;

/// A decimal that is written as a JSON string (`"0.05"`) with its trailing zeros, and read from a
/// string or a number without a float in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct DecimalText(pub Decimal);

/// A decimal that is written as a JSON number (`0.05`), and read like [`DecimalText`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct DecimalNumber(pub Decimal);

impl<T: Into<Decimal>> From<T> for DecimalText {
    fn from(value: T) -> Self {
        Self(value.into())
    }
}

impl fmt::Display for DecimalText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for DecimalText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for DecimalText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        decimal(raw.get()).map(Self).ok_or_else(|| D::Error::custom(not_a_decimal(raw.get())))
    }
}

impl Serialize for DecimalNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.to_string()).map_err(S::Error::custom)?.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for DecimalNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        DecimalText::deserialize(deserializer).map(|text| Self(text.0))
    }
}

fn not_a_decimal(raw: &str) -> String {
    format!("{:?} is not a decimal", raw.chars().take(MAX_LEN).collect::<String>())
}

/// Reads a JSON token, string or number; exponents too (`0E-18` was seen).
fn decimal(raw: &str) -> Option<Decimal> {
    let text: Cow<'_, str> = if raw.starts_with('"') {
        serde_json::from_str::<String>(raw).ok()?.into()
    } else {
        raw.into()
    };
    let text = text.trim();
    let plain =
        |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E');
    if text.is_empty() || text.len() > MAX_LEN || !text.bytes().all(plain) {
        return None;
    }
    if text.contains(['e', 'E']) {
        return Decimal::from_scientific(text).ok();
    }
    Decimal::from_str(text).ok()
}

/// Reads an optional decimal; null, `""` and a missing field are [`None`] (contract 6).
pub(super) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<DecimalText>, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    if matches!(raw.get(), "null" | "\"\"") {
        return Ok(None);
    }
    decimal(raw.get())
        .map(|value| Some(DecimalText(value)))
        .ok_or_else(|| D::Error::custom(not_a_decimal(raw.get())))
}

/// Reads text that some replies give as a number: order ids, codes.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    optional_text(deserializer)?.ok_or_else(|| D::Error::custom("null where a text was expected"))
}

/// Reads optional text; null and `""` are [`None`], a number becomes its digits.
pub(super) fn optional_text<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    let token = raw.get();
    match token.as_bytes().first() {
        Some(b'"') => {
            let text: String = serde_json::from_str(token).map_err(D::Error::custom)?;
            Ok(Some(text).filter(|text| !text.is_empty()))
        }
        Some(b'-' | b'0'..=b'9') => Ok(Some(token.to_owned())),
        _ if token == "null" => Ok(None),
        _ => Err(D::Error::custom("neither a text nor a number")),
    }
}

/// Reads an optional integer that may come as text; null and `""` are [`None`].
pub(super) fn optional_integer<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<i64>, D::Error> {
    let text = optional_text(deserializer)?;
    text.map(|text| text.trim().parse().map_err(|_| D::Error::custom(not_a_decimal(&text))))
        .transpose()
}

/// Reads an integer that may come as text, as old recordings have it.
pub(super) fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    optional_integer(deserializer)?
        .ok_or_else(|| D::Error::custom("null where a number was expected"))
}

/// Reads null as the type's default.
pub(super) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// `orderListId` of every order.
pub(super) const fn minus_one() -> i64 {
    -1
}

/// Reads null as −1.
pub(super) fn null_as_minus_one<'de, D: Deserializer<'de>>(d: D) -> Result<i64, D::Error> {
    Option::deserialize(d).map(|id| id.unwrap_or(minus_one()))
}

/// One object or a list of them: tickers answer so, depending on whether a symbol was named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum OneOrMany<T> {
    /// A single object.
    One(T),
    /// A list.
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    /// The elements as a list.
    pub fn into_vec(self) -> Vec<T> {
        match self {
            Self::One(one) => vec![one],
            Self::Many(many) => many,
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = OneOrMany<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object or a list of objects")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(OneOrMany::One)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut many = Vec::new();
                while let Some(element) = seq.next_element()? {
                    many.push(element);
                }
                Ok(OneOrMany::Many(many))
            }
        }

        deserializer.deserialize_any(Either(PhantomData))
    }
}

/// Consumes what a list holds beyond the elements that are known.
pub(super) fn skip_rest<'de, A: SeqAccess<'de>>(seq: &mut A) -> Result<(), A::Error> {
    while seq.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_numbers_are_read_exactly() {
        let cases = [
            ("\"0.10\"", "0.10"),
            ("0.1", "0.1"),
            ("\"5.000000000000000000\"", "5.000000000000000000"),
            ("0.003000000000000000", "0.003000000000000000"),
            ("0E-18", "0.000000000000000000"),
            ("12345678901234567890.123", "12345678901234567890.123"),
            ("\" 7 \"", "7"),
            ("-3", "-3"),
            ("\"\\u0031\"", "1"),
        ];
        for (json, expected) in cases {
            let read: DecimalText = serde_json::from_str(json).unwrap();
            assert_eq!(read.to_string(), expected, "{json}");
        }
    }

    #[test]
    fn what_is_no_decimal_is_refused() {
        for json in ["\"\"", "null", "\"NaN\"", "\"1,5\"", "true", "[]", "{}", "\"0x1\"", "1e400"] {
            assert!(serde_json::from_str::<DecimalText>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn text_is_written_as_text_and_numbers_as_numbers() {
        let value: Decimal = "0.000500".parse().unwrap();
        assert_eq!(serde_json::to_string(&DecimalText(value)).unwrap(), "\"0.000500\"");
        assert_eq!(serde_json::to_string(&DecimalNumber(value)).unwrap(), "0.000500");
    }

    #[test]
    fn one_and_many_are_told_apart() {
        type Tickers = OneOrMany<crate::rest::PriceTicker>;
        let one: Tickers = serde_json::from_str(r#"{"symbol":"A","price":"1"}"#).unwrap();
        let many: Tickers = serde_json::from_str(r#"[{"symbol":"A","price":1.50}]"#).unwrap();
        assert!(matches!(one, OneOrMany::One(_)));
        assert_eq!(many.into_vec()[0].price.to_string(), "1.50");
    }
}
