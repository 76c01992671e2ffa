//! From a webhook's body to a text that the reader of signals understands.

use std::collections::BTreeMap;

use domain::{Decimal, Timestamp};
use serde_json::value::RawValue;

use super::Alert;

/// Longest text, characters.
const MAX_TEXT: usize = 20_000;

/// A text with names in braces, such as `{side} {ticker} at {order.price}`. A line whose names are
/// not all in the body is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Vec<Piece>>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Name(String),
}

/// A template that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the template {0:?} has a brace without its partner")]
pub struct InvalidTemplate(String);

impl std::str::FromStr for Template {
    type Err = InvalidTemplate;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let lines = text.lines().map(pieces).collect::<Option<Vec<_>>>();
        lines.map(Self).ok_or_else(|| InvalidTemplate(text.chars().take(80).collect()))
    }
}

fn pieces(line: &str) -> Option<Vec<Piece>> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}')?;
        if before.contains('}') || name.is_empty() {
            return None;
        }
        found.push(Piece::Text(before.to_owned()));
        found.push(Piece::Name(name.trim().to_owned()));
        rest = behind;
    }
    if rest.contains('}') {
        return None;
    }
    found.push(Piece::Text(rest.to_owned()));
    Some(found)
}

impl Template {
    /// The text; [`None`] when nothing is left of it.
    pub(crate) fn fill(&self, body: &str) -> Option<String> {
        let line = |pieces: &Vec<Piece>| {
            let parts = pieces.iter().map(|piece| match piece {
                Piece::Text(text) => Some(text.clone()),
                Piece::Name(name) => text_at(body, name),
            });
            parts.collect::<Option<String>>()
        };
        let lines: Vec<String> = self.0.iter().filter_map(line).collect();
        bounded(&lines.join("\n"))
    }
}

/// A body that is the text itself.
pub(super) fn plain(body: &str) -> Option<Alert> {
    Some(Alert { text: bounded(body)?, id: None, at: None })
}

/// What is usual: a text, or the fields of an order under their usual names.
pub(super) fn usual(body: &str) -> Option<String> {
    let one_of = |names: &[&str]| names.iter().find_map(|name| text_at(body, name));
    if let Some(text) = one_of(&["text", "message", "alert"]) {
        return bounded(&text);
    }
    let symbol = one_of(&["symbol", "ticker", "pair", "market"])?;
    let side = one_of(&["side", "action", "order", "signal"])?;
    let mut lines = vec![format!("{} {}", side.to_uppercase(), pair(&symbol))];
    let fields = [
        ("Entry", &["entry", "price", "close"][..]),
        ("Targets", &["targets", "tps", "tp", "take_profit"][..]),
        ("Stop loss", &["sl", "stop", "stop_loss"][..]),
    ];
    for (label, names) in fields {
        lines.extend(one_of(names).map(|value| format!("{label}: {value}")));
    }
    bounded(&lines.join("\n"))
}

/// TradingView writes `BINANCE:BTCUSDT` and `BTCUSDT.P`.
fn pair(symbol: &str) -> &str {
    let name = symbol.rsplit(':').next().unwrap_or(symbol);
    name.split('.').next().unwrap_or(name)
}

fn bounded(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= MAX_TEXT;
    fits.then(|| text.to_owned())
}

/// What stands at a path of names with dots between, digit for digit; a list is written with commas.
pub(super) fn text_at(body: &str, path: &str) -> Option<String> {
    let (name, rest) = match path.split_once('.') {
        Some((name, rest)) => (name, Some(rest)),
        None => (path, None),
    };
    let object: BTreeMap<String, &RawValue> = serde_json::from_str(body).ok()?;
    let found = object.get(name)?.get();
    match rest {
        Some(rest) => text_at(found, rest),
        None => written(found),
    }
}

/// A text, number or list as a person would write it.
fn written(raw: &str) -> Option<String> {
    match raw.bytes().next()? {
        b'"' => serde_json::from_str(raw).ok(),
        b'[' => {
            let items: Vec<&RawValue> = serde_json::from_str(raw).ok()?;
            let items = items.into_iter().map(|item| written(item.get()));
            Some(items.collect::<Option<Vec<String>>>()?.join(", "))
        }
        b'-' | b'0'..=b'9' if raw.contains(['e', 'E']) => {
            Some(Decimal::from_scientific(raw).ok()?.to_string())
        }
        b'-' | b'0'..=b'9' => Some(raw.to_owned()),
        _ => None,
    }
}

/// RFC 3339, or seconds or milliseconds since the epoch.
pub(super) fn time_at(body: &str, path: &str) -> Option<Timestamp> {
    let text = text_at(body, path)?;
    if let Some(at) = Timestamp::parse(text.trim()) {
        return Some(at);
    }
    let number: i64 = text.trim().parse().ok().filter(|number| *number > 0)?;
    let millis = if number < 100_000_000_000 { number.saturating_mul(1_000) } else { number };
    Some(Timestamp::from_millis(millis))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_template_leaves_out_lines_whose_names_are_missing() {
        let template: Template = "{side} {order.pair} now\nSL: {sl}\nTP: {tps}".parse().unwrap();
        let body = json!({"side": "BUY", "order": {"pair": "BTCUSDT"}, "tps": [1.5, "2"]});
        assert_eq!(template.fill(&body.to_string()).unwrap(), "BUY BTCUSDT now\nTP: 1.5, 2");
        assert_eq!(template.fill("{}"), None);
    }

    #[test]
    fn braces_come_in_pairs() {
        for bad in ["{a", "a}", "{}", "{a}}", "a } {b}"] {
            assert!(bad.parse::<Template>().is_err(), "{bad}");
        }
        assert!("no names".parse::<Template>().is_ok());
    }

    #[test]
    fn the_usual_fields_become_a_signal() {
        let body = json!({
            "ticker": "BINANCE:BTCUSDT.P", "action": "buy", "price": 43250.5,
            "tp": ["44000", "45000"], "sl": "42000",
        });
        let expected = "BUY BTCUSDT\nEntry: 43250.5\nTargets: 44000, 45000\nStop loss: 42000";
        assert_eq!(usual(&body.to_string()).unwrap(), expected);
        assert_eq!(usual(r#"{"ticker":"BTCUSDT"}"#), None, "which way?");
    }

    #[test]
    fn numbers_keep_their_digits() {
        let body = r#"{"small":0.00001310,"tiny":1.31e-5,"long":43250.123456789012345678}"#;
        let table =
            [("small", "0.00001310"), ("tiny", "0.0000131"), ("long", "43250.123456789012345678")];
        for (name, expected) in table {
            assert_eq!(text_at(body, name).unwrap(), expected);
        }
        assert_eq!(text_at(r#"{"a":{"b":"x"}}"#, "a.b").unwrap(), "x");
        for path in ["a", "a.c", "b", ""] {
            assert_eq!(text_at(r#"{"a":{"b":null}}"#, path), None, "{path}");
        }
    }
}
