//! Updates by webhook: Telegram calls, and a call is answered when its update is done with.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::value::RawValue;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until, timeout};

use crate::api::CallError;
use crate::api::types::WebhookInfo;
use crate::backoff::Backoff;
use crate::source::Source;

/// How often Telegram is asked whether it still calls, and how that goes.
const CHECKED: Duration = Duration::from_mins(1);
/// A failure of a call that is older than this is over, seconds.
const RECENT_S: i64 = 120;
/// Updates that may wait; more are turned away, and come again.
const ROOM: usize = 64;
/// Longest wait for an update to be done with. Telegram gives up after a minute.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where Telegram delivers, and what it proves itself with.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// The whole address.
    pub address: String,
    /// Letters and digits nobody can guess.
    pub secret: SecretString,
}

/// An update on its way in.
#[derive(Debug)]
pub struct Delivery {
    update: Box<RawValue>,
    done: oneshot::Sender<bool>,
}

/// The way in for updates. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Inlet(mpsc::Sender<Delivery>);

/// What comes out of it.
pub type Deliveries = mpsc::Receiver<Delivery>;

/// A way in, and what comes out of it.
pub fn inlet() -> (Inlet, Deliveries) {
    let (sender, receiver) = mpsc::channel(ROOM);
    (Inlet(sender), receiver)
}

impl Inlet {
    /// Whether the update is done with; what is not comes again. [`None`] for what is no JSON.
    pub async fn deliver(&self, update: String) -> Option<bool> {
        let update = serde_json::from_str::<Box<RawValue>>(&update).ok()?;
        let (done, answer) = oneshot::channel();
        if self.0.try_send(Delivery { update, done }).is_err() {
            return Some(false);
        }
        Some(matches!(timeout(PATIENCE, answer).await, Ok(Ok(true))))
    }
}

impl Source {
    /// Takes what Telegram delivers, as long as the service runs.
    pub(crate) async fn receive(mut self, webhook: Webhook, mut deliveries: Deliveries) {
        self.connect(Some(&webhook)).await;
        let mut failures = Backoff::new(self.settings.backoff);
        let mut check_at = Instant::now();
        loop {
            tokio::select! {
                delivery = deliveries.recv() => {
                    let Some(Delivery { update, done }) = delivery else { return };
                    let taken = self.take_one(&update).await;
                    // Who called may have gone away; then it comes again.
                    let _ = done.send(taken);
                }
                () = sleep_until(check_at) => {
                    check_at = Instant::now() + self.check(&webhook, &mut failures).await;
                }
            }
        }
    }

    /// Looks at the webhook from Telegram's side and sets it again where it is gone; gives the time
    /// until the next look.
    async fn check(&self, webhook: &Webhook, failures: &mut Backoff) -> Duration {
        let looked = match self.api.webhook_info().await {
            Ok(info) if info.url == webhook.address => self.judge(&info),
            Ok(_) => self.api.set_webhook(&webhook.address, &webhook.secret).await.map(drop),
            Err(error) => Err(error),
        };
        match looked {
            Ok(()) => {
                failures.reset();
                CHECKED
            }
            Err(error) => self.pause_after(&error, failures),
        }
    }

    /// A failed call counts when it was lately and updates wait.
    fn judge(&self, info: &WebhookInfo) -> Result<(), CallError> {
        let now = self.service.now().as_millis() / 1_000;
        let is_recent = info.last_error_date.is_some_and(|at| now - at <= RECENT_S);
        match &info.last_error_message {
            Some(reason) if is_recent && info.pending_update_count > 0 => {
                let reason: String = reason.chars().take(120).collect();
                Err(CallError::Unreachable(format!(
                    "Telegram's calls of the webhook fail: {reason}"
                )))
            }
            _ => {
                self.figures.polled(self.service.now());
                Ok(())
            }
        }
    }
}
