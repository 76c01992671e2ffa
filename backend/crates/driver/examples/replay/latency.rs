//! How fast the engine decides: a message to its order, a price to its sale, and prices that lead to
//! nothing. The journal is left out: nothing is written anywhere.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use domain::{Record, Room, Symbol, Timestamp};
use driver::Store;

use crate::Failure;
use crate::trading::{self, COINS, Desk};

const TRADES: usize = 8_000;
const QUOTES: u32 = 300_000;

/// Takes every record and keeps none.
struct Nowhere {
    is_empty: bool,
}

impl Store for Nowhere {
    type Error = Infallible;

    fn needs_checkpoint(&self, _: Timestamp) -> bool {
        self.is_empty
    }

    fn append(&mut self, batch: &[Record]) -> Result<(), Infallible> {
        self.is_empty &= batch.is_empty();
        Ok(())
    }

    fn sync(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn recover(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn room(&mut self) -> Option<Room> {
        None
    }

    fn on_reserve(&self) -> bool {
        false
    }
}

pub(crate) fn report() -> Result<(), Failure> {
    let mut desk = Desk::new(trading::engine()?, Nowhere { is_empty: true })?;
    let (mut decisions, mut stops) = (Vec::new(), Vec::new());
    for trade in 0..TRADES {
        let symbol = symbol(COINS[trade % COINS.len()]);
        desk.quote(&symbol, 10_000)?;
        desk.buy(&symbol)?;
        decisions.push(desk.last_step);
        desk.settle()?;
        // A channel that only loses is soon not traded any more.
        let stopped = trade % 4 == 3;
        desk.quote(&symbol, if stopped { 9_400 } else { 10_600 })?;
        if stopped {
            stops.push(desk.last_step);
        }
        desk.settle()?;
        desk.next_signal(&symbol);
    }
    percentiles("text to decision", decisions);
    percentiles("price to stop decision", stops);
    prices(&mut desk)
}

/// Prices of held pairs that reach neither stop nor target.
fn prices(desk: &mut Desk<Nowhere>) -> Result<(), Failure> {
    for coin in COINS {
        desk.quote(&symbol(coin), 10_000)?;
        desk.buy(&symbol(coin))?;
        desk.settle()?;
    }
    let held = desk.open_positions();
    let symbols: Vec<Symbol> = COINS.iter().map(|coin| symbol(coin)).collect();
    let start = Instant::now();
    for number in 0..QUOTES {
        let symbol = &symbols[number as usize % symbols.len()];
        desk.stream(symbol, 10_000 + i64::from(number % 50))?;
    }
    crate::report(
        &format!("prices that lead to nothing, {held} held"),
        QUOTES.into(),
        start.elapsed(),
    );
    Ok(())
}

fn symbol(coin: &str) -> Symbol {
    Symbol::from_exchange(&format!("{coin}USDT"))
}

fn percentiles(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    println!("{what:<52} {:>9} median {:>9.2?}, p99 {:>9.2?}", times.len(), at(50), at(99));
}
