//! One file for browsers: its type, its tag, and itself packed.

use std::borrow::Cow;
use std::io::Write;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// Below this packing gains nothing.
const WORTH_PACKING: usize = 512;
/// Names that change with their content may be kept for ever.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Others are asked for each time, and answered with 304 mostly.
const ASK_AGAIN: &str = "no-cache";

pub(super) struct Asset {
    pub(super) path: String,
    kind: &'static str,
    keep: &'static str,
    plain: Variant,
    packed: Option<Variant>,
}

struct Variant {
    bytes: Bytes,
    /// A strong tag: each variant has its own.
    tag: String,
}

impl Variant {
    fn new(bytes: Bytes) -> Self {
        let hash = hex::encode(&Sha256::digest(&bytes)[..16]);
        Self { bytes, tag: format!("\"{hash}\"") }
    }
}

impl Asset {
    pub(super) fn new(path: String, bytes: Cow<'static, [u8]>) -> Self {
        let (kind, is_text) = kind_of(&path);
        let keep = if is_hashed(&path) { FOR_EVER } else { ASK_AGAIN };
        let bytes = match bytes {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => Bytes::from(bytes),
        };
        let worth = is_text && bytes.len() >= WORTH_PACKING;
        let packed = if worth { pack(&bytes).map(Variant::new) } else { None };
        Self { path, kind, keep, plain: Variant::new(bytes), packed }
    }

    pub(super) fn answer(&self, headers: &HeaderMap) -> Response {
        let packed = self.packed.as_ref().filter(|_| takes_gzip(headers));
        let variant = packed.unwrap_or(&self.plain);
        let known = is_known(headers, &variant.tag);
        let body = if known { Body::empty() } else { Body::from(variant.bytes.clone()) };
        let mut response = Response::new(body);
        if known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        let answer = response.headers_mut();
        answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
        answer.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.keep));
        answer.insert(header::VARY, HeaderValue::from_static("accept, accept-encoding"));
        if let Ok(tag) = HeaderValue::from_str(&variant.tag) {
            answer.insert(header::ETAG, tag);
        }
        if packed.is_some() {
            answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }
}

fn pack(bytes: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).ok()?;
    let packed = encoder.finish().ok()?;
    (packed.len() < bytes.len()).then(|| packed.into())
}

/// Content type, and whether it is text.
fn kind_of(path: &str) -> (&'static str, bool) {
    match path.rsplit('.').next() {
        Some("html") => ("text/html; charset=utf-8", true),
        Some("js" | "mjs") => ("text/javascript; charset=utf-8", true),
        Some("css") => ("text/css; charset=utf-8", true),
        Some("svg") => ("image/svg+xml", true),
        Some("json" | "map") => ("application/json", true),
        Some("webmanifest") => ("application/manifest+json", true),
        Some("txt") => ("text/plain; charset=utf-8", true),
        Some("png") => ("image/png", false),
        Some("ico") => ("image/x-icon", false),
        Some("woff2") => ("font/woff2", false),
        _ => ("application/octet-stream", false),
    }
}

/// `name-B8xK2a_9.js`: the bundler writes eight characters of the content's hash into names.
fn is_hashed(path: &str) -> bool {
    let Some(name) = path.strip_prefix("/assets/") else { return false };
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let (bytes, length) = (stem.as_bytes(), stem.len());
    length > 9
        && bytes[length - 9] == b'-'
        && bytes[length - 8..].iter().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(b))
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter();
    let mut codings = values.filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(','));
    codings.any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0_f32));
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let values = headers.get_all(header::IF_NONE_MATCH).iter();
    let mut tags = values.filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(','));
    tags.any(|known| {
        let known = known.trim();
        known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        for (path, hashed) in [
            ("/assets/index-B8xK2a_9.js", true),
            ("/assets/price-chart-aB3dE5gH.js", true),
            ("/assets/index.js", false),
            ("/index-B8xK2a_9.js", false),
            ("/index.html", false),
            ("/assets/-", false),
        ] {
            assert_eq!(is_hashed(path), hashed, "{path}");
        }
    }

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        for (accept, takes) in [
            ("gzip, deflate, br", true),
            ("br;q=1, GZIP;q=0.5", true),
            ("gzip;q=0", false),
            ("br", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(accept));
            assert_eq!(takes_gzip(&headers), takes, "{accept}");
        }
    }
}
