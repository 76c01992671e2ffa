//! Trading on a mirrored market: at the other exchange's prices, and not at all without them.

use std::sync::Arc;
use std::time::Duration;

use domain::{OrderStatus, Side, Timestamp};

use super::fixture::{balances, base, btc, dec, limit, market};
use super::{AccountId, Exchange, ExchangeConfig, Ledger, NewOrder, Order};
use crate::market::mirror::{FRESH_FOR, Mirror, ToldTrade};
use crate::market::tape;
use crate::market::{Best, Listing, MarketIndex, PriceSource, SymbolStatus, pairs};

const BTC: MarketIndex = MarketIndex(0);
const ALICE: AccountId = AccountId(0);

struct Mirrored {
    mirror: Arc<Mirror>,
    exchange: Exchange,
    now: Timestamp,
}

fn best(price: &str, qty: &str) -> Best {
    Best { price: price.parse().unwrap(), qty: qty.parse().unwrap() }
}

impl Mirrored {
    fn open() -> Self {
        let mirror = Arc::new(Mirror::default());
        mirror.list(pairs::listings());
        let exchange = Exchange::new(ExchangeConfig {
            listings: pairs::listings(),
            prices: Arc::clone(&mirror) as Arc<dyn PriceSource>,
            accounts: vec![balances(&[("USDT", "1000000"), ("BTC", "10")])],
            ledger: Ledger::default(),
        });
        let now = Timestamp::from_millis(1_790_000_000_000);
        let mut mirrored = Self { mirror, exchange, now };
        mirrored.quote("64999.5", "65000.5");
        mirrored
    }

    fn quote(&mut self, bid: &str, ask: &str) {
        let sides = (Some(best(bid, "0.5")), Some(best(ask, "0.25")));
        self.mirror.quote("BTCUSDT", sides, (self.now, self.now));
        self.wait(Duration::from_millis(200));
    }

    fn traded(&mut self, price: &str, qty: &str) {
        self.now = self.now.plus(Duration::from_millis(1));
        let trade = ToldTrade {
            price: price.parse().unwrap(),
            qty: qty.parse().unwrap(),
            taker: Side::Buy,
        };
        self.mirror.traded("BTCUSDT", &[trade], self.now);
        self.wait(Duration::from_millis(200));
    }

    fn wait(&mut self, span: Duration) {
        self.now = self.now.plus(span);
        self.exchange.advance(self.now);
    }

    fn place(&mut self, order: &NewOrder) -> Order {
        self.exchange.place(ALICE, order, self.now).unwrap()
    }

    fn state(&self, order: &Order) -> Order {
        self.exchange.ledger().order(&order.id).unwrap().clone()
    }

    fn average(&self, order: &Order) -> String {
        let order = self.state(order);
        order.executed_quote.average_price(order.executed_qty).unwrap().to_string()
    }
}

#[test]
fn a_small_order_is_filled_at_the_mirrored_best_price_and_a_large_one_behind_it() {
    let mut mirrored = Mirrored::open();
    let bought = mirrored.place(&market(Side::Buy, base("0.1")));
    assert_eq!(
        (bought.status, mirrored.average(&bought).as_str()),
        (OrderStatus::Filled, "65000.5")
    );
    let sold = mirrored.place(&market(Side::Sell, base("0.1")));
    assert_eq!(mirrored.average(&sold), "64999.5");
    let large = mirrored.place(&market(Side::Sell, base("0.41")));
    let average = dec(&mirrored.average(&large));
    assert!(dec("64900") < average && average < dec("64999.5"), "{average}");
}

#[test]
fn the_best_prices_are_those_of_the_other_exchange_to_the_digit() {
    let mirrored = Mirrored::open();
    let top = mirrored.exchange.top(BTC, mirrored.now);
    let shown =
        |level: Option<super::Level>| level.map(|l| (l.price.to_string(), l.qty.to_string()));
    assert_eq!(shown(top.bid), Some(("64999.5".to_owned(), "0.5".to_owned())));
    assert_eq!(shown(top.ask), Some(("65000.5".to_owned(), "0.25".to_owned())));
    assert_eq!(mirrored.exchange.mid(BTC, mirrored.now).to_string(), "65000");
}

#[test]
fn prices_asked_for_before_the_stream_told_others_come_too_late() {
    let mut mirrored = Mirrored::open();
    let asked_at = mirrored.now;
    mirrored.wait(Duration::from_millis(100));
    mirrored.quote("65010", "65011");
    let old = (Some(best("64990", "1")), Some(best("64991", "1")));
    mirrored.mirror.quote("BTCUSDT", old, (asked_at, mirrored.now));
    assert_eq!(mirrored.exchange.mid(BTC, mirrored.now).to_string(), "65010.5");
    mirrored.mirror.quote("BTCUSDT", old, (mirrored.now, mirrored.now));
    mirrored.wait(Duration::from_millis(1));
    assert_eq!(mirrored.exchange.mid(BTC, mirrored.now).to_string(), "64990.5");
}

#[test]
fn a_resting_order_is_filled_when_the_mirrored_price_passes_it_and_not_before() {
    let mut mirrored = Mirrored::open();
    let order = mirrored.place(&limit(Side::Sell, "65100", "0.1"));
    mirrored.quote("65090", "65099");
    assert!(mirrored.state(&order).executed_qty.is_zero());
    mirrored.quote("65101", "65102");
    let order = mirrored.state(&order);
    assert_eq!((order.status, mirrored.average(&order).as_str()), (OrderStatus::Filled, "65100"));
}

#[test]
fn a_trade_beyond_a_resting_order_fills_it_with_its_share_of_what_was_traded() {
    let mut mirrored = Mirrored::open();
    let order = mirrored.place(&limit(Side::Sell, "65050", "0.4"));
    mirrored.traded("65060", "0.2");
    let filled = mirrored.state(&order).executed_qty.get();
    assert!(dec("0.09") < filled && filled < dec("0.11"), "{filled}");
}

#[test]
fn a_price_that_nobody_confirms_any_more_is_quoted_by_nobody() {
    let mut mirrored = Mirrored::open();
    let resting = mirrored.place(&limit(Side::Sell, "65000.5", "0.1"));
    mirrored.wait(FRESH_FOR + Duration::from_secs(1));
    let top = mirrored.exchange.top(BTC, mirrored.now);
    assert_eq!((top.bid, top.ask.map(|level| level.qty.to_string())), (None, Some("0.1".into())));
    let sold = mirrored.place(&market(Side::Sell, base("0.1")));
    assert_eq!(sold.status, OrderStatus::Canceled);
    assert!(mirrored.state(&resting).executed_qty.is_zero());
    mirrored.quote("64000", "64001");
    let sold = mirrored.place(&market(Side::Sell, base("0.1")));
    assert_eq!(mirrored.average(&sold), "64000");
}

#[test]
fn the_tape_shows_each_trade_once_whenever_anyone_looks() {
    let mut mirrored = Mirrored::open();
    let mut since = mirrored.now;
    let mut seen = Vec::new();
    for number in 0..6_u32 {
        mirrored.traded(&format!("6500{number}"), "0.1");
        if number % 2 == 0 {
            let all = mirrored.exchange.public_trades_since(BTC, (since, 0), mirrored.now);
            seen.extend(all.into_iter().map(|trade| trade.price.to_string()));
            since = mirrored.now;
            // Told by a clock that was read before that look.
            mirrored.now = mirrored.now.minus(Duration::from_millis(150));
        }
    }
    assert_eq!(seen, ["65000", "65001", "65002", "65003", "65004"]);
    let window = (Timestamp::EPOCH, mirrored.now.plus(Duration::from_secs(9)));
    let listing = mirrored.exchange.listing(BTC).clone();
    let tape = tape::trades(mirrored.mirror.as_ref(), (BTC, &listing), window, 2);
    let newest: Vec<String> = tape.iter().map(|trade| trade.price.to_string()).collect();
    assert_eq!(newest, ["65005", "65004"]);
}

#[test]
fn a_pair_that_leaves_the_list_is_off_and_a_new_one_comes_last() {
    let mirror = Mirror::default();
    mirror.list(pairs::listings());
    let (first, all) = mirror.listed_after(0).unwrap();
    assert!(mirror.listed_after(first).is_none());
    let mut changed = pairs::listings();
    changed.remove(0);
    let fresh = Listing { symbol: domain::Symbol::from_exchange("NEWUSDT"), ..all[1].clone() };
    changed.insert(0, fresh);
    mirror.list(changed);
    let (_, now) = mirror.listed_after(first).unwrap();
    assert_eq!((&now[0].symbol, now[0].status), (&btc(), SymbolStatus::Offline));
    assert_eq!(now.last().unwrap().symbol.as_str(), "NEWUSDT");
    assert_eq!(mirror.place("NEWUSDT"), Some(MarketIndex(all.len())));
}
