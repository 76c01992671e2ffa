//! The error table of contract 13, row by row, and the rules above it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::time::Duration;

use domain::{CancelOutcome, PlaceOutcome, RefusalClass};
use mexc_wire::{Answer, ErrorClass, classify, classify_cancel, classify_place};
use proptest::prelude::*;

/// What placing an order must end in.
#[derive(Debug, PartialEq, Clone, Copy)]
enum Place {
    Refused(RefusalClass),
    InDoubt,
}

use Place::{InDoubt, Refused};
use RefusalClass::{Account, Auth, Clock, Filter, Funds, Maintenance, Malformed, Symbol};

fn place(status: u16, body: &str) -> Place {
    match classify_place(&Answer::new(status, body.as_bytes())) {
        PlaceOutcome::Refused(refusal) => Refused(refusal.class),
        PlaceOutcome::InDoubt { .. } => InDoubt,
        other => panic!("{other:?}"),
    }
}

fn body(code: i64, text: &str) -> String {
    serde_json::json!({ "code": code, "msg": text }).to_string()
}

/// Code, HTTP status, text, outcome: the rows of contract 13 in their order.
const TABLE: &[(i64, u16, &str, Place)] = &[
    (429, 429, "Too Many Requests", InDoubt),
    (-1003, 503, "Unknown error, please check your request or try again later.", InDoubt),
    (-1121, 400, "Invalid symbol.", Refused(Symbol)),
    (-1121, 400, "Invalid interval.", Refused(Malformed)),
    (-1127, 400, "More than 1 hours between startTime and endTime.", Refused(Malformed)),
    (-1128, 400, "Combination of optional parameters invalid.", Refused(Malformed)),
    (-2011, 400, "Unknown order sent.", InDoubt),
    (-2013, 400, "Order does not exist.", InDoubt),
    (26, 400, "operation not allowed", Refused(Account)),
    (400, 400, "api key required", Refused(Auth)),
    (400, 400, " quantity scale is invalid", Refused(Filter)),
    (400, 400, " amount scale is invalid", Refused(Filter)),
    (400, 400, "duplicate client order id", InDoubt),
    (400, 400, "something else", InDoubt),
    (401, 400, "No authority", Refused(Auth)),
    (403, 400, "Access Denied", Refused(Auth)),
    (500, 400, "invalid type", Refused(Malformed)),
    (500, 400, "Internal error", InDoubt),
    (500, 500, "Internal error", InDoubt),
    (500, 500, "invalid type", InDoubt),
    (503, 503, "service not available", InDoubt),
    (504, 504, "Gateway Time-out", InDoubt),
    (602, 400, "Signature verification failed", Refused(Auth)),
    (10001, 400, "user does not exist", Refused(Auth)),
    (10015, 400, "user id cannot be null", Refused(Auth)),
    (10007, 400, "symbol not support api", Refused(Symbol)),
    (10072, 400, "Api key info invalid", Refused(Auth)),
    (10073, 400, "invalid Request-Time", Refused(Clock)),
    (10095, 400, "amount cannot be null", Refused(Malformed)),
    (10096, 400, "amount decimal places is too long", Refused(Malformed)),
    (10097, 400, "amount is error", Refused(Malformed)),
    (10102, 400, "amount cannot be zero or negative", Refused(Malformed)),
    (10098, 400, "risk control", Refused(Account)),
    (10265, 400, "risk control", Refused(Account)),
    (10099, 400, "account not open", Refused(Account)),
    (60005, 400, "account abnormal", Refused(Account)),
    (730_100, 400, "unusual status", Refused(Account)),
    (10101, 400, "资金不足", Refused(Funds)),
    (10203, 400, "order processing error", InDoubt),
    (11444, 400, "temporarily unavailable", Refused(Maintenance)),
    (20001, 400, "subsystem is not supported", Refused(Account)),
    (20002, 400, "Internal system error please contact support", InDoubt),
    (22222, 400, "record does not exist", InDoubt),
    (30000, 400, "suspended transaction for the symbol", Refused(Symbol)),
    (30001, 400, "current direction is not allowed", Refused(Symbol)),
    (30002, 400, "The minimum transaction volume cannot be less than：1USDT", Refused(Filter)),
    (30003, 400, "maximum transaction volume", Refused(Filter)),
    (30004, 400, "Insufficient position", Refused(Funds)),
    (30005, 400, "Oversold", Refused(Funds)),
    (30010, 400, "no valid trade price", Refused(Filter)),
    (30014, 400, "invalid symbol", Refused(Symbol)),
    (30021, 400, "invalid symbol", Refused(Symbol)),
    (730_001, 400, "Pair not found", Refused(Symbol)),
    (30016, 400, "trading disabled", Refused(Symbol)),
    (30018, 400, "market order is disabled", Refused(Symbol)),
    (30019, 400, "api market order is disabled", Refused(Symbol)),
    (30051, 400, "api market order is disabled", Refused(Symbol)),
    (30020, 400, "no permission for the symbol", Refused(Symbol)),
    (30025, 400, "no exist opponent order", Refused(Filter)),
    (30026, 400, "invalid order ids", Refused(Malformed)),
    (30027, 400, "max position reached, buying suspended", Refused(Account)),
    (30028, 400, "risk control, selling suspended", Refused(Account)),
    (30029, 400, "Cannot exceed the maximum order limit", Refused(Account)),
    (30032, 400, "Cannot exceed the maximum position", Refused(Account)),
    (30041, 400, "current order type can not place order", Refused(Symbol)),
    (30087, 400, "order refused", Refused(Filter)),
    (33333, 400, "param is error", Refused(Malformed)),
    (44444, 400, "param cannot be null", Refused(Malformed)),
    (730_002, 400, "param is error", Refused(Malformed)),
    (70011, 400, "Pair user ban trade apikey", Refused(Account)),
    (700_011, 400, "This interface is not allowed", Refused(Account)),
    (88004, 400, "", Refused(Funds)),
    (88009, 400, "", Refused(Funds)),
    (88013, 400, "", Refused(Funds)),
    (88015, 400, "", Refused(Funds)),
    (700_001, 400, "API-key format invalid", Refused(Auth)),
    (700_002, 400, "Signature for this request is not valid.", Refused(Auth)),
    (700_003, 400, "Timestamp for this request is outside of the recvWindow.", Refused(Clock)),
    (700_004, 400, "Mandatory parameter 'signature' was not sent", Refused(Malformed)),
    (700_005, 400, "recvWindow must less than 60000", Refused(Malformed)),
    (700_006, 400, "IP [203.0.113.7] not in the ip white list", Refused(Auth)),
    (700_007, 400, "No permission to access the endpoint.", Refused(Auth)),
    (700_008, 400, "Illegal characters found in parameter", Refused(Malformed)),
    (700_013, 400, "Invalid content Type.", Refused(Malformed)),
    (700_022, 400, "Internal Server Error", InDoubt),
    (10_100, 400, "", Refused(Account)),
    (10_268, 400, "", Refused(Account)),
    (730_500, 400, "", Refused(Account)),
    (140_001, 400, "", Refused(Account)),
    (140_002, 400, "", Refused(Account)),
];

#[test]
fn placing_follows_the_table_row_by_row() {
    for (code, status, text, expected) in TABLE {
        assert_eq!(place(*status, &body(*code, text)), *expected, "{code} {text:?}");
    }
}

#[test]
fn no_refusal_survives_a_status_that_leaves_the_outcome_open() {
    for (code, _, text, _) in TABLE {
        for status in [100, 301, 302, 307, 403, 408, 418, 429, 500, 502, 503, 504, 520] {
            assert_eq!(place(status, &body(*code, text)), InDoubt, "{status} {code}");
        }
    }
}

#[test]
fn what_nobody_documented_leaves_an_order_in_doubt() {
    let whole = r#"{"symbol":"BTCUSDT","orderId":"C02__1","transactTime":1}"#;
    for (status, body) in [
        (400, r#"{"code":123456,"msg":"new"}"#),
        (401, r#"{"code":123456,"msg":"new"}"#),
        (401, "<html>"),
        (403, "<html>Forbidden</html>"),
        (418, ""),
        (429, ""),
        (404, ""),
        (502, "<html>Bad Gateway</html>"),
        (504, ""),
        (200, ""),
        (200, "<html>hello</html>"),
        (200, "null"),
        (200, "{}"),
        (200, "[]"),
        (200, r#"["C02__1"]"#),
        (400, r#"[30004, "Insufficient position"]"#),
        (200, r#"{"orderId":"C02__1","code":"oops"}"#),
        (200, r#"{"orderId":"C02__1","code":1.5,"msg":7}"#),
        (200, &whole[..whole.len() / 2]),
        (200, r#"{"symbol":"BTCUSDT","orderId":""}"#),
        (200, r#"{"symbol":"BTCUSDT","orderId":null}"#),
        (200, r#"{"code":200,"msg":"success","data":null}"#),
        (200, r#"{"code":200,"data":{"orderId":"C02__1"}}"#),
        (200, r#"{"code":30004,"msg":"Insufficient position","orderId":"C02__1"}"#),
        (400, r#"{"code":30004,"msg":"Insufficient position","orderId":"C02__1"}"#),
        (500, whole),
    ] {
        assert_eq!(place(status, body), InDoubt, "{status} {body}");
    }
}

#[test]
fn only_an_order_id_proves_acceptance() {
    for body in [
        r#"{"symbol":"BTCUSDT","orderId":"C02__1","orderListId":-1,"transactTime":1}"#,
        r#"{"orderId":17}"#,
        r#"{"orderId":"x","orderListId":null,"price":null,"side":7,"type":null,"fills":"?"}"#,
        r#"{"orderId":"x","code":0,"msg":null}"#,
    ] {
        let outcome = classify_place(&Answer::new(200, body.as_bytes()));
        assert!(matches!(outcome, PlaceOutcome::Accepted { .. }), "{body}: {outcome:?}");
    }
}

#[test]
fn a_documented_refusal_under_http_200_is_a_refusal() {
    assert_eq!(place(200, r#"{"code":30000,"msg":"suspended","timestamp":1}"#), Refused(Symbol));
    assert_eq!(place(200, r#"{"code":"30004","msg":"Insufficient position"}"#), Refused(Funds));
}

#[test]
fn reads_are_classed_by_status_where_the_body_says_nothing() {
    let class = |status, body: &[u8]| classify(&Answer::new(status, body)).class;
    assert_eq!(class(401, b""), ErrorClass::Auth);
    assert_eq!(class(403, b"<html>"), ErrorClass::Rate { retry_after: None });
    assert_eq!(class(502, b"<html>"), ErrorClass::InDoubt);
    assert_eq!(
        class(400, br#"{"code":-2013,"msg":"Order does not exist."}"#),
        ErrorClass::NotFound
    );
    let wait = Some(Duration::from_secs(7));
    let limited = Answer { status: 429, retry_after: wait, body: b"" };
    assert_eq!(classify(&limited).class, ErrorClass::Rate { retry_after: wait });
}

#[test]
fn cancelling_has_three_outcomes() {
    let cancel = |status, body: &str| classify_cancel(&Answer::new(status, body.as_bytes()));
    let taken = r#"{"symbol":"A","orderId":"C02__1","status":"NEW"}"#;
    assert_eq!(cancel(200, taken), CancelOutcome::Accepted);
    for text in ["Order cancelled", "Order filled.", "Unknown order id.", "Unknown order sent."] {
        assert_eq!(cancel(400, &body(-2011, text)), CancelOutcome::AlreadyDone, "{text}");
    }
    assert_eq!(cancel(400, &body(-2013, "Order does not exist.")), CancelOutcome::AlreadyDone);
    for (status, body) in [(503, taken), (200, "{}"), (200, ""), (429, ""), (400, "<html>")] {
        assert!(matches!(cancel(status, body), CancelOutcome::Failed { .. }), "{status} {body}");
    }
}

#[test]
fn messages_say_what_to_do_in_the_manuals_words() {
    let message = |status, code, text| classify(&Answer::new(status, body(code, text).as_bytes()));
    for code in [10007, -1121, 30014, 30021] {
        let message = message(400, code, "x").message;
        assert!(message.contains("Unknown symbol for MEXC"), "{message}");
    }
    for code in [10072, 700_001, 700_002, 700_006, 602] {
        let message = message(400, code, "x").message;
        for phrase in ["Invalid API key", "MEXC_API_KEY", "MEXC_API_SECRET", "IP whitelist"] {
            assert!(message.contains(phrase), "{message}");
        }
    }
    let limited = message(429, 429, "Too Many Requests").message;
    for phrase in ["429 Too Many Requests", "MEXC_RATE_LIMIT_MS", "100"] {
        assert!(limited.contains(phrase), "{limited}");
    }
}

#[test]
fn foreign_text_is_cut_and_cannot_break_a_line() {
    let text = format!("a\nb\u{1b}[31m{}", "x".repeat(5_000));
    let error = classify(&Answer::new(400, body(30002, &text).as_bytes()));
    assert!(error.message.len() < 400, "{}", error.message.len());
    assert!(!error.message.chars().any(char::is_control), "{:?}", error.message);
}

proptest! {
    #[test]
    fn any_bytes_under_any_status_have_an_outcome(status in 0_u16.., body in prop::collection::vec(any::<u8>(), 0..200)) {
        let answer = Answer::new(status, &body);
        let _ = classify(&answer);
        let _ = classify_cancel(&answer);
        let sent = !matches!(classify_place(&answer), PlaceOutcome::NotSent { .. });
        prop_assert!(sent);
    }

    #[test]
    fn a_cut_acknowledgement_is_never_accepted_nor_refused(cut in 0_usize..65) {
        let whole = r#"{"symbol":"BTCUSDT","orderId":"C02__123456789","transactTime":1000}"#;
        prop_assert_eq!(place(200, &whole[..cut]), InDoubt);
    }

    #[test]
    fn a_5xx_is_always_in_doubt(status in 500_u16..600, code in any::<i64>(), text in ".{0,40}") {
        prop_assert_eq!(place(status, &body(code, &text)), InDoubt);
    }
}
