//! Trains and measures the intent model of `signal`.
//!
//! Labelled messages (`example`) and generated ones (`generator`) go through the reader; what the
//! model sees of them is put into numbers (`vocabulary`), weights are fitted (`softmax`), and the
//! probabilities calibrated on messages that were not trained on (`calibrate`). `evaluate` leaves
//! out one source after the other; `report` says what came of it. No files, no clock: the same
//! messages give the same model, byte for byte.

mod calibrate;
mod estrange;
mod evaluate;
mod example;
mod fit;
mod generator;
pub mod report;
mod softmax;
mod vocabulary;

pub use evaluate::{Evaluation, Judged, Origin, evaluate, judge};
pub use example::{Example, ExampleError, newest, parse_examples};
pub use fit::{Progress, train};
pub use generator::{Kind, generate};
