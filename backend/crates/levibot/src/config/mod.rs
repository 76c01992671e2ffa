//! Configuration: read once at start, typed, every mistake told at once.
//!
//! Values come from the process's environment, else from `.env` in the working directory, else (a
//! secret) from the file that `NAME_FILE` names, else from the default. An empty value is no value.
//! The one table of all variables is in `variables`; `docs/configuration.md` and `.env.example` are
//! written from it ([`render_markdown`], [`render_env_example`]).

mod archive;
mod documents;
mod dotenv;
mod hooks;
mod kind;
mod messengers;
mod mistake;
mod parse;
mod reader;
mod report;
mod rules;
mod sources;
mod typed;
mod unknown;
mod variables;

use std::path::Path;

pub(crate) use archive::{Archiving, JournalPlace};
pub(crate) use documents::{render_env_example, render_markdown};
pub(crate) use mistake::Mistake;
pub(crate) use report::{report, report_json, settings};
pub(crate) use typed::{Config, Heartbeat, JournalSync, Log, LogFormat, PaperMarket, Redis};

use kind::Variable;
use reader::Reader;
use sources::{Setting, Sources};

/// A valid configuration, and how it came about.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    /// What is in force.
    pub(crate) config: Config,
    /// What a person should know though it is no mistake. Holds no secret.
    pub(crate) warnings: Vec<String>,
    settings: Vec<(Variable, Option<Setting>)>,
}

impl Config {
    /// Reads everything that is set in `env` (the process's environment) and in the file `dotenv`.
    ///
    /// # Errors
    /// Every mistake there is, in the order of the documentation.
    pub(crate) fn load(
        env: impl IntoIterator<Item = (String, String)>,
        dotenv: Option<&Path>,
    ) -> Result<Loaded, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let file = dotenv.map(dotenv::read).transpose().unwrap_or_else(|mistake| {
            mistakes.push(mistake);
            None
        });
        let file = file.unwrap_or_default();
        let sources = Sources::new(env, file.values);
        let mut reader = Reader::new(&sources);
        let config = typed::read(&mut reader);
        let (settings, wrong) = reader.finish();
        mistakes.extend(wrong);
        let mut rules = rules::Rules::new(&config, &settings, mistakes);
        rules.check();
        let (mistakes, mut warnings) = rules.finish();
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        warnings.splice(0..0, file.warnings.into_iter().chain(unknown::warnings(&sources)));
        Ok(Loaded { config, warnings, settings })
    }

    /// [`Self::load`] with this process's environment and the `.env` of its working directory.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn load_here() -> Result<Loaded, Vec<Mistake>> {
        Self::load(env_here(), Some(Path::new(".env")))
    }
}

/// This process's environment. Text that is not Unicode gets a replacement character, which no
/// parser accepts.
fn env_here() -> impl Iterator<Item = (String, String)> {
    let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
    std::env::vars_os().map(move |(name, value)| (text(name), text(value)))
}

#[cfg(test)]
mod tests;
