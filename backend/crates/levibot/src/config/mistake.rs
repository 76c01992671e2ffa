//! What is wrong with the configuration.

use std::fmt;

use super::kind::Variable;
use super::sources::Source;

/// One thing to put right. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// Which variable, or `.env`.
    pub(crate) variable: String,
    /// The value as given, `***` for a secret; [`None`] when nothing was given.
    pub(crate) value: Option<String>,
    /// Where it came from.
    pub(crate) source: Option<Source>,
    /// What is wrong with it.
    pub(crate) problem: String,
    /// What would be right.
    pub(crate) allowed: String,
}

/// How a value is shown: a secret never, and of an address not its user and password.
pub(super) fn shown(variable: &Variable, value: &str) -> String {
    if variable.is_secret() {
        return HIDDEN.to_owned();
    }
    let visible = match (value.find("://"), value.rfind('@')) {
        (Some(scheme), Some(at)) if scheme < at => {
            format!("{}://{HIDDEN}{}", &value[..scheme], &value[at..])
        }
        _ => value.to_owned(),
    };
    visible.chars().take(200).collect()
}

/// Stands for what must not be shown.
pub(super) const HIDDEN: &str = "***";

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.variable)?;
        if let Some(value) = &self.value {
            write!(f, "={}", value.escape_debug())?;
        }
        if let Some(source) = &self.source {
            write!(f, " ({source})")?;
        }
        write!(f, ": {}. {}", self.problem, self.allowed)
    }
}
