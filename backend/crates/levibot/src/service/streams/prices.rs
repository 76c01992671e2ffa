//! From pushes to quotes.

use std::collections::HashMap;
use std::time::Duration;

use domain::{Price, Symbol, Timestamp};
use engine::{Input, Quote};
use mexc::ws::{BookTop, Trade, Update};

/// A last trade older than this says less than the bid.
const LAST_KEPT: Duration = Duration::from_secs(2);

#[derive(Debug, Default)]
struct Book {
    /// Best bid and ask.
    top: Option<(Price, Price)>,
    /// Last trade: its price, when it was received, and the exchange's time of it.
    last: Option<(Price, Timestamp, Timestamp)>,
}

/// Top of the book and last trade of every watched pair.
#[derive(Debug, Default)]
pub(crate) struct Prices {
    books: HashMap<Symbol, Book>,
}

impl Prices {
    /// Begins with a pair, from what is known of it.
    pub(crate) fn begin(&mut self, symbol: &Symbol, quote: Option<Quote>) {
        let top = quote.map(|quote| (quote.bid, quote.ask));
        self.books.insert(symbol.clone(), Book { top, last: None });
    }

    /// Forgets a pair; what is still under way for it is dropped.
    pub(crate) fn end(&mut self, symbol: &Symbol) {
        self.books.remove(symbol);
    }

    /// The quotes that an update makes, one a trade: a stop crossed for a moment is crossed.
    pub(crate) fn take(&mut self, update: Update, at: Timestamp) -> Vec<Input> {
        match update {
            Update::Trades(trades) => {
                trades.iter().filter_map(|trade| self.traded(trade, at)).collect()
            }
            Update::BookTop(top) => self.moved(top, at).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn traded(&mut self, trade: &Trade, at: Timestamp) -> Option<Input> {
        let book = self.books.get_mut(&trade.symbol)?;
        // Two connections side by side may deliver in another order than it happened.
        if book.last.is_some_and(|(_, _, known)| trade.at < known) {
            return None;
        }
        book.last = Some((trade.price, at, trade.at));
        let (bid, ask) = book.top?;
        let quote = Quote { bid, ask, last: Some(trade.price), at };
        Some(Input::Quote { symbol: trade.symbol.clone(), quote })
    }

    fn moved(&mut self, top: BookTop, at: Timestamp) -> Option<Input> {
        let book = self.books.get_mut(&top.symbol)?;
        // With an empty side there is no price to trade at.
        book.top = top.bid.zip(top.ask).map(|(bid, ask)| (bid.price, ask.price));
        let (bid, ask) = book.top?;
        let recent = book.last.filter(|(_, received, _)| at.since(*received) < LAST_KEPT);
        let last = recent.map(|(price, ..)| price);
        Some(Input::Quote { symbol: top.symbol, quote: Quote { bid, ask, last, at } })
    }
}

/// When the exchange sent a price, by its own clock; a batch of trades, when the last was made.
pub(super) fn sent_at(update: &Update) -> Option<Timestamp> {
    match update {
        Update::Trades(trades) => trades.last().map(|trade| trade.at),
        Update::BookTop(top) => Some(top.sent_at),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mexc::ws::Level;

    fn symbol() -> Symbol {
        Symbol::from_exchange("ETHUSDT")
    }

    fn second(second: i64) -> Timestamp {
        Timestamp::from_millis(1_760_000_000_000 + 1_000 * second)
    }

    fn trade(price: &str, at: i64) -> Trade {
        let (price, qty) = (price.parse().unwrap(), "1".parse().unwrap());
        Trade { symbol: symbol(), price, qty, taker: None, at: second(at), id: None }
    }

    fn top(bid: Option<&str>, ask: &str) -> Update {
        let level =
            |price: &str| Level { price: price.parse().unwrap(), qty: "1".parse().unwrap() };
        let (bid, ask) = (bid.map(level), Some(level(ask)));
        Update::BookTop(BookTop { symbol: symbol(), bid, ask, version: None, sent_at: second(0) })
    }

    /// Bid, ask and last of each quote.
    fn shown(inputs: &[Input]) -> Vec<String> {
        let line = |input: &Input| match input {
            Input::Quote { quote, .. } => {
                let last = quote.last.map_or("-".to_owned(), |last| last.to_string());
                format!("{} {} {last}", quote.bid, quote.ask)
            }
            other => panic!("{other:?}"),
        };
        inputs.iter().map(line).collect()
    }

    fn begun() -> Prices {
        let mut prices = Prices::default();
        let known = |price: &str| price.parse().unwrap();
        let quote = Quote { bid: known("99"), ask: known("101"), last: None, at: second(0) };
        prices.begin(&symbol(), Some(quote));
        prices
    }

    #[test]
    fn every_trade_of_a_push_is_a_quote_of_its_own() {
        let trades = vec![trade("100", 1), trade("90", 1), trade("100", 2)];
        let inputs = begun().take(Update::Trades(trades), second(2));
        assert_eq!(shown(&inputs), ["99 101 100", "99 101 90", "99 101 100"]);
    }

    #[test]
    fn a_trade_that_comes_late_is_no_price() {
        let mut prices = begun();
        let inputs = prices.take(Update::Trades(vec![trade("100", 5)]), second(5));
        assert_eq!(inputs.len(), 1);
        assert!(prices.take(Update::Trades(vec![trade("50", 4)]), second(5)).is_empty());
    }

    #[test]
    fn the_last_trade_counts_for_a_moment_and_then_the_bid_does() {
        let mut prices = begun();
        prices.take(Update::Trades(vec![trade("100", 1)]), second(1));
        assert_eq!(shown(&prices.take(top(Some("98"), "102"), second(2))), ["98 102 100"]);
        assert_eq!(shown(&prices.take(top(Some("80"), "82"), second(3))), ["80 82 -"]);
    }

    #[test]
    fn without_a_bid_or_before_any_top_there_is_no_quote() {
        let mut prices = begun();
        assert!(prices.take(top(None, "101"), second(1)).is_empty());
        assert!(prices.take(Update::Trades(vec![trade("100", 1)]), second(1)).is_empty());
        prices.begin(&symbol(), None);
        assert!(prices.take(Update::Trades(vec![trade("100", 2)]), second(2)).is_empty());
    }

    #[test]
    fn a_pair_that_is_no_longer_watched_has_no_quotes() {
        let mut prices = begun();
        prices.end(&symbol());
        assert!(prices.take(top(Some("1"), "2"), second(1)).is_empty());
    }
}
