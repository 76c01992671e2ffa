//! A small exchange for tests: scripted prices, two accounts, times in seconds.

use std::sync::Arc;

use domain::{Asset, ClientOrderId, Decimal, Side, Symbol, Timestamp};

use super::{
    AccountId, AccountSeed, Exchange, ExchangeConfig, Ledger, NewOrder, Order, OrderSelector,
    OrderType, Rejection, Size,
};
use crate::market::scripted::Scripted;
use crate::market::{Listing, MarketIndex, pairs};

pub(super) const ALICE: AccountId = AccountId(0);
pub(super) const BOB: AccountId = AccountId(1);
/// BTCUSDT, scripted at 60000 unless a test says otherwise.
pub(super) const BTC: MarketIndex = MarketIndex(0);

pub(super) struct House {
    pub(super) exchange: Exchange,
    pub(super) prices: Scripted,
    pub(super) now: Timestamp,
}

pub(super) fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(super) fn btc() -> Symbol {
    Symbol::from_exchange("BTCUSDT")
}

pub(super) fn balances(amounts: &[(&str, &str)]) -> AccountSeed {
    let balances = amounts.iter().map(|(asset, free)| (Asset::from_exchange(asset), dec(free)));
    AccountSeed { key: String::new(), balances: balances.collect() }
}

impl House {
    pub(super) fn open(change: impl FnOnce(&mut Listing)) -> Self {
        let rich = [("USDT", "1000000"), ("BTC", "10")];
        let seed = |key: &str| AccountSeed { key: key.to_owned(), ..balances(&rich) };
        Self::with_accounts(vec![seed("alice"), seed("bob")], change)
    }

    pub(super) fn with_accounts(
        accounts: Vec<AccountSeed>,
        change: impl FnOnce(&mut Listing),
    ) -> Self {
        let mut listings = pairs::listings();
        change(&mut listings[BTC.0]);
        let prices = Scripted::new(&listings);
        let now = Timestamp::from_millis(1_790_000_000_000);
        prices.set(BTC, "60000".parse().unwrap(), now);
        let config = ExchangeConfig {
            listings,
            prices: Arc::new(prices.clone()),
            accounts,
            ledger: Ledger::default(),
        };
        let mut exchange = Exchange::new(config);
        exchange.advance(now);
        Self { exchange, prices, now }
    }

    pub(super) fn wait(&mut self, seconds: f64) {
        self.now = self.now.plus(std::time::Duration::from_secs_f64(seconds));
        self.exchange.advance(self.now);
    }

    pub(super) fn set_price(&mut self, price: &str) {
        self.prices.set(BTC, price.parse().unwrap(), self.now);
        self.exchange.advance(self.now);
    }

    pub(super) fn place(&mut self, account: AccountId, new: &NewOrder) -> Result<Order, Rejection> {
        self.exchange.place(account, new, self.now)
    }

    pub(super) fn state(&self, order: &Order) -> Order {
        self.exchange.ledger().order(&order.id).unwrap().clone()
    }

    pub(super) fn cancel(&mut self, order: &Order) -> Result<Order, Rejection> {
        let selector = OrderSelector {
            symbol: order.symbol.clone(),
            order_id: Some(order.id.clone()),
            client_order_id: None,
        };
        self.exchange.cancel(order.account, &selector, self.now)
    }

    pub(super) fn free(&self, account: AccountId, asset: &str) -> Decimal {
        self.balance(account, asset).free
    }

    pub(super) fn balance(&self, account: AccountId, asset: &str) -> super::Balance {
        let account = self.exchange.ledger().account(account).unwrap();
        account.balance(&Asset::from_exchange(asset))
    }
}

pub(super) fn limit(side: Side, price: &str, qty: &str) -> NewOrder {
    NewOrder {
        symbol: btc(),
        side,
        order_type: OrderType::Limit,
        size: Size::Base(qty.parse().unwrap()),
        price: Some(price.parse().unwrap()),
        client_order_id: None,
    }
}

pub(super) fn market(side: Side, size: Size) -> NewOrder {
    NewOrder { order_type: OrderType::Market, size, price: None, ..limit(side, "1", "1") }
}

pub(super) fn base(qty: &str) -> Size {
    Size::Base(qty.parse().unwrap())
}

pub(super) fn quote(amount: &str) -> Size {
    Size::Quote(amount.parse().unwrap())
}

pub(super) fn of_type(order_type: OrderType, order: NewOrder) -> NewOrder {
    NewOrder { order_type, ..order }
}

pub(super) fn named(id: &str, order: NewOrder) -> NewOrder {
    NewOrder { client_order_id: Some(ClientOrderId::new(id)), ..order }
}
