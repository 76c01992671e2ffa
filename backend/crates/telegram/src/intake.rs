//! From a post in a chat to the journal: the one way in, whoever heard the post.

use std::sync::Arc;

use domain::event::Notice;

use crate::api::types::Post;
use crate::channels::Channels;
use crate::chats::Chats;
use crate::figures::Figures;
use crate::port::Service;
use crate::post::{self, Unfit};

/// Hands in the posts of followed chats.
#[derive(Clone)]
pub(crate) struct Intake {
    pub(crate) service: Arc<dyn Service>,
    pub(crate) channels: Channels,
    pub(crate) min_text_len: usize,
    pub(crate) figures: Arc<Figures>,
    pub(crate) chats: Arc<Chats>,
}

impl Intake {
    /// Whether the post is done with: in the journal, or nothing for it.
    pub(crate) async fn hand_in(&self, post: &Post) -> bool {
        let followed = self.channels.follow(&post.chat);
        self.chats.heard(post, followed);
        if !followed {
            self.figures.message("unfollowed");
            return true;
        }
        let message = match post::to_message(post, self.min_text_len) {
            Ok(message) => message,
            Err(Unfit::Short) => {
                self.figures.message("short");
                return true;
            }
            Err(Unfit::Huge) => {
                self.refuse_huge(post);
                return true;
            }
        };
        match self.service.take(message).await {
            Ok(reply) => {
                let posted_at = post::Identity::of(post).posted_at;
                let channel = post.chat.id.to_string();
                self.figures.decided(&channel, posted_at, self.service.now(), reply.action);
                true
            }
            Err(reason) => {
                tracing::warn!(%reason, "a message has to wait");
                false
            }
        }
    }

    fn refuse_huge(&self, post: &Post) {
        self.figures.message("huge");
        self.figures.refuse("huge");
        let details = [
            ("chat", post.chat.id.to_string()),
            ("message_id", post.message_id.to_string()),
            ("characters", post::text(post).chars().count().to_string()),
        ];
        let details = details.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let message = "a Telegram message is longer than any signal".to_owned();
        self.service.refused("huge", Notice { message, details });
    }
}
