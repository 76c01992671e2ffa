//! LeviBot's vocabulary: what every other crate means by a symbol, a price, an order or an event.
//!
//! Nothing here does I/O, reads a clock or draws a random number. Values are parsed once at the
//! edge into these types; code that holds one may trust it.

pub mod candle;
pub mod decimal;
pub mod event;
pub mod ids;
pub mod market;
pub mod order;
pub mod risk;
pub mod room;
pub mod side;
pub mod signal;
pub mod symbol;
pub mod time;

pub use candle::{Candle, Interval};
pub use decimal::{Bps, DecimalError, Notional, Pnl, Price, Qty};
pub use event::{Event, Record};
pub use ids::{BotId, ClientOrderId, ExchangeOrderId, PositionId, SignalKey, TraceId, TradeId};
pub use market::{Market, MarketRules, Markets, TradeSides, UnknownSymbol};
pub use order::{
    CancelOutcome, Fill, OrderKind, OrderSnapshot, OrderStatus, PlaceOrder, PlaceOutcome,
    QueryOutcome, Refusal, RefusalClass,
};
pub use risk::{Check, CheckResult, PolicyName};
pub use room::Room;
pub use rust_decimal::Decimal;
pub use side::Side;
pub use signal::{Change, EntryKind, Field, FieldSpan, Intent, Score, StopChange, TradeSignal};
pub use symbol::{Asset, Symbol};
pub use time::Timestamp;
