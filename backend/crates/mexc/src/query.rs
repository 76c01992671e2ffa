//! Finding out what became of an order.

use domain::{ClientOrderId, ExchangeOrderId, Fill, OrderSnapshot, QueryOutcome, Symbol};
use limits::Lane;
use mexc_wire::rest::Order;
use mexc_wire::{ErrorClass, OrderRef};

use crate::client::Client;
use crate::error::ClientError;
use crate::orders::order_ref;

/// The order that is looked for.
struct Wanted<'a> {
    symbol: &'a Symbol,
    client_order_id: &'a ClientOrderId,
    order_id: Option<&'a ExchangeOrderId>,
}

impl Wanted<'_> {
    fn is(&self, order: &OrderSnapshot) -> bool {
        order.client_order_id.as_ref() == Some(self.client_order_id)
            || self.order_id == Some(&order.order_id)
    }
}

impl Client {
    /// Asks for an order, by the exchange's id when it is known, else by ours, and for its fills.
    ///
    /// When the exchange does not know it, its time is read after that answer. With `search_lists`
    /// the order is then asked for once more and looked for among open orders, recent orders and
    /// trades, so "not found" with the lists searched means: at `server_time_ms` or later it was
    /// nowhere. No later time is reported, since the order might have arrived in between.
    pub async fn query(
        &self,
        symbol: &Symbol,
        client_order_id: &ClientOrderId,
        order_id: Option<&ExchangeOrderId>,
        search_lists: bool,
    ) -> QueryOutcome {
        let wanted = Wanted { symbol, client_order_id, order_id };
        match self.find(&wanted, search_lists).await {
            Ok(outcome) => outcome,
            Err(error) => QueryOutcome::Failed { seen: error.to_string().into() },
        }
    }

    async fn find(
        &self,
        wanted: &Wanted<'_>,
        search_lists: bool,
    ) -> Result<QueryOutcome, ClientError> {
        let by_id = order_ref(wanted.symbol, wanted.client_order_id, wanted.order_id);
        if let Some(order) = self.order(&by_id).await? {
            return Ok(self.found(order).await);
        }
        let (server_time_ms, _) = self.time().await?;
        if search_lists && let Some(order) = self.search(wanted, &by_id).await? {
            return Ok(self.found(order).await);
        }
        Ok(QueryOutcome::NotFound { server_time_ms, searched_lists: search_lists })
    }

    /// `GET /order`; [`None`] when the exchange does not know it (−2013). It goes before other
    /// questions: a stop sells only after the cancel of its target is confirmed here.
    async fn order(&self, order: &OrderRef) -> Result<Option<OrderSnapshot>, ClientError> {
        match self.get_signed_in::<Order>(Lane::Entry, "/order", order.to_query()).await {
            Ok(order) => Ok(Some(OrderSnapshot::try_from(&order)?)),
            Err(ClientError::Api(error)) if error.class == ErrorClass::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn search(
        &self,
        wanted: &Wanted<'_>,
        by_id: &OrderRef,
    ) -> Result<Option<OrderSnapshot>, ClientError> {
        if let Some(order) = self.order(by_id).await? {
            return Ok(Some(order));
        }
        let open = self.open_orders(Some(wanted.symbol)).await?;
        if let Some(order) = open.into_iter().find(|order| wanted.is(order)) {
            return Ok(Some(order));
        }
        let recent = self.all_orders(wanted.symbol).await?;
        if let Some(order) = recent.into_iter().find(|order| wanted.is(order)) {
            return Ok(Some(order));
        }
        self.search_trades(wanted).await
    }

    /// A trade of the order proves it, even while the order itself stays hidden: that is a failed
    /// question, not an absent order.
    async fn search_trades(
        &self,
        wanted: &Wanted<'_>,
    ) -> Result<Option<OrderSnapshot>, ClientError> {
        let trades = self.trades(wanted.symbol, wanted.order_id).await?;
        let ours = trades.into_iter().find(|trade| {
            trade.client_order_id.as_deref() == Some(wanted.client_order_id.as_str())
                || wanted.order_id.is_some_and(|id| id.as_str() == trade.order_id)
        });
        let Some(trade) = ours else { return Ok(None) };
        let order_id = ExchangeOrderId::new(&trade.order_id);
        let by_id = order_ref(wanted.symbol, wanted.client_order_id, Some(&order_id));
        let hidden = mexc_wire::rest::Unusable::Missing {
            what: "a trade of the order",
            field: "a visible order",
        };
        self.order(&by_id).await?.map(Some).ok_or(ClientError::Unusable(hidden))
    }

    /// The order with the fills visible so far; failing to read them leaves them for later.
    async fn found(&self, order: OrderSnapshot) -> QueryOutcome {
        let fills =
            if order.executed_qty.is_zero() { Vec::new() } else { self.fills(&order).await };
        QueryOutcome::Found { order, fills }
    }

    async fn fills(&self, order: &OrderSnapshot) -> Vec<Fill> {
        match self.my_trades(&order.symbol, &order.order_id).await {
            Ok(fills) => fills,
            Err(error) => {
                tracing::warn!(order_id = %order.order_id, %error, "fills could not be read yet");
                Vec::new()
            }
        }
    }
}
