//! What a sandbox is started with.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::Timestamp;

use super::{AccountSpec, Limits, ListenKeyLimits, MirrorFeed, StreamLimits};
use crate::faults::FaultPlan;
use crate::market::candle_file::{CandleFile, CandleFileError};
use crate::market::pairs::PricedPair;
use crate::market::scripted::Scripted;
use crate::market::synthetic::Synthetic;
use crate::market::{Listing, PriceSource, pairs};
use crate::store::StoreError;

/// Seed of the pairs that a candle file does not hold.
const SEED_BESIDE_FILE: u64 = 0;

/// What a sandbox is started with.
#[derive(Debug, Clone)]
pub struct SandboxConfig {
    /// Where to listen; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Accounts. One that the state directory knows keeps its balances.
    pub accounts: Vec<AccountSpec>,
    /// Where prices come from.
    pub market: MarketSpec,
    /// Further pairs, or other prices for listed ones.
    pub pairs: Vec<PricedPair>,
    /// Where accounts, orders and trades are kept; without it they are gone at the end.
    pub state_dir: Option<PathBuf>,
    /// Request limits; without them nothing is turned away.
    pub limits: Option<Limits>,
    /// Number and life of the keys of user data streams.
    pub listen_keys: ListenKeyLimits,
    /// What a WebSocket connection may do and for how long it lives.
    pub streams: StreamLimits,
    /// What goes wrong on purpose.
    pub faults: Option<FaultPlan>,
}

/// Where prices come from.
#[derive(Debug, Clone)]
pub enum MarketSpec {
    /// A pure function of the seed and the time.
    Synthetic {
        /// Two seeds give two markets.
        seed: u64,
    },
    /// A file of one-minute candles, played as BTCUSDT; see [`crate::market::candle_file`].
    File(PathBuf),
    /// Flat until set by `PUT /__admin/price?symbol=&price=`.
    Scripted,
    /// Pairs and prices of another exchange, as far as they are told through this feed.
    Mirror(MirrorFeed),
}

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The address cannot be listened on.
    #[error("the sandbox cannot listen on {addr}: {source}. Choose another address or port")]
    Listen {
        /// The address.
        addr: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The candle file cannot be read.
    #[error("cannot read the candle file {path}: {source}")]
    ReadCandles {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The candle file cannot be played.
    #[error("cannot play the candle file {path}: {source}")]
    Candles {
        /// The file.
        path: PathBuf,
        /// Why.
        source: CandleFileError,
    },
    /// The state directory cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Two accounts share a key.
    #[error("two accounts have the key {0:?}; give each its own")]
    DuplicateKey(String),
}

/// Pairs, a price source, and the handle to set its prices if it has one.
pub(super) struct Prices {
    pub(super) listings: Vec<Listing>,
    pub(super) source: Arc<dyn PriceSource>,
    pub(super) script: Option<Scripted>,
    pub(super) mirror: Option<MirrorFeed>,
}

impl Prices {
    fn of(listings: Vec<Listing>, source: impl PriceSource + 'static) -> Self {
        Self { listings, source: Arc::new(source), script: None, mirror: None }
    }
}

impl MarketSpec {
    pub(super) fn open(&self, more: &[PricedPair], now: Timestamp) -> Result<Prices, SandboxError> {
        let listings = pairs::listings_with(more);
        Ok(match self {
            Self::Synthetic { seed } => {
                let source = Synthetic::new(*seed, &listings);
                Prices::of(listings, source)
            }
            Self::Scripted => {
                let script = Scripted::new(&listings);
                Prices { script: Some(script.clone()), ..Prices::of(listings, script) }
            }
            Self::File(path) => {
                let file = candle_file(path, &listings, now)?;
                Prices::of(listings, file)
            }
            Self::Mirror(feed) => Prices {
                // The pairs are taken from the feed before the first request is.
                listings: Vec::new(),
                source: Arc::clone(&feed.mirror) as Arc<dyn PriceSource>,
                script: None,
                mirror: Some(feed.clone()),
            },
        })
    }
}

fn candle_file(
    path: &Path,
    listings: &[Listing],
    now: Timestamp,
) -> Result<CandleFile, SandboxError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| SandboxError::ReadCandles { path: path.to_owned(), source })?;
    let others = Synthetic::new(SEED_BESIDE_FILE, listings);
    CandleFile::parse(&text, listings, others, now)
        .map_err(|source| SandboxError::Candles { path: path.to_owned(), source })
}
