//! The three tickers (contract 9): one pair as an object, all pairs as an array.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use domain::{Decimal, Timestamp};
use mexc_wire::rest::{BookTicker, OneOrMany, PriceTicker, Ticker24h};

use super::public::params;
use super::refused::Refused;
use super::reply;
use super::shared::Shared;
use crate::market::day::{Day, day};
use crate::market::synthetic::statistic;
use crate::market::{Listing, MarketIndex};
use crate::model::{Exchange, Rejection};

type Answer<T> = Result<Json<OneOrMany<T>>, Refused>;

pub(super) async fn price(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
) -> Answer<PriceTicker> {
    each(&shared, query.as_deref(), |exchange, market, now| PriceTicker {
        symbol: exchange.listing(market).symbol.as_str().to_owned(),
        price: reply::price(exchange.mid(market, now)),
    })
}

pub(super) async fn book_ticker(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
) -> Answer<BookTicker> {
    each(&shared, query.as_deref(), |exchange, market, now| {
        let (top, listing) = (exchange.top(market, now), exchange.listing(market));
        BookTicker {
            symbol: listing.symbol.as_str().to_owned(),
            bid_price: top.bid.map(|level| reply::padded_price(listing, level.price)),
            bid_qty: top.bid.map(|level| reply::padded_qty(level.qty)),
            ask_price: top.ask.map(|level| reply::padded_price(listing, level.price)),
            ask_qty: top.ask.map(|level| reply::padded_qty(level.qty)),
        }
    })
}

pub(super) async fn last_day(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
) -> Answer<Ticker24h> {
    each(&shared, query.as_deref(), |exchange, market, now| {
        let listing = exchange.listing(market);
        day_of(exchange, (market, listing), now)
    })
}

fn day_of(
    exchange: &Exchange,
    (market, listing): (MarketIndex, &Listing),
    now: Timestamp,
) -> Ticker24h {
    let Day { open, high, low, last, volume, turnover } = day(exchange.prices(), market, now);
    let change = last.get() - open.get();
    let ratio = change.checked_div(open.get()).unwrap_or(Decimal::ZERO).round_dp(4);
    let top = exchange.top(market, now);
    Ticker24h {
        symbol: listing.symbol.as_str().to_owned(),
        price_change: Some(reply::plain(change)),
        price_change_percent: Some(reply::plain(ratio)),
        prev_close_price: Some(reply::price(open)),
        last_price: Some(reply::price(last)),
        bid_price: top.bid.map(|level| reply::price(level.price)),
        bid_qty: top.bid.map(|level| reply::qty(level.qty)),
        ask_price: top.ask.map(|level| reply::price(level.price)),
        ask_qty: top.ask.map(|level| reply::qty(level.qty)),
        open_price: Some(reply::price(open)),
        high_price: Some(reply::price(high)),
        low_price: Some(reply::price(low)),
        volume: Some(reply::plain(statistic(volume, listing.qty_scale))),
        quote_volume: Some(reply::plain(statistic(turnover, 2))),
        // Seconds, not 24 hours, before the end: as recorded.
        open_time: now.as_millis() - 5_000,
        close_time: now.as_millis(),
        count: None,
    }
}

fn each<T>(
    shared: &Shared,
    query: Option<&str>,
    ticker: impl Fn(&Exchange, MarketIndex, Timestamp) -> T,
) -> Answer<T> {
    let params = params(query);
    let answer = match params.get("symbol") {
        Some(symbol) => shared.with(|exchange, now| {
            let market = exchange.market(symbol)?;
            Ok::<_, Rejection>(OneOrMany::One(ticker(exchange, market, now)))
        })?,
        None => shared.look(|exchange, now| {
            let all = (0..exchange.listings().len()).map(MarketIndex);
            OneOrMany::Many(all.map(|market| ticker(exchange, market, now)).collect())
        })?,
    };
    Ok(Json(answer))
}
