//! Ids as the exchange forms them (contract 6). They rise with time, so that an exchange that
//! starts anew never repeats those of an earlier one.

use domain::{ExchangeOrderId, Timestamp, TradeId};

use super::AccountId;

/// The next number: time-based, above every earlier one. It has 18 digits until the year 2090.
pub(super) fn next_number(last: u64, now: Timestamp) -> u64 {
    let from_time = now.as_millis().cast_unsigned() << 18;
    from_time.max(last + 1)
}

/// `C02__`, the number, and three digits that are constant for an account.
pub(super) fn order_id(number: u64, account: AccountId) -> ExchangeOrderId {
    let tail = (u32::from(account.0) * 37 + 36) % 1_000;
    ExchangeOrderId::new(format!("C02__{number:018}{tail:03}"))
}

/// The number, `X`, and 1 for the order that took or the only one, 2 for the one that rested.
pub(super) fn trade_id(number: u64, part: u8) -> TradeId {
    TradeId::new(format!("{number:018}X{part}"))
}

/// Whether a trade id names the order that rested in an execution between accounts.
pub(super) fn is_second_part(id: &TradeId) -> bool {
    id.as_str().ends_with("X2")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_look_like_the_exchange_s() {
        let now = Timestamp::from_millis(1_790_000_000_000);
        let number = next_number(0, now);
        assert_eq!(number.to_string().len(), 18);
        assert_eq!(next_number(number, now), number + 1);
        let id = order_id(number, AccountId(0));
        assert_eq!(id.as_str().len(), "C02__452751805076508672094".len());
        assert!(id.as_str().ends_with("036"));
        assert_eq!(trade_id(565_809_460_614_950_913, 1).as_str(), "565809460614950913X1");
    }
}
