//! What a variable is, and which values it takes.

/// A line of the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Variable {
    /// Name in the environment.
    pub(crate) name: &'static str,
    /// Heading in the documentation.
    pub(crate) group: &'static str,
    /// What it takes.
    pub(crate) kind: Kind,
    /// What holds when it is not set.
    pub(crate) default: Default,
    /// One line for the user.
    pub(crate) meaning: &'static str,
}

/// What holds when a variable is not set.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Default {
    /// This text, as if the user had written it.
    Is(&'static str),
    /// Nothing; the words say what follows from that.
    Unset(&'static str),
}

/// What a variable takes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// One of these words, in any case.
    Choice(&'static [&'static str]),
    /// On or off.
    Switch,
    /// A whole number, bounds included.
    Whole {
        /// Smallest.
        min: u64,
        /// Largest.
        max: u64,
        /// What is counted.
        unit: &'static str,
    },
    /// An amount of the quote asset.
    Amount {
        /// Whether it may be zero.
        zero: bool,
    },
    /// A number from 0 to 1.
    Fraction,
    /// A length of time, bounds included.
    Period {
        /// Shortest, seconds.
        min_s: u64,
        /// Longest, seconds.
        max_s: u64,
    },
    /// Something with its own parser.
    Text(&'static str),
    /// Never shown; may be given as a file (`NAME_FILE`).
    Secret(&'static str),
}

impl Kind {
    /// What is allowed, for people.
    pub(crate) fn allowed(self) -> String {
        match self {
            Self::Choice(words) => words.join(" or "),
            Self::Switch => "true or false".to_owned(),
            Self::Whole { min, max: u64::MAX, unit } => format!("a whole {unit} from {min}"),
            Self::Whole { min, max, unit } => format!("{min} to {max} {unit}"),
            Self::Amount { zero: true } => "an amount, 0 or more".to_owned(),
            Self::Amount { zero: false } => "an amount above 0".to_owned(),
            Self::Fraction => "0 to 1".to_owned(),
            Self::Period { min_s, max_s } => {
                format!("{min_s} to {max_s} seconds; also 90s, 30m, 4h, 2d")
            }
            Self::Text(words) | Self::Secret(words) => words.to_owned(),
        }
    }
}

impl Variable {
    /// Whether its value must never be shown.
    pub(crate) const fn is_secret(&self) -> bool {
        matches!(self.kind, Kind::Secret(_))
    }

    /// The variable that names a file with the value, for a secret.
    pub(crate) fn file_name(&self) -> Option<String> {
        self.is_secret().then(|| format!("{}_FILE", self.name))
    }
}
