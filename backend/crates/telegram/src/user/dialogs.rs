//! Which channels and supergroups the account is in.

use std::collections::HashMap;

use grammers_tl_types as tl;

use super::line::{Line, LineError, ask};
use super::mapping;
use crate::api::types::Chat;

/// Chats asked for at a time; the most there is.
const PAGE: i32 = 100;
/// Pages looked at; an account can be in 500 channels, or 1000 with Premium.
const MOST_PAGES: usize = 50;

/// A channel or supergroup that the account can read.
#[derive(Debug, Clone)]
pub struct Dialog {
    /// As the Bot API describes it, with its id.
    pub chat: Chat,
    /// Its own id.
    pub(crate) channel: i64,
    /// What proves to Telegram that this account knows it.
    pub(crate) access_hash: i64,
    /// Where its count of changes stands.
    pub(crate) pts: i32,
    /// Its newest message.
    pub(crate) top_message: i32,
}

/// One page of the account's chats.
struct Page {
    dialogs: Vec<tl::enums::Dialog>,
    messages: Vec<tl::enums::Message>,
    chats: Vec<tl::enums::Chat>,
    users: Vec<tl::enums::User>,
    is_last: bool,
}

/// Where the next page begins.
struct Place {
    date: i32,
    message: i32,
    peer: tl::enums::InputPeer,
}

/// All channels and supergroups, in the order of Telegram's list. Small groups are left out: their
/// messages have other numbers for each account, so nobody could know that two are one.
///
/// # Errors
/// [`LineError`].
pub async fn all(line: &mut dyn Line) -> Result<Vec<Dialog>, LineError> {
    let mut found: Vec<Dialog> = Vec::new();
    let mut place = Place { date: 0, message: 0, peer: tl::enums::InputPeer::Empty };
    for _ in 0..MOST_PAGES {
        let page = page(line, &place).await?;
        let fresh = readable(&page);
        let before = found.len();
        for dialog in fresh {
            if found.iter().all(|known| known.channel != dialog.channel) {
                found.push(dialog);
            }
        }
        let next = page.next();
        match next {
            // A page that brings nothing new would come again and again.
            Some(next)
                if !page.is_last
                    && (found.len() > before || next.date < place.date || place.date == 0) =>
            {
                place = next;
            }
            _ => return Ok(found),
        }
    }
    Ok(found)
}

async fn page(line: &mut dyn Line, place: &Place) -> Result<Page, LineError> {
    let request = tl::functions::messages::GetDialogs {
        exclude_pinned: false,
        folder_id: None,
        offset_date: place.date,
        offset_id: place.message,
        offset_peer: place.peer.clone(),
        limit: PAGE,
        hash: 0,
    };
    Ok(match ask(line, &request).await? {
        tl::enums::messages::Dialogs::Dialogs(all) => Page {
            dialogs: all.dialogs,
            messages: all.messages,
            chats: all.chats,
            users: all.users,
            is_last: true,
        },
        tl::enums::messages::Dialogs::Slice(slice) => Page {
            is_last: slice.dialogs.is_empty(),
            dialogs: slice.dialogs,
            messages: slice.messages,
            chats: slice.chats,
            users: slice.users,
        },
        tl::enums::messages::Dialogs::NotModified(_) => Page {
            dialogs: Vec::new(),
            messages: Vec::new(),
            chats: Vec::new(),
            users: Vec::new(),
            is_last: true,
        },
    })
}

fn readable(page: &Page) -> Vec<Dialog> {
    let channels: HashMap<i64, &tl::types::Channel> =
        page.chats.iter().filter_map(channel).collect();
    let dialogs = page.dialogs.iter().filter_map(|dialog| match dialog {
        tl::enums::Dialog::Dialog(dialog) => Some(dialog),
        _ => None,
    });
    let of = |dialog: &tl::types::Dialog| {
        let tl::enums::Peer::Channel(peer) = &dialog.peer else { return None };
        let channel = channels.get(&peer.channel_id)?;
        Some(Dialog {
            chat: mapping::chat(channel),
            channel: channel.id,
            access_hash: channel.access_hash?,
            pts: dialog.pts?,
            top_message: dialog.top_message,
        })
    };
    dialogs.filter_map(of).collect()
}

/// A channel that can be read.
fn channel(chat: &tl::enums::Chat) -> Option<(i64, &tl::types::Channel)> {
    match chat {
        tl::enums::Chat::Channel(channel) if !channel.left && !channel.min => {
            Some((channel.id, channel))
        }
        _ => None,
    }
}

impl Page {
    /// After its last chat whose newest message is known.
    fn next(&self) -> Option<Place> {
        let last = self.dialogs.iter().rev().find_map(|dialog| match dialog {
            tl::enums::Dialog::Dialog(dialog) => Some(dialog),
            _ => None,
        })?;
        let message = self.messages.iter().find_map(|message| of_dialog(message, last))?;
        Some(Place { date: message, message: last.top_message, peer: self.input_peer(&last.peer)? })
    }

    fn input_peer(&self, peer: &tl::enums::Peer) -> Option<tl::enums::InputPeer> {
        Some(match peer {
            tl::enums::Peer::Chat(chat) => {
                tl::types::InputPeerChat { chat_id: chat.chat_id }.into()
            }
            tl::enums::Peer::Channel(peer) => {
                let (_, found) =
                    self.chats.iter().filter_map(channel).find(|(id, _)| *id == peer.channel_id)?;
                let (channel_id, access_hash) = (found.id, found.access_hash?);
                tl::types::InputPeerChannel { channel_id, access_hash }.into()
            }
            tl::enums::Peer::User(peer) => {
                let found = self.users.iter().find_map(|user| match user {
                    tl::enums::User::User(user) if user.id == peer.user_id => Some(user),
                    _ => None,
                })?;
                let (user_id, access_hash) = (found.id, found.access_hash?);
                tl::types::InputPeerUser { user_id, access_hash }.into()
            }
        })
    }
}

/// The date of the dialog's newest message, when this is it.
fn of_dialog(message: &tl::enums::Message, dialog: &tl::types::Dialog) -> Option<i32> {
    let (id, peer, date) = match message {
        tl::enums::Message::Message(message) => (message.id, &message.peer_id, message.date),
        tl::enums::Message::Service(message) => (message.id, &message.peer_id, message.date),
        tl::enums::Message::Empty(_) => return None,
    };
    (id == dialog.top_message && *peer == dialog.peer).then_some(date)
}
