//! Whatever is done in whatever order, nothing is created, lost or owed.

use std::collections::BTreeMap;

use domain::{Asset, Decimal, Price, Qty, Side};
use proptest::prelude::*;

use super::fixture::{ALICE, BOB, BTC, House, btc, dec, limit, market, of_type};
use super::{AccountId, Change, Ledger, OrderType, Size, Snapshot};

#[derive(Debug, Clone)]
enum Step {
    Place { account: bool, side: bool, order_type: u8, offset_ticks: i64, qty_steps: i64 },
    Spend { account: bool, side: bool, cents: i64 },
    Cancel { nth: usize },
    Move { ticks: i64 },
    Wait { millis: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (any::<bool>(), any::<bool>(), 0_u8..5, -20_000_i64..20_000, 1_i64..3_000_000).prop_map(
            |(account, side, order_type, offset_ticks, qty_steps)| Step::Place {
                account, side, order_type, offset_ticks, qty_steps,
            }
        ),
        2 => (any::<bool>(), any::<bool>(), 100_i64..50_000_000)
            .prop_map(|(account, side, cents)| Step::Spend { account, side, cents }),
        1 => (0_usize..50).prop_map(|nth| Step::Cancel { nth }),
        2 => (-30_000_i64..30_000).prop_map(|ticks| Step::Move { ticks }),
        2 => (1_u64..20_000).prop_map(|millis| Step::Wait { millis }),
    ]
}

fn run(house: &mut House, step: &Step) {
    let account = |first: bool| if first { ALICE } else { BOB };
    let side = |buy: bool| if buy { Side::Buy } else { Side::Sell };
    let mid = house.exchange.mid(BTC, house.now);
    match *step {
        Step::Place { account: who, side: way, order_type, offset_ticks, qty_steps } => {
            let types = [
                OrderType::Limit,
                OrderType::LimitMaker,
                OrderType::ImmediateOrCancel,
                OrderType::FillOrKill,
                OrderType::Market,
            ];
            let price = mid.plus(Decimal::new(offset_ticks, 2)).unwrap();
            let qty = Size::Base(Qty::new(Decimal::new(qty_steps, 6)).unwrap());
            let mut new = of_type(types[usize::from(order_type)], limit(side(way), "1", "1"));
            new.price = (new.order_type != OrderType::Market).then_some(price);
            new.size = qty;
            let _ = house.place(account(who), &new);
        }
        Step::Spend { account: who, side: way, cents } => {
            let amount = Size::Quote(domain::Notional::new(Decimal::new(cents, 2)).unwrap());
            let _ = house.place(account(who), &market(side(way), amount));
        }
        Step::Cancel { nth } => {
            let order = house.exchange.ledger().orders().iter().rev().nth(nth).cloned();
            let _ = order.map(|order| house.cancel(&order));
        }
        Step::Move { ticks } => {
            let price = mid.plus(Decimal::new(ticks, 2)).unwrap_or(mid);
            house.set_price(&price.to_string());
        }
        Step::Wait { millis } => house.wait(f64::from(u32::try_from(millis).unwrap()) / 1_000.0),
    }
}

fn check_orders(house: &House) {
    let ledger = house.exchange.ledger();
    for order in ledger.orders() {
        let trades = ledger.trades().iter().filter(|trade| trade.order_id == order.id);
        let (qty, quote) = trades.fold((Decimal::ZERO, Decimal::ZERO), |(qty, quote), trade| {
            (qty + trade.qty.get(), quote + trade.quote.get())
        });
        assert_eq!(order.executed_qty.get(), qty, "{order:?}");
        assert_eq!(order.executed_quote.get(), quote, "{order:?}");
        if order.qty.is_zero() {
            assert!(order.executed_quote <= order.quote_amount, "{order:?}");
        } else {
            assert!(order.executed_qty <= order.qty, "{order:?}");
        }
        let average = order.executed_quote.average_price(order.executed_qty);
        assert!(average.is_none_or(|price| not_worse(order.side, price, order.price)), "{order:?}");
    }
}

fn not_worse(side: Side, price: Price, worst: Price) -> bool {
    // The average is cut to 18 places.
    let slack = dec("0.000000000001");
    match side {
        Side::Buy => price.get() <= worst.get() + slack,
        Side::Sell => price.get() >= worst.get() - slack,
    }
}

fn check_balances(house: &House) {
    let ledger = house.exchange.ledger();
    for account in ledger.accounts() {
        let mut reserved: BTreeMap<Asset, Decimal> = BTreeMap::new();
        for order in ledger.orders().iter().filter(|order| order.account == account.id) {
            *reserved.entry(order.reserve_asset().clone()).or_default() += order.reserve();
        }
        for (asset, balance) in &account.balances {
            assert!(balance.free >= Decimal::ZERO && balance.locked >= Decimal::ZERO, "{asset}");
            let expected = reserved.get(asset).copied().unwrap_or_default();
            assert_eq!(balance.locked, expected, "{asset} of {}", account.key);
            assert_eq!(balance.total(), expected_total(ledger, account.id, asset), "{asset}");
        }
    }
}

/// What was there at first, changed by this account's trades and fees alone.
fn expected_total(ledger: &Ledger, account: AccountId, asset: &Asset) -> Decimal {
    let start = if asset.as_str() == "USDT" { dec("1000000") } else { dec("10") };
    let mine = ledger.trades().iter().filter(|trade| trade.account == account);
    mine.fold(start, |total, trade| {
        let sign = if trade.side == Side::Buy { Decimal::ONE } else { -Decimal::ONE };
        if asset.as_str() == "USDT" {
            total - sign * trade.quote.get() - trade.fee
        } else {
            total + sign * trade.qty.get()
        }
    })
}

fn check_replay(house: &House, changes: &[Change]) {
    let mut replayed = Ledger::default();
    for change in changes {
        let line = serde_json::to_string(change).unwrap();
        replayed.apply(&serde_json::from_str(&line).unwrap());
    }
    assert_eq!(replayed.snapshot(), house.exchange.ledger().snapshot());
    let text = serde_json::to_string(&replayed.snapshot()).unwrap();
    let restored = Ledger::restore(serde_json::from_str::<Snapshot>(&text).unwrap());
    assert_eq!(restored.snapshot(), replayed.snapshot());
    for side in [Side::Buy, Side::Sell] {
        let ids = |ledger: &Ledger| -> Vec<_> {
            ledger.resting(&btc(), side).iter().map(|order| order.id.clone()).collect()
        };
        assert_eq!(ids(&restored), ids(house.exchange.ledger()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn nothing_is_created_lost_or_owed(steps in prop::collection::vec(step(), 1..80)) {
        let mut house = House::open(|_| {});
        let mut changes = house.exchange.take_changes();
        for step in &steps {
            run(&mut house, step);
            changes.extend(house.exchange.take_changes());
            check_balances(&house);
        }
        check_orders(&house);
        check_replay(&house, &changes);
    }
}
