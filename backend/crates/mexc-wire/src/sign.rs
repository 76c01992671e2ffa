//! Building the query text and signing it (contract 3).
//!
//! The signature covers the text exactly as it is sent, so the text is built once, here, and
//! goes over the wire unchanged.

use std::fmt::{Display, Write};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A query string under construction: `name=value` pairs, values percent-encoded as UTF-8 with
/// upper-case hex.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query(String);

impl Query {
    /// An empty query.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends `name=value`; the value is encoded here, the name must be plain already.
    pub fn with(mut self, name: &str, value: impl Display) -> Self {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.0.push_str(name);
        self.0.push('=');
        encode_into(&mut self.0, &value.to_string());
        self
    }

    /// Appends `name=value` when there is a value.
    pub fn with_some(self, name: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Appends the signature over everything so far, for a request with an empty body.
    pub fn signed(self, secret: &[u8]) -> Self {
        let signature = sign(secret, &self.0, "");
        self.with("signature", signature)
    }

    /// The text as it goes over the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing was appended.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// HMAC-SHA256 over the query immediately followed by the body, both as sent and without the
/// signature itself; 64 lower-case hex digits.
pub fn sign(secret: &[u8], query: &str, body: &str) -> String {
    hex::encode(mac(secret, query, body).finalize().into_bytes())
}

/// Whether `signature` is the lower-case hex signature of query and body. Takes the same time for
/// every wrong signature of the right length. Upper-case hex is refused, as MEXC does.
pub fn verify(secret: &[u8], query: &str, body: &str, signature: &str) -> bool {
    if signature.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return false;
    }
    hex::decode(signature).is_ok_and(|bytes| mac(secret, query, body).verify_slice(&bytes).is_ok())
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
fn mac(secret: &[u8], query: &str, body: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a key of any length");
    mac.update(query.as_bytes());
    mac.update(body.as_bytes());
    mac
}

fn encode_into(out: &mut String, value: &str) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // The worked vectors of contract 3; key and secret are the documentation's published example.
    const SECRET: &[u8] = b"45d0b3c26f2644f19bfb98b07741b2f5";
    const ALL: &str = "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=11&recvWindow=5000\
                       &timestamp=1644489390087";

    #[test]
    fn the_worked_vectors_of_the_contract() {
        let whole = "fd3e4e8543c5188531eb7279d68ae7d26a573d0fc5ab0d18eb692451654d837a";
        let mixed = "d1a676610ceb39174c8039b3f548357994b2a34139a8addd33baadba65684592";
        let (query, body) = ALL.split_once("&quantity").unwrap();
        let cases = [
            ("body only", "", ALL.to_owned(), whole),
            ("query only", ALL, String::new(), whole),
            ("mixed", query, format!("quantity{body}"), mixed),
        ];
        for (name, query, body, expected) in cases {
            assert_eq!(sign(SECRET, query, &body), expected, "{name}");
            assert!(verify(SECRET, query, &body, expected), "{name}");
            assert!(!verify(SECRET, query, &body, &expected.to_uppercase()), "{name} upper case");
            assert!(!verify(b"other", query, &body, expected), "{name} other secret");
        }
    }

    #[test]
    fn the_value_printed_in_the_documentation_is_wrong() {
        let printed = "323c96ab85a745712e95e63cad28903dd8292e4a905e99c4ee3932023843a117";
        assert!(!verify(SECRET, ALL, "", printed));
    }

    #[test]
    fn values_are_encoded_with_upper_case_hex() {
        let query = Query::new()
            .with("symbol", "GOLD(PAXG)USDT")
            .with("list", "a,b /ü")
            .with_some("none", None::<&str>);
        assert_eq!(query.as_str(), "symbol=GOLD%28PAXG%29USDT&list=a%2Cb%20%2F%C3%BC");
    }

    #[test]
    fn a_signed_query_carries_the_signature_of_what_precedes_it() {
        let query = Query::new().with("symbol", "BTCUSDT").with("timestamp", 1).signed(SECRET);
        let (text, signature) = query.as_str().split_once("&signature=").unwrap();
        assert!(verify(SECRET, text, "", signature));
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes_to_the_same(value in ".*") {
            let query = Query::new().with("v", &value);
            prop_assert!(query.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
            let params = crate::Params::parse(query.as_str(), "");
            prop_assert_eq!(params.get("v").unwrap_or(""), value);
        }

        #[test]
        fn any_signature_text_is_judged_without_panic(text in ".*") {
            prop_assert!(!verify(SECRET, ALL, "", &text));
        }
    }
}
