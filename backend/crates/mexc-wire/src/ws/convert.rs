//! What a push means in the domain's terms.

use domain::decimal::parse_decimal;
use domain::{
    Asset, Candle, ClientOrderId, Decimal, ExchangeOrderId, Fill, Notional, OrderSnapshot,
    OrderStatus, Price, Qty, Side, Symbol, Timestamp, TradeId,
};

use super::channel::KlineInterval;
use super::message::{
    AggreDeal, Body, DepthItem, PrivateAccount, PrivateDeals, PrivateOrders, PublicSpotKline,
    PushDataV3ApiWrapper,
};
use crate::rest::{Unusable, WireStatus};

/// What a push means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Update {
    /// Trades of one pair, oldest first.
    Trades(Vec<Trade>),
    /// Best bid and ask of one pair.
    BookTop(BookTop),
    /// The candle of the present window.
    Kline(KlineUpdate),
    /// The best levels of one pair's book, complete.
    Depth(PartialDepth),
    /// One of our orders; figures are cumulative, so the latest says everything.
    Order(OrderSnapshot),
    /// One execution of one of our orders.
    Deal(Deal),
    /// What we hold of one coin.
    Balance(BalanceChange),
}

/// A public trade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trade {
    /// The pair.
    pub symbol: Symbol,
    /// Price.
    pub price: Price,
    /// Base quantity.
    pub qty: Qty,
    /// What the taker did, where it is known.
    pub taker: Option<Side>,
    /// Exchange time.
    pub at: Timestamp,
    /// The exchange's id, where it gave one.
    pub id: Option<TradeId>,
}

/// One level of a book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// Price.
    pub price: Price,
    /// Base quantity.
    pub qty: Qty,
}

/// Best bid and ask; an empty side has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookTop {
    /// The pair.
    pub symbol: Symbol,
    /// Best bid.
    pub bid: Option<Level>,
    /// Best ask.
    pub ask: Option<Level>,
    /// Of the book; grows with each change. [`None`] where the exchange gave none.
    pub version: Option<u64>,
    /// When the exchange sent it.
    pub sent_at: Timestamp,
}

/// The candle of the present window, which is final when the next window starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KlineUpdate {
    /// The pair.
    pub symbol: Symbol,
    /// Its length.
    pub interval: KlineInterval,
    /// The candle so far.
    pub candle: Candle,
    /// When its window ends.
    pub closes_at: Timestamp,
}

/// The best levels of a book, complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartialDepth {
    /// The pair.
    pub symbol: Symbol,
    /// Bids, best first.
    pub bids: Vec<Level>,
    /// Asks, best first.
    pub asks: Vec<Level>,
    /// Of the book; grows with each change. [`None`] where the exchange gave none.
    pub version: Option<u64>,
    /// When the exchange sent it.
    pub sent_at: Timestamp,
}

/// One execution of one of our orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deal {
    /// The pair.
    pub symbol: Symbol,
    /// Our id of the order, where it carries one.
    pub client_order_id: Option<ClientOrderId>,
    /// What our order did.
    pub side: Side,
    /// Whether our order rested.
    pub is_maker: bool,
    /// The execution, keyed by its trade id.
    pub fill: Fill,
}

/// What we hold of one coin after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalanceChange {
    /// The coin.
    pub asset: Asset,
    /// Not locked in orders.
    pub free: Decimal,
    /// Locked in orders.
    pub locked: Decimal,
    /// Why, in the exchange's words: `ENTRUST_PLACE`, `DEPOSIT` … an open list.
    pub cause: String,
    /// Exchange time.
    pub at: Timestamp,
}

impl Update {
    /// Reads a push. [`None`] for kinds that mean nothing to us: unknown, withdrawn, book
    /// differences and day figures.
    ///
    /// # Errors
    /// [`Unusable`] naming the field that is missing or senseless. Such a push must never count
    /// as a fill.
    pub fn from_push(push: &PushDataV3ApiWrapper) -> Result<Option<Self>, Unusable> {
        let Some(body) = &push.body else { return Ok(None) };
        Ok(Some(match body {
            Body::PublicAggreDeals(body) => {
                let symbol = symbol(push)?;
                let trades = body.deals.iter().map(|deal| trade(&symbol, deal));
                Self::Trades(trades.collect::<Result<_, _>>()?)
            }
            Body::PublicAggreBookTicker(body) => Self::BookTop(BookTop {
                symbol: symbol(push)?,
                bid: best(&body.bid_price, &body.bid_quantity)?,
                ask: best(&body.ask_price, &body.ask_quantity)?,
                version: body.version.parse().ok(),
                sent_at: sent_at(push),
            }),
            Body::PublicBookTickerBatch(body) => {
                let Some(last) = body.items.last() else { return Ok(None) };
                Self::BookTop(BookTop {
                    symbol: symbol(push)?,
                    bid: best(&last.bid_price, &last.bid_quantity)?,
                    ask: best(&last.ask_price, &last.ask_quantity)?,
                    version: body.version.parse().ok(),
                    sent_at: sent_at(push),
                })
            }
            Body::PublicLimitDepths(body) => Self::Depth(PartialDepth {
                symbol: symbol(push)?,
                bids: levels(&body.bids)?,
                asks: levels(&body.asks)?,
                version: body.version.parse().ok(),
                sent_at: sent_at(push),
            }),
            Body::PublicSpotKline(body) => Self::Kline(kline(symbol(push)?, body)?),
            Body::PrivateOrders(body) => Self::Order(order(symbol(push)?, body)?),
            Body::PrivateDeals(body) => Self::Deal(deal(symbol(push)?, body)?),
            Body::PrivateAccount(body) => Self::Balance(balance(body)?),
            Body::PublicAggreDepths(_)
            | Body::PublicMiniTicker(_)
            | Body::PublicMiniTickers(_)
            | Body::PublicDeals(_)
            | Body::PublicIncreaseDepths(_)
            | Body::PublicBookTicker(_)
            | Body::PublicIncreaseDepthsBatch(_) => return Ok(None),
        }))
    }
}

fn symbol(push: &PushDataV3ApiWrapper) -> Result<Symbol, Unusable> {
    let name = push.symbol.as_deref().filter(|name| !name.is_empty());
    let missing = Unusable::Missing { what: "a push", field: "symbol" };
    name.map(Symbol::from_exchange).ok_or(missing)
}

fn sent_at(push: &PushDataV3ApiWrapper) -> Timestamp {
    Timestamp::from_millis(push.send_time.or(push.create_time).unwrap_or(0))
}

fn read<T: std::str::FromStr>(
    what: &'static str,
    field: &'static str,
    text: &str,
) -> Result<T, Unusable> {
    text.parse().map_err(|_| Unusable::invalid(what, field, &text))
}

/// An absent amount is an empty text and means zero.
fn amount<T: std::str::FromStr>(
    what: &'static str,
    field: &'static str,
    text: &str,
) -> Result<T, Unusable> {
    read(what, field, if text.is_empty() { "0" } else { text })
}

/// Amounts that may have more digits than the domain's own amounts allow.
fn plain(what: &'static str, field: &'static str, text: &str) -> Result<Decimal, Unusable> {
    let text = if text.is_empty() { "0" } else { text };
    parse_decimal(text).map_err(|_| Unusable::invalid(what, field, &text))
}

fn side(what: &'static str, code: i32) -> Result<Side, Unusable> {
    taker(code).ok_or_else(|| Unusable::invalid(what, "tradeType", &code))
}

const fn taker(code: i32) -> Option<Side> {
    match code {
        1 => Some(Side::Buy),
        2 => Some(Side::Sell),
        _ => None,
    }
}

fn trade(symbol: &Symbol, deal: &AggreDeal) -> Result<Trade, Unusable> {
    Ok(Trade {
        symbol: symbol.clone(),
        price: read("a trade", "price", &deal.price)?,
        qty: amount("a trade", "quantity", &deal.quantity)?,
        taker: taker(deal.trade_type),
        at: Timestamp::from_millis(deal.time),
        id: (!deal.trade_id.is_empty()).then(|| TradeId::new(&deal.trade_id)),
    })
}

/// A side of the book is empty when its price is absent or zero.
fn best(price: &str, qty: &str) -> Result<Option<Level>, Unusable> {
    if plain("a book ticker", "price", price)?.is_zero() {
        return Ok(None);
    }
    let price = read("a book ticker", "price", price)?;
    Ok(Some(Level { price, qty: amount("a book ticker", "quantity", qty)? }))
}

fn levels(items: &[DepthItem]) -> Result<Vec<Level>, Unusable> {
    let level = |item: &DepthItem| {
        let price = read("a book", "price", &item.price)?;
        Ok(Level { price, qty: amount("a book", "quantity", &item.quantity)? })
    };
    items.iter().map(level).collect()
}

fn kline(symbol: Symbol, body: &PublicSpotKline) -> Result<KlineUpdate, Unusable> {
    const WHAT: &str = "a candle";
    let seconds = |at: i64| Timestamp::from_millis(at.saturating_mul(1_000));
    Ok(KlineUpdate {
        symbol,
        interval: read(WHAT, "interval", &body.interval)?,
        candle: Candle {
            open_time: seconds(body.window_start),
            open: read(WHAT, "openingPrice", &body.opening_price)?,
            high: read(WHAT, "highestPrice", &body.highest_price)?,
            low: read(WHAT, "lowestPrice", &body.lowest_price)?,
            close: read(WHAT, "closingPrice", &body.closing_price)?,
            volume: amount(WHAT, "volume", &body.volume)?,
        },
        closes_at: seconds(body.window_end),
    })
}

/// Contract 7; 5 is terminal.
const fn status(code: i32) -> WireStatus {
    match code {
        1 => WireStatus::New,
        2 => WireStatus::Filled,
        3 => WireStatus::PartiallyFilled,
        4 => WireStatus::Canceled,
        5 => WireStatus::PartiallyCanceled,
        _ => WireStatus::Unknown,
    }
}

fn order(symbol: Symbol, body: &PrivateOrders) -> Result<OrderSnapshot, Unusable> {
    const WHAT: &str = "an order's push";
    if body.id.is_empty() {
        return Err(Unusable::Missing { what: WHAT, field: "id" });
    }
    let wire = status(body.status);
    // Guessing zero for an order that may have traded would lose a position.
    if body.cumulative_quantity.is_empty() && wire != WireStatus::New {
        return Err(Unusable::Missing { what: WHAT, field: "cumulativeQuantity" });
    }
    let executed_qty: Qty = amount(WHAT, "cumulativeQuantity", &body.cumulative_quantity)?;
    let executed_quote: Notional = amount(WHAT, "cumulativeAmount", &body.cumulative_amount)?;
    let status = wire
        .with_executed(executed_qty)
        .ok_or_else(|| Unusable::invalid(WHAT, "status", &body.status))?;
    if executed_qty.is_zero() && status == OrderStatus::Filled {
        return Err(Unusable::invalid(WHAT, "cumulativeQuantity", &"0 although filled"));
    }
    Ok(OrderSnapshot {
        order_id: ExchangeOrderId::new(&body.id),
        client_order_id: client_order_id(&body.client_id),
        symbol,
        side: side(WHAT, body.trade_type)?,
        status,
        executed_qty,
        executed_quote,
        created_at: Timestamp::from_millis(body.create_time),
    })
}

fn client_order_id(text: &str) -> Option<ClientOrderId> {
    (!text.is_empty()).then(|| ClientOrderId::new(text))
}

fn deal(symbol: Symbol, body: &PrivateDeals) -> Result<Deal, Unusable> {
    const WHAT: &str = "a deal";
    for (field, text) in [("tradeId", &body.trade_id), ("orderId", &body.order_id)] {
        if text.is_empty() {
            return Err(Unusable::Missing { what: WHAT, field });
        }
    }
    let price: Price = read(WHAT, "price", &body.price)?;
    let qty: Qty = read(WHAT, "quantity", &body.quantity)?;
    let fee = plain(WHAT, "feeAmount", &body.fee_amount)?;
    if fee.is_sign_negative() && !fee.is_zero() {
        return Err(Unusable::invalid(WHAT, "feeAmount", &fee));
    }
    if body.fee_currency.is_empty() && !fee.is_zero() {
        return Err(Unusable::Missing { what: WHAT, field: "feeCurrency" });
    }
    let quote = match body.amount.as_str() {
        "" => price.notional(qty),
        text => read(WHAT, "amount", text)?,
    };
    Ok(Deal {
        symbol,
        client_order_id: client_order_id(&body.client_order_id),
        side: side(WHAT, body.trade_type)?,
        is_maker: body.is_maker,
        fill: Fill {
            trade_id: TradeId::new(&body.trade_id),
            order_id: ExchangeOrderId::new(&body.order_id),
            price,
            qty,
            quote,
            fee,
            fee_asset: Asset::from_exchange(&body.fee_currency),
            at: Timestamp::from_millis(body.time),
        },
    })
}

fn balance(body: &PrivateAccount) -> Result<BalanceChange, Unusable> {
    const WHAT: &str = "a balance";
    if body.vcoin_name.is_empty() {
        return Err(Unusable::Missing { what: WHAT, field: "vcoinName" });
    }
    Ok(BalanceChange {
        asset: Asset::from_exchange(&body.vcoin_name),
        free: plain(WHAT, "balanceAmount", &body.balance_amount)?,
        locked: plain(WHAT, "frozenAmount", &body.frozen_amount)?,
        cause: body.r#type.clone(),
        at: Timestamp::from_millis(body.time),
    })
}
