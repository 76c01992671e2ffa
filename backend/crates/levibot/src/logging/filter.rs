//! How much is said: a level, and levels for parts of the service.
//!
//! Only our own parts can be named. Libraries log request addresses; those of signed requests would
//! hold signatures, and that of the user stream a listen key, so they stay at warnings.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use tracing_subscriber::EnvFilter;

/// Our crates, as they appear in the log.
const MODULES: [&str; 12] = [
    "api",
    "domain",
    "driver",
    "engine",
    "journal",
    "levibot",
    "limits",
    "mexc",
    "mexc_wire",
    "sandbox",
    "signal",
    "telegram",
];
const LIBRARIES: &str = "hyper=warn,hyper_util=warn,reqwest=warn,h2=warn,rustls=warn,\
                         tungstenite=warn,tokio_tungstenite=warn";

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// Everything.
    Debug,
    /// The course of things.
    Info,
    /// What may need a person.
    Warn,
    /// What failed.
    Error,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        })
    }
}

/// A text that is no filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidFilter {
    /// No such level.
    #[error("{0:?} is no level: give debug, info, warn or error")]
    Level(String),
    /// Not one of our parts.
    #[error("{name:?} is no part of the service: give any of {}", MODULES.join(", "))]
    Module {
        /// As it was given.
        name: String,
    },
    /// There must be exactly one level for everything else.
    #[error("give one level for everything, then levels of parts: info,mexc=debug")]
    General,
}

impl FromStr for Level {
    type Err = InvalidFilter;

    fn from_str(text: &str) -> Result<Self, InvalidFilter> {
        match text.trim().to_ascii_lowercase().as_str() {
            "debug" => Ok(Self::Debug),
            "info" => Ok(Self::Info),
            "warn" | "warning" => Ok(Self::Warn),
            "error" => Ok(Self::Error),
            _ => Err(InvalidFilter::Level(text.chars().take(32).collect())),
        }
    }
}

/// A level for everything, and levels for parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filter {
    level: Level,
    modules: BTreeMap<&'static str, Level>,
}

impl Filter {
    pub(crate) const fn level(&self) -> Level {
        self.level
    }

    pub(crate) fn modules(&self) -> impl Iterator<Item = (&'static str, Level)> {
        self.modules.iter().map(|(module, level)| (*module, *level))
    }

    pub(super) fn for_subscriber(&self) -> EnvFilter {
        EnvFilter::new(format!("{self},{LIBRARIES}"))
    }
}

impl FromStr for Filter {
    type Err = InvalidFilter;

    fn from_str(text: &str) -> Result<Self, InvalidFilter> {
        let (mut general, mut modules) = (None, BTreeMap::new());
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            match part.split_once('=') {
                Some((module, level)) => {
                    modules.insert(module_of(module.trim())?, level.parse()?);
                }
                None if general.is_none() => general = Some(part.parse()?),
                None => return Err(InvalidFilter::General),
            }
        }
        Ok(Self { level: general.ok_or(InvalidFilter::General)?, modules })
    }
}

fn module_of(text: &str) -> Result<&'static str, InvalidFilter> {
    let wanted = text.to_ascii_lowercase().replace('-', "_");
    let found = MODULES.into_iter().find(|module| *module == wanted);
    found.ok_or_else(|| InvalidFilter::Module { name: text.chars().take(32).collect() })
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.level)?;
        self.modules.iter().try_for_each(|(module, level)| write!(f, ",{module}={level}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_one_level_and_levels_of_our_own_parts() {
        for (written, read) in [
            ("INFO", "info"),
            ("Warning", "warn"),
            (" warn , MEXC=Debug,engine=error ", "warn,engine=error,mexc=debug"),
            ("mexc-wire=debug,info", "info,mexc_wire=debug"),
        ] {
            let filter: Filter = written.parse().unwrap();
            assert_eq!(filter.to_string(), read);
            assert_eq!(read.parse::<Filter>().unwrap(), filter);
        }
    }

    #[test]
    fn libraries_cannot_be_made_to_talk() {
        for text in ["", "mexc=debug", "info,warn", "5", "trace", "info,hyper=debug", "info,=debug"]
        {
            assert!(text.parse::<Filter>().is_err(), "{text}");
        }
        let filter: Filter = "debug".parse().unwrap();
        assert!(filter.for_subscriber().to_string().contains("reqwest=warn"));
    }
}
