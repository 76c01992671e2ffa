//! Control frames: JSON in TEXT frames (contract 14).

use serde::{Deserialize, Serialize};

/// How a refused subscription is worded. The code is 0 as for success.
const REFUSED: &str = "Not Subscribed successfully!";

/// What a client asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Begin pushing.
    Subscription,
    /// Stop pushing.
    Unsubscription,
    /// Say PONG. Keeps the connection, but not a listen key.
    Ping,
}

/// A control frame from client to exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// What to do.
    pub method: Method,
    /// With which channels. One a message makes the reply unambiguous.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<String>,
    /// Echoed in the reply; without it the reply carries 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
}

impl Request {
    /// Asks for one channel.
    pub fn subscribe(channel: &impl ToString) -> Self {
        Self { method: Method::Subscription, params: vec![channel.to_string()], id: None }
    }

    /// Gives one channel back.
    pub fn unsubscribe(channel: &impl ToString) -> Self {
        Self { method: Method::Unsubscription, params: vec![channel.to_string()], id: None }
    }

    /// Keeps the connection alive.
    pub const fn ping() -> Self {
        Self { method: Method::Ping, params: Vec::new(), id: None }
    }

    /// The frame's text.
    pub fn to_text(&self) -> String {
        serde_json::json!(self).to_string()
    }
}

/// A control frame from exchange to client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The request's id, or 0.
    #[serde(default)]
    pub id: i64,
    /// 0, also for a refusal.
    #[serde(default)]
    pub code: i64,
    /// The channels, `PONG`, or why not.
    #[serde(default)]
    pub msg: String,
}

/// What a [`Reply`] tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// The answer to a ping.
    Pong,
    /// These channels were begun or ended, and these were refused.
    Channels {
        /// As asked.
        done: Vec<String>,
        /// Not, for the reason given.
        refused: Vec<String>,
        /// The reason, where there was a refusal: `Blocked`.
        reason: Option<String>,
    },
    /// Anything else.
    Other,
}

impl Reply {
    /// The answer to a ping.
    pub fn pong(id: i64) -> Self {
        Self { id, code: 0, msg: "PONG".to_owned() }
    }

    /// Channels begun or ended.
    pub fn done(id: i64, channels: &[String]) -> Self {
        Self { id, code: 0, msg: channels.join(",") }
    }

    /// A channel refused, worded as the exchange does, the full-width colon included.
    pub fn blocked(id: i64, channel: &str) -> Self {
        Self { id, code: 0, msg: format!("{REFUSED} [{channel}].  Reason： Blocked! ") }
    }

    /// Reads a TEXT frame. [`None`] when it is no reply.
    pub fn from_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// What it tells.
    pub fn meaning(&self) -> Meaning {
        if self.msg == "PONG" {
            return Meaning::Pong;
        }
        let (before, after) = match self.msg.split_once(REFUSED) {
            None => (self.msg.as_str(), None),
            Some((before, after)) => (before, Some(after)),
        };
        let done = channels(before);
        let (refused, reason) = after.map_or((Vec::new(), None), refusal);
        if done.is_empty() && refused.is_empty() {
            return Meaning::Other;
        }
        Meaning::Channels { done, refused, reason }
    }
}

/// Names of channels between commas; other words are none.
fn channels(text: &str) -> Vec<String> {
    let names = text.split(',').map(str::trim).filter(|name| name.starts_with("spot@"));
    names.map(str::to_owned).collect()
}

/// Reads ` [ch1,ch2].  Reason： Blocked! `.
fn refusal(text: &str) -> (Vec<String>, Option<String>) {
    let Some((list, rest)) = text.trim_start().strip_prefix('[').and_then(|t| t.split_once(']'))
    else {
        return (Vec::new(), None);
    };
    let reason = rest.split_once(['：', ':']).map_or(rest, |(_, reason)| reason);
    let reason = reason.trim_matches([' ', '!', '.']).to_owned();
    (channels(list), Some(reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CHANNEL: &str = "spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT";

    #[test]
    fn requests_are_written_as_documented() {
        let cases = [
            (Request::ping(), r#"{"method":"PING"}"#.to_owned()),
            (
                Request::subscribe(&CHANNEL),
                format!(r#"{{"method":"SUBSCRIPTION","params":["{CHANNEL}"]}}"#),
            ),
            (
                Request { id: Some(7), ..Request::unsubscribe(&CHANNEL) },
                format!(r#"{{"id":7,"method":"UNSUBSCRIPTION","params":["{CHANNEL}"]}}"#),
            ),
        ];
        for (request, text) in cases {
            assert_eq!(request.to_text(), text);
            assert_eq!(serde_json::from_str::<Request>(&text).unwrap(), request);
        }
    }

    #[test]
    fn a_refusal_is_told_from_success_by_its_words_alone() {
        let channels = |done: &[&str], refused: &[&str], reason: Option<&str>| Meaning::Channels {
            done: done.iter().map(ToString::to_string).collect(),
            refused: refused.iter().map(ToString::to_string).collect(),
            reason: reason.map(str::to_owned),
        };
        let cases = [
            ("PONG".to_owned(), Meaning::Pong),
            (CHANNEL.to_owned(), channels(&[CHANNEL], &[], None)),
            (format!("{CHANNEL},{CHANNEL}"), channels(&[CHANNEL, CHANNEL], &[], None)),
            (Reply::blocked(0, CHANNEL).msg, channels(&[], &[CHANNEL], Some("Blocked"))),
            (
                format!("Not Subscribed successfully! [{CHANNEL}]. Reason： Blocked!"),
                channels(&[], &[CHANNEL], Some("Blocked")),
            ),
            (
                format!("spot@a,Not Subscribed successfully! [{CHANNEL}, spot@b]. Reason: no key"),
                channels(&["spot@a"], &[CHANNEL, "spot@b"], Some("no key")),
            ),
            ("msg is invalid".to_owned(), Meaning::Other),
            ("Not Subscribed successfully!".to_owned(), Meaning::Other),
            (String::new(), Meaning::Other),
        ];
        for (msg, meaning) in cases {
            let reply = Reply { id: 0, code: 0, msg };
            assert_eq!(reply.meaning(), meaning, "{}", reply.msg);
        }
    }

    #[test]
    fn replies_are_read_with_gaps_and_additions() {
        let reply = Reply::from_text(r#"{"msg":"PONG","x":[1]}"#).unwrap();
        assert_eq!(reply, Reply::pong(0));
        assert_eq!(Reply::from_text("hello"), None);
        assert_eq!(Reply::from_text(r#"{"msg":5}"#), None);
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in "\\PC{0,80}") {
            let _ = Reply { id: 0, code: 0, msg: text.clone() }.meaning();
            let _ = Reply { id: 0, code: 0, msg: format!("{REFUSED}{text}") }.meaning();
            let _ = Reply::from_text(&text);
        }
    }
}
