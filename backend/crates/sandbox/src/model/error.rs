//! Why the exchange says no, with the code and the words of contract 13.

use domain::{Asset, Notional};

/// A refusal. The text is the `msg` of the reply.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// No such pair.
    #[error("Invalid symbol.")]
    InvalidSymbol,
    /// A candle length that is not served.
    #[error("Invalid interval.")]
    InvalidInterval,
    /// One bound of a time window without the other.
    #[error("Combination of optional parameters invalid.")]
    InvalidCombination,
    /// A window of aggregated trades beyond one hour.
    #[error("More than 1 hours between startTime and endTime.")]
    WindowTooLong,
    /// A parameter is missing, empty or unreadable.
    #[error("Mandatory parameter '{0}' was not sent, was empty/null, or malformed.")]
    Parameter(&'static str),
    /// Characters outside `0-9 a-z A-Z _ -`, or not 1 to 32 of them.
    #[error(
        "Illegal characters found in parameter 'newClientOrderId'; legal range is \
         '^[0-9a-zA-Z_-]{{1,32}}$'."
    )]
    IllegalClientOrderId,
    /// The account used this id before.
    #[error("duplicate client order id")]
    DuplicateClientOrderId,
    /// An order type that cannot be sent.
    #[error("invalid type")]
    InvalidType,
    /// The pair takes no API orders.
    #[error("symbol not support api")]
    ClosedToApi,
    /// The pair is paused or taken off.
    #[error("suspended transaction for the symbol")]
    Suspended,
    /// The pair takes neither side.
    #[error("trading disabled")]
    TradingDisabled,
    /// The pair does not take this side.
    #[error("current direction is not allowed")]
    SideNotAllowed,
    /// The pair takes no MARKET orders.
    #[error("api market order is disabled")]
    MarketOrdersDisabled,
    /// Too many decimals of a quantity. The leading blank is the exchange's.
    #[error(" quantity scale is invalid")]
    QuantityScale,
    /// Too many decimals of a price.
    #[error(" price scale is invalid")]
    PriceScale,
    /// Too many decimals of a quote amount. The leading blank is the exchange's.
    #[error(" amount scale is invalid")]
    AmountScale,
    /// Below the smallest notional. The colon is full-width on the wire.
    #[error("The minimum transaction volume cannot be less than：{0}{1}")]
    BelowMinimum(Notional, Asset),
    /// Below the smallest quantity.
    #[error("The minimum transaction volume cannot be less than：{0}{1}")]
    BelowMinimumQty(domain::Qty, Asset),
    /// Above the largest notional.
    #[error("The maximum transaction volume cannot be greater than：{0}{1}")]
    AboveMaximum(Notional, Asset),
    /// Outside the price band.
    #[error("The order price is outside the price protection range")]
    OutsideBand,
    /// Not enough balance for a buy.
    #[error("Insufficient position")]
    InsufficientFunds,
    /// Selling more than is free.
    #[error("Oversold")]
    Oversold,
    /// Too many open orders.
    #[error("Cannot exceed the maximum order limit")]
    TooManyOrders,
    /// A query of an order that is not there.
    #[error("Order does not exist.")]
    NoSuchOrder,
    /// A cancel of an order that is not there.
    #[error("Unknown order id.")]
    UnknownOrder,
    /// A cancel of a cancelled order.
    #[error("Order cancelled")]
    AlreadyCancelled,
    /// A cancel of a filled order.
    #[error("Order filled.")]
    AlreadyFilled,
}

impl Rejection {
    /// The code on the wire. All are sent with HTTP status 400.
    pub const fn code(&self) -> i64 {
        match self {
            Self::InvalidSymbol | Self::InvalidInterval => -1121,
            Self::WindowTooLong => -1127,
            Self::InvalidCombination => -1128,
            Self::UnknownOrder | Self::AlreadyCancelled | Self::AlreadyFilled => -2011,
            Self::NoSuchOrder => -2013,
            Self::DuplicateClientOrderId
            | Self::QuantityScale
            | Self::PriceScale
            | Self::AmountScale => 400,
            Self::InvalidType => 500,
            Self::ClosedToApi => 10_007,
            Self::Suspended => 30_000,
            Self::SideNotAllowed => 30_001,
            Self::BelowMinimum(..) | Self::BelowMinimumQty(..) => 30_002,
            Self::AboveMaximum(..) => 30_003,
            Self::InsufficientFunds => 30_004,
            Self::Oversold => 30_005,
            Self::TradingDisabled => 30_016,
            Self::MarketOrdersDisabled => 30_019,
            Self::TooManyOrders => 30_029,
            Self::OutsideBand => 30_087,
            Self::Parameter(_) => 700_004,
            Self::IllegalClientOrderId => 700_008,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::PlaceOutcome;
    use mexc_wire::error::ErrorBody;
    use mexc_wire::{Answer, classify_place};

    #[test]
    fn a_client_reads_every_refusal_of_an_order_as_final() {
        let usdt = || Asset::from_exchange("USDT");
        let one = || "1".parse::<Notional>().unwrap();
        let refusals = [
            Rejection::InvalidSymbol,
            Rejection::Parameter("price"),
            Rejection::IllegalClientOrderId,
            Rejection::InvalidType,
            Rejection::ClosedToApi,
            Rejection::Suspended,
            Rejection::TradingDisabled,
            Rejection::SideNotAllowed,
            Rejection::MarketOrdersDisabled,
            Rejection::QuantityScale,
            Rejection::PriceScale,
            Rejection::AmountScale,
            Rejection::BelowMinimum(one(), usdt()),
            Rejection::BelowMinimumQty("1".parse().unwrap(), usdt()),
            Rejection::AboveMaximum(one(), usdt()),
            Rejection::OutsideBand,
            Rejection::InsufficientFunds,
            Rejection::Oversold,
            Rejection::TooManyOrders,
        ];
        for refusal in refusals {
            let body = ErrorBody { code: refusal.code(), msg: refusal.to_string() };
            let body = serde_json::to_vec(&body).unwrap();
            let outcome = classify_place(&Answer::new(400, &body));
            assert!(matches!(outcome, PlaceOutcome::Refused(_)), "{refusal:?}: {outcome:?}");
        }
    }
}
