//! How the foreign exchange speaks: parameters, signatures and JSON, written out by hand.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::book::{Book, Order, Status, text};
use super::{KEY, SECRET, SYMBOLS};

pub(crate) type Parameters = BTreeMap<String, String>;

pub(crate) fn parse(query: &str) -> Parameters {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

pub(crate) fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(now.as_millis()).unwrap()
}

/// What a real exchange would have refused about a signed request; empty if nothing.
pub(crate) fn faults_of(
    method: &str,
    query: &str,
    headers: &[String],
    clock_ms: i64,
) -> Vec<&'static str> {
    let Some((signed, signature)) = query.rsplit_once("&signature=") else {
        return vec!["no signature"];
    };
    let mut faults = Vec::new();
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(signed.as_bytes());
    if signature != hex::encode(mac.finalize().into_bytes()) {
        faults.push("wrong signature");
    }
    if !headers.iter().any(|h| h.to_ascii_lowercase() == format!("x-mexc-apikey: {KEY}")) {
        faults.push("no key");
    }
    let parameters = parse(signed);
    let number = |name: &str| parameters.get(name).and_then(|text| text.parse::<i64>().ok());
    let timestamp = number("timestamp").unwrap_or(0);
    let window = number("recvWindow").unwrap_or(5_000);
    if timestamp >= clock_ms + 1_000 || clock_ms - timestamp > window {
        faults.push("outside the window");
    }
    if method == "POST" && !parameters.contains_key("newClientOrderId") {
        faults.push("no client order id");
    }
    faults
}

pub(crate) fn ack_json(order: &Order) -> String {
    format!(
        r#"{{"symbol":"{}","orderId":"{}","orderListId":-1,"price":"105","origQty":"{}","type":"{}","side":"{}","transactTime":{}}}"#,
        order.symbol,
        order.id,
        text(order.qty),
        kind(order),
        side(order),
        now_ms()
    )
}

const fn kind(order: &Order) -> &'static str {
    if order.is_limit { "LIMIT" } else { "MARKET" }
}

const fn side(order: &Order) -> &'static str {
    if order.is_buy { "BUY" } else { "SELL" }
}

pub(crate) fn order_json(order: &Order) -> String {
    let status = match order.status {
        Status::New => "NEW",
        Status::Filled => "FILLED",
        Status::Canceled => "CANCELED",
    };
    format!(
        r#"{{"symbol":"{}","orderId":"{}","orderListId":-1,"clientOrderId":"{}","price":"{}","origQty":"{}","executedQty":"{}","cummulativeQuoteQty":"{}","status":"{status}","timeInForce":null,"type":"{}","side":"{}","stopPrice":null,"icebergQty":null,"time":{},"updateTime":null,"isWorking":true,"origQuoteOrderQty":"0"}}"#,
        order.symbol,
        order.id,
        order.client_id,
        text(order.price),
        text(order.qty),
        text(order.executed),
        text(order.quote),
        kind(order),
        side(order),
        now_ms() / 1_000 * 1_000
    )
}

pub(crate) fn trade_json(order: &Order) -> String {
    format!(
        r#"{{"symbol":"{}","id":"{1}X1","orderId":"{1}","orderListId":-1,"price":"{2}","qty":"{3}","quoteQty":"{4}","commission":"{5}","commissionAsset":"USDT","time":{6},"isBuyer":{7},"isMaker":false,"isBestMatch":true,"isSelfTrade":false,"clientOrderId":"{8}"}}"#,
        order.symbol,
        order.id,
        text(order.price),
        text(order.executed),
        text(order.quote),
        text(order.fee),
        now_ms() / 1_000 * 1_000,
        order.is_buy,
        order.client_id
    )
}

pub(crate) fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

pub(crate) fn account_json(book: &Book, can_withdraw: bool) -> String {
    let balances = book.holdings().iter().map(|(asset, (free, locked))| {
        let (free, locked) = (text(*free), text(*locked));
        format!(r#"{{"asset":"{asset}","free":"{free}","locked":"{locked}","available":"{free}"}}"#)
    });
    format!(
        r#"{{"canTrade":true,"canWithdraw":{can_withdraw},"canDeposit":true,"accountType":"SPOT","balances":{},"permissions":["SPOT"]}}"#,
        list(balances)
    )
}

pub(crate) fn tickers_json(book: &Book) -> String {
    list(SYMBOLS.iter().map(|symbol| {
        let price = text(book.price(symbol));
        format!(
            r#"{{"symbol":"{symbol}","bidPrice":"{price}","bidQty":"9","askPrice":"{price}","askQty":"9"}}"#
        )
    }))
}

pub(crate) fn klines_json(now: i64) -> String {
    const STEP: i64 = 900_000;
    let first = now / STEP * STEP - 200 * STEP;
    list((0..=200).map(|i| {
        let open = first + i * STEP;
        format!(r#"[{open},"100","100.5","99.5","100","10",{},"1000"]"#, open + STEP)
    }))
}

pub(crate) fn exchange_info_json(now: i64) -> String {
    let symbols = list(SYMBOLS.iter().map(|symbol| {
        SYMBOL_INFO.replace("SYMBOL", symbol).replace("COIN", super::book::base_of(symbol))
    }));
    format!(
        r#"{{"timezone":"CST","serverTime":{now},"rateLimits":[],"exchangeFilters":[],"symbols":{symbols}}}"#
    )
}

const SYMBOL_INFO: &str = r#"{"symbol":"SYMBOL","status":"1","baseAsset":"COIN","baseAssetPrecision":6,"quoteAsset":"USDT","quotePrecision":2,"quoteAssetPrecision":2,"baseCommissionPrecision":6,"quoteCommissionPrecision":2,"orderTypes":["LIMIT","MARKET","LIMIT_MAKER"],"isSpotTradingAllowed":true,"isMarginTradingAllowed":false,"quoteAmountPrecision":"1","baseSizePrecision":"0","permissions":["SPOT"],"filters":[],"maxQuoteAmount":"2000000","makerCommission":"0","takerCommission":"0.0005","quoteAmountPrecisionMarket":"1","maxQuoteAmountMarket":"100000","fullName":"COIN","tradeSideType":1}"#;

pub(crate) fn read_head(reader: &mut BufReader<TcpStream>) -> Option<(String, Vec<String>)> {
    let mut first = String::new();
    if reader.read_line(&mut first).ok()? == 0 {
        return None;
    }
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header).ok()? == 0 {
            return None;
        }
        match header.trim() {
            "" => return Some((first, headers)),
            line => headers.push(line.to_owned()),
        }
    }
}
