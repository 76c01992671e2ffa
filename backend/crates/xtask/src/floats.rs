//! Money is decimal: no binary floats where prices, quantities and amounts live.

use crate::Violation;
use crate::sources::Source;
use crate::tokens::{Kind, Token};

/// Folders whose product code handles money.
pub const MONEY: &[&str] = &[
    "backend/crates/domain/src",
    "backend/crates/engine/src",
    "backend/crates/journal/src",
    "backend/crates/driver/src",
    "backend/crates/mexc-wire/src",
    "backend/crates/mexc/src",
    "backend/crates/sandbox/src/model",
];

/// A file that may use floats for something that is not money.
#[derive(Debug, Clone, Copy)]
pub struct Exception {
    /// The file.
    pub path: &'static str,
    /// What the floats are: a line with one must have this word in one of its names.
    pub word: &'static str,
}

/// Every exception. One that is no longer needed is a violation too.
pub const EXCEPTIONS: &[Exception] = &[
    // A score is a probability, and the least one to trade on is compared with it.
    Exception { path: "backend/crates/domain/src/signal.rs", word: "confidence" },
    Exception { path: "backend/crates/domain/src/event/shadow.rs", word: "confidence" },
    Exception { path: "backend/crates/engine/src/settings.rs", word: "confidence" },
    Exception { path: "backend/crates/engine/src/trust.rs", word: "confidence" },
    Exception { path: "backend/crates/engine/src/risk/mod.rs", word: "confidence" },
    Exception { path: "backend/crates/engine/src/risk/checks.rs", word: "confidence" },
    // How much of the market's turnover meets resting orders: a statistic of the simulation.
    Exception { path: "backend/crates/sandbox/src/model/advance.rs", word: "FLOW_SHARE" },
];

/// Finds float types, float literals and conversions to floats.
pub fn check(sources: &[Source], money: &[&str], exceptions: &[Exception]) -> Vec<Violation> {
    let gone = money.iter().filter(|place| !sources.iter().any(|source| source.is_in(place)));
    let mut violations: Vec<Violation> = gone
        .map(|place| Violation::new(*place, "is named by the float rule but holds no source"))
        .collect();
    let mut used = vec![false; exceptions.len()];
    for source in sources.iter().filter(|source| money.iter().any(|place| source.is_in(place))) {
        for line in float_lines(&source.product) {
            let excused = exceptions
                .iter()
                .position(|e| e.path == source.path && names_on(&source.product, line, e.word));
            match excused {
                Some(position) => used[position] = true,
                None => violations.push(Violation::at(
                    &source.path,
                    line,
                    "a binary float where money lives: use the decimal types of `domain`",
                )),
            }
        }
    }
    let idle = exceptions.iter().zip(used).filter(|(_, used)| !used);
    let message = |e: &Exception| format!("has no float about {}: drop its exception", e.word);
    violations.extend(idle.map(|(e, _)| Violation::new(e.path, message(e))));
    violations
}

/// Whether a name on `line` contains `word`.
fn names_on(tokens: &[Token], line: usize, word: &str) -> bool {
    let mut names = tokens.iter().filter(|token| token.line == line).filter_map(Token::ident);
    names.any(|name| name.contains(word))
}

fn float_lines(tokens: &[Token]) -> Vec<usize> {
    let after_dot = |at: usize| at > 0 && tokens[at - 1].kind == Kind::Punct('.');
    // `pair.0.1` holds no float, though it tokenizes as if.
    let floats = tokens
        .iter()
        .enumerate()
        .filter(|(at, t)| is_float(t) && !(is_literal(t) && after_dot(*at)));
    let mut lines: Vec<usize> = floats.map(|(_, token)| token.line).collect();
    lines.dedup();
    lines
}

/// A duration shown to people is no money.
const DURATION_IN_SECONDS: &str = "as_secs_f64";

/// `f64`, names such as `to_f64`, and literals such as `1.5`, `1e3`, `2f64`.
fn is_float(token: &Token) -> bool {
    let named = |text: &str| text.contains("f64") || text.contains("f32");
    match &token.kind {
        Kind::Ident(name) => named(name) && name != DURATION_IN_SECONDS,
        Kind::Literal(text) => is_number(text) && (text.contains(['.', 'e', 'E']) || named(text)),
        _ => false,
    }
}

const fn is_literal(token: &Token) -> bool {
    matches!(token.kind, Kind::Literal(_))
}

fn is_number(literal: &str) -> bool {
    let decimal = !literal.starts_with("0x") && !literal.starts_with("0b");
    literal.starts_with(|first: char| first.is_ascii_digit())
        && decimal
        && !literal.contains("size")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn floats_in(code: &str) -> usize {
        float_lines(&Source::parse("a/src/lib.rs", code).unwrap().product).len()
    }

    #[test]
    fn every_kind_of_float_is_found() {
        let cases = [
            "fn f(price: f64) {}",
            "struct S { a: Vec<f32> }",
            "fn f() { let x = 1.5; }",
            "fn f() { let x = 1e-8; }",
            "fn f() { let x = 2f64; }",
            "fn f() { price.to_f64(); }",
            "fn f() { my_macro!(0.1); }",
        ];
        for code in cases {
            assert_eq!(floats_in(code), 1, "{code}");
        }
    }

    #[test]
    fn decimals_integers_texts_and_tests_are_left_alone() {
        let cases = [
            "fn f(price: Price) { let x = (1_000, 0xe5, 2_usize, t.0.1); }",
            "fn f() { \"1.5\".parse::<Price>(); pause.as_secs_f64(); }",
            "/// At most 1.5 times.\nfn f() {}",
            "#[cfg(test)] mod tests { const X: f64 = 1.5; }",
        ];
        for code in cases {
            assert_eq!(floats_in(code), 0, "{code}");
        }
    }

    #[test]
    fn exceptions_cover_their_file_and_word_only_and_must_be_needed() {
        let excuse = [Exception { path: "a/src/lib.rs", word: "confidence" }];
        let check_one =
            |path, code| check(&[Source::parse(path, code).unwrap()], &["a/src"], &excuse).len();
        assert_eq!(check_one("a/src/lib.rs", "const MIN_confidence: f64 = 1.0;"), 0);
        assert_eq!(check_one("a/src/lib.rs", "let confidence = 0.5;\nlet price = 1.0;"), 1);
        assert_eq!(check_one("a/src/lib.rs", "const X: u8 = 1;"), 1, "idle");
        assert_eq!(check_one("a/src/other.rs", "let confidence = 1.0;"), 2, "elsewhere, and idle");
        assert_eq!(check(&[], &["a/src"], &[]).len(), 1, "a folder that is gone");
    }
}
