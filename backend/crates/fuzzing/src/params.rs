//! Request parameters as the sandbox reads them, and signatures.

use mexc_wire::{NewOrder, OrderRef, Params, Query, sign, verify};

const SECRET: &[u8] = b"secret";
const NAMES: [&str; 12] = [
    "symbol",
    "side",
    "type",
    "quantity",
    "quoteOrderQty",
    "price",
    "newClientOrderId",
    "orderId",
    "origClientOrderId",
    "timestamp",
    "recvWindow",
    "limit",
];

/// A query, and a body after the first line's end.
pub fn params(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (query, body) = text.split_once('\n').unwrap_or((&text, ""));
    let params = Params::parse(query, body);
    for name in NAMES {
        let _ = (params.read::<i64>(name), params.decimal(name));
    }
    if let Ok(order) = NewOrder::from_params(&params) {
        let again = Params::parse(order.to_query().as_str(), "");
        assert_eq!(NewOrder::from_params(&again), Ok(order));
    }
    if let Ok(order) = OrderRef::from_params(&params) {
        let again = Params::parse(order.to_query().as_str(), "");
        assert!(OrderRef::from_params(&again).is_ok_and(|again| again.symbol == order.symbol));
    }
    let written =
        NAMES.iter().fold(Query::new(), |query, name| query.with_some(name, params.get(name)));
    let read = Params::parse(written.as_str(), "");
    assert!(NAMES.iter().all(|name| read.get(name) == params.get(name)), "{text:?}");
    signature(query, body);
}

fn signature(query: &str, body: &str) {
    let right = sign(SECRET, query, body);
    assert!(verify(SECRET, query, body, &right));
    assert!(!verify(SECRET, query, body, query) || query == right);
    assert!(!verify(b"another", query, body, &right));
}
