//! Names of pairs and coins in running text, also where the spaces between words were lost.

use std::ops::Range;

use crate::lexicon::{Lexicon, Tag};
use crate::normalise::{Folded, lower};

/// Quote currencies that may be written directly behind the coin: `BTCUSDT`.
const GLUED_QUOTES: [&str; 6] = ["usdt", "usdc", "fdusd", "busd", "tusd", "usd"];
/// Shortest base before a plain glued `USD`, which also ends the names of other quotes.
const MIN_USD_BASE: usize = 3;
/// Quote currencies understood behind a separator: `BTC/USD`.
const SEPARATED_QUOTES: [&str; 11] =
    ["usdt", "usdc", "fdusd", "busd", "tusd", "usd", "btc", "eth", "eur", "try", "brl"];
/// Longest base name (`1000000MOG` has ten).
const MAX_BASE: usize = 14;

/// A pair found in the text, as ranges of folded characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) base: Range<usize>,
    pub(crate) quote: Range<usize>,
    pub(crate) end: usize,
}

/// The pair that begins at `start`.
pub(crate) fn pair_at(text: &Folded, start: usize, lexicon: &Lexicon) -> Option<Pair> {
    if !text.at(start).is_ascii_alphanumeric() {
        return None;
    }
    let mut run_end = start;
    while text.at(run_end).is_ascii_alphanumeric() && run_end - start < 2 * MAX_BASE {
        run_end += 1;
    }
    let pair = glued_pair(text, start, run_end, lexicon)
        .or_else(|| separated_pair(text, start, run_end, lexicon))?;
    Some(Pair { end: suffix_end(text, pair.end), ..pair })
}

/// `BTCUSDT`, also `1000PEPEUSDT` and `BTCUSDTPERP`.
fn glued_pair(text: &Folded, start: usize, run_end: usize, lexicon: &Lexicon) -> Option<Pair> {
    let from = (start + 1..run_end.min(start + MAX_BASE + 1)).find(|at| {
        matches!(text.at(*at), 'u' | 'U' | 'f' | 'F' | 'b' | 'B' | 't' | 'T')
            && quote_at(text, *at, &GLUED_QUOTES, lexicon).is_some()
    })?;
    let end = quote_at(text, from, &GLUED_QUOTES, lexicon)?;
    let pair = Pair { base: start..from, quote: from..end, end };
    let dollars = pair.quote.len() == 3;
    let whole = !dollars || (pair.base.len() >= MIN_USD_BASE && !text.at(end).is_alphanumeric());
    let marked = start > 0 && matches!(text.at(start - 1), '#' | '$');
    // A coin is called 4; `$10USDT` is an amount.
    let digit = marked && pair.base.len() == 1 && text.at(start).is_ascii_digit();
    (whole && (digit || is_base(text, &pair.base, lexicon))).then_some(pair)
}

/// `BTC/USDT`, `BTC-USDT`, `SOL /USDT`, `GUN(USDT)`, `UB USDT`.
fn separated_pair(text: &Folded, start: usize, run_end: usize, lexicon: &Lexicon) -> Option<Pair> {
    let base = start..run_end;
    let gap = spaces(text, run_end);
    let separator = text.at(run_end + gap);
    let parted = matches!(separator, '/' | '_' | '-' | '\\' | '(' | 'U');
    if !parted || base.len() > MAX_BASE || !is_base(text, &base, lexicon) {
        return None;
    }
    let behind = run_end + gap + 1;
    let from = match separator {
        '/' | '_' | '-' | '\\' => behind + spaces(text, behind),
        '(' if gap == 0 => behind,
        'U' if gap == 1 && is_bare_base(text, &base, lexicon) => run_end + 1,
        _ => return None,
    };
    let end = quote_at(text, from, &SEPARATED_QUOTES, lexicon)?;
    let quote = from..end;
    let coin_quote = matches!(lower(text.at(from)), 'b' | 'e' if quote.len() == 3);
    let titled = start == 0 || text.at(start - 1) == '\n';
    let titled = titled && matches!(text.at(end + spaces(text, end)), ':' | '\n');
    if coin_quote && (separator != '/' || (gap > 0 && !titled)) {
        return None;
    }
    let end = if separator == '(' && text.at(end) == ')' { end + 1 } else { end };
    Some(Pair { base, quote, end })
}

/// How many spaces, two at most, stand at `at`.
fn spaces(text: &Folded, at: usize) -> usize {
    (at..at + 2).take_while(|index| text.at(*index) == ' ').count()
}

/// The end of a quote currency that is no mere beginning of another word.
fn quote_at(text: &Folded, from: usize, quotes: &[&str], lexicon: &Lexicon) -> Option<usize> {
    let quote = quotes.iter().find(|quote| starts_with(text, from, quote))?;
    let end = from + quote.len();
    let next = text.at(end);
    let ends = !next.is_alphabetic()
        || (text.at(end - 1).is_uppercase() && text.at(end + 1).is_lowercase())
        || lexicon.tag(&word_at(text, end)).is_some()
        || starts_with(text, end, "perp")
        || side_prefix(&word_at(text, end)).is_some();
    ends.then_some(end)
}

/// A coin's name holds a letter and is no word of the trade.
fn is_base(text: &Folded, base: &Range<usize>, lexicon: &Lexicon) -> bool {
    if !base.clone().any(|at| text.at(at).is_ascii_alphabetic()) {
        return false;
    }
    let word = lower_range(text, base);
    let upper = base.clone().all(|at| !text.at(at).is_lowercase());
    match lexicon.tag(&word) {
        None | Some(Tag::Coin(_)) => true,
        Some(
            Tag::Filler
            | Tag::Plain
            | Tag::Other
            | Tag::Done
            | Tag::Unit
            | Tag::Analysis
            | Tag::Term,
        ) => upper,
        Some(Tag::Long | Tag::Short | Tag::Exchange | Tag::NotCoin) => false,
        Some(_) => upper && base.len() > 2 && !is_label(lexicon.tag(&word)),
    }
}

/// `UB` in `UB USDT`: capitals that mean nothing else.
fn is_bare_base(text: &Folded, base: &Range<usize>, lexicon: &Lexicon) -> bool {
    let upper = base.clone().all(|at| !text.at(at).is_lowercase());
    let known = lexicon.tag(&lower_range(text, base));
    let marked = base.start > 0 && matches!(text.at(base.start - 1), '#' | '$');
    upper && base.len() <= 10 && (marked || matches!(known, None | Some(Tag::Coin(_))))
}

const fn is_label(tag: Option<Tag>) -> bool {
    matches!(
        tag,
        Some(
            Tag::Entry
                | Tag::Target
                | Tag::Stop
                | Tag::Leverage
                | Tag::Price
                | Tag::Size
                | Tag::Market
                | Tag::CoinLabel
                | Tag::Enter
        )
    )
}

/// `PERP`, `.P` and `_15_1737` behind a pair belong to it.
fn suffix_end(text: &Folded, end: usize) -> usize {
    let mut end = end;
    let gap = usize::from(matches!(text.at(end), '-' | '_'));
    if starts_with(text, end + gap, "perp") {
        end += gap + 4;
    }
    if text.at(end) == '.' && text.at(end + 1) == 'P' && !text.at(end + 2).is_alphanumeric() {
        end += 2;
    }
    while text.at(end) == '_' && text.at(end + 1).is_ascii_alphanumeric() {
        end += 2;
        while text.at(end).is_ascii_alphanumeric() {
            end += 1;
        }
    }
    end
}

/// The end of the coin's name behind `#` or `$`, where it is one.
pub(crate) fn ticker_at(
    text: &Folded,
    start: usize,
    sigil: char,
    lexicon: &Lexicon,
) -> Option<usize> {
    let mut end = start;
    while text.at(end).is_ascii_alphanumeric() && end - start <= 2 * MAX_BASE {
        end += 1;
    }
    let end = split_glued(text, start, end, lexicon).unwrap_or(end);
    let letters = (start..end).filter(|at| text.at(*at).is_ascii_alphabetic()).count();
    let number_like = text.at(start).is_ascii_digit() && letters < 3;
    // `#C` is somebody's mark, `#ID1319403855` a number.
    let initial = sigil == '#' && end - start == 1;
    let numbered = (start..end).rev().take_while(|at| text.at(*at).is_ascii_digit()).count() > 3;
    if letters == 0 || number_like || initial || numbered || end - start > MAX_BASE {
        return None;
    }
    let upper = (start..end).all(|at| !text.at(at).is_lowercase());
    let coin = match lexicon.tag(&lower_range(text, &(start..end))) {
        None => sigil == '$' || upper || end - start <= 6,
        Some(Tag::Coin(_)) => true,
        Some(
            Tag::Filler
            | Tag::Plain
            | Tag::Other
            | Tag::Done
            | Tag::Unit
            | Tag::Term
            | Tag::Target
            | Tag::CoinLabel
            | Tag::Size
            | Tag::Entry,
        ) => upper,
        Some(Tag::NotCoin) => sigil == '$' && upper && !is_quote(text, start, end),
        Some(_) => false,
    };
    coin.then_some(end)
}

/// Whether the whole name is that of a currency that coins are priced in.
fn is_quote(text: &Folded, start: usize, end: usize) -> bool {
    let named = |quote: &&str| quote.len() == end - start && starts_with(text, start, quote);
    SEPARATED_QUOTES.iter().any(named) || start + 1 >= end
}

/// Where a word ends whose successor lost its space: `LONGLeverage`, `BTCIf`, `LONGENTRY`.
pub(crate) fn split_glued(
    text: &Folded,
    start: usize,
    end: usize,
    lexicon: &Lexicon,
) -> Option<usize> {
    let upper_from = (start..end).find(|at| text.at(*at).is_uppercase())?;
    let boundaries = (start.max(upper_from) + 1..end).filter(|at| is_case_boundary(text, *at));
    let mut checked = false;
    for boundary in boundaries {
        if !checked && lexicon.tag(&lower_range(text, &(start..end))).is_some() {
            return None;
        }
        checked = true;
        let left = lexicon.tag(&lower_range(text, &(start..boundary)));
        let right = lexicon.get(&lower_range(text, &(boundary..word_end(text, boundary, end))));
        if left.is_some_and(|tag| !matches!(tag, Tag::Plain | Tag::Filler)) || right.is_some() {
            return Some(boundary);
        }
    }
    let shouted = end - start > 6 && (start..end).all(|at| text.at(at).is_uppercase());
    let word = if shouted { lower_range(text, &(start..end)) } else { return None };
    if lexicon.get(&word).is_some() {
        return None;
    }
    let side = side_prefix(&word)?;
    let rest = word.get(side..)?;
    lexicon.get(rest).map(|_| start + side)
}

/// The next case boundary behind `start`, or `end`.
fn word_end(text: &Folded, start: usize, end: usize) -> usize {
    (start + 1..end).find(|at| is_case_boundary(text, *at)).unwrap_or(end)
}

/// Between `g` and `L` of `longLeverage`, and between `G` and `L` of `LONGLeverage`.
fn is_case_boundary(text: &Folded, at: usize) -> bool {
    let (before, here, after) = (text.at(at - 1), text.at(at), text.at(at + 1));
    here.is_uppercase()
        && (before.is_lowercase() || (before.is_uppercase() && after.is_lowercase()))
}

fn side_prefix(word: &str) -> Option<usize> {
    ["long", "short", "buy", "sell"]
        .iter()
        .find(|side| word.starts_with(*side))
        .map(|side| side.len())
}

fn starts_with(text: &Folded, start: usize, word: &str) -> bool {
    word.chars().enumerate().all(|(index, c)| text.at(start + index).to_ascii_lowercase() == c)
}

/// The word at `start`, at most [`MAX_BASE`] letters of it.
fn word_at(text: &Folded, start: usize) -> String {
    (start..start + 2 * MAX_BASE)
        .map(|at| text.at(at))
        .take_while(|c| c.is_alphabetic())
        .map(lower)
        .collect()
}

fn lower_range(text: &Folded, range: &Range<usize>) -> String {
    range.clone().map(|at| lower(text.at(at))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(text: &str) -> Option<String> {
        let folded = Folded::new(text);
        let pair = pair_at(&folded, 0, &Lexicon::embedded())?;
        Some(pair.base.chain(pair.quote).map(|at| folded.at(at)).collect())
    }

    #[test]
    fn pairs_in_every_writing() {
        let cases = [
            ("BTCUSDT", "BTCUSDT"),
            ("btcusdt", "btcusdt"),
            ("BTC/USDT", "BTCUSDT"),
            ("BTC-USDT", "BTCUSDT"),
            ("BTC_USDT", "BTCUSDT"),
            ("SOL /USDT", "SOLUSDT"),
            ("UB USDT", "UBUSDT"),
            ("GUN(USDT)", "GUNUSDT"),
            ("1000PEPEUSDT", "1000PEPEUSDT"),
            ("SUSHIUSDTPERP LONG", "SUSHIUSDT"),
            ("BTCUSDT.P", "BTCUSDT"),
            ("UNI/USDTLeverage", "UNIUSDT"),
            ("ONE/USDT", "ONEUSDT"),
            ("ETH/BTC", "ETHBTC"),
            ("ＢＴＣ／ＵＳＤＴ", "BTCUSDT"),
        ];
        for (text, expected) in cases {
            assert_eq!(pair(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "USDT",
            "/USDT",
            "Bybit USDT",
            "TP/SL",
            "in USDT",
            "Price (USDT)",
            "LONG/BTC",
            "10/USDT",
        ] {
            assert_eq!(pair(text), None, "{text}");
        }
    }

    #[test]
    fn words_that_lost_their_space_come_apart() {
        let lexicon = Lexicon::embedded();
        let cases = [
            ("LONGLeverage", 4),
            ("LONGENTRY", 4),
            ("BTCIf", 3),
            ("SYSBreakout", 3),
            ("HEREExchange", 4),
        ];
        for (text, end) in cases {
            let folded = Folded::new(text);
            assert_eq!(split_glued(&folded, 0, folded.chars.len(), &lexicon), Some(end), "{text}");
        }
        for text in ["trUMP", "AAVe", "Leverage", "LONG"] {
            let folded = Folded::new(text);
            assert_eq!(split_glued(&folded, 0, folded.chars.len(), &lexicon), None, "{text}");
        }
    }
}
