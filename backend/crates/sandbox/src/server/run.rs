//! Starting and stopping.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use domain::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::config::Prices;
use super::faults::Faults;
use super::limits::Gate;
use super::listen_keys::ListenKeys;
use super::listener::{CuttableListener, Peer};
use super::routes::routes;
use super::shared::{Credentials, Parts, Shared};
use super::{SandboxConfig, SandboxError, clock};
use crate::model::{Exchange, ExchangeConfig, Ledger};
use crate::store::Store;

/// How often resting orders meet the market when nobody asks.
const TICK: Duration = Duration::from_millis(200);
/// How long open connections may take to end.
const DRAIN: Duration = Duration::from_secs(3);

/// A running sandbox. Letting it go without [`SandboxHandle::shutdown`] stops it too: no request
/// is carried out after that, though open connections may take a moment to close.
#[derive(Debug)]
pub struct SandboxHandle {
    addr: SocketAddr,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
    closer: Closer,
}

/// Closes the exchange when dropped.
struct Closer(Arc<Shared>);

impl std::fmt::Debug for Closer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Closer")
    }
}

impl Drop for Closer {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Starts a sandbox on the current tokio runtime; it answers as soon as this returns.
///
/// # Errors
/// [`SandboxError`] when the address, the candle file or the state directory cannot be used.
pub async fn start(config: SandboxConfig) -> Result<SandboxHandle, SandboxError> {
    let shared = Arc::new(open(&config, clock::now())?);
    let at = config.listen;
    let listen = |source| SandboxError::Listen { addr: at, source };
    let listener = TcpListener::bind(at).await.map_err(listen)?;
    let addr = listener.local_addr().map_err(listen)?;
    let (stop, stopped) = watch::channel(false);
    let server = tokio::spawn(serve(listener, Arc::clone(&shared), stopped.clone()));
    tokio::spawn(tick(Arc::clone(&shared), stopped));
    Ok(SandboxHandle { addr, stop, server, closer: Closer(shared) })
}

impl SandboxHandle {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Takes no new requests, finishes those under way (for at most three seconds), and stops.
    pub async fn shutdown(self) {
        let Self { stop, mut server, closer, .. } = self;
        let _ = stop.send(true);
        if tokio::time::timeout(DRAIN, &mut server).await.is_err() {
            server.abort();
        }
        drop(closer);
    }
}

fn open(config: &SandboxConfig, now: Timestamp) -> Result<Shared, SandboxError> {
    let mut keys = HashSet::new();
    if let Some(twice) = config.accounts.iter().find(|account| !keys.insert(&account.key)) {
        return Err(SandboxError::DuplicateKey(twice.key.clone()));
    }
    let Prices { listings, source, script, mirror } = config.market.open(&config.pairs, now)?;
    let (mut store, ledger) = match &config.state_dir {
        Some(dir) => Store::open(dir).map(|(store, ledger)| (Some(store), ledger))?,
        None => (None, Ledger::default()),
    };
    let accounts = config.accounts.iter().map(super::AccountSpec::seed).collect();
    let prices = Arc::clone(&source);
    let mut exchange = Exchange::new(ExchangeConfig { listings, prices, accounts, ledger });
    let opened = exchange.take_changes();
    if let Some(store) = store.as_mut().filter(|_| !opened.is_empty()) {
        store.append(&opened)?;
    }
    let credentials = credentials(config, &exchange);
    let gate = Gate::new(config.limits.clone());
    let listen_keys = ListenKeys::new(config.listen_keys.clone());
    let shared = Shared::new(Parts {
        exchange,
        store,
        prices: source,
        script,
        mirror,
        credentials,
        gate,
        listen_keys,
        streams: config.streams.clone(),
        faults: Faults::new(config.faults.clone().unwrap_or_default()),
    });
    shared.take_mirrored_pairs();
    Ok(shared)
}

fn credentials(config: &SandboxConfig, exchange: &Exchange) -> HashMap<String, Credentials> {
    let known = config.accounts.iter().filter_map(|spec| {
        let account = exchange.account_by_key(&spec.key)?;
        Some((spec.key.clone(), Credentials { account, secret: spec.secret.clone() }))
    });
    known.collect()
}

async fn serve(listener: TcpListener, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    let listener = CuttableListener(listener);
    let app = routes(shared).into_make_service_with_connect_info::<Peer>();
    let until = async move {
        // An error means that the handle is gone, which stops the server as well.
        let _ = stopped.changed().await;
    };
    if let Err(error) = axum::serve(listener, app).with_graceful_shutdown(until).await {
        tracing::error!(%error, "the sandbox's server ended");
    }
}

/// Time passes for resting orders also while nobody asks.
async fn tick(shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    let mut interval = tokio::time::interval(TICK);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = interval.tick() => {
                let _ = shared.look(|_, _| ());
            }
            _ = stopped.changed() => return,
        }
    }
}
