//! What an account learns, as MEXC writes it (contract 15).

use domain::{Decimal, OrderStatus, Qty, Side, Timestamp};
use mexc_wire::ws::{
    Body, Channel, PrivateAccount, PrivateDeals, PrivateOrders, PushDataV3ApiWrapper,
};

use crate::model::{BalanceCause, BalanceEvent, Event, Order, OrderType, Trade};

/// The channel of an event.
pub(super) const fn channel(event: &Event) -> Channel {
    match event {
        Event::Order { .. } => Channel::PrivateOrders,
        Event::Deal(_) => Channel::PrivateDeals,
        Event::Balance(_) => Channel::PrivateAccount,
    }
}

/// The push of an event.
pub(super) fn push(event: &Event, now: Timestamp) -> PushDataV3ApiWrapper {
    let (symbol, body) = match event {
        Event::Order { order, fill } => {
            (Some(&order.symbol), Body::PrivateOrders(private_order(order, *fill)))
        }
        Event::Deal(trade) => (Some(&trade.symbol), Body::PrivateDeals(deal(trade))),
        Event::Balance(event) => (None, Body::PrivateAccount(balance(event))),
    };
    PushDataV3ApiWrapper {
        channel: channel(event).to_string(),
        symbol: symbol.map(|symbol| symbol.as_str().to_owned()),
        symbol_id: None,
        create_time: None,
        send_time: Some(now.as_millis()),
        body: Some(body),
    }
}

fn private_order(order: &Order, fill: Option<(Qty, bool)>) -> PrivateOrders {
    PrivateOrders {
        id: order.id.as_str().to_owned(),
        client_id: order
            .client_order_id
            .as_ref()
            .map(|id| id.as_str().to_owned())
            .unwrap_or_default(),
        price: text(order.price.get()),
        quantity: text(order.qty.get()),
        amount: text(order.quote_amount.get()),
        avg_price: text(average(order)),
        order_type: order_type(order.order_type),
        trade_type: side(order.side),
        is_maker: fill.is_some_and(|(_, is_maker)| is_maker),
        remain_amount: text(remaining_quote(order)),
        remain_quantity: text(order.remaining().get()),
        last_deal_quantity: fill.map(|(qty, _)| text(qty.get())),
        cumulative_quantity: text(order.executed_qty.get()),
        cumulative_amount: text(order.executed_quote.get()),
        status: status(order.status),
        create_time: order.created_at.as_millis(),
        ..PrivateOrders::default()
    }
}

fn deal(trade: &Trade) -> PrivateDeals {
    PrivateDeals {
        price: text(trade.price.get()),
        quantity: text(trade.qty.get()),
        amount: text(trade.quote.get()),
        trade_type: side(trade.side),
        is_maker: trade.is_maker,
        is_self_trade: trade.is_self_trade,
        trade_id: trade.id.as_str().to_owned(),
        client_order_id: trade
            .client_order_id
            .as_ref()
            .map(|id| id.as_str().to_owned())
            .unwrap_or_default(),
        order_id: trade.order_id.as_str().to_owned(),
        fee_amount: text(trade.fee),
        fee_currency: trade.fee_asset.as_str().to_owned(),
        time: trade.at.as_millis(),
    }
}

fn balance(event: &BalanceEvent) -> PrivateAccount {
    PrivateAccount {
        vcoin_name: event.asset.as_str().to_owned(),
        coin_id: String::new(),
        balance_amount: text(event.balance.free),
        balance_amount_change: text(event.free_change),
        frozen_amount: text(event.balance.locked),
        frozen_amount_change: text(event.locked_change),
        r#type: cause(event.cause).to_owned(),
        time: event.at.as_millis(),
    }
}

fn text(value: Decimal) -> String {
    value.normalize().to_string()
}

fn average(order: &Order) -> Decimal {
    let average = order.executed_quote.get().checked_div(order.executed_qty.get());
    average.unwrap_or_default().round_dp(12)
}

/// Quote that may still be spent; nothing once the order is filled.
fn remaining_quote(order: &Order) -> Decimal {
    if order.status == OrderStatus::Filled {
        return Decimal::ZERO;
    }
    if order.qty.is_zero() {
        let left = order.quote_amount.get() - order.executed_quote.get();
        return left.max(Decimal::ZERO);
    }
    order.price.notional(order.remaining()).get()
}

const fn order_type(kind: OrderType) -> i32 {
    match kind {
        OrderType::Limit => 1,
        OrderType::LimitMaker => 2,
        OrderType::ImmediateOrCancel => 3,
        OrderType::FillOrKill => 4,
        OrderType::Market => 5,
    }
}

/// 1 for a buy, 2 for a sell.
pub(super) const fn side(side: Side) -> i32 {
    match side {
        Side::Buy => 1,
        Side::Sell => 2,
    }
}

const fn status(status: OrderStatus) -> i32 {
    match status {
        OrderStatus::New => 1,
        OrderStatus::Filled => 2,
        OrderStatus::PartiallyFilled => 3,
        OrderStatus::Canceled => 4,
        OrderStatus::PartiallyCanceled => 5,
    }
}

const fn cause(cause: BalanceCause) -> &'static str {
    match cause {
        BalanceCause::Placed => "ENTRUST_PLACE",
        BalanceCause::Cancelled => "ENTRUST_CANCEL",
        BalanceCause::Traded => "ENTRUST",
        BalanceCause::Fee => "TRADE_FEE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AccountId, Balance};
    use domain::{Asset, ClientOrderId, ExchangeOrderId, Notional, Symbol, TradeId};

    /// The bytes of a recorded frame, or [`None`], said aloud, when recordings are absent.
    fn recorded(name: &str) -> Option<(Vec<u8>, Timestamp)> {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared/mexc/fixtures");
        let Ok(text) = std::fs::read_to_string(format!("{dir}/{name}.json")) else {
            eprintln!("skipped: recorded frame {name} is absent");
            return None;
        };
        let fixture: serde_json::Value = serde_json::from_str(&text).unwrap();
        let hex = fixture["frame_hex"].as_str().unwrap();
        let pairs = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
        let bytes = pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect();
        let sent: i64 = fixture["body"]["sendTime"].as_str().unwrap().parse().unwrap();
        Some((bytes, Timestamp::from_millis(sent)))
    }

    fn check(name: &str, event: &Event) {
        let Some((bytes, sent)) = recorded(name) else { return };
        let push = push(event, sent);
        assert_eq!(push.to_frame(), bytes, "{name}: {push:?}");
    }

    fn order() -> Order {
        Order {
            id: ExchangeOrderId::new("e03a5c7441e44ed899466a7140b71391"),
            number: 1,
            account: AccountId(0),
            client_order_id: None,
            symbol: Symbol::from_exchange("MXUSDT"),
            base: Asset::from_exchange("MX"),
            quote: Asset::from_exchange("USDT"),
            side: Side::Buy,
            order_type: OrderType::Limit,
            price: "0.8".parse().unwrap(),
            qty: "10".parse().unwrap(),
            quote_amount: "8".parse().unwrap(),
            executed_qty: Qty::ZERO,
            executed_quote: Notional::ZERO,
            status: OrderStatus::New,
            created_at: Timestamp::from_millis(1_661_938_138_000),
            updated_at: None,
        }
    }

    #[test]
    fn a_new_limit_order_is_the_recorded_frame() {
        check("ws_privateOrders_limit_buy_new_2022", &Event::Order { order: order(), fill: None });
    }

    #[test]
    fn a_filled_market_sale_is_the_recorded_frame() {
        let order = Order {
            id: ExchangeOrderId::new("C02__505979017439002624115"),
            side: Side::Sell,
            order_type: OrderType::Market,
            price: "3.5121".parse().unwrap(),
            qty: "1".parse().unwrap(),
            quote_amount: Notional::ZERO,
            executed_qty: "1".parse().unwrap(),
            executed_quote: "3.6962".parse().unwrap(),
            status: OrderStatus::Filled,
            created_at: Timestamp::from_millis(1_736_417_034_259),
            ..order()
        };
        let fill = Some(("1".parse().unwrap(), false));
        check("ws_privateOrders_market_sell_filled_doc", &Event::Order { order, fill });
    }

    #[test]
    fn an_execution_is_the_recorded_frame() {
        let trade = Trade {
            id: TradeId::new("505979017439002624X1"),
            number: 1,
            order_id: ExchangeOrderId::new("C02__505979017439002624115"),
            client_order_id: None::<ClientOrderId>,
            account: AccountId(0),
            symbol: Symbol::from_exchange("MXUSDT"),
            side: Side::Sell,
            price: "3.6962".parse().unwrap(),
            qty: "1".parse().unwrap(),
            quote: "3.6962".parse().unwrap(),
            fee: "0.0003998377369698171".parse().unwrap(),
            fee_asset: Asset::from_exchange("MX"),
            is_maker: false,
            is_self_trade: false,
            at: Timestamp::from_millis(1_736_417_034_280),
        };
        check("ws_privateDeals_market_sell_doc", &Event::Deal(trade));
    }

    #[test]
    fn a_locked_balance_is_the_recorded_frame() {
        let number = |text: &str| text.parse::<Decimal>().unwrap();
        let event = BalanceEvent {
            account: AccountId(0),
            asset: Asset::from_exchange("USDT"),
            balance: Balance {
                free: number("302.185113007893322435"),
                locked: number("4.990689704"),
            },
            free_change: number("-4.990689704"),
            locked_change: number("4.990689704"),
            cause: BalanceCause::Placed,
            at: Timestamp::from_millis(1_678_185_928_428),
        };
        check("ws_privateAccount_entrust_place_2023", &Event::Balance(event));
    }
}
