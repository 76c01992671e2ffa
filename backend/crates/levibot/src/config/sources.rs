//! Where values come from: the process's environment, `.env`, secret files, defaults; in this order.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

use super::kind::{Default, Variable};
use super::mistake::{HIDDEN, Mistake};

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// Nobody set it.
    Default,
    /// The process's environment.
    Environment,
    /// The `.env` file.
    DotEnv,
    /// The file that `NAME_FILE` names.
    File(PathBuf),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Environment => f.write_str("environment"),
            Self::DotEnv => f.write_str(".env"),
            Self::File(path) => write!(f, "file {}", path.display()),
        }
    }
}

/// A value and its source. Kept secret whether it is one or not: only the report decides.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub(crate) value: SecretString,
    pub(crate) source: Source,
}

impl Setting {
    fn new(value: &str, source: Source) -> Self {
        Self { value: SecretString::from(value.to_owned()), source }
    }

    /// The text. The caller must know whether it may be shown.
    pub(crate) fn text(&self) -> &str {
        self.value.expose_secret()
    }
}

/// Everything that was set, by name. An empty value counts as not set.
#[derive(Debug, Clone)]
pub(super) struct Sources {
    set: BTreeMap<String, Setting>,
}

impl Sources {
    pub(super) fn new(
        env: impl IntoIterator<Item = (String, String)>,
        dotenv: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let dotenv = dotenv.into_iter().map(|pair| (pair, Source::DotEnv));
        let env = env.into_iter().map(|pair| (pair, Source::Environment));
        let mut set = BTreeMap::new();
        for ((name, value), source) in dotenv.chain(env) {
            let value = without_comment(&value);
            if !value.is_empty() {
                set.insert(name, Setting::new(value, source));
            }
        }
        Self { set }
    }

    /// The names that were set, with their sources.
    pub(super) fn names(&self) -> impl Iterator<Item = (&str, &Source)> {
        self.set.iter().map(|(name, setting)| (name.as_str(), &setting.source))
    }

    /// The value in force; [`None`] for a variable without a default that nobody set.
    pub(super) fn find(&self, variable: &Variable) -> Result<Option<Setting>, Mistake> {
        let direct = self.set.get(variable.name);
        let file = variable.file_name().and_then(|name| Some((self.set.get(&name)?, name)));
        match (direct, file) {
            (Some(_), Some((_, name))) => Err(both_set(variable, name)),
            (Some(setting), None) => Ok(Some(setting.clone())),
            (None, Some((setting, name))) => read_secret(variable, name, setting).map(Some),
            (None, None) => Ok(match variable.default {
                Default::Is(text) => Some(Setting::new(text, Source::Default)),
                Default::Unset(_) => None,
            }),
        }
    }
}

/// Cuts `# comment` after white space: tools that hand a `.env` on to a process often leave it in.
fn without_comment(value: &str) -> &str {
    let starts = value.char_indices().filter(|(_, c)| *c == '#').map(|(at, _)| at);
    let comment = starts
        .into_iter()
        .find(|at| value[..*at].chars().next_back().is_none_or(char::is_whitespace) && *at > 0);
    value[..comment.unwrap_or(value.len())].trim()
}

fn both_set(variable: &Variable, file_name: String) -> Mistake {
    Mistake {
        problem: format!("{} is set too", variable.name),
        allowed: "Set one of the two".to_owned(),
        variable: file_name,
        value: None,
        source: None,
    }
}

fn read_secret(variable: &Variable, name: String, setting: &Setting) -> Result<Setting, Mistake> {
    let path = Path::new(setting.text());
    let mistake = |problem: String| Mistake {
        variable: name,
        // The secret itself may have been put in the path's place.
        value: Some(if setting.text().contains('/') { setting.text() } else { HIDDEN }.to_owned()),
        source: Some(setting.source.clone()),
        problem,
        allowed: format!("Allowed: a readable file that holds {}", variable.name),
    };
    match fs::read_to_string(path) {
        Ok(text) if text.trim().is_empty() => Err(mistake("the file is empty".to_owned())),
        Ok(text) => Ok(Setting::new(text.trim(), Source::File(path.to_owned()))),
        Err(error) => Err(mistake(format!("the file cannot be read: {error}"))),
    }
}
