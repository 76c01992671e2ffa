//! What a person looks at and turns while the service runs: settings in force, and how much is logged.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

/// The running process, for whoever operates it. The binary implements this.
pub trait Operation: Send + Sync + 'static {
    /// What was configured, secrets hidden.
    fn settings(&self) -> Settings;

    /// How much is logged at present.
    fn log(&self) -> LogInForce;

    /// Changes how much is logged, from now on and until the process ends.
    ///
    /// # Errors
    /// When the text is no filter; nothing has changed.
    fn set_log(&self, filter: &str) -> Result<LogInForce, InvalidFilter>;
}

/// A text that is no log filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidFilter(pub String);

/// What is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Settings {
    /// Name of the running version.
    pub version: String,
    /// The account whose book is traded: `paper`, `sandbox-…`, `mexc-…`.
    pub account: String,
    /// Every setting there is, in the order of the documentation.
    pub settings: Vec<Setting>,
    /// What a person should know though it is no mistake.
    pub warnings: Vec<String>,
}

/// One setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Setting {
    /// Name in the environment.
    #[schema(example = "RISK_POLICY")]
    pub name: String,
    /// Heading in the documentation.
    pub group: String,
    /// What it is about.
    pub meaning: String,
    /// As it was written, `***` for a secret; null where it is not set.
    pub value: Option<String>,
    /// What holds, or follows, when it is not set.
    pub default: String,
    /// `default`, `environment`, `.env`, or `file …`.
    pub source: String,
    /// Whether its value is never shown.
    pub secret: bool,
}

/// How much is logged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LogInForce {
    /// The whole filter, as `LOG_LEVEL` and `PUT /log-level` take it.
    #[schema(example = "info,mexc=debug")]
    pub filter: String,
    /// What holds for everything that is not named in `modules`.
    #[schema(example = "info")]
    pub level: String,
    /// Levels by part of the service.
    pub modules: BTreeMap<String, String>,
}
