//! Request bodies, bounded in size and time.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::StreamExt;

use crate::error::ApiError;

/// Largest body taken, bytes.
pub(crate) const MAX_BODY: usize = 1_000_000;
/// How much of a refused body is read and thrown away, so that the sender gets to read the answer
/// instead of a broken connection.
const MAX_DISCARDED: usize = 32_000_000;
const READ_TIME: Duration = Duration::from_secs(10);

/// Whether the sender announces more than is taken.
pub(crate) fn announces_too_much(headers: &HeaderMap) -> bool {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    length.and_then(|text| text.parse::<u64>().ok()).is_some_and(|n| n > MAX_BODY as u64)
}

/// 413, after the rest of the body was thrown away.
pub(crate) async fn refuse(body: Body) -> ApiError {
    let mut stream = body.into_data_stream();
    let discard = async {
        let mut seen = 0;
        while let Some(Ok(chunk)) = stream.next().await {
            seen += chunk.len();
            if seen > MAX_DISCARDED {
                break;
            }
        }
    };
    // Whether it ends in time or not, the answer is the same.
    let _ = tokio::time::timeout(READ_TIME, discard).await;
    ApiError::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "body_too_large",
        format!("the body is larger than {MAX_BODY} bytes"),
    )
}

/// The whole body.
pub(crate) async fn read(body: Body) -> Result<Bytes, ApiError> {
    let slow = || {
        let sentence = format!("the body did not arrive within {} s", READ_TIME.as_secs());
        ApiError::new(StatusCode::REQUEST_TIMEOUT, "body_timeout", sentence)
    };
    tokio::time::timeout(READ_TIME, collect(body)).await.map_err(|_| slow())?
}

async fn collect(body: Body) -> Result<Bytes, ApiError> {
    let mut stream = body.into_data_stream();
    let mut collected = Vec::new();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| {
            ApiError::bad_parameter(format!("the body could not be read: {error}"))
        })?;
        if collected.len() + chunk.len() > MAX_BODY {
            return Err(refuse(Body::from_stream(stream)).await);
        }
        collected.extend_from_slice(&chunk);
    }
    Ok(collected.into())
}
