//! The exchange: the sandbox's own model behind the door that the real one has: it checks the
//! signed time, hides new orders and trades for a while, and can take fees in coins.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use domain::{
    Asset, CancelOutcome, ClientOrderId, Decimal, ExchangeOrderId, Fill, OrderKind, OrderSnapshot,
    OrderStatus, PlaceOrder, PlaceOutcome, Price, Side, Symbol, Timestamp,
};
use engine::Balance;
use mexc_wire::error::ErrorBody;
use mexc_wire::{Answer, classify_place};
use sandbox::market::scripted::Scripted;
use sandbox::market::{Listing, MarketIndex};
use sandbox::model::{
    AccountId, AccountSeed, Exchange, ExchangeConfig, Ledger, NewOrder, Order, OrderSelector,
    OrderType, Rejection, Size, Trade, Window,
};

use crate::plan::{Plan, first_price};

/// Fee of a buy taken in the coin: 0.05 %.
const BASE_FEE: Decimal = Decimal::from_parts(5, 0, 0, false, 4);
/// The exchange lists ended orders this long (contract 10.5).
const LISTED_FOR: Duration = Duration::from_hours(24);
/// A request may be signed this much ahead of the exchange's clock (contract 4).
const AHEAD_MS: i64 = 1_000;

/// How an order is treated on arrival.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Treatment {
    /// A market order finds nothing at its price.
    pub(crate) comes_back: bool,
    pub(crate) hidden_for: Duration,
    pub(crate) trades_hidden_for: Duration,
}

/// The exchange and what it keeps to itself.
pub(crate) struct House {
    exchange: Exchange,
    account: AccountId,
    prices: Scripted,
    fee_in_base: bool,
    /// Exchange clock minus true time.
    pub(crate) ahead_ms: i64,
    hidden_until: BTreeMap<ClientOrderId, Timestamp>,
    trades_hidden_for: BTreeMap<ExchangeOrderId, Duration>,
    /// Every order accepted, in order.
    pub(crate) accepted: Vec<ClientOrderId>,
    /// How much of the coins is locked elsewhere, in hundredths, and until when.
    locked: (i64, Timestamp),
    /// Counts what changed, so that checkers look only when something did.
    pub(crate) revision: u64,
}

impl House {
    pub(crate) fn open(plan: &Plan, now: Timestamp) -> Self {
        let prices = Scripted::new(&plan.listings);
        for (place, listing) in plan.listings.iter().enumerate() {
            prices.set(MarketIndex(place), first_price(listing), now);
        }
        let mut balances = BTreeMap::from([(Asset::from_exchange("USDT"), plan.funds)]);
        for listing in plan.listings.iter().filter(|_| plan.own_coins) {
            let coins = Decimal::from(50).checked_div(listing.base_price.get());
            let coins = coins.unwrap_or_default().round_dp(listing.qty_scale);
            balances.insert(listing.base.clone(), coins);
        }
        let mut exchange = Exchange::new(ExchangeConfig {
            listings: plan.listings.clone(),
            prices: Arc::new(prices.clone()),
            accounts: vec![AccountSeed { key: "key".to_owned(), balances }],
            ledger: Ledger::default(),
        });
        exchange.advance(now);
        Self {
            exchange,
            account: AccountId(0),
            prices,
            fee_in_base: plan.fee_in_base,
            ahead_ms: 0,
            hidden_until: BTreeMap::new(),
            trades_hidden_for: BTreeMap::new(),
            accepted: Vec::new(),
            locked: (0, Timestamp::EPOCH),
            revision: 0,
        }
    }

    pub(crate) fn listings(&self) -> &[Listing] {
        self.exchange.listings()
    }

    pub(crate) fn clock_ms(&self, now: Timestamp) -> i64 {
        now.as_millis() + self.ahead_ms
    }

    pub(crate) fn mid(&self, place: usize, now: Timestamp) -> Price {
        self.exchange.mid(MarketIndex(place), now)
    }

    pub(crate) fn set_price(&mut self, place: usize, price: Price, now: Timestamp) {
        self.prices.set(MarketIndex(place), price, now);
    }

    /// Best bid and ask of a pair, half a spread around the mid.
    pub(crate) fn top(&self, place: usize, now: Timestamp) -> (Price, Price) {
        let listing = &self.listings()[place];
        let mid = self.mid(place, now);
        let half = mid.get() * listing.liquidity.spread / Decimal::TWO;
        let bid = mid.plus(-half).and_then(|bid| bid.floor_to(listing.tick()));
        let ask = mid.plus(half).and_then(|ask| ask.ceil_to(listing.tick()));
        (bid.unwrap_or(mid), ask.unwrap_or(mid))
    }

    /// Lets the market meet resting orders.
    pub(crate) fn advance(&mut self, now: Timestamp) {
        self.exchange.advance(now);
        self.note_changes();
    }

    fn note_changes(&mut self) {
        if !self.exchange.take_changes().is_empty() {
            self.revision += 1;
        }
    }

    pub(crate) fn place(
        &mut self,
        order: &PlaceOrder,
        treatment: Treatment,
        now: Timestamp,
    ) -> PlaceOutcome {
        self.advance(now);
        let clock = self.clock_ms(now);
        let early = order.timestamp_ms >= clock + AHEAD_MS;
        if early || clock > order.acceptable_until_ms() {
            return refusal(700_003, "Timestamp for this request is outside of the recvWindow.");
        }
        let placed = self.check_coins(order, now).and_then(|()| {
            let new = self.new_order(order, treatment, now);
            self.exchange.place(self.account, &new, now)
        });
        match placed {
            Err(rejection) => refusal(rejection.code(), &rejection.to_string()),
            Ok(found) => {
                self.note_changes();
                let id = order.client_order_id.clone();
                self.hidden_until.insert(id.clone(), now.plus(treatment.hidden_for));
                self.trades_hidden_for.insert(found.id.clone(), treatment.trades_hidden_for);
                self.accepted.push(id);
                PlaceOutcome::Accepted { order_id: found.id }
            }
        }
    }

    /// Coins taken as fees cannot be sold.
    fn check_coins(&self, order: &PlaceOrder, now: Timestamp) -> Result<(), Rejection> {
        let (Side::Sell, Some(qty)) = (order.side, order.kind.qty()) else { return Ok(()) };
        let market = self.exchange.market(order.symbol.as_str())?;
        let base = self.exchange.listing(market).base.clone();
        let free = self.free(&base);
        if qty.get() > free - self.locked_of(&base, free, now) {
            Err(Rejection::Oversold)
        } else {
            Ok(())
        }
    }

    fn free(&self, asset: &Asset) -> Decimal {
        let held = self.exchange.ledger().account(self.account);
        held.map_or(Decimal::ZERO, |account| account.balance(asset).free) - self.fees_taken(asset)
    }

    /// The user locks a part of all coins in orders of another pair.
    pub(crate) fn lock_coins(&mut self, percent: i64, until: Timestamp) {
        self.locked = (percent, until);
    }

    pub(crate) fn unlock_coins(&mut self) {
        self.locked = (0, Timestamp::EPOCH);
    }

    fn locked_of(&self, asset: &Asset, free: Decimal, now: Timestamp) -> Decimal {
        let (percent, until) = self.locked;
        if now >= until || asset.as_str() == "USDT" {
            return Decimal::ZERO;
        }
        free.max(Decimal::ZERO) * Decimal::new(percent, 2)
    }

    /// The user cancels one of the open orders.
    pub(crate) fn cancel_by_hand(&mut self, choice: usize, now: Timestamp) {
        let open: Vec<_> = self.orders().iter().filter(|order| is_open(order)).collect();
        let Some(order) = open.get(choice % open.len().max(1)) else { return };
        let (symbol, id) = (order.symbol.clone(), order.client_order_id.clone());
        if let Some(id) = id {
            self.cancel(&symbol, &id, now);
        }
    }

    fn fees_taken(&self, asset: &Asset) -> Decimal {
        if !self.fee_in_base {
            return Decimal::ZERO;
        }
        let buys = self.exchange.ledger().orders().iter();
        buys.filter(|order| order.base == *asset).map(|order| self.base_fee(order)).sum()
    }

    /// What an order's buyer did not get because it went for the fee.
    pub(crate) fn base_fee(&self, order: &Order) -> Decimal {
        if !self.fee_in_base || order.side == Side::Sell {
            return Decimal::ZERO;
        }
        order.executed_qty.get() * BASE_FEE
    }

    fn new_order(&self, order: &PlaceOrder, treatment: Treatment, now: Timestamp) -> NewOrder {
        let base = NewOrder {
            symbol: order.symbol.clone(),
            side: order.side,
            order_type: OrderType::Market,
            size: Size::Base(domain::Qty::ZERO),
            price: None,
            client_order_id: Some(order.client_order_id.clone()),
        };
        let (order_type, size, price) = match order.kind {
            OrderKind::MarketQuote { notional } => (OrderType::Market, Size::Quote(notional), None),
            OrderKind::Market { qty } => (OrderType::Market, Size::Base(qty), None),
            OrderKind::Limit { qty, price } => (OrderType::Limit, Size::Base(qty), Some(price)),
            OrderKind::ImmediateOrCancel { qty, price } => {
                (OrderType::ImmediateOrCancel, Size::Base(qty), Some(price))
            }
        };
        let asked = NewOrder { order_type, size, price, ..base };
        match (treatment.comes_back, self.out_of_reach(order, now)) {
            (true, Some((qty, price))) => NewOrder {
                order_type: OrderType::ImmediateOrCancel,
                size: Size::Base(qty),
                price: Some(price),
                ..asked
            },
            _ => asked,
        }
    }

    /// Size and price of a market order that finds nothing.
    fn out_of_reach(&self, order: &PlaceOrder, now: Timestamp) -> Option<(domain::Qty, Price)> {
        let market = self.exchange.market(order.symbol.as_str()).ok()?;
        let listing = self.exchange.listing(market);
        let mid = self.exchange.mid(market, now);
        let factor = if order.side == Side::Buy { Decimal::new(9, 1) } else { Decimal::new(11, 1) };
        let price = mid.times(factor)?.floor_to(listing.tick())?;
        let qty = match order.kind {
            OrderKind::MarketQuote { notional } => notional.qty_at(price).floor_to(listing.step()),
            OrderKind::Market { qty } => qty,
            OrderKind::Limit { .. } | OrderKind::ImmediateOrCancel { .. } => return None,
        };
        Some((qty, price))
    }

    pub(crate) fn cancel(
        &mut self,
        symbol: &Symbol,
        id: &ClientOrderId,
        now: Timestamp,
    ) -> CancelOutcome {
        self.advance(now);
        let cancelled = self.exchange.cancel(self.account, &selector(symbol, id), now);
        self.note_changes();
        if cancelled.is_ok() { CancelOutcome::Accepted } else { CancelOutcome::AlreadyDone }
    }

    /// The order as a question shows it now.
    pub(crate) fn snapshot(
        &mut self,
        symbol: &Symbol,
        id: &ClientOrderId,
        now: Timestamp,
    ) -> Option<(OrderSnapshot, Vec<Fill>)> {
        self.advance(now);
        if self.hidden_until.get(id).is_some_and(|until| now < *until) {
            return None;
        }
        let order = self.exchange.order(self.account, &selector(symbol, id)).ok()?;
        Some((snapshot_of(order), self.fills(order, now)))
    }

    fn fills(&self, order: &Order, now: Timestamp) -> Vec<Fill> {
        let hidden = self.trades_hidden_for.get(&order.id).copied().unwrap_or_default();
        let window = Window { from: None, to: None, limit: 100 };
        let wanted = (Some(&order.id), window);
        let trades = self.exchange.my_trades(self.account, &order.symbol, wanted, now);
        let visible = trades.into_iter().filter(|trade| trade.at.plus(hidden) <= now);
        visible.map(|trade| self.fill_of(order, trade)).collect()
    }

    fn fill_of(&self, order: &Order, trade: &Trade) -> Fill {
        let in_base = self.fee_in_base && trade.side == Side::Buy;
        let (fee, fee_asset) = if in_base {
            (trade.qty.get() * BASE_FEE, order.base.clone())
        } else {
            (trade.fee, trade.fee_asset.clone())
        };
        Fill {
            trade_id: trade.id.clone(),
            order_id: trade.order_id.clone(),
            price: trade.price,
            qty: trade.qty,
            quote: trade.quote,
            fee,
            fee_asset,
            at: trade.at,
        }
    }

    /// Open and recent orders, those still hidden left out.
    pub(crate) fn lists(&mut self, now: Timestamp) -> Vec<OrderSnapshot> {
        self.advance(now);
        let visible = |order: &&Order| {
            let id = order.client_order_id.as_ref();
            let until = id.and_then(|id| self.hidden_until.get(id));
            until.is_none_or(|until| now >= *until)
        };
        let orders = self.exchange.ledger().orders().iter();
        let listed = orders.filter(|order| is_open(order) || is_recent(order, now));
        listed.filter(visible).map(snapshot_of).collect()
    }

    pub(crate) fn balances(&mut self, now: Timestamp) -> Vec<Balance> {
        self.advance(now);
        let Some(account) = self.exchange.ledger().account(self.account) else { return Vec::new() };
        let held = account.balances.iter().map(|(asset, balance)| {
            let free = (balance.free - self.fees_taken(asset)).max(Decimal::ZERO);
            let elsewhere = self.locked_of(asset, free, now);
            Balance {
                asset: asset.clone(),
                free: free - elsewhere,
                locked: balance.locked + elsewhere,
            }
        });
        held.collect()
    }

    /// The truth about an order, however well hidden.
    pub(crate) fn truth(&self, id: &ClientOrderId) -> Option<&Order> {
        self.exchange.ledger().order_by_client_id(self.account, id)
    }

    /// Every order there is.
    pub(crate) fn orders(&self) -> &[Order] {
        self.exchange.ledger().orders()
    }
}

fn selector(symbol: &Symbol, id: &ClientOrderId) -> OrderSelector {
    OrderSelector { symbol: symbol.clone(), order_id: None, client_order_id: Some(id.clone()) }
}

fn refusal(code: i64, message: &str) -> PlaceOutcome {
    let body = ErrorBody { code, msg: message.to_owned() };
    let body = serde_json::to_vec(&body).unwrap_or_default();
    classify_place(&Answer::new(400, &body))
}

fn snapshot_of(order: &Order) -> OrderSnapshot {
    OrderSnapshot {
        order_id: order.id.clone(),
        client_order_id: order.client_order_id.clone(),
        symbol: order.symbol.clone(),
        side: order.side,
        status: order.status,
        executed_qty: order.executed_qty,
        executed_quote: order.executed_quote,
        created_at: order.created_at,
    }
}

/// Whether an ended order is recent enough for the lists.
pub(crate) fn is_recent(order: &Order, now: Timestamp) -> bool {
    order.created_at >= now.minus(LISTED_FOR)
}

/// Whether an order can still trade.
pub(crate) fn is_open(order: &Order) -> bool {
    matches!(order.status, OrderStatus::New | OrderStatus::PartiallyFilled)
}
