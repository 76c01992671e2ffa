//! Request parameters: decoding them as the exchange does, and the parameters of an order.

use std::str::FromStr;

use domain::decimal::parse_decimal;
use domain::{Decimal, OrderKind, PlaceOrder, Side};

use crate::rest::{OrderType, side_from_wire};
use crate::sign::Query;

/// Decoded parameters of a request. One present in both query and body is taken from the query
/// (contract 2); of two equal names in one place the first wins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, String)>);

/// Why a parameter is of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParamError {
    /// A mandatory parameter was not sent or is empty.
    #[error("parameter '{0}' is missing: send it")]
    Missing(&'static str),
    /// A parameter cannot be read as what it must be.
    #[error("parameter '{name}' has the unusable value {value:?}")]
    Malformed {
        /// The parameter.
        name: &'static str,
        /// What was sent, cut to 64 characters.
        value: String,
    },
}

impl Params {
    /// Decodes query and body text (`name=value&name=value`). Broken escapes stay as they are.
    pub fn parse(query: &str, body: &str) -> Self {
        let pairs = query.split('&').chain(body.split('&')).filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (percent_decode(name), percent_decode(value))
                })
                .collect(),
        )
    }

    /// The value of a parameter; [`None`] when it is absent or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The value of a mandatory parameter.
    ///
    /// # Errors
    /// [`ParamError::Missing`] when it is absent or empty.
    pub fn require(&self, name: &'static str) -> Result<&str, ParamError> {
        self.get(name).ok_or(ParamError::Missing(name))
    }

    /// Reads an optional parameter as `T`.
    ///
    /// # Errors
    /// [`ParamError::Malformed`] when it is there and unreadable.
    pub fn read<T: FromStr>(&self, name: &'static str) -> Result<Option<T>, ParamError> {
        self.read_with(name, |text| text.parse().ok())
    }

    /// Reads an optional plain decimal (no exponent).
    ///
    /// # Errors
    /// [`ParamError::Malformed`] when it is there and unreadable.
    pub fn decimal(&self, name: &'static str) -> Result<Option<Decimal>, ParamError> {
        self.read_with(name, |text| parse_decimal(text).ok())
    }

    fn read_with<T>(
        &self,
        name: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, ParamError> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        let malformed = || ParamError::Malformed { name, value: text.chars().take(64).collect() };
        read(text).map(Some).ok_or_else(malformed)
    }
}

fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        let decoded = escaped.and_then(|pair| hex::decode(pair).ok());
        match (decoded, bytes[at]) {
            (Some(byte), _) => {
                out.extend(byte);
                at += 2;
            }
            (None, b'+') => out.push(b' '),
            (None, byte) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Parameters of `POST /order` and `POST /order/test` (contract 10.1), without time and signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    /// Pair, as the exchange spells it.
    pub symbol: String,
    /// Which way.
    pub side: Side,
    /// LIMIT, MARKET …
    pub order_type: OrderType,
    /// Base quantity; mandatory for the limit family.
    pub quantity: Option<Decimal>,
    /// Quote amount instead of a quantity; MARKET only.
    pub quote_order_qty: Option<Decimal>,
    /// Limit price; mandatory for the limit family.
    pub price: Option<Decimal>,
    /// Our id of the order.
    pub new_client_order_id: Option<String>,
}

impl NewOrder {
    /// Reads the parameters; which of quantity, amount and price belong together is the
    /// exchange's own check.
    ///
    /// # Errors
    /// [`ParamError`] naming the parameter.
    pub fn from_params(params: &Params) -> Result<Self, ParamError> {
        let side = params.require("side")?;
        let order_type = params.require("type")?;
        Ok(Self {
            symbol: params.require("symbol")?.to_owned(),
            side: side_from_wire(side).ok_or_else(|| ParamError::Malformed {
                name: "side",
                value: side.chars().take(64).collect(),
            })?,
            order_type: OrderType::from_wire(order_type),
            quantity: params.decimal("quantity")?,
            quote_order_qty: params.decimal("quoteOrderQty")?,
            price: params.decimal("price")?,
            new_client_order_id: params.get("newClientOrderId").map(str::to_owned),
        })
    }

    /// The order's own part of the query; numbers as plain decimal text.
    pub fn to_query(&self) -> Query {
        Query::new()
            .with("symbol", &self.symbol)
            .with("side", self.side.as_wire())
            .with("type", self.order_type.as_wire())
            .with_some("quantity", self.quantity)
            .with_some("quoteOrderQty", self.quote_order_qty)
            .with_some("price", self.price)
            .with_some("newClientOrderId", self.new_client_order_id.as_ref())
    }
}

impl From<&PlaceOrder> for NewOrder {
    fn from(order: &PlaceOrder) -> Self {
        let (order_type, quote_order_qty) = match order.kind {
            OrderKind::MarketQuote { notional } => (OrderType::Market, Some(notional.get())),
            OrderKind::Market { .. } => (OrderType::Market, None),
            OrderKind::Limit { .. } => (OrderType::Limit, None),
            OrderKind::ImmediateOrCancel { .. } => (OrderType::ImmediateOrCancel, None),
        };
        Self {
            symbol: order.symbol.as_str().to_owned(),
            side: order.side,
            order_type,
            quantity: order.kind.qty().map(domain::Qty::get),
            quote_order_qty,
            price: order.kind.limit_price().map(domain::Price::get),
            new_client_order_id: Some(order.client_order_id.as_str().to_owned()),
        }
    }
}

/// Which order a query or cancel means (contract 10.4, 10.5): at least one id is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRef {
    /// Pair.
    pub symbol: String,
    /// The exchange's id; wins over ours.
    pub order_id: Option<String>,
    /// Our id.
    pub orig_client_order_id: Option<String>,
}

impl OrderRef {
    /// Reads the parameters.
    ///
    /// # Errors
    /// [`ParamError::Missing`] for the symbol, or when neither id was sent.
    pub fn from_params(params: &Params) -> Result<Self, ParamError> {
        let read = Self {
            symbol: params.require("symbol")?.to_owned(),
            order_id: params.get("orderId").map(str::to_owned),
            orig_client_order_id: params.get("origClientOrderId").map(str::to_owned),
        };
        if read.order_id.is_none() && read.orig_client_order_id.is_none() {
            return Err(ParamError::Missing("orderId or origClientOrderId"));
        }
        Ok(read)
    }

    /// The query; only the exchange's id is sent when both are known.
    pub fn to_query(&self) -> Query {
        let query = Query::new().with("symbol", &self.symbol);
        match (&self.order_id, &self.orig_client_order_id) {
            (Some(id), _) => query.with("orderId", id),
            (None, ours) => query.with_some("origClientOrderId", ours.as_ref()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{ClientOrderId, Symbol};

    fn place(side: Side, kind: OrderKind) -> PlaceOrder {
        PlaceOrder {
            client_order_id: ClientOrderId::new("levi-ea1-00"),
            symbol: Symbol::from_exchange("BTCUSDT"),
            side,
            kind,
            timestamp_ms: 1,
            recv_window_ms: 5_000,
        }
    }

    #[test]
    fn each_kind_of_order_has_its_wire_form() {
        let (qty, price) = ("0.010".parse().unwrap(), "65000.50".parse().unwrap());
        let notional = "25".parse().unwrap();
        let cases = [
            (
                Side::Buy,
                OrderKind::MarketQuote { notional },
                "side=BUY&type=MARKET&quoteOrderQty=25",
            ),
            (Side::Sell, OrderKind::Market { qty }, "side=SELL&type=MARKET&quantity=0.01"),
            (
                Side::Buy,
                OrderKind::Limit { qty, price },
                "side=BUY&type=LIMIT&quantity=0.01&price=65000.5",
            ),
            (
                Side::Sell,
                OrderKind::ImmediateOrCancel { qty, price },
                "side=SELL&type=IMMEDIATE_OR_CANCEL&quantity=0.01&price=65000.5",
            ),
        ];
        for (side, kind, middle) in cases {
            let order = NewOrder::from(&place(side, kind));
            let query = order.to_query();
            assert_eq!(
                query.as_str(),
                format!("symbol=BTCUSDT&{middle}&newClientOrderId=levi-ea1-00")
            );
            assert_eq!(NewOrder::from_params(&Params::parse(query.as_str(), "")), Ok(order));
        }
    }

    #[test]
    fn a_market_buy_sends_its_cost_and_never_a_quantity() {
        // The original sent the quote amount as a base quantity.
        let kind = OrderKind::MarketQuote { notional: "25".parse().unwrap() };
        let query = NewOrder::from(&place(Side::Buy, kind)).to_query();
        assert!(!query.as_str().contains("quantity="), "{}", query.as_str());
        assert!(query.as_str().contains("quoteOrderQty=25"), "{}", query.as_str());
    }

    #[test]
    fn the_query_wins_over_the_body() {
        let params = Params::parse("a=1&b=%2C+%zz&a=3", "a=2&c=%E5%B8%81");
        assert_eq!(params.get("a"), Some("1"));
        assert_eq!(params.get("b"), Some(", %zz"));
        assert_eq!(params.get("c"), Some("币"));
        assert_eq!(params.get("d"), None);
    }

    #[test]
    fn a_bad_parameter_is_named() {
        let base = "symbol=BTCUSDT&side=BUY&type=LIMIT";
        assert_eq!(
            NewOrder::from_params(&Params::parse("side=BUY&type=LIMIT", "")),
            Err(ParamError::Missing("symbol"))
        );
        for (extra, name) in [("quantity=NaN", "quantity"), ("price=1e5", "price")] {
            let params = Params::parse(&format!("{base}&{extra}"), "");
            let error = NewOrder::from_params(&params).unwrap_err();
            assert!(matches!(error, ParamError::Malformed { name: n, .. } if n == name), "{error}");
        }
        assert!(OrderRef::from_params(&Params::parse("symbol=A", "")).is_err());
    }

    #[test]
    fn an_order_is_named_by_the_exchanges_id_when_it_is_known() {
        let mut order = OrderRef {
            symbol: "BTCUSDT".to_owned(),
            order_id: None,
            orig_client_order_id: Some("levi-ea1-00".to_owned()),
        };
        assert_eq!(order.to_query().as_str(), "symbol=BTCUSDT&origClientOrderId=levi-ea1-00");
        order.order_id = Some("C02__1".to_owned());
        assert_eq!(order.to_query().as_str(), "symbol=BTCUSDT&orderId=C02__1");
    }
}
