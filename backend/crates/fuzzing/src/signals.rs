//! Messages of people.

use std::sync::LazyLock;

use signal::Reader;

static READER: LazyLock<Reader> = LazyLock::new(Reader::embedded);

/// A message. What is found in it lies in it, on whole characters, and confidence is a probability.
pub fn signals(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let listed = |symbol: &str| symbol.ends_with("USDT");
    let reading = READER.read(&text, &listed);
    assert!((0.0..=1.0).contains(&reading.score.confidence), "{:?}", reading.score);
    assert!(!reading.score.reasons.is_empty(), "{text:?}");
    for span in &reading.spans {
        assert!(text.get(span.start..span.end).is_some_and(|found| !found.is_empty()), "{span:?}");
    }
    assert_eq!(READER.read(&text, &listed), reading);
}
