//! Which chats were heard lately.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use domain::Timestamp;

use crate::api::types::Post;

/// Chats that are remembered; the one silent for longest makes room.
const ROOM: usize = 64;

/// The last message of each chat.
#[derive(Debug, Default)]
pub struct Chats(Mutex<BTreeMap<i64, Heard>>);

/// What is known of a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Its id.
    pub id: i64,
    /// What people call it.
    pub title: String,
    /// Whether its messages are considered.
    pub followed: bool,
    /// When its last message was posted.
    pub last: Timestamp,
    /// Messages since the start.
    pub count: u64,
}

impl Chats {
    pub(crate) fn heard(&self, post: &Post, followed: bool) {
        let last = Timestamp::from_millis(post.date.saturating_mul(1_000));
        let chat = &post.chat;
        let title = chat.title.as_deref().or(chat.username.as_deref()).unwrap_or("?");
        let title: String = title.chars().take(48).collect();
        // Plain figures: a panic elsewhere cannot leave them half changed.
        let mut chats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = Heard { id: chat.id, title: title.clone(), followed, last, count: 0 };
        let heard = chats.entry(chat.id).or_insert(fresh);
        *heard =
            Heard { title, followed, last: heard.last.max(last), count: heard.count + 1, ..*heard };
        if chats.len() > ROOM {
            let silent = chats.values().min_by_key(|heard| heard.last).map(|heard| heard.id);
            silent.and_then(|id| chats.remove(&id));
        }
    }

    /// All of them, the followed ones first, then by the last message.
    pub fn all(&self) -> Vec<Heard> {
        let chats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<Heard> = chats.values().cloned().collect();
        all.sort_by_key(|heard| (!heard.followed, std::cmp::Reverse(heard.last)));
        all
    }
}
