//! What Telegram pushes, as far as it concerns channels.

use grammers_session::updates::UpdatesLike;
use grammers_tl_types as tl;

use super::mapping::channel_of;

/// A channel counts its changes ("pts"); each push says how many it brings and where the count
/// stands after it, so that a missing one shows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Change {
    /// The channel's own id.
    pub(crate) channel: i64,
    /// The count after it; [`None`] when the channel only has to be asked.
    pub(crate) after: Option<Count>,
    /// A new or edited message, when it brings one.
    pub(crate) message: Option<tl::enums::Message>,
}

/// Where a change stands in its channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count {
    /// The count after the change.
    pub(crate) pts: i32,
    /// By how much it rose.
    pub(crate) by: i32,
}

/// What a push means.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Pushed {
    /// These changes, in order.
    Changes(Vec<Change>),
    /// Something was lost: every channel has to be asked.
    AskAll,
    /// The connection broke.
    Closed,
}

/// Reads a push.
pub(crate) fn read(pushed: UpdatesLike) -> Pushed {
    let updates = match pushed {
        UpdatesLike::Updates(updates) => updates,
        UpdatesLike::ConnectionClosed => return Pushed::Closed,
        UpdatesLike::MalformedUpdates => return Pushed::AskAll,
        // Answers to requests that are never made here.
        _ => return Pushed::Changes(Vec::new()),
    };
    let updates = match updates {
        tl::enums::Updates::TooLong => return Pushed::AskAll,
        tl::enums::Updates::Updates(all) => all.updates,
        tl::enums::Updates::Combined(all) => all.updates,
        tl::enums::Updates::UpdateShort(one) => vec![one.update],
        // Private chats and small groups.
        _ => Vec::new(),
    };
    let mut changes: Vec<Change> = updates.into_iter().filter_map(change).collect();
    changes.sort_by_key(|change| change.after.map(|count| count.pts - count.by));
    Pushed::Changes(changes)
}

/// The change in an update, when it is one of a channel.
pub(crate) fn change(update: tl::enums::Update) -> Option<Change> {
    use tl::enums::Update;
    let of = |channel, pts, by, message| {
        Some(Change { channel, after: Some(Count { pts, by }), message })
    };
    match update {
        Update::NewChannelMessage(new) => {
            of(channel_of(&new.message)?, new.pts, new.pts_count, Some(new.message))
        }
        Update::EditChannelMessage(edit) => {
            of(channel_of(&edit.message)?, edit.pts, edit.pts_count, Some(edit.message))
        }
        Update::DeleteChannelMessages(gone) => of(gone.channel_id, gone.pts, gone.pts_count, None),
        Update::ChannelWebPage(page) => of(page.channel_id, page.pts, page.pts_count, None),
        Update::PinnedChannelMessages(pin) => of(pin.channel_id, pin.pts, pin.pts_count, None),
        Update::ChannelTooLong(behind) => {
            Some(Change { channel: behind.channel_id, after: None, message: None })
        }
        _ => None,
    }
}
