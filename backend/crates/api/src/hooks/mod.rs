//! Webhooks: who may call which, and what their bodies mean.

mod reading;

use std::time::Duration;

use domain::Timestamp;
use serde_json::value::RawValue;

use crate::auth::ApiKeys;
pub use reading::{InvalidTemplate, Template};

/// Largest body of a webhook, bytes. An alert of TradingView has at most 4 KB.
pub(crate) const MAX_BODY: usize = 64 * 1_024;

/// How one webhook is read.
#[derive(Debug, Clone)]
pub struct Hook {
    /// The last part of its path.
    pub name: String,
    /// What its callers prove themselves with.
    pub secret: ApiKeys,
    /// How a JSON body becomes a text; without one the usual names are looked for.
    pub template: Option<Template>,
    /// Where a JSON body holds its id, dots between names.
    pub id: Option<String>,
    /// Where it holds its time.
    pub time: Option<String>,
    /// How far from now that time may be.
    pub window: Duration,
    /// Whether a body without a time is refused.
    pub time_required: bool,
}

/// All webhooks.
#[derive(Debug, Clone, Default)]
pub struct Hooks(Vec<Hook>);

/// What a webhook's body says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alert {
    pub(crate) text: String,
    pub(crate) id: Option<String>,
    pub(crate) at: Option<Timestamp>,
}

/// Why a webhook is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// No such hook, or not its secret: nobody learns which.
    Secret,
    /// Too large.
    Huge,
    /// Its time is outside the window, or missing where one is required.
    Stale,
    /// It says nothing that could be a signal.
    Unreadable,
}

impl Refused {
    pub(crate) const ALL: [Self; 4] = [Self::Secret, Self::Huge, Self::Stale, Self::Unreadable];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Huge => "huge",
            Self::Stale => "stale",
            Self::Unreadable => "unreadable",
        }
    }
}

/// The secret that a JSON body carries, for senders that can set no header.
pub(crate) fn secret_in(body: &str) -> Option<String> {
    reading::text_at(body.trim(), "secret")
}

impl Hooks {
    /// These hooks; each has a name of its own.
    pub fn new(hooks: Vec<Hook>) -> Self {
        Self(hooks)
    }

    /// The hook of this name, when one of the offered texts is its secret. An unknown name takes
    /// as long as a wrong secret.
    pub(crate) fn admit<'a>(
        &self,
        name: &str,
        offered: impl Iterator<Item = &'a str>,
    ) -> Result<&Hook, Refused> {
        let nobody = ApiKeys::new(["no hook has this name"]);
        let hook = self.0.iter().find(|hook| hook.name == name);
        let secret = hook.map_or(&nobody, |hook| &hook.secret);
        let accepted = offered.fold(false, |any, text| any | secret.accepts(text));
        hook.filter(|_| accepted).ok_or(Refused::Secret)
    }
}

impl Hook {
    /// Reads a body and holds its time against the present.
    pub(crate) fn read(&self, body: &str, now: Timestamp) -> Result<Alert, Refused> {
        let body = body.trim();
        let alert = match serde_json::from_str::<&RawValue>(body) {
            Ok(_) if body.starts_with('{') => self.of_object(body),
            Ok(_) if body.starts_with('"') => {
                serde_json::from_str::<String>(body).ok().and_then(|text| reading::plain(&text))
            }
            Ok(_) => None,
            Err(_) => reading::plain(body),
        };
        let alert = alert.ok_or(Refused::Unreadable)?;
        match alert.at {
            Some(at) if now.since(at).max(at.since(now)) > self.window => Err(Refused::Stale),
            None if self.time_required => Err(Refused::Stale),
            _ => Ok(alert),
        }
    }

    fn of_object(&self, body: &str) -> Option<Alert> {
        let text = match &self.template {
            Some(template) => template.fill(body)?,
            None => reading::usual(body)?,
        };
        let id = self.id.as_deref().and_then(|path| reading::text_at(body, path));
        let at = self.time.as_deref().and_then(|path| reading::time_at(body, path));
        // A time that cannot be read is no time: it must not pass as fresh.
        if self.time.as_deref().is_some_and(|path| reading::text_at(body, path).is_some()) {
            return Some(Alert { text, id, at: Some(at.unwrap_or(Timestamp::EPOCH)) });
        }
        Some(Alert { text, id, at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

    fn hook() -> Hook {
        Hook {
            name: "tv".into(),
            secret: ApiKeys::new(["s3cret"]),
            template: None,
            id: Some("id".into()),
            time: Some("time".into()),
            window: Duration::from_mins(5),
            time_required: false,
        }
    }

    #[test]
    fn only_the_secret_of_the_named_hook_opens_it() {
        let hooks = Hooks::new(vec![hook()]);
        let admitted =
            |name: &str, offered: &[&str]| hooks.admit(name, offered.iter().copied()).is_ok();
        assert!(admitted("tv", &["s3cret"]) && admitted("tv", &["x", "s3cret"]));
        assert!(!admitted("tv", &[]) && !admitted("tv", &["s3cre", "s3crett", ""]));
        assert!(!admitted("other", &["s3cret"]) && !admitted("other", &["no hook has this name"]));
    }

    #[test]
    fn a_time_outside_the_window_is_stale() {
        let read = |time: &str| hook().read(&format!(r#"{{"text":"BUY BTC","time":{time}}}"#), NOW);
        assert_eq!(read("1790000000").unwrap().at, Some(NOW));
        assert_eq!(read("1790000000000").unwrap().at, Some(NOW));
        assert_eq!(read("\"2026-09-21T14:13:20Z\"").unwrap().at, Some(NOW));
        for old in ["1789999000", "1790000400", "\"yesterday\"", "\"\""] {
            assert_eq!(read(old), Err(Refused::Stale), "{old}");
        }
        let required = Hook { time_required: true, ..hook() };
        assert_eq!(required.read("BUY BTC", NOW), Err(Refused::Stale));
    }

    #[test]
    fn text_json_text_and_objects_are_read() {
        let of = |body: &str| hook().read(body, NOW);
        assert_eq!(of("BUY BTCUSDT").unwrap().text, "BUY BTCUSDT");
        assert_eq!(of("\"BUY BTCUSDT\"").unwrap().text, "BUY BTCUSDT");
        let alert = of(r#"{"text":"BUY BTC","id":7}"#).unwrap();
        assert_eq!((alert.text.as_str(), alert.id.as_deref()), ("BUY BTC", Some("7")));
        for nothing in ["", "  ", "{}", "[]", r#"{"secret":"x"}"#] {
            assert_eq!(of(nothing), Err(Refused::Unreadable), "{nothing}");
        }
    }
}
