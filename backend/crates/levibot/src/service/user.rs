//! The Telegram user session, wired to the service.

use std::sync::Arc;
use std::time::Duration;

use api::ports::ReadinessPart;
use domain::Timestamp;
use telegram::Shared;
use telegram::port::Service;
use telegram::user::{self, Keys, Line, Network, Settings};
use tokio::task::JoinSet;

use super::bot::BotPort;
use super::notices::notice;
use crate::clock;

/// How long the connection may be lost before that counts as not ready.
const TOLERATED: Duration = Duration::from_mins(2);

/// Starts the session; it ends with the returned set. Without a session that can be used the service
/// runs all the same, and a person is told.
pub(crate) fn start(settings: &Settings, port: BotPort, shared: Shared) -> Option<JoinSet<()>> {
    let api_id = settings.application.id;
    let dial = move |keys: &Keys| Box::new(Network::open(keys, api_id)) as Box<dyn Line>;
    let port = Arc::new(port);
    let pulse = Arc::clone(&shared.pulse);
    let service: Arc<dyn Service> = Arc::<BotPort>::clone(&port);
    match user::start(Box::new(dial), service, settings.clone(), shared) {
        Ok(tasks) => Some(tasks),
        Err(error) => {
            tracing::error!(%error, "the Telegram user session cannot start");
            pulse.over(error.to_string());
            let message = "the Telegram user session cannot start: its channels are not read";
            port.alarm(notice(message, &[("reason", error.to_string())]));
            None
        }
    }
}

/// How the session is, for `/readyz`. A start gets as long as an outage.
pub(crate) fn readiness(shared: &Shared, started_at: Timestamp) -> ReadinessPart {
    let now = clock::now();
    let condition = shared.pulse.condition();
    let ok = now.since(condition.alive_at.unwrap_or(started_at)) <= TOLERATED;
    let heard = match (&condition.over, condition.alive_at) {
        (Some(why), _) => why.clone(),
        (None, None) => "Telegram has not answered yet".to_owned(),
        (None, Some(at)) => {
            let followed = condition.followed.len();
            format!(
                "Telegram was heard {} s ago; {followed} channels followed",
                now.since(at).as_secs()
            )
        }
    };
    let detail = if condition.missing.is_empty() {
        heard
    } else {
        format!("{heard}; the account is not in {}", condition.missing.join(", "))
    };
    ReadinessPart::new("telegram_user", ok && condition.over.is_none(), detail)
}
