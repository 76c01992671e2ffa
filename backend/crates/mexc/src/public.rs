//! Public data as it came, for whoever shows it on.

use domain::{Interval, Symbol};
use mexc_wire::Query;
use mexc_wire::rest::{BookTicker, Kline, OneOrMany, Ticker24h};

use crate::client::Client;
use crate::error::ClientError;
use crate::transport::{LARGE, SMALL};

/// Which candles are asked for. Times are milliseconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CandleQuery {
    /// Their length.
    pub interval: Interval,
    /// Earliest start.
    pub from_ms: Option<i64>,
    /// Latest start.
    pub to_ms: Option<i64>,
    /// Most candles.
    pub limit: usize,
}

impl Client {
    /// Best bid and ask of every pair.
    ///
    /// # Errors
    /// [`ClientError`] when there is no readable answer.
    pub async fn all_book_tickers(&self) -> Result<Vec<BookTicker>, ClientError> {
        let path = "/ticker/bookTicker";
        let tickers: OneOrMany<BookTicker> = self.get(path, &Query::new(), LARGE).await?;
        Ok(tickers.into_vec())
    }

    /// The last 24 hours of every pair.
    ///
    /// # Errors
    /// [`ClientError`] when there is no readable answer.
    pub async fn all_day_tickers(&self) -> Result<Vec<Ticker24h>, ClientError> {
        let tickers: OneOrMany<Ticker24h> = self.get("/ticker/24hr", &Query::new(), LARGE).await?;
        Ok(tickers.into_vec())
    }

    /// Candles, oldest first; the last one may be unfinished.
    ///
    /// # Errors
    /// [`ClientError`] when there is no readable answer.
    pub async fn candles(
        &self,
        symbol: &Symbol,
        asked: CandleQuery,
    ) -> Result<Vec<Kline>, ClientError> {
        let query = Query::new()
            .with("symbol", symbol)
            .with("interval", asked.interval.as_wire())
            .with("limit", asked.limit);
        let query = asked.from_ms.into_iter().fold(query, |q, from| q.with("startTime", from));
        let query = asked.to_ms.into_iter().fold(query, |q, to| q.with("endTime", to));
        self.get("/klines", &query, SMALL).await
    }
}
