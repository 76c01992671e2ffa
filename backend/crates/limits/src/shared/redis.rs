//! The store on a Redis server.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Client, RedisError, Script};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::protocol::StoreError;
use super::store::{Answer, Store};

/// A later answer is none: requests wait for it.
const ANSWER_WITHIN: Duration = Duration::from_millis(50);
/// Longest wait for a connection; nobody waits for that.
const CONNECT_WITHIN: Duration = Duration::from_secs(1);

/// The text cannot be used as the address of a Redis server. It may hold a password, so it is not
/// repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("REDIS_URL must be redis://[[user]:password@]host[:port][/database], or rediss:// for TLS")]
pub struct InvalidRedisUrl;

/// A budget's state on a Redis server (5 or later).
pub struct RedisStore {
    client: Client,
    script: Script,
    keys: [String; 2],
    /// Opened when needed; dropped after any failure, so that a dead connection is never waited
    /// for twice.
    connection: Mutex<Option<MultiplexedConnection>>,
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").field("keys", &self.keys).finish_non_exhaustive()
    }
}

impl RedisStore {
    /// Nothing is sent yet. All who use one address name the same `prefix` and `exchange`, all who
    /// use one account also the same `account`.
    ///
    /// # Errors
    /// [`InvalidRedisUrl`].
    pub fn new(
        url: &str,
        prefix: &str,
        exchange: &str,
        account: &str,
    ) -> Result<Arc<Self>, InvalidRedisUrl> {
        let client = Client::open(url).map_err(|_| InvalidRedisUrl)?;
        // The braces keep both keys on one node of a cluster.
        let key = |what: &str| format!("{{{prefix}}}:budget:{exchange}:{what}");
        Ok(Arc::new(Self {
            client,
            script: Script::new(include_str!("budget.lua")),
            keys: [key("ip"), key(&format!("uid:{account}"))],
            connection: Mutex::new(None),
        }))
    }

    /// Whether [`RedisStore::new`] takes this address.
    pub fn accepts(url: &str) -> bool {
        Client::open(url).is_ok()
    }

    /// Asks whether the server is there.
    ///
    /// # Errors
    /// [`StoreError`] when it does not answer in time.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut connection = self.connected().await?;
        let ping = redis::cmd("PING");
        let answer = timeout(CONNECT_WITHIN, ping.query_async::<()>(&mut connection)).await;
        answer.map_err(|_| StoreError::Slow(CONNECT_WITHIN))?.map_err(|error| failed(&error))
    }

    async fn connected(&self) -> Result<MultiplexedConnection, StoreError> {
        let mut connection = self.connection.lock().await;
        if let Some(open) = &*connection {
            return Ok(open.clone());
        }
        let opening = timeout(CONNECT_WITHIN, self.client.get_multiplexed_async_connection());
        let open = opening.await.map_err(|_| StoreError::Slow(CONNECT_WITHIN))?;
        let open = open.map_err(|error| failed(&error))?;
        Ok(connection.insert(open).clone())
    }

    async fn run(&self, question: &str) -> Result<Vec<i64>, StoreError> {
        let mut connection = self.connected().await?;
        let mut call = self.script.prepare_invoke();
        call.key(&self.keys[0]).key(&self.keys[1]).arg(question);
        let answer = timeout(ANSWER_WITHIN, call.invoke_async(&mut connection)).await;
        let answer = match answer {
            Ok(answer) => answer.map_err(|error| failed(&error)),
            Err(_) => Err(StoreError::Slow(ANSWER_WITHIN)),
        };
        if answer.is_err() {
            self.connection.lock().await.take();
        }
        answer
    }
}

impl Store for RedisStore {
    fn ask(&self, question: String) -> Answer<'_> {
        Box::pin(async move { self.run(&question).await })
    }
}

fn failed(error: &RedisError) -> StoreError {
    StoreError::Failed(error.to_string())
}
