//! Sentences a person can act on. The phrases users search for in the manual are kept.

use super::ErrorClass;

/// Longest piece of the exchange's own text that is repeated.
const QUOTED: usize = 200;

/// What happened and what to do.
pub(super) fn sentence(class: ErrorClass, status: u16, code: Option<i64>, text: &str) -> String {
    let seen = seen(status, code, text);
    match class {
        ErrorClass::Auth => format!(
            "Invalid API key: {seen}. Check MEXC_API_KEY and MEXC_API_SECRET, the key's \
             permissions and its IP whitelist on MEXC"
        ),
        ErrorClass::Account => {
            format!("MEXC's account or risk control refused: {seen}. Look at the account on MEXC")
        }
        ErrorClass::Symbol => symbol(code, &seen),
        ErrorClass::Funds => format!("Not enough balance on MEXC: {seen}"),
        ErrorClass::Filter => format!("MEXC's trading rules refused the numbers: {seen}"),
        ErrorClass::Clock => format!(
            "The signed time is outside MEXC's window: {seen}. Check the system clock; nothing \
             was executed"
        ),
        ErrorClass::Rate { retry_after } => {
            let wait = retry_after
                .map_or(String::new(), |wait| format!("; MEXC asks to wait {} s", wait.as_secs()));
            format!("429 Too Many Requests: {seen}{wait}. Increase MEXC_RATE_LIMIT_MS, e.g. to 100")
        }
        ErrorClass::Maintenance => format!("MEXC has closed this for now: {seen}. Try later"),
        ErrorClass::InDoubt => format!("MEXC's answer leaves the outcome open: {seen}"),
        ErrorClass::AlreadyDone => {
            format!("The order is finished, unknown or was sent before: {seen}")
        }
        ErrorClass::NotFound => format!("MEXC does not know the order: {seen}"),
        ErrorClass::Malformed => format!("MEXC could not use the request: {seen}"),
    }
}

fn symbol(code: Option<i64>, seen: &str) -> String {
    match code {
        Some(10007 | -1121 | 30014 | 30021 | 730_001) => format!(
            "Unknown symbol for MEXC, or closed to API orders: {seen}. Write it as BTCUSDT or \
             BTC/USDT; GET /exchange/markets lists what is traded"
        ),
        Some(30018 | 30019 | 30051) => {
            format!("MEXC takes no market orders for this pair: {seen}. Use a limit order")
        }
        _ => format!("MEXC takes no such order for this pair at present: {seen}"),
    }
}

/// Status, code and text as seen. The text is cut, and stripped of control characters, so that it
/// cannot forge a log line.
fn seen(status: u16, code: Option<i64>, text: &str) -> String {
    let quoted: String = text.trim().chars().filter(|c| !c.is_control()).take(QUOTED).collect();
    match code {
        Some(code) => format!("HTTP {status}, code {code}, {quoted:?}"),
        None if quoted.is_empty() => format!("HTTP {status} with an empty body"),
        None => format!("HTTP {status}, {quoted:?}"),
    }
}
