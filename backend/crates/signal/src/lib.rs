//! Text to trading signal: what it says and what it wants. Pure.
//!
//! A message goes through five readings, each in its own module: characters ([`normalise`]),
//! tokens ([`token`], [`number`], [`symbols`]), items ([`items`], words in [`lexicon`]), fields
//! ([`fields`]), and what it all wants ([`intent`], [`score`], [`reasons`]). Every step is linear in
//! the length of the text.

mod fields;
mod intent;
mod items;
mod lexicon;
mod normalise;
mod number;
mod reading;
mod reasons;
mod score;
mod symbols;
mod token;

pub use reading::{Field, Reader, Reading, Span};
