//! A situation to be changed one fact at a time.

use std::sync::Arc;
use std::time::Duration;

use domain::event::{OrderAccepted, OrderNew, OrderProgress, PositionClosed, PositionOpened};
use domain::ids::Leg;
use domain::{
    Asset, BotId, Bps, CheckResult, ClientOrderId, Decimal, Event, ExchangeOrderId, Interval,
    Market, MarketRules, Markets, Pnl, PolicyName, PositionId, Record, TraceId, TradeSides,
};

use crate::input::{Balance, Quote};
use crate::risk::*;
use crate::settings::{
    AutoRoute, EntrySettings, ExitSettings, Mode, NotionalMode, RecordSettings, RiskSettings,
};

pub(super) const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

pub(super) fn amount(text: &str) -> Notional {
    text.parse().unwrap()
}

pub(super) fn price(text: &str) -> Price {
    text.parse().unwrap()
}

pub(super) fn market(base: &str) -> Market {
    Market {
        symbol: Symbol::from_exchange(&format!("{base}USDT")),
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

pub(super) fn settings() -> Settings {
    Settings {
        mode: Mode::Paper,
        account: "paper".to_owned(),
        bot_id: "levi".parse::<BotId>().unwrap(),
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

/// Everything a verdict depends on, to be changed one fact at a time.
pub(super) struct Bench {
    pub(super) settings: Settings,
    pub(super) ledger: Ledger,
    pub(super) desk: Desk,
    pub(super) wish: EntryWish,
}

impl Bench {
    pub(super) fn new() -> Self {
        let settings = settings();
        let mut desk = Desk::default();
        desk.markets = Arc::new(Markets::new([market("BTC"), market("ETH")]));
        let quote = Quote { bid: price("99.99"), ask: price("100"), last: None, at: NOW };
        desk.set_quote(&Symbol::from_exchange("BTCUSDT"), quote);
        desk.balances = vec![Balance {
            asset: Asset::from_exchange("USDT"),
            free: 10_000.into(),
            locked: Decimal::ZERO,
        }];
        desk.balances_at = Some(NOW);
        let wish = EntryWish {
            origin: Origin::Manual,
            symbol: Symbol::from_exchange("BTCUSDT"),
            notional: amount("25"),
            entries: Vec::new(),
            entry_kind: None,
            from: None,
            hints: ExitHints::default(),
            confidence: None,
            posted_at: None,
            attempt: 1,
        };
        Self { ledger: Ledger::new(settings.risk.policy), settings, desk, wish }
    }

    pub(super) fn judge(&self) -> Verdict {
        let situation =
            Situation { settings: &self.settings, ledger: &self.ledger, desk: &self.desk, at: NOW };
        super::judge(&situation, &self.wish)
    }

    pub(super) fn result(&self, name: &str) -> CheckResult {
        let verdict = self.judge();
        verdict.checks.iter().find(|check| check.name == name).unwrap().result
    }

    pub(super) fn apply(&mut self, at: Timestamp, symbol: &str, trace: &str, event: Event) {
        let record = Record {
            seq: self.ledger.seq() + 1,
            ts: at,
            symbol: Some(Symbol::from_exchange(symbol)),
            trace_id: Some(TraceId::new(trace)),
            event,
        };
        self.ledger.apply(&record).unwrap();
    }

    /// An entry of `notional` that is on its way.
    pub(super) fn entry_on_its_way(
        &mut self,
        at: Timestamp,
        symbol: &str,
        id: &str,
        notional: &str,
    ) {
        let base = symbol.trim_end_matches("USDT");
        let new = OrderNew {
            client_order_id: ClientOrderId::new(id),
            origin: Origin::Manual,
            leg: Leg::Entry,
            attempt: 1,
            base: Asset::from_exchange(base),
            quote: Asset::from_exchange("USDT"),
            side: Side::Buy,
            kind: OrderKind::MarketQuote { notional: amount(notional) },
            price: price("100"),
            qty: amount(notional).qty_at(price("100")),
            notional: amount(notional),
            requested_notional: amount(notional),
            position_id: None,
            from: None,
            hints: ExitHints::default(),
            signal_at: None,
            expires_at: None,
            timestamp_ms: 0,
            recv_window_ms: 5000,
            checks: Vec::new(),
        };
        self.apply(at, symbol, id, Event::OrderNew(Box::new(new)));
    }

    /// A position bought for `cost` at 100.
    pub(super) fn position(&mut self, at: Timestamp, symbol: &str, id: &str, cost: &str) {
        self.entry_on_its_way(at, symbol, id, cost);
        let progress = OrderProgress {
            client_order_id: ClientOrderId::new(id),
            order_id: ExchangeOrderId::new("1"),
            side: Side::Buy,
            executed_qty: amount(cost).qty_at(price("100")),
            executed_quote: amount(cost),
            average_price: None,
            fees: Vec::new(),
            fees_complete: true,
        };
        let accepted = OrderAccepted {
            client_order_id: ClientOrderId::new(id),
            order_id: ExchangeOrderId::new("1"),
        };
        self.apply(at, symbol, id, Event::OrderAccepted(accepted));
        self.apply(at, symbol, id, Event::OrderFilled(progress));
        let opened = PositionOpened {
            position_id: PositionId::new(id),
            client_order_id: ClientOrderId::new(id),
        };
        self.apply(at, symbol, id, Event::PositionOpened(opened));
    }

    pub(super) fn loss_today(&mut self, loss: &str) {
        self.position(NOW.minus(Duration::from_hours(2)), "ETHUSDT", "lost", "10");
        let closed = PositionClosed {
            position_id: PositionId::new("lost"),
            reason: domain::event::CloseReason::Stop,
            qty: Qty::ZERO,
            entry_price: price("100"),
            exit_price: None,
            realised_pnl: format!("-{loss}").parse::<Pnl>().unwrap(),
            dust: Qty::ZERO,
            opened_at: NOW,
        };
        self.apply(NOW, "ETHUSDT", "lost", Event::PositionClosed(closed));
    }
}
