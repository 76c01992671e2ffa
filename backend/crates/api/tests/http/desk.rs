//! An exchange of a few lines behind the real engine: it answers each effect at once.

use domain::event::Notice;
use domain::{
    Asset, CancelOutcome, Candle, Decimal, ExchangeOrderId, Fill, Interval, Market, MarketRules,
    Markets, Notional, OrderKind, OrderSnapshot, OrderStatus, PlaceOrder, PlaceOutcome, Price, Qty,
    QueryOutcome, Refusal, RefusalClass, Symbol, Timestamp, TradeId, TradeSides,
};
use engine::settings::{
    AutoRoute, EntrySettings, ExitSettings, Mode, NotionalMode, RecordSettings, RiskSettings,
    Settings,
};
use engine::{Balance, Effect, Input, Quote};
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// What happens to entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Filled at once.
    Fills,
    /// Accepted, never filled.
    Rests,
    /// Refused with this class.
    Refused(RefusalClass),
    /// Nobody knows, and no question is answered.
    InDoubt,
}

/// The exchange's side.
pub(crate) struct Desk {
    pub(crate) fate: Fate,
    orders: HashMap<String, PlaceOrder>,
    cancelled: HashSet<String>,
}

pub(crate) fn start_of_time() -> Timestamp {
    Timestamp::parse("2025-10-07T12:00:00Z").expect("a time")
}

pub(crate) fn symbol(name: &str) -> Symbol {
    Symbol::from_exchange(name)
}

fn amount<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an amount")
}

fn market(base: &str) -> Market {
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

pub(crate) fn markets() -> Markets {
    Markets::new(["BTC", "ETH", "SOL"].map(market))
}

pub(crate) fn quote(at: Timestamp) -> Quote {
    Quote { bid: amount("43250.40"), ask: amount("43250.60"), last: Some(amount("43250.50")), at }
}

/// Candles that ended by `now`, oldest first.
pub(crate) fn candles(now: Timestamp, interval: Interval, count: usize) -> Vec<Candle> {
    let length = interval.duration();
    let begun = (1..=count).rev().map(|back| {
        let back = u32::try_from(back).expect("few");
        now.minus(length * back)
    });
    begun
        .map(|open_time| Candle {
            open_time,
            open: amount("43240"),
            high: amount("43260.5"),
            low: amount("43230.1"),
            close: amount("43250.5"),
            volume: amount("1.25"),
        })
        .collect()
}

pub(crate) fn balances() -> Vec<Balance> {
    let free =
        |asset, free| Balance { asset: Asset::from_exchange(asset), free, locked: Decimal::ZERO };
    vec![free("USDT", Decimal::new(1_000_050, 2)), free("BTC", Decimal::ONE)]
}

pub(crate) fn settings() -> Settings {
    Settings {
        mode: Mode::Paper,
        account: "paper".to_owned(),
        bot_id: "levi".parse().expect("a bot id"),
        executor_enabled: true,
        quote_asset: Asset::from_exchange("USDT"),
        auto_route: AutoRoute {
            enabled: true,
            dry_run: false,
            min_confidence: 0.0,
            min_confidence_exit: 0.0,
            default_notional: amount("25"),
            exchange_matches: true,
        },
        risk: RiskSettings {
            policy: domain::PolicyName::Moderate,
            min_notional: amount("5"),
            max_notional: None,
            notional_mode: NotionalMode::Clamp,
            cooldown: None,
            max_positions_per_symbol: 1,
            max_open_positions: 10,
            max_total_exposure: amount("1000"),
            max_daily_loss: amount("100"),
            price_max_age: Duration::from_secs(5),
            atr_lookback: 14,
            atr_interval: domain::Interval::M15,
        },
        entry: EntrySettings { max_slippage: domain::Bps(50), ttl: Duration::from_mins(15) },
        exit: ExitSettings {
            max_slippage: domain::Bps(100),
            breakeven_after: 1,
            tp_shares: Vec::new(),
            trailing_pct: None,
            time_stop: None,
        },
        record: RecordSettings::default(),
        dedup_window: Duration::from_hours(24),
        signal_max_age: Duration::from_mins(5),
        recv_window_ms: 5_000,
        in_doubt_settle: Duration::from_secs(10),
    }
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self { fate: Fate::Fills, orders: HashMap::new(), cancelled: HashSet::new() }
    }

    /// What the exchange says to an effect.
    pub(crate) fn answer(&mut self, effect: Effect, at: Timestamp) -> Option<Input> {
        match effect {
            Effect::Place { order, .. } => Some(self.place(order)),
            Effect::Query { client_order_id, .. } => {
                let order = self.orders.get(client_order_id.as_str()).cloned()?;
                let found = self.found(&order, at);
                Some(Input::Queried { client_order_id, outcome: found })
            }
            Effect::FetchCandles { symbol, interval, .. } => {
                Some(Input::Candles { symbol, interval, candles: Vec::new() })
            }
            Effect::FetchBalances => Some(Input::Balances(balances())),
            Effect::Cancel { client_order_id, .. } => {
                self.cancelled.insert(client_order_id.as_str().to_owned());
                Some(Input::Cancelled { client_order_id, outcome: CancelOutcome::Accepted })
            }
            Effect::RevokeQueued => None,
        }
    }

    fn place(&mut self, order: PlaceOrder) -> Input {
        let client_order_id = order.client_order_id.clone();
        let outcome = match self.fate {
            Fate::Refused(class) => {
                let message = "Insufficient balance".to_owned();
                PlaceOutcome::Refused(Refusal { class, code: Some(30004), message })
            }
            Fate::InDoubt => PlaceOutcome::InDoubt { seen: "HTTP 504".to_owned() },
            Fate::Fills | Fate::Rests => {
                let order_id = id_of(&order);
                self.orders.insert(client_order_id.as_str().to_owned(), order);
                PlaceOutcome::Accepted { order_id }
            }
        };
        Input::Placed { client_order_id, outcome }
    }

    /// Limit orders rest; anything else fills unless told otherwise.
    fn fills(&self, order: &PlaceOrder) -> bool {
        self.fate == Fate::Fills && !matches!(order.kind, OrderKind::Limit { .. })
    }

    fn found(&self, order: &PlaceOrder, at: Timestamp) -> QueryOutcome {
        let filled = self.fills(order);
        let price: Price = amount("43250.50");
        let (qty, quote) = match (filled, order.kind) {
            (true, OrderKind::MarketQuote { notional }) => {
                let qty = notional.qty_at(price).floor_to(Decimal::new(1, 6));
                (qty, price.notional(qty))
            }
            (true, kind) => {
                let qty = kind.qty().unwrap_or(Qty::ZERO);
                (qty, price.notional(qty))
            }
            (false, _) => (Qty::ZERO, Notional::ZERO),
        };
        let fill = Fill {
            trade_id: TradeId::new("t1"),
            order_id: id_of(order),
            price,
            qty,
            quote,
            fee: Decimal::ZERO,
            fee_asset: Asset::from_exchange("USDT"),
            at,
        };
        let status = match (filled, self.cancelled.contains(order.client_order_id.as_str())) {
            (true, _) => OrderStatus::Filled,
            (false, true) => OrderStatus::Canceled,
            (false, false) => OrderStatus::New,
        };
        let snapshot = OrderSnapshot {
            order_id: id_of(order),
            client_order_id: Some(order.client_order_id.clone()),
            symbol: order.symbol.clone(),
            side: order.side,
            status,
            executed_qty: qty,
            executed_quote: quote,
            created_at: at,
        };
        QueryOutcome::Found { order: snapshot, fills: if filled { vec![fill] } else { vec![] } }
    }
}

fn id_of(order: &PlaceOrder) -> ExchangeOrderId {
    ExchangeOrderId::new(format!("C02__{}", order.client_order_id))
}

pub(crate) fn notice(message: &str) -> engine::Report {
    let notice = Notice { message: message.to_owned(), details: std::collections::BTreeMap::new() };
    engine::Report { kind: engine::ReportKind::Alarm, notice }
}
