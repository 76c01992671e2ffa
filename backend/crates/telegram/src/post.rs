//! From a Telegram message to a message that may be a signal.

use domain::Timestamp;
use engine::Message;

use crate::api::types::{ForwardOrigin, Post};

/// What the journal calls messages of Telegram.
pub(crate) const SOURCE: &str = "telegram";
/// Longest text taken, characters. Telegram's own limit is 4096; another server may have none.
pub(crate) const LONGEST_TEXT: usize = 20_000;

/// Where a message was written first. A copy has the identity of its original, so that a call that
/// is forwarded into several followed chats is one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The chat's id.
    pub(crate) chat: i64,
    /// The message's id there.
    pub(crate) message: i64,
    /// When it was posted there. An edit keeps it, and a copy has that of its original, so neither
    /// makes an old call fresh.
    pub(crate) posted_at: Timestamp,
}

impl Identity {
    pub(crate) fn of(post: &Post) -> Self {
        let (chat, message, date) = match &post.forward_origin {
            Some(ForwardOrigin::Channel { chat, message_id, date }) => {
                (chat.id, *message_id, *date)
            }
            Some(ForwardOrigin::Elsewhere { date }) => {
                (post.chat.id, post.message_id, (*date).min(post.date))
            }
            None => (post.chat.id, post.message_id, post.date),
        };
        let posted_at = Timestamp::from_millis(date.saturating_mul(1_000));
        Self { chat, message, posted_at }
    }
}

/// Text or caption.
pub(crate) fn text(post: &Post) -> &str {
    post.text.as_deref().or(post.caption.as_deref()).unwrap_or_default()
}

/// Why a message of a followed chat is not handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// Shorter than `TELEGRAM_MIN_TEXT_LEN`.
    Short,
    /// Longer than any message is.
    Huge,
}

/// The message for the engine.
pub(crate) fn to_message(post: &Post, min_text_len: usize) -> Result<Message, Unfit> {
    let text = text(post).trim();
    let length = text.chars().count();
    if length > LONGEST_TEXT {
        return Err(Unfit::Huge);
    }
    if length < min_text_len.max(1) {
        return Err(Unfit::Short);
    }
    let identity = Identity::of(post);
    // An answer to a copy of another channel's message is none in this channel.
    let answered = post.reply_to_message.as_deref().map(Identity::of);
    let answered = answered.filter(|answered| answered.chat == identity.chat);
    Ok(Message {
        source: SOURCE.to_owned(),
        channel: Some(identity.chat.to_string()),
        message_id: Some(identity.message.to_string()),
        reply_to: answered.map(|answered| answered.message.to_string()),
        idempotency_key: None,
        posted_at: Some(identity.posted_at),
        text: text.to_owned(),
        route: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(more: &str) -> Post {
        let text = format!(
            r#"{{"message_id":9,"date":1700000000,"chat":{{"id":-100,"type":"channel"}}{more}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn a_message_is_known_by_its_chat_and_number() {
        let message = to_message(&post(r#","text":" BUY BTC now ""#), 3).unwrap();
        assert_eq!(message.channel.as_deref(), Some("-100"));
        assert_eq!(message.message_id.as_deref(), Some("9"));
        assert_eq!(message.posted_at.unwrap().as_millis(), 1_700_000_000_000);
        assert_eq!(message.text, "BUY BTC now");
    }

    #[test]
    fn the_text_under_a_picture_counts() {
        assert_eq!(to_message(&post(r#","caption":"BUY BTC""#), 3).unwrap().text, "BUY BTC");
    }

    #[test]
    fn a_copy_is_its_original() {
        let origin = r#","text":"BUY BTC","forward_origin":{"type":"channel","date":1600000000,"message_id":3,"chat":{"id":-200,"type":"channel"}}"#;
        let message = to_message(&post(origin), 3).unwrap();
        assert_eq!(message.channel.as_deref(), Some("-200"));
        assert_eq!(message.message_id.as_deref(), Some("3"));
        assert_eq!(message.posted_at.unwrap().as_millis(), 1_600_000_000_000);
        let hidden = r#","text":"BUY BTC","forward_origin":{"type":"hidden_user","date":1600000000,"sender_user_name":"x"}"#;
        let message = to_message(&post(hidden), 3).unwrap();
        assert_eq!(message.channel.as_deref(), Some("-100"));
        assert_eq!(
            message.posted_at.unwrap().as_millis(),
            1_600_000_000_000,
            "no fresher than it was"
        );
    }

    #[test]
    fn an_answer_names_the_message_it_answers_in_the_same_channel() {
        let reply = |origin: &str| {
            format!(
                r#","text":"close it","reply_to_message":{{"message_id":4,"date":1700000000,"chat":{{"id":-100,"type":"channel"}}{origin}}}"#
            )
        };
        assert_eq!(to_message(&post(&reply("")), 3).unwrap().reply_to.as_deref(), Some("4"));
        let origin = r#","forward_origin":{"type":"channel","date":1,"message_id":3,"chat":{"id":-200,"type":"channel"}}"#;
        assert_eq!(to_message(&post(&reply(origin)), 3).unwrap().reply_to, None);
    }

    #[test]
    fn short_and_huge_texts_are_not_handed_in() {
        assert_eq!(to_message(&post(""), 0).unwrap_err(), Unfit::Short);
        assert_eq!(to_message(&post(r#","text":"ok""#), 3).unwrap_err(), Unfit::Short);
        let huge = format!(r#","text":"{}""#, "x".repeat(LONGEST_TEXT + 1));
        assert_eq!(to_message(&post(&huge), 3).unwrap_err(), Unfit::Huge);
    }
}
