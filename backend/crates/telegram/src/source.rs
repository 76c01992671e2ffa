//! Polling: messages in, at least once; the engine lets each signal enter at most once.
//!
//! An update is confirmed only when everything before it is in the journal. While a message cannot
//! be taken (the service is starting, the disk is full) it stays unconfirmed and comes again, and
//! what people command behind it is carried out all the same.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::time::sleep;

use crate::api::types::Update;
use crate::api::{BATCH, BotApi, CallError};
use crate::backoff::Backoff;
use crate::commands::Operator;
use crate::figures::Figures;
use crate::intake::Intake;
use crate::port::Service;
use crate::settings::Settings;
use crate::webhook::Webhook;

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
    pub(crate) intake: Intake,
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
        self.connect(None).await;
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

    /// Finds out the bot's name and sees to it that updates can be polled, or are delivered.
    pub(crate) async fn connect(&mut self, webhook: Option<&Webhook>) {
        let mut failures = Backoff::new(self.settings.backoff);
        loop {
            let me = match self.api.get_me().await {
                Ok(me) => self.agree_on(webhook).await.map(|_| me),
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

    async fn agree_on(&self, webhook: Option<&Webhook>) -> Result<bool, CallError> {
        match webhook {
            Some(webhook) => self.api.set_webhook(&webhook.address, &webhook.secret).await,
            None => self.api.delete_webhook().await,
        }
    }

    async fn wait_after(&self, error: &CallError, failures: &mut Backoff) {
        sleep(self.pause_after(error, failures)).await;
    }

    /// Counts and tells a failed call; gives the pause after it.
    pub(crate) fn pause_after(&self, error: &CallError, failures: &mut Backoff) -> Duration {
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
        pause
    }

    /// Whether a single update is done with.
    pub(crate) async fn take_one(&mut self, raw: &RawValue) -> bool {
        // Something without a number could not be told from others; there is no use in its return.
        let Some(incoming) = read(raw) else { return true };
        if let Incoming::Update(update) = &incoming {
            self.obey(update).await;
        }
        self.take(incoming).await
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
        if self.intake.hand_in(&post).await {
            self.figures.update(if is_edit { "edit" } else { "message" });
            return true;
        }
        false
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
