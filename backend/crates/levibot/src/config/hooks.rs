//! The file of webhooks.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use api::{ApiKeys, Hook, Template};
use serde::Deserialize;

use super::parse::{self, Parsed};

/// Shortest secret, characters.
const SHORTEST: usize = 16;
/// Window of a hook that names none, seconds.
const WINDOW_S: u64 = 300;
/// Longest window, seconds.
const LONGEST_WINDOW_S: u64 = 86_400;

/// One hook as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    secret: Option<String>,
    secret_file: Option<PathBuf>,
    template: Option<String>,
    id: Option<String>,
    time: Option<String>,
    window_s: Option<u64>,
    #[serde(default)]
    time_required: bool,
}

/// Reads the file at this path. No mistake quotes what is in it: it holds secrets.
pub(super) fn read(path: &str) -> Parsed<Vec<Hook>> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"))?;
    let written: BTreeMap<String, Written> = serde_json::from_str(&text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        format!("is no file of webhooks: see line {line}, column {column}")
    })?;
    written.into_iter().map(|(name, written)| hook(&name, written)).collect()
}

fn hook(name: &str, written: Written) -> Parsed<Hook> {
    let name = parse::account(name)
        .map_err(|_| "has a hook whose name is not 1 to 24 letters, digits, - or _".to_owned())?;
    if name == api::TELEGRAM {
        return Err("has a hook named telegram, which is the bot's own".to_owned());
    }
    let wrong = |what: &str| format!("has a mistake in hook {name}: {what}");
    let secret = secret(&written).map_err(|what| wrong(&what))?;
    let template = written.template.as_deref().map(str::parse::<Template>).transpose();
    let template = template.map_err(|error| wrong(&error.to_string()))?;
    let window_s = written.window_s.unwrap_or(WINDOW_S);
    if !(1..=LONGEST_WINDOW_S).contains(&window_s) {
        return Err(wrong(&format!("window_s is not 1 to {LONGEST_WINDOW_S}")));
    }
    if written.time_required && written.time.is_none() {
        return Err(wrong("time_required needs time: where it stands"));
    }
    Ok(Hook {
        secret: ApiKeys::new([secret.as_str()]),
        template,
        id: written.id,
        time: written.time,
        window: Duration::from_secs(window_s),
        time_required: written.time_required,
        name,
    })
}

fn secret(written: &Written) -> Parsed<String> {
    let secret = match (&written.secret, &written.secret_file) {
        (Some(secret), None) => secret.clone(),
        (None, Some(path)) => std::fs::read_to_string(path)
            .map_err(|error| format!("secret_file cannot be read: {error}"))?
            .trim()
            .to_owned(),
        _ => return Err("it needs secret or secret_file".to_owned()),
    };
    // It may stand in an address.
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if secret.len() >= SHORTEST && secret.bytes().all(fits) {
        Ok(secret)
    } else {
        Err(format!("its secret is not {SHORTEST} or more letters, digits, - or _"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Parsed<Vec<Hook>> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("hooks.json");
        std::fs::write(&file, text).unwrap();
        read(file.to_str().unwrap())
    }

    #[test]
    fn hooks_are_read_and_mistakes_do_not_tell_secrets() {
        let good = r#"{"tv": {"secret": "0123456789abcdef", "template": "{side} {pair}", "id": "id", "time": "time", "window_s": 60, "time_required": true}}"#;
        let hooks = read_text(good).unwrap();
        assert_eq!((hooks[0].name.as_str(), hooks[0].window.as_secs()), ("tv", 60));
        let bad = [
            r#"{"tv": {}}"#,
            r#"{"tv": {"secret": "hunter2"}}"#,
            r#"{"tv": {"secret": "hunter2hunter2/hunter2"}}"#,
            r#"{"tv": {"secret": "hunter2hunter2hunter2", "secret_file": "x"}}"#,
            r#"{"tv": {"secret": "hunter2hunter2hunter2", "templat": "x"}}"#,
            r#"{"tv": {"secret": "hunter2hunter2hunter2", "template": "{x"}}"#,
            r#"{"tv": {"secret": "hunter2hunter2hunter2", "window_s": 0}}"#,
            r#"{"tv": {"secret": "hunter2hunter2hunter2", "time_required": true}}"#,
            r#"{"t v": {"secret": "hunter2hunter2hunter2"}}"#,
            r#"{"telegram": {"secret": "hunter2hunter2hunter2"}}"#,
            r#"["hunter2"]"#,
        ];
        for text in bad {
            let mistake = read_text(text).unwrap_err();
            assert!(!mistake.contains("hunter2"), "{mistake}");
        }
    }
}
