//! The parts of the Bot API's objects that are used. Everything else in them is passed over.

use serde::Deserialize;

/// Something that happened in a chat the bot can see.
#[derive(Debug, Clone, Deserialize)]
pub struct Update {
    /// Rises with each update; confirms all below it when it is asked for.
    pub update_id: i64,
    /// A message of a group or a private chat.
    pub message: Option<Post>,
    /// One of them was changed.
    pub edited_message: Option<Post>,
    /// A message of a channel.
    pub channel_post: Option<Post>,
    /// One of them was changed.
    pub edited_channel_post: Option<Post>,
    /// Somebody pressed one of the bot's buttons.
    pub callback_query: Option<CallbackQuery>,
}

/// A message.
#[derive(Debug, Clone, Deserialize)]
pub struct Post {
    /// Unique within its chat.
    pub message_id: i64,
    /// Who wrote it; nobody for channel posts.
    pub from: Option<User>,
    /// Set where a chat speaks instead of a person: anonymous administrators, linked channels.
    pub sender_chat: Option<Chat>,
    /// Where.
    pub chat: Chat,
    /// When it was posted, seconds since the epoch; an edit does not change it.
    pub date: i64,
    /// Its text.
    pub text: Option<String>,
    /// The text under a picture or file.
    pub caption: Option<String>,
    /// The message it answers.
    pub reply_to_message: Option<Box<Post>>,
    /// Where it was written first, when it is a copy.
    pub forward_origin: Option<ForwardOrigin>,
}

/// A person or bot.
#[derive(Debug, Clone, Deserialize)]
pub struct User {
    /// Its id.
    pub id: i64,
    /// Its name without the at sign.
    pub username: Option<String>,
}

/// A private chat, group or channel.
#[derive(Debug, Clone, Deserialize)]
pub struct Chat {
    /// Negative for groups and channels.
    pub id: i64,
    /// `private`, `group`, `supergroup` or `channel`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What people call it.
    pub title: Option<String>,
    /// Its public name without the at sign.
    pub username: Option<String>,
}

/// Where a forwarded message was written first.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ForwardOrigin {
    /// In a channel.
    Channel {
        /// Which.
        chat: Chat,
        /// Its id there.
        message_id: i64,
        /// When it was posted there, seconds since the epoch.
        date: i64,
    },
    /// By a person, a group, or somebody who hides.
    #[serde(untagged)]
    Elsewhere {
        /// When it was posted there, seconds since the epoch.
        date: i64,
    },
}

/// A pressed button.
#[derive(Debug, Clone, Deserialize)]
pub struct CallbackQuery {
    /// To be answered with.
    pub id: String,
    /// Who pressed it.
    pub from: User,
    /// The message the button is under.
    pub message: Option<ButtonMessage>,
    /// What the button carries.
    pub data: Option<String>,
}

/// The message a button is under; an old one comes without its text.
#[derive(Debug, Clone, Deserialize)]
pub struct ButtonMessage {
    /// Unique within its chat.
    pub message_id: i64,
    /// Where.
    pub chat: Chat,
}

/// An answer of the Bot API.
#[derive(Debug, Deserialize)]
pub(super) struct Envelope<T> {
    pub(super) ok: bool,
    pub(super) result: Option<T>,
    pub(super) error_code: Option<u16>,
    pub(super) description: Option<String>,
    pub(super) parameters: Option<Parameters>,
}

/// Hints with a failure.
#[derive(Debug, Deserialize)]
pub(super) struct Parameters {
    /// Seconds.
    pub(super) retry_after: Option<u64>,
}

/// How deliveries to a webhook go.
#[derive(Debug, Clone, Deserialize)]
pub struct WebhookInfo {
    /// Where they go; empty for nowhere.
    pub url: String,
    /// Updates that wait.
    pub pending_update_count: u64,
    /// When a call failed last, seconds since the epoch.
    pub last_error_date: Option<i64>,
    /// What went wrong then.
    pub last_error_message: Option<String>,
}

/// A message that was sent.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Sent {
    /// Unique within its chat.
    pub message_id: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_of_every_kind_are_read() {
        let channel =
            r#"{"type":"channel","date":1,"message_id":7,"chat":{"id":-100,"type":"channel"}}"#;
        let person = r#"{"type":"user","date":2,"sender_user":{"id":5}}"#;
        let hidden = r#"{"type":"hidden_user","date":3,"sender_user_name":"x"}"#;
        let read = |text| serde_json::from_str::<ForwardOrigin>(text).unwrap();
        assert!(matches!(read(channel), ForwardOrigin::Channel { message_id: 7, date: 1, .. }));
        assert!(matches!(read(person), ForwardOrigin::Elsewhere { date: 2 }));
        assert!(matches!(read(hidden), ForwardOrigin::Elsewhere { date: 3 }));
    }
}
