//! Clients, orders and replies that the tests share.

use std::time::Duration;

use domain::{ClientOrderId, OrderKind, PlaceOrder, Side, Symbol};
use mexc::{Budget, BudgetSettings, Client, ClientConfig, Lane, Start};

use super::{KEY, SECRET};

/// A budget with nothing but this spacing.
pub(crate) fn unhurried(spacing: Duration) -> Budget {
    Budget::local(&BudgetSettings::with_spacing(spacing), Start::Full)
}

pub(crate) fn client_with(url: &str, timeout: Duration, interval: Duration) -> Client {
    let config = ClientConfig { timeout, ..ClientConfig::new(url, unhurried(interval)) };
    Client::new(&config.with_keys(KEY.into(), SECRET.into())).unwrap()
}

pub(crate) fn client(url: &str) -> Client {
    client_with(url, Duration::from_secs(20), Duration::ZERO)
}

pub(crate) fn symbol() -> Symbol {
    Symbol::from_exchange("SOLUSDT")
}

pub(crate) fn our_id() -> ClientOrderId {
    ClientOrderId::new("levi-ea1-0011223344")
}

/// A market buy for 25 quote units, signed now by the client's clock.
pub(crate) fn order(client: &Client) -> PlaceOrder {
    PlaceOrder {
        client_order_id: our_id(),
        symbol: symbol(),
        side: Side::Buy,
        kind: OrderKind::MarketQuote { notional: "25".parse().unwrap() },
        timestamp_ms: client.exchange_now_ms(),
        recv_window_ms: 60_000,
    }
}

pub(crate) async fn place(client: &Client) -> domain::PlaceOutcome {
    client.place(&order(client), Lane::Entry, || true).await
}

pub(crate) const ACK: &str = include_str!("../../../../testdata/mexc/order_ack_average_null.json");
pub(crate) const ORDER: &str =
    include_str!("../../../../testdata/mexc/order_query_market_filled.json");
pub(crate) const TRADES: &str = include_str!("../../../../testdata/mexc/my_trades.json");
pub(crate) const KLINES: &str = include_str!("../../../../testdata/mexc/klines.json");
pub(crate) const EXCHANGE_INFO: &str =
    include_str!("../../../../testdata/mexc/exchange_info_with_broken_entries.json");
