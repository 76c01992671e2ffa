//! The account: balances, trades and order lists.

use domain::{Asset, Decimal, ExchangeOrderId, Fill, OrderSnapshot, Symbol};
use mexc_wire::Query;
use mexc_wire::rest::{Account, MyTrade, Order, Unusable};

use crate::client::Client;
use crate::error::ClientError;

/// Most orders one answer of `allOrders` holds (contract 10.5).
const MAX_ORDERS: u32 = 1_000;
/// Most trades that every edition of the documentation allows to ask for (contract 11).
const MAX_TRADES: u32 = 100;

/// What the account holds of one asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetBalance {
    /// The coin.
    pub asset: Asset,
    /// What an order may use: the smaller of the exchange's free and available.
    pub free: Decimal,
    /// Locked in orders.
    pub locked: Decimal,
}

impl Client {
    /// Balances of all assets held.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn account(&self) -> Result<Vec<AssetBalance>, ClientError> {
        let account: Account = self.get_signed("/account", Query::new()).await?;
        let balances = account.balances.iter().map(|balance| AssetBalance {
            asset: Asset::from_exchange(&balance.asset),
            free: balance.usable(),
            locked: balance.locked.0.max(Decimal::ZERO),
        });
        Ok(balances.collect())
    }

    /// Open orders of a pair, or of all pairs where the exchange allows to leave it out.
    ///
    /// # Errors
    /// [`ClientError`], also when an order that may be ours cannot be understood: a list with
    /// holes would hide it.
    pub async fn open_orders(
        &self,
        symbol: Option<&Symbol>,
    ) -> Result<Vec<OrderSnapshot>, ClientError> {
        let query = Query::new().with_some("symbol", symbol);
        self.orders("/openOrders", query).await
    }

    /// Orders of a pair of the last 24 hours, at most 1000.
    ///
    /// # Errors
    /// [`ClientError`], also when an order that may be ours cannot be understood.
    pub async fn all_orders(&self, symbol: &Symbol) -> Result<Vec<OrderSnapshot>, ClientError> {
        let query = Query::new().with("symbol", symbol).with("limit", MAX_ORDERS);
        self.orders("/allOrders", query).await
    }

    /// Trades of one order that are visible so far, at most 100; they may lag behind the order.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn my_trades(
        &self,
        symbol: &Symbol,
        order_id: &ExchangeOrderId,
    ) -> Result<Vec<Fill>, ClientError> {
        let trades = self.trades(symbol, Some(order_id)).await?;
        // A server that ignores the parameter must not lend us foreign fills.
        let ours = trades.iter().filter(|trade| trade.order_id == order_id.as_str());
        Ok(ours.map(Fill::try_from).collect::<Result<_, _>>()?)
    }

    pub(crate) async fn trades(
        &self,
        symbol: &Symbol,
        order_id: Option<&ExchangeOrderId>,
    ) -> Result<Vec<MyTrade>, ClientError> {
        let query = Query::new()
            .with("symbol", symbol)
            .with_some("orderId", order_id)
            .with("limit", MAX_TRADES);
        self.get_signed("/myTrades", query).await
    }

    async fn orders(&self, path: &str, query: Query) -> Result<Vec<OrderSnapshot>, ClientError> {
        let orders: Vec<Order> = self.get_signed(path, query).await?;
        Ok(orders.iter().filter_map(readable).collect::<Result<_, _>>()?)
    }
}

/// Orders of ours always carry our id. One without any, and in a state we do not know, was made in
/// the web interface: it is left alone and must not block the rest.
fn readable(order: &Order) -> Option<Result<OrderSnapshot, Unusable>> {
    match OrderSnapshot::try_from(order) {
        Err(error) if order.client_order_id.is_none() => {
            tracing::warn!(order_id = order.order_id, %error, "an order that is not ours is skipped");
            None
        }
        read => Some(read),
    }
}
