//! Just enough of an exchange for the engine to trade on: what is at the market fills at once, what
//! rests fills when the price comes.

use std::collections::BTreeMap;

use domain::{
    Asset, CancelOutcome, ClientOrderId, Decimal, ExchangeOrderId, Fill, Notional, OrderKind,
    OrderSnapshot, OrderStatus, PlaceOrder, PlaceOutcome, Price, Qty, QueryOutcome, Side, Symbol,
    Timestamp, TradeId,
};

struct Placed {
    order: PlaceOrder,
    id: ExchangeOrderId,
    executed: Qty,
    price: Price,
    status: OrderStatus,
    at: Timestamp,
}

/// Orders and prices.
#[derive(Default)]
pub(crate) struct Exchange {
    orders: BTreeMap<ClientOrderId, Placed>,
    prices: BTreeMap<Symbol, Price>,
    numbers: u64,
}

impl Exchange {
    /// A new price; what rests below or above it fills.
    pub(crate) fn price(&mut self, symbol: &Symbol, price: Price) {
        self.prices.insert(symbol.clone(), price);
        for placed in self.orders.values_mut().filter(|placed| placed.order.symbol == *symbol) {
            let reached = placed.order.kind.limit_price().is_some_and(|limit| {
                if placed.order.side == Side::Buy { price <= limit } else { price >= limit }
            });
            if reached && placed.status == OrderStatus::New {
                placed.fill();
            }
        }
    }

    /// Nobody asks for orders of a pair once it is flat.
    pub(crate) fn forget(&mut self, symbol: &Symbol) {
        self.orders.retain(|_, placed| placed.order.symbol != *symbol);
    }

    pub(crate) fn place(&mut self, order: PlaceOrder, at: Timestamp) -> PlaceOutcome {
        self.numbers += 1;
        let id = ExchangeOrderId::new(format!("C02__{:021}", self.numbers));
        let price = order.kind.limit_price().or_else(|| self.prices.get(&order.symbol).copied());
        let Some(price) = price else {
            return PlaceOutcome::NotSent { why: "no price".to_owned() };
        };
        let rests = matches!(order.kind, OrderKind::Limit { .. });
        let mut placed = Placed {
            order,
            id: id.clone(),
            executed: Qty::ZERO,
            price,
            status: OrderStatus::New,
            at,
        };
        if !rests {
            placed.fill();
        }
        self.orders.insert(placed.order.client_order_id.clone(), placed);
        PlaceOutcome::Accepted { order_id: id }
    }

    pub(crate) fn cancel(&mut self, id: &ClientOrderId) -> CancelOutcome {
        match self.orders.get_mut(id) {
            Some(placed) if placed.status == OrderStatus::New => {
                placed.status = OrderStatus::Canceled;
                CancelOutcome::Accepted
            }
            _ => CancelOutcome::AlreadyDone,
        }
    }

    pub(crate) fn query(&self, id: &ClientOrderId, at: Timestamp) -> QueryOutcome {
        match self.orders.get(id) {
            Some(placed) => QueryOutcome::Found { order: placed.snapshot(), fills: placed.fills() },
            None => {
                QueryOutcome::NotFound { server_time_ms: at.as_millis(), searched_lists: false }
            }
        }
    }
}

impl Placed {
    fn fill(&mut self) {
        self.status = OrderStatus::Filled;
        self.executed = match self.order.kind {
            OrderKind::MarketQuote { notional } => {
                notional.qty_at(self.price).floor_to(Decimal::new(1, 6))
            }
            OrderKind::Market { qty }
            | OrderKind::Limit { qty, .. }
            | OrderKind::ImmediateOrCancel { qty, .. } => qty,
        };
    }

    fn quote(&self) -> Notional {
        self.price.notional(self.executed)
    }

    fn snapshot(&self) -> OrderSnapshot {
        OrderSnapshot {
            order_id: self.id.clone(),
            client_order_id: Some(self.order.client_order_id.clone()),
            symbol: self.order.symbol.clone(),
            side: self.order.side,
            status: self.status,
            executed_qty: self.executed,
            executed_quote: self.quote(),
            created_at: self.at,
        }
    }

    fn fills(&self) -> Vec<Fill> {
        if self.executed.is_zero() {
            return Vec::new();
        }
        vec![Fill {
            trade_id: TradeId::new(format!("{}X1", self.id)),
            order_id: self.id.clone(),
            price: self.price,
            qty: self.executed,
            quote: self.quote(),
            fee: self.quote().get() * Decimal::new(5, 4),
            fee_asset: Asset::from_exchange("USDT"),
            at: self.at,
        }]
    }
}
