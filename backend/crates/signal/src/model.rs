//! The intent model: weights by feature, a softmax, and how far its probabilities may be believed.
//! It is a text that people can read and compare; `levibot train` writes it.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::hash::{BuildHasherDefault, Hasher};

use crate::calibration::Calibration;
use crate::score::{CLASSES, Feature, Weights};
use crate::traits::key_of;

/// First word of a model file.
const MAGIC: &str = "levibot-intent-model";
/// The layout of the file and the meaning of its features.
const VERSION: &str = "1";
/// What the four columns of weights stand for.
const CLASS_LINE: &str = "classes\ttrade\tupdate\tclose\tnothing";
/// Larger files are no models of ours.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Why a text is no model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelError {
    /// Another kind of file, or another version.
    Header {
        /// Its first line, shortened.
        found: String,
    },
    /// A line that cannot be understood.
    Line {
        /// Counts from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// Parts that a model must have.
    Missing {
        /// Which.
        what: String,
    },
    /// Longer than any model.
    TooLarge,
}

impl std::fmt::Display for ModelError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Header { found } => write!(
                f,
                "it begins with {found:?}, not with \"{MAGIC} {VERSION}\": make one with `levibot train`"
            ),
            Self::Line { line, reason } => write!(f, "line {line}: {reason}"),
            Self::Missing { what } => write!(f, "it lacks {what}: train it again"),
            Self::TooLarge => write!(f, "it is longer than {} MB", MAX_BYTES >> 20),
        }
    }
}

impl std::error::Error for ModelError {}

/// Keys are hashes already.
#[derive(Debug, Default, Clone, Copy)]
struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 << 8) | u64::from(*byte);
        }
    }
    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

/// Weights of a named feature towards [trade, update, close, nothing].
#[derive(Debug, Clone, PartialEq)]
pub struct NamedWeights {
    /// As the model file writes it: `word …`, `stem …`, `shape …`, `rule …`.
    pub name: String,
    /// Log-odds.
    pub weights: [f64; CLASSES],
}

/// A trained intent model.
#[derive(Debug, Clone)]
pub struct Model {
    rules: Vec<NamedWeights>,
    named: Vec<NamedWeights>,
    index: HashMap<u64, u32, BuildHasherDefault<Identity>>,
    calibration: Calibration,
}

impl Model {
    /// From weights: those of the rules in the order of [`Model::rule_priors`], then the others.
    pub fn new(
        rules: Vec<NamedWeights>,
        named: Vec<NamedWeights>,
        calibration: Calibration,
    ) -> Self {
        let index = (0_u32..).zip(&named).map(|(at, one)| (key_of(&one.name), at)).collect();
        Self { rules, named, index, calibration }
    }

    /// The rules' features with the weights they have by judgement alone.
    pub fn rule_priors() -> Vec<NamedWeights> {
        let named = |(feature, weights): (Feature, Weights)| NamedWeights {
            name: format!("rule {feature:?}"),
            weights,
        };
        crate::score::TABLE.into_iter().map(named).collect()
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// [`ModelError`]: what is wrong, and in which line.
    pub fn parse(text: &str) -> Result<Self, ModelError> {
        if text.len() > MAX_BYTES {
            return Err(ModelError::TooLarge);
        }
        let mut lines = (1..).zip(text.lines()).filter(|(_, line)| !line.starts_with('#'));
        let header = lines.next().map_or("", |(_, line)| line);
        if header.split_whitespace().ne([MAGIC, VERSION]) {
            return Err(ModelError::Header { found: header.chars().take(48).collect() });
        }
        let mut calibration = None;
        let (mut rules, mut named) = (Vec::new(), Vec::new());
        for (line, content) in lines {
            let wrong = |reason: String| ModelError::Line { line, reason };
            if let Some(values) = content.strip_prefix("calibration\t") {
                calibration = Some(Calibration::parse(values).map_err(wrong)?);
            } else if content != CLASS_LINE {
                let one = parse_weights(content).map_err(wrong)?;
                if one.name.starts_with("rule ") { &mut rules } else { &mut named }.push(one);
            }
        }
        let calibration =
            calibration.ok_or(ModelError::Missing { what: "the calibration".to_owned() })?;
        Ok(Self::new(in_order(rules)?, named, calibration))
    }

    /// The model as a file.
    pub fn to_text(&self) -> String {
        let mut text = format!(
            "{MAGIC} {VERSION}\n# Log-odds of each feature towards each class; written by `levibot train`.\n{CLASS_LINE}\ncalibration\t{}\n",
            self.calibration.to_text()
        );
        for one in self.rules.iter().chain(&self.named) {
            text.push_str(&one.name);
            for weight in one.weights {
                let rounded = format!("{weight:.3}");
                let short = rounded.trim_end_matches('0').trim_end_matches('.');
                let short = if short == "-0" { "0" } else { short };
                // Writing to a string cannot fail.
                let _ = write!(text, "\t{short}");
            }
            text.push('\n');
        }
        text
    }

    /// Every feature, the rules' first.
    pub fn features(&self) -> impl Iterator<Item = &NamedWeights> {
        self.rules.iter().chain(&self.named)
    }

    /// How its probabilities become confidence.
    pub fn calibration(&self) -> &Calibration {
        &self.calibration
    }

    /// The weights of the rules, in their order.
    pub(crate) fn rules(&self) -> &[NamedWeights] {
        &self.rules
    }

    /// Where a named feature stands, by its key.
    pub(crate) fn find(&self, key: u64) -> Option<u32> {
        self.index.get(&key).copied()
    }

    /// The named feature at `position`.
    pub(crate) fn named(&self, position: u32) -> Option<&NamedWeights> {
        self.named.get(position as usize)
    }
}

fn parse_weights(line: &str) -> Result<NamedWeights, String> {
    let mut columns = line.split('\t');
    let name = columns.next().unwrap_or_default().to_owned();
    let known = ["rule ", "word ", "stem ", "shape "].iter().any(|kind| name.starts_with(kind));
    if !known {
        let start: String = name.chars().take(32).collect();
        return Err(format!("{start:?} is no kind of feature"));
    }
    let mut weights = [0.0; CLASSES];
    for weight in &mut weights {
        let column = columns.next().ok_or(format!("{name} needs {CLASSES} weights"))?;
        *weight = finite(column)?;
    }
    columns.next().map_or(Ok(NamedWeights { name, weights }), |extra| {
        Err(format!("{extra:?} is one weight too many"))
    })
}

/// A number that is one.
pub(crate) fn finite(text: &str) -> Result<f64, String> {
    let number: Option<f64> = text.trim().parse().ok();
    number.filter(|number| number.is_finite()).ok_or(format!("{text:?} is no number"))
}

/// The rules of a file in the program's order; each must be there once.
fn in_order(mut found: Vec<NamedWeights>) -> Result<Vec<NamedWeights>, ModelError> {
    let mut rules = Vec::with_capacity(found.len());
    for expected in Model::rule_priors() {
        let at = found.iter().position(|one| one.name == expected.name);
        let at =
            at.ok_or(ModelError::Missing { what: format!("the feature \"{}\"", expected.name) })?;
        rules.push(found.swap_remove(at));
    }
    match found.first() {
        None => Ok(rules),
        Some(extra) => {
            Err(ModelError::Missing { what: format!("a meaning for \"{}\"", extra.name) })
        }
    }
}
