//! Following channels as a user: live, over reconnects, and from where the last run ended.
//!
//! A channel's mark moves only when everything up to it is in the journal, and is saved after that.
//! Whatever happens in between, messages come again rather than not at all, and the engine knows
//! them by their identity.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use domain::event::Notice;
use grammers_tl_types as tl;
use tokio::time::{Instant, sleep, timeout};

use super::Settings;
use super::changes::{self, Change, Pushed};
use super::dialogs::{self, Dialog};
use super::line::{Line, LineError, ask};
use super::mapping;
use super::pulse::Pulse;
use super::session::{Keys, Mark, Session};
use crate::backoff::Backoff;
use crate::figures::Figures;
use crate::intake::Intake;
use crate::port::Service;

/// After this long without a push Telegram is asked whether the connection still stands.
const QUIET: Duration = Duration::from_mins(1);
/// Every channel is asked this often, whatever was pushed.
const ROUND: Duration = Duration::from_mins(10);

/// Opens a connection with these keys.
pub type Dial = Box<dyn FnMut(&Keys) -> Box<dyn Line> + Send + Sync>;

/// Follows channels.
pub(crate) struct Follower {
    pub(crate) dial: Dial,
    pub(crate) settings: Arc<Settings>,
    pub(crate) service: Arc<dyn Service>,
    pub(crate) intake: Intake,
    pub(crate) figures: Arc<Figures>,
    pub(crate) pulse: Arc<Pulse>,
    pub(crate) session: Session,
    /// By the channel's own id.
    pub(crate) followed: BTreeMap<i64, Dialog>,
}

impl Follower {
    /// Runs until the session is over.
    pub(crate) async fn run(mut self) {
        let mut failures = Backoff::new(self.settings.backoff);
        loop {
            let mut line = (self.dial)(&self.session.keys);
            let Err(error) = Box::pin(self.attend(line.as_mut(), &mut failures)).await;
            drop(line);
            self.figures.user_down();
            let pause = match error {
                LineError::SignedOut(_) => return self.end(&error),
                LineError::FloodWait(wait) => {
                    self.figures.flood_wait();
                    wait
                }
                _ => failures.next(),
            };
            tracing::warn!(%error, retry_in = ?pause, "Telegram cannot be read as a user");
            sleep(pause).await;
        }
    }

    /// A person has to do something: they are told, once.
    fn end(&self, error: &LineError) {
        tracing::error!(%error, "the Telegram user session has ended");
        self.pulse.over(error.to_string());
        let details = [("reason".to_owned(), error.to_string())].into();
        let message = "the Telegram user session has ended: its channels are not read".to_owned();
        self.service.alarm(Notice { message, details });
    }

    /// Lives as long as one connection.
    async fn attend(
        &mut self,
        line: &mut dyn Line,
        failures: &mut Backoff,
    ) -> Result<Infallible, LineError> {
        self.greet(line).await?;
        self.look_around(line).await?;
        self.ask_all(line).await?;
        failures.reset();
        self.figures.user_up();
        let mut asked_at = Instant::now();
        loop {
            match timeout(QUIET, line.pushed()).await {
                Err(_) => self.greet(line).await?,
                Ok(None) => return Err(closed()),
                Ok(Some(pushed)) => self.take(line, changes::read(pushed)).await?,
            }
            self.pulse.alive(self.service.now());
            if asked_at.elapsed() >= ROUND {
                self.ask_all(line).await?;
                asked_at = Instant::now();
            }
        }
    }

    /// Telegram pushes to a connection only after a first question.
    async fn greet(&mut self, line: &mut dyn Line) -> Result<(), LineError> {
        ask(line, &tl::functions::updates::GetState {}).await?;
        self.pulse.alive(self.service.now());
        Ok(())
    }

    /// Finds the channels to follow among the account's chats. A new one is followed from now on.
    async fn look_around(&mut self, line: &mut dyn Line) -> Result<(), LineError> {
        let channels = &self.settings.channels;
        let known = dialogs::all(line).await?;
        let unmet = |name: &&crate::channels::ChatName| !known.iter().any(|d| name.means(&d.chat));
        let missing: Vec<String> =
            channels.0.iter().filter(unmet).map(ToString::to_string).collect();
        if !missing.is_empty() {
            tracing::warn!(
                channels = missing.join(", "),
                "the Telegram account is not in these channels"
            );
        }
        let followed = known.into_iter().filter(|dialog| channels.follow(&dialog.chat));
        self.followed = followed.map(|dialog| (dialog.channel, dialog)).collect();
        let titles = self.followed.values().filter_map(|dialog| dialog.chat.title.clone());
        self.pulse.follows(titles.collect(), missing);
        let before = self.session.marks.len();
        for dialog in self.followed.values() {
            let from_now = Mark { pts: dialog.pts, last_message: dialog.top_message };
            self.session.marks.entry(dialog.channel).or_insert(from_now);
        }
        if self.session.marks.len() != before {
            self.save().await;
        }
        Ok(())
    }

    async fn take(&mut self, line: &mut dyn Line, pushed: Pushed) -> Result<(), LineError> {
        let changes = match pushed {
            Pushed::Changes(changes) => changes,
            Pushed::AskAll => return self.ask_all(line).await,
            Pushed::Closed => return Err(closed()),
        };
        let mut moved = false;
        for change in changes {
            moved |= self.take_change(line, change).await?;
        }
        if moved {
            self.save().await;
        }
        Ok(())
    }

    /// Whether a mark moved that is not saved yet.
    async fn take_change(
        &mut self,
        line: &mut dyn Line,
        change: Change,
    ) -> Result<bool, LineError> {
        let Some(mark) = self.mark(change.channel) else { return Ok(false) };
        match change.after {
            // It came again.
            Some(count) if count.pts <= mark.pts => Ok(false),
            Some(count) if count.pts - count.by == mark.pts => {
                self.deliver(change.channel, change.message.into_iter().collect()).await;
                self.advance(change.channel, count.pts);
                Ok(true)
            }
            _ => self.catch_up(line, change.channel).await.map(|()| false),
        }
    }

    async fn ask_all(&mut self, line: &mut dyn Line) -> Result<(), LineError> {
        let channels: Vec<i64> = self.followed.keys().copied().collect();
        for channel in channels {
            self.catch_up(line, channel).await?;
        }
        Ok(())
    }

    /// A channel that cannot be read any more takes nothing away from the others.
    async fn catch_up(&mut self, line: &mut dyn Line, channel: i64) -> Result<(), LineError> {
        match self.read_missed(line, channel).await {
            Err(error) if error.is("PERSISTENT_TIMESTAMP_OUTDATED") => {
                tracing::info!(
                    channel,
                    "Telegram is behind itself; the channel is asked again later"
                );
                Ok(())
            }
            Err(LineError::Refused(reason)) => {
                self.lose(channel, reason);
                Ok(())
            }
            other => other,
        }
    }

    fn lose(&mut self, channel: i64, reason: String) {
        let Some(dialog) = self.followed.remove(&channel) else { return };
        let title = dialog.chat.title.unwrap_or_default();
        let details = [
            ("channel", dialog.chat.id.to_string()),
            ("title", title.chars().take(48).collect()),
            ("reason", reason),
        ];
        let details = details.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let message = "a followed Telegram channel cannot be read any more".to_owned();
        self.service.alarm(Notice { message, details });
    }

    /// Hands the messages in, oldest first, and waits as long as one cannot be taken.
    pub(crate) async fn deliver(&mut self, channel: i64, mut messages: Vec<tl::enums::Message>) {
        let Some(dialog) = self.followed.get(&channel) else { return };
        messages.sort_by_key(tl::enums::Message::id);
        let mut last = 0;
        for message in &messages {
            last = last.max(message.id());
            let Some(post) = mapping::post(message, &dialog.chat) else { continue };
            let mut stalls = Backoff::new(self.settings.backoff);
            while !self.intake.hand_in(&post).await {
                sleep(stalls.next().min(Duration::from_secs(2))).await;
            }
        }
        if let Some(mark) = self.session.marks.get_mut(&channel) {
            mark.last_message = mark.last_message.max(last);
        }
    }

    /// How far a followed channel was read.
    pub(crate) fn mark(&self, channel: i64) -> Option<Mark> {
        self.followed.get(&channel)?;
        self.session.marks.get(&channel).copied()
    }

    /// Everything up to this count is in the journal.
    pub(crate) fn advance(&mut self, channel: i64, pts: i32) {
        if let Some(mark) = self.session.marks.get_mut(&channel) {
            mark.pts = pts;
        }
    }

    /// What cannot be saved comes again after a restart, and is known then.
    pub(crate) async fn save(&self) {
        let (file, session) = (self.settings.session.clone(), self.session.clone());
        let saved = tokio::task::spawn_blocking(move || file.save(&session)).await;
        match saved {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the Telegram session cannot be saved"),
            Err(error) => tracing::error!(%error, "the Telegram session was not saved"),
        }
    }
}

fn closed() -> LineError {
    LineError::Unreachable("the connection is gone".to_owned())
}
