//! A desk that follows channels for weeks: mostly chatter, every third message a signal that is
//! bought, protected, and sold at its target or its stop.

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{
    Asset, Bps, Decimal, Interval, Market, MarketRules, Markets, Notional, PolicyName, Price, Qty,
    Symbol, Timestamp, TradeSides,
};
use driver::{Driver, Store, SyncMode};
use engine::settings::{
    AutoRoute, EntrySettings, ExitSettings, NotionalMode, RecordSettings, RiskSettings,
};
use engine::{Balance, Effect, Engine, Input, Message, Mode, Quote, Settings};

use crate::Failure;
use crate::exchange::Exchange;

/// The day of the first event.
pub(crate) const FIRST_DAY: &str = "2025-01-01";
const START: Timestamp = Timestamp::from_millis(1_735_689_600_000);
pub(crate) const COINS: [&str; 8] = ["BTC", "ETH", "SOL", "XRP", "ADA", "DOT", "LTC", "TRX"];
/// From one signal to the next.
const PAUSE: Duration = Duration::from_secs(170);

fn amount(units: i64) -> Notional {
    Notional::new(Decimal::new(units, 0)).unwrap_or(Notional::ZERO)
}

/// An engine that trades signals, with an empty ledger.
pub(crate) fn engine() -> Result<Engine, Failure> {
    let settings = Settings {
        mode: Mode::Paper,
        account: "paper".to_owned(),
        bot_id: "levi".parse()?,
        executor_enabled: true,
        quote_asset: Asset::from_exchange("USDT"),
        auto_route: AutoRoute {
            enabled: true,
            dry_run: false,
            min_confidence: 0.75,
            min_confidence_exit: 0.6,
            default_notional: amount(25),
            exchange_matches: true,
        },
        risk: RiskSettings {
            policy: PolicyName::Moderate,
            min_notional: amount(5),
            max_notional: None,
            notional_mode: NotionalMode::Clamp,
            cooldown: Some(Duration::ZERO),
            max_positions_per_symbol: 1,
            max_open_positions: 10,
            max_total_exposure: amount(1_000),
            max_daily_loss: Notional::ZERO,
            price_max_age: Duration::from_secs(10),
            atr_lookback: 14,
            atr_interval: Interval::M15,
        },
        entry: EntrySettings { max_slippage: Bps(50), ttl: Duration::from_hours(1) },
        exit: ExitSettings {
            max_slippage: Bps(100),
            breakeven_after: 1,
            tp_shares: Vec::new(),
            trailing_pct: None,
            time_stop: None,
        },
        record: RecordSettings::default(),
        dedup_window: Duration::from_hours(1),
        signal_max_age: Duration::from_mins(5),
        recv_window_ms: 5_000,
        in_doubt_settle: Duration::from_secs(10),
    };
    Ok(Engine::new(settings, engine::SignalReader::embedded()))
}

/// Driver, exchange and clock.
pub(crate) struct Desk<S> {
    driver: Driver<S, ()>,
    exchange: Exchange,
    at: Timestamp,
    messages: u64,
    signals: usize,
    /// How long the last input took, what it led to left out.
    pub(crate) last_step: Duration,
}

impl<S: Store> Desk<S>
where
    S::Error: 'static,
{
    pub(crate) fn new(engine: Engine, store: S) -> Result<Self, Failure> {
        let driver = Driver::new(engine, store, SyncMode::Beside);
        let mut desk = Self {
            driver,
            exchange: Exchange::default(),
            at: START,
            messages: 0,
            signals: 0,
            last_step: Duration::ZERO,
        };
        desk.driver.resume(START)?;
        let markets = Markets::new(COINS.iter().map(|coin| market(coin)));
        desk.take(Input::Markets(Arc::new(markets)))?;
        let coins = COINS.iter().chain(["USDT"].iter());
        desk.take(Input::Balances(coins.map(|coin| plenty(coin)).collect()))?;
        Ok(desk)
    }

    /// Positions open now.
    pub(crate) fn open_positions(&self) -> usize {
        self.driver.engine().ledger().positions().count()
    }

    /// Hands over a quote by itself, as a price stream does.
    pub(crate) fn stream(&mut self, symbol: &Symbol, cents: i64) -> Result<(), Failure> {
        let price = Price::new(Decimal::new(cents, 2))?;
        self.at = self.at.plus(Duration::from_micros(150));
        let quote = Quote { bid: price, ask: price, last: None, at: self.at };
        Ok(self.driver.take(self.at, Input::Quote { symbol: symbol.clone(), quote }, None)?)
    }

    /// How many events the journal holds.
    pub(crate) fn events(&self) -> u64 {
        self.driver.engine().ledger().seq()
    }

    /// Writes what is left.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        self.driver.sync()?;
        Ok(())
    }

    /// One signal from message to close, with the chatter around it.
    pub(crate) fn trade_once(&mut self) -> Result<(), Failure> {
        let symbol = Symbol::from_exchange(&format!("{}USDT", COINS[self.signals % COINS.len()]));
        self.signals += 1;
        self.quote(&symbol, 10_000)?;
        self.chat()?;
        self.buy(&symbol)?;
        self.settle()?;
        // Three of four reach their target.
        self.quote(&symbol, if self.signals.is_multiple_of(4) { 9_400 } else { 10_600 })?;
        self.settle()?;
        self.next_signal(&symbol);
        Ok(())
    }

    /// The pair is flat; the next signal comes minutes later.
    pub(crate) fn next_signal(&mut self, symbol: &Symbol) {
        self.exchange.forget(symbol);
        self.at = self.at.plus(PAUSE);
    }

    fn chat(&mut self) -> Result<(), Failure> {
        self.message("gm everyone, quiet market today, stay safe and do your own research".into())?;
        self.message("TP1 smashed!! congratulations to everybody who followed".into())
    }

    /// A signal that is bought; [`Self::last_step`] is the way from its text to the decision.
    pub(crate) fn buy(&mut self, symbol: &Symbol) -> Result<(), Failure> {
        let text = format!("#{symbol} LONG\nEntry: 99 - 101\nTargets: 105\nStop loss: 95");
        self.message(text)
    }

    fn message(&mut self, text: String) -> Result<(), Failure> {
        self.messages += 1;
        self.take(Input::Message(Box::new(Message {
            source: "telegram".to_owned(),
            channel: Some("alpha signals".to_owned()),
            message_id: Some(self.messages.to_string()),
            idempotency_key: None,
            reply_to: None,
            posted_at: Some(self.at),
            text,
            route: true,
        })))
    }

    pub(crate) fn quote(&mut self, symbol: &Symbol, cents: i64) -> Result<(), Failure> {
        let price = Price::new(Decimal::new(cents, 2))?;
        self.exchange.price(symbol, price);
        let quote = Quote { bid: price, ask: price, last: None, at: self.at };
        self.take(Input::Quote { symbol: symbol.clone(), quote })
    }

    /// Lets time pass until every order was asked for as often as it wants.
    pub(crate) fn settle(&mut self) -> Result<(), Failure> {
        for _ in 0..8 {
            self.at = self.at.plus(Duration::from_millis(300));
            self.take(Input::Tick)?;
        }
        Ok(())
    }

    fn take(&mut self, input: Input) -> Result<(), Failure> {
        let mut inputs = vec![input];
        let mut first = true;
        while let Some(input) = inputs.pop() {
            self.at = self.at.plus(Duration::from_micros(150));
            let start = Instant::now();
            self.driver.take(self.at, input, None)?;
            let released = self.driver.commit()?;
            if std::mem::take(&mut first) {
                self.last_step = start.elapsed();
            }
            let answers = released.effects.into_iter().filter_map(|effect| self.answer(effect));
            inputs.extend(answers.collect::<Vec<_>>());
        }
        Ok(())
    }

    fn answer(&mut self, effect: Effect) -> Option<Input> {
        let at = self.at;
        match effect {
            Effect::Place { order, .. } => {
                let client_order_id = order.client_order_id.clone();
                let outcome = self.exchange.place(order, at);
                Some(Input::Placed { client_order_id, outcome })
            }
            Effect::Cancel { client_order_id, .. } => {
                let outcome = self.exchange.cancel(&client_order_id);
                Some(Input::Cancelled { client_order_id, outcome })
            }
            Effect::Query { client_order_id, .. } => {
                let outcome = self.exchange.query(&client_order_id, at);
                Some(Input::Queried { client_order_id, outcome })
            }
            Effect::FetchCandles { symbol, interval, .. } => {
                Some(Input::Candles { symbol, interval, candles: Vec::new() })
            }
            Effect::FetchBalances | Effect::RevokeQueued => None,
        }
    }
}

fn plenty(coin: &str) -> Balance {
    let free = Decimal::new(1_000_000, 0);
    Balance { asset: Asset::from_exchange(coin), free, locked: Decimal::ZERO }
}

fn market(coin: &str) -> Market {
    Market {
        symbol: Symbol::from_exchange(&format!("{coin}USDT")),
        base: Asset::from_exchange(coin),
        quote: Asset::from_exchange("USDT"),
        open: true,
        sides: TradeSides::Both,
        market_orders: true,
        rules: MarketRules {
            step: Decimal::new(1, 6),
            tick: Decimal::new(1, 2),
            quote_step: Decimal::new(1, 2),
            min_qty: Qty::ZERO,
            min_notional: amount(1),
            min_notional_market: amount(1),
            max_notional: amount(2_000_000),
            max_notional_market: amount(100_000),
            band_up: None,
            band_down: None,
        },
    }
}
