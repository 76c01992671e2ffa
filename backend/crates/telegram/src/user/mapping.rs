//! From Telegram's own types to the ones of the Bot API: the same post heard by a bot and by a user
//! is one message, with one identity.

use grammers_tl_types as tl;

use crate::api::types::{Chat, ForwardOrigin, Post};

/// What the Bot API puts before a channel's own id: -1001234567890 is channel 1234567890.
const CHANNELS_BEGIN: i64 = 1_000_000_000_000;

/// A channel's id as the Bot API writes it.
pub(crate) const fn chat_id(channel: i64) -> i64 {
    -CHANNELS_BEGIN - channel
}

/// The channel or supergroup as the Bot API describes it.
pub(crate) fn chat(channel: &tl::types::Channel) -> Chat {
    Chat {
        id: chat_id(channel.id),
        kind: if channel.broadcast { "channel" } else { "supergroup" }.to_owned(),
        title: Some(channel.title.clone()),
        username: public_name(channel),
    }
}

/// The name in force: the only one, or the first active of several.
fn public_name(channel: &tl::types::Channel) -> Option<String> {
    let of_several = channel.usernames.iter().flatten().find_map(|name| {
        let tl::enums::Username::Username(name) = name;
        name.active.then(|| name.username.clone())
    });
    channel.username.clone().or(of_several)
}

/// The channel a message stands in.
pub(crate) fn channel_of(message: &tl::enums::Message) -> Option<i64> {
    let peer = match message {
        tl::enums::Message::Message(message) => Some(&message.peer_id),
        tl::enums::Message::Service(message) => Some(&message.peer_id),
        tl::enums::Message::Empty(empty) => empty.peer_id.as_ref(),
    };
    match peer? {
        tl::enums::Peer::Channel(channel) => Some(channel.channel_id),
        _ => None,
    }
}

/// The message as the Bot API would deliver it; [`None`] for what is no text of anybody.
pub(crate) fn post(message: &tl::enums::Message, chat: &Chat) -> Option<Post> {
    let tl::enums::Message::Message(message) = message else { return None };
    Some(Post {
        message_id: i64::from(message.id),
        from: None,
        sender_chat: None,
        chat: chat.clone(),
        date: i64::from(message.date),
        text: message.media.is_none().then(|| message.message.clone()),
        caption: message.media.is_some().then(|| message.message.clone()),
        reply_to_message: answered(message, chat).map(Box::new),
        forward_origin: message.fwd_from.as_ref().map(origin),
    })
}

/// The message of the same chat that is answered: its number is all that is known.
fn answered(message: &tl::types::Message, chat: &Chat) -> Option<Post> {
    let Some(tl::enums::MessageReplyHeader::Header(header)) = &message.reply_to else {
        return None;
    };
    // Something in another chat was answered, or the topic of a forum alone.
    let elsewhere = header.reply_to_peer_id.as_ref().is_some_and(|peer| *peer != message.peer_id);
    let topic_alone = header.forum_topic && header.reply_to_top_id.is_none();
    if elsewhere || topic_alone {
        return None;
    }
    Some(Post {
        message_id: i64::from(header.reply_to_msg_id?),
        from: None,
        sender_chat: None,
        chat: chat.clone(),
        date: 0,
        text: None,
        caption: None,
        reply_to_message: None,
        forward_origin: None,
    })
}

fn origin(header: &tl::enums::MessageFwdHeader) -> ForwardOrigin {
    let tl::enums::MessageFwdHeader::Header(header) = header;
    let date = i64::from(header.date);
    match (&header.from_id, header.channel_post) {
        (Some(tl::enums::Peer::Channel(channel)), Some(post)) => ForwardOrigin::Channel {
            chat: Chat {
                id: chat_id(channel.channel_id),
                kind: "channel".to_owned(),
                title: None,
                username: None,
            },
            message_id: i64::from(post),
            date,
        },
        _ => ForwardOrigin::Elsewhere { date },
    }
}
