//! Reading what was missed in one channel.

use grammers_tl_types as tl;

use super::changes;
use super::dialogs::Dialog;
use super::follower::Follower;
use super::line::{Line, LineError, ask};

/// Changes asked for at a time; the most a user gets.
const LIMIT: i32 = 100;
/// Answers to one catching up; far more than Telegram gives before it says "too long".
const MOST_ANSWERS: usize = 1_000;
/// Pages of a channel's history that are looked through.
const MOST_PAGES: usize = 20;

impl Follower {
    /// Asks for the channel's changes since its mark until there are no more.
    pub(crate) async fn read_missed(
        &mut self,
        line: &mut dyn Line,
        channel: i64,
    ) -> Result<(), LineError> {
        for _ in 0..MOST_ANSWERS {
            let (Some(mark), Some(dialog)) = (self.mark(channel), self.followed.get(&channel))
            else {
                return Ok(());
            };
            let known = dialog.pts;
            self.figures.asked_for_missed();
            let answer = match ask(line, &since(dialog, mark.pts)).await {
                // The count is none of this channel's: begin again from the one that is.
                Err(error) if is_senseless(&error) && mark.pts != known => {
                    self.reread(line, channel, known).await?;
                    continue;
                }
                answer => answer?,
            };
            if self.take_answer(line, channel, answer).await? {
                return Ok(());
            }
        }
        Err(LineError::Unreachable("the changes of a channel do not end".to_owned()))
    }

    /// Whether that was all.
    async fn take_answer(
        &mut self,
        line: &mut dyn Line,
        channel: i64,
        answer: tl::enums::updates::ChannelDifference,
    ) -> Result<bool, LineError> {
        use tl::enums::updates::ChannelDifference as Answer;
        match answer {
            Answer::Empty(none) => {
                self.advance(channel, none.pts);
                Ok(none.r#final)
            }
            Answer::Difference(some) => {
                let others = some.other_updates.into_iter().filter_map(changes::change);
                let edited = others.filter(|change| change.channel == channel);
                let edited = edited.filter_map(|change| change.message);
                let messages = some.new_messages.into_iter().chain(edited).collect();
                self.deliver(channel, messages).await;
                self.advance(channel, some.pts);
                self.save().await;
                Ok(some.r#final)
            }
            Answer::TooLong(long) => {
                let pts = match &long.dialog {
                    tl::enums::Dialog::Dialog(dialog) => dialog.pts,
                    _ => None,
                };
                let missing = || LineError::Unreadable("a channel has no count".to_owned());
                self.reread(line, channel, pts.ok_or_else(missing)?).await?;
                Ok(long.r#final)
            }
        }
    }

    /// More happened than Telegram lists: the messages since the last known one are read from the
    /// channel's history, back to those that are too old to be traded.
    async fn reread(
        &mut self,
        line: &mut dyn Line,
        channel: i64,
        pts: i32,
    ) -> Result<(), LineError> {
        let (Some(mark), Some(dialog)) = (self.mark(channel), self.followed.get(&channel)) else {
            return Ok(());
        };
        let oldest = self.service.now().minus(self.settings.signal_max_age).as_millis() / 1_000;
        let mut found: Vec<tl::enums::Message> = Vec::new();
        for _ in 0..MOST_PAGES {
            let before = found.iter().map(tl::enums::Message::id).min().unwrap_or(0);
            let page = page(line, dialog, mark.last_message, before).await?;
            let reached = page.is_empty() || page.iter().any(|m| date(m) < oldest);
            found.extend(page);
            if reached {
                break;
            }
        }
        let title = dialog.chat.title.as_deref().unwrap_or_default();
        tracing::warn!(
            channel = title,
            messages = found.len(),
            "a channel's history was read: too much was missed"
        );
        self.deliver(channel, found).await;
        self.advance(channel, pts);
        self.save().await;
        Ok(())
    }
}

fn is_senseless(error: &LineError) -> bool {
    error.is("PERSISTENT_TIMESTAMP_INVALID") || error.is("PERSISTENT_TIMESTAMP_EMPTY")
}

fn since(dialog: &Dialog, pts: i32) -> tl::functions::updates::GetChannelDifference {
    let channel =
        tl::types::InputChannel { channel_id: dialog.channel, access_hash: dialog.access_hash };
    tl::functions::updates::GetChannelDifference {
        force: false,
        channel: channel.into(),
        filter: tl::enums::ChannelMessagesFilter::Empty,
        pts,
        limit: LIMIT,
    }
}

/// Messages after `last` and before `before` (0: the newest), newest first.
async fn page(
    line: &mut dyn Line,
    dialog: &Dialog,
    last: i32,
    before: i32,
) -> Result<Vec<tl::enums::Message>, LineError> {
    let peer =
        tl::types::InputPeerChannel { channel_id: dialog.channel, access_hash: dialog.access_hash };
    let request = tl::functions::messages::GetHistory {
        peer: peer.into(),
        offset_id: before,
        offset_date: 0,
        add_offset: 0,
        limit: LIMIT,
        max_id: 0,
        min_id: last,
        hash: 0,
    };
    Ok(match ask(line, &request).await? {
        tl::enums::messages::Messages::Messages(all) => all.messages,
        tl::enums::messages::Messages::Slice(slice) => slice.messages,
        tl::enums::messages::Messages::ChannelMessages(all) => all.messages,
        tl::enums::messages::Messages::NotModified(_) => Vec::new(),
    })
}

/// Seconds since the epoch.
fn date(message: &tl::enums::Message) -> i64 {
    i64::from(match message {
        tl::enums::Message::Message(message) => message.date,
        tl::enums::Message::Service(message) => message.date,
        tl::enums::Message::Empty(_) => return i64::MAX,
    })
}
