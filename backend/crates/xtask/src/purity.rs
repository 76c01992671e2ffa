//! The pure parts never read a clock, draw randomness, wait, or touch files, sockets, threads or
//! the environment: time and facts come in as arguments, so that a replay gives the same answer.

use crate::Violation;
use crate::sources::Source;
use crate::tokens::{Kind, Token, past_group};

/// Folders whose product code is pure.
pub const PURE: &[&str] = &[
    "backend/crates/domain/src",
    "backend/crates/signal/src",
    "backend/crates/engine/src",
    "backend/crates/mexc-wire/src",
    "backend/crates/sandbox/src/model",
    "backend/crates/sandbox/src/market",
];

/// A pure place that may touch one thing after all.
#[derive(Debug, Clone, Copy)]
pub struct Exception {
    /// The file.
    pub path: &'static str,
    /// The word it may use.
    pub word: &'static str,
    /// Why.
    pub reason: &'static str,
}

/// Every exception, each with its reason. One that is no longer needed is a violation too.
pub const EXCEPTIONS: &[Exception] = &[];

/// Names that have no place in a pure crate, whatever they refer to.
const WORDS: [&str; 9] =
    ["Instant", "SystemTime", "tokio", "async", "await", "rand", "getrandom", "now", "fastrand"];

/// Modules of the standard library that reach outside.
const MODULES: [&str; 6] = ["env", "fs", "io", "net", "process", "thread"];

/// Finds impure words in the product code of the pure folders.
pub fn check(sources: &[Source], pure: &[&str], exceptions: &[Exception]) -> Vec<Violation> {
    let mut violations: Vec<Violation> = pure
        .iter()
        .filter(|place| !sources.iter().any(|source| source.is_in(place)))
        .map(|place| Violation::new(*place, "is named by the purity rule but holds no source"))
        .collect();
    let mut used = vec![false; exceptions.len()];
    for source in sources.iter().filter(|source| pure.iter().any(|place| source.is_in(place))) {
        for (line, word) in impure_words(&source.product) {
            let excused = exceptions.iter().position(|e| e.path == source.path && e.word == word);
            match excused {
                Some(position) => used[position] = true,
                None => violations.push(Violation::at(
                    &source.path,
                    line,
                    format!("`{word}` in a pure place: take the fact as an argument instead"),
                )),
            }
        }
    }
    let idle = exceptions.iter().zip(used).filter(|(_, used)| !used);
    violations.extend(idle.map(|(e, _)| {
        Violation::new(e.path, format!("no longer uses `{}`: drop its exception", e.word))
    }));
    violations
}

fn impure_words(tokens: &[Token]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (position, token) in tokens.iter().enumerate() {
        let Some(name) = token.ident() else { continue };
        if WORDS.contains(&name) && !is_own_binding(tokens, position) {
            found.push((token.line, name.to_owned()));
        } else if name == "std" {
            found.extend(outside_modules(tokens, position));
        }
    }
    found
}

/// `now` alone is a fine name for a time that was handed in; only calling it asks a clock.
fn is_own_binding(tokens: &[Token], position: usize) -> bool {
    let called = tokens.get(position + 1).is_some_and(|next| next.kind == Kind::Open('('));
    let declared = position > 0 && tokens[position - 1].is_ident("fn");
    tokens[position].is_ident("now") && (!called || declared)
}

/// `std::fs`, and each outside module of `std::{fs, io}`.
fn outside_modules(tokens: &[Token], std: usize) -> Vec<(usize, String)> {
    let start = std + 2;
    let is_path = tokens.get(std + 1).is_some_and(|next| next.kind == Kind::PathSep);
    let end = match tokens.get(start).map(|token| &token.kind) {
        Some(Kind::Open('{')) => past_group(tokens, start),
        Some(_) => start + 1,
        None => start,
    };
    let named = if is_path { &tokens[start..end] } else { &[] };
    let modules = named.iter().filter_map(|token| Some((token.line, token.ident()?)));
    let outside = modules.filter(|(_, name)| MODULES.contains(name));
    outside.map(|(line, name)| (line, format!("std::{name}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(code: &str) -> Vec<String> {
        let source = Source::parse("a/src/lib.rs", code).unwrap();
        impure_words(&source.product).into_iter().map(|(_, word)| word).collect()
    }

    #[test]
    fn every_way_outside_is_found() {
        let cases = [
            ("use std::time::Instant;", "Instant"),
            ("fn f() { SystemTime::UNIX_EPOCH; }", "SystemTime"),
            ("fn f() { Timestamp::now(); }", "now"),
            ("async fn f() {}", "async"),
            ("use tokio::sync::mpsc;", "tokio"),
            ("fn f() { rand::random(); }", "rand"),
            ("use std::net::TcpStream;", "std::net"),
            ("use std::{fmt, fs::{self, File}};", "std::fs"),
            ("fn f() { my_macro!(std::env::var(\"A\")); }", "std::env"),
            ("fn f() { std::thread::sleep(d); }", "std::thread"),
        ];
        for (code, word) in cases {
            assert_eq!(words(code), [word], "{code}");
        }
    }

    #[test]
    fn pure_code_comments_and_tests_are_left_alone() {
        let cases = [
            "/// Instant, tokio\nuse std::time::Duration;",
            "fn step(now: Timestamp) { self.at = now; f(now, 1); }",
            "use std::{collections::BTreeMap, fmt};",
            "#[cfg(test)] mod tests { use std::fs; }",
            "fn f() { \"std::fs\"; }",
        ];
        for code in cases {
            assert_eq!(words(code), [] as [&str; 0], "{code}");
        }
    }

    #[test]
    fn exceptions_count_for_their_file_and_must_be_needed() {
        let pure = ["a/src"];
        let excuse = [Exception { path: "a/src/file.rs", word: "std::fs", reason: "a test" }];
        let reads = |path| Source::parse(path, "use std::fs;").unwrap();
        assert_eq!(check(&[reads("a/src/file.rs")], &pure, &excuse), []);
        let elsewhere = check(&[reads("a/src/other.rs")], &pure, &excuse);
        assert_eq!(elsewhere.len(), 2, "the use, and the idle exception: {elsewhere:?}");
    }

    #[test]
    fn a_pure_folder_that_is_gone_is_found() {
        assert_eq!(check(&[], &["a/src"], &[]).len(), 1);
    }
}
