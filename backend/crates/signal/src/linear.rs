//! No input costs more than its length: work is counted, not timed.

use std::cell::Cell;
use std::sync::LazyLock;

use crate::Reader;

thread_local! {
    static STEPS: Cell<u64> = const { Cell::new(0) };
}

/// Counts one look at a character, an item or the word lists.
pub(crate) fn step() {
    STEPS.with(|steps| steps.set(steps.get() + 1));
}

static READER: LazyLock<Reader> = LazyLock::new(Reader::embedded);

/// Pieces that are repeated to the wanted length, each nasty in its own way.
const NASTY: [&str; 32] = [
    "0",
    "1 ",
    "9 9-9(",
    "1.1,1'",
    "1/1/",
    "1 000 ",
    "6a0",
    "a",
    "aB",
    "AAAAAAAa",
    "USDT",
    "usdtU",
    "#A ",
    "$BTC ",
    "BTC/USDT ",
    "TP1 ",
    "TP1: 5\n",
    "1) 5\n",
    "Buy 1 Sell 2 Sell: 3 ",
    "sl 1 2 3 ",
    "((",
    "<a",
    "&amp",
    "https://",
    "\u{200B}",
    "\u{202E}א",
    "多",
    "多空看3350",
    "1️⃣",
    "if you ",
    "stop loss hit ",
    "E1 T1 ",
];
const SIZES: [usize; 3] = [2_000, 16_000, 60_000];
/// Steps for each byte of the worst input.
const MOST_STEPS: u64 = 900;
/// Allocated bytes for each byte of the worst input.
const MOST_BYTES: u64 = 1_200;

/// Steps and allocated bytes of reading `piece` repeated to `size` bytes.
fn cost(piece: &str, size: usize) -> (u64, u64) {
    let text = piece.repeat(size / piece.len());
    STEPS.with(|steps| steps.set(0));
    let allocated = allocation_counter::measure(|| drop(READER.read(&text, &|_| false)));
    (STEPS.with(Cell::get), allocated.bytes_total)
}

#[test]
fn work_grows_with_the_length_and_no_faster() {
    cost("warm ", 100);
    for piece in NASTY {
        let [small, middle, large] = SIZES.map(|size| {
            let (steps, bytes) = cost(piece, size);
            let each = |count: u64| count / size as u64;
            (each(steps), each(bytes))
        });
        assert!(large.0 <= MOST_STEPS, "{piece:?}: {large:?} steps and bytes a byte");
        assert!(large.1 <= MOST_BYTES, "{piece:?}: {large:?} steps and bytes a byte");
        for (less, more) in [(small, middle), (middle, large)] {
            let grown = more.0 > 2 * less.0 + 8 || more.1 > 2 * less.1 + 8;
            assert!(!grown, "{piece:?}: {less:?} became {more:?} steps and bytes a byte");
        }
    }
}

#[test]
fn what_lies_behind_the_reading_limit_costs_nothing() {
    for piece in NASTY {
        let (limit, beyond) = (cost(piece, 66_000), cost(piece, 1_000_000));
        assert!(beyond.0 <= limit.0 + 64, "{piece:?}: {limit:?} became {beyond:?}");
        assert!(beyond.1 <= limit.1 + limit.1 / 8, "{piece:?}: {limit:?} became {beyond:?}");
    }
}
