//! What is released was written before, and what may move money was synced before.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at what it did not expect"
)]

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use domain::event::KillMode;
use domain::*;
use driver::{Driver, DriverError, Store, SyncMode};
use engine::settings::{
    AutoRoute, EntrySettings, ExitSettings, NotionalMode, RecordSettings, RiskSettings,
};
use engine::{Command, Effect, Engine, Input, ManualOrder, Mode, Quote, Reply, Settings};

#[derive(Debug, Default)]
struct Disk {
    written: Vec<Record>,
    synced: usize,
    /// Fails while set.
    full: bool,
    sync_fails: bool,
    checkpoint_due: bool,
    room: Option<Room>,
}

/// A disk the test can look at and break.
#[derive(Debug, Clone, Default)]
struct TestStore(Rc<RefCell<Disk>>);

#[derive(Debug, thiserror::Error)]
#[error("disk full")]
struct DiskFull;

impl Store for TestStore {
    type Error = DiskFull;

    fn needs_checkpoint(&self, _: Timestamp) -> bool {
        let disk = self.0.borrow();
        disk.written.is_empty() || disk.checkpoint_due
    }

    fn append(&mut self, batch: &[Record]) -> Result<(), DiskFull> {
        let mut disk = self.0.borrow_mut();
        if disk.full {
            return Err(DiskFull);
        }
        disk.checkpoint_due &= !matches!(batch[0].event, Event::Checkpoint(_));
        disk.written.extend_from_slice(batch);
        Ok(())
    }

    fn sync(&mut self) -> Result<(), DiskFull> {
        let mut disk = self.0.borrow_mut();
        if disk.sync_fails {
            return Err(DiskFull);
        }
        disk.synced = disk.written.len();
        Ok(())
    }

    fn recover(&mut self) -> Result<(), DiskFull> {
        Ok(())
    }

    fn room(&mut self) -> Option<Room> {
        self.0.borrow().room
    }

    fn on_reserve(&self) -> bool {
        self.0.borrow().room.is_some_and(|room| room.on_reserve)
    }
}

fn amount(text: &str) -> Notional {
    text.parse().unwrap()
}

fn settings() -> Settings {
    Settings {
        mode: Mode::Paper,
        account: "paper".to_owned(),
        bot_id: "levi".parse().unwrap(),
        executor_enabled: true,
        quote_asset: Asset::from_exchange("USDT"),
        auto_route: AutoRoute {
            enabled: false,
            dry_run: true,
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

const AT: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

fn markets() -> Arc<Markets> {
    Arc::new(Markets::new([Market {
        symbol: Symbol::from_exchange("BTCUSDT"),
        base: Asset::from_exchange("BTC"),
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
    }]))
}

fn started(sync: SyncMode) -> (Driver<TestStore, u32>, TestStore) {
    let store = TestStore::default();
    let engine = Engine::new(settings(), engine::SignalReader::embedded());
    let mut driver = Driver::new(engine, store.clone(), sync);
    driver.resume(AT).unwrap();
    driver.take(AT, Input::Markets(markets()), None).unwrap();
    let price: Price = "100".parse().unwrap();
    let quote = Quote { bid: price, ask: price, last: None, at: AT };
    let symbol = Symbol::from_exchange("BTCUSDT");
    driver.take(AT, Input::Quote { symbol, quote }, None).unwrap();
    driver.commit().unwrap();
    (driver, store)
}

fn buy(driver: &mut Driver<TestStore, u32>, caller: u32) {
    let order = ManualOrder {
        key: SignalKey::new(format!("key-{caller}")),
        symbol: Symbol::from_exchange("BTCUSDT"),
        side: Side::Buy,
        notional: amount("25"),
        dry_run: false,
    };
    driver.take(AT, Input::ManualOrder(Box::new(order)), Some(caller)).unwrap();
}

#[test]
fn an_order_is_released_only_after_its_intent_is_on_disk() {
    let (mut driver, store) = started(SyncMode::Before);
    buy(&mut driver, 1);
    assert!(store.0.borrow().written.iter().all(|r| r.event.event_type() != "ORDER_NEW"));
    let released = driver.commit().unwrap();
    assert!(matches!(released.effects[0], Effect::Place { .. }));
    let disk = store.0.borrow();
    assert_eq!(disk.written.last().unwrap().event.event_type(), "ORDER_NEW");
    assert_eq!(disk.synced, disk.written.len());
    assert!(matches!(released.replies[..], [(1, Reply::Order(_))]));
}

#[test]
fn the_kill_switch_is_on_disk_before_anybody_is_told() {
    for sync in [SyncMode::Before, SyncMode::Beside] {
        let (mut driver, store) = started(sync);
        let (mode, by) = (KillMode::Entries, "me".to_owned());
        let kill = Command::Kill { mode, reason: String::new(), by };
        driver.take(AT, Input::Command(kill), Some(1)).unwrap();
        store.0.borrow_mut().sync_fails = true;
        assert!(driver.commit().is_err(), "{sync:?}");
        store.0.borrow_mut().sync_fails = false;
        assert_eq!(driver.commit().unwrap().replies.len(), 1);
        let disk = store.0.borrow();
        assert_eq!(disk.synced, disk.written.len(), "{sync:?}");
    }
}

#[test]
fn beside_mode_writes_before_and_syncs_after() {
    let (mut driver, store) = started(SyncMode::Beside);
    driver.sync().unwrap();
    buy(&mut driver, 1);
    driver.commit().unwrap();
    let lag = |store: &TestStore| store.0.borrow().written.len() - store.0.borrow().synced;
    assert_eq!(lag(&store), 1);
    assert!(driver.is_unsynced());
    driver.sync().unwrap();
    assert_eq!(lag(&store), 0);
}

#[test]
fn a_journal_that_cannot_be_written_holds_everything_back_and_releases_it_later_once() {
    for break_sync in [false, true] {
        let (mut driver, store) = started(SyncMode::Before);
        buy(&mut driver, 1);
        {
            let mut disk = store.0.borrow_mut();
            disk.full = !break_sync;
            disk.sync_fails = break_sync;
        }
        assert!(matches!(driver.commit(), Err(DriverError::Journal(_))));
        assert!(matches!(driver.commit(), Err(DriverError::Journal(_))));
        {
            let mut disk = store.0.borrow_mut();
            disk.full = false;
            disk.sync_fails = false;
        }
        let released = driver.commit().unwrap();
        let placed = released.effects.iter().filter(|e| matches!(e, Effect::Place { .. })).count();
        assert_eq!((placed, released.replies.len()), (1, 1));
        let again = driver.commit().unwrap();
        assert!(again.effects.is_empty() && again.replies.is_empty() && again.records.is_empty());
        let disk = store.0.borrow();
        let intents = disk.written.iter().filter(|r| r.event.event_type() == "ORDER_NEW").count();
        assert_eq!(intents, 1);
    }
}

#[test]
fn the_first_record_and_every_due_one_is_a_checkpoint_and_numbers_have_no_gap() {
    let (mut driver, store) = started(SyncMode::Before);
    buy(&mut driver, 1);
    store.0.borrow_mut().checkpoint_due = true;
    driver.take(AT, Input::Tick, None).unwrap();
    driver.commit().unwrap();
    let disk = store.0.borrow();
    assert_eq!(disk.written[0].event.event_type(), "CHECKPOINT");
    let types: Vec<&str> = disk.written.iter().map(|r| r.event.event_type()).collect();
    assert_eq!(types.last(), Some(&"CHECKPOINT"), "{types:?}");
    let gapless = disk.written.windows(2).all(|pair| pair[1].seq == pair[0].seq + 1);
    assert!(gapless && disk.written[0].seq == 1);
}

#[test]
fn what_the_checkpoint_holds_is_enough_to_go_on() {
    let (mut driver, store) = started(SyncMode::Before);
    buy(&mut driver, 1);
    driver.commit().unwrap();
    store.0.borrow_mut().checkpoint_due = true;
    driver.take(AT, Input::Tick, None).unwrap();
    driver.commit().unwrap();
    let disk = store.0.borrow();
    let mut engine = Engine::new(settings(), engine::SignalReader::embedded());
    engine.replay(disk.written.last().unwrap()).unwrap();
    assert_eq!(engine.ledger(), driver.engine().ledger());
}

#[test]
fn time_never_runs_backwards_in_the_journal() {
    let (mut driver, store) = started(SyncMode::Before);
    let earlier = AT.minus(Duration::from_hours(1));
    let order = ManualOrder {
        key: SignalKey::new("late"),
        symbol: Symbol::from_exchange("BTCUSDT"),
        side: Side::Buy,
        notional: amount("25"),
        dry_run: false,
    };
    driver.take(earlier, Input::ManualOrder(Box::new(order)), Some(1)).unwrap();
    driver.commit().unwrap();
    let disk = store.0.borrow();
    assert!(disk.written.windows(2).all(|pair| pair[1].ts >= pair[0].ts));
}

#[test]
fn the_engine_knows_that_the_reserve_is_given_up_before_it_decides_again() {
    let (mut driver, store) = started(SyncMode::Before);
    store.0.borrow_mut().room = Some(Room { free: 0, wanted: 1, on_reserve: true });
    buy(&mut driver, 1);
    let released = driver.commit().unwrap();
    let types: Vec<&str> = released.records.iter().map(|r| r.event.event_type()).collect();
    assert_eq!(types, ["JOURNAL_ROOM", "ALARM", "ORDER_BLOCKED"]);
    assert!(released.effects.is_empty());

    store.0.borrow_mut().room = Some(Room { free: 2, wanted: 1, on_reserve: false });
    buy(&mut driver, 2);
    let released = driver.commit().unwrap();
    let types: Vec<&str> = released.records.iter().map(|r| r.event.event_type()).collect();
    assert_eq!(types, ["JOURNAL_ROOM", "ORDER_NEW"]);
}
