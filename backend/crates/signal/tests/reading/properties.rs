//! What holds for any text.

use std::sync::LazyLock;

use proptest::prelude::*;
use signal::Reader;

/// Pieces that messages are made of, so that random texts reach deep into the parser.
const PIECES: [&str; 48] = [
    "BTC",
    "/USDT",
    "USDT",
    "#",
    "$",
    "LONG",
    "SHORT",
    "Entry",
    ": ",
    "1.5",
    "64,250",
    "0,415",
    "1️⃣",
    "⃣",
    "10x",
    "x",
    "%",
    "5-10%",
    "\n",
    " ",
    "TP",
    "1)",
    "SL",
    "止损",
    "现价",
    "多",
    "лонг",
    "вход",
    "🎯",
    "🛑",
    "(",
    ")",
    "<b>",
    "</",
    "&amp;",
    "https://",
    "@user",
    "27.02.2026",
    "14:30",
    "+90 532 123 45 67",
    "E-5",
    "k",
    "\u{200F}",
    "\u{FE0F}",
    "İ",
    "ﬀ",
    ".",
    "-",
];

static READER: LazyLock<Reader> = LazyLock::new(Reader::embedded);

fn check(text: &str) {
    let reading = READER.read(text, &|pair| pair.len() % 2 == 0);
    for span in &reading.spans {
        assert!(span.start < span.end && text.get(span.range()).is_some(), "{span:?} in {text:?}");
    }
    let characters: Vec<char> = text.chars().collect();
    for (span, told) in reading.spans.iter().zip(reading.field_spans(text)) {
        let piece: String = characters[told.start..told.end].iter().collect();
        assert_eq!((told.field, piece.as_str()), (span.field, &text[span.range()]), "{text:?}");
    }
    assert_eq!(reading.field_spans(text).len(), reading.spans.len());
    assert!((0.0..=1.0).contains(&reading.score.confidence));
    assert!(!reading.score.reasons.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn any_text_is_read_without_panic_and_spans_lie_inside(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn any_mixture_of_message_pieces_is_read(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..120)) {
        check(&pieces.concat());
    }

    #[test]
    fn reading_is_deterministic(text in "[#$A-Za-z0-9 .,:/%\n🎯✅-]{0,200}") {
        prop_assert_eq!(READER.read(&text, &|_| false), READER.read(&text, &|_| false));
    }
}

#[test]
fn a_megabyte_of_anything_is_read() {
    for piece in PIECES
        .iter()
        .chain(&["0", "a", "A", "aB", "1.", "1-", "((", "#A", "\u{202E}", "多空", "9 9-9("])
    {
        check(&piece.repeat(1_000_000 / piece.len()));
    }
}
