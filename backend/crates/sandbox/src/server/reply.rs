//! The model's values as MEXC writes them (contract 6, 9 to 11).

use domain::{Decimal, Notional, Price, Qty, Side, Timestamp, TradeSides};
use mexc_wire::rest;
use mexc_wire::rest::DecimalText;

use crate::market::candles::Kline;
use crate::market::tape::PublicTrade;
use crate::market::{Listing, SymbolStatus};
use crate::model::{Account, MAKER_FEE, Order, OrderType, TAKER_FEE, Trade};

/// Text with at most 8 decimals pads quantities in depth and book tickers.
const PADDED_QTY_SCALE: u32 = 8;

/// A value without trailing zeros.
pub(super) fn plain(value: impl Into<Decimal>) -> DecimalText {
    DecimalText(value.into().normalize())
}

pub(super) fn price(price: Price) -> DecimalText {
    plain(price.get())
}

pub(super) fn qty(qty: Qty) -> DecimalText {
    plain(qty.get())
}

fn notional(notional: Notional) -> DecimalText {
    plain(notional.get())
}

/// A price padded to the pair's scale, as depth shows it.
pub(super) fn padded_price(listing: &Listing, price: Price) -> DecimalText {
    padded(price.get(), listing.price_scale)
}

/// A quantity padded to eight decimals.
pub(super) fn padded_qty(qty: Qty) -> DecimalText {
    padded(qty.get(), PADDED_QTY_SCALE)
}

fn padded(mut value: Decimal, scale: u32) -> DecimalText {
    value.rescale(scale.max(value.normalize().scale()));
    DecimalText(value)
}

/// Milliseconds rounded down to whole seconds, as order and trade queries tell times.
fn whole_seconds(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(1_000) * 1_000
}

pub(super) const fn order_type(kind: OrderType) -> rest::OrderType {
    match kind {
        OrderType::Limit => rest::OrderType::Limit,
        OrderType::Market => rest::OrderType::Market,
        OrderType::LimitMaker => rest::OrderType::LimitMaker,
        OrderType::ImmediateOrCancel => rest::OrderType::ImmediateOrCancel,
        OrderType::FillOrKill => rest::OrderType::FillOrKill,
    }
}

pub(super) fn order_ack(order: &Order) -> rest::OrderAck {
    rest::OrderAck {
        symbol: order.symbol.as_str().to_owned(),
        order_id: order.id.as_str().to_owned(),
        order_list_id: -1,
        price: Some(price(order.price)),
        orig_qty: Some(qty(order.qty)),
        order_type: Some(order_type(order.order_type)),
        side: Some(order.side.as_wire().to_owned()),
        stp_mode: Some(String::new()),
        transact_time: Some(order.created_at.as_millis()),
    }
}

pub(super) fn order(order: &Order) -> rest::Order {
    rest::Order {
        symbol: order.symbol.as_str().to_owned(),
        order_id: order.id.as_str().to_owned(),
        order_list_id: -1,
        client_order_id: order.client_order_id.as_ref().map(|id| id.as_str().to_owned()),
        price: Some(price(order.price)),
        orig_qty: Some(qty(order.qty)),
        executed_qty: Some(qty(order.executed_qty)),
        cummulative_quote_qty: Some(notional(order.executed_quote)),
        status: order.status.into(),
        stp_mode: Some(String::new()),
        cancel_reason: None,
        time_in_force: None,
        order_type: order_type(order.order_type),
        side: order.side,
        stop_price: None,
        iceberg_qty: None,
        time: Some(whole_seconds(order.created_at)),
        update_time: order.updated_at.map(whole_seconds),
        is_working: true,
        orig_quote_order_qty: Some(notional(order.quote_amount)),
    }
}

pub(super) fn cancelled(order: &Order) -> rest::CancelReply {
    let client_order_id = order.client_order_id.as_ref().map(|id| id.as_str().to_owned());
    rest::CancelReply {
        symbol: order.symbol.as_str().to_owned(),
        orig_client_order_id: client_order_id.clone(),
        order_id: order.id.as_str().to_owned(),
        client_order_id,
        price: Some(price(order.price)),
        orig_qty: Some(qty(order.qty)),
        executed_qty: Some(qty(order.executed_qty)),
        cummulative_quote_qty: Some(notional(order.executed_quote)),
        status: Some(order.status.into()),
        order_type: Some(order_type(order.order_type)),
        side: Some(order.side.as_wire().to_owned()),
    }
}

pub(super) fn my_trade(trade: &Trade) -> rest::MyTrade {
    rest::MyTrade {
        symbol: trade.symbol.as_str().to_owned(),
        id: trade.id.as_str().to_owned(),
        order_id: trade.order_id.as_str().to_owned(),
        order_list_id: -1,
        price: price(trade.price),
        qty: qty(trade.qty),
        quote_qty: Some(notional(trade.quote)),
        commission: Some(plain(trade.fee)),
        commission_asset: Some(trade.fee_asset.as_str().to_owned()),
        time: whole_seconds(trade.at),
        is_buyer: trade.side == Side::Buy,
        is_maker: trade.is_maker,
        is_best_match: true,
        is_self_trade: trade.is_self_trade,
        client_order_id: trade.client_order_id.as_ref().map(|id| id.as_str().to_owned()),
    }
}

/// Only assets held are listed.
pub(super) fn account(account: &Account) -> rest::Account {
    let held = account.balances.iter().filter(|(_, balance)| !balance.total().is_zero());
    rest::Account {
        maker_commission: None,
        taker_commission: None,
        buyer_commission: None,
        seller_commission: None,
        can_trade: true,
        can_withdraw: true,
        can_deposit: true,
        update_time: None,
        account_type: "SPOT".to_owned(),
        balances: held
            .map(|(asset, balance)| rest::Balance {
                asset: asset.as_str().to_owned(),
                free: plain(balance.free),
                locked: plain(balance.locked),
                available: Some(plain(balance.free)),
            })
            .collect(),
        permissions: vec!["SPOT".to_owned()],
    }
}

pub(super) fn symbol_info(listing: &Listing) -> rest::SymbolInfo {
    let text = |value: &str| value.to_owned();
    let mut order_types = vec![text("LIMIT"), text("MARKET"), text("LIMIT_MAKER")];
    order_types.retain(|name| listing.market_orders || name != "MARKET");
    rest::SymbolInfo {
        symbol: text(listing.symbol.as_str()),
        status: Some(text(status(listing.status))),
        base_asset: text(listing.base.as_str()),
        base_asset_precision: listing.qty_scale,
        quote_asset: text(listing.quote.as_str()),
        quote_precision: listing.price_scale,
        quote_asset_precision: listing.price_scale,
        base_commission_precision: listing.qty_scale,
        quote_commission_precision: listing.price_scale,
        order_types,
        is_spot_trading_allowed: listing.open_to_api,
        is_margin_trading_allowed: false,
        quote_amount_precision: Some(notional(listing.min_notional)),
        base_size_precision: Some(qty(listing.min_qty)),
        permissions: vec![text("SPOT")],
        filters: listing.band.map(price_filter).into_iter().collect(),
        max_quote_amount: Some(notional(listing.max_notional)),
        maker_commission: Some(plain(MAKER_FEE)),
        taker_commission: Some(plain(TAKER_FEE)),
        quote_amount_precision_market: Some(notional(listing.min_notional_market)),
        max_quote_amount_market: Some(notional(listing.max_notional_market)),
        full_name: listing.full_name.clone(),
        trade_side_type: Some(trade_side_type(listing.sides)),
        contract_address: String::new(),
        st: false,
    }
}

fn price_filter(band: Decimal) -> rest::PriceFilter {
    rest::PriceFilter {
        filter_type: "PERCENT_PRICE_BY_SIDE".to_owned(),
        bid_multiplier_up: Some(plain(band)),
        ask_multiplier_down: Some(plain(band)),
    }
}

const fn status(status: SymbolStatus) -> &'static str {
    match status {
        SymbolStatus::Online => "1",
        SymbolStatus::Paused => "2",
        SymbolStatus::Offline => "3",
    }
}

const fn trade_side_type(sides: TradeSides) -> i64 {
    match sides {
        TradeSides::Both => 1,
        TradeSides::BuyOnly => 2,
        TradeSides::SellOnly => 3,
        TradeSides::Closed => 4,
    }
}

pub(super) fn kline(kline: &Kline) -> rest::Kline {
    rest::Kline {
        open_time: kline.open_time.as_millis(),
        open: price(kline.open),
        high: price(kline.high),
        low: price(kline.low),
        close: price(kline.close),
        volume: plain(kline.volume),
        close_time: kline.close_time.as_millis(),
        quote_volume: plain(kline.turnover),
    }
}

pub(super) fn public_trade(trade: &PublicTrade) -> rest::PublicTrade {
    rest::PublicTrade {
        id: None,
        price: price(trade.price),
        qty: qty(trade.qty),
        quote_qty: notional(trade.price.notional(trade.qty)),
        time: trade.at.as_millis(),
        is_buyer_maker: trade.taker == Side::Sell,
        is_best_match: true,
        trade_type: Some(if trade.taker == Side::Buy { "BID" } else { "ASK" }.to_owned()),
    }
}

pub(super) fn agg_trade(trade: &PublicTrade) -> rest::AggTrade {
    rest::AggTrade {
        a: None,
        f: None,
        l: None,
        p: price(trade.price),
        q: qty(trade.qty),
        time: whole_seconds(trade.at),
        m: trade.taker == Side::Sell,
        best_match: true,
    }
}
