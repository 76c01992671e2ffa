//! From options to a filter.

use domain::event::Event;
use domain::market::edit_distance;
use domain::{Symbol, Timestamp, TraceId};
use jiff::tz::TimeZone;
use journal::Filter;

use super::error::EventsError;
use super::point::{self, End};
use crate::cli::EventsArgs;

/// What is wanted.
pub(super) fn filter(
    args: &EventsArgs,
    tz: &TimeZone,
    now: Timestamp,
) -> Result<Filter, EventsError> {
    let time = |option, text: &Option<String>, end| match text {
        None => Ok(None),
        Some(text) => {
            let wrong = |problem| argument(option, text, problem);
            point::parse(text, end, tz, now).map(Some).map_err(wrong)
        }
    };
    let mut event_types = Vec::new();
    for word in &args.types {
        event_types.extend(types(word).map_err(|problem| argument("type", word, problem))?);
    }
    Ok(Filter {
        event_types,
        event_type_contains: None,
        symbol: args.symbol.as_deref().map(symbol),
        trace_ids: args.traces.iter().map(TraceId::new).collect(),
        since: time("from", &args.from, End::Start)?,
        until: time("until", &args.until, End::Last)?,
    })
}

fn argument(option: &'static str, value: &str, problem: String) -> EventsError {
    EventsError::Argument { option, value: value.to_owned(), problem }
}

/// A type, or every type that holds the word: `ORDER`, `MEXC`.
fn types(word: &str) -> Result<Vec<String>, String> {
    let wanted = word.trim().to_ascii_uppercase();
    if Event::TYPES.contains(&wanted.as_str()) {
        return Ok(vec![wanted]);
    }
    let held = Event::TYPES.iter().filter(|name| !wanted.is_empty() && name.contains(&wanted));
    let held: Vec<String> = held.map(|name| (*name).to_owned()).collect();
    if !held.is_empty() {
        return Ok(held);
    }
    let nearest = Event::TYPES.iter().min_by_key(|name| edit_distance(&wanted, name));
    Err(format!(
        "is no event type, nor part of one. Did you mean {}? All: {}",
        nearest.copied().unwrap_or_default(),
        Event::TYPES.join(" ")
    ))
}

/// `btc/usdt`, `BTC-USDT` and `BTCUSDT` are one pair.
fn symbol(text: &str) -> Symbol {
    let plain: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    Symbol::from_exchange(&plain.to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stands_for_one_type_or_for_all_that_hold_it() {
        assert_eq!(types("order_filled").unwrap(), ["ORDER_FILLED"]);
        let mexc = types("MEXC").unwrap();
        assert!(mexc.len() > 1 && mexc.iter().all(|name| name.starts_with("MEXC_")), "{mexc:?}");
        let wrong = types("ORDER_FILED").unwrap_err();
        assert!(wrong.contains("Did you mean ORDER_FILLED?"), "{wrong}");
        assert!(types("").is_err());
    }

    #[test]
    fn a_pair_is_found_however_it_is_written() {
        for text in ["BTCUSDT", "btc/usdt", "BTC-usdt", " btc_usdt "] {
            assert_eq!(symbol(text).as_str(), "BTCUSDT");
        }
    }
}
