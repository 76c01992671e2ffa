//! The house rules as tests: import directions, purity, sizes, names, documented paths.
//!
//! Each module is one rule: a function from what is in the repository to [`Violation`]s, with unit
//! tests that feed it a bad example, so that a rule which can no longer fail is noticed. The test
//! `house_rules` runs them all over the real repository. What clippy checks is not checked here.

pub mod alerts;
pub mod compose;
pub mod doc_paths;
pub mod floats;
pub mod imports;
pub mod leftovers;
pub mod machine_paths;
pub mod manifests;
pub mod names;
pub mod purity;
pub mod repository;
pub mod sizes;
pub mod sources;
pub mod tokens;

use std::fmt;

/// One place where a house rule is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Path from the repository's root, with `:line` where there is one.
    pub place: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl Violation {
    /// A violation at a whole file, folder or crate.
    pub fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: place.into(), message: message.into() }
    }

    /// A violation at a line, counted from 1.
    pub fn at(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { place: format!("{path}:{line}"), message: message.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}
