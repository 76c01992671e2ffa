//! Endpoints that need no key (contract 9), tickers excepted.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{RawQuery, State};
use domain::{Decimal, Interval, Side, Timestamp};
use mexc_wire::Params;
use mexc_wire::rest::{
    AggTrade, AvgPrice, Depth, Envelope, ExchangeInfo, Kline, OfflineSymbol, PublicTrade,
    ServerTime,
};
use serde_json::{Value, json};

use super::refused::Refused;
use super::shared::Shared;
use super::{clock, reply};
use crate::market::candles::{KlineRequest, MAX_CANDLES};
use crate::market::{Listing, MarketIndex};
use crate::model::Rejection;

type Answer<T> = Result<Json<T>, Refused>;

const HOUR: Duration = Duration::from_hours(1);

pub(super) fn params(query: Option<&str>) -> Params {
    Params::parse(query.unwrap_or_default(), "")
}

/// The pair that `symbol` names.
pub(super) fn listed(shared: &Shared, params: &Params) -> Result<(MarketIndex, Listing), Refused> {
    let symbol = params.require("symbol")?;
    shared.market(symbol).ok_or_else(|| Rejection::InvalidSymbol.into())
}

/// `limit`, or its default, held at its maximum.
pub(super) fn limit(params: &Params, default: usize, max: usize) -> Result<usize, Refused> {
    Ok(params.read::<usize>("limit")?.unwrap_or(default).clamp(1, max))
}

pub(super) fn time_param(
    params: &Params,
    name: &'static str,
) -> Result<Option<Timestamp>, Refused> {
    Ok(params.read::<i64>(name)?.map(Timestamp::from_millis))
}

pub(super) async fn ping() -> Json<Value> {
    Json(json!({}))
}

pub(super) async fn time(State(shared): State<Arc<Shared>>) -> Json<ServerTime> {
    Json(ServerTime { server_time: shared.faults.exchange_time().as_millis() })
}

pub(super) async fn default_symbols(
    State(shared): State<Arc<Shared>>,
) -> Json<Envelope<Vec<String>>> {
    let catalogue = shared.catalogue();
    let open = catalogue.listings().iter().filter(|listing| listing.open_to_api);
    let names = open.map(|listing| listing.symbol.as_str().to_owned()).collect();
    Json(Envelope::success(names, clock::now().as_millis()))
}

pub(super) async fn exchange_info(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
) -> Answer<ExchangeInfo> {
    let params = params(query.as_deref());
    let asked = params.get("symbol").or_else(|| params.get("symbols"));
    let symbols = match asked {
        None => shared.catalogue().listings().iter().map(reply::symbol_info).collect(),
        Some(names) => {
            let found = names.split(',').map(|name| shared.market(name.trim()));
            let found = found.map(|market| market.map(|(_, listing)| reply::symbol_info(&listing)));
            found.collect::<Option<_>>().ok_or(Rejection::InvalidSymbol)?
        }
    };
    Ok(Json(ExchangeInfo {
        timezone: "CST".to_owned(),
        server_time: shared.faults.exchange_time().as_millis(),
        rate_limits: Vec::new(),
        exchange_filters: Vec::new(),
        symbols,
    }))
}

pub(super) async fn depth(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
) -> Answer<Depth> {
    let params = params(query.as_deref());
    let (market, listing) = listed(&shared, &params)?;
    let limit = limit(&params, 100, 5_000)?;
    shared.look_at_books(|exchange, books, now| {
        let book = &mut books[market.0];
        book.refresh(exchange, market, now);
        book.mark_snapshot();
        let side = |side| {
            let levels = book.side(side).into_iter().take(limit);
            let shown = levels.map(|level| {
                (reply::padded_price(&listing, level.price), reply::padded_qty(level.qty))
            });
            shown.collect()
        };
        Json(Depth {
            last_update_id: book.version().cast_signed(),
            bids: side(Side::Buy),
            asks: side(Side::Sell),
            timestamp: Some(now.as_millis()),
        })
    })
}

pub(super) async fn trades(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
) -> Answer<Vec<PublicTrade>> {
    let params = params(query.as_deref());
    let (market, _) = listed(&shared, &params)?;
    let limit = limit(&params, 500, 1_000)?;
    shared.look(|exchange, now| {
        let trades = exchange.public_trades(market, (Timestamp::EPOCH, now), limit);
        Json(trades.iter().map(reply::public_trade).collect())
    })
}

pub(super) async fn agg_trades(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
) -> Answer<Vec<AggTrade>> {
    let params = params(query.as_deref());
    let (market, _) = listed(&shared, &params)?;
    let now = clock::now();
    let bounds = (time_param(&params, "startTime")?, time_param(&params, "endTime")?);
    let (from, to) = match bounds {
        (Some(from), Some(to)) if to.since(from) > HOUR => {
            return Err(Rejection::WindowTooLong.into());
        }
        (Some(from), Some(to)) => (from, to.min(now)),
        (None, None) => (now.minus(HOUR), now),
        _ => return Err(Rejection::InvalidCombination.into()),
    };
    let limit = limit(&params, 500, 1_000)?;
    shared.look(|exchange, _| {
        let trades = exchange.public_trades(market, (from, to), limit);
        Json(trades.iter().map(reply::agg_trade).collect())
    })
}

pub(super) async fn klines(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
) -> Answer<Vec<Kline>> {
    let params = params(query.as_deref());
    let (market, listing) = listed(&shared, &params)?;
    let name = params.require("interval")?;
    let interval = Interval::ALL.into_iter().find(|interval| interval.as_wire() == name);
    let request = KlineRequest {
        interval: interval.ok_or(Rejection::InvalidInterval)?,
        from: time_param(&params, "startTime")?,
        to: time_param(&params, "endTime")?,
        limit: limit(&params, MAX_CANDLES, MAX_CANDLES)?,
    };
    if let Some(mirror) = &shared.mirror {
        let told = mirror.candles(listing.symbol, request).await;
        return told.map(Json).ok_or_else(Refused::unavailable);
    }
    shared.look(|exchange, now| {
        Json(exchange.klines(market, request, now).iter().map(reply::kline).collect())
    })
}

pub(super) async fn avg_price(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
) -> Answer<AvgPrice> {
    const SAMPLES: u32 = 30;
    let params = params(query.as_deref());
    let (market, listing) = listed(&shared, &params)?;
    let now = clock::now();
    let sample = |n| shared.prices.mid(market, now.minus(Duration::from_secs(10) * n)).get();
    let sum: Decimal = (0..SAMPLES).map(sample).sum();
    let average = (sum / Decimal::from(SAMPLES)).round_dp(listing.price_scale);
    Ok(Json(AvgPrice { mins: 5, price: reply::plain(average) }))
}

/// Spot clients that also ask for futures go on with an empty list.
pub(super) async fn contract_detail() -> Json<Value> {
    Json(json!({"success": true, "code": 0, "data": []}))
}

/// Pairs that are paused or gone: all that is listed here is online.
pub(super) async fn offline_symbols() -> Json<Envelope<Vec<OfflineSymbol>>> {
    Json(Envelope::success(Vec::new(), clock::now().as_millis()))
}
