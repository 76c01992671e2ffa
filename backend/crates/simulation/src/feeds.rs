//! What the service asks for again and again: start-up, prices, balances, the clock, candles.

use std::sync::Arc;
use std::time::Duration;

use domain::{Candle, Decimal, Markets, Qty, Symbol};
use engine::{Input, Quote};

use crate::check::Verdict;
use crate::fault::Fault;
use crate::news::{Doing, News, Stage};
use crate::sabotage::Sabotage;
use crate::world::World;

const PRICES_EVERY: Duration = Duration::from_secs(2);
const BALANCES_EVERY: Duration = Duration::from_secs(30);
const CLOCK_EVERY: Duration = Duration::from_mins(1);
/// Once faults have stopped prices come less often, to spare steps.
const CALM_PRICES_EVERY: Duration = Duration::from_secs(4);

impl World {
    /// One stage of start-up; it begins anew when the exchange does not answer.
    pub(crate) fn startup(&mut self, stage: Stage) -> Verdict {
        if self.is_out() {
            let pause = self.network.millis(500..=5_000);
            self.process_after(pause, Doing::Startup(Stage::Clock));
            return Ok(());
        }
        let next = match stage {
            Stage::Clock => {
                self.measure_clock()?;
                Stage::Markets
            }
            Stage::Markets => {
                let markets = Markets::new(self.plan.markets());
                self.tell(vec![(Input::Markets(Arc::new(markets)), false)])?;
                Stage::Prices
            }
            Stage::Prices => {
                self.tell_prices(false)?;
                Stage::Balances
            }
            Stage::Balances => {
                let balances = self.house.balances(self.now);
                self.tell(vec![(Input::Balances(balances), false)])?;
                Stage::Orders
            }
            Stage::Orders => return self.become_ready(),
        };
        let pause = self.network.millis(5..=150);
        self.process_after(pause, Doing::Startup(next));
        Ok(())
    }

    fn become_ready(&mut self) -> Verdict {
        let mut orders = self.house.lists(self.now);
        if self.options.sabotage == Some(Sabotage::SkipReconcile) {
            orders.clear();
        }
        self.tell(vec![(Input::Reconciled { orders }, false)])?;
        let Some(process) = &mut self.process else { return Ok(()) };
        if process.holds || process.journal_fails {
            // The service is ready once this is in the journal.
            self.process_after(Duration::from_millis(300), Doing::Startup(Stage::Orders));
            return Ok(());
        }
        process.ready = true;
        self.note(|| "the service is ready".to_owned());
        self.checks.protected()?;
        self.process_after(PRICES_EVERY, Doing::Prices);
        self.process_after(BALANCES_EVERY, Doing::Balances);
        self.process_after(CLOCK_EVERY, Doing::Clock);
        Ok(())
    }

    fn measure_clock(&mut self) -> Verdict {
        let error = self.network.signed(-30..=30);
        let offset_ms = self.house.clock_ms(self.now) - self.local().as_millis() + error;
        if let Some(process) = &mut self.process {
            process.offset_ms = offset_ms;
        }
        self.tell(vec![(Input::ClockOffset { offset_ms }, false)])
    }

    pub(crate) fn feed_clock(&mut self) -> Verdict {
        self.process_after(CLOCK_EVERY, Doing::Clock);
        if self.is_out() { Ok(()) } else { self.measure_clock() }
    }

    /// A look at the room on the disk.
    pub(crate) fn look_at_room(&mut self) -> Verdict {
        self.disk.set_time(self.now);
        let at = self.local();
        let Some(process) = &mut self.process else { return Ok(()) };
        let looked = process.driver.look_at_room(at);
        self.settle_driver(looked)?;
        self.commit()
    }

    pub(crate) fn feed_prices(&mut self) -> Verdict {
        let pause = if self.is_calm() { CALM_PRICES_EVERY } else { PRICES_EVERY };
        self.process_after(pause, Doing::Prices);
        if self.faults().strikes_at_rate(Fault::QuotesMissing, 30) {
            let lasts = self.faults().details(Fault::QuotesMissing).millis(2_000..=30_000);
            self.quotes_missing_until = self.now.plus(lasts);
        }
        if self.is_out() || self.now < self.quotes_missing_until {
            return Ok(());
        }
        self.tell_prices(true)
    }

    fn tell_prices(&mut self, watched: bool) -> Verdict {
        let symbols: Vec<Symbol> =
            self.plan.listings.iter().map(|listing| listing.symbol.clone()).collect();
        let mut inputs = Vec::new();
        let mut told = Vec::new();
        for (place, symbol) in symbols.into_iter().enumerate() {
            let (mut bid, ask) = self.house.top(place, self.now);
            told.push((symbol.clone(), bid));
            if self.options.sabotage == Some(Sabotage::StopNotSeen) {
                bid = ask;
                if let Some(process) = &self.process {
                    let known = process.driver.engine().quote(&symbol);
                    bid = known.map_or(bid, |quote| quote.bid.max(bid));
                }
            }
            let ask = ask.max(bid);
            let quote = Quote { bid, ask, last: None, at: self.local() };
            inputs.push((Input::Quote { symbol, quote }, false));
        }
        self.tell(inputs)?;
        let quiet = self.process.as_ref().is_some_and(|p| !p.holds && !p.journal_fails && p.ready);
        if watched && quiet {
            told.iter().try_for_each(|(symbol, bid)| self.checks.stops_fire(symbol, *bid))?;
        }
        Ok(())
    }

    pub(crate) fn feed_balances(&mut self) -> Verdict {
        self.process_after(BALANCES_EVERY, Doing::Balances);
        self.balances_now()
    }

    /// Balances are read now and arrive later.
    pub(crate) fn balances_now(&mut self) -> Verdict {
        self.balances_wanted = false;
        if !self.is_out() {
            let balances = self.house.balances(self.now);
            let takes = self.network.millis(5..=400);
            self.hear_after(takes, News::Balances(balances));
        }
        self.check_exchange()
    }

    /// Candles around the present price; none when they cannot be had.
    pub(crate) fn candles(&mut self, symbol: &Symbol) -> Vec<Candle> {
        let place = self.plan.listings.iter().position(|listing| listing.symbol == *symbol);
        let missing = self.faults().strikes_at_rate(Fault::CandlesMissing, 200) || self.is_out();
        let Some(place) = place.filter(|_| !missing) else { return Vec::new() };
        let mid = self.house.mid(place, self.now);
        let reach = mid.get() * Decimal::new(self.network.signed(1..=12), 3);
        let (Some(high), Some(low)) = (mid.plus(reach), mid.plus(-reach)) else {
            return Vec::new();
        };
        let candle =
            Candle { open_time: self.local(), open: mid, high, low, close: mid, volume: Qty::ZERO };
        vec![candle; 20]
    }
}
