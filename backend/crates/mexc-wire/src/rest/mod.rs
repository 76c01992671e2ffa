//! Replies of the REST endpoints (contract 9 to 12) and their conversion into the domain.

mod account;
mod market;
mod market_rules;
mod number;
mod order;
mod rare;

pub use account::{
    Account, ApiKeyInfo, Balance, Envelope, KycStatus, ListenKey, ListenKeys, MyTrade, TradeFee,
    Uid,
};
pub use market::{
    AggTrade, AvgPrice, BookTicker, Depth, DepthLevel, ExchangeInfo, Kline, PriceFilter,
    PriceTicker, PublicTrade, ServerTime, SymbolInfo, Ticker24h,
};
pub use market_rules::{MarketList, decode_markets, decode_symbols};
pub use number::{DecimalNumber, DecimalText, OneOrMany};
pub use order::{CancelReply, NamedOrder, Order, OrderAck, OrderType, WireStatus, side_from_wire};
pub use rare::{BatchOutcome, MxDeduct, OfflineSymbol, StrategyGroup};

/// A reply that can be read but not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// A field that the domain needs is missing or null.
    #[error("{what} came without {field}")]
    Missing {
        /// Which reply.
        what: &'static str,
        /// Which field.
        field: &'static str,
    },
    /// A field holds a value that the domain does not know or allow.
    #[error("{what} came with {field} = {value:?}")]
    Invalid {
        /// Which reply.
        what: &'static str,
        /// Which field.
        field: &'static str,
        /// The value, cut to 64 characters.
        value: String,
    },
}

impl Unusable {
    pub(crate) fn invalid(what: &'static str, field: &'static str, value: &impl ToString) -> Self {
        Self::Invalid { what, field, value: value.to_string().chars().take(64).collect() }
    }
}
