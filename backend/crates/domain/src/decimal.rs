//! Decimal newtypes for money. A price is never a quantity, and neither is ever a float.
//!
//! Bounds keep arithmetic inside what [`Decimal`] (96-bit mantissa, at most 28 digits) holds:
//! a price is at most 10¹², a quantity at most 10¹⁵, so price × quantity is at most 10²⁷.

use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Decimal places kept for any price or quantity; more are refused when parsing.
pub const MAX_SCALE: u32 = 18;

const MAX_PRICE: Decimal = Decimal::from_parts(3_567_587_328, 232, 0, false, 0);
const MAX_QTY: Decimal = Decimal::from_parts(2_764_472_320, 232_830, 0, false, 0);
const MAX_NOTIONAL: Decimal =
    Decimal::from_parts(3_892_314_112, 2_681_241_660, 54_210_108, false, 0);

/// Why a text or number is not a valid amount. Each variant carries the offending value as text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// Not plain decimal text (`NaN`, `1e400`, an empty string …).
    #[error("{0:?} is not a decimal number")]
    NotADecimal(String),
    /// Below what the type allows: zero or less for a price, less than zero otherwise.
    #[error("{0} is too small: {1} must be {2}")]
    TooSmall(String, &'static str, &'static str),
    /// Above the type's bound.
    #[error("{0} is too large for {1}")]
    TooLarge(String, &'static str),
    /// More than [`MAX_SCALE`] decimal places.
    #[error("{0} has more than {MAX_SCALE} decimal places")]
    TooPrecise(String),
}

/// Parses decimal text as the exchange and people write it, exponents excepted.
///
/// # Errors
/// [`DecimalError::NotADecimal`] for anything else, `NaN`, infinities and exponents included.
pub fn parse_decimal(text: &str) -> Result<Decimal, DecimalError> {
    let text = text.trim();
    let plain = !text.is_empty()
        && text.len() <= 48
        && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'));
    let parsed = if plain { Decimal::from_str(text).ok() } else { None };
    parsed.ok_or_else(|| DecimalError::NotADecimal(text.chars().take(48).collect()))
}

macro_rules! amount {
    ($(#[$doc:meta])* $name:ident, $what:literal, $min:expr, $needs:literal, $max:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Decimal);

        impl $name {
            /// Checks the bounds of the type.
            ///
            /// # Errors
            /// [`DecimalError`] naming the bound that `value` breaks.
            pub fn new(value: Decimal) -> Result<Self, DecimalError> {
                if value < $min || (value.is_zero() && $needs == "above zero") {
                    return Err(DecimalError::TooSmall(value.to_string(), $what, $needs));
                }
                if value > $max {
                    return Err(DecimalError::TooLarge(value.to_string(), $what));
                }
                let value = value.normalize();
                if value.scale() > MAX_SCALE {
                    return Err(DecimalError::TooPrecise(value.to_string()));
                }
                Ok(Self(value))
            }

            /// The plain decimal.
            pub const fn get(self) -> Decimal {
                self.0
            }
        }

        impl FromStr for $name {
            type Err = DecimalError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(parse_decimal(text)?)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

amount!(
    /// Quote units for one base unit: above zero, at most 10¹².
    Price, "a price", Decimal::ZERO, "above zero", MAX_PRICE
);
amount!(
    /// Base units: zero or more, at most 10¹⁵.
    Qty, "a quantity", Decimal::ZERO, "zero or more", MAX_QTY
);
amount!(
    /// Quote units, unsigned: order sizes, limits, exposure. Zero or more, at most 10²⁷.
    Notional, "a notional", Decimal::ZERO, "zero or more", MAX_NOTIONAL
);
amount!(
    /// Quote units, signed: profit is positive, loss negative.
    Pnl, "a profit or loss", -MAX_NOTIONAL, "above minus 10^27", MAX_NOTIONAL
);

/// Cuts decimals that no market has, so that a quotient or product fits the newtypes again.
fn trim(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(MAX_SCALE, RoundingStrategy::ToZero).normalize()
}

impl Price {
    /// `self × qty`, exact up to 18 decimal places (cut towards zero).
    pub fn notional(self, qty: Qty) -> Notional {
        Notional(trim(self.0.saturating_mul(qty.0)).min(MAX_NOTIONAL))
    }

    /// The price moved by `bps` hundredths of a percent; negative moves down.
    /// [`None`] when nothing positive is left or the bound of a price is passed.
    pub fn moved_by(self, bps: Bps) -> Option<Self> {
        let factor = Decimal::ONE.checked_add(Decimal::new(i64::from(bps.0), 4))?;
        self.times(factor)
    }

    /// The price times a factor, or [`None`] when the result is no valid price.
    pub fn times(self, factor: Decimal) -> Option<Self> {
        Self::new(trim(self.0.checked_mul(factor)?)).ok()
    }

    /// The price plus a signed distance in quote units, or [`None`] when that is no valid price.
    pub fn plus(self, distance: Decimal) -> Option<Self> {
        Self::new(trim(self.0.checked_add(distance)?)).ok()
    }

    /// Rounds down to a multiple of `tick`; [`None`] when that is zero.
    pub fn floor_to(self, tick: Decimal) -> Option<Self> {
        Self::new(floor(self.0, tick)).ok()
    }

    /// Rounds up to a multiple of `tick`.
    pub fn ceil_to(self, tick: Decimal) -> Option<Self> {
        Self::new(ceil(self.0, tick)).ok()
    }

    /// The distance from `other` to `self` in hundredths of a percent of `other`, cut towards zero.
    pub fn bps_from(self, other: Self) -> Decimal {
        let distance = (self.0 - other.0).saturating_mul(Decimal::from(10_000));
        distance.checked_div(other.0).unwrap_or(Decimal::MAX).trunc()
    }
}

impl Default for Qty {
    fn default() -> Self {
        Self::ZERO
    }
}

impl Qty {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// Whether it is nothing at all.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// Rounds down to a multiple of `step` (a step of zero means any quantity).
    pub fn floor_to(self, step: Decimal) -> Self {
        Self(floor(self.0, step))
    }

    /// The sum, held at the bound of a quantity.
    pub fn saturating_add(self, other: Self) -> Self {
        Self((self.0 + other.0).min(MAX_QTY))
    }

    /// The difference, held at zero.
    pub fn saturating_sub(self, other: Self) -> Self {
        Self((self.0 - other.0).max(Decimal::ZERO))
    }

    /// A share of the quantity: `self × part / whole`, cut to 18 places. Zero when `whole` is zero.
    pub fn share(self, part: Decimal, whole: Decimal) -> Self {
        let ratio = part.checked_div(whole).unwrap_or_default().clamp(Decimal::ZERO, Decimal::ONE);
        Self(trim(self.0.saturating_mul(ratio)))
    }
}

impl Notional {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// The quantity that this amount buys at `price`, cut towards zero at 18 places.
    pub fn qty_at(self, price: Price) -> Qty {
        let qty = self.0.checked_div(price.0).unwrap_or(MAX_QTY);
        Qty(trim(qty).min(MAX_QTY))
    }

    /// The sum, held at the bound of a notional.
    pub fn saturating_add(self, other: Self) -> Self {
        Self((self.0 + other.0).min(MAX_NOTIONAL))
    }

    /// The difference, held at zero.
    pub fn saturating_sub(self, other: Self) -> Self {
        Self((self.0 - other.0).max(Decimal::ZERO))
    }

    /// `self - other`, signed.
    pub fn minus(self, other: Self) -> Pnl {
        Pnl(self.0 - other.0)
    }

    /// The average price of `qty` bought or sold for this amount; [`None`] for no quantity.
    pub fn average_price(self, qty: Qty) -> Option<Price> {
        Price::new(trim(self.0.checked_div(qty.0)?)).ok()
    }

    /// A share of the amount: `self × part / whole`, cut to 18 places. Zero when `whole` is zero.
    pub fn share(self, part: Qty, whole: Qty) -> Self {
        let ratio = part.0.checked_div(whole.0).unwrap_or_default();
        Self(trim(self.0.saturating_mul(ratio.clamp(Decimal::ZERO, Decimal::ONE))))
    }
}

impl Default for Pnl {
    fn default() -> Self {
        Self::ZERO
    }
}

impl Pnl {
    /// Neither profit nor loss.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// The sum, held at the bounds.
    pub fn saturating_add(self, other: Self) -> Self {
        Self((self.0 + other.0).clamp(-MAX_NOTIONAL, MAX_NOTIONAL))
    }

    /// The loss as an unsigned amount; zero for a profit.
    pub fn loss(self) -> Notional {
        if self.0 < Decimal::ZERO { Notional(-self.0) } else { Notional::ZERO }
    }
}

/// Hundredths of a percent, signed: 50 is 0.5 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Bps(pub i32);

fn floor(value: Decimal, step: Decimal) -> Decimal {
    if step.is_zero() {
        return value;
    }
    let below = value - value % step;
    below.normalize()
}

fn ceil(value: Decimal, step: Decimal) -> Decimal {
    let below = floor(value, step);
    if below == value || step.is_zero() { below } else { (below + step).normalize() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn bounds_are_the_documented_powers_of_ten() {
        assert_eq!(MAX_PRICE, dec("1000000000000"));
        assert_eq!(MAX_QTY, dec("1000000000000000"));
        assert_eq!(MAX_NOTIONAL, dec("1000000000000000000000000000"));
    }

    #[test]
    fn only_plain_decimals_are_numbers() {
        for text in ["NaN", "1e400", "1e3", "inf", "", " ", "0x10", "1,5", "--1", "1.2.3", "٣"] {
            assert!(
                matches!(text.parse::<Notional>(), Err(DecimalError::NotADecimal(_))),
                "{text}"
            );
        }
        assert_eq!("+5.50".parse::<Notional>().unwrap().to_string(), "5.5");
    }

    #[test]
    fn each_type_refuses_what_it_cannot_be() {
        assert!(matches!("0".parse::<Price>(), Err(DecimalError::TooSmall(..))));
        assert!(matches!("-5".parse::<Notional>(), Err(DecimalError::TooSmall(..))));
        assert!(matches!("-1".parse::<Qty>(), Err(DecimalError::TooSmall(..))));
        assert!(matches!("1000000000000.1".parse::<Price>(), Err(DecimalError::TooLarge(..))));
        assert!(matches!("0.1234567890123456789".parse::<Qty>(), Err(DecimalError::TooPrecise(_))));
        assert!("-3".parse::<Pnl>().is_ok());
        assert!("0".parse::<Qty>().is_ok());
    }

    #[test]
    fn a_step_is_a_size_not_a_digit_count() {
        // The original read the tick size 0.000001 as "digits" and sold 1000 times too little.
        let qty: Qty = "0.001".parse().unwrap();
        assert_eq!(qty.floor_to(dec("0.000001")), qty);
        assert_eq!("12.7".parse::<Qty>().unwrap().floor_to(dec("0.5")).to_string(), "12.5");
        assert_eq!("0.0009".parse::<Qty>().unwrap().floor_to(dec("0.001")), Qty::ZERO);
    }

    #[test]
    fn average_and_moves() {
        let spent: Notional = "10".parse().unwrap();
        assert_eq!(spent.average_price("4".parse().unwrap()).unwrap().to_string(), "2.5");
        assert_eq!(spent.average_price(Qty::ZERO), None);
        let price: Price = "200".parse().unwrap();
        assert_eq!(price.moved_by(Bps(-50)).unwrap().to_string(), "199");
        assert_eq!(price.moved_by(Bps(-10_000)), None);
        assert_eq!(price.bps_from("100".parse().unwrap()), dec("10000"));
    }

    #[test]
    fn a_loss_is_unsigned_and_a_profit_is_none() {
        for (pnl, loss) in [("-3.5", "3.5"), ("0", "0"), ("2", "0")] {
            assert_eq!(pnl.parse::<Pnl>().unwrap().loss().to_string(), loss, "{pnl}");
        }
    }

    #[test]
    fn json_is_text() {
        let price: Price = "0.10".parse().unwrap();
        assert_eq!(serde_json::to_string(&price).unwrap(), "\"0.1\"");
        assert_eq!(serde_json::from_str::<Price>("\"0.1\"").unwrap(), price);
        assert!(serde_json::from_str::<Price>("0.1").is_err());
    }

    proptest! {
        #[test]
        fn rounding_down_never_grows_and_lands_on_the_step(
            units in 0_i64..1_000_000_000_000, scale in 0_u32..12, step in 1_i64..10_000, step_scale in 0_u32..12,
        ) {
            let qty = Qty::new(Decimal::new(units, scale)).unwrap();
            let step = Decimal::new(step, step_scale);
            let rounded = qty.floor_to(step);
            prop_assert!(rounded <= qty);
            prop_assert!(qty.get() - rounded.get() < step);
            prop_assert!((rounded.get() % step).is_zero());
        }

        #[test]
        fn what_an_amount_buys_never_costs_more_than_the_amount(
            amount in 1_i64..10_000_000, price in 1_i64..100_000_000, scale in 0_u32..9,
        ) {
            let amount = Notional::new(Decimal::new(amount, 2)).unwrap();
            let price = Price::new(Decimal::new(price, scale)).unwrap();
            prop_assert!(price.notional(amount.qty_at(price)) <= amount);
        }

        #[test]
        fn extremes_never_panic(a in 0_u8..3, b in 0_u8..3) {
            let price = [dec("0.000000000000000001"), dec("1"), MAX_PRICE][a as usize];
            let qty = [dec("0.000000000000000001"), dec("1"), MAX_QTY][b as usize];
            let (price, qty) = (Price::new(price).unwrap(), Qty::new(qty).unwrap());
            let notional = price.notional(qty);
            let _ = notional.qty_at(price);
            let _ = notional.average_price(qty);
            let _ = notional.saturating_add(notional).saturating_sub(notional);
            let _ = price.bps_from(Price::new(dec("0.000000000000000001")).unwrap());
        }
    }
}
