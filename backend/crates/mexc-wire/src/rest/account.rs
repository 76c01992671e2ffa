//! The account, its trades and its keys (contract 11 and 12). Times are milliseconds.

use domain::{Asset, ExchangeOrderId, Fill, Notional, Price, Qty, Timestamp, TradeId};
use serde::{Deserialize, Serialize};

use super::Unusable;
use super::number::{self, DecimalNumber, DecimalText};

/// Reply of `GET /account`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Null since 2024.
    #[serde(default)]
    pub maker_commission: Option<i64>,
    /// Null since 2024.
    #[serde(default)]
    pub taker_commission: Option<i64>,
    /// Null since 2024.
    #[serde(default)]
    pub buyer_commission: Option<i64>,
    /// Null since 2024.
    #[serde(default)]
    pub seller_commission: Option<i64>,
    /// Whether the account may trade.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub can_trade: bool,
    /// Whether it may withdraw.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub can_withdraw: bool,
    /// Whether it may deposit.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub can_deposit: bool,
    /// Null on the wire.
    #[serde(default)]
    pub update_time: Option<i64>,
    /// `SPOT`.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub account_type: String,
    /// Assets held; no others are listed.
    pub balances: Vec<Balance>,
    /// `["SPOT"]`.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub permissions: Vec<String>,
}

/// One asset of the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// Coin.
    pub asset: String,
    /// Not locked in orders.
    pub free: DecimalText,
    /// Locked in orders.
    pub locked: DecimalText,
    /// Since about 2025; its difference from `free` is not explained.
    #[serde(
        default,
        deserialize_with = "number::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub available: Option<DecimalText>,
}

impl Balance {
    /// What an order may use: the smaller of free and available, never below zero.
    pub fn usable(&self) -> domain::Decimal {
        let free = self.free.0;
        let usable = self.available.map_or(free, |available| free.min(available.0));
        usable.max(domain::Decimal::ZERO)
    }
}

/// One element of `GET /myTrades`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the exchange's own fields")]
pub struct MyTrade {
    /// Pair.
    pub symbol: String,
    /// Id of the execution.
    #[serde(deserialize_with = "number::text")]
    pub id: String,
    /// The order.
    #[serde(deserialize_with = "number::text")]
    pub order_id: String,
    /// −1.
    #[serde(default = "number::minus_one", deserialize_with = "number::null_as_minus_one")]
    pub order_list_id: i64,
    /// Price.
    pub price: DecimalText,
    /// Base quantity.
    pub qty: DecimalText,
    /// Quote amount.
    #[serde(default, deserialize_with = "number::optional")]
    pub quote_qty: Option<DecimalText>,
    /// Fee, up to 19 decimals.
    #[serde(default, deserialize_with = "number::optional")]
    pub commission: Option<DecimalText>,
    /// What the fee was paid in.
    #[serde(default, deserialize_with = "number::optional_text")]
    pub commission_asset: Option<String>,
    /// Milliseconds, whole seconds.
    pub time: i64,
    /// Whether we bought.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub is_buyer: bool,
    /// Whether our order rested.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub is_maker: bool,
    /// True.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub is_best_match: bool,
    /// Whether both sides were ours.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub is_self_trade: bool,
    /// Our id of the order, or null.
    #[serde(default, deserialize_with = "number::optional_text")]
    pub client_order_id: Option<String>,
}

impl TryFrom<&MyTrade> for Fill {
    type Error = Unusable;

    fn try_from(trade: &MyTrade) -> Result<Self, Unusable> {
        const WHAT: &str = "a trade";
        let price = Price::new(trade.price.0)
            .map_err(|_| Unusable::invalid(WHAT, "price", &trade.price))?;
        let qty = Qty::new(trade.qty.0).map_err(|_| Unusable::invalid(WHAT, "qty", &trade.qty))?;
        let quote = match trade.quote_qty {
            Some(quote) => {
                Notional::new(quote.0).map_err(|_| Unusable::invalid(WHAT, "quoteQty", &quote))?
            }
            None => price.notional(qty),
        };
        let fee = trade.commission.unwrap_or_default().0;
        if fee.is_sign_negative() && !fee.is_zero() {
            return Err(Unusable::invalid(WHAT, "commission", &fee));
        }
        let asset = trade.commission_asset.as_deref();
        if asset.is_none() && !fee.is_zero() {
            return Err(Unusable::Missing { what: WHAT, field: "commissionAsset" });
        }
        Ok(Self {
            trade_id: TradeId::new(&trade.id),
            order_id: ExchangeOrderId::new(&trade.order_id),
            price,
            qty,
            quote,
            fee,
            fee_asset: Asset::from_exchange(asset.unwrap_or_default()),
            at: Timestamp::from_millis(trade.time),
        })
    }
}

/// The envelope around some replies (contract 6): success is code 0 or 200.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope<T> {
    /// What was asked for; null on failure.
    #[serde(default = "Option::default")]
    pub data: Option<T>,
    /// 0 or 200 for success.
    #[serde(default, deserialize_with = "number::optional_integer")]
    pub code: Option<i64>,
    /// `success` or null.
    #[serde(default)]
    pub msg: Option<String>,
    /// Milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<i64>,
}

impl<T> Envelope<T> {
    /// A successful reply as the exchange sends it live.
    pub fn success(data: T, timestamp_ms: i64) -> Self {
        Self {
            data: Some(data),
            code: Some(0),
            msg: Some("success".to_owned()),
            timestamp: Some(timestamp_ms),
        }
    }
}

/// `data` of `GET /tradeFee`: rates as JSON numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TradeFee {
    /// Fraction.
    pub maker_commission: DecimalNumber,
    /// Fraction.
    pub taker_commission: DecimalNumber,
}

/// Reply of `GET /uid`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uid {
    /// The account's number.
    #[serde(deserialize_with = "number::text")]
    pub uid: String,
}

/// Reply of `GET /kyc/status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KycStatus {
    /// `"1"` none, `"2"` primary, `"3"` advanced, `"4"` institutional.
    #[serde(deserialize_with = "number::text")]
    pub status: String,
}

/// Reply of `GET /apiKeyInfo`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyInfo {
    /// The owner's remark.
    #[serde(default)]
    pub note: Option<String>,
    /// The access key itself.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub access_key: String,
    /// ISO text or epoch milliseconds.
    #[serde(default, deserialize_with = "number::optional_text")]
    pub create_time: Option<String>,
    /// Comma list: `SPOT_ACCOUNT_READ,SPOT_DEAL_WRITE`.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub permissions: String,
    /// Days until it expires; −999 for never.
    #[serde(default, deserialize_with = "number::optional_integer")]
    pub remaining_validity: Option<i64>,
    /// Comma list of addresses, `""` when none is bound.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub ip_white_list: String,
    /// `VALID`.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub status: String,
}

/// Reply of `POST`, `PUT` and `DELETE /userDataStream`; the latter two may answer `{}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListenKey {
    /// The key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listen_key: Option<String>,
}

/// Reply of `GET /userDataStream`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListenKeys {
    /// Keys in use.
    #[serde(default)]
    pub listen_key: Vec<String>,
    /// Keys allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// Keys left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<i64>,
}
