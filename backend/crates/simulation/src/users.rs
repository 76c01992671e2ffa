//! What people and channels do: signals, direct orders, commands, repetitions.

use domain::event::KillMode;
use domain::{Decimal, Notional, PolicyName, Price, Side, SignalKey, Timestamp};
use engine::{Command, Input, ManualOrder, Message};

use crate::chance::Chance;
use crate::check::Verdict;
use crate::news::Happening;
use crate::sabotage::Sabotage;
use crate::world::World;

/// A message that was told before.
#[derive(Debug, Clone)]
struct Told {
    message: Message,
    /// Our clock when it was first told.
    at: Timestamp,
}

/// Their memory.
#[derive(Debug)]
pub(crate) struct Users {
    chance: Chance,
    told: Vec<Told>,
    keys: Vec<SignalKey>,
    count: u64,
}

impl Users {
    pub(crate) fn new(seed: u64) -> Self {
        Self { chance: Chance::stream(seed, 5), told: Vec::new(), keys: Vec::new(), count: 0 }
    }

    fn next(&mut self) -> u64 {
        self.count += 1;
        self.count
    }
}

/// The line by which the checkers know a message again, however it is delivered.
pub(crate) const MARK: &str = "\nnote ";

impl World {
    /// Somebody does something.
    pub(crate) fn users_act(&mut self) -> Verdict {
        if self.is_calm() {
            return Ok(());
        }
        let pause = self.users.chance.millis(1..=self.plan.pace_ms);
        self.after(pause, Happening::Users);
        let Some(process) = &self.process else { return Ok(()) };
        let killed = process.driver.engine().ledger().kill_mode().is_some();
        let ready = process.ready;
        if killed && self.users.chance.percent(40) {
            return self.command(Command::Resume { by: "user".to_owned() });
        }
        if !ready {
            // Until then only the kill switch is answered.
            return if self.users.chance.percent(5) { self.kill() } else { Ok(()) };
        }
        match self.users.chance.number(0..=99) {
            0..=39 => self.signal(true),
            40..=44 => self.signal(false),
            45..=56 => self.repeat(),
            57..=70 => self.direct(Side::Buy),
            71..=77 => self.direct(Side::Sell),
            78..=84 => self.close_one(),
            85..=88 => self.cancel_one(),
            89..=91 => self.kill(),
            92..=93 => self.policy(),
            94..=97 => self.manage(),
            98 => self.adjust_one(),
            _ => self.chatter(),
        }
    }

    /// Kill switch in mode `flatten`, at the end of a schedule.
    pub(crate) fn flatten(&mut self) -> Verdict {
        self.command(Command::Kill {
            mode: KillMode::Flatten,
            reason: "the schedule ends".to_owned(),
            by: "user".to_owned(),
        })
    }

    fn command(&mut self, command: Command) -> Verdict {
        self.tell(vec![(Input::Command(command), true)])
    }

    fn kill(&mut self) -> Verdict {
        let mode =
            self.users.chance.pick(&[KillMode::Entries, KillMode::Cancel, KillMode::Flatten]);
        self.command(Command::Kill { mode, reason: "drill".to_owned(), by: "user".to_owned() })
    }

    fn policy(&mut self) -> Verdict {
        let policy = self.users.chance.pick(&PolicyName::ALL);
        self.command(Command::SetPolicy { policy, by: "user".to_owned() })
    }

    fn close_one(&mut self) -> Verdict {
        let Some(process) = &self.process else { return Ok(()) };
        let open: Vec<_> =
            process.driver.engine().ledger().positions().map(|p| p.id.clone()).collect();
        if open.is_empty() {
            return self.signal(true);
        }
        let position_id = open[self.users.chance.index(open.len())].clone();
        self.command(Command::ClosePosition { position_id, by: "user".to_owned() })
    }

    fn cancel_one(&mut self) -> Verdict {
        let Some(process) = &self.process else { return Ok(()) };
        let ledger = process.driver.engine().ledger();
        let open: Vec<_> = ledger.open_orders().map(|o| o.client_order_id.clone()).collect();
        if open.is_empty() {
            return self.signal(true);
        }
        let client_order_id = open[self.users.chance.index(open.len())].clone();
        self.command(Command::CancelOrder { client_order_id, by: "user".to_owned() })
    }

    fn direct(&mut self, side: Side) -> Verdict {
        let key = if !self.users.keys.is_empty() && self.users.chance.percent(20) {
            self.users.keys[self.users.chance.index(self.users.keys.len())].clone()
        } else {
            SignalKey::new(format!("direct-{}", self.users.next()))
        };
        self.users.keys.push(key.clone());
        let place = self.users.chance.index(self.plan.listings.len());
        let units = Decimal::from(self.users.chance.number(1..=120));
        let order = ManualOrder {
            key,
            symbol: self.plan.listings[place].symbol.clone(),
            side,
            notional: Notional::new(units).unwrap_or(Notional::ZERO),
            dry_run: self.users.chance.percent(10),
        };
        self.tell(vec![(Input::ManualOrder(Box::new(order)), true)])
    }

    /// A fresh signal, to buy or to sell.
    fn signal(&mut self, buy: bool) -> Verdict {
        let number = self.users.next();
        let place = self.users.chance.index(self.plan.listings.len());
        let mid = self.house.mid(place, self.now);
        let base = self.plan.listings[place].base.clone();
        let text = if buy {
            buy_text(&mut self.users.chance, base.as_str(), mid)
        } else {
            format!(
                "{base}/USDT SHORT\nEntry: {mid}\nTargets: {}\nStop: {}",
                near(mid, -300),
                near(mid, 300)
            )
        };
        let (message_id, idempotency_key) = match self.users.chance.number(0..=2) {
            0 => (Some(number.to_string()), None),
            1 => (None, Some(format!("key-{number}"))),
            _ => (None, None),
        };
        let late = self.users.chance.percent(10);
        let age = if late {
            self.users.chance.millis(1..=400_000)
        } else {
            self.users.chance.millis(0..=2_000)
        };
        let posted_at = self.users.chance.percent(60).then(|| self.local().minus(age));
        let message = Message {
            source: "telegram".to_owned(),
            channel: Some("alpha".to_owned()),
            message_id,
            reply_to: None,
            idempotency_key,
            posted_at,
            text: format!("{text}{MARK}{}", letters(number)),
            route: true,
        };
        self.users.told.push(Told { message: message.clone(), at: self.local() });
        self.tell(vec![(Input::Message(Box::new(message)), true)])
    }

    /// A message comes again, perhaps edited.
    fn repeat(&mut self) -> Verdict {
        if self.users.told.is_empty() {
            return self.signal(true);
        }
        let told = self.users.told[self.users.chance.index(self.users.told.len())].clone();
        let mut message = told.message;
        let by_content = message.message_id.is_none() && message.idempotency_key.is_none();
        // By content a message is the same only within the window.
        let margin = std::time::Duration::from_secs(30);
        if by_content && self.local().since(told.at) + margin > self.plan.settings.dedup_window {
            return self.signal(true);
        }
        if !by_content && self.users.chance.percent(40) {
            message.text = message.text.replacen('\n', "\n\n(edited) ", 1);
        }
        if self.options.sabotage == Some(Sabotage::DedupForgotten) {
            message.message_id = Some(format!("again-{}", self.users.next()));
            message.idempotency_key = None;
            message.posted_at = None;
        }
        self.tell(vec![(Input::Message(Box::new(message)), true)])
    }

    /// The channel speaks of something that is open: by pair, as a reply, or by neither.
    fn manage(&mut self) -> Verdict {
        let Some(process) = &self.process else { return Ok(()) };
        let ledger = process.driver.engine().ledger();
        let open: Vec<_> =
            ledger.positions().map(|p| (p.symbol.clone(), p.entry.clone())).collect();
        if open.is_empty() {
            return self.signal(true);
        }
        let (symbol, entry) = open[self.users.chance.index(open.len())].clone();
        let from = ledger.order(&entry).and_then(|order| order.from.clone());
        let replied = from.and_then(|from| from.message_id);
        let place = self.plan.listings.iter().position(|listing| listing.symbol == symbol);
        let stop = place.map_or(Decimal::ONE, |place| {
            near(self.house.mid(place, self.now), self.users.chance.signed(-300..=100))
        });
        let what = match self.users.chance.number(0..=6) {
            0 => "move stop to entry".to_owned(),
            1 => "close half of the position".to_owned(),
            2 => format!("update: set stoploss {stop}"),
            3 => "cancelled ❌".to_owned(),
            4 => "close now".to_owned(),
            5 => "close all positions now".to_owned(),
            _ => "TP1 hit, move SL to entry and close 30%".to_owned(),
        };
        let named = self.users.chance.percent(70);
        let text = if named { format!("{symbol}: {what}") } else { what };
        let number = self.users.next();
        let message = Message {
            source: "telegram".to_owned(),
            channel: Some("alpha".to_owned()),
            message_id: Some(format!("about-{number}")),
            reply_to: replied.filter(|_| !named || number.is_multiple_of(2)),
            idempotency_key: None,
            posted_at: None,
            text,
            route: true,
        };
        self.tell(vec![(Input::Message(Box::new(message)), true)])
    }

    /// A message that only a second process hears.
    pub(crate) fn stray_message(&mut self) -> Input {
        let number = self.users.next();
        Input::Message(Box::new(Message {
            source: "telegram".to_owned(),
            channel: Some("talk".to_owned()),
            message_id: Some(format!("stray-{number}")),
            reply_to: None,
            idempotency_key: None,
            posted_at: None,
            text: "good morning everyone".to_owned(),
            route: true,
        }))
    }

    /// A person confirms what is held: nothing is written off, and the exit is renewed.
    fn adjust_one(&mut self) -> Verdict {
        let Some(process) = &self.process else { return Ok(()) };
        let open = process.driver.engine().ledger().positions();
        let open: Vec<_> = open.map(|p| (p.id.clone(), p.held())).collect();
        if open.is_empty() {
            return self.signal(true);
        }
        let (position_id, held) = open[self.users.chance.index(open.len())].clone();
        self.command(Command::AdjustPosition { position_id, held, by: "user".to_owned() })
    }

    fn chatter(&mut self) -> Verdict {
        let number = self.users.next();
        let text = self.users.chance.pick(&[
            "good morning everyone, what a day",
            "BTC looks strong, let us see",
            "move your stop on ETH/USDT to entry",
            "close SOL/USDT now",
            "TP1 hit on DOGE/USDT, congratulations",
        ]);
        let message = Message {
            source: "telegram".to_owned(),
            channel: Some("talk".to_owned()),
            message_id: Some(number.to_string()),
            reply_to: None,
            idempotency_key: None,
            posted_at: None,
            text: text.to_owned(),
            route: true,
        };
        self.tell(vec![(Input::Message(Box::new(message)), true)])
    }
}

fn buy_text(chance: &mut Chance, base: &str, mid: Price) -> String {
    let offset = chance.signed(-120..=60);
    let (low, high) = (near(mid, offset - 20), near(mid, offset + 20));
    let count = chance.number(1..=4);
    let first = chance.signed(20..=300);
    let targets: Vec<String> =
        (0..count.cast_signed()).map(|n| near(mid, offset + first * (n + 1)).to_string()).collect();
    let stop = near(mid, offset - chance.signed(10..=400));
    let targets = targets.join(" ");
    match chance.number(0..=3) {
        0 => format!("{base}/USDT LONG\nEntry: {low} - {high}\nTargets: {targets}\nStop: {stop}"),
        1 => format!("BUY {base}/USDT\nEntry: {high}\nTP: {targets}\nSL: {stop}"),
        2 => format!("{base}/USDT LONG\nEntry: market\nTargets: {targets}\nStop Loss: {stop}"),
        _ => format!("{base}/USDT LONG\nEntry: {low} - {high}\nTargets: {targets}"),
    }
}

/// The price moved by this many hundredths of a percent, with as many decimals as it has.
fn near(price: Price, per_10_000: i64) -> Decimal {
    let moved = price.get() * (Decimal::ONE + Decimal::new(per_10_000, 4));
    moved.round_dp(price.get().scale().max(2)).normalize()
}

/// A number in letters, which no reader of prices takes for one.
fn letters(mut number: u64) -> String {
    let mut text = String::from("q");
    while number > 0 {
        let digit = u8::try_from(number % 10).unwrap_or(0);
        text.push(char::from(b'b' + digit));
        number /= 10;
    }
    text
}
