//! What a schedule is about: settings, pairs, pace. Drawn from the seed before anything happens.

use std::sync::LazyLock;
use std::time::Duration;

use domain::{
    Asset, Bps, Decimal, Interval, Market, MarketRules, Notional, PolicyName, Price, Qty,
};
use driver::SyncMode;
use engine::settings::{
    AutoRoute, EntrySettings, ExitSettings, Mode, NotionalMode, RecordSettings, RiskSettings,
    Settings,
};
use sandbox::market::{Listing, pairs};

use crate::chance::Chance;
use crate::fault::{Fault, Faults};
use crate::space::Size;

/// Coins traded in every schedule; the third takes no market orders.
const COINS: [&str; 4] = ["BTC", "ETH", "SOL", "DOGE"];
const WITHOUT_MARKET_ORDERS: usize = 2;

/// So small a reserve that a schedule can use it up.
const SMALL_DISK: Size = Size { capacity: 1 << 40, wanted: 200_000, reserve: 60_000 };

static LISTINGS: LazyLock<Vec<Listing>> = LazyLock::new(|| {
    let all = pairs::listings();
    let find = |coin: &&str| all.iter().find(|listing| listing.base.as_str() == *coin).cloned();
    COINS.iter().filter_map(find).collect()
});

/// The frame of one schedule.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) settings: Settings,
    pub(crate) listings: Vec<Listing>,
    pub(crate) sync: SyncMode,
    pub(crate) checkpoint_every: usize,
    pub(crate) disk: Size,
    /// Steps with faults, at least.
    pub(crate) storm_steps: u64,
    /// Virtual time with faults, at least.
    pub(crate) storm: Duration,
    /// A schedule of more steps has no end.
    pub(crate) most_steps: u64,
    /// Pause between two acts of users, milliseconds, at most.
    pub(crate) pace_ms: u64,
    /// Coins the user holds beside.
    pub(crate) own_coins: bool,
    pub(crate) fee_in_base: bool,
    /// Quote units the account starts with.
    pub(crate) funds: Decimal,
}

impl Plan {
    pub(crate) fn draw(seed: u64, faults: &mut Faults) -> Self {
        let mut chance = Chance::stream(seed, 2);
        let listings = listings(&mut chance, faults);
        let beside = chance.percent(10);
        Self {
            settings: Settings { record: record(seed), ..settings(&mut chance) },
            listings,
            sync: if beside { SyncMode::Beside } else { SyncMode::Before },
            checkpoint_every: chance.index(150) + 15,
            disk: SMALL_DISK,
            storm_steps: chance.number(150..=350),
            storm: Duration::ZERO,
            most_steps: 30_000,
            pace_ms: chance.pick(&[1_500, 4_000, 12_000]),
            own_coins: chance.percent(50),
            fee_in_base: faults.strikes_at_rate(Fault::BaseFee, 300),
            funds: Decimal::from(chance.pick(&[60, 250, 2_000])),
        }
    }

    /// The pairs as the exchange's market list tells them.
    pub(crate) fn markets(&self) -> Vec<Market> {
        self.listings.iter().map(market).collect()
    }
}

fn listings(chance: &mut Chance, faults: &mut Faults) -> Vec<Listing> {
    let mut listings = LISTINGS.clone();
    for (place, listing) in listings.iter_mut().enumerate() {
        listing.market_orders = place != WITHOUT_MARKET_ORDERS;
        if chance.percent(30) {
            listing.min_qty = Qty::new(listing.step()).unwrap_or(Qty::ZERO);
        }
        if faults.strikes_at_rate(Fault::ThinMarket, 300) {
            listing.liquidity.level_quote = Decimal::new(4, 1);
            listing.liquidity.daily_turnover = 200_000.0;
        } else {
            listing.liquidity.daily_turnover = 20_000_000.0;
        }
    }
    listings
}

fn market(listing: &Listing) -> Market {
    Market {
        symbol: listing.symbol.clone(),
        base: listing.base.clone(),
        quote: listing.quote.clone(),
        open: true,
        sides: listing.sides,
        market_orders: listing.market_orders,
        rules: MarketRules {
            step: listing.step(),
            tick: listing.tick(),
            quote_step: Decimal::new(1, listing.amount_scale),
            min_qty: listing.min_qty,
            min_notional: listing.min_notional,
            min_notional_market: listing.min_notional_market,
            max_notional: listing.max_notional,
            max_notional_market: listing.max_notional_market,
            band_up: listing.band,
            band_down: listing.band,
        },
    }
}

fn amount(units: u64) -> Notional {
    Notional::new(Decimal::from(units)).unwrap_or(Notional::ZERO)
}

fn settings(chance: &mut Chance) -> Settings {
    Settings {
        mode: Mode::Sandbox,
        account: "simulated".to_owned(),
        bot_id: bot_id(),
        executor_enabled: true,
        quote_asset: Asset::from_exchange("USDT"),
        auto_route: AutoRoute {
            enabled: true,
            dry_run: false,
            min_confidence: 0.5,
            min_confidence_exit: 0.5,
            default_notional: amount(chance.number(6..=90)),
            exchange_matches: true,
        },
        risk: risk(chance),
        entry: EntrySettings {
            max_slippage: Bps(50),
            ttl: Duration::from_secs(chance.number(15..=240)),
        },
        exit: ExitSettings {
            max_slippage: Bps(100),
            breakeven_after: chance.pick(&[0, 1, 1, 2]),
            trailing_pct: chance.percent(25).then(|| Decimal::new(chance.signed(5..=40), 1)),
            time_stop: chance.percent(25).then(|| Duration::from_secs(chance.number(20..=400))),
            tp_shares: chance
                .pick::<&[i64]>(&[&[], &[50, 30, 20], &[70, 30]])
                .iter()
                .copied()
                .map(Decimal::from)
                .collect(),
        },
        record: RecordSettings::default(),
        dedup_window: Duration::from_secs(chance.pick(&[60, 3_600])),
        signal_max_age: Duration::from_secs(chance.pick(&[60, 300])),
        recv_window_ms: chance.pick(&[1_500, 5_000, 10_000]),
        in_doubt_settle: Duration::from_secs(10),
    }
}

/// Few and short shadows, so that every way to end one comes up within a schedule. Drawn apart, so
/// that it moves nothing else.
fn record(seed: u64) -> RecordSettings {
    let mut chance = Chance::stream(seed, 6);
    RecordSettings {
        max_shadows: chance.pick(&[0, 1, 3, 40]),
        shadow_time: Duration::from_secs(chance.number(20..=900)),
        prior_signals: chance.pick(&[1, 20]),
        half_life: Duration::from_secs(chance.number(60..=3_600)),
        ..RecordSettings::default()
    }
}

fn bot_id() -> domain::BotId {
    #[expect(clippy::expect_used, reason = "four letters are a valid bot id")]
    "levi".parse().expect("a valid bot id")
}

fn risk(chance: &mut Chance) -> RiskSettings {
    RiskSettings {
        policy: chance.pick(&PolicyName::ALL),
        min_notional: amount(5),
        max_notional: chance.percent(50).then(|| amount(chance.number(12..=150))),
        notional_mode: if chance.percent(85) { NotionalMode::Clamp } else { NotionalMode::Reject },
        cooldown: chance.percent(80).then(|| Duration::from_secs(chance.number(0..=15))),
        max_positions_per_symbol: chance.pick(&[1, 1, 2]),
        max_open_positions: chance.pick(&[1, 2, 3, 6]),
        max_total_exposure: amount(chance.pick(&[60, 120, 400])),
        max_daily_loss: amount(chance.pick(&[0, 0, 30, 100])),
        price_max_age: Duration::from_secs(10),
        atr_lookback: 14,
        atr_interval: Interval::M15,
    }
}

/// The price of a pair at the beginning.
pub(crate) fn first_price(listing: &Listing) -> Price {
    listing.base_price
}
