//! The client itself: configuration, signing, pacing. Its calls are in the modules beside.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use limits::{Budget, Lane, Permit};
use mexc_wire::{Answer, Query};
use reqwest::Method;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use tokio::sync::{Mutex, watch};
use tokio::time::Instant;

use crate::clock::ExchangeClock;
use crate::config::{ClientConfig, ConfigError};
use crate::costs::cost;
use crate::error::{ClientError, TransportError};
use crate::transport::{Outgoing, Received, SMALL, Transport};

/// The documented maximum of `recvWindow` (contract 4).
const MAX_RECV_WINDOW_MS: u32 = 60_000;
/// Silence after a 429 or a firewall's 403 that does not say how long.
const PAUSE: Duration = Duration::from_secs(1);
/// Silence after a ban that does not say how long: the shortest documented one (contract 5).
const BAN: Duration = Duration::from_mins(2);

/// A client of one account (or of public data only). Cheap to clone; clones share connections,
/// clock and budget.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    transport: Transport,
    keys: Option<Keys>,
    recv_window_ms: u32,
    budget: Budget,
    clock: ExchangeClock,
    /// Held while the clock is measured because the exchange refused our time.
    syncing: Mutex<()>,
    resynced: watch::Sender<i64>,
}

struct Keys {
    header: HeaderValue,
    key: SecretString,
    secret: SecretString,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.inner.transport.base())
            .field("has_keys", &self.has_keys())
            .field("recv_window_ms", &self.inner.recv_window_ms)
            .field("clock_offset_ms", &self.inner.clock.offset_ms())
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Builds the client; nothing is sent yet.
    ///
    /// # Errors
    /// [`ConfigError`] naming the setting to correct.
    pub fn new(config: &ClientConfig) -> Result<Self, ConfigError> {
        if config.recv_window_ms > MAX_RECV_WINDOW_MS {
            return Err(ConfigError::RecvWindow(config.recv_window_ms));
        }
        let inner = Inner {
            transport: Transport::new(config)?,
            keys: keys(config)?,
            recv_window_ms: config.recv_window_ms,
            budget: config.budget.clone(),
            clock: ExchangeClock::default(),
            syncing: Mutex::default(),
            resynced: watch::Sender::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Whether signed calls are possible.
    pub fn has_keys(&self) -> bool {
        self.inner.keys.is_some()
    }

    /// Exchange time minus our system time, milliseconds, as last set.
    pub fn offset_ms(&self) -> i64 {
        self.inner.clock.offset_ms()
    }

    /// Sets exchange time minus our system time, milliseconds.
    pub fn set_offset_ms(&self, offset_ms: i64) {
        self.inner.clock.set_offset_ms(offset_ms);
    }

    /// Changes to exchange time minus our system time, milliseconds, whenever this client has
    /// measured it by itself because the exchange refused our time.
    pub fn resynced(&self) -> watch::Receiver<i64> {
        self.inner.resynced.subscribe()
    }

    /// The request budget that its requests come out of.
    pub fn budget(&self) -> &Budget {
        &self.inner.budget
    }

    /// Estimated exchange time, milliseconds since the epoch.
    pub fn exchange_now_ms(&self) -> i64 {
        self.inner.clock.now_ms()
    }

    /// Waits until this request may be sent. The permit is kept until its answer is there.
    pub(crate) async fn turn(&self, lane: Lane, method: &Method, path: &str) -> Permit {
        self.inner.budget.acquire(lane, cost(method, path)).await
    }

    /// Reads public data in the lane of questions.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &Query,
        limit: usize,
    ) -> Result<T, ClientError> {
        let received = self.get_raw(path, query, limit).await?;
        Ok(received.read()?)
    }

    /// As [`Client::get`], undecoded.
    pub(crate) async fn get_raw(
        &self,
        path: &str,
        query: &Query,
        limit: usize,
    ) -> Result<Received, ClientError> {
        let _turn = self.turn(Lane::Query, &Method::GET, path).await;
        Ok(self.send_public(path, query, limit).await?)
    }

    /// Sends a public request now; the caller has had its turn.
    pub(crate) async fn send_public(
        &self,
        path: &str,
        query: &Query,
        limit: usize,
    ) -> Result<Received, TransportError> {
        let query = query.as_str();
        let outgoing = Outgoing { method: Method::GET, path, query, key: None, limit };
        let received = self.inner.transport.send(outgoing).await?;
        self.heed(&received.answer());
        Ok(received)
    }

    /// Reads the account's data in the lane of questions, signed after the wait.
    pub(crate) async fn get_signed<T: DeserializeOwned>(
        &self,
        path: &str,
        query: Query,
    ) -> Result<T, ClientError> {
        self.get_signed_in(Lane::Query, path, query).await
    }

    /// As [`Client::get_signed`], in another lane.
    pub(crate) async fn get_signed_in<T: DeserializeOwned>(
        &self,
        lane: Lane,
        path: &str,
        query: Query,
    ) -> Result<T, ClientError> {
        Ok(self.ask_signed(lane, Method::GET, path, query).await?.read()?)
    }

    /// Signs anything but an order with our estimate of the exchange's time, and sends it in its
    /// turn. When the exchange refuses the time, its clock is measured once and the request made
    /// once more: a refused one was not executed (contract 4). A POST is left to the caller.
    pub(crate) async fn ask_signed(
        &self,
        lane: Lane,
        method: Method,
        path: &str,
        query: Query,
    ) -> Result<Received, ClientError> {
        if !self.has_keys() {
            return Err(ClientError::NoKeys);
        }
        let offset_ms = self.offset_ms();
        let received = self.ask_signed_once(lane, &method, path, query.clone()).await?;
        if !received.is_refused_for_its_time() {
            return Ok(received);
        }
        if let Err(error) = self.resync(offset_ms).await {
            tracing::warn!(%error, "MEXC refused our time, and its clock could not be measured");
            return Ok(received);
        }
        if method == Method::POST {
            return Ok(received);
        }
        self.ask_signed_once(lane, &method, path, query).await
    }

    async fn ask_signed_once(
        &self,
        lane: Lane,
        method: &Method,
        path: &str,
        query: Query,
    ) -> Result<Received, ClientError> {
        let _turn = self.turn(lane, method, path).await;
        self.send_signed(method.clone(), path, self.stamped(query)).await
    }

    /// Measures the exchange's clock, unless somebody has since a request was refused that was
    /// signed with `refused_ms`.
    async fn resync(&self, refused_ms: i64) -> Result<(), ClientError> {
        let _alone = self.inner.syncing.lock().await;
        if self.offset_ms() != refused_ms {
            return Ok(());
        }
        let offset_ms = self.clock_offset_ms().await?;
        tracing::warn!(
            refused_ms,
            offset_ms,
            "MEXC refused our time; its clock was measured again"
        );
        self.set_offset_ms(offset_ms);
        self.inner.resynced.send_replace(offset_ms);
        Ok(())
    }

    /// The query with our estimate of the exchange's time and the usual window.
    pub(crate) fn stamped(&self, query: Query) -> Query {
        query
            .with("recvWindow", self.inner.recv_window_ms)
            .with("timestamp", self.exchange_now_ms())
    }

    /// Signs and sends now; the caller has had its turn and set the time.
    pub(crate) async fn send_signed(
        &self,
        method: Method,
        path: &str,
        query: Query,
    ) -> Result<Received, ClientError> {
        let keys = self.inner.keys.as_ref().ok_or(ClientError::NoKeys)?;
        let signed = query.signed(keys.secret.expose_secret().as_bytes());
        let query = signed.as_str();
        let outgoing = Outgoing { method, path, query, key: Some(&keys.header), limit: SMALL };
        let received = self.inner.transport.send(outgoing).await?;
        self.heed(&received.answer());
        let signature = query.rsplit_once("signature=").map_or("", |(_, signature)| signature);
        Ok(received.hide(&[signature, keys.key.expose_secret(), keys.secret.expose_secret()]))
    }

    /// Keeps silent when the exchange asks for it; everyone on the same budget does.
    fn heed(&self, answer: &Answer<'_>) {
        let unsaid = match answer.status {
            418 => BAN,
            403 | 429 => PAUSE,
            _ => return,
        };
        let pause = answer.retry_after.unwrap_or(unsaid);
        tracing::warn!(
            status = answer.status,
            pause_s = pause.as_secs(),
            "MEXC asks for silence; increase MEXC_RATE_LIMIT_MS"
        );
        self.inner.budget.pause_until(Instant::now() + pause);
    }
}

fn keys(config: &ClientConfig) -> Result<Option<Keys>, ConfigError> {
    let (key, secret) = match (&config.api_key, &config.api_secret) {
        (None, None) => return Ok(None),
        (Some(key), Some(secret)) => (key.clone(), secret.clone()),
        _ => return Err(ConfigError::HalfAKey),
    };
    if key.expose_secret().is_empty() || secret.expose_secret().is_empty() {
        return Err(ConfigError::HalfAKey);
    }
    let mut header =
        HeaderValue::from_str(key.expose_secret()).map_err(|_| ConfigError::UnusableKey)?;
    header.set_sensitive(true);
    Ok(Some(Keys { header, key, secret }))
}
