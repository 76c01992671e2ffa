//! `POST /hooks/telegram`: updates of the Telegram bot, when Telegram delivers them by webhook.

use axum::extract::Request;
use axum::http::StatusCode;
use serde::Serialize;

use super::Answer;
use super::hooks::turn_away;
use crate::app::App;
use crate::body;
use crate::bot_updates::{BotUpdates, Delivered, TELEGRAM};
use crate::error::ApiError;
use crate::hooks::Refused;
use crate::json;

/// Where Telegram puts the secret that it was given with the address.
const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";

#[derive(Serialize)]
struct Nothing {}

/// A delivery is answered only when it is done with: what is not answered well comes again.
pub(super) async fn take(app: &App, bot: &BotUpdates, request: Request) -> Answer {
    let (parts, content) = request.into_parts();
    // Read before it is judged, so that the caller gets to read the answer.
    let bytes = body::read(content).await;
    let bytes = bytes.map_err(|_| turn_away(app, TELEGRAM, Refused::Huge))?;
    let secret = parts.headers.get(SECRET_HEADER).and_then(|value| value.to_str().ok());
    if !secret.is_some_and(|secret| bot.secret.accepts(secret)) {
        return Err(turn_away(app, TELEGRAM, Refused::Secret));
    }
    let update = String::from_utf8(bytes.to_vec());
    let update = update.map_err(|_| turn_away(app, TELEGRAM, Refused::Unreadable))?;
    match bot.deliveries.deliver(update).await {
        Delivered::Taken => {
            app.metrics.hook("taken");
            Ok(json::ok(&Nothing {}))
        }
        Delivered::NotYet => {
            Err(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", "not yet"))
        }
        Delivered::Unreadable => Err(turn_away(app, TELEGRAM, Refused::Unreadable)),
    }
}
