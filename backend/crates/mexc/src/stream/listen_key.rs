//! Keeping a listen key valid while its connection lives, and giving it back afterwards.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{sleep, timeout};

use super::config::Timings;
use crate::client::Client;
use crate::error::ClientError;
use crate::listen_key::ListenKey;

/// Longest wait for giving a key back; it lapses by itself otherwise.
const GIVE_BACK: Duration = Duration::from_secs(5);

/// Answers of unclear meaning that are put up with before a key counts as gone.
const REFUSALS: u32 = 3;

/// A key that is extended until this is dropped, and then given back.
#[derive(Debug)]
pub(crate) struct KeptKey {
    key: ListenKey,
    lapsed: oneshot::Receiver<String>,
    /// Dropped together with this; the keeper sees it.
    _held: oneshot::Sender<()>,
}

impl KeptKey {
    /// Starts keeping `key`. `busy` is held until the key was given back.
    pub(crate) fn keep(
        client: Client,
        key: ListenKey,
        timings: &Timings,
        busy: mpsc::Sender<()>,
    ) -> Self {
        let (held, given_back) = oneshot::channel();
        let (tell, lapsed) = oneshot::channel();
        let keeper = Keeper {
            client,
            key: key.clone(),
            every: timings.keep_key_every,
            again: timings.keep_key_again,
        };
        tokio::spawn(async move {
            keeper.run(given_back, tell).await;
            drop(busy);
        });
        Self { key, lapsed, _held: held }
    }

    pub(crate) fn expose(&self) -> &str {
        self.key.expose()
    }

    /// Waits until the key is gone for good, and says why.
    pub(crate) async fn lapsed(&mut self) -> String {
        let why = (&mut self.lapsed).await;
        why.unwrap_or_else(|_| "nobody extends it any more".to_owned())
    }
}

struct Keeper {
    client: Client,
    key: ListenKey,
    every: Duration,
    again: Duration,
}

impl Keeper {
    async fn run(self, given_back: oneshot::Receiver<()>, tell: oneshot::Sender<String>) {
        tokio::select! {
            // The sender is only ever dropped, which is the sign.
            _ = given_back => {
                let deleted = timeout(GIVE_BACK, self.client.delete_listen_key(&self.key)).await;
                if let Ok(Err(error)) = deleted {
                    tracing::debug!(%error, "a listen key was not given back; it lapses by itself");
                }
            }
            why = self.extend() => {
                // The connection may be gone already.
                let _ = tell.send(why);
            }
        }
    }

    /// Extends the key until the exchange says that it is gone.
    async fn extend(&self) -> String {
        let (mut pause, mut refusals) = (self.every, 0);
        loop {
            sleep(pause).await;
            let Err(error) = self.client.keep_listen_key(&self.key).await else {
                (pause, refusals) = (self.every, 0);
                continue;
            };
            refusals += u32::from(matches!(error, ClientError::Api(_)));
            if is_final(&error) || refusals > REFUSALS {
                return error.to_string();
            }
            tracing::warn!(%error, "the listen key could not be extended; trying again");
            pause = self.again;
        }
    }
}

/// Contract 17: an error about the key means a new key. A key lasts twice as long as the pause
/// between extensions, so trouble on the way leaves time for more attempts.
fn is_final(error: &ClientError) -> bool {
    use mexc_wire::ErrorClass::{Clock, InDoubt, Maintenance, Rate};
    match error {
        ClientError::Api(error) => {
            !matches!(error.class, Clock | InDoubt | Maintenance | Rate { .. })
        }
        ClientError::NoKeys => true,
        ClientError::Transport(_) | ClientError::Unusable(_) => false,
    }
}
