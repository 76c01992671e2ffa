//! Replies of the exchange's REST endpoints, good ones and others.

use domain::{CancelOutcome, Candle, Fill, Market, OrderSnapshot, PlaceOutcome};
use mexc_wire::rest::{
    Account, AggTrade, ApiKeyInfo, AvgPrice, BatchOutcome, BookTicker, CancelReply, Depth,
    Envelope, ExchangeInfo, Kline, KycStatus, ListenKey, ListenKeys, MxDeduct, MyTrade, NamedOrder,
    OfflineSymbol, OneOrMany, Order, OrderAck, PriceTicker, PublicTrade, ServerTime, StrategyGroup,
    Ticker24h, TradeFee, Uid, decode_markets,
};
use mexc_wire::{Answer, ErrorClass, classify, classify_cancel, classify_place, decode};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The body of a success, read as each type there is. What is read can be written and read again.
pub fn rest_replies(bytes: &[u8]) {
    market_data(bytes);
    account(bytes);
    if let Some(order) = again::<Order>(bytes) {
        let _ = OrderSnapshot::try_from(&order);
    }
    for order in again::<Vec<Order>>(bytes).unwrap_or_default() {
        let _ = OrderSnapshot::try_from(&order);
    }
    for trade in again::<Vec<MyTrade>>(bytes).unwrap_or_default() {
        let _ = Fill::try_from(&trade);
    }
    again::<OrderAck>(bytes);
    again::<CancelReply>(bytes);
    again::<Vec<CancelReply>>(bytes);
}

fn market_data(bytes: &[u8]) {
    again::<ServerTime>(bytes);
    again::<Depth>(bytes);
    again::<Vec<PublicTrade>>(bytes);
    again::<Vec<AggTrade>>(bytes);
    again::<AvgPrice>(bytes);
    again::<OneOrMany<Ticker24h>>(bytes);
    again::<OneOrMany<PriceTicker>>(bytes);
    again::<OneOrMany<BookTicker>>(bytes);
    for kline in again::<Vec<Kline>>(bytes).unwrap_or_default() {
        let _ = Candle::try_from(&kline);
    }
    if let Some(info) = again::<ExchangeInfo>(bytes) {
        let usable = info.symbols.iter().filter(|symbol| Market::try_from(*symbol).is_ok());
        let usable = usable.count();
        let list = decode_markets(bytes).expect("what the strict reader takes");
        assert_eq!(list.skipped, info.symbols.len() - usable);
    }
    let _ = decode_markets(bytes);
}

fn account(bytes: &[u8]) {
    if let Some(account) = again::<Account>(bytes) {
        for balance in &account.balances {
            let _ = balance.usable();
        }
    }
    again::<Envelope<TradeFee>>(bytes);
    again::<Envelope<Vec<String>>>(bytes);
    again::<Vec<BatchOutcome>>(bytes);
    again::<Envelope<MxDeduct>>(bytes);
    again::<Envelope<StrategyGroup>>(bytes);
    again::<Envelope<Vec<StrategyGroup>>>(bytes);
    again::<Envelope<Vec<OfflineSymbol>>>(bytes);
    again::<Uid>(bytes);
    again::<KycStatus>(bytes);
    again::<ApiKeyInfo>(bytes);
    again::<ListenKey>(bytes);
    again::<ListenKeys>(bytes);
}

fn again<T: DeserializeOwned + Serialize>(bytes: &[u8]) -> Option<T> {
    let read: T = decode(&Answer::new(200, bytes)).ok()?;
    let written = serde_json::to_vec(&read).expect("what was read can be written");
    let reread: T = serde_json::from_slice(&written).expect("what was written can be read");
    assert_eq!(written, serde_json::to_vec(&reread).expect("written twice"));
    Some(read)
}

const STATUSES: [u16; 16] =
    [200, 201, 204, 301, 400, 401, 403, 404, 408, 418, 429, 499, 500, 503, 504, 599];

/// A status (by the first byte) and a body, as the answer to an order, a cancel or a question.
/// Only evidence may close an unknown.
pub fn answers(bytes: &[u8]) {
    let Some((status, body)) = bytes.split_first() else { return };
    let answer = Answer::new(STATUSES[usize::from(*status) % STATUSES.len()], body);
    let success = (200..300).contains(&answer.status);
    let error = classify(&answer);
    assert!(!error.message.is_empty());
    match classify_place(&answer) {
        PlaceOutcome::Accepted { order_id } => {
            assert!(success && !order_id.as_str().is_empty(), "{answer:?}");
        }
        PlaceOutcome::Refused(refusal) => {
            assert!(answer.status < 500 && refusal.code.is_some(), "{answer:?}");
        }
        PlaceOutcome::NotSent { .. } => panic!("an answer proves sending: {answer:?}"),
        PlaceOutcome::InDoubt { seen } => assert!(!seen.is_empty(), "{answer:?}"),
    }
    match classify_cancel(&answer) {
        CancelOutcome::Accepted => assert!(success, "{answer:?}"),
        CancelOutcome::AlreadyDone => assert!(answer.status < 500, "{answer:?}"),
        CancelOutcome::Failed { .. } => {}
    }
    let limited = matches!(answer.status, 403 | 418 | 429);
    assert!(!limited || matches!(error.class, ErrorClass::Rate { .. }), "{answer:?}");
    assert!(decode::<NamedOrder>(&answer).is_err() || success, "{answer:?}");
}
