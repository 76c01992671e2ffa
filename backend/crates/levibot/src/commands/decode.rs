//! `levibot mexc decode`: WebSocket frames as JSON.

use std::io::{self, BufRead, Write};

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use mexc::ws::frame_json;
use serde_json::Value;

use crate::cli::DecodeArgs;

/// Frames are copied from many tools: some leave the padding out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why a frame, or some frames, could not be shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DecodeFailure {
    /// The text stands for no bytes.
    #[error("the frame is not written in {0}")]
    Encoding(&'static str),
    /// The bytes are no push.
    #[error("the bytes are no frame of MEXC: {0}")]
    Frame(#[from] mexc::ws::DecodeError),
    /// Some of many.
    #[error("{failed} of {all} lines could not be decoded")]
    Lines {
        /// How many.
        failed: usize,
        /// Of how many.
        all: usize,
    },
    /// Input or output.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// How frames are written.
#[derive(Debug, Clone, Copy)]
enum Writing {
    Hex,
    Base64,
    /// Whichever makes sense.
    Either,
}

/// Decodes what is asked for onto standard output.
pub(crate) fn run(args: &DecodeArgs) -> Result<(), DecodeFailure> {
    let writing = match (args.hex, args.base64) {
        (true, _) => Writing::Hex,
        (_, true) => Writing::Base64,
        _ => Writing::Either,
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    match &args.frame {
        Some(frame) => writeln!(out, "{}", decode(frame, writing)?)?,
        None => decode_lines(io::stdin().lock(), writing, &mut out)?,
    }
    out.flush()?;
    Ok(())
}

/// One JSON object a line; a line that is no frame is told and the rest goes on.
fn decode_lines(
    lines: impl BufRead,
    writing: Writing,
    out: &mut impl Write,
) -> Result<(), DecodeFailure> {
    let (mut failed, mut all) = (0, 0);
    for (index, line) in lines.lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        all += 1;
        match decode(&line, writing) {
            Ok(json) => writeln!(out, "{json}")?,
            Err(error) => {
                failed += 1;
                eprintln!("line {}: {error}", index + 1);
            }
        }
    }
    out.flush()?;
    if failed > 0 { Err(DecodeFailure::Lines { failed, all }) } else { Ok(()) }
}

fn decode(text: &str, writing: Writing) -> Result<Value, DecodeFailure> {
    // A TEXT frame is JSON already.
    if let Ok(control @ Value::Object(_)) = serde_json::from_str(text) {
        return Ok(control);
    }
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let bytes = match writing {
        Writing::Hex => from_hex(&text)?,
        Writing::Base64 => from_base64(&text)?,
        Writing::Either => either(&text)?,
    };
    Ok(frame_json(&bytes)?)
}

/// A base64 text may happen to consist of hex digits, so hex counts when it makes a frame.
fn either(text: &str) -> Result<Vec<u8>, DecodeFailure> {
    let hex = from_hex(text);
    if let Ok(bytes) = &hex
        && frame_json(bytes).is_ok()
    {
        return hex;
    }
    from_base64(text).or(hex).map_err(|_| DecodeFailure::Encoding("hex or base64"))
}

fn from_hex(text: &str) -> Result<Vec<u8>, DecodeFailure> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    hex::decode(digits).map_err(|_| DecodeFailure::Encoding("hex"))
}

fn from_base64(text: &str) -> Result<Vec<u8>, DecodeFailure> {
    BASE64.decode(text).map_err(|_| DecodeFailure::Encoding("base64"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "0a1e73706f7440707269766174652e6163636f756e742e76332e6170692e7062";
    const BASE64: &str = "Ch5zcG90QHByaXZhdGUuYWNjb3VudC52My5hcGkucGI=";

    #[test]
    fn both_writings_are_read_with_and_without_being_named() {
        for (text, writing) in [
            (HEX.to_owned(), Writing::Hex),
            (HEX.to_owned(), Writing::Either),
            (format!("0x{}", HEX.to_uppercase()), Writing::Either),
            (format!(" {} {}\n", &HEX[..10], &HEX[10..]), Writing::Hex),
            (BASE64.to_owned(), Writing::Base64),
            (BASE64.to_owned(), Writing::Either),
            (BASE64.trim_end_matches('=').to_owned(), Writing::Either),
        ] {
            let json = decode(&text, writing).unwrap();
            assert_eq!(json["channel"], "spot@private.account.v3.api.pb", "{text}");
        }
    }

    #[test]
    fn what_is_no_frame_says_why() {
        for (text, writing, why) in [
            ("zz", Writing::Hex, "hex"),
            ("!", Writing::Base64, "base64"),
            ("!", Writing::Either, "hex or base64"),
            ("ffff", Writing::Hex, "no frame"),
            ("", Writing::Hex, ""),
        ] {
            match decode(text, writing) {
                Err(error) => assert!(error.to_string().contains(why), "{text}: {error}"),
                Ok(json) => assert_eq!(json, serde_json::json!({}), "{text}"),
            }
        }
    }

    #[test]
    fn one_bad_line_does_not_hide_the_others() {
        let input = format!("{HEX}\n\nnothing\n{{\"msg\":\"PONG\"}}\n{BASE64}\n");
        let mut out = Vec::new();
        let ended = decode_lines(input.as_bytes(), Writing::Either, &mut out);
        assert_eq!(ended.unwrap_err().to_string(), "1 of 4 lines could not be decoded");
        assert_eq!(String::from_utf8(out).unwrap().lines().count(), 3);
    }
}
