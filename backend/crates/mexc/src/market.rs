//! Public data: time, pairs, prices, candles.

use std::time::{Duration, Instant};

use domain::{Candle, Interval, Markets, Price, Symbol};
use limits::Lane;
use mexc_wire::rest::{
    BookTicker, Kline, OneOrMany, PriceTicker, ServerTime, SymbolInfo, Unusable, decode_markets,
    decode_symbols,
};
use mexc_wire::{ApiError, ErrorClass, Query, classify};
use reqwest::Method;

use crate::client::Client;
use crate::clock::{median, system_ms};
use crate::error::ClientError;
use crate::transport::{LARGE, SMALL};

/// How many answers an offset is the median of.
const CLOCK_SAMPLES: usize = 5;
/// Most candles one answer holds in practice (contract 9).
const MAX_KLINES: usize = 500;

/// The pairs the exchange lists.
#[derive(Debug, Clone)]
pub struct ExchangeMarkets {
    /// The usable ones.
    pub markets: Markets,
    /// How many entries were broken and left out.
    pub skipped: usize,
    /// The answer they were read from.
    pub body: String,
}

impl ExchangeMarkets {
    /// Reads the body of an answer of `/exchangeInfo`.
    ///
    /// # Errors
    /// When it is no market list; single broken entries are left out and counted instead.
    pub fn read(body: String) -> Result<Self, serde_json::Error> {
        let list = decode_markets(body.as_bytes())?;
        Ok(Self { markets: list.markets, skipped: list.skipped, body })
    }

    /// The pairs as they came, broken entries left out.
    pub fn symbols(&self) -> Vec<SymbolInfo> {
        // The body was read before.
        decode_symbols(self.body.as_bytes()).unwrap_or_default()
    }
}

/// Best bid and ask of a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopOfBook {
    /// The pair.
    pub symbol: Symbol,
    /// Best bid.
    pub bid: Price,
    /// Best ask.
    pub ask: Price,
}

impl Client {
    /// The exchange's time, milliseconds since the epoch, and how long asking took.
    ///
    /// # Errors
    /// [`ClientError`] when there is no readable answer.
    pub async fn time(&self) -> Result<(i64, Duration), ClientError> {
        let _turn = self.turn(Lane::Query, &Method::GET, "/time").await;
        let before = Instant::now();
        let received = self.send_public("/time", &Query::new(), SMALL).await?;
        let time: ServerTime = received.read()?;
        Ok((time.server_time, before.elapsed()))
    }

    /// Measures exchange time minus our system time, milliseconds: the median of several answers,
    /// each taken to show the time in the middle of its round trip. It is not set; see
    /// [`Client::set_offset_ms`].
    ///
    /// # Errors
    /// [`ClientError`] when the first sample fails; later failures only cost samples.
    pub async fn clock_offset_ms(&self) -> Result<i64, ClientError> {
        let first = self.offset_sample().await?;
        let mut samples = vec![first];
        for _ in 1..CLOCK_SAMPLES {
            samples.extend(self.offset_sample().await.ok());
        }
        Ok(median(samples).unwrap_or(first))
    }

    async fn offset_sample(&self) -> Result<i64, ClientError> {
        let (server_ms, round_trip) = self.time().await?;
        let half = i64::try_from(round_trip.as_millis() / 2).unwrap_or(0);
        Ok(server_ms.saturating_sub(system_ms().saturating_sub(half)))
    }

    /// All pairs with their rules.
    ///
    /// # Errors
    /// [`ClientError`]; single broken entries are left out and counted instead.
    pub async fn exchange_info(&self) -> Result<ExchangeMarkets, ClientError> {
        let received = self.get_raw("/exchangeInfo", &Query::new(), LARGE).await?;
        let answer = received.answer();
        let body = String::from_utf8_lossy(answer.body).into_owned();
        let read = ExchangeMarkets::read(body).ok().filter(|_| answer.status == 200);
        read.ok_or_else(|| classify(&answer).into())
    }

    /// The last price of a pair.
    ///
    /// # Errors
    /// [`ClientError`]; for an unlisted pair its class is `Symbol`.
    pub async fn ticker_price(&self, symbol: &Symbol) -> Result<Price, ClientError> {
        let query = Query::new().with("symbol", symbol);
        let tickers: OneOrMany<PriceTicker> = self.get("/ticker/price", &query, LARGE).await?;
        let found = tickers.into_vec().into_iter().find(|t| t.symbol == symbol.as_str());
        let ticker = found.ok_or_else(|| not_listed(symbol))?;
        let price = Price::new(ticker.price.0);
        Ok(price.map_err(|error| invalid("price", &error))?)
    }

    /// Best bid and ask of every pair that has both, in one request.
    ///
    /// # Errors
    /// [`ClientError`] when there is no readable answer.
    pub async fn book_tickers(&self) -> Result<Vec<TopOfBook>, ClientError> {
        let path = "/ticker/bookTicker";
        let tickers: OneOrMany<BookTicker> = self.get(path, &Query::new(), LARGE).await?;
        Ok(tickers.into_vec().iter().filter_map(top_of_book).collect())
    }

    /// Best bid and ask of a pair.
    ///
    /// # Errors
    /// [`ClientError`], also when a side of the book is empty.
    pub async fn book_ticker(&self, symbol: &Symbol) -> Result<TopOfBook, ClientError> {
        let query = Query::new().with("symbol", symbol);
        let path = "/ticker/bookTicker";
        let tickers: OneOrMany<BookTicker> = self.get(path, &query, LARGE).await?;
        let found = tickers.into_vec().into_iter().find(|t| t.symbol == symbol.as_str());
        let ticker = found.ok_or_else(|| not_listed(symbol))?;
        let empty = Unusable::Missing { what: "a book ticker", field: "both sides of the book" };
        top_of_book(&ticker).ok_or(ClientError::Unusable(empty))
    }

    /// The latest finished candles, oldest first; at most `limit`, and at most 499 in one answer.
    ///
    /// # Errors
    /// [`ClientError`] when there is no readable answer.
    pub async fn klines(
        &self,
        symbol: &Symbol,
        interval: Interval,
        limit: usize,
    ) -> Result<Vec<Candle>, ClientError> {
        // One more, since the last candle of an answer is unfinished.
        let asked = limit.saturating_add(1).min(MAX_KLINES);
        let query = Query::new()
            .with("symbol", symbol)
            .with("interval", interval.as_wire())
            .with("limit", asked);
        let klines: Vec<Kline> = self.get("/klines", &query, SMALL).await?;
        let now_ms = self.exchange_now_ms();
        let finished = klines.iter().filter(|kline| kline.close_time <= now_ms);
        let mut candles = finished.map(Candle::try_from).collect::<Result<Vec<_>, _>>()?;
        candles.sort_by_key(|candle| candle.open_time);
        let surplus = candles.len().saturating_sub(limit);
        Ok(candles.split_off(surplus))
    }
}

fn top_of_book(ticker: &BookTicker) -> Option<TopOfBook> {
    Some(TopOfBook {
        symbol: Symbol::from_exchange(&ticker.symbol),
        bid: Price::new(ticker.bid_price?.0).ok()?,
        ask: Price::new(ticker.ask_price?.0).ok()?,
    })
}

fn invalid(field: &'static str, error: &domain::DecimalError) -> Unusable {
    Unusable::Invalid { what: "a ticker", field, value: error.to_string() }
}

fn not_listed(symbol: &Symbol) -> ClientError {
    let message = format!("Unknown symbol for MEXC: its answer lacks {symbol}");
    ApiError { class: ErrorClass::Symbol, code: None, message }.into()
}
