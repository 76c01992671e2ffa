//! The configuration, table by table.

mod bounds;
mod documents;
mod hiding;
mod relations;
mod sources;

use std::path::Path;

use super::*;

/// Loads from `NAME=value` pairs as the process's environment.
fn load(pairs: &[&str]) -> Result<Loaded, Vec<Mistake>> {
    load_with(pairs, None)
}

fn load_with(pairs: &[&str], dotenv: Option<&Path>) -> Result<Loaded, Vec<Mistake>> {
    let split = |pair: &&str| {
        let (name, value) = pair.split_once('=').unwrap();
        (name.to_owned(), value.to_owned())
    };
    Config::load(pairs.iter().map(split), dotenv)
}

fn told(mistakes: &[Mistake]) -> String {
    mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
