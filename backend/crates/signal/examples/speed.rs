//! How fast messages are read: `cargo run --release -p signal --example speed [FILE.jsonl]`.
//!
//! Prints the median and the slow end for one message, and messages a second on one core.
#![allow(clippy::print_stdout, reason = "its purpose")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde::Deserialize;
use signal::Reader;

/// Own examples, read where no file is given.
const EXAMPLES: [&str; 3] = [
    include_str!("../../../testdata/signals/trades.jsonl"),
    include_str!("../../../testdata/signals/unseen.jsonl"),
    include_str!("../../../testdata/signals/strange.jsonl"),
];
/// Times every message is read.
const ROUNDS: usize = 40;

#[derive(Deserialize)]
struct Line {
    text: String,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let lines = match std::env::args().nth(1) {
        Some(file) => std::fs::read_to_string(file)?,
        None => EXAMPLES.concat(),
    };
    let messages: Vec<Line> = lines
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    let reader = Reader::embedded();
    let mut times = Vec::with_capacity(ROUNDS * messages.len());
    for _ in 0..ROUNDS {
        for message in &messages {
            let start = Instant::now();
            black_box(reader.read(black_box(&message.text), &|_| false));
            times.push(start.elapsed());
        }
    }
    times.sort_unstable();
    let total: Duration = times.iter().sum();
    let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or_default();
    let bytes: usize = messages.iter().map(|message| message.text.len()).sum();
    let count = u32::try_from(times.len())?;
    println!("messages   {} of {} bytes on average", messages.len(), bytes / messages.len().max(1));
    println!("median     {:?}", at(50));
    println!("99 of 100  {:?}", at(99));
    println!("a second   {:.0}", f64::from(count) / total.as_secs_f64());
    Ok(())
}
