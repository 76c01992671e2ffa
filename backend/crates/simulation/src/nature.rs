//! What strikes from outside: prices, clocks, outages, crashes.

use std::time::Duration;

use domain::Decimal;

use crate::check::Verdict;
use crate::disk::{Moment, Trap};
use crate::fault::Fault;
use crate::news::Happening;
use crate::world::World;

/// Schedules with sleep last no longer than this, so that the journal still knows every order.
const LONGEST: Duration = Duration::from_hours(15);

impl World {
    /// Every pair's price moves a little, now and then far.
    pub(crate) fn market_moves(&mut self) -> Verdict {
        for place in 0..self.plan.listings.len() {
            let leap = self.faults().strikes_at_rate(Fault::PriceGap, 40);
            let per_10_000 = if leap {
                self.nature.signed(-1_500..=1_500)
            } else {
                self.nature.signed(-40..=40)
            };
            let factor = Decimal::ONE + Decimal::new(per_10_000, 4);
            let listing = &self.plan.listings[place];
            let (base, tick) = (listing.base_price, listing.tick());
            let moved = self.house.mid(place, self.now).times(factor);
            let Some(price) = moved.and_then(|price| price.floor_to(tick)) else { continue };
            // Prices stay within a factor of two, as over some minutes they do.
            let inside =
                price.get() * Decimal::TWO > base.get() && price.get() < base.get() * Decimal::TWO;
            if inside {
                self.house.set_price(place, price, self.now);
            }
        }
        let pause =
            if self.is_calm() { Duration::from_secs(5) } else { self.nature.millis(200..=6_000) };
        self.after(pause, Happening::Market);
        self.house.advance(self.now);
        self.check_exchange()
    }

    /// Chances for what strikes rarely.
    pub(crate) fn nature_strikes(&mut self) -> Verdict {
        if self.is_calm() {
            return Ok(());
        }
        let pause = self.nature.millis(100..=6_000);
        self.after(pause, Happening::Nature);
        self.sleep();
        self.clocks();
        if self.faults().strikes_at_rate(Fault::Outage, 30) {
            let lasts = self.faults().details(Fault::Outage).millis(200..=40_000);
            self.out_until = self.now.plus(lasts);
            self.note(|| format!("outage for {lasts:?}"));
        }
        if self.nature.percent(5) {
            self.check_replay()?;
        }
        self.people()?;
        self.disk_fills()?;
        self.crashes()
    }

    /// What the user does behind the service's back.
    fn people(&mut self) -> Verdict {
        if self.faults().strikes_at_rate(Fault::HandCancel, 100) {
            let choice = self.nature.index(1_000);
            self.house.cancel_by_hand(choice, self.now);
        }
        if self.faults().strikes_at_rate(Fault::CoinsLocked, 60) {
            let lasts = self.faults().details(Fault::CoinsLocked).millis(500..=40_000);
            let percent = self.faults().details(Fault::CoinsLocked).signed(1..=100);
            self.house.lock_coins(percent, self.now.plus(lasts));
        }
        self.check_exchange()
    }

    /// Others take the room on the disk and give it back; the service looks now and then.
    fn disk_fills(&mut self) -> Verdict {
        if self.disk_full_until.is_none() && self.faults().strikes_at_rate(Fault::DiskFull, 20) {
            let wanted = self.disk.space(|space| space.wanted());
            let mut faults = self.faults();
            let details = faults.details(Fault::DiskFull);
            let lasts = details.millis(500..=60_000);
            let at_once = details.percent(50);
            let left = if at_once { 0 } else { details.number(0..=wanted + wanted / 4) };
            drop(faults);
            self.disk_full_until = Some(self.now.plus(lasts));
            self.disk.space(|space| space.leave(left));
            self.note(|| format!("{left} bytes are left on the disk for {lasts:?}"));
            return Ok(());
        }
        let Some(until) = self.disk_full_until else { return Ok(()) };
        if self.now >= until {
            self.disk_full_until = None;
            self.disk.space(|space| space.leave(u64::MAX));
        }
        self.look_at_room()
    }

    /// The machine sleeps: time passes, nothing is done.
    pub(crate) fn sleep(&mut self) {
        if self.faults().strikes_at_rate(Fault::Sleep, 15) && self.age() < LONGEST {
            let mut faults = self.faults();
            let details = faults.details(Fault::Sleep);
            let lasts = if details.percent(70) {
                details.millis(1_000..=120_000)
            } else {
                details.millis(120_000..=14_400_000)
            };
            drop(faults);
            self.now = self.now.plus(lasts);
            self.note(|| format!("the machine slept for {lasts:?}"));
        }
    }

    fn clocks(&mut self) {
        if self.faults().strikes_at_rate(Fault::ClockJump, 40) {
            let jump = self.faults().details(Fault::ClockJump).signed(-4_000_000..=20_000_000);
            self.local_ahead += jump;
            self.note(|| format!("the local clock jumps by {jump} µs"));
        }
        if self.faults().strikes_at_rate(Fault::ClockDrift, 100) {
            let drift = self.faults().details(Fault::ClockDrift).signed(1..=1_500);
            self.house.ahead_ms += drift;
        }
    }

    fn crashes(&mut self) -> Verdict {
        if self.process.is_none() {
            return Ok(());
        }
        if self.faults().strikes_at_rate(Fault::SecondProcess, 60) {
            self.second_process()?;
        }
        if self.faults().strikes_at_rate(Fault::TornWrite, 40) {
            self.disk.set_trap(Trap { operations_left: 0, moment: Moment::During, power: false });
        } else if self.faults().strikes_at_rate(Fault::Kill, 40) {
            return self.crash_somewhere(false);
        } else if self.faults().strikes_at_rate(Fault::PowerLoss, 40) {
            return self.crash_somewhere(true);
        }
        Ok(())
    }

    /// Right now, or at one of the next operations of the disk.
    fn crash_somewhere(&mut self, power: bool) -> Verdict {
        if self.nature.percent(30) {
            return self.crash(power);
        }
        let operations_left = u32::try_from(self.nature.number(0..=3)).unwrap_or(0);
        let moment = self.nature.pick(&[Moment::Before, Moment::During, Moment::After]);
        self.disk.set_trap(Trap { operations_left, moment, power });
        Ok(())
    }
}
