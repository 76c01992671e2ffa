//! From an HTTP answer to an outcome. One rule stands above all: only evidence closes an unknown.

use std::time::Duration;

use domain::{CancelOutcome, ExchangeOrderId, PlaceOutcome, Refusal};
use serde::Deserialize;
use serde::de::DeserializeOwned;

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
        Self {
            status,
            retry_after: None,
            body,
        }
    }

    const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// Code and text of the error it carries, also under HTTP 200 (contract 6).
    fn error(&self) -> Option<(i64, String)> {
        let probe: Probe = serde_json::from_slice(self.body).ok()?;
        let code = match probe.code? {
            Code::Number(code) => code,
            Code::Text(text) => text.trim().parse().ok()?,
        };
        let fine = self.is_success() && matches!(code, 0 | 200);
        (!fine).then(|| (code, probe.msg.or(probe.message).unwrap_or_default()))
    }

    fn excerpt(&self) -> String {
        String::from_utf8_lossy(&self.body[..self.body.len().min(1_000)]).into_owned()
    }

    fn with_class(&self, class: ErrorClass, code: Option<i64>, text: &str) -> ApiError {
        ApiError {
            class,
            code,
            message: sentence(class, self.status, code, text),
        }
    }
}

#[derive(Deserialize)]
struct Probe {
    #[serde(default)]
    code: Option<Code>,
    #[serde(default)]
    msg: Option<String>,
    #[serde(default)]
    message: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Code {
    Number(i64),
    Text(String),
}

/// The class of an answer that is no success. A success that cannot be read ends here too, as in
/// doubt.
pub fn classify(answer: &Answer<'_>) -> ApiError {
    let (code, text) = match answer.error() {
        Some((code, text)) => (Some(code), text),
        None => (None, answer.excerpt()),
    };
    let class = match answer.status {
        403 | 418 | 429 => ErrorClass::Rate {
            retry_after: answer.retry_after,
        },
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
        Some(ErrorClass::Rate { .. }) => ErrorClass::Rate {
            retry_after: answer.retry_after,
        },
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
        let place = format!(
            "unreadable at line {} column {}",
            error.line(),
            error.column()
        );
        answer.with_class(
            ErrorClass::InDoubt,
            None,
            &format!("{place}: {}", answer.excerpt()),
        )
    })
}

/// How placing an order ended. Accepted needs an order id; refused needs a readable error whose
/// code is documented as final, under a status that is neither a 5xx nor a limit; everything else
/// is in doubt.
pub fn classify_place(answer: &Answer<'_>) -> PlaceOutcome {
    if let Ok(named) = decode::<NamedOrder>(answer) {
        return PlaceOutcome::Accepted {
            order_id: ExchangeOrderId::new(named.order_id),
        };
    }
    let error = classify(answer);
    // An answer that names an order and an error at once proves neither.
    let names_an_order = serde_json::from_slice::<NamedOrder>(answer.body).is_ok();
    match (error.class.refusal(), error.code) {
        (Some(class), Some(_)) if !names_an_order => PlaceOutcome::Refused(Refusal {
            class,
            code: error.code,
            message: error.message,
        }),
        _ => PlaceOutcome::InDoubt {
            seen: error.message,
        },
    }
}

/// How cancelling an order ended.
pub fn classify_cancel(answer: &Answer<'_>) -> CancelOutcome {
    match decode::<NamedOrder>(answer) {
        Ok(_) => CancelOutcome::Accepted,
        Err(error) if error.class == ErrorClass::AlreadyDone => CancelOutcome::AlreadyDone,
        Err(error) => CancelOutcome::Failed {
            seen: error.message.into(),
        },
    }
}
