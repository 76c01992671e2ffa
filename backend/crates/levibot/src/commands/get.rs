//! `levibot mexc get`: one question to the exchange and its answer as it came.

use std::io::{self, Write};

use limits::{Budget, BudgetSettings, Start};
use mexc::{Client, ClientConfig, ClientError, ConfigError, RawAnswer};
use serde_json::Value;

use crate::cli::GetArgs;
use crate::config::Config;

/// Fields whose value opens something.
const SECRET_FIELDS: [&str; 4] = ["listenKey", "accessKey", "apiKey", "secretKey"];
/// Headers whose value opens something.
const SECRET_HEADERS: [&str; 2] = ["set-cookie", "authorization"];
const HIDDEN: &str = "[hidden]";

/// Why there is no answer, or not the wanted one.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GetFailure {
    /// The client cannot be built.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There is no answer.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The answer is an error; it was shown.
    #[error("the exchange answered with HTTP {0}")]
    Status(u16),
    /// It cannot be shown.
    #[error("cannot write the answer: {0}")]
    Output(#[from] io::Error),
}

/// Asks once and shows the answer.
pub(crate) async fn run(config: Config, args: GetArgs) -> Result<(), GetFailure> {
    let budget = Budget::local(&BudgetSettings::with_spacing(config.mexc.rate_limit), Start::Full);
    let mut settings = ClientConfig::new(config.mexc.base_url, budget);
    settings.api_key = config.mexc.api_key;
    settings.api_secret = config.mexc.api_secret;
    settings.recv_window_ms = config.engine.recv_window_ms;
    let client = Client::new(&settings)?;
    if args.path.is_signed() && client.has_keys() {
        match client.clock_offset_ms().await {
            Ok(offset_ms) => client.set_offset_ms(offset_ms),
            Err(error) => eprintln!("the exchange's clock is unknown, ours is used: {error}"),
        }
    }
    let answer = client.get_answer(&args.path, &args.params).await?;
    show(&answer, &mut io::stdout().lock())?;
    if (200..300).contains(&answer.status) {
        Ok(())
    } else {
        Err(GetFailure::Status(answer.status))
    }
}

fn show(answer: &RawAnswer, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "HTTP {}", answer.status)?;
    for (name, value) in &answer.headers {
        let secret = SECRET_HEADERS.contains(&name.as_str());
        writeln!(out, "{name}: {}", if secret { HIDDEN } else { value })?;
    }
    writeln!(out, "\n{}", without_secrets(&answer.body))
}

/// The body as it came, unless a field of it must be hidden.
fn without_secrets(body: &str) -> String {
    let Ok(mut json) = serde_json::from_str::<Value>(body) else { return body.to_owned() };
    if hide(&mut json) { json.to_string() } else { body.to_owned() }
}

/// Whether something was hidden.
fn hide(json: &mut Value) -> bool {
    match json {
        Value::Object(fields) => {
            let mut any = false;
            for (name, value) in fields {
                if SECRET_FIELDS.contains(&name.as_str()) && !value.is_null() {
                    *value = HIDDEN.into();
                    any = true;
                } else {
                    any |= hide(value);
                }
            }
            any
        }
        Value::Array(items) => items.iter_mut().fold(false, |any, item| hide(item) | any),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_something_is_hidden_and_the_rest_is_as_it_came() {
        let answer = RawAnswer {
            status: 200,
            headers: vec![
                ("content-type".to_owned(), "application/json".to_owned()),
                ("set-cookie".to_owned(), "session=hunter2".to_owned()),
            ],
            body: r#"{"total": 2, "listenKey": ["hunter2"], "in": [{"accessKey": "hunter2"}]}"#
                .to_owned(),
        };
        let mut out = Vec::new();
        show(&answer, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.starts_with("HTTP 200\ncontent-type: application/json\n"), "{text}");
        assert!(!text.contains("hunter2") && text.contains("\"total\":2"), "{text}");

        let plain = r#"{"b": 1,  "a": "2.500"}"#;
        assert_eq!(without_secrets(plain), plain);
        assert_eq!(without_secrets("<html>"), "<html>");
    }
}
