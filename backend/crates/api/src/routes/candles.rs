//! `/exchange/candles/{symbol}`: finished candles, for charts.

use axum::extract::State;
use domain::{Candle, Interval, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, AppState};
use crate::json::{self, Num};
use crate::params::{Params, Segment};
use crate::schema;

const DEFAULT_LIMIT: usize = 100;
const MAX_LIMIT: usize = 500;

#[derive(Serialize, ToSchema)]
struct CandleList {
    /// `BTC/USDT`.
    symbol: String,
    /// `15m`, as the exchange writes it.
    interval: String,
    /// Oldest first.
    candles: Vec<CandleView>,
}

#[derive(Serialize, ToSchema)]
struct CandleView {
    /// When it began.
    #[schema(value_type = schema::Time)]
    at: Timestamp,
    open: Num,
    high: Num,
    low: Num,
    close: Num,
    /// In the base coin.
    volume: Num,
}

impl From<Candle> for CandleView {
    fn from(candle: Candle) -> Self {
        Self {
            at: candle.open_time,
            open: candle.open.into(),
            high: candle.high.into(),
            low: candle.low.into(),
            close: candle.close.into(),
            volume: candle.volume.into(),
        }
    }
}

/// Finished candles of a pair.
#[utoipa::path(
    get, path = "/exchange/candles/{*symbol}", tag = "exchange", operation_id = "candles",
    params(
        ("symbol" = String, Path, description = "A pair in any spelling", example = "BTCUSDT"),
        ("interval" = Option<String>, Query, pattern = "^(1m|5m|15m|30m|60m|4h|1d|1W|1M)$", description = "1m, 5m, 15m, 30m, 60m, 4h, 1d, 1W or 1M; 15m unless given"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 500, description = "Candles wanted; 100 unless given")
    ),
    responses(
        (status = 200, description = "Oldest first", body = CandleList),
        (status = 404, description = "No such pair"),
        (status = 502, description = "The exchange does not answer")
    )
)]
pub(super) async fn candles(
    State(app): AppState,
    Segment(text): Segment,
    params: Params,
) -> Answer {
    let interval = match params.optional("interval") {
        Some(_) => params.parse("interval", "1m, 5m, 15m, 30m, 60m, 4h, 1d, 1W or 1M")?,
        None => Interval::M15,
    };
    let limit = params.count("limit", MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT);
    let pair = app.resolve(text.trim_matches('/')).await?;
    let candles = app.exchange.candles(&pair.symbol, interval, limit).await?;
    Ok(json::ok(&CandleList {
        symbol: pair.display,
        interval: interval.to_string(),
        candles: candles.into_iter().map(CandleView::from).collect(),
    }))
}
