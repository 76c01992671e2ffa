//! The `.env` file. Nothing of it enters the process's environment.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use super::mistake::Mistake;

/// What the file says, and what is odd about it.
#[derive(Debug, Default)]
pub(super) struct DotEnv {
    pub(super) values: BTreeMap<String, String>,
    pub(super) warnings: Vec<String>,
}

/// Reads the file; a missing one is empty. Of two lines for one name the later wins, as in a shell.
pub(super) fn read(path: &Path) -> Result<DotEnv, Mistake> {
    match fs::read_to_string(path) {
        Ok(text) => parse(text.trim_start_matches('\u{feff}'), path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(DotEnv::default()),
        Err(error) => Err(unusable(path, format!("cannot be read: {error}"))),
    }
}

fn parse(text: &str, path: &Path) -> Result<DotEnv, Mistake> {
    let mut found = DotEnv::default();
    for pair in dotenvy::from_read_iter(text.as_bytes()) {
        let (name, value) = pair.map_err(|error| unusable(path, place(text, &error)))?;
        if found.values.insert(name.clone(), value).is_some() {
            let warning =
                format!("{name} is set twice in {}: the later line holds", path.display());
            found.warnings.push(warning);
        }
    }
    Ok(found)
}

/// Says where the error is without repeating the line, which may hold a secret.
fn place(text: &str, error: &dotenvy::Error) -> String {
    let at = match error {
        dotenvy::Error::LineParse(line, _) => text.find(line.as_str()),
        _ => None,
    };
    match at {
        Some(at) => {
            let line = text[..at].matches('\n').count() + 1;
            format!(
                "line {line} is not NAME=value (is a quote left open, or a value with spaces unquoted?)"
            )
        }
        None => "is not made of NAME=value lines".to_owned(),
    }
}

fn unusable(path: &Path, problem: String) -> Mistake {
    Mistake {
        variable: path.display().to_string(),
        value: None,
        source: None,
        problem,
        allowed: "Allowed: NAME=value lines, with comments after #".to_owned(),
    }
}
