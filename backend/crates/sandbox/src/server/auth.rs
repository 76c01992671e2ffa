//! Signed requests (contract 2, 3, 4): who asks, and whether the signature covers exactly what
//! came over the wire.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method};
use domain::Timestamp;
use mexc_wire::{Params, verify};

use super::fault_layer::ThinFill;
use super::refused::Refused;
use super::shared::{Credentials, Shared};
use crate::model::{AccountId, Rejection};

/// How far a timestamp may lie ahead of the exchange, milliseconds.
const AHEAD_MS: i64 = 1_000;
const DEFAULT_WINDOW_MS: i64 = 5_000;
const MAX_WINDOW_MS: i64 = 60_000;
const KEY_HEADER: &str = "x-mexc-apikey";

/// A request whose signature and time are right.
pub(super) struct Signed {
    pub(super) account: AccountId,
    pub(super) key: String,
    pub(super) params: Params,
    /// Percent of what an order would take that it takes; all without it.
    pub(super) thin_fill: Option<u8>,
}

impl FromRequest<Arc<Shared>> for Signed {
    type Rejection = Refused;

    async fn from_request(request: Request, shared: &Arc<Shared>) -> Result<Self, Refused> {
        let (parts, body) = request.into_parts();
        let body = Bytes::from_request(Request::new(body), shared)
            .await
            .map_err(|_| Refused::bad(33_333, "param is error"))?;
        let body =
            std::str::from_utf8(&body).map_err(|_| Refused::bad(33_333, "param is error"))?;
        check_content_type(&parts.method, &parts.headers, body)?;
        let query = parts.uri.query().unwrap_or_default();
        let (key, credentials) = identify(&parts.headers, shared)?;
        let params = authenticate(credentials, (query, body), shared.faults.exchange_time())?;
        let thin_fill = parts.extensions.get::<ThinFill>().map(|thin| thin.0);
        Ok(Self { account: credentials.account, key: key.to_owned(), params, thin_fill })
    }
}

fn check_content_type(method: &Method, headers: &HeaderMap, body: &str) -> Result<(), Refused> {
    let form = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"));
    if form && !body.is_empty() && method != Method::GET {
        return Err(Refused::bad(700_013, "Invalid content Type."));
    }
    Ok(())
}

/// The key that a request names.
pub(super) fn key_of(headers: &HeaderMap) -> Option<&str> {
    let key = headers.get(KEY_HEADER).and_then(|value| value.to_str().ok());
    key.filter(|key| !key.is_empty())
}

fn identify<'a>(
    headers: &'a HeaderMap,
    shared: &'a Shared,
) -> Result<(&'a str, &'a Credentials), Refused> {
    let key = key_of(headers).ok_or_else(|| Refused::bad(400, "api key required"))?;
    let credentials = shared.credentials(key);
    credentials
        .map(|found| (key, found))
        .ok_or_else(|| Refused::bad(10_072, "Api key info invalid"))
}

/// Signature first, then time: a request that is not the account's own learns nothing else.
fn authenticate(
    credentials: &Credentials,
    (query, body): (&str, &str),
    now: Timestamp,
) -> Result<Params, Refused> {
    let params = Params::parse(query, body);
    let signature = params.get("signature").ok_or(Rejection::Parameter("signature"))?;
    let timestamp = params.read::<i64>("timestamp")?.ok_or(Rejection::Parameter("timestamp"))?;
    let window = params.read::<i64>("recvWindow")?.unwrap_or(DEFAULT_WINDOW_MS);
    if window > MAX_WINDOW_MS {
        return Err(Refused::bad(700_005, "recvWindow must less than 60000"));
    }
    let (query, body) = (unsigned(query), unsigned(body));
    if !verify(credentials.secret.as_bytes(), &query, &body, signature) {
        return Err(Refused::bad(700_002, "Signature for this request is not valid."));
    }
    let now = now.as_millis();
    let inside =
        timestamp < now.saturating_add(AHEAD_MS) && now.saturating_sub(timestamp) <= window;
    if !inside {
        let message = "Timestamp for this request is outside of the recvWindow.";
        return Err(Refused::bad(700_003, message));
    }
    Ok(params)
}

/// The text without its signature, otherwise byte for byte as it came.
fn unsigned(text: &str) -> String {
    let kept: Vec<&str> = text.split('&').filter(|pair| !pair.starts_with("signature=")).collect();
    kept.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    // The worked vectors of contract 3; key and secret are the documentation's published example.
    const SECRET: &str = "45d0b3c26f2644f19bfb98b07741b2f5";
    const TEXT: &str = "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=11&recvWindow=5000\
                        &timestamp=1644489390087";
    const SIGNATURE: &str = "fd3e4e8543c5188531eb7279d68ae7d26a573d0fc5ab0d18eb692451654d837a";
    const MIXED: &str = "d1a676610ceb39174c8039b3f548357994b2a34139a8addd33baadba65684592";

    fn code(query: &str, body: &str, now_ms: i64) -> i64 {
        let credentials = Credentials { account: AccountId(0), secret: SECRET.to_owned() };
        let now = Timestamp::from_millis(now_ms);
        authenticate(&credentials, (query, body), now).map_or_else(|no| no.body().code, |_| 0)
    }

    #[test]
    fn the_signature_covers_query_and_body_as_sent() {
        let now = 1_644_489_390_087;
        let signed = format!("{TEXT}&signature={SIGNATURE}");
        let first = format!("signature={SIGNATURE}&{TEXT}");
        let (query, body) = TEXT.split_once("&quantity").unwrap();
        let body = format!("quantity{body}&signature={MIXED}");
        let upper = format!("{TEXT}&signature={}", SIGNATURE.to_uppercase());
        let cases = [
            ("query", signed.as_str(), "", 0),
            ("body", "", signed.as_str(), 0),
            ("signature first", first.as_str(), "", 0),
            ("mixed", query, body.as_str(), 0),
            ("upper case", upper.as_str(), "", 700_002),
            ("other text", &signed.replace("price=11", "price=12"), "", 700_002),
            ("no signature", TEXT, "", 700_004),
            ("empty signature", &format!("{TEXT}&signature="), "", 700_004),
            ("no timestamp", "symbol=A&signature=00", "", 700_004),
        ];
        for (what, query, body, expected) in cases {
            assert_eq!(code(query, body, now), expected, "{what}");
        }
    }

    #[test]
    fn time_must_lie_inside_the_window() {
        let signed = format!("{TEXT}&signature={SIGNATURE}");
        let sent = 1_644_489_390_087;
        let cases = [
            (sent, 0),
            (sent + 5_000, 0),
            (sent + 5_001, 700_003),
            (sent - 999, 0),
            (sent - 1_000, 700_003),
        ];
        for (now, expected) in cases {
            assert_eq!(code(&signed, "", now), expected, "{}", now - sent);
        }
        let wide = "timestamp=1&recvWindow=60001&signature=00";
        assert_eq!(code(wide, "", sent), 700_005);
    }
}
