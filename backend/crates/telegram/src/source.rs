//! Polling: messages in, at least once; the engine lets each signal enter at most once.
//!
//! An update is confirmed only when everything before it is in the journal. While a message cannot
//! be taken (the service is starting, the disk is full) it stays unconfirmed and comes again, and
//! what people command behind it is carried out all the same.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use domain::event::Notice;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::time::sleep;

use crate::api::types::{Post, Update};
use crate::api::{BATCH, BotApi, CallError};
use crate::backoff::Backoff;
use crate::chats::Chats;
use crate::commands::Operator;
use crate::figures::Figures;
use crate::port::Service;
use crate::post::{self, Unfit};
use crate::settings::Settings;

/// How long Telegram holds a poll without updates.
const LONG_POLL: Duration = Duration::from_secs(25);
/// Handled commands that are remembered while something before them is unconfirmed.
const REMEMBERED: usize = 1_000;

/// Reads the bot's updates.
pub(crate) struct Source {
    pub(crate) api: BotApi,
    pub(crate) service: Arc<dyn Service>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) operator: Operator,
    pub(crate) figures: Arc<Figures>,
    pub(crate) chats: Arc<Chats>,
    /// Updates of people that were carried out and may come again.
    pub(crate) handled: BTreeSet<i64>,
}

/// One update as far as it could be read.
enum Incoming {
    Update(Box<Update>),
    Unreadable(i64),
}

#[derive(Deserialize)]
struct Numbered {
    update_id: i64,
}

/// How far a batch was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// All of it.
    Done,
    /// Something has to wait.
    Stalled,
}

impl Source {
    /// Runs as long as the service does.
    pub(crate) async fn run(mut self) {
        self.connect().await;
        let mut offset = None;
        let mut failures = Backoff::new(self.settings.backoff);
        let mut stalls = Backoff::new(self.settings.backoff);
        loop {
            let polled = self.api.get_updates(offset, LONG_POLL).await;
            match polled {
                Ok(updates) => {
                    failures.reset();
                    self.figures.polled(self.service.now());
                    let (next, progress) = self.take_batch(updates).await;
                    offset = next.or(offset);
                    match progress {
                        Progress::Done => stalls.reset(),
                        Progress::Stalled => sleep(stalls.next().min(Duration::from_secs(2))).await,
                    }
                }
                Err(error) => self.wait_after(&error, &mut failures).await,
            }
        }
    }

    /// Finds out the bot's name and sees to it that updates can be polled.
    async fn connect(&mut self) {
        let mut failures = Backoff::new(self.settings.backoff);
        loop {
            let me = match self.api.get_me().await {
                Ok(me) => self.api.delete_webhook().await.map(|_| me),
                Err(error) => Err(error),
            };
            match me {
                Ok(me) => {
                    tracing::info!(bot = me.username.as_deref().unwrap_or("?"), "Telegram answers");
                    return self.operator.is_named(me.username);
                }
                Err(error) => self.wait_after(&error, &mut failures).await,
            }
        }
    }

    async fn wait_after(&self, error: &CallError, failures: &mut Backoff) {
        self.figures.poll_failed();
        let pause = match error {
            CallError::FloodWait(wait) => {
                self.figures.flood_wait();
                *wait
            }
            // Nothing changes until a person does something.
            CallError::BadToken(_) | CallError::Refused { .. } => self.settings.backoff.max,
            _ => failures.next(),
        };
        tracing::warn!(%error, retry_in = ?pause, "Telegram updates cannot be read");
        sleep(pause).await;
    }

    /// Takes one batch; gives the offset that confirms what was taken.
    async fn take_batch(&mut self, updates: Vec<Box<RawValue>>) -> (Option<i64>, Progress) {
        let mut batch: Vec<Incoming> = updates.iter().filter_map(|raw| read(raw)).collect();
        if batch.is_empty() && !updates.is_empty() {
            return (None, Progress::Stalled);
        }
        batch.sort_by_key(Incoming::id);
        // What people command does not wait for a message that cannot be taken yet.
        for incoming in &batch {
            if let Incoming::Update(update) = incoming {
                self.obey(update).await;
            }
        }
        let full = batch.len() >= BATCH;
        let mut next = None;
        for incoming in batch {
            let id = incoming.id();
            if !self.take(incoming).await {
                if full {
                    tracing::warn!("Telegram has more waiting than one answer shows");
                }
                return (next, Progress::Stalled);
            }
            self.handled.remove(&id);
            next = Some(id + 1);
        }
        (next, Progress::Done)
    }

    async fn obey(&mut self, update: &Update) {
        if self.handled.contains(&update.update_id) {
            return;
        }
        if self.operator.handle(update).await {
            self.handled.insert(update.update_id);
            if self.handled.len() > REMEMBERED {
                self.handled.pop_first();
            }
        }
    }

    /// Whether the update is done with.
    async fn take(&self, incoming: Incoming) -> bool {
        let update = match incoming {
            Incoming::Update(update) => update,
            Incoming::Unreadable(id) => {
                tracing::warn!(
                    update_id = id,
                    "a Telegram update cannot be read; it is passed over"
                );
                self.figures.update("unreadable");
                return true;
            }
        };
        if self.handled.contains(&update.update_id) {
            return true;
        }
        let is_edit = update.edited_message.is_some() || update.edited_channel_post.is_some();
        let posts = [
            update.channel_post,
            update.message,
            update.edited_channel_post,
            update.edited_message,
        ];
        let Some(post) = posts.into_iter().flatten().next() else {
            self.figures.update("other");
            return true;
        };
        if self.hand_in(&post).await {
            self.figures.update(if is_edit { "edit" } else { "message" });
            return true;
        }
        false
    }

    /// Whether the message is done with.
    async fn hand_in(&self, post: &Post) -> bool {
        let followed = self.settings.channels.follow(&post.chat);
        self.chats.heard(post, followed);
        if !followed {
            self.figures.message("unfollowed");
            return true;
        }
        let message = match post::to_message(post, self.settings.min_text_len) {
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

impl Incoming {
    fn id(&self) -> i64 {
        match self {
            Self::Update(update) => update.update_id,
            Self::Unreadable(id) => *id,
        }
    }
}

/// [`None`] for something that has not even a number: it cannot be confirmed, and the next update
/// confirms it.
fn read(raw: &RawValue) -> Option<Incoming> {
    if let Ok(update) = serde_json::from_str::<Update>(raw.get()) {
        return Some(Incoming::Update(Box::new(update)));
    }
    let numbered: Numbered = serde_json::from_str(raw.get()).ok()?;
    Some(Incoming::Unreadable(numbered.update_id))
}
