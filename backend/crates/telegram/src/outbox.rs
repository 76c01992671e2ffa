//! Everything that is sent, in order and slowly enough. Handing something in never waits: trading
//! does not depend on Telegram, and a full queue drops with a count.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};

use crate::api::{BotApi, CallError, MAX_TEXT, Outgoing};
use crate::backoff::Backoff;
use crate::figures::Figures;
use crate::settings::Pauses;

/// Letters that may wait in each lane.
const ROOM: usize = 256;
/// Telegram takes about one message a second in a chat.
const SPACING: Duration = Duration::from_millis(1_050);
/// How long one letter is tried before the next one has its turn.
const TRIED_FOR: Duration = Duration::from_mins(10);
/// What separates notifications that are sent as one message.
const SEAM: &str = "\n\n";

/// Something to send.
#[derive(Debug, Clone)]
pub(crate) enum Letter {
    /// A text, to a chat's id or public name.
    Text { chat: String, message: Outgoing },
    /// A picture with a text under it.
    Photo { chat: String, png: Vec<u8>, caption: String, silent: bool },
    /// A new text for one that was sent; its buttons go.
    Edit { chat: i64, message_id: i64, text: String },
    /// What came of a pressed button.
    Callback { id: String, text: String },
}

/// The way in. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Outbox {
    urgent: mpsc::Sender<Letter>,
    ordinary: mpsc::Sender<Letter>,
    figures: Arc<Figures>,
}

impl Outbox {
    /// An outbox and what empties it; [`Postman::run`] must be running for anything to be sent.
    pub(crate) fn new(api: BotApi, figures: Arc<Figures>, pauses: Pauses) -> (Self, Postman) {
        let (urgent, urgent_taken) = mpsc::channel(ROOM);
        let (ordinary, ordinary_taken) = mpsc::channel(ROOM);
        let outbox = Self { urgent, ordinary, figures: Arc::clone(&figures) };
        let postman = Postman {
            api,
            figures,
            pauses,
            urgent: urgent_taken,
            ordinary: ordinary_taken,
            held: VecDeque::new(),
        };
        (outbox, postman)
    }

    /// Answers to people, and alarms: before everything else.
    pub(crate) fn urgent(&self, letter: Letter) {
        self.hand_in(&self.urgent, letter);
    }

    /// Everything else.
    pub(crate) fn ordinary(&self, letter: Letter) {
        self.hand_in(&self.ordinary, letter);
    }

    fn hand_in(&self, lane: &mpsc::Sender<Letter>, letter: Letter) {
        if lane.try_send(letter).is_err() {
            self.figures.notification("dropped");
        }
    }
}

/// Sends one letter after the other.
pub(crate) struct Postman {
    api: BotApi,
    figures: Arc<Figures>,
    pauses: Pauses,
    urgent: mpsc::Receiver<Letter>,
    ordinary: mpsc::Receiver<Letter>,
    /// Taken from the ordinary lane and not sent yet.
    held: VecDeque<Letter>,
}

impl Postman {
    /// Runs until the outbox is gone.
    pub(crate) async fn run(mut self) {
        let mut free_at = Instant::now();
        while let Some(letter) = self.next().await {
            // A callback is no message: it is not counted against the chat.
            if !matches!(letter, Letter::Callback { .. }) {
                sleep_until(free_at).await;
            }
            let letter = self.merged(letter);
            self.deliver(&letter).await;
            free_at = Instant::now() + SPACING;
        }
    }

    async fn next(&mut self) -> Option<Letter> {
        if let Ok(letter) = self.urgent.try_recv() {
            return Some(letter);
        }
        if let Some(letter) = self.held.pop_front() {
            return Some(letter);
        }
        tokio::select! {
            biased;
            letter = self.urgent.recv() => letter,
            letter = self.ordinary.recv() => letter,
        }
    }

    /// Plain texts that wait for the same chat go out as one message.
    fn merged(&mut self, letter: Letter) -> Letter {
        let Letter::Text { chat, mut message } = letter else { return letter };
        while message.buttons.is_empty() {
            let Some(next) = self.held.pop_front().or_else(|| self.ordinary.try_recv().ok()) else {
                break;
            };
            match next {
                Letter::Text { chat: other, message: more }
                    if other == chat && fits(&message, &more) =>
                {
                    message.text = format!("{}{SEAM}{}", message.text, more.text);
                    self.figures.notification("merged");
                }
                next => {
                    self.held.push_front(next);
                    break;
                }
            }
        }
        Letter::Text { chat, message }
    }

    async fn deliver(&self, letter: &Letter) {
        let mut backoff = Backoff::new(self.pauses);
        let give_up = Instant::now() + TRIED_FOR;
        loop {
            let error = match self.send(letter).await {
                Ok(()) => return self.figures.notification("sent"),
                Err(error) => error,
            };
            let pause = match &error {
                CallError::FloodWait(wait) => {
                    self.figures.flood_wait();
                    *wait
                }
                error if error.is_passing() => backoff.next(),
                _ => return self.lost(&error),
            };
            // Nobody waits for the end of an hour-old animation on a button.
            let urgent = matches!(letter, Letter::Callback { .. } | Letter::Edit { .. });
            if urgent || Instant::now() + pause > give_up {
                return self.lost(&error);
            }
            tracing::debug!(%error, ?pause, "Telegram message has to wait");
            sleep(pause).await;
        }
    }

    fn lost(&self, error: &CallError) {
        self.figures.notification("failed");
        tracing::warn!(%error, "a Telegram message could not be delivered");
    }

    async fn send(&self, letter: &Letter) -> Result<(), CallError> {
        match letter {
            Letter::Text { chat, message } => self.api.send(chat, message).await.map(drop),
            Letter::Photo { chat, png, caption, silent } => {
                self.api.send_photo(chat, png, caption, *silent).await.map(drop)
            }
            Letter::Edit { chat, message_id, text } => {
                self.api.edit(*chat, *message_id, text).await.map(drop)
            }
            Letter::Callback { id, text } => self.api.answer_callback(id, text).await.map(drop),
        }
    }
}

fn fits(message: &Outgoing, more: &Outgoing) -> bool {
    let length = |text: &str| text.chars().count();
    let together = length(&message.text) + SEAM.len() + length(&more.text);
    more.buttons.is_empty() && more.silent == message.silent && together <= MAX_TEXT
}

/// The text, cut to what one message holds.
pub(crate) fn cut(text: &str) -> String {
    if text.chars().count() <= MAX_TEXT {
        return text.to_owned();
    }
    let kept: String = text.chars().take(MAX_TEXT - 2).collect();
    format!("{kept} …")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str, silent: bool) -> Letter {
        Letter::Text {
            chat: "1".to_owned(),
            message: Outgoing { text: text.to_owned(), silent, buttons: Vec::new() },
        }
    }

    fn outbox() -> (Outbox, Postman) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().tls_certs_only([]).build().unwrap();
        let api = BotApi::new(http, "http://127.0.0.1:1", "t".to_owned().into());
        let pauses = Pauses { base: Duration::from_millis(1), max: Duration::from_millis(2) };
        Outbox::new(api, Arc::default(), pauses)
    }

    #[test]
    fn what_waits_for_the_same_chat_goes_out_as_one_message() {
        let (outbox, mut postman) = outbox();
        for part in ["b", "c"] {
            outbox.ordinary(text(part, false));
        }
        outbox.ordinary(text("quiet", true));
        let Letter::Text { message, .. } = postman.merged(text("a", false)) else { panic!() };
        assert_eq!(message.text, "a\n\nb\n\nc");
        let Some(Letter::Text { message, .. }) = postman.held.pop_front() else { panic!() };
        assert!(message.silent);
    }

    #[tokio::test]
    async fn what_is_urgent_goes_first_and_a_full_lane_drops() {
        let (outbox, mut postman) = outbox();
        for _ in 0..ROOM + 3 {
            outbox.ordinary(text("later", false));
        }
        outbox.urgent(text("now", false));
        let Some(Letter::Text { message, .. }) = postman.next().await else { panic!() };
        assert_eq!(message.text, "now");
        let mut registry = prometheus_client::registry::Registry::default();
        postman.figures.register(&mut registry);
        let mut exposed = String::new();
        prometheus_client::encoding::text::encode(&mut exposed, &registry).unwrap();
        assert!(exposed.contains("tg_notifications_total{outcome=\"dropped\"} 3"), "{exposed}");
    }

    #[test]
    fn a_text_is_cut_to_what_a_message_holds() {
        assert_eq!(cut("short"), "short");
        assert_eq!(cut(&"ä".repeat(MAX_TEXT + 1)).chars().count(), MAX_TEXT);
    }
}
