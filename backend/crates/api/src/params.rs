//! Named parameters from the query, a form or a JSON object, all read the same way.
//!
//! Values stay text until a typed reader takes them: a JSON `notional_usd` never becomes a float.

use std::collections::BTreeMap;
use std::str::FromStr;

use axum::extract::{FromRequest, FromRequestParts, Path, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use domain::{Notional, Side};
use serde_json::value::RawValue;

use crate::body;
use crate::error::ApiError;

/// Parameters by name. Each may be given once.
#[derive(Debug, Default)]
pub(crate) struct Params(BTreeMap<String, String>);

impl<S: Send + Sync> FromRequest<S> for Params {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let mut params = Self::default();
        params.add_pairs(request.uri().query().unwrap_or_default().as_bytes())?;
        if matches!(*request.method(), Method::GET | Method::HEAD) {
            return Ok(params);
        }
        let (parts, body) = request.into_parts();
        let bytes = body::read(body).await?;
        params.add_body(&parts.headers, &bytes)?;
        Ok(params)
    }
}

impl Params {
    fn add(&mut self, name: String, value: String) -> Result<(), ApiError> {
        if self.0.contains_key(&name) {
            return Err(ApiError::bad_parameter(format!(
                "{} is given twice: give it once",
                shown(&name)
            )));
        }
        self.0.insert(name, value);
        Ok(())
    }

    fn add_pairs(&mut self, encoded: &[u8]) -> Result<(), ApiError> {
        for (name, value) in form_urlencoded::parse(encoded) {
            self.add(name.into_owned(), value.into_owned())?;
        }
        Ok(())
    }

    fn add_body(&mut self, headers: &HeaderMap, bytes: &[u8]) -> Result<(), ApiError> {
        let text = bytes.trim_ascii();
        if text.is_empty() {
            return Ok(());
        }
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        let is_form = kind.eq_ignore_ascii_case("application/x-www-form-urlencoded");
        let is_json = kind.eq_ignore_ascii_case("application/json");
        // `curl -d '{...}'` says form and a browser's `fetch` says text; both mean JSON.
        let is_vague = is_form || kind.is_empty() || kind.eq_ignore_ascii_case("text/plain");
        if is_json || (is_vague && text.starts_with(b"{")) {
            self.add_json(text)
        } else if is_form {
            self.add_pairs(text)
        } else {
            Err(unsupported(kind))
        }
    }

    fn add_json(&mut self, text: &[u8]) -> Result<(), ApiError> {
        let object: BTreeMap<String, &RawValue> = serde_json::from_slice(text)
            .map_err(|e| ApiError::bad_parameter(format!("the body is not a JSON object: {e}")))?;
        for (name, raw) in object {
            match Scalar::read(raw.get()) {
                Scalar::Text(value) => self.add(name, value)?,
                Scalar::Null => {}
                Scalar::Nested => {
                    let sentence = format!("{} must be a text, number or boolean", shown(&name));
                    return Err(ApiError::bad_parameter(sentence));
                }
            }
        }
        Ok(())
    }

    /// The text of a parameter, where it is given.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The text of a parameter that must be given and not be blank.
    pub(crate) fn required(&self, name: &str, allowed: &str) -> Result<&str, ApiError> {
        let text = self.text(name).filter(|text| !text.trim().is_empty());
        text.ok_or_else(|| ApiError::bad_parameter(format!("{name} is missing: give {allowed}")))
    }

    /// A parameter that is not blank, where it is given.
    pub(crate) fn optional(&self, name: &str) -> Option<String> {
        self.text(name).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// A parameter of a type whose errors name the value and what is allowed.
    pub(crate) fn parse<T>(&self, name: &str, allowed: &str) -> Result<T, ApiError>
    where
        T: FromStr<Err: std::fmt::Display>,
    {
        let text = self.required(name, allowed)?;
        text.parse().map_err(|error| {
            ApiError::bad_parameter(format!("{name}={}: {error}; give {allowed}", shown(text)))
        })
    }

    /// `buy` or `sell`.
    pub(crate) fn side(&self) -> Result<Side, ApiError> {
        self.parse("side", "buy or sell")
    }

    /// An amount above zero.
    pub(crate) fn notional(&self, name: &str) -> Result<Notional, ApiError> {
        const ALLOWED: &str = "a plain decimal amount above zero, such as 10 or 12.5";
        let notional: Notional = self.parse(name, ALLOWED)?;
        if notional == Notional::ZERO {
            let sentence = format!("{name}=0: an order of nothing; give {ALLOWED}");
            return Err(ApiError::bad_parameter(sentence));
        }
        Ok(notional)
    }

    /// A switch, with its value where it is not given.
    pub(crate) fn switch(&self, name: &str, default: bool) -> Result<bool, ApiError> {
        let Some(text) = self.text(name) else {
            return Ok(default);
        };
        match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Ok(true),
            "false" | "0" | "no" | "off" => Ok(false),
            _ => Err(ApiError::bad_parameter(format!(
                "{name}={} is not a switch: give true or false",
                shown(text)
            ))),
        }
    }

    /// A whole number within bounds, where it is given.
    pub(crate) fn count(&self, name: &str, max: usize) -> Result<Option<usize>, ApiError> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let number = text.trim().parse().ok().filter(|n| (1..=max).contains(n));
        number.map(Some).ok_or_else(|| {
            ApiError::bad_parameter(format!(
                "{name}={} is not allowed: give a whole number from 1 to {max}",
                shown(text)
            ))
        })
    }
}

/// A JSON value as a parameter.
enum Scalar {
    /// A text, or the digits or letters of a number or boolean as they were written.
    Text(String),
    Null,
    Nested,
}

impl Scalar {
    fn read(raw: &str) -> Self {
        match raw.bytes().next() {
            Some(b'"') => serde_json::from_str(raw).map_or(Self::Nested, Self::Text),
            Some(b'n') => Self::Null,
            Some(b'[' | b'{') | None => Self::Nested,
            Some(_) => Self::Text(raw.to_owned()),
        }
    }
}

/// A value as it is repeated to the caller: quoted, and not longer than useful.
fn shown(text: &str) -> String {
    let cut: String = text.chars().take(48).collect();
    format!("{cut:?}")
}

fn unsupported(kind: &str) -> ApiError {
    ApiError::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        format!(
            "Content-Type {} is not read here: send application/json or \
             application/x-www-form-urlencoded",
            shown(kind)
        ),
    )
}

/// The one variable part of a path, decoded.
pub(crate) struct Segment(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        // Raw parameters decode too, and fail where the path is not UTF-8.
        let readable = RawPathParams::from_request_parts(parts, state).await.is_ok();
        let path = Path::<String>::from_request_parts(parts, state).await;
        match (readable, path) {
            (true, Ok(Path(text))) => Ok(Self(text)),
            _ => Err(ApiError::bad_parameter("the path is not readable as UTF-8 text")),
        }
    }
}

/// The caller's `Idempotency-Key`, where one is sent.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let mut values = headers.get_all("idempotency-key").iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let text = value.to_str().map(str::trim).unwrap_or_default();
    let fits = (1..=128).contains(&text.len()) && values.next().is_none();
    if fits {
        return Ok(Some(text.to_owned()));
    }
    Err(ApiError::bad_parameter(
        "the Idempotency-Key header must be given once, as 1 to 128 visible ASCII characters",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::response::IntoResponse;

    async fn read(query: &str, kind: Option<&str>, body: &str) -> Result<Params, StatusCode> {
        let mut request = Request::post(format!("/x{query}"));
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        Params::from_request(request, &()).await.map_err(|e| e.into_response().status())
    }

    #[tokio::test]
    async fn query_form_and_json_read_the_same() {
        let json = Some("application/json; charset=utf-8");
        let form = Some("application/x-www-form-urlencoded");
        for (query, kind, body) in [
            ("?side=buy&notional_usd=5.10&dry_run=false", None, ""),
            ("", json, r#"{"side":"buy","notional_usd":5.10,"dry_run":false,"x":null}"#),
            ("", form, "side=buy&notional_usd=5.10&dry_run=false"),
            ("", form, r#"{"side":"buy","notional_usd":"5.10","dry_run":false}"#),
            ("?side=BUY", None, r#" {"notional_usd":5.10,"dry_run":"no"}"#),
            ("?side=buy", Some("text/plain;charset=UTF-8"), r#"{"notional_usd":5.1,"dry_run":0}"#),
        ] {
            let params = read(query, kind, body).await.unwrap();
            assert_eq!(params.side().unwrap(), Side::Buy);
            assert_eq!(params.notional("notional_usd").unwrap().to_string(), "5.1");
            assert!(!params.switch("dry_run", true).unwrap());
            assert_eq!(params.text("x"), None);
        }
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_refused_with_the_right_status() {
        let json = Some("application/json");
        for (query, kind, body, status) in [
            ("", json, "{", 400),
            ("", json, "[1]", 400),
            ("", json, r#"{"side":{}}"#, 400),
            ("?side=buy", json, r#"{"side":"sell"}"#, 400),
            ("?side=buy&side=sell", None, "", 400),
            ("", Some("text/plain"), "hello", 415),
            ("", Some("multipart/form-data"), "--x", 415),
            ("", json, "{\"side\":\"\u{0}\"}", 400),
        ] {
            let got = read(query, kind, body).await.unwrap_err();
            assert_eq!(got.as_u16(), status, "{query} {body}");
        }
    }

    #[tokio::test]
    async fn an_amount_is_a_plain_decimal_above_zero() {
        for bad in ["-5", "NaN", "1e400", "", "0", "0.0", "inf", "ten", "1e3"] {
            let params = read(&format!("?notional_usd={bad}"), None, "").await.unwrap();
            assert!(params.notional("notional_usd").is_err(), "{bad}");
        }
        let raw = read("", Some("application/json"), r#"{"notional_usd":1e400}"#).await.unwrap();
        assert!(raw.notional("notional_usd").is_err());
    }
}
