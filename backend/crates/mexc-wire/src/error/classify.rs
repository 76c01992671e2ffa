//! From an HTTP answer to an outcome. One rule stands above all: only evidence closes an unknown.

use std::time::Duration;

use domain::{CancelOutcome, ExchangeOrderId, PlaceOutcome, Refusal};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::message::sentence;
use super::table::class_of;
use super::{ApiError, ErrorClass};
use crate::rest::NamedOrder;

/// A complete HTTP answer.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// HTTP status.
    pub status: u16,
    /// The `Retry-After` header, where it was sent.
    pub retry_after: Option<Duration>,
    /// The whole body.
    pub body: &'a [u8],
}

impl<'a> Answer<'a> {
    /// An answer without `Retry-After`.
    pub const fn new(status: u16, body: &'a [u8]) -> Self {
        Self { status, retry_after: None, body }
    }

    const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// Code and text of the error it carries, also under HTTP 200 (contract 6).
    fn error(&self) -> Option<(Option<i64>, String)> {
        let probe: Probe = self.object()?;
        let code = probe.code?;
        let code = code.as_i64().or_else(|| code.as_str()?.trim().parse().ok());
        let fine = self.is_success() && matches!(code, Some(0 | 200));
        let text = probe.msg.or(probe.message).map_or(String::new(), text_of);
        (!fine).then_some((code, text))
    }

    /// The body as an object. A list is none, although a list of the right length would do for
    /// the deserializer of a struct.
    fn object<T: DeserializeOwned>(&self) -> Option<T> {
        let first = self.body.iter().find(|byte| !byte.is_ascii_whitespace());
        serde_json::from_slice(self.body).ok().filter(|_| first == Some(&b'{'))
    }

    fn excerpt(&self) -> String {
        String::from_utf8_lossy(&self.body[..self.body.len().min(1_000)]).into_owned()
    }

    fn with_class(&self, class: ErrorClass, code: Option<i64>, text: &str) -> ApiError {
        ApiError { class, code, message: sentence(class, self.status, code, text) }
    }
}

#[derive(Deserialize)]
struct Probe {
    code: Option<Value>,
    msg: Option<Value>,
    message: Option<Value>,
}

fn text_of(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// The class of an answer that is no success. A success that cannot be read ends here too, as in
/// doubt.
pub fn classify(answer: &Answer<'_>) -> ApiError {
    let (code, text) = match answer.error() {
        Some(error) => error,
        None => (None, answer.excerpt()),
    };
    let class = match answer.status {
        403 | 418 | 429 => ErrorClass::Rate { retry_after: answer.retry_after },
        401 if code.is_none() => ErrorClass::Auth,
        408 => ErrorClass::InDoubt,
        200..=299 | 400..=499 => by_code(answer, code, &text),
        // A 5xx may have been executed; nothing else is ever sent by the exchange itself.
        _ => ErrorClass::InDoubt,
    };
    answer.with_class(class, code, &text)
}

fn by_code(answer: &Answer<'_>, code: Option<i64>, text: &str) -> ErrorClass {
    match code.and_then(|code| class_of(code, text)) {
        Some(ErrorClass::Rate { .. }) => ErrorClass::Rate { retry_after: answer.retry_after },
        Some(class) => class,
        None => ErrorClass::InDoubt,
    }
}

/// Reads a successful answer as `T`.
///
/// # Errors
/// [`ApiError`] for an error status, an error code under HTTP 200, or a body that is no `T`.
pub fn decode<T: DeserializeOwned>(answer: &Answer<'_>) -> Result<T, ApiError> {
    if !answer.is_success() || answer.error().is_some() {
        return Err(classify(answer));
    }
    serde_json::from_slice(answer.body).map_err(|error| {
        // The parser's own text may quote the body; its position says enough.
        let place = format!("unreadable at line {} column {}", error.line(), error.column());
        answer.with_class(ErrorClass::InDoubt, None, &format!("{place}: {}", answer.excerpt()))
    })
}

/// How placing an order ended. Accepted needs an order id; refused needs a readable error whose
/// code is documented as final, under a status that is neither a 5xx nor a limit; everything else
/// is in doubt.
pub fn classify_place(answer: &Answer<'_>) -> PlaceOutcome {
    let named = answer.object::<NamedOrder>();
    let failed = !answer.is_success() || answer.error().is_some();
    if let (Some(order), false) = (&named, failed) {
        return PlaceOutcome::Accepted { order_id: ExchangeOrderId::new(&order.order_id) };
    }
    let error = classify(answer);
    // An answer that names an order and an error at once proves neither.
    match (error.class.refusal(), error.code, named) {
        (Some(class), Some(_), None) => {
            PlaceOutcome::Refused(Refusal { class, code: error.code, message: error.message })
        }
        _ => PlaceOutcome::InDoubt { seen: error.message },
    }
}

/// How cancelling an order ended. One that the exchange does not know is asked for, not cancelled
/// again.
pub fn classify_cancel(answer: &Answer<'_>) -> CancelOutcome {
    if let Err(error) = decode::<NamedOrder>(answer) {
        return match error.class {
            ErrorClass::AlreadyDone | ErrorClass::NotFound => CancelOutcome::AlreadyDone,
            _ => CancelOutcome::Failed { seen: error.message.into() },
        };
    }
    CancelOutcome::Accepted
}
