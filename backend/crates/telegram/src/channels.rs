//! Which chats are followed, and how a chat is named.

use std::fmt;
use std::str::FromStr;

use crate::api::types::Chat;

/// A chat as the user names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatName {
    /// By its id, which never changes hands.
    Id(i64),
    /// By its public name, lower case, without the at sign.
    Public(String),
}

/// A text that names no chat.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} names no chat: give an id such as -1001234567890, or a public name such as @name")]
pub struct NoChatName(pub String);

impl FromStr for ChatName {
    type Err = NoChatName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(id) = text.parse::<i64>() {
            return Ok(Self::Id(id));
        }
        let wrong = || NoChatName(text.chars().take(48).collect());
        let name = text.strip_prefix('@').ok_or_else(wrong)?;
        let of_names = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let is_name = (4..=32).contains(&name.len()) && name.bytes().all(of_names);
        is_name.then(|| Self::Public(name.to_ascii_lowercase())).ok_or_else(wrong)
    }
}

impl fmt::Display for ChatName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "{id}"),
            Self::Public(name) => write!(f, "@{name}"),
        }
    }
}

impl ChatName {
    /// Whether it means this chat.
    pub fn means(&self, chat: &Chat) -> bool {
        match self {
            Self::Id(id) => *id == chat.id,
            Self::Public(name) => {
                chat.username.as_ref().is_some_and(|public| public.eq_ignore_ascii_case(name))
            }
        }
    }
}

/// The followed chats; none unless named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Channels(pub Vec<ChatName>);

impl Channels {
    /// Whether messages of this chat are considered.
    pub fn follow(&self, chat: &Chat) -> bool {
        self.0.iter().any(|name| name.means(chat))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chat(id: i64, username: Option<&str>) -> Chat {
        Chat { id, kind: "channel".into(), title: None, username: username.map(str::to_owned) }
    }

    #[test]
    fn a_chat_is_named_by_id_or_public_name() {
        let names = Channels(vec!["-100123".parse().unwrap(), "@Alpha_Signals".parse().unwrap()]);
        assert!(names.follow(&chat(-100_123, None)));
        assert!(names.follow(&chat(-5, Some("ALPHA_signals"))));
        assert!(!names.follow(&chat(-5, Some("alpha_signals2"))));
        assert!(!names.follow(&chat(100_123, None)));
        assert!(!Channels::default().follow(&chat(-100_123, None)));
    }

    #[test]
    fn other_texts_name_no_chat() {
        for text in ["", "alpha", "@", "@abc", "@two words", "1.5", "https://t.me/alpha"] {
            assert!(text.parse::<ChatName>().is_err(), "{text}");
        }
    }
}
