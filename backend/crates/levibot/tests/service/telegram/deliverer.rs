//! Deliveries to a webhook, as Telegram makes them: what is not answered with a 2xx comes again, and
//! within a chat nothing overtakes.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

use super::server::{World, now_micros};
use crate::http;

/// Delivers as long as the server runs.
pub(super) async fn deliver(world: Arc<Mutex<World>>) {
    loop {
        tokio::time::sleep(Duration::from_millis(10)).await;
        let (waiting, webhook) = {
            let world = world.lock().unwrap();
            (world.waiting.clone(), world.webhook.clone())
        };
        let Some((url, secret)) = webhook else { continue };
        let mut stuck = HashSet::new();
        for (id, update) in waiting {
            let chat = chat_of(&update);
            if stuck.contains(&chat) {
                continue;
            }
            world.lock().unwrap().note_handed_out(id, now_micros());
            match post(&url, &secret, &update).await {
                Ok(status) if (200..300).contains(&status) => {
                    world.lock().unwrap().waiting.retain(|(waiting, _)| *waiting != id);
                }
                failed => {
                    stuck.insert(chat);
                    world.lock().unwrap().last_error = Some(format!("Wrong response: {failed:?}"));
                }
            }
        }
    }
}

fn chat_of(update: &Value) -> Option<i64> {
    let content = update.as_object()?.iter().find(|(name, _)| *name != "update_id")?.1;
    content["chat"]["id"].as_i64().or_else(|| content["message"]["chat"]["id"].as_i64())
}

/// One call; the status of its answer.
async fn post(url: &str, secret: &str, update: &Value) -> Result<u16, String> {
    let (address, path) = url.trim_start_matches("http://").split_once('/').unwrap();
    let (address, path) = (address.parse::<SocketAddr>().unwrap(), format!("/{path}"));
    let (secret, body) = (header(secret), update.to_string());
    let call = move || {
        let headers = ["Content-Type: application/json", secret.as_str()];
        http::try_request(address, "POST", &path, &headers, body.as_bytes())
    };
    let answer = tokio::task::spawn_blocking(call).await.unwrap();
    answer.map(|answer| answer.status).map_err(|error| error.to_string())
}

pub(super) fn header(secret: &str) -> String {
    format!("X-Telegram-Bot-Api-Secret-Token: {secret}")
}
