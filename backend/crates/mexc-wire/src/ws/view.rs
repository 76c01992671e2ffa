//! A push as JSON, for people.

use prost::DecodeError;
use serde_json::Value;

use super::message::PushDataV3ApiWrapper;

/// The frame as JSON with the contract's field names, as protobuf's own JSON mapping has it: 64-bit
/// integers are text, default values are left out.
///
/// # Errors
/// [`DecodeError`] when the bytes are no push.
pub fn frame_json(frame: &[u8]) -> Result<Value, DecodeError> {
    PushDataV3ApiWrapper::from_frame(frame).map(|push| view(&push))
}

/// A push that was read already, as [`frame_json`] shows it.
pub fn view(push: &PushDataV3ApiWrapper) -> Value {
    let mut json = serde_json::json!(push);
    prune(&mut json);
    json
}

/// Drops what proto3 does not write. Elements of lists stay, since dropping one would shift the
/// others.
fn prune(json: &mut Value) {
    match json {
        Value::Object(fields) => {
            fields.values_mut().for_each(prune);
            fields.retain(|_, value| !is_default(value));
        }
        Value::Array(items) => items.iter_mut().for_each(prune),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_default(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Bool(true) | Value::Object(_) => false,
    }
}
