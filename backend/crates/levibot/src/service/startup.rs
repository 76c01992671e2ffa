//! From a replayed journal to readiness: everything that must be known before trading.

use std::collections::BTreeMap;
use std::time::Duration;

use api::ports::read;
use domain::{OrderSnapshot, Symbol};
use engine::{Input, Report, ReportKind};
use mexc::ClientError;
use tokio::sync::watch;

use super::feeds::Feeds;
use super::notices::notice;

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Brings the service to readiness, trying again until the exchange answers.
pub(crate) async fn until_ready(feeds: Feeds, ready: watch::Sender<bool>) {
    let mut pause = FIRST_PAUSE;
    while let Err(error) = attempt(&feeds).await {
        tracing::warn!(%error, retry_in = ?pause, "not ready yet");
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    feeds.health.reconciled();
    feeds.spawn();
    ready.send_replace(true);
    tracing::info!("ready");
    // Receivers see a closed channel once the sender is gone, so it lives as long as the service.
    std::future::pending::<()>().await;
}

/// Prices come right after the markets, so that stops are watched before anything else is done.
async fn attempt(feeds: &Feeds) -> Result<(), ClientError> {
    feeds.sync_clock().await?;
    feeds.load_markets().await?;
    feeds.load_prices().await?;
    feeds.load_balances().await?;
    let orders = our_orders(feeds).await?;
    let message = "journal and exchange were compared";
    let details = [("orders_seen", orders.len().to_string())];
    let report = Report { kind: ReportKind::Reconciled, notice: notice(message, &details) };
    feeds.core.tell(vec![Input::Reconciled { orders }, Input::Report(report)]);
    Ok(())
}

/// Open and recent orders of every pair the journal knows of.
async fn our_orders(feeds: &Feeds) -> Result<Vec<OrderSnapshot>, ClientError> {
    let symbols = known_symbols(feeds).await;
    if !feeds.client.has_keys() {
        return Ok(Vec::new());
    }
    let mut found = BTreeMap::new();
    for symbol in symbols {
        let mut orders = feeds.client.open_orders(Some(&symbol)).await?;
        orders.extend(feeds.client.all_orders(&symbol).await?);
        for order in orders {
            found.insert(order.order_id.clone(), order);
        }
    }
    Ok(found.into_values().collect())
}

async fn known_symbols(feeds: &Feeds) -> Vec<Symbol> {
    let known = read(&feeds.core, |engine| {
        let ledger = engine.ledger();
        let held = ledger.positions().map(|position| position.symbol.clone());
        let traded = ledger.all_orders().map(|order| order.symbol.clone());
        let mut symbols: Vec<Symbol> = held.chain(traded).collect();
        symbols.sort();
        symbols.dedup();
        symbols
    });
    known.await.unwrap_or_default()
}
