//! WebSocket frames byte for byte: own ones, written by an independent encoder, and the recorded
//! ones beside the checkout. Without the latter the test says so and passes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::PathBuf;

use mexc_wire::ws::{
    Body, Channel, Meaning, PushDataV3ApiWrapper, Reply, Request, Update, frame_json, view,
};
use proptest::prelude::*;
use serde_json::Value;

struct Frame {
    name: String,
    bytes: Vec<u8>,
    json: Value,
}

fn folder(relative: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(relative)
}

fn own_frames() -> Vec<Frame> {
    let text = fs::read_to_string(folder("../../testdata/mexc/ws/frames.jsonl")).unwrap();
    let frames = text.lines().map(|line| {
        let value: Value = serde_json::from_str(line).unwrap();
        Frame {
            name: value["name"].as_str().unwrap().to_owned(),
            bytes: hex::decode(value["hex"].as_str().unwrap()).unwrap(),
            json: value["json"].clone(),
        }
    });
    frames.collect()
}

/// Name and content of every recorded WebSocket payload.
fn recorded() -> Vec<(String, Value)> {
    let folder = folder("../../../../shared/mexc/fixtures");
    let Ok(entries) = fs::read_dir(&folder) else {
        eprintln!("SKIPPED: no recorded payloads at {}", folder.display());
        return Vec::new();
    };
    let read = entries.filter_map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_name()?.to_str()?.to_owned();
        let is_socket = name.starts_with("ws_");
        is_socket.then(|| (name, serde_json::from_slice(&fs::read(&path).unwrap()).unwrap()))
    });
    read.collect()
}

fn recorded_frames() -> Vec<Frame> {
    let frames = recorded().into_iter().filter_map(|(name, json)| {
        let bytes = hex::decode(json["frame_hex"].as_str()?).unwrap();
        Some(Frame { name, bytes, json: json["body"].clone() })
    });
    frames.collect()
}

fn all_frames() -> Vec<Frame> {
    own_frames().into_iter().chain(recorded_frames()).collect()
}

#[test]
fn every_frame_decodes_and_is_written_back_byte_for_byte() {
    for frame in all_frames() {
        let push = PushDataV3ApiWrapper::from_frame(&frame.bytes)
            .unwrap_or_else(|error| panic!("{}: {error}", frame.name));
        assert_eq!(hex::encode(push.to_frame()), hex::encode(&frame.bytes), "{}", frame.name);
    }
}

#[test]
fn every_frame_is_shown_with_the_contracts_field_names() {
    for frame in all_frames() {
        assert_eq!(frame_json(&frame.bytes).unwrap(), frame.json, "{}", frame.name);
    }
}

#[test]
fn every_channel_that_is_served_has_a_typed_name() {
    for frame in all_frames() {
        let name = frame.json["channel"].as_str().unwrap();
        if name.contains("increase.depth") {
            continue;
        }
        let channel: Channel = name.parse().unwrap();
        assert_eq!(channel.to_string(), name);
    }
}

#[test]
fn every_frame_has_its_meaning() {
    for frame in all_frames() {
        let push = PushDataV3ApiWrapper::from_frame(&frame.bytes).unwrap();
        let update = Update::from_push(&push);
        let Ok(update) = update else { panic!("{}: {update:?}", frame.name) };
        let without = matches!(
            push.body,
            Some(
                Body::PublicAggreDepths(_)
                    | Body::PublicMiniTicker(_)
                    | Body::PublicMiniTickers(_)
                    | Body::PublicIncreaseDepthsBatch(_)
            )
        );
        assert_eq!(update.is_none(), without, "{}", frame.name);
    }
}

#[test]
fn every_recorded_control_frame_is_understood() {
    for (name, json) in recorded() {
        if json.get("frame_hex").is_some() {
            continue;
        }
        let request: Request = serde_json::from_value(json["request"].clone()).unwrap();
        let sent: Value = serde_json::from_str(&request.to_text()).unwrap();
        assert_eq!(sent, json["request"], "{name}");
        let reply = Reply::from_text(&json["body"].to_string()).unwrap();
        let meaning = reply.meaning();
        match name.as_str() {
            _ if name.starts_with("ws_ping") => assert_eq!(meaning, Meaning::Pong, "{name}"),
            _ if name.contains("blocked") => {
                let refused = request.params;
                let reason = Some("Blocked".to_owned());
                let expected = Meaning::Channels { done: Vec::new(), refused, reason };
                assert_eq!(meaning, expected, "{name}");
            }
            // The documentation pairs this reply with another channel.
            "ws_unsubscribe_ack_doc.json" => assert_ne!(meaning, Meaning::Other, "{name}"),
            _ => {
                let done = request.params;
                let expected = Meaning::Channels { done, refused: Vec::new(), reason: None };
                assert_eq!(meaning, expected, "{name}");
            }
        }
    }
}

/// Field 7 of the wrapper, text, and body 399, both unknown today.
const NEWS: [u8; 9] = [0x3a, 0x01, b'x', 0xfa, 0x18, 0x03, 0x0a, 0x01, b'y'];

#[test]
fn fields_that_nobody_knows_yet_change_nothing() {
    for frame in all_frames() {
        let longer = [frame.bytes.as_slice(), &NEWS].concat();
        assert_eq!(frame_json(&longer).unwrap(), frame.json, "{}", frame.name);
    }
}

#[test]
fn a_body_that_nobody_knows_yet_is_no_error_and_means_nothing() {
    let mut frame = vec![0x0a, 0x01, b'c'];
    frame.extend(NEWS);
    let push = PushDataV3ApiWrapper::from_frame(&frame).unwrap();
    assert_eq!(Update::from_push(&push), Ok(None));
    assert_eq!(view(&push), serde_json::json!({ "channel": "c" }));
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(push) = PushDataV3ApiWrapper::from_frame(&bytes) {
            let _ = Update::from_push(&push);
            let _ = view(&push);
        }
    }

    #[test]
    fn a_damaged_frame_is_an_error_or_another_frame_but_never_a_panic(
        which in any::<prop::sample::Index>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let frames = own_frames();
        let mut bytes = which.get(&frames).bytes.clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        if let Ok(push) = PushDataV3ApiWrapper::from_frame(&bytes) {
            let _ = Update::from_push(&push);
            let again = PushDataV3ApiWrapper::from_frame(&push.to_frame());
            prop_assert_eq!(again, Ok(push));
        }
    }
}
