//! What an incoming order takes from the offers on the other side.

use domain::{Decimal, ExchangeOrderId, Notional, Price, Qty, Side};

use super::order::Size;
use super::{TAKER_FEE, book::Level};

/// Something to trade with: a resting order of an account, or a level of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) level: Level,
    /// The resting order, if it is one.
    pub(super) maker: Option<ExchangeOrderId>,
}

/// What is taken: offers with the quantity taken of each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) fills: Vec<Offer>,
    pub(super) qty: Decimal,
    pub(super) quote: Decimal,
    /// Whether all that was asked for is taken. By quote amount: all but what buys less than a step.
    pub(super) complete: bool,
}

impl Plan {
    /// What a buyer pays for it: quote and fee.
    pub(super) fn cost(&self) -> Decimal {
        self.quote + fee(self.quote)
    }

    /// So many percent of it, in whole steps.
    pub(super) fn thinned(self, percent: u8, step: Decimal) -> Self {
        if percent >= 100 {
            return self;
        }
        let share = Qty::new(self.qty * Decimal::new(i64::from(percent), 2));
        let mut left = share.unwrap_or(Qty::ZERO).floor_to(step);
        let mut thin = Self::default();
        for fill in self.fills {
            let qty = left.min(fill.level.qty);
            left = left.saturating_sub(qty);
            if !qty.is_zero() {
                thin.take(fill, qty);
            }
        }
        thin
    }

    fn take(&mut self, offer: Offer, qty: Qty) {
        self.qty += qty.get();
        self.quote += offer.level.price.notional(qty).get();
        let level = Level { qty, ..offer.level };
        self.fills.push(Offer { level, maker: offer.maker });
    }
}

/// The taker's fee of a quote amount.
pub(super) fn fee(quote: Decimal) -> Decimal {
    (quote * TAKER_FEE).normalize()
}

/// Walks the offers, best first, as far as `worst` and `size` allow.
pub(super) fn plan(
    offers: Vec<Offer>,
    side: Side,
    worst: Price,
    size: Size,
    step: Decimal,
) -> Plan {
    let mut plan = Plan::default();
    for offer in offers {
        let acceptable = match side {
            Side::Buy => offer.level.price <= worst,
            Side::Sell => offer.level.price >= worst,
        };
        if !acceptable {
            break;
        }
        let wanted = wanted(&plan, size, offer.level.price, step);
        let qty = wanted.min(offer.level.qty);
        if !qty.is_zero() {
            plan.take(offer, qty);
        }
        if qty == wanted {
            plan.complete = true;
            break;
        }
    }
    plan
}

fn wanted(plan: &Plan, size: Size, price: Price, step: Decimal) -> Qty {
    match size {
        Size::Base(qty) => Qty::new(qty.get() - plan.qty).unwrap_or(Qty::ZERO),
        Size::Quote(amount) => {
            let left = Notional::new(amount.get() - plan.quote).unwrap_or(Notional::ZERO);
            left.qty_at(price).floor_to(step)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offers(levels: &[(&str, &str)]) -> Vec<Offer> {
        let level = |(price, qty): &(&str, &str)| Level {
            price: price.parse().unwrap(),
            qty: qty.parse().unwrap(),
        };
        levels.iter().map(|pair| Offer { level: level(pair), maker: None }).collect()
    }

    fn base(qty: &str) -> Size {
        Size::Base(qty.parse().unwrap())
    }

    fn quote(amount: &str) -> Size {
        Size::Quote(amount.parse().unwrap())
    }

    #[test]
    fn a_taker_walks_the_levels_up_to_its_price_and_size() {
        let asks: &[(&str, &str)] = &[("100", "1"), ("101", "2"), ("103", "5")];
        // Worst price, size, taken base, paid quote, whether complete.
        let cases = [
            ("105", base("0.5"), "0.5", "50", true),
            ("105", base("1"), "1", "100", true),
            ("105", base("2.5"), "2.5", "251.5", true),
            ("101", base("4"), "3", "302", false),
            ("99", base("1"), "0", "0", false),
            ("105", base("9"), "8", "817", false),
            ("105", quote("100"), "1", "100", true),
            ("105", quote("160.5"), "1.5", "150.5", true),
            ("101", quote("1000"), "3", "302", false),
            ("105", quote("5"), "0", "0", true),
        ];
        for (worst, size, qty, paid, complete) in cases {
            let step = Decimal::new(1, 1);
            let plan = plan(offers(asks), Side::Buy, worst.parse().unwrap(), size, step);
            let text = |value: Decimal| value.normalize().to_string();
            let got = (text(plan.qty), text(plan.quote), plan.complete);
            assert_eq!(got, (qty.to_owned(), paid.to_owned(), complete), "{worst} {size:?}");
        }
    }

    #[test]
    fn a_thin_plan_takes_a_part_from_the_front_and_is_not_complete() {
        let asks = &[("100", "1"), ("101", "2"), ("103", "5")];
        // Percent, taken base, paid quote, complete.
        let cases = [
            (100, "4", "405", true),
            (50, "2", "201", false),
            (10, "0.4", "40", false),
            (0, "0", "0", false),
        ];
        for (percent, qty, paid, complete) in cases {
            let worst = "105".parse().unwrap();
            let plan = plan(offers(asks), Side::Buy, worst, base("4"), Decimal::new(1, 1));
            let thin = plan.thinned(percent, Decimal::new(1, 1));
            let text = |value: Decimal| value.normalize().to_string();
            assert_eq!(
                (text(thin.qty), text(thin.quote), thin.complete),
                (qty.to_owned(), paid.to_owned(), complete),
                "{percent}"
            );
        }
    }

    #[test]
    fn a_seller_takes_bids_down_to_its_price() {
        let bids = offers(&[("100", "1"), ("99", "1"), ("98", "1")]);
        let plan = plan(bids, Side::Sell, "99".parse().unwrap(), base("3"), Decimal::ONE);
        assert_eq!((plan.fills.len(), plan.quote, plan.complete), (2, Decimal::from(199), false));
    }
}
