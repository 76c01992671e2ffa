//! Text to trading signal: what it says and what it wants. Pure.
//!
//! A message goes through five readings, each in its own module: characters (`normalise`),
//! tokens (`token`, `number`, `opaque`, `symbols`), items (`items`, `coins`, words in
//! `lexicon`), fields (`fields`, `context`, `capture`), and what it all wants (`intent`, `score`, `reasons`). Every step is linear in
//! the length of the text.

mod calibration;
mod capture;
mod change;
mod coins;
mod context;
mod fields;
mod hashing;
mod intent;
mod items;
mod lexicon;
#[cfg(test)]
mod linear;
mod model;
mod normalise;
mod number;
mod opaque;
mod reading;
mod reasons;
mod roles;
mod score;
mod symbols;
mod token;
mod traits;

pub use calibration::{Calibration, QUIET_TERMS, TRADE_TERMS, Terms};
pub use domain::Field;
pub use model::{Model, ModelError, NamedWeights};
pub use reading::{Observation, Reader, Reading, Span};
pub use score::CLASSES;
