//! Public market data (contract 8 and 9). Times are milliseconds since the epoch.

use std::fmt;

use domain::{Candle, Interval, Price, Qty, Timestamp};
use serde::de::{Error as _, SeqAccess, Visitor};
use serde::ser::SerializeTuple;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::Unusable;
use super::number::{self, DecimalText};

/// Reply of `/time`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerTime {
    /// Exchange time, milliseconds.
    pub server_time: i64,
}

/// Reply of `/exchangeInfo`. Reading a live list goes through [`super::decode_markets`], which
/// survives broken entries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExchangeInfo {
    /// `CST`; every time is epoch based all the same.
    #[serde(default)]
    pub timezone: String,
    /// Exchange time, milliseconds.
    #[serde(default)]
    pub server_time: i64,
    /// Always empty (contract 5).
    #[serde(default)]
    pub rate_limits: Vec<Value>,
    /// Always empty.
    #[serde(default)]
    pub exchange_filters: Vec<Value>,
    /// The pairs.
    pub symbols: Vec<SymbolInfo>,
}

/// One pair of `/exchangeInfo` (contract 8).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SymbolInfo {
    /// Name without separator.
    pub symbol: String,
    /// `"1"` online, `"2"` paused, `"3"` offline; `"ENABLED"` until 2024-01.
    #[serde(default, deserialize_with = "number::optional_text")]
    pub status: Option<String>,
    /// Base coin.
    pub base_asset: String,
    /// Decimals of quantities.
    pub base_asset_precision: u32,
    /// Quote coin.
    pub quote_asset: String,
    /// Decimals of prices.
    pub quote_precision: u32,
    /// Equal to `quote_precision` so far.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub quote_asset_precision: u32,
    /// Decimals of fees in base.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub base_commission_precision: u32,
    /// Decimals of fees in quote.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub quote_commission_precision: u32,
    /// `LIMIT`, `MARKET`, `LIMIT_MAKER`; IOC and FOK are never listed although accepted.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub order_types: Vec<String>,
    /// Whether orders over the API are taken.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub is_spot_trading_allowed: bool,
    /// Of no meaning here.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub is_margin_trading_allowed: bool,
    /// MINIMUM notional of a limit order, despite its name.
    #[serde(default, deserialize_with = "number::optional")]
    pub quote_amount_precision: Option<DecimalText>,
    /// Minimum quantity, maybe also a step; `"0"` is frequent.
    #[serde(default, deserialize_with = "number::optional")]
    pub base_size_precision: Option<DecimalText>,
    /// `["SPOT"]`.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub permissions: Vec<String>,
    /// Price band, where there is one.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub filters: Vec<PriceFilter>,
    /// Largest notional of a limit order.
    #[serde(default, deserialize_with = "number::optional")]
    pub max_quote_amount: Option<DecimalText>,
    /// Default maker fee as a fraction.
    #[serde(default, deserialize_with = "number::optional")]
    pub maker_commission: Option<DecimalText>,
    /// Default taker fee as a fraction.
    #[serde(default, deserialize_with = "number::optional")]
    pub taker_commission: Option<DecimalText>,
    /// MINIMUM notional of a market order.
    #[serde(default, deserialize_with = "number::optional")]
    pub quote_amount_precision_market: Option<DecimalText>,
    /// Largest notional of a market order.
    #[serde(default, deserialize_with = "number::optional")]
    pub max_quote_amount_market: Option<DecimalText>,
    /// The base coin's name for people.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub full_name: String,
    /// 1 both, 2 buy only, 3 sell only, 4 closed: a number on the wire, text in the documentation.
    #[serde(default, deserialize_with = "number::optional_integer")]
    pub trade_side_type: Option<i64>,
    /// Token contract, or `""`.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub contract_address: String,
    /// Special treatment: may be delisted.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub st: bool,
}

/// An entry of a pair's `filters`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PriceFilter {
    /// `PERCENT_PRICE_BY_SIDE`.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub filter_type: String,
    /// Fraction of the last price that a buy may lie above it.
    #[serde(default, deserialize_with = "number::optional")]
    pub bid_multiplier_up: Option<DecimalText>,
    /// Fraction of the last price that a sell may lie below it.
    #[serde(default, deserialize_with = "number::optional")]
    pub ask_multiplier_down: Option<DecimalText>,
}

/// Price and quantity of one book level.
pub type DepthLevel = (DecimalText, DecimalText);

/// Reply of `/depth`: bids descending, asks ascending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Depth {
    /// Version of the book.
    #[serde(deserialize_with = "number::integer")]
    pub last_update_id: i64,
    /// Buyers, best first.
    pub bids: Vec<DepthLevel>,
    /// Sellers, best first.
    pub asks: Vec<DepthLevel>,
    /// Milliseconds; not documented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<i64>,
}

/// One element of `/trades`, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicTrade {
    /// Null on the wire.
    #[serde(default, deserialize_with = "number::optional_text")]
    pub id: Option<String>,
    /// Price.
    pub price: DecimalText,
    /// Base quantity.
    pub qty: DecimalText,
    /// Quote amount.
    pub quote_qty: DecimalText,
    /// Milliseconds.
    pub time: i64,
    /// True when the taker sold.
    pub is_buyer_maker: bool,
    /// True.
    #[serde(default)]
    pub is_best_match: bool,
    /// `BID` when the taker bought, `ASK` when it sold; not documented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trade_type: Option<String>,
}

/// One element of `/aggTrades`, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AggTrade {
    /// Null on the wire.
    #[serde(default)]
    pub a: Option<i64>,
    /// Null on the wire.
    #[serde(default)]
    pub f: Option<i64>,
    /// Null on the wire.
    #[serde(default)]
    pub l: Option<i64>,
    /// Price.
    pub p: DecimalText,
    /// Base quantity.
    pub q: DecimalText,
    /// Milliseconds, whole seconds.
    #[serde(rename = "T")]
    pub time: i64,
    /// True when the taker sold.
    pub m: bool,
    /// True.
    #[serde(rename = "M", default)]
    pub best_match: bool,
}

/// One candle of `/klines`: an array of eight on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kline {
    /// Start, milliseconds.
    pub open_time: i64,
    /// First price.
    pub open: DecimalText,
    /// Highest price.
    pub high: DecimalText,
    /// Lowest price.
    pub low: DecimalText,
    /// Last price.
    pub close: DecimalText,
    /// Base volume.
    pub volume: DecimalText,
    /// Start plus interval, milliseconds.
    pub close_time: i64,
    /// Quote volume.
    pub quote_volume: DecimalText,
}

impl Serialize for Kline {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_tuple(8)?;
        row.serialize_element(&self.open_time)?;
        for value in [self.open, self.high, self.low, self.close, self.volume] {
            row.serialize_element(&value)?;
        }
        row.serialize_element(&self.close_time)?;
        row.serialize_element(&self.quote_volume)?;
        row.end()
    }
}

impl<'de> Deserialize<'de> for Kline {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Row;

        impl<'de> Visitor<'de> for Row {
            type Value = Kline;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a candle as an array of eight")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Kline, A::Error> {
                let short = || A::Error::custom("a candle with fewer than eight elements");
                let open_time = seq.next_element()?.ok_or_else(short)?;
                let mut decimals = [DecimalText::default(); 5];
                for value in &mut decimals {
                    *value = seq.next_element()?.ok_or_else(short)?;
                }
                let close_time = seq.next_element()?.ok_or_else(short)?;
                let quote_volume = seq.next_element()?.ok_or_else(short)?;
                number::skip_rest(&mut seq)?;
                let [open, high, low, close, volume] = decimals;
                Ok(Kline { open_time, open, high, low, close, volume, close_time, quote_volume })
            }
        }

        deserializer.deserialize_seq(Row)
    }
}

impl TryFrom<&Kline> for Candle {
    type Error = Unusable;

    fn try_from(kline: &Kline) -> Result<Self, Unusable> {
        let price = |field, value: DecimalText| {
            Price::new(value.0).map_err(|_| Unusable::invalid("a candle", field, &value))
        };
        Ok(Self {
            open_time: Timestamp::from_millis(kline.open_time),
            open: price("open", kline.open)?,
            high: price("high", kline.high)?,
            low: price("low", kline.low)?,
            close: price("close", kline.close)?,
            volume: Qty::new(kline.volume.0)
                .map_err(|_| Unusable::invalid("a candle", "volume", &kline.volume))?,
        })
    }
}

impl Kline {
    /// The candle as the exchange writes it. Its quote volume is taken as close × volume.
    pub fn from_candle(candle: &Candle, interval: Interval) -> Self {
        let turnover = candle.close.notional(candle.volume);
        Self {
            open_time: candle.open_time.as_millis(),
            open: candle.open.get().into(),
            high: candle.high.get().into(),
            low: candle.low.get().into(),
            close: candle.close.get().into(),
            volume: candle.volume.get().into(),
            close_time: candle.open_time.plus(interval.duration()).as_millis(),
            quote_volume: turnover.get().into(),
        }
    }
}

/// Reply of `/avgPrice`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AvgPrice {
    /// Minutes averaged over: 5.
    #[serde(default)]
    pub mins: i64,
    /// The average.
    pub price: DecimalText,
}

/// One element of `/ticker/price`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceTicker {
    /// Pair.
    pub symbol: String,
    /// Last price.
    pub price: DecimalText,
}

/// One element of `/ticker/bookTicker`. An empty side of the book is null or `""`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BookTicker {
    /// Pair.
    pub symbol: String,
    /// Best bid.
    #[serde(default, deserialize_with = "number::optional")]
    pub bid_price: Option<DecimalText>,
    /// Its quantity.
    #[serde(default, deserialize_with = "number::optional")]
    pub bid_qty: Option<DecimalText>,
    /// Best ask.
    #[serde(default, deserialize_with = "number::optional")]
    pub ask_price: Option<DecimalText>,
    /// Its quantity.
    #[serde(default, deserialize_with = "number::optional")]
    pub ask_qty: Option<DecimalText>,
}

/// One element of `/ticker/24hr`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ticker24h {
    /// Pair.
    pub symbol: String,
    /// Change in quote units.
    #[serde(default, deserialize_with = "number::optional")]
    pub price_change: Option<DecimalText>,
    /// Change as a ratio: −0.0055 is −0.55 %.
    #[serde(default, deserialize_with = "number::optional")]
    pub price_change_percent: Option<DecimalText>,
    /// Close of the window before.
    #[serde(default, deserialize_with = "number::optional")]
    pub prev_close_price: Option<DecimalText>,
    /// Last price.
    #[serde(default, deserialize_with = "number::optional")]
    pub last_price: Option<DecimalText>,
    /// Best bid.
    #[serde(default, deserialize_with = "number::optional")]
    pub bid_price: Option<DecimalText>,
    /// Its quantity; may be `""`.
    #[serde(default, deserialize_with = "number::optional")]
    pub bid_qty: Option<DecimalText>,
    /// Best ask.
    #[serde(default, deserialize_with = "number::optional")]
    pub ask_price: Option<DecimalText>,
    /// Its quantity; may be `""`.
    #[serde(default, deserialize_with = "number::optional")]
    pub ask_qty: Option<DecimalText>,
    /// First price of the window.
    #[serde(default, deserialize_with = "number::optional")]
    pub open_price: Option<DecimalText>,
    /// Highest price.
    #[serde(default, deserialize_with = "number::optional")]
    pub high_price: Option<DecimalText>,
    /// Lowest price.
    #[serde(default, deserialize_with = "number::optional")]
    pub low_price: Option<DecimalText>,
    /// Base volume.
    #[serde(default, deserialize_with = "number::optional")]
    pub volume: Option<DecimalText>,
    /// Quote volume; may be null.
    #[serde(default, deserialize_with = "number::optional")]
    pub quote_volume: Option<DecimalText>,
    /// Milliseconds; only seconds before `close_time`.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub open_time: i64,
    /// Milliseconds.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub close_time: i64,
    /// Null on the wire.
    #[serde(default)]
    pub count: Option<i64>,
}
