//! An engine with a clock, a journal and an exchange that does as it is told.

use std::sync::Arc;
use std::time::Duration;

use domain::event::Event;
use domain::*;
use engine::settings::{
    AutoRoute, EntrySettings, ExitSettings, NotionalMode, RecordSettings, RiskSettings,
};
use engine::*;

/// Everything a test needs, with the time at hand.
pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) at: Timestamp,
    /// Everything journalled so far.
    pub(crate) journal: Vec<Record>,
    /// Effects nobody answered yet.
    pub(crate) effects: Vec<Effect>,
    pub(crate) reply: Option<Reply>,
    next_id: u32,
}

pub(crate) fn amount(text: &str) -> Notional {
    text.parse().unwrap()
}

pub(crate) fn price(text: &str) -> Price {
    text.parse().unwrap()
}

pub(crate) fn qty(text: &str) -> Qty {
    text.parse().unwrap()
}

pub(crate) fn symbol(name: &str) -> Symbol {
    Symbol::from_exchange(name)
}

pub(crate) fn market(base: &str) -> Market {
    Market {
        symbol: symbol(&format!("{base}USDT")),
        base: Asset::from_exchange(base),
        quote: Asset::from_exchange("USDT"),
        open: true,
        sides: TradeSides::Both,
        market_orders: true,
        rules: MarketRules {
            step: Decimal::new(1, 6),
            tick: Decimal::new(1, 2),
            quote_step: Decimal::new(1, 2),
            min_qty: Qty::ZERO,
            min_notional: amount("1"),
            min_notional_market: amount("1"),
            max_notional: amount("2000000"),
            max_notional_market: amount("100000"),
            band_up: None,
            band_down: None,
        },
    }
}

pub(crate) fn settings() -> Settings {
    Settings {
        mode: Mode::Paper,
        account: "paper".to_owned(),
        bot_id: "levi".parse().unwrap(),
        executor_enabled: true,
        quote_asset: Asset::from_exchange("USDT"),
        auto_route: AutoRoute {
            enabled: true,
            dry_run: false,
            min_confidence: 0.75,
            min_confidence_exit: 0.6,
            default_notional: amount("25"),
            exchange_matches: true,
        },
        risk: RiskSettings {
            policy: PolicyName::Moderate,
            min_notional: amount("5"),
            max_notional: None,
            notional_mode: NotionalMode::Clamp,
            cooldown: None,
            max_positions_per_symbol: 1,
            max_open_positions: 10,
            max_total_exposure: amount("1000"),
            max_daily_loss: amount("100"),
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
        recv_window_ms: 5000,
        in_doubt_settle: Duration::from_secs(10),
    }
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(settings())
    }

    pub(crate) fn with(settings: Settings) -> Self {
        let engine = Engine::new(settings, ::signal::Reader::embedded());
        let at = Timestamp::from_micros(1_700_000_000_000_000);
        let mut world =
            Self { engine, at, journal: Vec::new(), effects: Vec::new(), reply: None, next_id: 1 };
        world.resume();
        world.step(Input::Markets(Arc::new(Markets::new([market("BTC"), market("ETH")]))));
        world.quote("BTCUSDT", "100");
        world.quote("ETHUSDT", "10");
        world
    }

    /// A new process on the same journal: everything volatile is gone.
    pub(crate) fn restart(&mut self) {
        let settings = self.engine.settings().clone();
        self.restart_with(settings);
    }

    pub(crate) fn restart_with(&mut self, settings: Settings) {
        self.engine = Engine::new(settings, ::signal::Reader::embedded());
        for record in &self.journal {
            let line = serde_json::to_string(record).unwrap();
            self.engine.replay(&Record::parse(&line).unwrap()).unwrap();
        }
        self.effects.clear();
        self.resume();
        self.step(Input::Markets(Arc::new(Markets::new([market("BTC"), market("ETH")]))));
    }

    fn resume(&mut self) {
        let mut out = Outbox::default();
        self.engine.resume(self.at, &mut out);
        self.keep(out);
    }

    pub(crate) fn step(&mut self, input: Input) {
        let mut out = Outbox::default();
        self.engine.step(self.at, input, &mut out);
        self.keep(out);
    }

    fn keep(&mut self, out: Outbox) {
        assert_eq!(out.fault, None);
        self.journal.extend(out.records);
        self.effects.extend(out.effects);
        self.reply = out.reply;
    }

    pub(crate) fn pass(&mut self, time: Duration) {
        self.at = self.at.plus(time);
        self.step(Input::Tick);
    }

    /// Lets a minute pass; whether `id` was asked for meanwhile.
    pub(crate) fn pass_until_probed(&mut self, id: &ClientOrderId) -> bool {
        for _ in 0..60 {
            self.pass(Duration::from_secs(1));
            let asks = |effect: &Effect| matches!(effect, Effect::Query { client_order_id, .. } if client_order_id == id);
            if self.effects.iter().any(asks) {
                return true;
            }
        }
        false
    }

    /// Bid and ask are the same here, so that prices in tests are easy to read.
    pub(crate) fn quote(&mut self, name: &str, at: &str) {
        let quote = Quote { bid: price(at), ask: price(at), last: None, at: self.at };
        self.step(Input::Quote { symbol: symbol(name), quote });
    }

    /// Candles whose ATR is `range`.
    pub(crate) fn candles(&mut self, name: &str, middle: &str, range: &str) {
        let range: Decimal = range.parse().unwrap();
        let close = price(middle);
        let half = range / Decimal::TWO;
        let candle = Candle {
            open_time: self.at,
            open: close,
            high: close.plus(half).unwrap(),
            low: close.plus(-half).unwrap(),
            close,
            volume: Qty::ZERO,
        };
        let candles = vec![candle; 30];
        self.step(Input::Candles { symbol: symbol(name), interval: Interval::M15, candles });
    }

    pub(crate) fn buy(&mut self, name: &str, notional: &str) -> OrderReply {
        self.next_id += 1;
        let key = SignalKey::new(format!("manual-{}", self.next_id));
        self.buy_as(key, name, notional)
    }

    pub(crate) fn buy_as(&mut self, key: SignalKey, name: &str, notional: &str) -> OrderReply {
        self.manual(key, name, Side::Buy, notional, false)
    }

    pub(crate) fn manual(
        &mut self,
        key: SignalKey,
        name: &str,
        side: Side,
        notional: &str,
        dry_run: bool,
    ) -> OrderReply {
        let order =
            ManualOrder { key, symbol: symbol(name), side, notional: amount(notional), dry_run };
        self.step(Input::ManualOrder(Box::new(order)));
        match self.reply.take() {
            Some(Reply::Order(reply)) => *reply,
            other => panic!("no order reply: {other:?}"),
        }
    }

    pub(crate) fn message(&mut self, text: &str, id: Option<&str>) -> SignalReply {
        let message = Message {
            source: "api".to_owned(),
            channel: Some("alpha".to_owned()),
            message_id: id.map(str::to_owned),
            reply_to: None,
            idempotency_key: None,
            posted_at: None,
            text: text.to_owned(),
            route: true,
        };
        self.step(Input::Message(Box::new(message)));
        match self.reply.take() {
            Some(Reply::Signal(reply)) => *reply,
            other => panic!("no signal reply: {other:?}"),
        }
    }

    /// The orders on their way to the exchange, taken off the list of effects.
    pub(crate) fn placed(&mut self) -> Vec<PlaceOrder> {
        let effects = std::mem::take(&mut self.effects);
        let mut orders = Vec::new();
        for effect in effects {
            match effect {
                Effect::Place { order, .. } => orders.push(order),
                other => self.effects.push(other),
            }
        }
        orders
    }

    pub(crate) fn one_placed(&mut self) -> PlaceOrder {
        let mut orders = self.placed();
        assert_eq!(orders.len(), 1, "{orders:?}");
        orders.remove(0)
    }

    pub(crate) fn outcome(&mut self, id: &ClientOrderId, outcome: PlaceOutcome) {
        self.step(Input::Placed { client_order_id: id.clone(), outcome });
    }

    pub(crate) fn accept(&mut self, id: &ClientOrderId) {
        let order_id = ExchangeOrderId::new(format!("X-{id}"));
        self.outcome(id, PlaceOutcome::Accepted { order_id });
    }

    pub(crate) fn answer(&mut self, id: &ClientOrderId, outcome: QueryOutcome) {
        self.step(Input::Queried { client_order_id: id.clone(), outcome });
    }

    /// The exchange reports cumulative figures.
    pub(crate) fn report(
        &mut self,
        id: &ClientOrderId,
        status: OrderStatus,
        executed: &str,
        quote: &str,
    ) {
        let outcome = self.snapshot(id, status, executed, quote);
        self.answer(id, outcome);
    }

    pub(crate) fn snapshot(
        &self,
        id: &ClientOrderId,
        status: OrderStatus,
        executed: &str,
        quote: &str,
    ) -> QueryOutcome {
        let order = self.engine.ledger().order(id).unwrap();
        let order_id = ExchangeOrderId::new(format!("X-{id}"));
        let executed_qty = qty(executed);
        let fill = Fill {
            trade_id: TradeId::new(format!("T-{id}-{executed}")),
            order_id: order_id.clone(),
            price: order.price,
            qty: executed_qty,
            quote: amount(quote),
            fee: Decimal::ZERO,
            fee_asset: Asset::from_exchange("USDT"),
            at: self.at,
        };
        let order = OrderSnapshot {
            order_id,
            client_order_id: Some(id.clone()),
            symbol: order.symbol.clone(),
            side: order.side,
            status,
            executed_qty,
            executed_quote: amount(quote),
            created_at: self.at,
        };
        QueryOutcome::Found {
            order,
            fills: if executed_qty.is_zero() { vec![] } else { vec![fill] },
        }
    }

    /// Buys `qty` of BTC at 100 and lets the entry fill completely. Returns the entry's id.
    pub(crate) fn bought(&mut self, notional: &str, filled: &str) -> ClientOrderId {
        self.buy("BTCUSDT", notional);
        let order = self.one_placed();
        self.accept(&order.client_order_id);
        self.report(&order.client_order_id, OrderStatus::Filled, filled, notional);
        order.client_order_id
    }

    pub(crate) fn types(&self) -> Vec<&'static str> {
        self.journal.iter().map(|record| record.event.event_type()).collect()
    }

    pub(crate) fn count(&self, event_type: &str) -> usize {
        self.types().iter().filter(|found| **found == event_type).count()
    }

    pub(crate) fn last(&self, event_type: &str) -> &Record {
        let mut records = self.journal.iter().rev();
        records.find(|record| record.event.event_type() == event_type).unwrap()
    }

    pub(crate) fn last_plan(&self) -> &domain::event::RiskSltp {
        match &self.last("RISK_SLTP").event {
            Event::RiskSltp(plan) => plan,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn position(&self) -> &Position {
        self.engine.ledger().positions().next().expect("a position")
    }
}
