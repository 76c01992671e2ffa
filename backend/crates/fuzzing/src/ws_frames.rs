//! What the exchange's WebSocket sends, and what a client of the sandbox sends.

use mexc_wire::ws::{Channel, Meaning, PushDataV3ApiWrapper, Reply, Request, Update, frame_json};

/// A binary frame: a protobuf push. What is read is written back with the same meaning.
pub fn ws_push(bytes: &[u8]) {
    let Ok(push) = PushDataV3ApiWrapper::from_frame(bytes) else { return };
    let again = PushDataV3ApiWrapper::from_frame(&push.to_frame()).expect("reads what it wrote");
    assert_eq!(push, again);
    assert_eq!(frame_json(bytes), frame_json(&push.to_frame()));
    // Its own errors are fine, and concern this frame alone.
    let _ = Update::from_push(&push);
}

/// A text frame: a reply or a request, and the channel names in it.
pub fn ws_control(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(reply) = Reply::from_text(&text)
        && let Meaning::Channels { done, refused, .. } = reply.meaning()
    {
        assert!(!(done.is_empty() && refused.is_empty()), "channels without a channel: {text:?}");
        done.iter().chain(&refused).for_each(|name| channel(name));
    }
    if let Ok(request) = serde_json::from_str::<Request>(&text) {
        let again: Request = serde_json::from_str(&request.to_text()).expect("reads what it wrote");
        assert_eq!(request.params, again.params);
        request.params.iter().for_each(|name| channel(name));
    }
    text.lines().for_each(channel);
}

fn channel(name: &str) {
    if let Ok(channel) = name.parse::<Channel>() {
        assert_eq!(channel.to_string(), name);
    }
}
