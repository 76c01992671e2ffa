//! Which named features the model knows: those that occur in several places of origin, so that no
//! channel's signature becomes evidence.

use std::collections::{BTreeMap, HashMap};

use signal::Observation;

/// A word or shape must occur in so many messages, from so many origins.
const MIN_MESSAGES: u32 = 3;
const MIN_ORIGINS: usize = 2;
/// Enough to know that there are several origins.
const ORIGINS_KEPT: usize = 3;

/// The named features and their positions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vocabulary {
    names: Vec<String>,
    positions: HashMap<String, u32>,
}

#[derive(Default)]
struct Seen {
    messages: u32,
    origins: Vec<usize>,
}

impl Vocabulary {
    /// Chooses the features of messages given with the number of their origin.
    pub(crate) fn choose<'a>(messages: impl Iterator<Item = (usize, &'a Observation)>) -> Self {
        let mut seen: BTreeMap<&str, Seen> = BTreeMap::new();
        for (origin, observation) in messages {
            for name in &observation.named {
                let one = seen.entry(name).or_default();
                one.messages += 1;
                if one.origins.len() < ORIGINS_KEPT && !one.origins.contains(&origin) {
                    one.origins.push(origin);
                }
            }
        }
        let kept = seen
            .into_iter()
            .filter(|(_, one)| one.messages >= MIN_MESSAGES && one.origins.len() >= MIN_ORIGINS);
        let names: Vec<String> = kept.map(|(name, _)| name.to_owned()).collect();
        let positions = names.iter().cloned().zip(0..).collect();
        Self { names, positions }
    }

    /// The features, in the order of their positions.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// A message's features: the rules' values, then what it has of the vocabulary.
    pub(crate) fn row(&self, observation: &Observation) -> Vec<(u32, f64)> {
        let rules = (0..).zip(&observation.rules).filter(|(_, value)| **value != 0.0);
        let mut row: Vec<(u32, f64)> = rules.map(|(at, value)| (at, *value)).collect();
        let first = u32::try_from(observation.rules.len()).unwrap_or(u32::MAX);
        let known = observation.named.iter().filter_map(|name| self.positions.get(name));
        row.extend(known.map(|at| (first + at, observation.each)));
        row
    }
}
