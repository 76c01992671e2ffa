//! The exchange's list of pairs, kept on disk: a service that crashes and starts again and again
//! must not ask for it each time, since it is the heaviest request there is.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::Timestamp;
use mexc::{Client, ClientError, ExchangeMarkets};
use serde::{Deserialize, Serialize};

/// A kept list that is younger is used without asking.
pub(crate) const FRESH_FOR: Duration = Duration::from_mins(10);

/// A list, and how old it is.
#[derive(Debug)]
pub(crate) struct MarketList {
    pub(crate) found: ExchangeMarkets,
    pub(crate) age: Duration,
    /// Why it is the kept one although it is not fresh.
    pub(crate) in_want: Option<ClientError>,
}

impl From<ExchangeMarkets> for MarketList {
    /// Just asked for.
    fn from(found: ExchangeMarkets) -> Self {
        Self { found, age: Duration::ZERO, in_want: None }
    }
}

/// Where the list of one exchange is kept.
#[derive(Debug, Clone)]
pub(crate) struct MarketListFile {
    path: PathBuf,
    /// Address of the exchange; the list of another one is not used.
    exchange: String,
}

/// The file's first line; the exchange's answer follows as it came.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    exchange: String,
    fetched_at_ms: i64,
    bytes: usize,
}

impl MarketListFile {
    /// A file in a folder.
    pub(crate) fn new(folder: &Path, exchange: &str) -> Self {
        Self { path: folder.join("markets.json"), exchange: exchange.to_owned() }
    }

    /// The list: the kept one while it is fresh, else the exchange's, else the kept one again.
    ///
    /// # Errors
    /// The exchange's when there is none at all.
    pub(crate) async fn load(
        &self,
        client: &Client,
        now: Timestamp,
    ) -> Result<MarketList, ClientError> {
        let kept = self.read(now);
        let kept = match kept {
            Some((found, age)) if age < FRESH_FOR => {
                return Ok(MarketList { found, age, in_want: None });
            }
            other => other,
        };
        match (self.fetch(client, now).await, kept) {
            (Ok(list), _) => Ok(list),
            (Err(error), Some((found, age))) => Ok(MarketList { found, age, in_want: Some(error) }),
            (Err(error), None) => Err(error),
        }
    }

    /// Asks the exchange and keeps its answer.
    ///
    /// # Errors
    /// The exchange's. That the answer could not be kept is only logged.
    pub(crate) async fn fetch(
        &self,
        client: &Client,
        now: Timestamp,
    ) -> Result<MarketList, ClientError> {
        let found = client.exchange_info().await?;
        if let Err(error) = self.write(&found.body, now) {
            tracing::warn!(path = %self.path.display(), %error, "the market list could not be kept");
        }
        Ok(found.into())
    }

    /// The kept list and its age. [`None`] when there is none of this exchange, it is damaged, or
    /// it is from the future, so that its age is unknown.
    fn read(&self, now: Timestamp) -> Option<(ExchangeMarkets, Duration)> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => {
                tracing::warn!(path = %self.path.display(), %error, "the kept market list cannot be read");
                return None;
            }
        };
        let (head, body) = text.split_once('\n')?;
        let head: Head = serde_json::from_str(head).ok()?;
        let fetched_at = Timestamp::from_millis(head.fetched_at_ms);
        if head.exchange != self.exchange || head.bytes != body.len() || fetched_at > now {
            return None;
        }
        let found = ExchangeMarkets::read(body.to_owned()).ok()?;
        Some((found, now.since(fetched_at)))
    }

    /// Replaces the file in one step, so that a crash leaves the old or the new one.
    fn write(&self, body: &str, now: Timestamp) -> io::Result<()> {
        let head = Head {
            exchange: self.exchange.clone(),
            fetched_at_ms: now.as_millis(),
            bytes: body.len(),
        };
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let beside = self.path.with_extension("tmp");
        let mut file = File::create(&beside)?;
        writeln!(file, "{}", serde_json::to_string(&head)?)?;
        file.write_all(body.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, &self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);
    const BODY: &str = r#"{"symbols":[{"symbol":"BTCUSDT","status":"1","baseAsset":"BTC",
        "baseAssetPrecision":6,"quoteAsset":"USDT","quotePrecision":2,"orderTypes":["LIMIT"],
        "isSpotTradingAllowed":true,"tradeSideType":1},{"broken":true}]}"#;

    fn file(folder: &tempfile::TempDir) -> MarketListFile {
        MarketListFile::new(folder.path(), "https://api.mexc.com")
    }

    #[test]
    fn what_was_kept_is_read_again_with_its_age() {
        let folder = tempfile::tempdir().unwrap();
        file(&folder).write(BODY, NOW).unwrap();
        let later = NOW.plus(Duration::from_secs(90));
        let (found, age) = file(&folder).read(later).unwrap();
        assert_eq!((found.markets.len(), found.skipped, found.body.as_str()), (1, 1, BODY));
        assert_eq!(age, Duration::from_secs(90));
    }

    #[test]
    fn a_list_of_another_exchange_or_from_the_future_or_damaged_is_none() {
        let folder = tempfile::tempdir().unwrap();
        assert!(file(&folder).read(NOW).is_none(), "nothing was kept");
        file(&folder).write(BODY, NOW).unwrap();
        let other = MarketListFile::new(folder.path(), "http://127.0.0.1:8900");
        assert!(other.read(NOW).is_none());
        assert!(file(&folder).read(NOW.minus(Duration::from_secs(1))).is_none());
        let path = folder.path().join("markets.json");
        let text = fs::read_to_string(&path).unwrap();
        for damaged in [&text[..text.len() - 1], "", "{}\n", "\n\n"] {
            fs::write(&path, damaged).unwrap();
            assert!(file(&folder).read(NOW).is_none(), "{damaged:?}");
        }
    }

    #[test]
    fn a_second_list_replaces_the_first() {
        let folder = tempfile::tempdir().unwrap();
        file(&folder).write(BODY, NOW).unwrap();
        file(&folder).write(r#"{"symbols":[]}"#, NOW).unwrap();
        assert_eq!(file(&folder).read(NOW).unwrap().0.markets.len(), 0);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
