//! The methods of the Bot API that are needed, over HTTP.
//!
//! The token is part of every address, so no address is ever put into an error or a log line, and
//! whatever a server quotes back is searched for it.

mod error;
mod multipart;
pub mod types;

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{RequestBuilder, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Value, json};

pub use error::CallError;
use types::{Envelope, Sent, User, WebhookInfo};

/// Longest wait for an ordinary answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// Largest answer taken, bytes: a hundred updates of the largest size, many times over.
const LARGEST_ANSWER: usize = 16 << 20;
/// Longest flood wait that is believed.
const LONGEST_WAIT: Duration = Duration::from_hours(1);
/// Updates asked for at a time; the most there is.
pub(crate) const BATCH: usize = 100;

/// The Bot API for one bot. Cheap to clone; `Debug` shows no token.
#[derive(Debug, Clone)]
pub struct BotApi {
    http: reqwest::Client,
    base: Arc<str>,
    token: SecretString,
}

/// Kinds of updates that are read.
const KINDS: [&str; 5] =
    ["message", "edited_message", "channel_post", "edited_channel_post", "callback_query"];
/// Calls of a webhook at a time. Telegram keeps the order within a chat.
const CALLS: usize = 8;

/// A button under a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What it says.
    pub label: String,
    /// What comes back when it is pressed; at most 64 bytes.
    pub data: String,
}

/// A message to send.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outgoing {
    /// Plain text, at most [`MAX_TEXT`] characters.
    pub text: String,
    /// Arrives without a sound.
    pub silent: bool,
    /// In one row.
    pub buttons: Vec<Button>,
}

/// Longest text of a message, characters.
pub const MAX_TEXT: usize = 4_096;

impl BotApi {
    /// `base` is the address without a path, such as `https://api.telegram.org`. The client must
    /// follow no redirects, since the address holds the token.
    pub fn new(http: reqwest::Client, base: &str, token: SecretString) -> Self {
        Self { http, base: base.trim_end_matches('/').into(), token }
    }

    /// Who the bot is.
    ///
    /// # Errors
    /// [`CallError`], as for every method here.
    pub async fn get_me(&self) -> Result<User, CallError> {
        self.call("getMe", &json!({}), PATIENCE).await
    }

    /// Ends a webhook that somebody set, so that updates can be polled. Waiting ones stay.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn delete_webhook(&self) -> Result<bool, CallError> {
        self.call("deleteWebhook", &json!({"drop_pending_updates": false}), PATIENCE).await
    }

    /// Has updates delivered to `address`, with `secret` in a header. Waiting ones stay.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn set_webhook(
        &self,
        address: &str,
        secret: &SecretString,
    ) -> Result<bool, CallError> {
        let body = json!({
            "url": address,
            "secret_token": secret.expose_secret(),
            "max_connections": CALLS,
            "allowed_updates": KINDS,
            "drop_pending_updates": false,
        });
        self.call("setWebhook", &body, PATIENCE).await
    }

    /// How deliveries go, as Telegram sees it.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn webhook_info(&self) -> Result<WebhookInfo, CallError> {
        self.call("getWebhookInfo", &json!({}), PATIENCE).await
    }

    /// The updates from `offset` on, waiting up to `wait` for the first. All before `offset` are
    /// confirmed: they never come again. Each update is raw, so that one that cannot be read does
    /// not hide the others.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn get_updates(
        &self,
        offset: Option<i64>,
        wait: Duration,
    ) -> Result<Vec<Box<RawValue>>, CallError> {
        let mut body = json!({"timeout": wait.as_secs(), "limit": BATCH, "allowed_updates": KINDS});
        if let Some(offset) = offset {
            body["offset"] = offset.into();
        }
        self.call("getUpdates", &body, PATIENCE + wait).await
    }

    /// Sends a text.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn send(&self, chat: &str, message: &Outgoing) -> Result<Sent, CallError> {
        let mut body = json!({
            "chat_id": chat,
            "text": message.text,
            "disable_notification": message.silent,
            "link_preview_options": {"is_disabled": true},
        });
        if !message.buttons.is_empty() {
            body["reply_markup"] = json!({"inline_keyboard": [keyboard(&message.buttons)]});
        }
        self.call("sendMessage", &body, PATIENCE).await
    }

    /// Replaces a text that the bot sent, and takes its buttons away.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn edit(&self, chat: i64, message_id: i64, text: &str) -> Result<Value, CallError> {
        let body = json!({"chat_id": chat, "message_id": message_id, "text": text});
        self.call("editMessageText", &body, PATIENCE).await
    }

    /// Sends a picture (PNG) with a text of at most 1024 characters under it.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn send_photo(
        &self,
        chat: &str,
        png: &[u8],
        caption: &str,
        silent: bool,
    ) -> Result<Sent, CallError> {
        let fields = [
            ("chat_id", chat),
            ("caption", caption),
            ("disable_notification", if silent { "true" } else { "false" }),
        ];
        let form = multipart::encode(&fields, ("photo", "chart.png", "image/png", png));
        let request = self
            .http
            .post(self.address("sendPhoto"))
            .timeout(PATIENCE)
            .header(CONTENT_TYPE, form.content_type)
            .body(form.body);
        self.answer(request).await
    }

    /// Tells the person who pressed a button what came of it.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn answer_callback(&self, id: &str, text: &str) -> Result<bool, CallError> {
        let body = json!({"callback_query_id": id, "text": text});
        self.call("answerCallbackQuery", &body, PATIENCE).await
    }

    /// Shows these commands in the app's menu.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn set_commands(&self, commands: &[(&str, &str)]) -> Result<bool, CallError> {
        let list =
            commands.iter().map(|(name, about)| json!({"command": name, "description": about}));
        let body = json!({"commands": list.collect::<Vec<_>>()});
        self.call("setMyCommands", &body, PATIENCE).await
    }

    fn address(&self, method: &str) -> String {
        format!("{}/bot{}/{method}", self.base, self.token.expose_secret())
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: &str,
        body: &Value,
        patience: Duration,
    ) -> Result<T, CallError> {
        let request = self
            .http
            .post(self.address(method))
            .timeout(patience)
            .header(CONTENT_TYPE, "application/json")
            .body(body.to_string());
        self.answer(request).await
    }

    async fn answer<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, CallError> {
        let response = request.send().await.map_err(|error| self.unreachable(error))?;
        let status = response.status().as_u16();
        let retry_after = retry_after(&response);
        let body = self.body(response).await?;
        let envelope: Envelope<T> = match serde_json::from_slice(&body) {
            Ok(envelope) => envelope,
            Err(_) if status >= 500 => return Err(CallError::Server(status)),
            Err(error) => return Err(CallError::Unreadable(self.hide(&error.to_string()))),
        };
        if envelope.ok {
            let missing = || CallError::Unreadable("it has no result".to_owned());
            return envelope.result.ok_or_else(missing);
        }
        let hinted = envelope.parameters.and_then(|parameters| parameters.retry_after);
        let wait = hinted.map(Duration::from_secs).or(retry_after);
        let description = self.hide(&envelope.description.unwrap_or_default());
        Err(failure(envelope.error_code.unwrap_or(status), wait, description))
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, CallError> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.unreachable(error))? {
            if body.len() + chunk.len() > LARGEST_ANSWER {
                return Err(CallError::Unreadable(format!("it is above {LARGEST_ANSWER} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn unreachable(&self, error: reqwest::Error) -> CallError {
        let error = error.without_url();
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(source) = cause {
            text = format!("{text}: {source}");
            cause = source.source();
        }
        CallError::Unreachable(self.hide(&text))
    }

    /// Bounded, and without the token wherever somebody quotes it.
    fn hide(&self, text: &str) -> String {
        text.replace(self.token.expose_secret(), "***").chars().take(300).collect()
    }
}

fn keyboard(buttons: &[Button]) -> Vec<Value> {
    let button = |button: &Button| json!({"text": button.label, "callback_data": button.data});
    buttons.iter().map(button).collect()
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

fn failure(status: u16, wait: Option<Duration>, description: String) -> CallError {
    match status {
        429 => {
            let wait = wait.unwrap_or(Duration::from_secs(1));
            CallError::FloodWait(wait.clamp(Duration::from_secs(1), LONGEST_WAIT))
        }
        401 | 404 => CallError::BadToken(status),
        409 => CallError::Conflict(description),
        500.. => CallError::Server(status),
        _ => CallError::Refused { status, description },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_classed_by_what_can_be_done_about_it() {
        let of = |status, wait: Option<u64>| {
            failure(status, wait.map(Duration::from_secs), "why".to_owned())
        };
        assert_eq!(of(429, Some(7)), CallError::FloodWait(Duration::from_secs(7)));
        assert_eq!(of(429, Some(0)), CallError::FloodWait(Duration::from_secs(1)));
        assert_eq!(of(429, Some(u64::MAX)), CallError::FloodWait(LONGEST_WAIT));
        assert_eq!(of(429, None), CallError::FloodWait(Duration::from_secs(1)));
        assert_eq!(of(401, None), CallError::BadToken(401));
        assert_eq!(of(409, None), CallError::Conflict("why".to_owned()));
        assert_eq!(of(502, None), CallError::Server(502));
        assert!(matches!(of(400, None), CallError::Refused { status: 400, .. }));
        assert!(of(502, None).is_passing() && !of(401, None).is_passing());
    }

    #[test]
    fn no_text_shows_the_token() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let token = SecretString::from("123456:very-secret".to_owned());
        let api = BotApi::new(
            reqwest::Client::builder().tls_certs_only([]).build().unwrap(),
            "http://127.0.0.1:1/",
            token,
        );
        assert!(!format!("{api:?}").contains("very-secret"));
        assert_eq!(api.hide("no bot123456:very-secret here"), "no bot*** here");
    }
}
