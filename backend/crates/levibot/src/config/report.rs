//! `levibot config`: what is in force and where it came from, secrets hidden.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Loaded;
use super::kind::{Default, Variable};
use super::mistake::shown;
use super::sources::{Setting, Source};

/// A table of all variables, then the warnings.
pub(crate) fn report(loaded: &Loaded) -> String {
    let rows: Vec<[String; 3]> = loaded.settings.iter().map(row).collect();
    let width =
        |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (names, values) = (width(0), width(1).min(60));
    let mut text = format!("{:names$}  {:values$}  SOURCE\n", "NAME", "VALUE");
    for [name, value, source] in &rows {
        let _ = writeln!(text, "{name:names$}  {value:values$}  {source}");
    }
    for warning in &loaded.warnings {
        let _ = write!(text, "\nwarning: {warning}");
    }
    if !loaded.warnings.is_empty() {
        text.push('\n');
    }
    text
}

/// The same as one JSON object: `mode`, `account`, `variables[{name value source}]`, `warnings[]`.
/// A variable that is not set has the value null.
pub(crate) fn report_json(loaded: &Loaded) -> String {
    let variables: Vec<Value> = loaded.settings.iter().map(json_row).collect();
    let engine = &loaded.config.engine;
    let report = json!({
        "mode": engine.mode.as_str(),
        "account": engine.account,
        "variables": variables,
        "warnings": loaded.warnings,
    });
    format!("{report:#}\n")
}

/// The same for the API.
pub(crate) fn settings(loaded: &Loaded) -> api::operation::Settings {
    api::operation::Settings {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        account: loaded.config.engine.account.clone(),
        settings: loaded.settings.iter().map(api_row).collect(),
        warnings: loaded.warnings.clone(),
    }
}

fn api_row((variable, setting): &(Variable, Option<Setting>)) -> api::operation::Setting {
    let (Default::Unset(default) | Default::Is(default)) = variable.default;
    api::operation::Setting {
        name: variable.name.to_owned(),
        group: variable.group.to_owned(),
        meaning: variable.meaning.to_owned(),
        value: setting.as_ref().map(|setting| shown(variable, setting.text())),
        default: default.to_owned(),
        source: source(setting.as_ref()),
        secret: variable.is_secret(),
    }
}

fn row((variable, setting): &(Variable, Option<Setting>)) -> [String; 3] {
    let value = match (setting, variable.default) {
        (Some(setting), _) => shown(variable, setting.text()),
        (None, Default::Unset(words) | Default::Is(words)) => format!("({words})"),
    };
    [variable.name.to_owned(), value, source(setting.as_ref())]
}

fn json_row((variable, setting): &(Variable, Option<Setting>)) -> Value {
    let value = setting.as_ref().map(|setting| shown(variable, setting.text()));
    json!({ "name": variable.name, "value": value, "source": source(setting.as_ref()) })
}

fn source(setting: Option<&Setting>) -> String {
    setting.map_or(&Source::Default, |setting| &setting.source).to_string()
}
