//! From a replayed journal to readiness: everything that must be known before trading.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use api::ports::read;
use domain::{Decimal, OrderSnapshot, Symbol};
use engine::{Engine, Input, Report, ReportKind};
use mexc::{ApiError, ClientError, ErrorClass};
use tokio::sync::watch;

use super::feeds::Feeds;
use super::notices::notice;

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Less in quote is no order's remainder: the smallest order is worth more.
const WORTH_A_LOOK: Decimal = Decimal::ONE;
/// Coins beyond what the journal knows. Each costs a weight of some 13, so that a start stays within
/// half a minute of budget.
const MOST_COINS: usize = 40;

/// Brings the service to readiness, trying again until the exchange answers. Prices are fed from
/// the moment they can be had, so that stops are watched before, and whether or not, the rest works.
pub(crate) async fn until_ready(feeds: Feeds, ready: watch::Sender<bool>) {
    patiently("market data", || market_data(&feeds)).await;
    feeds.spawn();
    patiently("the comparison with the exchange", || reconcile(&feeds)).await;
    feeds.health.reconciled();
    ready.send_replace(true);
    tracing::info!("ready");
    // Receivers see a closed channel once the sender is gone, so it lives as long as the service.
    std::future::pending::<()>().await;
}

async fn patiently<F>(what: &str, attempt: impl Fn() -> F)
where
    F: Future<Output = Result<(), ClientError>>,
{
    let mut pause = FIRST_PAUSE;
    while let Err(error) = attempt().await {
        tracing::warn!(%error, retry_in = ?pause, "{what} has to wait");
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn market_data(feeds: &Feeds) -> Result<(), ClientError> {
    feeds.sync_clock().await?;
    feeds.first_markets().await?;
    feeds.load_prices().await
}

async fn reconcile(feeds: &Feeds) -> Result<(), ClientError> {
    feeds.load_balances().await?;
    let orders = our_orders(feeds).await?;
    let message = "journal and exchange were compared";
    let details = [("orders_seen", orders.len().to_string())];
    let report = Report { kind: ReportKind::Reconciled, notice: notice(message, &details) };
    feeds.core.tell(vec![Input::Reconciled { orders }, Input::Report(report)]);
    Ok(())
}

/// Open and recent orders of every pair that may hold one of ours.
async fn our_orders(feeds: &Feeds) -> Result<Vec<OrderSnapshot>, ClientError> {
    let symbols = known_symbols(feeds).await;
    if !feeds.client.has_keys() {
        return Ok(Vec::new());
    }
    let mut found = BTreeMap::new();
    for symbol in symbols {
        for order in orders_of(feeds, &symbol).await? {
            found.insert(order.order_id.clone(), order);
        }
    }
    Ok(found.into_values().collect())
}

/// A pair the exchange does not know any more has no orders to compare; a person is told, and the
/// others go on.
async fn orders_of(feeds: &Feeds, symbol: &Symbol) -> Result<Vec<OrderSnapshot>, ClientError> {
    let open = feeds.client.open_orders(Some(symbol)).await;
    match open {
        Ok(mut orders) => {
            orders.extend(feeds.client.all_orders(symbol).await?);
            Ok(orders)
        }
        Err(ClientError::Api(error)) if is_about_the_pair(&error) => {
            let message = format!("orders of {symbol} cannot be compared: {error}");
            let report = Report { kind: ReportKind::Alarm, notice: notice(message, &[]) };
            feeds.core.tell(vec![Input::Report(report)]);
            Ok(Vec::new())
        }
        Err(error) => Err(error),
    }
}

fn is_about_the_pair(error: &ApiError) -> bool {
    matches!(error.class, ErrorClass::Symbol | ErrorClass::Malformed | ErrorClass::NotFound)
}

async fn known_symbols(feeds: &Feeds) -> Vec<Symbol> {
    let pairs = read(&feeds.core, pairs_to_compare).await.unwrap_or_default();
    if pairs.left_out > 0 {
        let message = "the account holds more coins than are compared at a start; an order of ours \
                       in one of the others that the journal lacks would not be noticed";
        let details = [("left_out", pairs.left_out.to_string())];
        let report = Report { kind: ReportKind::Alarm, notice: notice(message, &details) };
        feeds.core.tell(vec![Input::Report(report)]);
    }
    pairs.symbols
}

/// Pairs whose orders are compared with the journal.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Pairs {
    pub(crate) symbols: Vec<Symbol>,
    /// Coins that are held and not looked at, for want of budget.
    pub(crate) left_out: usize,
}

/// Every pair the journal knows, and every coin the account holds: a journal that was restored from
/// a copy knows nothing of what was bought after the copy was made.
pub(crate) fn pairs_to_compare(engine: &Engine) -> Pairs {
    let ledger = engine.ledger();
    let held = ledger.positions().map(|position| position.symbol.clone());
    let traded = ledger.all_orders().map(|order| order.symbol.clone());
    let mut symbols: BTreeSet<Symbol> = held.chain(traded).collect();
    let quote = &engine.settings().quote_asset;
    let mut coins: Vec<(Decimal, Symbol)> = Vec::new();
    for balance in engine.balances().iter().filter(|balance| balance.asset != *quote) {
        let symbol = Symbol::from_exchange(&format!("{}{quote}", balance.asset));
        let total = balance.free.saturating_add(balance.locked);
        if total.is_zero() || engine.markets().get(&symbol).is_none() || symbols.contains(&symbol) {
            continue;
        }
        // Without a price a coin may be worth anything.
        let bid = engine.quote(&symbol).map_or(Decimal::MAX, |quote| quote.bid.get());
        coins.push((total.saturating_mul(bid), symbol));
    }
    coins.retain(|(value, _)| *value >= WORTH_A_LOOK);
    coins.sort_by(|left, right| right.cmp(left));
    let left_out = coins.len().saturating_sub(MOST_COINS);
    symbols.extend(coins.into_iter().take(MOST_COINS).map(|(_, symbol)| symbol));
    Pairs { symbols: symbols.into_iter().collect(), left_out }
}
