//! What the foreign exchange holds: accounts, prices, orders. Whole numbers only, so that it can be
//! compared to the last digit.

use std::collections::BTreeMap;

/// A millionth of a millionth: every amount is so many of these.
pub(crate) type Pico = i128;

const ONE: Pico = 1_000_000_000_000;
/// The smallest step of a quantity.
const STEP: Pico = ONE / 1_000_000;
/// Everything trades at this until a test says otherwise.
const FIRST_PRICE: Pico = 100 * ONE;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    New,
    Filled,
    Canceled,
}

#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) client_id: String,
    pub(crate) id: String,
    pub(crate) symbol: String,
    pub(crate) is_buy: bool,
    pub(crate) is_limit: bool,
    pub(crate) price: Pico,
    pub(crate) qty: Pico,
    pub(crate) executed: Pico,
    pub(crate) quote: Pico,
    pub(crate) fee: Pico,
    pub(crate) status: Status,
}

impl Order {
    /// The part of a position's life it serves, as our ids tell: `e`, `t1`, `s`, `c`.
    pub(crate) fn leg(&self) -> &str {
        let middle = self.client_id.split('-').nth(1).unwrap_or("");
        middle.rsplit_once('a').map_or("", |(leg, _)| leg)
    }
}

/// What somebody wants to trade.
pub(crate) struct Wish {
    pub(crate) client_id: String,
    pub(crate) symbol: String,
    pub(crate) is_buy: bool,
    /// Of a limit order.
    pub(crate) limit: Option<Pico>,
    pub(crate) qty: Option<Pico>,
    /// Of a market buy that spends so much.
    pub(crate) spend: Option<Pico>,
}

/// Code and message of a refusal.
pub(crate) type Refused = (i64, &'static str);

pub(crate) struct Book {
    pub(crate) orders: Vec<Order>,
    prices: BTreeMap<String, Pico>,
    /// Free and locked.
    holdings: BTreeMap<String, (Pico, Pico)>,
}

impl Default for Book {
    fn default() -> Self {
        let holdings = BTreeMap::from([("USDT".to_owned(), (100_000 * ONE, 0))]);
        Self { orders: Vec::new(), prices: BTreeMap::new(), holdings }
    }
}

pub(crate) fn base_of(symbol: &str) -> &str {
    symbol.trim_end_matches("USDT")
}

fn times(left: Pico, right: Pico) -> Pico {
    left * right / ONE
}

fn fee_on(quote: Pico) -> Pico {
    quote * 5 / 10_000
}

impl Book {
    pub(crate) fn price(&self, symbol: &str) -> Pico {
        self.prices.get(symbol).copied().unwrap_or(FIRST_PRICE)
    }

    pub(crate) fn holdings(&self) -> &BTreeMap<String, (Pico, Pico)> {
        &self.holdings
    }

    pub(crate) fn total(&self, asset: &str) -> Pico {
        self.holdings.get(asset).map_or(0, |(free, locked)| free + locked)
    }

    /// Gives the account coins of somebody else's.
    pub(crate) fn give(&mut self, asset: &str, amount: Pico) {
        self.move_coins(asset, amount, 0);
    }

    fn move_coins(&mut self, asset: &str, free: Pico, locked: Pico) {
        let entry = self.holdings.entry(asset.to_owned()).or_default();
        entry.0 += free;
        entry.1 += locked;
        assert!(entry.0 >= 0 && entry.1 >= 0, "the foreign exchange lost count of {asset}");
    }

    fn free(&self, asset: &str) -> Pico {
        self.holdings.get(asset).map_or(0, |(free, _)| *free)
    }

    /// A new price; what rests and is reached fills at its own price.
    pub(crate) fn set_price(&mut self, symbol: &str, price: Pico) {
        self.prices.insert(symbol.to_owned(), price);
        let reached = |order: &Order| {
            let crossed = if order.is_buy { price <= order.price } else { price >= order.price };
            order.symbol == symbol && order.status == Status::New && crossed
        };
        for index in 0..self.orders.len() {
            if reached(&self.orders[index]) {
                self.unlock(index);
                let at = self.orders[index].price;
                self.execute(index, at);
            }
        }
    }

    pub(crate) fn place(&mut self, wish: Wish) -> Result<Order, Refused> {
        let price = wish.limit.unwrap_or_else(|| self.price(&wish.symbol));
        let spent = |amount: Pico| amount * ONE / price / STEP * STEP;
        let qty = wish.qty.or(wish.spend.map(spent)).unwrap_or(0);
        if qty <= 0 || qty % STEP != 0 || times(qty, price) < ONE {
            return Err((30_002, "The minimum transaction volume cannot be less than：1USDT"));
        }
        let cost = times(qty, price) + fee_on(times(qty, price));
        if wish.is_buy && self.free("USDT") < cost {
            return Err((30_004, "Insufficient position"));
        }
        if !wish.is_buy && self.free(base_of(&wish.symbol)) < qty {
            return Err((30_005, "Oversold"));
        }
        self.orders.push(Order {
            client_id: wish.client_id,
            id: format!("C02__{}", 1_000 + self.orders.len()),
            symbol: wish.symbol,
            is_buy: wish.is_buy,
            is_limit: wish.limit.is_some(),
            price,
            qty,
            executed: 0,
            quote: 0,
            fee: 0,
            status: Status::New,
        });
        let index = self.orders.len() - 1;
        if wish.limit.is_none() {
            self.execute(index, price);
        } else {
            self.lock(index);
            let (symbol, now) = (self.orders[index].symbol.clone(), self.price_of(index));
            self.set_price(&symbol, now);
        }
        Ok(self.orders[index].clone())
    }

    fn price_of(&self, index: usize) -> Pico {
        self.price(&self.orders[index].symbol)
    }

    pub(crate) fn cancel(&mut self, id: &str) -> Result<Order, Refused> {
        let index = self.orders.iter().position(|order| order.id == id || order.client_id == id);
        let index = index.ok_or((-2011, "Unknown order sent."))?;
        match self.orders[index].status {
            Status::New => {
                self.unlock(index);
                let before = self.orders[index].clone();
                self.orders[index].status = Status::Canceled;
                Ok(before)
            }
            Status::Filled => Err((-2011, "Order filled.")),
            Status::Canceled => Err((-2011, "Order cancelled")),
        }
    }

    fn lock(&mut self, index: usize) {
        let (asset, amount) = Self::backing(&self.orders[index]);
        self.move_coins(&asset, -amount, amount);
    }

    fn unlock(&mut self, index: usize) {
        let (asset, amount) = Self::backing(&self.orders[index]);
        self.move_coins(&asset, amount, -amount);
    }

    fn backing(order: &Order) -> (String, Pico) {
        if order.is_buy {
            let cost = times(order.qty, order.price);
            ("USDT".to_owned(), cost + fee_on(cost))
        } else {
            (base_of(&order.symbol).to_owned(), order.qty)
        }
    }

    fn execute(&mut self, index: usize, price: Pico) {
        let order = &mut self.orders[index];
        order.executed = order.qty;
        order.quote = times(order.qty, price);
        order.fee = fee_on(order.quote);
        order.status = Status::Filled;
        let (base, qty) = (base_of(&order.symbol).to_owned(), order.qty);
        let (quote, fee, is_buy) = (order.quote, order.fee, order.is_buy);
        let sign = if is_buy { 1 } else { -1 };
        self.move_coins(&base, sign * qty, 0);
        self.move_coins("USDT", -sign * quote - fee, 0);
    }
}

/// Reads decimal text.
pub(crate) fn pico(text: &str) -> Pico {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = part.trim_end_matches('0');
    assert!(part.len() <= 12, "more digits than the exchange counts: {text}");
    let digits: Pico = format!("{whole}{part:0<12}").parse().unwrap();
    if negative { -digits } else { digits }
}

/// Writes decimal text.
pub(crate) fn text(amount: Pico) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    let (whole, part) = (amount.abs() / ONE, amount.abs() % ONE);
    let text = format!("{sign}{whole}.{part:012}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
