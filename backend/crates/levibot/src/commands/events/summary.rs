//! The payload in one line, for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

/// What is read first, in this order; everything else follows by name.
const FIRST: [&str; 26] = [
    "message",
    "text",
    "label",
    "action",
    "reason",
    "origin",
    "leg",
    "side",
    "kind",
    "type",
    "qty",
    "price",
    "notional",
    "executed_qty",
    "executed_quote",
    "average_price",
    "entry_price",
    "exit_price",
    "realised_pnl",
    "stop",
    "targets",
    "source",
    "mode",
    "from",
    "to",
    "confidence",
];
/// What only repeats or fills the line; `--json` has it.
const LEFT_OUT: [&str; 5] = ["state", "checks", "timestamp_ms", "recv_window_ms", "hints"];

/// `name=value` for every field, the telling ones first.
pub(super) fn summary(payload: &str) -> String {
    let Ok(Value::Object(fields)) = serde_json::from_str(payload) else {
        return shown(payload);
    };
    let mut fields: BTreeMap<String, Value> = fields.into_iter().collect();
    fields.retain(|name, value| !LEFT_OUT.contains(&name.as_str()) && !is_empty(value));
    let first = FIRST.iter().filter_map(|name| fields.remove_entry(*name)).collect::<Vec<_>>();
    let mut line = String::new();
    for (name, value) in first.into_iter().chain(fields) {
        if !line.is_empty() {
            line.push(' ');
        }
        match (name.as_str(), &value) {
            // A sentence needs no name.
            ("message" | "reason", Value::String(text)) => line.push_str(&shown(text)),
            // Writing to a string cannot fail.
            _ => drop(write!(line, "{name}={}", short(&value))),
        }
    }
    line
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

fn short(value: &Value) -> String {
    match value {
        Value::String(text) => shown(text),
        other => shown(&other.to_string()),
    }
}

/// Texts come from strangers: control characters are shown, not sent to the terminal.
pub(super) fn shown(text: &str) -> String {
    let escaped =
        |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(escaped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_telling_fields_come_first_and_the_rest_follows_by_name() {
        let cases = [
            (
                r#"{"zeta":1,"price":"5","checks":[1],"side":"BUY","alpha":null}"#,
                "side=BUY price=5 zeta=1",
            ),
            (r#"{"details":{},"message":"service started"}"#, "service started"),
            (r#"{"targets":[{"price":"7"}],"stop":"3"}"#, r#"stop=3 targets=[{"price":"7"}]"#),
            (r#""text alone""#, r#""text alone""#),
        ];
        for (payload, expected) in cases {
            assert_eq!(summary(payload), expected, "{payload}");
        }
    }

    #[test]
    fn no_text_commands_the_terminal() {
        let line = summary(r#"{"message":"a\u001b[2Jb\u0007\nc\u009bd"}"#);
        assert!(!line.chars().any(char::is_control), "{line:?}");
        assert!(line.contains("\\u{1b}[2J"), "{line}");
    }
}
